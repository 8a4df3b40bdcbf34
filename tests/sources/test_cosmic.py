"""Cosmic's journal notes v2, as domain.md §8.2 describes them."""

from __future__ import annotations

from collections.abc import Mapping

import pytest

from adapter.domain.note import Note, is_above_normal_secrecy
from adapter.mapping import Mapped, map_message
from adapter.pipeline import Source
from tests.sources.samples import ROOT

FOLDER = ROOT / "fixtures" / "se.cosmic.journal-notes"


@pytest.fixture
def source(sources: Mapping[str, Source]) -> Source:
    """The source under test."""
    return sources["se.cosmic.journal-notes"]


def mapped(source: Source, name: str) -> Mapped:
    """A fixture through the mapping."""
    return map_message(source.plan, source.parse((FOLDER / name).read_bytes()))


def only(source: Source, name: str) -> Note:
    """The only note of a fixture."""
    (note,) = mapped(source, name).records
    assert isinstance(note, Note)
    return note


def test_the_whole_keyword_tree_is_read_verbatim(source: Source) -> None:
    """
    Titles keep their marks, values their words; nothing but the envelope is left out.
    """
    note = only(source, "kalmar-agreement.json")
    root = note.keywords[0]
    assert root.title == "▼ ✓ Överenskommelse"
    assert [child.title for child in root.children][:3] == [
        "Överenskommelsens giltighet",
        "Patienten ansvarar för",
        "▼ Vården ansvarar för",
    ]
    assert [child.title for child in root.children[2].children][1] == "Fast vårdkontakt"
    assert root.children[1].values[0].text == "Daglig promenad, minst 30 minuter"
    assert root.children[1].values[0].origin("text").endswith("record[0].record[1].value[0].value")
    assert mapped(source, "kalmar-agreement.json").findings == ()


def test_units_get_their_names_from_the_list_of_units(source: Source) -> None:
    """
    The access zone is the vårdenhet and the head care provider the vårdgivare; the list knows name and phone.
    """
    unit = only(source, "vasterbotten-agreement.json").unit
    assert unit is not None
    assert unit.care_giver is not None
    assert unit.hsa_id is not None
    assert (unit.hsa_id.value, unit.name, unit.phone) == (
        "SE2321000222-HC01",
        "Backens hälsocentral",
        "090-785 00 00",
    )
    assert unit.address == "Storgatan 1, 903 21 Umeå"
    assert unit.care_giver.name == "Region Västerbotten"
    assert unit.origin().endswith("accessZoneUnit")


def test_author_and_signer_are_told_by_their_type(source: Source) -> None:
    """
    The list of care providers holds both; a type that the table lacks stays unread.
    """
    note = only(source, "kalmar-agreement.json")
    assert note.author is not None
    assert note.signer is not None
    assert (note.author.name, note.author.title, note.signer.name) == (
        "Eva Svensson",
        "Sjuksköterska",
        "Eva Svensson",
    )


def test_approval_is_no_word_of_the_format(source: Source) -> None:
    """
    Neither yes nor no is made up.
    """
    assert only(source, "kalmar-agreement.json").visibility.is_approved_for_patient is None


@pytest.mark.parametrize(
    ("name", "signed", "active", "protected"),
    [
        ("kalmar-agreement.json", True, True, False),
        ("unsigned.json", False, True, False),
        ("nullified.json", True, False, False),
        ("protected-identity.json", True, True, True),
    ],
)
def test_what_decides_who_may_see_the_note(
    source: Source, name: str, *, signed: bool, active: bool, protected: bool
) -> None:
    """
    No signing time is unsigned, noteActive false is nullified, patientProtectedId is a protected identity.
    """
    note = only(source, name)
    assert (note.visibility.is_signed, note.signed_at is not None) == (signed, signed)
    assert (note.is_active, bool(note.inactive_reason)) == (active, not active)
    assert (note.visibility.is_protected, note.patients[0].is_protected) == (protected, protected)


def test_secrecy_levels_come_as_sent(source: Source) -> None:
    """
    Those of the note and those of a keyword; what they mean is for the flow to say.
    """
    note = only(source, "secrecy-above-normal.json")
    level = "Klass 4: Särskilt skyddsvärda patientdata"
    assert note.visibility.secrecy_levels == (level,)
    assert note.keywords[0].children[1].secrecy_levels == (level,)


