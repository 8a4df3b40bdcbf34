"""A mistake in a mapping stops the start, with file, line and what to do."""

from __future__ import annotations

import pytest

from adapter.errors import MappingError
from adapter.mapping import compile_plan

SOURCE = "title: Prov\nformats: [json]\nowner: prov@region.example\nversion: '1'\n"
NOTE = """record: Note
each: note
fields:
  note_id: {from: id, required: true}
"""
TABLE = "codes: {a: akut}\n"
MESSAGE = """record: Consultation
each: message
fields:
  message_id: id
  kind: {from: kind, table: kind}
  created_at: {from: time, as: moment}
  patients: {use: patients}
  sender_unit: {record: CareUnit, each: from, fields: {name: name}}
  receiver_unit: {record: CareUnit, each: to, fields: {name: name}}
"""


def note(line: str) -> dict[str, str]:
    """The note's mapping with one more line, which stands on line 5."""
    return {"note.yaml": NOTE + line + "\n"}


MISTAKES = {
    "a source file that is missing": ({"source.yaml": None}, "source.yaml:1: the file is missing"),
    "a source word that is unknown": (
        {"source.yaml": SOURCE + "ignore: {}\n"},
        "source.yaml:5: unknown word 'ignore'; source.yaml knows checks, example, format",
    ),
    "a source without owner": (
        {"source.yaml": SOURCE.replace("owner: prov@region.example\n", "")},
        "source.yaml:1: 'owner' is missing",
    ),
    "a format that is unknown": (
        {"source.yaml": SOURCE.replace("json", "edifact")},
        "source.yaml:1: 'formats' must name some of hl7, json, xml",
    ),
    "an ignored place without a reason": (
        {"source.yaml": SOURCE + "ignored:\n  a.b: ''\n"},
        "source.yaml:6: say why 'a.b' is ignored",
    ),
    "ignored places as a list": (
        {"source.yaml": SOURCE + "ignored: [a.b]\n"},
        "source.yaml:5: a table (name: value) must stand here",
    ),
    "a wild card in the middle of a pattern": (
        {"source.yaml": SOURCE + "ignored: {'a.**.b': why}\n"},
        "source.yaml:5: 'a.**.b': '**' can only stand first",
    ),
    "phones without the switchboard": (
        {"source.yaml": SOURCE + "phones: {direct_number: 010-000 00 00}\n"},
        "source.yaml:5: 'switchboard' is missing",
    ),
    "a word of phones that is unknown": (
        {"source.yaml": SOURCE + "phones: {number: 010-000 00 00}\n"},
        "source.yaml:5: unknown word 'number'; phones knows closes, direct_number, opens, switchboard",
    ),
    "a pattern of everything": (
        {"source.yaml": SOURCE + "ignored: {'**': why}\n"},
        "source.yaml:5: '**': '**' can only stand first, with names after it",
    ),
    "a flag that is no flag": (
        {"source.yaml": SOURCE + "strict: yes\n"},
        "source.yaml:5: true or false must stand here",
    ),
    "a check that no function makes": (
        {"source.yaml": SOURCE + "checks: {look: why}\n"},
        "source.yaml:5: there is no function 'look'",
    ),
    "text that is no YAML": ({"note.yaml": "record: [Note\n"}, "note.yaml:2: not readable as YAML"),
    "an empty file": ({"note.yaml": "# nothing\n"}, "note.yaml:1: the file is empty"),
    "a name that stands twice": (note("  note_id: id2"), "note.yaml:5: 'note_id' stands twice; keep one"),
    "a name that is a list": (
        {"note.yaml": NOTE + "  ? [a]\n  : b\n"},
        "note.yaml:5: a name must be one value",
    ),
    "a file word that is unknown": (
        {"note.yaml": NOTE.replace("each", "every")},
        "note.yaml:2: unknown word 'every'; a record file knows each, fields, record",
    ),
    "a record that the domain does not have": (
        {"note.yaml": NOTE.replace("Note", "Notes")},
        "note.yaml:1: there is no record 'Notes' in the domain (did you mean 'Note'?)",
    ),
    "a file without record": (
        {"note.yaml": NOTE.replace("record: Note\n", "")},
        "note.yaml:1: 'record' is missing",
    ),
    "a file without fields": (
        {"note.yaml": "record: Note\neach: note\n"},
        "note.yaml:1: 'fields' is missing",
    ),
    "no record that repeats": (
        {"note.yaml": NOTE.replace("each: note\n", "")},
        "source.yaml:1: no file of the folder has 'each': nothing is mapped",
    ),
    "an empty path to repeat": (
        {"note.yaml": NOTE.replace("each: note", "each: ''")},
        "note.yaml:2: each needs a path",
    ),
    "two definitions of one record": (
        {
            "a.yaml": "record: Keyword\nfields: {title: t}\n",
            "b.yaml": "record: Keyword\nfields: {title: t}\n",
        },
        "b.yaml:1: Keyword is defined in a.yaml already",
    ),
    "a field that is misspelt": (
        note("  titel: t"),
        "note.yaml:5: Note has no field 'titel' (did you mean 'title'?); it has ",
    ),
    "a field that must be there and is not mapped": (
        {"note.yaml": NOTE.replace("note_id: {from: id, required: true}", "title: t")},
        "note.yaml:3: Note needs note_id; map it",
    ),
    "two fields that read one place": (
        note("  title: id"),
        "note.yaml:5: title and note_id both read 'id'; one of them is wrong",
    ),
    "a field word that is unknown": (
        note("  title: {form: t}"),
        "note.yaml:5: unknown word 'form'; a field knows as, const, from, required, split, table, use",
    ),
    "a field without a rule": (
        note("  title: {required: true}"),
        "note.yaml:5: title needs 'from', 'const', 'use' or 'record'",
    ),
    "a field with an empty path": (note("  title: ''"), "note.yaml:5: title needs a path"),
    "a path that is a table": (note("  title: {from: {a: b}}"), "note.yaml:5: one value must stand here"),
    "a list where a table must stand": (
        note("  title: [a, b]"),
        "note.yaml:5: a table (name: value) must stand",
    ),
    "a converter that is unknown": (
        note("  signed_at: {from: t, as: momment}"),
        "note.yaml:5: there is no converter 'momment' (did you mean 'moment'?)",
    ),
    "a converter of another type": (
        note("  signed_at: {from: t, as: boolean}"),
        "note.yaml:5: signed_at holds Moment, but 'boolean' gives bool; use 'as', 'table' or 'use'",
    ),
    "a field that needs a converter": (
        note("  signed_at: t"),
        "note.yaml:5: signed_at holds Moment, but 'text' gives text; use 'as', 'table' or 'use'",
    ),
    "a table that is missing": (
        note("  title: {from: t, table: x}"),
        "note.yaml:5: tables/x.yaml is missing",
    ),
    "a table and a converter": (
        note("  title: {from: t, table: x, as: text}"),
        "note.yaml:5: 'as' and 'table' do not go together",
    ),
    "a table without codes": ({"tables/x.yaml": "unknown: keep\n"}, "tables/x.yaml:1: 'codes' is missing"),
    "a table word that is unknown": (
        {"tables/x.yaml": "codes: {}\nelse: keep\n"},
        "tables/x.yaml:2: unknown word 'else'; a table knows codes, unknown",
    ),
    "a table with an unknown rule for the unknown": (
        {"tables/x.yaml": "codes: {}\nunknown: guess\n"},
        "tables/x.yaml:2: unknown is one of report, refuse, keep",
    ),
    "a table value that the list does not have": (
        {"message.yaml": MESSAGE, "tables/kind.yaml": "codes:\n  Fråga: fraga\n"},
        "tables/kind.yaml:2: MessageKind has no value 'fraga'; it has konsultation, svar",
    ),
    "a table for what no table can give": (
        {"tables/x.yaml": TABLE} | note("  signed_at: {from: t, table: x}"),
        "tables/x.yaml:1: a table cannot give a Moment",
    ),
    "split where there is one value": (
        note("  title: {from: t, split: ' '}"),
        "note.yaml:5: title holds one value; 'split' gives several",
    ),
    "from and const": (
        note("  title: {from: t, const: x}"),
        "note.yaml:5: 'from' and 'const' do not go together",
    ),
    "const and required": (
        note("  title: {const: x, required: true}"),
        "note.yaml:5: 'required' and 'const' do not go together",
    ),
    "a const of another type": (note("  is_active: {const: ja}"), "note.yaml:5: 'ja' is no bool"),
    "a function that is missing": (
        note("  title: {use: tilte}"),
        "note.yaml:5: there is no function 'tilte' (did you mean 'title'?); see hooks.py",
    ),
    "a function and a converter": (
        note("  title: {use: title, as: text}"),
        "note.yaml:5: 'as' and 'use' do not go together; the function does it",
    ),
    "a record of another type": (
        note("  unit: {record: Person, fields: {ids: i}}"),
        "note.yaml:5: unit holds CareUnit, not Person",
    ),
    "a record word that is unknown": (
        note("  unit: {record: CareUnit, from: u}"),
        "note.yaml:5: unknown word 'from'; a record knows each, fields, record, required",
    ),
    "a record that nothing defines": (
        note("  unit: {record: CareUnit, each: u}"),
        "note.yaml:5: CareUnit has no fields here, and no file of the folder defines it; add care-unit.yaml",
    ),
}


