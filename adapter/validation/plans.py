"""Trees of element definitions compiled to what the walk needs: one plan for each kind of object.

A ``Content`` is the plan of an object (its fields by JSON name), a ``Field`` that of one JSON property
with one type, an ``Element`` what holds for a property whatever its type. Contents are made when first
reached, as types are recursive.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from adapter.validation import fixed
from adapter.validation.elements import Elem, find_by_id
from adapter.validation.model import Property, type_code
from adapter.validation.primitives import CHECKS, Check
from adapter.validation.sure import sure_of

Json = dict[str, Any]
UNBOUNDED = 1 << 30
RESOURCES = frozenset({"Resource", "DomainResource"})
NATIVE_KEYS = frozenset({"ele-1", "ext-1", "dom-2", "dom-3", "dom-4", "dom-5", "txt-1", "txt-2", "ref-1"})
ELEMENT_TYPE = "Element"
ItemCheck = Callable[..., None]


class Constraint:
    """An invariant as it is written; compiled when first used."""

    __slots__ = ("compiled", "expression", "is_best_practice", "key", "rule", "severity", "source", "sure")

    def __init__(self, source: Json, profile: str) -> None:
        self.key: str = source.get("key", "")
        self.severity: str = source.get("severity", "error")
        self.expression: str = source.get("expression", "")
        self.rule = source
        self.source = profile
        self.is_best_practice = any(
            str(e.get("url", "")).endswith("elementdefinition-bestpractice") and e.get("valueBoolean")
            for e in source.get("extension", ())
        )
        self.compiled: Any = None
        self.sure = sure_of(self.key, self.expression)


class TypeRef:
    """One allowed type with the profiles it must follow and the targets a reference may have."""

    __slots__ = ("aggregation", "code", "profiles", "target_types", "targets")

    def __init__(self, source: Json) -> None:
        self.code = type_code(source)
        self.profiles: tuple[str, ...] = tuple(source.get("profile") or ())
        self.targets: tuple[str, ...] = tuple(source.get("targetProfile") or ())
        self.aggregation: tuple[str, ...] = tuple(source.get("aggregation") or ())
        self.target_types: frozenset[str] | None = None  # the resource types of the targets, once looked up


class Binding:
    """A binding that has to be judged: the value set, the most that is allowed, and what else is bound."""

    __slots__ = ("additional", "max_value_set", "strength", "value_set")

    def __init__(self, source: Json) -> None:
        self.strength: str = source.get("strength", "example")
        self.value_set: str = source.get("valueSet") or source.get("valueSetUri") or ""
        self.max_value_set = ""
        self.additional: list[Binding] = []
        for extension in source.get("extension") or ():
            url = str(extension.get("url", ""))
            if url.endswith("elementdefinition-maxValueSet"):
                self.max_value_set = _canonical(extension)
            elif url.endswith(("binding.additional", "additional-binding")):
                self._add(extension)

    def _add(self, extension: Json) -> None:
        parts = {p.get("url"): p for p in extension.get("extension") or ()}
        purpose, value_set = parts.get("purpose", {}).get("valueCode"), _canonical(parts.get("valueSet", {}))
        if value_set and purpose in ("required", "extensible"):
            self.additional.append(Binding({"strength": purpose, "valueSet": value_set}))
        elif value_set and purpose == "maximum":
            self.max_value_set = self.max_value_set or value_set


def _canonical(extension: Json) -> str:
    found = (
        extension.get("valueCanonical") or extension.get("valueUri") or extension.get("valueReference", {})
    )
    return str(found.get("reference", "")) if isinstance(found, dict) else str(found)


class Owner:
    """The definition that plans are made of: its address, its whole tree, and the compiler.

    In a profile's own snapshot ``#Questionnaire.item`` means the profile's element; elsewhere, core's.
    """

    __slots__ = ("compiler", "name", "refers_to_itself", "tree", "url")

    def __init__(self, source: Json, url: str, tree: Elem, compiler: Any) -> None:
        self.url, self.tree, self.compiler = str(source.get("url", url)), tree, compiler
        self.name = str(source.get("name", self.url))
        self.refers_to_itself = source.get("derivation") == "constraint" and bool(source.get("snapshot"))


class Element:
    """What a definition asks of one element, whatever its type."""

    __slots__: tuple[str, ...] = (
        *("base_max", "binding", "constraints", "discriminators", "elem", "fields", "fixed", "is_modifier"),
        *("is_ordered", "is_sliced", "keys", "matcher", "max", "max_length", "max_value", "min", "min_value"),
        *("name", "owner", "path", "pattern", "prop", "rules", "slice_name", "slices", "types"),
    )

    def __init__(self, elem: Elem, owner: Owner, prop: Property) -> None:
        defn = elem.defn
        self.elem, self.owner, self.prop = elem, owner, prop
        self.name, self.path, self.slice_name = prop.name, str(defn.get("path", "")), elem.slice_name
        self.min = int(defn.get("min") or 0)
        self.max = bound(defn.get("max", "*"))
        self.types = {t.code: t for t in map(TypeRef, defn.get("type") or ())}
        self.fixed, self.pattern = fixed.of(defn, "fixed"), fixed.of(defn, "pattern")
        self.min_value, self.max_value = fixed.of(defn, "minValue"), fixed.of(defn, "maxValue")
        self.max_length: int | None = defn.get("maxLength")
        self.binding = Binding(defn["binding"]) if defn.get("binding") else None
        self.is_modifier = bool(defn.get("isModifier"))
        self.constraints = [
            Constraint(c, owner.url) for c in defn.get("constraint") or () if c.get("key") not in NATIVE_KEYS
        ]
        slicing = defn.get("slicing") or {}
        self.rules: str = slicing.get("rules", "open")
        self.is_ordered = bool(slicing.get("ordered"))
        self.discriminators: list[Json] = slicing.get("discriminator") or []
        self.slices = [Element(s, owner, prop) for s in elem.slices]
        self.is_sliced = bool(self.slices)
        self.matcher: Any = None
        self.keys: tuple[str, ...] = ()
        self.fields: dict[str, Field] = {}
        self._fields()

    def _fields(self) -> None:
        prop = self.prop
        for key, code in prop.keys.items():
            if prop.is_choice and self.types and code not in self.types:
                continue
            self.fields[key] = Field(self, key, code)
        self.keys = tuple(k for f in self.fields.values() for k in (f.key, f.sibling) if k)


class Field:
    """One JSON property with one type, as an element of a definition wants it."""

    __slots__: tuple[str, ...] = (
        *("code", "element", "is_extension", "is_resource", "key"),
        *("label", "many", "primitive", "resolved", "sibling"),
    )

    def __init__(self, element: Element, key: str, code: str) -> None:
        prop = element.prop
        self.element, self.key, self.code = element, key, code
        self.label = f"{prop.name}.ofType({code})" if prop.is_choice else prop.name
        self.many = prop.many
        self.primitive: Check | None = CHECKS.get(code)
        self.sibling = "_" + key if self.primitive else ""
        self.is_resource = code in RESOURCES
        self.is_extension = code == "Extension"
        self.resolved: Resolved | None = None

    def resolve(self) -> Resolved:
        """The contents, invariants and checks of the values; made once."""
        if self.resolved is None:
            self.resolved = self.element.owner.compiler.resolve(self)
        return self.resolved


class Resolved:
    """What a value of a field has to follow: plans of its content, invariants, and checks of its type."""

    __slots__ = ("alternatives", "checks", "constraints", "contents", "missing", "needs_sibling")

    def __init__(self) -> None:
        self.contents: list[Content] = []
        self.alternatives: tuple[str, ...] = ()
        self.missing: list[str] = []
        self.constraints: list[Constraint] = []
        self.checks: list[ItemCheck] = []
        self.needs_sibling = False  # a primitive that must have an extension


class Content:
    """The plan of an object: its fields by JSON name and what has to be there."""

    __slots__ = (
        "constraints",
        "elem",
        "elements",
        "fields",
        "known",
        "owner",
        "quick",
        "required",
        "root",
        "type",
        "url",
    )

    def __init__(self, elem: Elem, owner: Owner, type_name: str, rest: Content | None = None) -> None:
        self.owner, self.type, self.url, self.elem = owner, type_name, owner.url, elem
        self.root: Field | None = None
        self.quick: Any = None  # the test of ``quick``, once it is made
        self.fields: dict[str, Field] = {}
        self.elements: list[Element] = []
        self.constraints = [
            Constraint(c, owner.url)
            for c in elem.defn.get("constraint") or ()
            if c.get("key") not in NATIVE_KEYS
        ]
        info = owner.compiler.model.type(type_name)
        self.known = info
        if info is not None:
            self._read(elem, info)
        if rest is not None:
            self._fill(rest)
        self.required = [e for e in self.elements if e.min > 0 or any(s.min > 0 for s in e.slices)]

    def root_field(self) -> Field | None:
        """The root of a data type's profile as a field, when it says anything of the whole value."""
        if self.root is None:
            prop = Property(self.type, [self.type], 0, many=False, attribute=False)
            self.root = Element(self.elem, self.owner, prop).fields.get(self.type)
        return self.root

    def _read(self, elem: Elem, info: Any) -> None:
        for name, child in elem.children.items():
            stem = name.removesuffix("[x]")
            prop = info.names.get(stem) or (info.keys[stem][0] if stem in info.keys else None)
            if prop is None or (info.is_primitive and stem == "value"):
                continue
            element = Element(child, self.owner, prop)
            self.elements.append(element)
            self.fields |= element.fields

    def _fill(self, rest: Content) -> None:
        """Take what the definition does not write out from the type's own plan."""
        names = {e.name for e in self.elements}
        self.elements += [e for e in rest.elements if e.name not in names]
        self.fields = rest.fields | self.fields


