"""What a definition limits by extensions of its own: least length, form, decimals and size.

https://hl7.org/fhir/R4/extensibility-registry.html, minLength, regex, maxDecimalPlaces, maxSize
"""

from __future__ import annotations

import re
from collections.abc import Callable
from decimal import Decimal
from typing import Any

from adapter.validation.places import Place
from adapter.validation.plans import Field, ItemCheck
from adapter.validation.run import Run, Scope

Json = dict[str, Any]
BASE = "http://hl7.org/fhir/StructureDefinition/"


def limits(field: Field) -> list[ItemCheck]:
    """The checks that the extensions of an element's definition ask for."""
    stated = {str(e.get("url", "")): _value(e) for e in field.element.elem.defn.get("extension") or ()}
    found = [make(stated[BASE + name], field) for name, make in MAKERS.items() if BASE + name in stated]
    return [check for check in found if check is not None]


def _value(extension: Json) -> Any:
    return next((v for k, v in extension.items() if k.startswith("value")), None)


def _least_length(least: Any, field: Field) -> ItemCheck | None:
    if field.primitive is None or not isinstance(least, int):
        return None

    def check(run: Run, _f: Field, value: Any, _s: Any, here: Place, _scope: Scope) -> None:
        if isinstance(value, str) and len(value) < least:
            run.say("min-length", here, found=len(value), min=least)

    return check


def _form(pattern: Any, field: Field) -> ItemCheck | None:
    try:
        match = re.compile(str(pattern)).fullmatch
    except re.error:
        return None
    if field.primitive is None:
        return None

    def check(run: Run, _f: Field, value: Any, _s: Any, here: Place, _scope: Scope) -> None:
        shown = str(value).lower() if isinstance(value, bool) else str(value)
        if value is not None and not match(shown):
            run.say("regex", here, wanted=str(pattern))

    return check


def _decimals(most: Any, field: Field) -> ItemCheck | None:
    if field.code not in ("decimal", "Quantity") or not isinstance(most, int):
        return None

    def check(run: Run, _f: Field, value: Any, _s: Any, here: Place, _scope: Scope) -> None:
        number = value.get("value") if isinstance(value, dict) else value
        found = len(str(number).partition(".")[2]) if isinstance(number, (float, Decimal)) else 0
        if found > most:
            run.say("max-decimals", here, found=found, max=most)

    return check


def _size(most: Any, field: Field) -> ItemCheck | None:
    if field.code not in ("Attachment", "base64Binary"):
        return None

    def check(run: Run, _f: Field, value: Any, _s: Any, here: Place, _scope: Scope) -> None:
        data = value.get("data") if isinstance(value, dict) else value
        packed = "".join(data.split()) if isinstance(data, str) else ""
        found = len(packed) // 4 * 3 - packed[-2:].count("=")
        if found > most:
            run.say("max-size", here, found=found, max=most)

    return check


MAKERS: dict[str, Callable[[Any, Field], ItemCheck | None]] = {
    "minLength": _least_length,
    "regex": _form,
    "maxDecimalPlaces": _decimals,
    "maxSize": _size,
}
