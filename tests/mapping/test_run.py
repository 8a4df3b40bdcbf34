"""One pass over one message: every leaf is mapped, ignored with a reason, or reported."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from adapter.domain.identity import HsaId, PersonIdKind
from adapter.mapping import Hook, Mapped, compile_plan, map_message
from adapter.mapping.run import EACH_AT_MOST
from adapter.pipeline import Source
from adapter.wire import json

ROOT = Path(__file__).parents[2]
FIXTURES = sorted(
    path
    for path in (ROOT / "fixtures").glob("se.*/*")
    if ".expected." not in path.name and path.suffix in (".json", ".xml")
)
SOURCE = "title: Prov\nformats: [json]\nowner: prov@region.example\nversion: '1'\n"


def run(
    note: str, message: str, source: str = "", hooks: Mapping[str, Any] | None = None, **files: str
) -> Mapped:
    """A message through a mapping of notes written in the test."""
    texts = {"source.yaml": SOURCE + source, "note.yaml": "record: Note\n" + note}
    texts |= {f"tables/{name}.yaml": text for name, text in files.items()}
    return map_message(compile_plan("se.prov", texts, hooks or {}), json.parse(message.encode()))


@pytest.mark.parametrize("case", FIXTURES, ids=lambda case: f"{case.parent.name}/{case.name}")
def test_mapped_ignored_and_unread_are_all_leaves(case: Path, sources: Mapping[str, Source]) -> None:
    """
    The loss report adds up for every fixture, and every place in it is a leaf of the message.
    """
    source = sources[case.parent.name]
    message = source.parse(case.read_bytes())
    leaves = {leaf.where for leaf in message.leaves()}

    loss = map_message(source.plan, message).loss

    assert loss.mapped + loss.ignored + loss.unread == loss.leaves == len(leaves)
    assert {*loss.ignored_places, *loss.unread_places} <= leaves
    assert (len(loss.ignored_places), len(loss.unread_places)) == (loss.ignored, loss.unread)


@pytest.mark.parametrize("case", FIXTURES, ids=lambda case: f"{case.parent.name}/{case.name}")
def test_every_record_knows_its_places(case: Path, sources: Mapping[str, Source]) -> None:
    """
    The place of a record and of each of its fields is a place in the message.
    """
    source = sources[case.parent.name]
    message = source.parse(case.read_bytes())
    places = {""}
    pending = [message]
    while pending:
        node = pending.pop()
        places.add(node.where)
        pending += node.children

    for record in map_message(source.plan, message).records:
        assert record.origin() in places
        assert {place.partition("#")[0] for place in record.origins.values()} <= places


def test_the_same_message_gives_the_same_answer(sources: Mapping[str, Source]) -> None:
    """
    Records, contents and findings depend on nothing but the message.
    """
    source = sources["se.cosmic.journal-notes"]
    raw = (ROOT / "fixtures/se.cosmic.journal-notes/several-notes.json").read_bytes()
    assert map_message(source.plan, source.parse(raw)) == map_message(source.plan, source.parse(raw))


def test_a_second_value_is_reported_and_not_lost() -> None:
    """
    Where one value is taken, the second stands among the unread.
    """
    mapped = run("each: .\nfields: {note_id: id, title: t}", '{"id": "1", "t": ["a", "b"]}')
    assert mapped.records[0].title == "a"
    assert [(f.code, f.where, f.value) for f in mapped.findings] == [("unread", "t[1]", "b")]


def test_a_second_record_is_reported_and_not_lost() -> None:
    """
    Where one record is taken, the second stands among the unread.
    """
    note = "each: .\nfields: {note_id: id, unit: {record: CareUnit, each: u, fields: {name: n}}}"
    mapped = run(note, '{"id": "1", "u": [{"n": "A"}, {"n": "B"}]}')
    assert mapped.records[0].unit.name == "A"
    assert [f.where for f in mapped.findings] == ["u[1].n"]


def test_the_first_filled_place_is_taken() -> None:
    """
    A place that is blank is passed by; another that says the same is read too, one that differs is reported.
    """
    note = "each: .\nfields: {note_id: id, title: {from: [a, b, c]}}"
    same = run(note, '{"id": "1", "a": " ", "b": "T", "c": "T "}')
    assert (same.records[0].title, same.records[0].origins["title"], same.findings) == ("T", "b", ())
    other = run(note, '{"id": "1", "b": "T", "c": "U"}')
    assert [f.where for f in other.findings] == ["c"]


def test_a_required_field_that_is_missing_stops_the_message() -> None:
    """
    The finding names the place where the value should stand.
    """
    note = "each: n\nfields: {note_id: {from: h.id, required: true}, title: t}"
    mapped = run(note, '{"n": {"t": "T"}}')
    found = mapped.findings[0]
    assert mapped.records == ()
    assert (found.code, found.where, found.at, found.blocking) == (
        "required-missing",
        "n.h.id",
        "se.prov/note.yaml:3",
        True,
    )


def test_a_required_list_that_is_missing_stops_the_message() -> None:
    """
    A list whose every value is blank is missing.
    """
    note = """each: .