def bound(maximum: object) -> int:
    """``*`` or a number, as a number."""
    return UNBOUNDED if maximum == "*" else int(str(maximum))


class Compiler:
    """Makes contents of trees and keeps one for each definition."""

    def __init__(self, trees: Any, model: Any, checks_of: Callable[[Field], list[ItemCheck]]) -> None:
        self.trees, self.model, self.checks_of = trees, model, checks_of
        self._contents: dict[str, Content | None] = {}

    def content(self, canonical: str) -> Content | None:
        """The plan of a whole definition; None when it is not loaded. Raises DefinitionFault."""
        if canonical not in self._contents:
            source = self.trees.definitions.structure(canonical)
            tree = self.trees.tree(canonical) if source else None
            if tree is None or source is None:
                return None
            owner = Owner(source, canonical, tree, self)
            self._contents[canonical] = Content(tree, owner, str(source.get("type", tree.name)))
        return self._contents[canonical]

    def of_type(self, code: str) -> Content | None:
        """The plan of a type of R4."""
        return self.content(self.trees.definitions.type_tree_url(code))

    def resolve(self, field: Field) -> Resolved:  # noqa: C901 one branch a kind
        """The plans that a field's values follow: inline children, or the type's, and its profiles'."""
        made, element = Resolved(), field.element
        ref = element.types.get(field.code)
        profiles = ref.profiles if ref else ()
        made.constraints = list(element.constraints)
        contents: list[Content] = []
        if inline := self._inline(field):
            contents.append(inline)
        if field.is_extension or not profiles:
            if not inline and not field.is_resource:
                self._add(contents, self._base(field))
        elif len(profiles) == 1:
            if (found := self.content(profiles[0].partition("#")[0])) is None:
                made.missing.append(profiles[0])
            self._add(contents, found or (None if inline else self._base(field)))
        else:
            made.alternatives = profiles
            if not inline:
                self._add(contents, self._base(field))
        made.contents = contents
        made.needs_sibling = field.primitive is not None and any(c.required for c in contents)
        seen = {(c.key, c.expression) for c in made.constraints}
        base = (
            []
            if field.is_resource
            else [c for c in [self._base(field)] if c is not None and c not in contents]
        )
        for content in contents + base:
            for constraint in content.constraints:
                if (constraint.key, constraint.expression) not in seen:
                    seen.add((constraint.key, constraint.expression))
                    made.constraints.append(constraint)
        made.checks = self.checks_of(field)
        for content in contents:
            if content.owner.url in profiles and (root := content.root_field()) is not None:
                made.checks += self.checks_of(root)
        return made

    def _add(self, contents: list[Content], found: Content | None) -> None:
        if found is not None:
            contents.append(found)

    def _inline(self, field: Field) -> Content | None:
        elem, owner = field.element.elem, field.element.owner
        if field.is_resource:
            return None
        if elem.children:
            is_partial = len(field.element.types) > 1  # only what all its types have is written out
            return Content(elem, owner, field.code, self._base(field) if is_partial else None)
        if reference := elem.defn.get("contentReference"):
            base, _, path = reference.rpartition("#")
            own = find_by_id(owner.tree, path) if owner.refers_to_itself and not base else None
            return Content(own, owner, path) if own else self.of_path(path)
        return None

    def of_inner(self, field: Field | None, kind: str) -> list[Content]:
        """The plan of a resource at a place that says what must be in it (``Bundle.entry.resource.id``)."""
        if field is None:
            return []
        elem, owner = field.element.elem, field.element.owner
        wanted = list(field.element.types)
        if not elem.children or wanted not in ([kind], ["Resource"]):
            return []
        key = f"{id(elem)} {kind}"  # no address; trees are kept
        if key not in self._contents:
            rest = self.of_type(kind) if wanted == ["Resource"] else None
            self._contents[key] = Content(elem, owner, kind, rest)
        found = self._contents[key]
        return [found] if found else []

    def of_path(self, path: str) -> Content | None:
        """The plan of a nested element of R4, which a contentReference names: core's, without a profile's limits."""  # noqa: E501 see the line
        if path not in self._contents:
            whole = self.of_type(path.partition(".")[0])
            target = find_by_id(whole.owner.tree, path) if whole else None
            self._contents[path] = Content(target, whole.owner, path) if whole and target else None
        return self._contents[path]

    def _base(self, field: Field) -> Content | None:
        return self.of_type(field.code) if "." not in field.code else None
