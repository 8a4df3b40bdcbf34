"""What the builders of one message share: its id, its labels, what was found, what was made.

A builder places what the message said with ``said`` and ``words``; everything else in a resource was
made by the builder's rule. When traces are asked for, each said text carries its place until the
resource is added, where one pass takes the places off again and notes them (the source map).
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import field
from typing import Any, Final

from adapter.domain.origin import Traced
from adapter.domain.staff_numbers import without_numbers
from adapter.fhir import systems
from adapter.fhir.element import Json, element, extension, original_text
from adapter.fhir.ids import ids_under
from adapter.fhir.shared import merged
from adapter.findings import Finding
from adapter.frozen import dataclass

# Not a string in FHIR R4 (datatypes §string), nor a character of XML 1.0: shown as U+FFFD instead.
_ILLEGAL = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")
_DIGIT_OR_AT = re.compile(r"[\d@]")
_REPLACEMENT: Final = "\ufffd"


@dataclass(frozen=True, slots=True, kw_only=True)
class MadeBy:
    """What the flow knows about the message that resources are made from."""

    source: str  # "se.cosmic.journal-notes"
    mapping_version: str
    sha256: str  # of the raw message, hex
    received_at: str = ""  # ISO 8601; used only where the source gives no time
    place: str = ""  # of the note within the message
    lines: tuple[int, int] | None = None  # the first and the last that it stands on

    def of_record(self, place: str, lines: tuple[int, int] | None) -> MadeBy:
        """The same of one record of the message."""
        return MadeBy(
            source=self.source,
            mapping_version=self.mapping_version,
            sha256=self.sha256,
            received_at=self.received_at,
            place=place,
            lines=lines,
        )


@dataclass(frozen=True, slots=True)
class Trace:
    """Where one leaf came from: ``where`` in the message, else the ``rule`` that made it."""

    element: str  # "CarePlan/<id>.period.end"
    where: str
    rule: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Built:
    """What one note or message became."""

    resources: tuple[Json, ...] = ()
    earlier: tuple[Json, ...] = ()  # versions that some of the resources went through on the way, in order
    traces: tuple[Trace, ...] = ()
    findings: tuple[Finding, ...] = ()


class SaidNumber(float):
    """A number that the message said, with its place; lives only while traces are collected."""

    where: str = ""
    number: int | float = 0


class Said(str):
    """A text that the message said, with its place; lives only while traces are collected."""

    __slots__ = ("where",)
    where: str


def _placed(text: str, where: str) -> str:
    said = Said(text)
    said.where = where
    return said


@dataclass(slots=True, kw_only=True)
class Draft:
    """The resources of one message while they are made."""

    made_by: MadeBy
    owner: str  # HSA-id of the source system, else the name of the source
    key: str  # the source's own id of the note or message
    labels: tuple[Json, ...] = ()
    embargo: str = ""
    is_protected: bool = False
    is_hidden: bool = False  # from the patient
    numbers: frozenset[str] = frozenset()  # staff numbers that no patient may see
    has_traces: bool = False
    resources: dict[str, Json] = field(default_factory=dict)
    earlier: list[Json] = field(default_factory=list)
    traces: list[Trace] = field(default_factory=list)
    findings: list[Finding] = field(default_factory=list)
    source_uri: str = ""
    masks: dict[str, str] = field(default_factory=dict)
    staff: dict[tuple[object, ...], str] = field(default_factory=dict)  # those met already, by what was said
    id_of: Callable[..., str] = field(init=False)  # the id of what this message made in a role

    def __post_init__(self) -> None:
        self.id_of = ids_under(self.owner, self.key)

    def said(self, record: Traced, name: str) -> str:
        """A field of a record as a text that FHIR can hold; empty when the message did not say it."""
        value = getattr(record, name)
        if not value:
            return ""
        text: str = value if value.__class__ is str else value.value  # of a list of choices
        if text.isprintable() and not self.has_traces:  # nearly always
            return text
        return self.placed(text, record, name)

    def all_said(self, record: Traced, *names: str) -> list[str]:
        """Several fields of a record; most of them are often empty."""
        said = self.said
        return [said(record, name) if getattr(record, name) else "" for name in names]

    def placed(self, text: str, record: Traced, name: str = "") -> str:
        """A text that was read at a field of a record: made legal, and marked with its place."""
        if not text.isprintable() and _ILLEGAL.search(text):
            text = _ILLEGAL.sub(_REPLACEMENT, text)
            self.note_illegal(record.origin(name))
        return _placed(text, record.origin(name)) if self.has_traces else text

    def from_place(self, text: str, where: str) -> str:
        """A text that our rule wrote wholly from one place of the message."""
        return _placed(text, where) if self.has_traces else text

    def said_number(self, record: Traced, name: str, number: float) -> int | float:
        """A number that was read at a field of a record."""
        if not self.has_traces:
            return number
        said = SaidNumber(number)
        said.where, said.number = record.origin(name), number
        return said

    def shown(self, record: Traced, name: str = "text") -> str:
        """The same, without the staff numbers that no patient may see."""
        return self.masked(self.said(record, name))

    def masked(self, text: str) -> str:
        """A text without staff numbers; it keeps its place."""
        if not self.numbers:
            return text
        shown = self.masks.get(text)
        if shown is None:
            plain = str.__str__(text)  # what is kept has no place
            may_hold_one = _DIGIT_OR_AT.search(plain)
            shown = self.masks[plain] = without_numbers(plain, self.numbers) if may_hold_one else plain
        return _placed(shown, text.where) if isinstance(text, Said) else shown

    def words(self, element_name: str, record: Traced, name: str = "text") -> Json:
        """An element with a line of the message; the line itself beside it when a number had to go."""
        text = self.said(record, name)
        shown = self.masked(text) if self.numbers else text
        if shown == text:
            return {element_name: text} if text else {}
        beside = {"extension": [original_text(text)]}
        return element(**{element_name: shown, f"_{element_name}": beside})

    def meta(self, profile: str, *own: Json) -> Json:
        """``meta`` of what belongs to this message alone: source, profile, labels and its own."""
        meta: Json = {"source": self.source_uri, "profile": [profile]}
        if self.labels or own:
            meta["security"] = [label.copy() for label in (*self.labels, *own)]
        return meta

    def extensions(self, *own: Json) -> Json:
        """The element with the extensions of a resource of this message, if any: rådrum, then its own."""
        if not own and not self.embargo:
            return {}
        embargo = [extension(systems.EMBARGO, valueDateTime=self.embargo)] if self.embargo else []
        found = [*embargo, *filter(None, own)]
        return {"extension": found} if found else {}

    def add(self, rule: str, resource: Json) -> str:
        """Keep a resource; the same one again is kept once, with what both said. Gives ``Type/id``."""
        target = f"{resource['resourceType']}/{resource['id']}"
        known = self.resources.get(target)
        if known is None and not self.has_traces:  # nearly always
            self.resources[target] = resource
            return target
        plain = _plain(resource) if self.has_traces else resource
        whole = plain if known is None or known == plain else merged(known, plain)
        if self.has_traces:
            self._trace(resource, whole, target, rule)
        self.resources[target] = whole
        return target

    def note_illegal(self, where: str) -> None:
        """Say that a control character was replaced."""
        what = (
            "Texten innehåller ett styrtecken som inte får stå i FHIR; det visas som �. "
            "Be avsändaren ta bort tecknet."
        )
        self.find("illegal-character", where, "fhir.draft", what)

    def find(self, code: str, where: str, at: str, what: str, *, blocking: bool = False) -> None:
        """Say something about the message."""
        found = Finding(code, where, at, what, blocking=blocking)
        if found not in self.findings:
            self.findings.append(found)

    def built(self, *first: str) -> Built:
        """Everything that was made; the named resources stand first, for whoever reads it."""
        ahead = {target: self.resources[target] for target in first if target in self.resources}
        return Built(
            resources=tuple((ahead | self.resources).values()),
            earlier=tuple(self.earlier),
            traces=tuple(self.traces),
            findings=tuple(self.findings),
        )

    def _trace(self, said: Json, whole: Json, target: str, rule: str) -> None:
        """Note where each leaf without a trace came from: what was just said has its places."""
        if target not in self.resources:
            self.traces.extend(_traces(said, target, rule))
            return
        known = {trace.element for trace in self.traces if trace.element.startswith(f"{target}.")}
        places = {trace.element: trace for trace in _traces(said, target, rule)}
        for trace in _traces(whole, target, rule):
            if trace.element not in known:
                self.traces.append(places.get(trace.element, trace))


def _traces(value: Any, path: str, rule: str) -> Iterator[Trace]:
    if isinstance(value, dict):
        for name, part in value.items():
            yield from _traces(part, f"{path}.{name}", rule)
    elif isinstance(value, list):
        for index, part in enumerate(value):
            yield from _traces(part, f"{path}[{index}]", rule)
    elif isinstance(value, Said | SaidNumber):
        yield Trace(path, value.where, "" if value.where else rule)
    else:
        yield Trace(path, "", rule)


def _plain(value: Any) -> Any:
    if isinstance(value, dict):
        return {name: _plain(part) for name, part in value.items()}
    if isinstance(value, list):
        return [_plain(part) for part in value]
    if isinstance(value, SaidNumber):
        return value.number
    return str.__str__(value) if isinstance(value, Said) else value