fields:
  note_id: id
  visibility: {record: Visibility, fields: {secrecy_levels: {from: s, required: true}}}
"""
    assert [f.code for f in run(note, '{"id": "1", "s": [" "]}').findings] == ["required-missing"]


def test_a_required_record_that_is_missing_stops_the_message() -> None:
    """
    The finding names the place where the record should stand.
    """
    note = """each: .
fields:
  note_id: id
  unit: {record: CareUnit, each: a.u, required: true, fields: {name: n}}
"""
    mapped = run(note, '{"id": "1"}')
    assert [(f.code, f.where, f.blocking) for f in mapped.findings] == [("required-missing", "a.u", True)]


def test_a_record_that_lacks_what_it_must_have_is_not_made() -> None:
    """
    What was read for it counts as unread again, and it is said why.
    """
    note = """each: .
fields:
  note_id: id
  keywords: {record: Keyword, each: k, fields: {title: t, units: u}}
"""
    mapped = run(note, '{"id": "1", "k": [{"u": "kg"}, {"t": "Vikt"}, {"x": null}]}')
    assert [keyword.title for keyword in mapped.records[0].keywords] == ["Vikt"]
    assert [(f.code, f.where) for f in mapped.findings] == [
        ("record-incomplete", "k[0]"),
        ("unread", "k[0].u"),
    ]


def test_an_unusable_value_is_told_and_the_field_left_empty() -> None:
    """
    The finding has the place, the line of the mapping and, apart, the value.
    """
    mapped = run(
        "each: .\nfields: {note_id: id, signed_at: {from: t, as: moment}}", '{"id": "1", "t": "igår"}'
    )
    found = mapped.findings[0]
    assert mapped.records[0].signed_at is None
    assert (found.code, found.where, found.at, found.value, found.blocking) == (
        "value-unusable",
        "t",
        "se.prov/note.yaml:3",
        "igår",
        False,
    )
    assert "igår" not in found.what


def test_a_source_may_refuse_what_is_unusable() -> None:
    """
    With refuse_unusable, a value that cannot be read stops the message.
    """
    note = "each: .\nfields: {note_id: id, signed_at: {from: t, as: moment}}"
    mapped = run(note, '{"id": "1", "t": "igår"}', source="refuse_unusable: true\n")
    assert mapped.findings[0].blocking


def test_the_findings_of_a_converter_stand_at_the_place() -> None:
    """
    The doubled hour of the autumn is read as its first, with a warning where it stood.
    """
    note = "each: .\nfields: {note_id: id, signed_at: {from: [t, u], as: moment}}"
    mapped = run(note, '{"id": "1", "t": "20261025023000"}')
    assert mapped.records[0].signed_at.value == "2026-10-25T02:30:00+02:00"
    assert [(f.code, f.where, f.blocking) for f in mapped.findings] == [("time-doubled", "t", False)]


@pytest.mark.parametrize(
    ("unknown", "title", "blocking"), [("report", "", False), ("refuse", "", True), ("keep", "x", False)]
)
def test_an_unknown_code_is_told_and_never_guessed(unknown: str, title: str, *, blocking: bool) -> None:
    """
    The table says whether an unknown code is left out, stops the message, or is kept as it stands.
    """
    table = f"codes: {{a: Anteckning}}\nunknown: {unknown}\n"
    note = "each: .\nfields: {note_id: id, title: {from: t, table: kind}}"
    mapped = run(note, '{"id": "1", "t": " x "}', kind=table)
    assert mapped.records[0].title == title
    assert [(f.code, f.blocking) for f in mapped.findings] == [("code-unknown", blocking)]
    assert "tillåtna är a" in mapped.findings[0].what
    assert run(note, '{"id": "1", "t": "a"}', kind=table).records[0].title == "Anteckning"


def test_a_text_is_split_where_the_mapping_says() -> None:
    """
    The parts come without space around them; empty ones are left out.
    """
    note = """each: .
