"""A StructureDefinition as a tree of elements; snapshots are read into it, differentials laid on it.

https://hl7.org/fhir/R4/profiling.html#snapshot
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from adapter.validation.definitions import Definitions

Json = dict[str, Any]
Segment = tuple[str, str]  # name of the element, name of the slice or ""
REPLACED = frozenset(
    {"id", "path", "base", "constraint", "mapping", "condition", "binding", "extension", "alias"}
)
MAX_BASES = 30  # a chain of baseDefinitions longer than this is taken as endless
Judge = Callable[[str, Json, Json], None]  # the profile, the base's element, what is laid on it


class DefinitionFault(Exception):
    """A StructureDefinition that cannot be used; ``rule`` names why."""

    def __init__(self, rule: str, url: str, detail: str = "") -> None:
        super().__init__(rule)
        self.rule, self.url, self.detail = rule, url, detail


class Elem:
    """One element definition with its children and its slices."""

    __slots__ = ("children", "defn", "name", "slice_name", "slices")

    def __init__(self, name: str, defn: Json, slice_name: str = "") -> None:
        self.name = name
        self.defn = defn
        self.slice_name = slice_name
        self.children: dict[str, Elem] = {}
        self.slices: list[Elem] = []

    def copy(self, *, with_slices: bool = True) -> Elem:
        """A tree of its own; the definitions are copied one level deep, as they are only replaced."""
        twin = Elem(self.name, dict(self.defn), self.slice_name)
        twin.children = {name: child.copy() for name, child in self.children.items()}
        if with_slices:
            twin.slices = [s.copy() for s in self.slices]
        return twin

    def child(self, name: str) -> tuple[Elem | None, str]:
        """The child of this name, and the type slice that the name stands for (``valueQuantity``)."""
        if name in self.children:
            return self.children[name], ""
        for stem, child in self.children.items():
            if stem.endswith("[x]") and name.startswith(stem[:-3]):
                suffix = name[len(stem) - 3 :]
                if suffix == "[x]" or any(_capital(t["code"]) == suffix for t in child.defn.get("type", [])):
                    return child, name
        return None, ""

    def slice(self, name: str) -> Elem | None:
        """The slice of this name, at any depth of reslicing."""
        for candidate in self.slices:
            if candidate.slice_name == name:
                return candidate
            if name.startswith(candidate.slice_name + "/") and (inner := candidate.slice(name)):
                return inner
        return None


def _capital(code: str) -> str:
    return code[:1].upper() + code[1:]


class Trees:
    """Builds and keeps the tree of each StructureDefinition."""

    def __init__(self, definitions: Definitions) -> None:
        self.definitions = definitions
        self._trees: dict[str, Elem] = {}

    def tree(self, canonical: str, chain: tuple[str, ...] = ()) -> Elem | None:
        """The whole tree of a definition; None when it is not loaded. Do not change it: copy.

        Raises DefinitionFault when its base is missing, circular, or it has no elements.
        """
        if canonical in self._trees:
            return self._trees[canonical]
        source = self.definitions.structure(canonical)
        if source is None:
            return None
        url = str(source.get("url", canonical))
        if url in chain or len(chain) > MAX_BASES:
            raise DefinitionFault("profile-circular", url, " > ".join((*chain, url)))
        elements = (source.get("snapshot") or {}).get("element")
        built = read_snapshot(elements) if elements else self._from_differential(source, (*chain, url))
        return self._trees.setdefault(canonical, built)

    def check(self, source: Json, judge: Judge) -> None:
        """Lay a definition's differential on its base, for what goes wrong. Raises DefinitionFault."""
        self._from_differential(source, (str(source.get("url", "")),), judge)

    def _from_differential(self, source: Json, chain: tuple[str, ...], judge: Judge | None = None) -> Elem:
        url, base = chain[-1], source.get("baseDefinition")
        differential = (source.get("differential") or {}).get("element") or []
        parent = self.tree(base, chain) if isinstance(base, str) else None
        if parent is None:
            raise DefinitionFault("profile-base-missing", url, str(base))
        tree = parent.copy()
        layer = _Layer(self, tree, chain, judge)
        for segments, defn in segmented(differential):
            layer.lay(segments, defn)
        return tree


