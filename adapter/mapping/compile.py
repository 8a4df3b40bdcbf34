"""A folder of mapping files, compiled once to functions; every mistake in it is told with file and line.

The language has ten words: ``record each fields from as table split const required use``. It names places,
takes the first that is filled, converts with a named converter, looks up a table, repeats. It has no
conditions: what needs an ``if`` is a tested function, called by ``use``.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any, TypeAlias

from adapter.mapping import about, hl7v2, identifiers, notes
from adapter.mapping.entries import Entry, Sheet
from adapter.mapping.plan import Hook, Plan, Root
from adapter.mapping.records import maker, putter
from adapter.mapping.rules import Rules

if TYPE_CHECKING:
    from adapter.domain.keywords import Vocabulary

Hooks: TypeAlias = Mapping[str, "Hook | Callable[..., Any]"]

FILE_WORDS = frozenset({"record", "each", "fields"})


def compile_plan(
    source: str, files: Mapping[str, str], hooks: Hooks, vocabulary: Vocabulary | None = None
) -> Plan:
    """Compile a source's folder. ``files`` holds its texts by name (``note.yaml``, ``tables/sex.yaml``).

    Raises MappingError (``<source>/<file>:<line>: …``) for the first mistake.
    """
    if "source.yaml" not in files:
        raise Sheet(source, "source.yaml").error(1, "the file is missing; it says title, formats and owner")
    known = {
        name: hook if isinstance(hook, Hook) else Hook(read=hook)
        for name, hook in {**identifiers.HOOKS, **notes.HOOKS, **hl7v2.HOOKS, **hooks}.items()
    }
    sheet = Sheet(source, "source.yaml")
    said = sheet.parse(files["source.yaml"])
    rules = Rules(known, about.tables(source, files))
    return Plan(
        source=source,
        version=_version(files),
        about=about.about(sheet, said),
        roots=_roots(source, files, rules),
        definitions=rules.makes,
        tables={name: table.codes for name, table in rules.tables.items()},
        checks=_checks(sheet, said, rules),
        vocabulary=vocabulary,
    )


def _version(files: Mapping[str, str]) -> str:
    digest = hashlib.sha256()
    for name in sorted(files):
        digest.update(f"{name}\0{files[name]}\0".encode())
    return digest.hexdigest()[:16]


def _roots(source: str, files: Mapping[str, str], rules: Rules) -> tuple[Root, ...]:
    """The records of the folder. Files without ``each`` define what any other file may refer to."""
    sheets = [
        (Sheet(source, name), Sheet(source, name).parse(text))
        for name, text in files.items()
        if name.endswith(".yaml") and "/" not in name and name != "source.yaml"
    ]
    for sheet, said in sheets:
        sheet.known(said, FILE_WORDS, "a record file")
        if "each" not in said and "record" in said:
            record = rules.record(sheet, said["record"]).__name__
            if record in rules.defined:
                raise sheet.error(1, f"{record} is defined in {rules.defined[record]} already")
            rules.defined[record] = sheet.file
    for sheet, said in sheets:
        if "each" not in said:
            _define(sheet, said, rules)
    roots = tuple(_root(sheet, said, rules) for sheet, said in sheets if "each" in said)
    if not roots:
        what = "no file of the folder has 'each': nothing is mapped"
        raise Sheet(source, "source.yaml").error(1, what)
    return roots


def _define(sheet: Sheet, said: dict[str, Entry], rules: Rules) -> None:
    record, fields = rules.body(sheet, Entry(said, 1))
    rules.makes[record.__name__] = maker(record, fields, sheet.at(1))
    rules.puts[record.__name__] = putter(fields)


def _root(sheet: Sheet, said: dict[str, Entry], rules: Rules) -> Root:
    record, fields = rules.body(sheet, Entry(said, 1))
    path, find = rules.each(sheet, said["each"])
    make = maker(record, fields, sheet.at(said["record"].line))
    return Root(record=record, find=find, make=make, path=path, put=putter(fields))


def _checks(sheet: Sheet, said: Mapping[str, Entry], rules: Rules) -> tuple[tuple[str, Hook], ...]:
    """The functions that look at the whole message first, each with its line."""
    if "checks" not in said:
        return ()
    return tuple(
        (sheet.at(entry.line), rules.hook(sheet, Entry(name, entry.line)))
        for name, entry in sheet.table(said["checks"]).items()
    )