fields:
  note_id: id
  patients:
    record: Person
    fields: {ids: {use: ids}, given_names: {from: n, split: " "}}
"""
    hooks = {"ids": lambda nodes, reading: reading.text(nodes[0], "p") and (reading.text(nodes[0], "p"),)}
    mapped = run(note, '{"id": "1", "p": "x", "n": " Anna-Lena  Maria "}', hooks=hooks)
    assert mapped.records[0].patients[0].given_names == ("Anna-Lena", "Maria")


def test_a_constant_says_nothing_about_the_message() -> None:
    """
    A record of which the message has nothing is not made for its constant's sake.
    """
    note = """each: .
fields:
  note_id: id
  text: {record: NoteText, fields: {text: t, media_type: {const: text/rtf}}}
"""
    assert run(note, '{"id": "1"}').records[0].text is None
    assert run(note, '{"id": "1", "t": "x"}').records[0].text.media_type == "text/rtf"


def test_what_is_unread_is_information_until_the_source_is_strict() -> None:
    """
    A settled source lets nothing unknown through.
    """
    note = "each: .\nfields: {note_id: id}"
    assert [f.blocking for f in run(note, '{"id": "1", "x": "y"}').findings] == [False]
    assert [f.blocking for f in run(note, '{"id": "1", "x": "y"}', source="strict: true\n").findings] == [
        True
    ]


def test_thousands_of_unread_leaves_are_told_by_path() -> None:
    """
    Many leaves of one path are one finding, so that the others are seen; the loss has them all.
    """
    count = EACH_AT_MOST + 1
    message = '{"id": "1", "a": {"y": "z"}, "x": [' + ", ".join(["1"] * count) + "]}"
    mapped = run("each: .\nfields: {note_id: id}", message)
    assert [f.where for f in mapped.findings] == ["a.y", "x[0]"]
    assert str(count) in mapped.findings[1].what
    assert mapped.loss.unread == count + 1


@pytest.mark.parametrize("pattern", ["a", "a.b", "a.*", "'**.b'", "'**.a.b'", "'*.b'"])
def test_a_pattern_ignores_what_lies_at_or_under_it(pattern: str) -> None:
    """
    One name, any name, or any number of names before; nothing that merely begins alike.
    """
    source = f"ignored: {{{pattern}: why}}\n"
    mapped = run("each: .\nfields: {note_id: id}", '{"id": "1", "a": {"b": [{"c": "x"}]}}', source=source)
    assert (mapped.findings, mapped.loss.ignored_places) == ((), ("a.b[0].c",))


@pytest.mark.parametrize("pattern", ["b", "a.c", "a.b.c.d", "'**.a.c'", "aa"])
def test_a_pattern_ignores_nothing_else(pattern: str) -> None:
    """
    What no pattern takes is unread.
    """
    source = f"ignored: {{{pattern}: why}}\n"
    mapped = run("each: .\nfields: {note_id: id}", '{"id": "1", "a": {"b": [{"c": "x"}]}}', source=source)
    assert mapped.loss.unread == 1


def test_a_message_of_somebody_else_is_not_taken_in() -> None:
    """
    A message with nothing in it that the source knows is stopped; an empty list is an answer only if said.
    """
    note = "each: [item, .]\nfields: {note_id: {from: id, required: true}}"
    assert [f.code for f in run(note, '{"foo": "bar"}').findings if f.blocking] == ["nothing-recognised"]
    assert [f.code for f in run(note, "[]").findings] == ["nothing-recognised"]
    assert run(note, "[]", "may_be_empty: true\n").findings == ()
    assert [f.code for f in run(note, "{}", "may_be_empty: true\n").findings] == ["nothing-recognised"]


def test_a_function_gets_its_nodes_and_says_what_it_read() -> None:
    """
    What a hook marks is mapped, what it reports stands at its node and its line, what it voids is passed by.
    """

    def title(nodes: list[Any], reading: Any) -> str:
        reading.mark(*nodes)
        reading.report("odd", nodes[1], "Titeln är dubbel; behåll en.", value="b")
        reading.place = nodes[1]
        return "/".join(node.text for node in nodes)

    def check(nodes: list[Any], reading: Any) -> None:
        reading.void(nodes[0].first("v"))

    note = "each: .\nfields: {note_id: id, title: {from: t, use: title}, type_name: v}"
    mapped = run(
        note,
        '{"id": "1", "t": ["a", "b"], "v": "?"}',
        "checks: {c: why}\n",
        {"title": title, "c": Hook(read=check)},
    )
    assert (mapped.records[0].title, mapped.records[0].origins["title"]) == ("a/b", "t[1]")
    assert mapped.records[0].type_name == ""
    assert [(f.code, f.where, f.at) for f in mapped.findings] == [("odd", "t[1]", "se.prov/note.yaml:3")]
    assert mapped.loss.ignored_places == ("v",)


def test_a_function_may_be_required() -> None:
    """
    A required hook that gives nothing is a required value that is missing.
    """
    note = "each: .\nfields: {note_id: id, title: {from: t, use: none, required: true}}"
    mapped = run(note, '{"id": "1"}', hooks={"none": lambda _nodes, _reading: None})
    assert [(f.code, f.where) for f in mapped.findings] == [("required-missing", "t")]


def test_an_hsa_id_under_a_foreign_oid_is_none() -> None:
    """
    Root and extension: both OIDs of HSA mean the same, any other gives a finding and no id.
    """
    note = "each: .\nfields: {note_id: id, source_system: {from: s, use: hsa-id}}"
    sent = '{"id": "1", "s": {"root": "%s", "extension": "SE2321000016-A1"}}'
    for root in ("1.2.752.129.2.1.4.1", "1.2.752.29.4.19"):
        assert run(note, sent % root).records[0].source_system == HsaId(value="SE2321000016-A1")
    foreign = run(note, sent % "9.9.9")
    assert foreign.records[0].source_system is None
    assert [(f.code, f.where) for f in foreign.findings] == [("id-system-unknown", "s.extension")]
    assert run(note, '{"id": "1", "s": "SE2321000016-A1"}').records[0].source_system is not None


@pytest.mark.parametrize("pair", [("root", "extension"), ("type", "id")])
def test_an_identity_number_comes_as_a_pair(pair: tuple[str, str]) -> None:
    """
    Both spellings of the pair are taken; a wrong check digit stops the message and is not repeated in words.
    """
    note = """each: .
