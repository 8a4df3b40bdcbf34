"""FHIR's XML form to the same tree that JSON gives, with what is wrong with the form itself.

https://hl7.org/fhir/R4/xml.html
"""

from __future__ import annotations

from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from adapter.validation.core_tables import Core
from adapter.validation.model import Model, Property, TypeInfo
from adapter.validation.places import Place
from adapter.validation.primitives import DECIMAL, INTEGER
from adapter.validation.xml_tree import XHTML, Element, XmlFault, parse, serialize

Json = dict[str, Any]
FHIR = "http://hl7.org/fhir"
XSI = "http://www.w3.org/2001/XMLSchema-instance schemaLocation"
RESOURCE_TYPES = frozenset({"Resource", "DomainResource"})


@dataclass(frozen=True, slots=True)
class XmlResult:
    """The tree, the faults of form as (rule, place, detail), and where each element began."""

    resource: Json
    faults: tuple[tuple[str, Place, str], ...]
    positions: dict[tuple[str | int, ...], tuple[int, int]] = field(default_factory=dict)


def read_xml(raw: bytes, model: Model | None = None) -> XmlResult:
    """Read one resource. Raises XmlFault when the bytes are not XML or the root is no FHIR resource."""
    reader = _Reader(model or Model(Core()))
    root = parse(raw, reader.take_root)
    if not root.children:
        reader.faults.append(("object-empty", None, root.name))
    resource = reader.resource(root, reader.type_of(root), None, ())
    return XmlResult(resource, tuple(reader.faults), reader.positions)


class _Reader:
    def __init__(self, model: Model) -> None:
        self.model = model
        self.faults: list[tuple[str, Place, str]] = []
        self.positions: dict[tuple[str | int, ...], tuple[int, int]] = {}

    def take_root(self, root: Element) -> None:
        """Refuse what is no resource before more of it is read."""
        if root.namespace != FHIR:
            raise XmlFault("xml-namespace", root.namespace, root.line, root.column)
        self.type_of(root)

    def type_of(self, root: Element) -> TypeInfo:
        info = self.model.type(root.name)
        if info is None or not info.is_resource:
            raise XmlFault("resource-type-unknown", root.name, root.line, root.column)
        return info

    def resource(self, node: Element, info: TypeInfo, place: Place, keys: tuple[str | int, ...]) -> Json:
        made: Json = {"resourceType": node.name}
        self.content(node, info, made, place, keys)
        return made

    def content(
        self, node: Element, info: TypeInfo, made: Json, place: Place, keys: tuple[str | int, ...]
    ) -> None:
        self.positions[keys] = (node.line, node.column)
        self.attributes(node, info, made, place)
        if node.has_text:
            self.faults.append(("xml-text", place, node.name))
        order = -1
        counts: dict[str, int] = {}
        for child in node.children:
            if child.name in info.keys and child.namespace != (XHTML if child.name == "div" else FHIR):
                self.faults.append(("xml-namespace", place, f"{{{child.namespace}}}{child.name}"))
            found = info.keys.get(child.name)
            if found is None or found[0].attribute:
                self.faults.append(("element-unknown", place, child.name))
                continue
            prop, code = found
            if prop.order < order:
                self.faults.append(("xml-order", place, child.name))
            order = max(order, prop.order)
            index = counts[child.name] = counts.get(child.name, -1) + 1
            self.value(child, prop, code, made, place, (*keys, child.name), index)

    def attributes(self, node: Element, info: TypeInfo, made: Json, place: Place) -> None:
        for name, value in node.attributes.items():
            if name == XSI:
                self.faults.append(("xml-schema-location", place, name))
                continue
            found = info.keys.get(name)
            if found and found[0].attribute and name != "value":
                made[name] = value
            elif not (info.is_primitive and name == "value"):
                self.faults.append(("xml-attribute", place, name))

    def value(  # noqa: PLR0913, PLR0917 a value and where it stands
        self,
        node: Element,
        prop: Property,
        code: str,
        made: Json,
        place: Place,
        keys: tuple[str | int, ...],
        index: int,
    ) -> None:
        key = node.name
        label = f"{prop.name}.ofType({code})" if prop.is_choice else key
        here: Place = (place, label, key, index if prop.many else -1)
        if not prop.many and index > 0:
            self.faults.append(("max", place, key))
            return
        if prop.many:
            keys = (*keys, index)
        self.positions[keys] = (node.line, node.column)
        if code == "xhtml":
            made[key] = serialize(node)
            return
        info = self.model.type(code)
        if info is None or code in RESOURCE_TYPES:
            self.put(made, prop, key, self.inner(node, here, keys))
        elif info.is_primitive:
            self.primitive(node, prop, info, made, here, keys)
        else:
            nested: Json = {}
            self.content(node, info, nested, here, keys)
            if node.attributes and not node.children and not nested:
                nested = {}
            self.put(made, prop, key, nested)

    def inner(self, node: Element, place: Place, keys: tuple[str | int, ...]) -> Json:
        """The resource inside ``contained`` or ``entry.resource``: exactly one child, named by its type."""
        inner = node.children
        if len(inner) > 1:
            self.faults.append(("xml-resource-one", place, inner[1].name))
        if not inner:
            return {}
        info = self.model.type(inner[0].name)
        if info is None or not info.is_resource:
            return {"resourceType": inner[0].name}
        return self.resource(inner[0], info, place, keys)

    def put(self, made: Json, prop: Property, key: str, value: Any) -> None:
        if prop.many:
            made.setdefault(key, []).append(value)
        else:
            made[key] = value

    def primitive(  # noqa: PLR0913, PLR0917 a value and where it stands
        self,
        node: Element,
        prop: Property,
        info: TypeInfo,
        made: Json,
        place: Place,
        keys: tuple[str | int, ...],
    ) -> None:
        key = node.name
        sibling: Json = {}
        self.content(node, info, sibling, place, keys)
        text = node.attributes.get("value")
        value = None if text is None else typed(text, info.name)
        if not prop.many:
            if value is not None:
                made[key] = value
            if sibling or value is None:
                made["_" + key] = sibling
            return
        values, siblings = made.setdefault(key, []), made.get("_" + key)
        values.append(value)
        if sibling and siblings is None:
            siblings = made["_" + key] = [None] * (len(values) - 1)
        if siblings is not None:
            siblings.append(sibling or None)


def typed(text: str, code: str) -> Any:
    """An attribute's text as JSON would have it; text that does not fit stays text, for the checker to tell."""  # noqa: E501 see the line
    if code == "boolean":
        return {"true": True, "false": False}.get(text, text)
    if code in ("integer", "positiveInt", "unsignedInt"):
        return int(text) if INTEGER.fullmatch(text) else text
    if code == "decimal":
        return Decimal(text) if DECIMAL.fullmatch(text) else text
    return text