def test_another_person_in_the_record_id_is_seen(source: Source) -> None:
    """
    An ehrId that names somebody else than patientID gives the note two patients.
    """
    values = [person.ids[0].value for person in only(source, "two-patients.json").patients]
    assert values == ["195009072553", "191212121212"]
    assert len(only(source, "kalmar-agreement.json").patients) == 1


def test_several_extracts_are_several_notes(source: Source) -> None:
    """
    Lists within a list, in the order they stand, each with its own place.
    """
    result = mapped(source, "several-notes.json")
    assert [note.note_id[-4:] for note in result.records] == ["6001", "6002", "6003"]
    assert len({note.origin() for note in result.records}) == len(set(result.contents)) == len(result.records)


@pytest.mark.parametrize("shape", ["list of lists", "one list", "bare list", "bare extract"])
def test_every_shape_of_the_answer_is_taken(source: Source, shape: str) -> None:
    """
    A list of extracts, one of its members, and an extract alone say the same.
    """
    tree = source.parse((FOLDER / "bare-extract-with-record-as-object.json").read_bytes())
    raw = (FOLDER / "bare-extract-with-record-as-object.json").read_text(encoding="utf-8")
    text = {
        "list of lists": f'[{{"journalNoteEHRExtract": [{raw}]}}]',
        "one list": f'{{"journalNoteEHRExtract": [{raw}]}}',
        "bare list": f"[{raw}]",
        "bare extract": raw,
    }[shape]
    result = map_message(source.plan, source.parse(text.encode()))
    assert result.records == map_message(source.plan, tree).records
    assert result.records[0].keywords[0].title == "Överenskommelse"
    assert result.loss.unread == 0


def test_every_kind_of_value_is_kept_as_text_with_its_kind(source: Source) -> None:
    """
    Numbers keep their digits; archetypes, which nobody reads, are reported.
    """
    result = mapped(source, "numbers-dates-and-archetypes.json")
    measured = result.records[0].keywords[1].children
    assert [(k.values[0].text, k.values[0].kind, k.units, k.ranges) for k in measured[:1]] == [
        ("78.40", "Numeric", ("kg",), ("50-120",))
    ]
    assert [(k.values[0].text, k.values[0].kind) for k in measured[1:4]] == [
        ("true", "Boolean"),
        ("20260414100000", "DateTime"),
        ("Ordinärt boende", "Fixed"),
    ]
    assert {finding.code for finding in result.findings} == {"unread"}
    assert all("otherValue" in place for place in result.loss.unread_places)


def test_an_impossible_time_is_told_and_not_moved(source: Source) -> None:
    """
    The hour that the spring skips is refused, the hour that the autumn doubles is its first.
    """
    result = mapped(source, "doubled-and-missing-hour.json")
    assert [(f.code, f.blocking) for f in result.findings] == [
        ("value-unusable", False),
        ("time-doubled", False),
    ]
    assert result.records[0].version_at is None
    assert result.records[0].noted_at.value == "2025-10-26T02:30:00+02:00"


def test_the_next_version_is_the_same_note(source: Source) -> None:
    """
    Same id, later version time, other content.
    """
    first, second = only(source, "kalmar-agreement.json"), only(source, "kalmar-agreement-version-2.json")
    assert first.note_id == second.note_id
    assert first.version_at is not None
    assert second.version_at is not None
    assert first.version_at.earliest() < second.version_at.earliest()
    contents = [mapped(source, f"kalmar-agreement{name}.json").contents for name in ("", "-version-2")]
    assert contents[0] != contents[1]


def test_a_care_provider_of_an_unknown_kind_stays_unread(source: Source) -> None:
    """
    Free text that the table lacks is reported, not guessed.
    """
    raw = (FOLDER / "kalmar-agreement.json").read_text(encoding="utf-8").replace('"Signer"', '"Registrator"')
    result = map_message(source.plan, source.parse(raw.encode()))
    assert result.records[0].signer is None
    assert all("careProvider[1]" in place for place in result.loss.unread_places)