fields:
  note_id: n
  patients: {record: Person, each: p, fields: {ids: {from: i, use: person-ids}}}
"""
    sent = '{"n": "1", "p": {"i": {"%s": "1.2.752.129.2.1.3.1", "%s": "%s"}}}'
    good = run(note, sent % (*pair, "191212121212"))
    assert good.records[0].patients[0].ids[0].kind is PersonIdKind.PERSONNUMMER
    bad = run(note, sent % (*pair, "191212121213"))
    assert [(f.code, f.blocking) for f in bad.findings] == [("person-id-unusable", True)]
    assert "191212121213" not in bad.findings[0].what
    samordning = run(note, sent % (*pair, "196109732393"))
    assert [f.code for f in samordning.findings] == ["person-id-kind"]


def test_a_note_without_text_has_neither_keywords_nor_text() -> None:
    """
    A blank text is no text; without a vocabulary no line opens a keyword.
    """
    note = """each: .
fields: {note_id: id, keywords: {from: t, use: note-keywords}, text: {from: t, use: note-text}}
"""
    blank = run(note, '{"id": "1", "t": " "}').records[0]
    assert (blank.keywords, blank.text) == ((), None)
    said = run(note, '{"id": "1", "t": "Status: god"}').records[0]
    assert (said.keywords[0].title, said.keywords[0].values[0].text) == ("", "Status: god")


def test_the_places_of_a_record_can_be_listed() -> None:
    """
    They are spelt out only when asked for, and look like any table.
    """
    origins = run("each: .\nfields: {note_id: id}", '{"id": "1"}').records[0].origins
    assert (dict(origins), len(origins)) == ({"": "", "note_id": "id"}, 2)
    assert repr(origins) == "{'': '', 'note_id': 'id'}"


def test_content_is_what_was_read_of_the_note() -> None:
    """
    Another value is another content; what is ignored or may change freely is not part of it.
    """
    note = """each: n
fields:
  note_id: id
  title: t
  visibility: {record: Visibility, fields: {is_signed: {from: s, as: is-a-time}}}
"""
    source = "ignored: {n.x: why}\noutside_version: {'**.s': why}\n"
    contents = [
        run(
            note, f'{{"n": {{"id": "1", "t": "{title}", "x": "{ignored}", "s": "{loose}"}}}}', source
        ).contents[0]
        for title, ignored, loose in (("a", "b", "c"), ("a", "B", "c"), ("a", "b", "C"), ("A", "b", "c"))
    ]
    assert contents[0] == contents[1] == contents[2] != contents[3]
