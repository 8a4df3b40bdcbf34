"""The way back: the same plan run backwards."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from adapter.domain.identity import PersonId, PersonIdKind, hsa_id
from adapter.domain.keywords import Keyword, KeywordValue
from adapter.domain.note import Note, Visibility
from adapter.domain.people import CareGiver, CareUnit, Person, Professional
from adapter.domain.when import Moment, written
from adapter.errors import MappingError
from adapter.mapping import compile_plan, map_message, write_message
from adapter.pipeline import Source
from adapter.wire import json

ROOT = Path(__file__).parents[2]
COSMIC = "se.cosmic.journal-notes"

words = st.text(
    st.characters(codec="utf-8", categories=("L", "N", "P", "S", "Zs")), min_size=1, max_size=30
).filter(lambda text: bool(text.strip()))
names = words.map(str.strip)
verbatim = st.builds(
    "{}{}{}".format, st.sampled_from(["", " ", "▼ ✓ ", "\n"]), words, st.sampled_from(["", ":", "\t"])
)
ids = st.from_regex(r"SE2321000016-[A-Z0-9]{1,8}", fullmatch=True).map(hsa_id)
moments = st.datetimes(datetime(1950, 1, 1), datetime(2050, 1, 1), timezones=st.just(UTC)).map(written)  # noqa: DTZ001 - hypothesis adds the zone
dates = st.dates().filter(lambda day: day.year > 1900).map(lambda day: Moment(day.isoformat()))
times = st.none() | moments | dates
lists = st.lists(names, max_size=2).map(tuple)
values = st.builds(KeywordValue, text=verbatim, kind=st.sampled_from(["Text", "Numeric", "Fixed", "Boolean"]))


def keyword(children: st.SearchStrategy[tuple[Keyword, ...]]) -> st.SearchStrategy[Keyword]:
    """Keywords over keywords, to any depth."""
    return st.builds(
        Keyword,
        title=verbatim,
        values=st.lists(values, max_size=3).map(tuple),
        children=children,
        tool=st.sampled_from(["Text", "Numeric", "FixValue"]),
        units=lists,
        ranges=lists,
        secrecy_levels=lists,
    )


keywords = st.recursive(
    keyword(st.just(())), lambda below: keyword(st.lists(below, max_size=3).map(tuple)), max_leaves=8
)
professionals = st.builds(
    Professional,
    hsa_id=ids,
    name=st.just("") | names,
    title=st.just("") | names,
    role_code=st.just("") | names.map(lambda said: " ".join(said.split())),  # a code has single spaces
    unit=st.none() | st.builds(CareUnit, hsa_id=ids),
)
givers = st.builds(CareGiver, hsa_id=ids, name=st.just("") | names)
units = st.builds(
    CareUnit,
    hsa_id=ids,
    name=st.just("") | names,
    phone=st.just("") | names,
    email=st.just("") | names,
    address=st.just("") | names,
    care_giver=st.none() | givers,
)
person_ids = st.sampled_from(
    [
        PersonId(kind=PersonIdKind.PERSONNUMMER, value="191212121212", root="1.2.752.129.2.1.3.1"),
        PersonId(kind=PersonIdKind.SAMORDNINGSNUMMER, value="196109732393", root="1.2.752.129.2.1.3.3"),
        PersonId(kind=PersonIdKind.NATIONAL_RESERVE, value="98240301AA06", root="1.2.752.74.9.1"),
    ]
)
people = st.builds(
    Person,
    ids=person_ids.map(lambda identity: (identity,)),
    family_name=st.just("") | names,
    given_names=lists,
    is_protected=st.booleans(),
)
notes = st.builds(
    Note,
    note_id=names,
    note_id_root=st.just("") | names,
    source_system=st.none() | ids,
    patients=people.map(lambda person: (person,)),
    version_at=times,
    noted_at=times,
    signed_at=times,
    is_active=st.booleans(),
    inactive_reason=st.just("") | names,
    title=st.just("") | names,
    type_name=st.just("") | names,
    author=st.none() | professionals,
    signer=st.none() | professionals,
    unit=st.none() | units,
    care_contact_id=st.just("") | names,
    visibility=st.builds(Visibility, secrecy_levels=lists),
    keywords=st.lists(keywords, max_size=3).map(tuple),
)


def settled(note: Note) -> Note:
    """What the format says in one place, the domain in two: signed, and protected."""
    unit = note.unit
    if unit and unit.care_giver and unit.care_giver.hsa_id == unit.hsa_id:
        unit = replace(unit, care_giver=None)
    visibility = replace(
        note.visibility, is_signed=note.signed_at is not None, is_protected=note.patients[0].is_protected
    )
    return replace(note, visibility=visibility, unit=unit)


@settings(
    max_examples=60,
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.function_scoped_fixture],
)
@given(given_notes=st.lists(notes.map(settled), min_size=1, max_size=2))
def test_what_is_written_is_read_back(given_notes: list[Note], sources: Mapping[str, Source]) -> None:
    """
    The law: get(put(x)) = x, through the bytes, with nothing left unread.
    """
    source = sources[COSMIC]
    raw = json.write(write_message(source.plan, given_notes))
    mapped = map_message(source.plan, source.parse(raw))
    assert list(mapped.records) == given_notes
    assert mapped.findings == ()


def test_what_is_written_is_the_list_that_the_source_takes(sources: Mapping[str, Source]) -> None:
    """
    A list of extracts, in which what repeats is a list also when it is alone.
    """
    note = Note(note_id="1", keywords=(Keyword(title="K", values=(KeywordValue(text="v"),)),))
    back = json.parse_plain(json.write(write_message(sources[COSMIC].plan, [note])))
    extract = back[0]["journalNoteEHRExtract"][0]
    assert extract["note"]["records"] == {
        "record": [
            {"keyword": "K", "keywordToolType": "Text", "value": [{"value": "v", "journalValueType": "Text"}]}
        ]
    }
    assert extract["note"]["noteActive"] is True


def test_every_list_of_the_interface_is_a_list(sources: Mapping[str, Source]) -> None:
    """
    Also a lone phone number, address or given name, each in an object of its own.
    """
    unit = CareUnit(
        hsa_id=hsa_id("SE2321000016-A1"), name="A", phone="010-000 00 00", email="a@region.example"
    )
    person = Person(
        ids=(PersonId(kind=PersonIdKind.PERSONNUMMER, value="191212121212"),), given_names=("Tolvan", "T")
    )
    note = Note(note_id="1", unit=replace(unit, address="Storgatan 1"), patients=(person,))
    extract = json.parse_plain(json.write(write_message(sources[COSMIC].plan, [note])))[0][
        "journalNoteEHRExtract"
    ][0]
    (row,) = extract["units"]["unit"]
    assert row["phoneNumbers"] == {"phone": [{"phoneNumber": "010-000 00 00"}]}
    assert row["emailAddresses"] == {"Email": [{"EmailAddress": "a@region.example"}]}
    assert row["unitAddresses"] == {"unitAddress": [{"unitAddressAddress": "Storgatan 1"}]}
    assert extract["patient"]["patientName"] == {"patientGivenName": [{"value": "Tolvan"}, {"value": "T"}]}
    assert extract["patient"]["patientID"]["root"] == "1.2.752.129.2.1.3.1"


def test_a_fixture_comes_back_as_the_same_notes(sources: Mapping[str, Source]) -> None:
    """
    Several notes of several extracts go back as one list with all of them.
    """
    source = sources[COSMIC]
    raw = (ROOT / "fixtures" / COSMIC / "several-notes.json").read_bytes()
    records = map_message(source.plan, source.parse(raw)).records
    assert map_message(source.plan, write_message(source.plan, records)).records == records


def test_the_consultation_comes_back(sources: Mapping[str, Source]) -> None:
    """
    Tables are turned round and numbers keep their digits in the other contract too.
    """
    source = sources["se.lifecare.message"]
    for name in ("consultation-complete.json", "vital-not-taken.json", "booked-time.json"):
        raw = (ROOT / "fixtures/se.lifecare.message" / name).read_bytes()
        records = map_message(source.plan, source.parse(raw)).records
        again = map_message(source.plan, json.parse(json.write(write_message(source.plan, records))))
        assert again.records == records


def test_of_two_codes_with_one_meaning_the_first_is_written() -> None:
    """
    A table with two rows to one value cannot be turned round surely: the first row wins.
    """
    files = {
        "source.yaml": "title: P\nformats: [json]\nowner: p@region.example\nversion: '1'\n",
        "note.yaml": """record: Note
each: item
fields: {note_id: id, title: {from: t, table: k}, type_code: {const: x}, type_name: {use: f}}
""",
        "tables/k.yaml": "codes: {a: Anteckning, b: Anteckning}\n",
    }
    plan = compile_plan("se.prov", files, {"f": lambda _nodes, _reading: None})
    back = write_message(plan, [Note(note_id="1", title="Anteckning", type_code="x", type_name="y")])
    assert json.parse_plain(json.write(back)) == [{"id": "1", "t": "a"}]
    kept = write_message(plan, [Note(note_id="1", title="Epikris")])
    assert json.parse_plain(json.write(kept)) == [{"id": "1", "t": "Epikris"}]


def test_a_record_without_a_mapping_has_no_way_back(sources: Mapping[str, Source]) -> None:
    """
    The source has no words for it, and says so.
    """
    with pytest.raises(MappingError, match=r"se\.cosmic\.journal-notes: there is no mapping of Person"):
        write_message(sources[COSMIC].plan, [Person(ids=())])