class _Layer:
    """Lays one differential on a copy of its base."""

    def __init__(self, trees: Trees, tree: Elem, chain: tuple[str, ...], judge: Judge | None) -> None:
        self.trees, self.tree, self.chain, self.judge = trees, tree, chain, judge
        self.said: set[int] = set()  # the elements that the differential names before it slices them

    def lay(self, segments: list[Segment], defn: Json) -> None:
        node, outer = self.tree, self.tree
        for name, slice_name in segments[1:]:
            node, outer = self.descend(node, name, slice_name), node
        if self.judge is not None:
            self.judge(self.chain[-1], node.defn, defn)
        merge(node.defn, defn)
        if not node.slice_name:
            self.said.add(id(node))
        elif node.name.endswith("[x]") and ("type" in defn or not str(defn.get("path")).endswith("[x]")):
            self.narrow(outer.children.get(node.name))

    def narrow(self, choice: Elem | None) -> None:
        """A choice that is told by its types alone (``Observation.valueQuantity``) has no other types."""
        if choice is not None and choice.slices and id(choice) not in self.said:
            choice.defn["slicing"] = choice.defn["slicing"] | {"rules": "closed"}

    def descend(self, node: Elem, name: str, slice_name: str) -> Elem:
        if not node.children:
            self.unfold(node)
        child, implied = node.child(name)
        if child is None:
            raise DefinitionFault("profile-path-unknown", self.chain[-1], f"{node.defn.get('path')}.{name}")
        slice_name = slice_name or implied
        if not slice_name:
            return child
        return child.slice(slice_name) or self.new_slice(child, slice_name)

    def new_slice(self, base: Elem, name: str) -> Elem:
        parent_name = name.rpartition("/")[0]
        base = (base.slice(parent_name) if parent_name else None) or base
        made = base.copy(with_slices=False)
        made.slice_name = name
        made.defn.pop("slicing", None)
        made.defn |= {"sliceName": name, "min": 0}
        if "slicing" not in base.defn and (implicit := implicit_slicing(base.name)):
            base.defn["slicing"] = implicit
        if base.name.endswith("[x]"):
            suffix = name[len(base.name) - 3 :]
            if types := [t for t in made.defn.get("type", []) if _capital(t["code"]) == suffix]:
                made.defn["type"] = types
        base.slices.append(made)
        return made

    def unfold(self, node: Elem) -> None:
        """Give an element the children of its content reference, its profile or its type."""
        if reference := node.defn.get("contentReference"):
            path = reference.rpartition("#")[2]
            whole = self.trees.tree(self.trees.definitions.type_tree_url(path.partition(".")[0])) or self.tree
            target = find_by_id(whole, path)
            children = target.copy().children if target else {}
        else:
            children = self._type_children(node.defn.get("type") or [])
        node.children = children

    def _type_children(self, types: list[Json]) -> dict[str, Elem]:
        profiles = types[0].get("profile", []) if len(types) == 1 else []
        code = types[0]["code"] if len(types) == 1 else "Element"
        for url in [*profiles[:1], self.trees.definitions.type_tree_url(code)]:
            if url in self.chain:
                continue
            if tree := self.trees.tree(url, self.chain):
                return tree.copy().children
        return {}


def implicit_slicing(name: str) -> Json | None:
    """The slicing that a differential need not say: extensions by url, choices by type."""
    if name in ("extension", "modifierExtension"):
        return {"discriminator": [{"type": "value", "path": "url"}], "rules": "open"}
    if name.endswith("[x]"):
        return {"discriminator": [{"type": "type", "path": "$this"}], "rules": "open"}
    return None


def find_by_id(tree: Elem, identity: str) -> Elem | None:
    """The element that a contentReference names (``Questionnaire.item``)."""
    node: Elem | None = tree
    for segment in identity.split(".")[1:]:
        node = node.child(segment.partition(":")[0])[0] if node else None
    return node


def merge(base: Json, defn: Json) -> None:
    """Lay one element of a differential on the element that it constrains."""
    for key, value in defn.items():
        if key not in REPLACED:
            base[key] = value
    if constraints := defn.get("constraint"):
        keys = {c.get("key") for c in constraints}
        base["constraint"] = [c for c in base.get("constraint", []) if c.get("key") not in keys] + constraints
    if binding := defn.get("binding"):
        base["binding"] = base.get("binding", {}) | binding
    if more := defn.get("extension"):
        urls = {e.get("url") for e in more}
        base["extension"] = [e for e in base.get("extension", []) if e.get("url") not in urls] + more
    if "id" in defn:
        base["id"] = defn["id"]


def segmented(differential: list[Json]) -> list[tuple[list[Segment], Json]]:
    """Each element of a differential with its way from the root, by its id or by its place in the list."""
    last: dict[str, list[Segment]] = {}
    found: list[tuple[list[Segment], Json]] = []
    for defn in differential:
        path = str(defn.get("path", ""))
        way = _by_id(str(defn.get("id", "")), path) or _by_place(defn, path, last)
        for known in [p for p in last if p.startswith(path + ".")]:
            del last[known]
        last[path] = way
        found.append((way, defn))
    return found


def _by_id(identity: str, path: str) -> list[Segment] | None:
    if ":" not in identity:
        return None
    parts = [(name, slice_name) for name, _, slice_name in (s.partition(":") for s in identity.split("."))]
    return parts if len(parts) == path.count(".") + 1 else None


def _by_place(defn: Json, path: str, last: dict[str, list[Segment]]) -> list[Segment]:
    parent, _, name = path.rpartition(".")
    if not parent:
        return [(name, "")]
    way = last.get(parent) or _by_place({}, parent, last)
    return [*way, (name, str(defn.get("sliceName", "")))]


def read_snapshot(elements: list[Json]) -> Elem:
    """The tree of a snapshot: elements in order, slices after the element that they slice."""
    root = Elem(str(elements[0].get("path", "")), elements[0])
    stack: list[tuple[str, Elem]] = [(root.name, root)]
    for defn in elements[1:]:
        path = str(defn.get("path", ""))
        while len(stack) > 1 and not path.startswith(stack[-1][0] + "."):
            stack.pop()
        node = _attach(stack[-1][1], path.rpartition(".")[2], defn)
        stack.append((path, node))
    return root


def _attach(parent: Elem, name: str, defn: Json) -> Elem:
    slice_name = str(defn.get("sliceName", ""))
    node = Elem(name, defn, slice_name)
    base = parent.children.get(name)
    if base is None and slice_name:
        base = parent.child(name)[0]
    if base is None or not slice_name:
        parent.children[name] = node
        return node
    outer = base.slice(slice_name.rpartition("/")[0]) if "/" in slice_name else None
    (outer or base).slices.append(node)
    return node
