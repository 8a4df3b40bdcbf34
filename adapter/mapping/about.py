"""What a source says of itself in ``source.yaml``, and its tables."""

from __future__ import annotations

from enum import StrEnum
from typing import TYPE_CHECKING, Any

from adapter.domain.guidance import PhoneSchedule
from adapter.frozen import dataclass
from adapter.mapping.converters import Converter
from adapter.mapping.entries import Entry, Sheet
from adapter.mapping.paths import Places, names
from adapter.mapping.plan import About

if TYPE_CHECKING:
    from collections.abc import Mapping

    from adapter.mapping.paths import Names
    from adapter.mapping.shapes import Slot

FORMATS = frozenset({"hl7", "json", "xml"})
WORDS = frozenset(
    {
        "title",
        "format",
        "formats",
        "owner",
        "version",
        "recognised_by",
        "namespaces",
        "ignored",
        "strict",
        "refuse_unusable",
        "checks",
        "outside_version",
        "may_be_empty",
        "lists",
        "phones",
        "example",
        "internal",
    }
)
PHONES_OPEN, PHONES_CLOSE = "08:00", "17:00"
PHONE_WORDS = frozenset({"switchboard", "direct_number", "opens", "closes"})
TABLE_WORDS = frozenset({"codes", "unknown"})
UNKNOWN = ("report", "refuse", "keep")


@dataclass(frozen=True, slots=True, kw_only=True)
class Table:
    """Two columns: the sender's code and our value. ``unknown`` says what a code without a row does."""

    sheet: Sheet
    codes: Mapping[str, str]
    lines: Mapping[str, int]
    unknown: str = "report"

    def converter(self, slot: Slot) -> Converter:
        """The table as a converter for a field; each of its values is checked against the field's type."""
        values = {code: self._value(slot, code) for code in self.codes}
        back: dict[Any, str] = {}
        for code, value in values.items():
            back.setdefault(value, code)  # two codes to one value: the first row is written
        what = f"Koden är okänd; tillåtna är {', '.join(self.codes)}. Rätta koden, eller lägg till den i "
        what += f"{self.sheet.file}."

        def read(text: str) -> Any:
            try:
                return values[text.strip()]
            except KeyError:
                raise ValueError(what) from None

        def write(value: Any) -> str:
            return back.get(value, str(value))

        return Converter(read=read, write=write, makes=slot.type)

    def _value(self, slot: Slot, code: str) -> Any:
        text = self.codes[code]
        if slot.type is str:
            return text
        if issubclass(slot.type, StrEnum):
            try:
                return slot.type(text)
            except ValueError:
                has = ", ".join(member.value for member in slot.type)
                what = f"{slot.type.__name__} has no value {text!r}; it has {has}"
                raise self.sheet.error(self.lines[code], what) from None
        if slot.type is bool and text in ("true", "false"):
            return text == "true"
        raise self.sheet.error(self.lines[code], f"a table cannot give a {slot.type.__name__}")


def tables(source: str, files: Mapping[str, str]) -> dict[str, Table]:
    """The tables of a folder by name: ``tables/sex.yaml`` is ``sex``."""
    found = {}
    for file, text in files.items():
        if file.startswith("tables/") and file.endswith(".yaml"):
            sheet = Sheet(source, file)
            found[file.removeprefix("tables/").removesuffix(".yaml")] = _table(sheet, sheet.parse(text))
    return found


def _table(sheet: Sheet, said: dict[str, Entry]) -> Table:
    sheet.known(said, TABLE_WORDS, "a table")
    if "codes" not in said:
        raise sheet.error(1, "'codes' is missing")
    codes = sheet.table(said["codes"])
    unknown = sheet.text(said["unknown"]) if "unknown" in said else "report"
    if unknown not in UNKNOWN:
        raise sheet.error(said["unknown"].line, f"unknown is one of {', '.join(UNKNOWN)}")
    return Table(
        sheet=sheet,
        codes={code: sheet.text(entry) for code, entry in codes.items()},
        lines={code: entry.line for code, entry in codes.items()},
        unknown=unknown,
    )


def about(sheet: Sheet, said: dict[str, Entry]) -> About:
    """``source.yaml`` as read. Raises MappingError for what it lacks or does not know."""
    sheet.known(said, WORDS, "source.yaml")
    for word in ("title", "owner", "version"):
        if word not in said:
            raise sheet.error(1, f"{word!r} is missing")
    formats = _texts(sheet, said, "formats") or _texts(sheet, said, "format")
    if not formats or not FORMATS.issuperset(formats):
        raise sheet.error(1, f"'formats' must name some of {', '.join(sorted(FORMATS))}")
    return About(
        title=sheet.text(said["title"]),
        formats=formats,
        owner=sheet.text(said["owner"]),
        version=sheet.text(said["version"]),
        recognised_by=_recognised(sheet, said),
        namespaces=_texts(sheet, said, "namespaces"),
        ignored=Places(_places(sheet, said, "ignored")),
        outside_version=_places(sheet, said, "outside_version"),
        lists=frozenset(_texts(sheet, said, "lists")),
        may_be_empty="may_be_empty" in said and sheet.flag(said["may_be_empty"]),
        strict="strict" in said and sheet.flag(said["strict"]),
        refuse_unusable="refuse_unusable" in said and sheet.flag(said["refuse_unusable"]),
        example=sheet.text(said["example"]) if "example" in said else "",
        phones=_phones(sheet, said),
        is_internal="internal" in said and sheet.flag(said["internal"]),
    )


def _phones(sheet: Sheet, said: dict[str, Entry]) -> PhoneSchedule | None:
    """The region's numbers for what is acute; without them the guidance names none."""
    if "phones" not in said:
        return None
    entries = sheet.table(said["phones"])
    sheet.known(entries, PHONE_WORDS, "phones")
    if "switchboard" not in entries:
        raise sheet.error(said["phones"].line, "'switchboard' is missing")
    numbers = {word: sheet.text(entry) for word, entry in entries.items()}
    return PhoneSchedule(
        switchboard=numbers["switchboard"],
        direct_number=numbers.get("direct_number", ""),
        opens=numbers.get("opens", PHONES_OPEN),
        closes=numbers.get("closes", PHONES_CLOSE),
    )


def _texts(sheet: Sheet, said: dict[str, Entry], word: str) -> tuple[str, ...]:
    return sheet.texts(said[word]) if word in said else ()


def _recognised(sheet: Sheet, said: dict[str, Entry]) -> tuple[tuple[str, ...], ...]:
    if "recognised_by" not in said:
        return ()
    value = said["recognised_by"].value
    entries = value if isinstance(value, tuple) else (said["recognised_by"],)
    return tuple(sheet.texts(entry) for entry in entries)


def _places(sheet: Sheet, said: dict[str, Entry], word: str) -> tuple[Names, ...]:
    """Patterns, each with a reason in the file; a mapping, so that a reason cannot be left out."""
    if word not in said:
        return ()
    found = []
    for path, entry in sheet.table(said[word]).items():
        reason = sheet.text(entry)
        if not reason.strip():
            raise sheet.error(entry.line, f"say why {path!r} is {word.replace('_', ' ')}")
        pattern = names(path)
        if "**" in (*pattern[1:], pattern[-1]):
            raise sheet.error(entry.line, f"{path!r}: '**' can only stand first, with names after it")
        found.append(pattern)
    return tuple(found)