def test_a_unit_without_id_or_head_is_still_told(source: Source) -> None:
    """
    What is missing is missing: a unit alone, a head alone, or none.
    """
    raw = (FOLDER / "bare-extract-with-record-as-object.json").read_text(encoding="utf-8")
    alone = (
        map_message(source.plan, source.parse(raw.replace('"headCareProviderUnit"', '"x"').encode()))
        .records[0]
        .unit
    )
    assert (alone.hsa_id is not None, alone.care_giver) == (True, None)
    head = (
        map_message(source.plan, source.parse(raw.replace('"accessZoneUnit"', '"x"').encode()))
        .records[0]
        .unit
    )
    assert (head.hsa_id, head.care_giver is not None) == (None, True)
    foreign = raw.replace(
        '"accessZoneUnit": {\n    "unitID": {\n      "root": "1.2.752.129.2.1.4.1"',
        '"accessZoneUnit": {\n    "unitID": {\n      "root": "9.9"',
    )
    result = map_message(source.plan, source.parse(foreign.encode()))
    assert [finding.code for finding in result.findings][:1] == ["id-system-unknown"]


@pytest.mark.parametrize(
    ("said", "place"),
    [
        ('"noteActive": "nej"', "note.noteActive"),
        ('"patientProtectedId": "ja"', "patient.patientProtectedId"),
    ],
)
def test_a_yes_or_no_that_cannot_be_read_stops_the_note(said: str, place: str, source: Source) -> None:
    """
    Whether a note still holds, and whether the patient is protected, is never guessed.
    """
    text = (FOLDER / "kalmar-agreement.json").read_text(encoding="utf-8")
    text = text.replace('"noteActive": true', said).replace('"patientProtectedId": false', said)
    findings = map_message(source.plan, source.parse(text.encode())).findings
    assert {(f.code, f.blocking) for f in findings if f.where.endswith(place)} == {("value-unusable", True)}


@pytest.mark.parametrize(
    ("sent", "levels"),
    [
        ('["Klass 5"]', ("Klass 5",)),
        ('"Klass 5"', ("Klass 5",)),
        ('{"secrecyLevel": {"code": "5", "name": "Klass 5"}}', ("5 Klass 5",)),
        ('{"secrecyLevel": [{"name": "normalnivå"}, {"level": 4}]}', ("normalnivå", "4")),
        ('{"secrecyLevel": "normalnivå", "other": "Klass 5"}', ("normalnivå", "Klass 5")),
        ('[{"secrecyLevel": "normalnivå"}, "Klass 5"]', ("normalnivå", "Klass 5")),
        ('[{"secrecyLevel": ["normalnivå"]}, {"level": "Klass 5"}]', ("normalnivå", "Klass 5")),
        ('{"level": "Klass 5"}', ("Klass 5",)),
    ],
)
def test_secrecy_levels_count_in_whatever_shape_they_come(
    source: Source, sent: str, levels: tuple[str, ...]
) -> None:
    """
    Without the object around them or as objects, on the note or a keyword: none goes unheard.
    """
    normal = '{"secrecyLevel": ["Klass 3: Patientdata (normalnivå)"]}'
    text = (FOLDER / "kalmar-agreement.json").read_text(encoding="utf-8").replace(normal, sent)
    root = '"keyword": "▼ ✓ Överenskommelse"'
    text = text.replace(root, f'{root}, "keywordSecrecyLevels": {sent}')
    (note,) = map_message(source.plan, source.parse(text.encode())).records
    assert isinstance(note, Note)
    assert note.visibility.secrecy_levels == note.keywords[0].secrecy_levels == levels
    assert is_above_normal_secrecy(note)


def test_an_hsa_id_that_breaks_the_rule_is_told(source: Source) -> None:
    """
    It is used as it is, with one finding for each place.
    """
    text = (FOLDER / "kalmar-agreement.json").read_text(encoding="utf-8").replace("SE2321000016-P101", "P101")
    result = map_message(source.plan, source.parse(text.encode()))
    assert {(found.code, found.value) for found in result.findings} == {("hsa-id-unsound", "P101")}
    assert result.records[0].author.hsa_id.value == "P101"


@pytest.mark.parametrize("said", ["true", "1", '"true"', "[true]", '{"value": true}', '{"value": "1"}'])
def test_a_protected_identity_is_heard_in_whatever_shape_it_comes(source: Source, said: str) -> None:
    """
    As a value, or wrapped as most values of the interface are: then too nothing of a place may leave.
    """
    raw = (FOLDER / "protected-identity.json").read_text("utf-8")
    changed = raw.replace('"patientProtectedId": true', f'"patientProtectedId": {said}')
    (note,) = map_message(source.plan, source.parse(changed.encode())).records
    assert isinstance(note, Note)
    assert note.visibility.is_protected
    assert note.patients[0].is_protected
