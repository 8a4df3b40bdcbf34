"""A tree written out as a snapshot: every element in order, each with its path and id.

https://hl7.org/fhir/R4/elementdefinition.html#id
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from adapter.validation.elements import Elem

Json = dict[str, Any]


def snapshot(tree: Elem) -> list[Json]:
    """The elements of ``StructureDefinition.snapshot.element`` for a tree."""
    return list(_written(tree, tree.name, tree.name))


def _written(elem: Elem, path: str, identity: str) -> Iterator[Json]:
    defn = {k: v for k, v in elem.defn.items() if k != "target"}
    defn.pop("sliceName", None)
    head: Json = {"id": identity, "path": path}
    if elem.slice_name:
        head["sliceName"] = elem.slice_name
    yield head | {k: v for k, v in defn.items() if k not in ("id", "path")}
    for name, child in elem.children.items():
        yield from _written(child, f"{path}.{name}", f"{identity}.{name}")
    yield from _slices(elem, path, identity)


def _slices(elem: Elem, path: str, identity: str) -> Iterator[Json]:
    stem = identity[: -len(elem.slice_name) - 1] if elem.slice_name else identity
    for part in elem.slices:
        yield from _written(part, path, f"{stem}:{part.slice_name}")
