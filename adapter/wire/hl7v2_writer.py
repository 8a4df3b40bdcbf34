"""The way back to ER7 (HL7 v2.5.1 §2.5-2.7): segments of texts, components and subcomponents to bytes.

What is written with the standard signs and read again by ``hl7v2.parse`` is the same.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeAlias

from adapter.wire.hl7v2_escapes import escaped
from adapter.wire.hl7v2_header import NULL, STANDARD

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from adapter.wire.node import Node

Component: TypeAlias = "str | tuple[str, ...]"  # several are subcomponents
Repetition: TypeAlias = "str | tuple[Component, ...]"
Segment: TypeAlias = "tuple[str, dict[int, list[Repetition]]]"  # name, and the repetitions of each field


def segments_of(message: Node) -> list[Segment]:
    """The segments of a tree in their order, as ``write`` takes them; MSH without its signs."""
    return [(node.name, _fields(node)) for node in _segments(message)]


def write(segments: Iterable[Segment], codec: str = "utf-8") -> bytes:
    """The bytes of a message with the standard signs; the first segment is MSH, from MSH-3 on.

    ``codec`` is Python's name of the charset that its MSH-18 says; ValueError when it lacks a character.
    """
    return "".join(f"{_written(name, fields)}\r" for name, fields in segments).encode(codec)


def written_component(component: Component) -> str:
    """One component with its subcomponents, escaped."""
    if isinstance(component, str):
        return NULL if component == NULL else escaped(component)
    return _joined(STANDARD.subcomponent, [escaped(part) for part in component])


def _written(name: str, fields: dict[int, list[Repetition]]) -> str:
    last = max(fields, default=0)
    texts = [STANDARD.repetition.join(map(_repetition, fields.get(n, []))) for n in range(1, last + 1)]
    if name == "MSH":
        texts[:2] = [STANDARD.together]
    return STANDARD.field.join([name, *texts])


def _repetition(repetition: Repetition) -> str:
    if isinstance(repetition, str):
        return written_component(repetition)
    return _joined(STANDARD.component, [written_component(part) for part in repetition])


def _joined(sign: str, parts: Sequence[str]) -> str:
    return sign.join(parts).rstrip(sign)


def _segments(node: Node) -> Iterator[Node]:
    for child in node.children:
        if child.kind == "group":
            yield from _segments(child)
        else:
            yield child


def _fields(segment: Node) -> dict[int, list[Repetition]]:
    found: dict[int, list[Repetition]] = {}
    for node in segment.children:
        there = found.setdefault(int(node.name), [])
        there += [""] * (max(node.index, 0) - len(there))
        there.append(_components(node))
    return found


def _components(field: Node) -> Repetition:
    if field.children[0].kind in {"value", "null"}:
        return field.children[0].text or NULL
    parts: list[Component] = [""] * int(field.children[-1].name)
    for child in field.children:
        if not child.children:
            parts[int(child.name) - 1] = child.text or NULL
            continue
        inner = [""] * int(child.children[-1].name)
        for part in child.children:
            inner[int(part.name) - 1] = part.text or NULL
        parts[int(child.name) - 1] = tuple(inner)
    return tuple(parts)
