"""The rules of a record's fields, compiled: each is checked against the record and becomes two closures."""

from __future__ import annotations

import difflib
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

from adapter.mapping.converters import CONVERTERS, Converter
from adapter.mapping.fields import (
    Field,
    Take,
    constant,
    hooked,
    hooked_writer,
    nested,
    nested_writer,
    taken,
    write_nothing,
)
from adapter.mapping.paths import Find, Names, finder, first_of, names
from adapter.mapping.records import maker, putter
from adapter.mapping.shapes import RECORDS, Slot, slots

if TYPE_CHECKING:
    from adapter.mapping.about import Table
    from adapter.mapping.entries import Entry, Sheet
    from adapter.mapping.plan import Hook, Make, Put
    from adapter.mapping.reading import Reading
    from adapter.wire.node import Node

RECORD_WORDS = frozenset({"record", "each", "fields", "required"})
FIELD_WORDS = frozenset({"from", "as", "table", "split", "const", "required", "use"})
BOOLEANS = {"true": True, "false": False}


@dataclass(slots=True)
class Rules:
    """What the rules of a folder may refer to: functions, tables, and the records defined so far."""

    hooks: Mapping[str, Hook]
    tables: Mapping[str, Table]
    makes: dict[str, Make] = field(default_factory=dict)
    puts: dict[str, Put] = field(default_factory=dict)
    defined: dict[str, str] = field(default_factory=dict)  # record -> file

    def record(self, sheet: Sheet, entry: Entry) -> type:
        """The record of the domain that an entry names."""
        name = sheet.text(entry)
        if name not in RECORDS:
            near = _near(name, RECORDS)
            raise sheet.error(entry.line, f"there is no record {name!r} in the domain{near}")
        return RECORDS[name]

    def each(self, sheet: Sheet, entry: Entry) -> tuple[Names, Find]:
        """The path that repeats, the first of its alternatives for the way back."""
        paths = sheet.texts(entry)
        if not paths or not all(paths):
            raise sheet.error(entry.line, "each needs a path")
        return names(paths[0]), first_of(tuple(finder(names(path)) for path in paths))

    def body(self, sheet: Sheet, entry: Entry) -> tuple[type, tuple[Field, ...]]:
        """The record and its compiled fields; complains about what the record does not have or lacks."""
        said = sheet.table(entry)
        for word in ("record", "fields"):
            if word not in said:
                raise sheet.error(entry.line, f"{word!r} is missing")
        record = self.record(sheet, said["record"])
        has = slots(record)
        rules = sheet.table(said["fields"])
        for name, rule in rules.items():
            if name not in has:
                near = _near(name, has)
                what = f"{record.__name__} has no field {name!r}{near}; it has {', '.join(sorted(has))}"
                raise sheet.error(rule.line, what)
        lacks = sorted(slot.name for slot in has.values() if slot.is_needed and slot.name not in rules)
        if lacks:
            raise sheet.error(said["fields"].line, f"{record.__name__} needs {', '.join(lacks)}; map it")
        self._no_place_twice(sheet, rules)
        fields = ((self._field(sheet, has[name], rule), rule) for name, rule in rules.items())
        return record, tuple(replace(made, starts=_starts(sheet, rule)) for made, rule in fields)

    def _no_place_twice(self, sheet: Sheet, rules: Mapping[str, Entry]) -> None:
        seen: dict[str, str] = {}
        for name, rule in rules.items():
            for path in _plain_paths(sheet, rule):
                if path in seen:
                    raise sheet.error(
                        rule.line, f"{name} and {seen[path]} both read {path!r}; one of them is wrong"
                    )
                seen[path] = name

    def _field(self, sheet: Sheet, slot: Slot, rule: Entry) -> Field:
        if isinstance(rule.value, dict) and "record" in rule.value:
            return self._nested(sheet, slot, rule)
        said = {"from": rule} if isinstance(rule.value, str) else sheet.table(rule)
        sheet.known(said, FIELD_WORDS, "a field")
        if "use" in said:
            return self._used(sheet, slot, said, rule.line)
        if "from" not in said:
            return self._const(sheet, slot, said, rule.line)
        return taken(slot.name, self._take(sheet, slot, said, rule.line))

    def _nested(self, sheet: Sheet, slot: Slot, rule: Entry) -> Field:
        said = sheet.table(rule)
        sheet.known(said, RECORD_WORDS, "a record")
        record = self.record(sheet, said["record"])
        if record is not slot.type:
            raise sheet.error(rule.line, f"{slot.name} holds {_name(slot.type)}, not {record.__name__}")
        path, find = self.each(sheet, said["each"]) if "each" in said else ((), finder(()))
        make, put = self._made(sheet, said, rule, record)
        required = ".".join(path) if "required" in said and sheet.flag(said["required"]) else ""
        return Field(
            name=slot.name,
            read=nested(find, make, is_many=slot.is_many, at=sheet.at(rule.line), required=required),
            write=nested_writer(path, put, is_many=slot.is_many),
        )

    def _made(self, sheet: Sheet, said: dict[str, Entry], rule: Entry, record: type) -> tuple[Make, Put]:
        if "fields" in said:
            _, fields = self.body(sheet, rule)
            return maker(record, fields, sheet.at(rule.line)), putter(fields)
        name = record.__name__
        if name not in self.defined:
            what = f"{name} has no fields here, and no file of the folder defines it; add {_file(name)}"
            raise sheet.error(rule.line, what)
        makes, puts = self.makes, self.puts  # looked up when run: a definition may refer to itself

        def make(node: Node, reading: Reading) -> Any:
            return makes[name](node, reading)

        def put(value: Any, node: Node) -> None:
            puts[name](value, node)

        return make, put

    def _used(self, sheet: Sheet, slot: Slot, said: dict[str, Entry], line: int) -> Field:
        for word in ("as", "table", "split", "const"):
            if word in said:
                raise sheet.error(
                    said[word].line, f"{word!r} and 'use' do not go together; the function does it"
                )
        hook = self.hook(sheet, said["use"])
        paths = sheet.texts(said["from"]) if "from" in said else (".",)
        find = first_of(tuple(finder(names(path)) for path in paths))
        back = hooked_writer(names(paths[0]), hook, self.puts)
        required = paths[0] if "required" in said and sheet.flag(said["required"]) else ""
        return Field(name=slot.name, read=hooked(find, hook, sheet.at(line), required), write=back)

    def hook(self, sheet: Sheet, entry: Entry) -> Hook:
        """The function that an entry names."""
        name = sheet.text(entry)
        if name not in self.hooks:
            raise sheet.error(
                entry.line, f"there is no function {name!r}{_near(name, self.hooks)}; see hooks.py"
            )
        return self.hooks[name]

    def _const(self, sheet: Sheet, slot: Slot, said: dict[str, Entry], line: int) -> Field:
        if "const" not in said:
            raise sheet.error(line, f"{slot.name} needs 'from', 'const', 'use' or 'record'")
        for word in ("as", "table", "split", "required"):
            if word in said:
                raise sheet.error(said[word].line, f"{word!r} and 'const' do not go together")
        text = sheet.text(said["const"])
        value = self._const_value(sheet, slot, text, line)
        return Field(name=slot.name, read=constant(value), write=write_nothing, is_const=True)

    def _const_value(self, sheet: Sheet, slot: Slot, text: str, line: int) -> Any:
        try:
            value = BOOLEANS[text] if slot.type is bool else slot.type(text)
        except (KeyError, ValueError, TypeError):
            raise sheet.error(line, f"{text!r} is no {_name(slot.type)}") from None
        return (value,) if slot.is_many else value

    def _take(self, sheet: Sheet, slot: Slot, said: dict[str, Entry], line: int) -> Take:
        paths = sheet.texts(said["from"])
        if not paths or not all(paths):
            raise sheet.error(line, f"{slot.name} needs a path")
        split = sheet.text(said["split"]) if "split" in said else ""
        if split and not slot.is_many:
            raise sheet.error(said["split"].line, f"{slot.name} holds one value; 'split' gives several")
        if "const" in said:
            raise sheet.error(said["const"].line, "'from' and 'const' do not go together")
        converter, code, is_refusing, is_kept = self._conversion(sheet, slot, said, line)
        return Take(
            finds=tuple(finder(names(path)) for path in paths),
            starts=tuple(next(iter(names(path)), "") for path in paths),
            first=names(paths[0]),
            convert=converter.read,
            invert=converter.write,
            kind=converter.kind,
            split=split,
            is_many=slot.is_many,
            is_required=sheet.flag(said["required"]) if "required" in said else False,
            at=sheet.at(line),
            where_missing=paths[0] if paths[0] != "." else "",
            code=code,
            is_refusing=is_refusing,
            is_kept=is_kept,
        )

    def _conversion(
        self, sheet: Sheet, slot: Slot, said: dict[str, Entry], line: int
    ) -> tuple[Converter, str, bool, bool]:
        if "table" in said:
            if "as" in said:
                raise sheet.error(line, "'as' and 'table' do not go together; a table gives the value itself")
            name = sheet.text(said["table"])
            if name not in self.tables:
                raise sheet.error(
                    said["table"].line, f"tables/{name}.yaml is missing{_near(name, self.tables)}"
                )
            table = self.tables[name]
            return table.converter(slot), "code-unknown", table.unknown == "refuse", table.unknown == "keep"
        name = sheet.text(said["as"]) if "as" in said else "text"
        if name not in CONVERTERS:
            raise sheet.error(said["as"].line, f"there is no converter {name!r}{_near(name, CONVERTERS)}")
        converter = CONVERTERS[name]
        if not issubclass(converter.makes, slot.type):
            what = f"{slot.name} holds {_name(slot.type)}, but {name!r} gives {_name(converter.makes)}"
            raise sheet.error(
                said["as"].line if "as" in said else line, f"{what}; use 'as', 'table' or 'use'"
            )
        # What may be shown, and whether it still holds, hangs on a yes or no: none is guessed.
        return converter, "value-unusable", converter.makes is bool, False


