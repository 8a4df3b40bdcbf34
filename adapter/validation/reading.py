"""Bytes of either form to a tree, with the faults of the form and where everything stands."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

from adapter.validation.json_positions import JsonPositions
from adapter.validation.json_reader import JsonFault, read_json
from adapter.validation.model import Model
from adapter.validation.places import Place
from adapter.validation.versions import NEWER
from adapter.validation.xml_reader import read_xml
from adapter.validation.xml_tree import XmlFault

Json = dict[str, Any]
Keys = tuple[str | int, ...]


@dataclass
class Source:
    """What was read: the tree (None when there is none to judge), faults, and places on demand."""

    resource: Any
    faults: tuple[tuple[str, str, int, int], ...] = ()
    form_faults: tuple[tuple[str, Place, str], ...] = ()
    raw: bytes = b""
    positions: dict[Keys, tuple[int, int]] = field(default_factory=dict)
    is_xml: bool = False

    @property
    def is_placed(self) -> bool:
        """Whether there are bytes to find lines in."""
        return bool(self.raw)

    @cached_property
    def _json(self) -> JsonPositions:
        return JsonPositions(self.raw)

    def place_of(self, keys: Keys) -> tuple[int, int]:
        """Line and column of a place, or of the nearest thing around it."""
        if not self.is_xml:
            return self._json.find(keys)
        while keys and keys not in self.positions:
            keys = keys[:-1]
        return self.positions.get(keys, (1, 1))


def read(raw: bytes, model: Model) -> Source:
    """Read bytes as XML when they begin like it, as JSON otherwise."""
    start = raw.removeprefix(b"\xef\xbb\xbf").lstrip()
    is_utf16 = raw[:2] in (b"\xff\xfe", b"\xfe\xff")
    if is_utf16 and raw[2:4].strip(b"\0") in (b"{", b"["):
        return Source(None, (("json-encoding", "UTF-16", 1, 1),))
    return _xml(raw, model) if start[:1] == b"<" or is_utf16 else _json(raw)


def _xml(raw: bytes, model: Model) -> Source:
    try:
        found = read_xml(raw, model)
    except XmlFault as problem:
        rule, detail = problem.rule, problem.detail
        version = next((v for v, names in NEWER.items() if detail in names), "")
        if rule == "resource-type-unknown" and version:
            rule, detail = "resource-type-version", f"{detail} {version}"
        return Source(None, ((rule, detail, problem.line, problem.column),), is_xml=True)
    return Source(found.resource, (), found.faults, raw, found.positions, is_xml=True)


def _json(raw: bytes) -> Source:
    try:
        tree, twice = read_json(raw)
    except JsonFault as problem:
        return Source(None, ((problem.rule, problem.detail, problem.line, problem.column),))
    faults: tuple[tuple[str, Place, str], ...] = tuple(("json-duplicate", None, name) for name in twice)
    return Source(tree, (), faults, raw)