@pytest.mark.parametrize("name", MISTAKES)
def test_a_mistake_is_told_with_file_and_line(name: str) -> None:
    """
    Whoever writes a mapping learns where the mistake is and what would be right.
    """
    changes, message = MISTAKES[name]
    files = {"source.yaml": SOURCE, "note.yaml": NOTE} | changes
    hooks = {"title": lambda _nodes, _reading: None, "patients": lambda _nodes, _reading: None}
    with pytest.raises(MappingError) as raised:
        compile_plan("se.prov", {k: v for k, v in files.items() if v is not None}, hooks)
    assert str(raised.value).startswith(f"se.prov/{message}")


def test_every_scalar_is_a_text() -> None:
    """
    01 is not 1 and NO is not false: YAML's guesses never reach a mapping.
    """
    files = {
        "source.yaml": SOURCE,
        "note.yaml": NOTE + "  title: {const: 01}\n  type_code: {const: NO}\n",
    }
    assert compile_plan("se.prov", files, {}).about.version == "1"


def test_the_numbers_for_what_is_acute_stand_with_the_source() -> None:
    """
    A region's switchboard and direct number; the hours are those of the agreement unless said.
    """
    phones = "phones: {switchboard: 010-000 00 00, closes: '16:30'}\n"
    files = {"source.yaml": SOURCE + phones, "note.yaml": NOTE}
    schedule = compile_plan("se.prov", files, {}).about.phones
    assert schedule is not None
    assert (schedule.switchboard, schedule.direct_number) == ("010-000 00 00", "")
    assert (schedule.opens, schedule.closes) == ("08:00", "16:30")


def test_the_version_is_that_of_the_files() -> None:
    """
    Another text, another version; the same texts, the same version.
    """
    files = {"source.yaml": SOURCE, "note.yaml": NOTE}
    first = compile_plan("se.prov", files, {}).version
    assert compile_plan("se.prov", dict(reversed(files.items())), {}).version == first
    assert compile_plan("se.prov", files | {"note.yaml": NOTE + "# more\n"}, {}).version != first
