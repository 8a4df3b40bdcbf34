"""FHIR's JSON tree to its XML form, in the order of R4's tables; ``xml_reader`` reads the same tree back.

https://hl7.org/fhir/R4/xml.html
"""

from __future__ import annotations

from typing import Any

from adapter.validation.model import Model, Property, TypeInfo
from adapter.validation.xml_reader import FHIR, RESOURCE_TYPES
from adapter.validation.xml_tree import XHTML, XmlFault, parse, serialize
from adapter.wire.xml_writer import escaped_attribute

Json = dict[str, Any]
_DECLARATION = '<?xml version="1.0" encoding="UTF-8"?>'
_INDENT = "  "


class NotWritable(ValueError):
    """The tree holds something that FHIR's XML has no place for; the text names the element."""


def write_xml(resource: Json, model: Model, *, is_pretty: bool = False) -> bytes:
    """A resource as UTF-8 XML. Raises NotWritable for what is no element of R4 or no character of XML."""
    writer = _Writer(model, is_pretty=is_pretty)
    try:
        writer.resource(resource, 0, f' xmlns="{FHIR}"')
    except (XmlFault, ValueError, AttributeError, TypeError, KeyError) as problem:
        raise NotWritable(str(problem)) from None
    return (_DECLARATION + "".join(writer.parts) + ("\n" if is_pretty else "")).encode()


class _Writer:
    def __init__(self, model: Model, *, is_pretty: bool) -> None:
        self.model = model
        self.parts: list[str] = []
        self._is_pretty = is_pretty

    def line(self, depth: int, text: str) -> None:
        """One tag, on a line of its own when it is to be read by people."""
        self.parts.append(f"\n{_INDENT * depth}{text}" if self._is_pretty else text)

    def resource(self, resource: Json, depth: int, declared: str = "") -> None:
        name = resource["resourceType"]
        info = self.model.type(name)
        if info is None or not info.is_resource:
            raise NotWritable(str(name))
        body = {key: value for key, value in resource.items() if key != "resourceType"}
        self.element(name, info, body, depth, declared)

    def element(self, name: str, info: TypeInfo, body: Json, depth: int, declared: str = "") -> None:
        """An element of a complex type with everything below it."""
        attributes, children = self.placed(info, body)
        opening = f"<{name}{declared}{attributes}"
        if not children:
            self.line(depth, f"{opening}/>")
            return
        self.line(depth, f"{opening}>")
        for key, prop, code in children:
            self.values(key, prop, code, body, depth + 1)
        self.line(depth, f"</{name}>")

    def placed(self, info: TypeInfo, body: Json) -> tuple[str, list[tuple[str, Property, str]]]:
        """The attributes, and the children in the order of the tables."""
        attributes = ""
        found: dict[str, tuple[str, Property, str]] = {}
        for name in body:
            key = name.removeprefix("_")
            prop, code = info.keys.get(key) or (None, "")
            if prop is None:
                raise NotWritable(key)
            if prop.attribute:
                attributes += f' {key}="{escaped_attribute(str(body[key]))}"'
            else:
                found[key] = key, prop, code
        return attributes, sorted(found.values(), key=lambda each: each[1].order)

    def values(self, key: str, prop: Property, code: str, body: Json, depth: int) -> None:
        """Every repetition of an element; a primitive's extensions stand beside its value in JSON."""
        value, beside = body.get(key), body.get("_" + key)
        if not prop.many:
            self.value(key, code, value, beside, depth)
            return
        values, siblings = value or [], beside or []
        for n in range(max(len(values), len(siblings))):
            one = values[n] if n < len(values) else None
            self.value(key, code, one, siblings[n] if n < len(siblings) else None, depth)

    def value(self, key: str, code: str, value: Any, beside: Json | None, depth: int) -> None:
        if code == "xhtml":
            self.line(depth, _xhtml(value))
            return
        info = self.model.type(code)
        if info is None or code in RESOURCE_TYPES:
            self.line(depth, f"<{key}>")
            self.resource(value, depth + 1)
            self.line(depth, f"</{key}>")
        elif info.is_primitive:
            text = "" if value is None else f' value="{escaped_attribute(_text(value))}"'
            self.element(key, info, beside or {}, depth, text)
        else:
            self.element(key, info, value, depth)


def _text(value: Any) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    return str(value)


def _xhtml(value: str) -> str:
    div = parse(value.encode())
    if (div.namespace, div.name) != (XHTML, "div"):
        raise NotWritable("div")
    return serialize(div)
