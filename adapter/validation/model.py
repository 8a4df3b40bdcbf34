"""The types of R4 as a navigator needs them: which properties, which types, in which order.

Made of the core tables, a type at a time. Nested elements (``Patient.contact``) are types by path.
"""

from __future__ import annotations

from typing import Any

from adapter.validation.core_tables import BASE, Core

Json = dict[str, Any]
FHIR_TYPE = "http://hl7.org/fhir/StructureDefinition/structuredefinition-fhir-type"
SYSTEM = "http://hl7.org/fhirpath/System."
NESTED = frozenset({"BackboneElement", "Element"})


class Property:
    """One element of a type: its JSON names with the type of each, and whether it repeats."""

    __slots__ = ("attribute", "is_choice", "keys", "many", "name", "order", "types")

    def __init__(self, name: str, types: list[str], order: int, *, many: bool, attribute: bool) -> None:
        self.is_choice = name.endswith("[x]")
        self.name = name[:-3] if self.is_choice else name
        self.types = types
        self.many = many
        self.order = order
        self.attribute = attribute
        self.keys = (
            {choice_key(self.name, t): t for t in types}
            if self.is_choice
            else {name: types[0] if types else ""}
        )


class TypeInfo:
    """One type: ``base`` is what it specialises, ``keys`` maps JSON names to (property, type name)."""

    __slots__ = ("base", "code", "is_primitive", "is_resource", "keys", "name", "names")

    def __init__(self, name: str, code: str, base: str, kind: str) -> None:
        self.name = name
        self.code = code  # the FHIR type: BackboneElement for Patient.contact
        self.base = base
        self.is_primitive = kind == "primitive-type"
        self.is_resource = kind == "resource"
        self.names: dict[str, Property] = {}
        self.keys: dict[str, tuple[Property, str]] = {}

    def add(self, prop: Property) -> None:
        """Give the type one more element."""
        self.names[prop.name] = prop
        self.keys |= {key: (prop, code) for key, code in prop.keys.items()}


def choice_key(stem: str, code: str) -> str:
    """``value`` of type ``dateTime`` is ``valueDateTime``."""
    return stem + code[:1].upper() + code[1:]


def type_code(entry: Json) -> str:
    """The FHIR type of an ElementDefinition.type, also where R4 writes a FHIRPath system type."""
    code: str = entry.get("code", "")
    if not code.startswith(SYSTEM):
        return code
    for extension in entry.get("extension", []):
        if extension.get("url") == FHIR_TYPE:
            return str(extension.get("valueUrl", "string"))
    return code.removeprefix(SYSTEM).lower()


class Model:
    """All types of R4, made when first asked for."""

    def __init__(self, core: Core) -> None:
        self.core = core
        self._types: dict[str, TypeInfo] = {}

    def type(self, name: str) -> TypeInfo | None:
        """The type of this name (``Quantity``, ``Patient.contact``); None when R4 has none."""
        found = self._types.get(name)
        if found is not None or not name:
            return found
        source = self.core.structure(BASE + name.partition(".")[0])
        if source and source.get("derivation") != "constraint":
            self._read(source)
        return self._types.get(name)

    def is_a(self, name: str, wanted: str) -> bool:
        """Whether a type is another or a specialisation of it."""
        while name and name != wanted:
            info = self.type(name)
            name = info.base if info else ""
        return bool(name)

    def _read(self, source: Json) -> None:
        elements: list[Json] = source["snapshot"]["element"]
        base = str(source.get("baseDefinition", "")).removeprefix(BASE)
        root = TypeInfo(source["type"], source["type"], base, source["kind"])
        made = {root.name: root}
        for order, defn in enumerate(elements[1:]):
            parent, _, name = defn["path"].rpartition(".")
            codes = [type_code(t) for t in defn.get("type", [])]
            if "contentReference" in defn:
                codes = [defn["contentReference"].rpartition("#")[2]]
            elif len(codes) == 1 and codes[0] in NESTED:
                made[defn["path"]] = TypeInfo(defn["path"], codes[0], codes[0], "complex-type")
                codes = [defn["path"]]
            if "*" in codes:
                codes = [t for t in codes if t != "*"]
            attribute = "xmlAttr" in defn.get("representation", [])
            many = defn.get("base", defn)["max"] not in ("0", "1")
            made[parent].add(Property(name, codes, order, many=many, attribute=attribute))
        for info in made.values():
            self._types.setdefault(info.name, info)