def _starts(sheet: Sheet, rule: Entry) -> frozenset[str] | None:
    """The names that a field's places begin with; None when it must be looked for in any case."""
    paths: tuple[str, ...] = ()
    if isinstance(rule.value, str):
        paths = (rule.value,)
    elif isinstance(rule.value, dict) and "required" not in rule.value:
        word = rule.value.get("each" if "record" in rule.value else "from")
        paths = sheet.texts(word) if word else ()
    starts = [names(path)[:1] for path in paths]
    return frozenset(start[0] for start in starts) if starts and all(starts) else None


def _plain_paths(sheet: Sheet, rule: Entry) -> tuple[str, ...]:
    if isinstance(rule.value, str):
        return (rule.value,)
    if isinstance(rule.value, dict) and "from" in rule.value and "use" not in rule.value:
        return sheet.texts(rule.value["from"])
    return ()


def _near(name: str, among: Mapping[str, Any]) -> str:
    close = difflib.get_close_matches(name, among, 1)
    return f" (did you mean {close[0]!r}?)" if close else ""


def _file(record: str) -> str:
    return "".join(f"-{c.lower()}" if c.isupper() else c for c in record).removeprefix("-") + ".yaml"


def _name(kind: type) -> str:
    return "text" if kind is str else kind.__name__
