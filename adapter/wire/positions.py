"""Line and column of places in a message, found only when somebody asks.

A place is a ``Node.where``; what follows a ``#`` (a line inside a text, a paragraph inside a DocBook) is
inside the value, and the answer is where the value starts. In HL7 v2 a line is a segment.
"""

from __future__ import annotations

import re
from codecs import BOM_UTF8
from operator import itemgetter
from typing import TYPE_CHECKING

from adapter.errors import Unparsable
from adapter.frozen import replace
from adapter.wire import hl7v2, xml
from adapter.wire.hl7v2_header import stripped
from adapter.wire.json_places import end_of, offsets

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator

    from adapter.findings import Finding
    from adapter.wire.node import Node

_VALUE_PLACE = re.compile(r"(?:\\.|(?:^|(?<=\.))#text|[^\\#])*", re.DOTALL)
_NAMESPACE = re.compile(r"\{[^{}]*\}")


def locate(
    raw: bytes, places: Collection[str], namespaces: frozenset[str] | None = None
) -> dict[str, tuple[int, int]]:
    """The 1-based line and column of each place that is found; columns are counted in characters.

    ``namespaces`` are those the message was parsed with. Without them elements are matched by local name,
    which is as good unless two namespaces have the same name beside each other.
    """
    wanted = {place: _value_place(place) for place in places}
    if not wanted:
        return {}
    if _is_hl7v2(raw):
        found = _hl7v2_positions(raw)
    elif _is_xml(raw):
        found = _xml_positions(raw, namespaces)
        if namespaces is None:
            wanted = {place: _NAMESPACE.sub("", value) for place, value in wanted.items()}
    else:
        found = _json_positions(raw, set(wanted.values()))
    return {place: found[value] for place, value in wanted.items() if value in found}


def located(raw: bytes, findings: Iterable[Finding], message: Node) -> tuple[Finding, ...]:
    """The findings with line and column filled in where they were missing and can be found.

    ``message`` is the tree of the bytes, or a part of it: the nodes of XML know where they stand.
    """
    told = tuple(findings)
    missing = {finding.where for finding in told if finding.where and not finding.line}
    if not missing:
        return told
    found = _in_tree(message, missing) if _is_xml(raw) else locate(raw, missing)
    return tuple(
        replace(finding, line=found[finding.where][0], column=found[finding.where][1])
        if not finding.line and finding.where in found
        else finding
        for finding in told
    )


def spans(raw: bytes, places: Collection[str], message: Node) -> dict[str, tuple[int, int]]:
    """The first and the last line of each place, 1-based; of XML the last line that says something.

    ``message`` is the tree of the bytes, or a part of it.
    """
    if _is_xml(raw) or _is_hl7v2(raw):
        return _spans_in_tree(message, places)
    # Lines are the same however the signs are read; a place of ASCII is found among bytes, which is quick.
    codec = "latin-1" if "".join(places).isascii() else "utf-8"
    text = raw.removeprefix(BOM_UTF8).decode(codec, "replace")
    found: dict[str, tuple[int, int]] = {}
    ends = _brackets_after(message, places)
    line, counted = 1, 0
    for where, start in sorted(offsets(text, places).items(), key=itemgetter(1)):
        line += text.count("\n", counted, start)
        counted = start
        end = _end(text, ends[where]) if where in ends else end_of(text, start)
        found[where] = (line, line + text.count("\n", start, end))
    return found


def _brackets_after(message: Node, places: Collection[str]) -> dict[str, int]:
    """By the places that end where the message does, how many brackets of JSON are closed after them.

    The last record of a message, and often its only one, ends there: nothing of it has to be passed over.
    """
    node, brackets = message, 0
    found = {node.where: brackets}
    deepest = max(map(len, places), default=0)
    while node.children and len(node.where) < deepest:
        is_in_named_array = node.children[-1].index >= 0 and node.kind != "array"
        node, brackets = node.children[-1], brackets + 1 + is_in_named_array
        found[node.where] = brackets
    return found


def _end(text: str, brackets: int) -> int:
    """Where what stands before that many closing brackets ends."""
    end = len(text.rstrip())
    for _ in range(brackets):
        end = len(text[: end - 1].rstrip())
    return end


def _spans_in_tree(message: Node, places: Collection[str]) -> dict[str, tuple[int, int]]:
    around = {place[:at] for place in places for at, sign in enumerate(place) if sign == "."} | {""}
    found: dict[str, tuple[int, int]] = {}
    pending = [message]
    while pending:
        node = pending.pop()
        if node.where in places:
            found[node.where] = (node.line, _last_line(node))
        elif node.where in around:
            pending += node.children
    return found


def _last_line(node: Node) -> int:
    """The last line that says something; a text between elements knows only where what it is in begins."""
    last = node.line
    for leaf in _from_the_end(node):
        last = max(last, leaf.line + (leaf.text or "").count("\n"))
        if leaf.kind != "text":
            break
    return last


def _from_the_end(node: Node) -> Iterator[Node]:
    """What says something, the last first."""
    for child in reversed(node.children):
        yield from _from_the_end(child)
    if node.text and not node.text.isspace():
        yield node


def _value_place(place: str) -> str:
    if "#" not in place:
        return place
    found = _VALUE_PLACE.match(place)
    return found[0] if found else place


def _is_xml(raw: bytes) -> bool:
    start = raw[:64].lstrip(b"\xef\xbb\xbf \t\r\n")
    return start.startswith((b"<", b"\xff\xfe", b"\xfe\xff"))


def _is_hl7v2(raw: bytes) -> bool:
    return stripped(raw[:64]).startswith(b"MSH")


def _hl7v2_positions(raw: bytes) -> dict[str, tuple[int, int]]:
    """The line of a place is the number of its segment."""
    try:
        root = hl7v2.parse(raw)
    except Unparsable:
        return {}
    return {node.where: (node.line, node.column) for node in _below(root)}


def _xml_positions(raw: bytes, namespaces: frozenset[str] | None) -> dict[str, tuple[int, int]]:
    try:
        root = xml.parse(raw, namespaces)
    except Unparsable:
        return {}
    return {node.where: (node.line, node.column) for node in _below(root)}


def _in_tree(message: Node, places: Collection[str]) -> dict[str, tuple[int, int]]:
    top = message
    while top.parent is not None:
        top = top.parent
    wanted = {place: _value_place(place) for place in places}
    around = {place[:at] for place in wanted.values() for at, sign in enumerate(place) if sign == "."}
    found: dict[str, tuple[int, int]] = {}
    pending = list(top.children)
    while pending:
        node = pending.pop()
        found[node.where] = (node.line, node.column)
        if node.where in around:
            pending += node.children
    return {place: found[value] for place, value in wanted.items() if value in found}


def _below(root: Node) -> Iterator[Node]:
    pending = list(root.children)
    while pending:
        node = pending.pop()
        yield node
        pending.extend(node.children)


def _json_positions(raw: bytes, wanted: set[str]) -> dict[str, tuple[int, int]]:
    """The lines are counted as we go, in the order of the text."""
    text = raw.decode("utf-8", "replace").removeprefix("\ufeff")
    found: dict[str, tuple[int, int]] = {}
    line, line_start, counted = 1, 0, 0
    for where, offset in sorted(offsets(text, wanted).items(), key=itemgetter(1)):
        line += text.count("\n", counted, offset)
        line_start = max(line_start, text.rfind("\n", counted, offset) + 1)
        counted = offset
        found[where] = (line, offset - line_start + 1)
    return found
