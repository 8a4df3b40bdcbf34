"""Checks of one element's value: fixed and pattern, ranges, lengths, and the data types' own rules."""

from __future__ import annotations

import json
import re
from decimal import Decimal
from typing import Any

from adapter.validation import fixed
from adapter.validation.attachments import attachment_check
from adapter.validation.fhirpath.evaluate import FhirPathError
from adapter.validation.fhirpath.operators import order
from adapter.validation.fhirpath.values import Node, plain
from adapter.validation.limits import limits
from adapter.validation.places import Place
from adapter.validation.plans import Element, Field, ItemCheck
from adapter.validation.primitives import ABSOLUTE
from adapter.validation.run import Run, Scope

Json = dict[str, Any]
TEXTS = frozenset(
    ["string", "markdown", "code", "id", "uri", "url", "canonical", "oid", "uuid", "date", "dateTime"]
)
RFC4122 = "https://tools.ietf.org/html/rfc4122"
UUID_TEXT = re.compile(r"(urn:uuid:.*|[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12})", re.DOTALL)
_FULL_URI = re.compile(r"[A-Za-z][A-Za-z0-9+.\-]*:\S")


def value_checks(field: Field) -> list[ItemCheck]:
    """The checks that an element's definition asks of each value."""
    element = field.element
    found: list[ItemCheck] = []
    if element.fixed is not None:
        found.append(_fixed(element))
    if element.pattern is not None:
        found.append(_pattern(element))
    if element.min_value is not None or element.max_value is not None:
        found.append(_range(element))
    if element.max_length and field.code in TEXTS:
        found.append(_length(element, element.max_length))
    found += limits(field)
    if field.code == "Attachment":
        found.append(attachment_check)
    elif field.code == "Meta":
        found.append(_meta)
    elif field.code == "Identifier":
        found.append(_identifier)
    return found


def _shown(value: Any) -> str:
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False, default=str)


def _fixed(element: Element) -> ItemCheck:
    wanted, source = element.fixed, element.owner.url
    is_text = type(wanted) is str

    def check(run: Run, _f: Field, value: Any, _s: Any, here: Place, _scope: Scope) -> None:
        if (is_text and value == wanted) or value is None:
            return
        if not fixed.same(wanted, value):
            run.say("fixed", here, wanted=_shown(wanted), profile=source, source=source)

    return check


def _pattern(element: Element) -> ItemCheck:
    wanted, source, fits = element.pattern, element.owner.url, fixed.pattern_test(element.pattern)

    def check(run: Run, _f: Field, value: Any, _s: Any, here: Place, _scope: Scope) -> None:
        if value is not None and not fits(value):
            run.say("pattern", here, wanted=_shown(wanted), profile=source, source=source)

    return check


def _range(element: Element) -> ItemCheck:
    low, high = element.min_value, element.max_value

    def check(run: Run, field: Field, value: Any, _s: Any, here: Place, _scope: Scope) -> None:
        if low is not None and _order(value, low, field.code) < 0:
            run.say("min-value", here, wanted=_shown(low))
        if high is not None and _order(value, high, field.code) > 0:
            run.say("max-value", here, wanted=_shown(high))

    return check


def _order(value: Any, limit: Any, code: str) -> int:
    if type(limit) is dict and (type(value) is not dict or not _comparable(value, limit)):
        return 0
    a, b = plain(Node(value, None, code)), plain(Node(limit, None, code))
    if a is None or b is None:
        return 0
    try:
        return order(a, b) or 0
    except FhirPathError:
        return 0


def _comparable(value: Json, limit: Json) -> bool:
    """Whether two quantities have units that can be compared: of one system, and stated."""
    system = limit.get("system")
    return bool(system) and value.get("system") == system and "code" in value and "code" in limit


def _length(element: Element, most: int) -> ItemCheck:
    source = element.owner.url

    def check(run: Run, _f: Field, value: Any, _s: Any, here: Place, _scope: Scope) -> None:
        if isinstance(value, (str, int, Decimal)) and len(str(value)) > most:
            run.say("max-length", here, found=len(str(value)), max=most, source=source)

    return check


def _identifier(run: Run, _f: Field, value: Any, _s: Any, here: Place, _scope: Scope) -> None:
    """The system is absolute; under urn:ietf:rfc:3986 the value is a URI."""
    if type(value) is not dict:
        return
    system, number = value.get("system"), value.get("value")
    if isinstance(system, str) and system and not system.startswith(ABSOLUTE):
        run.say("identifier-system", here)
    elif system == "urn:ietf:rfc:3986" and isinstance(number, str) and not _FULL_URI.match(number):
        run.say("identifier-uri", here)
    elif system == RFC4122 and isinstance(number, str) and not UUID_TEXT.fullmatch(number):
        run.say("identifier-uuid", here)


def _meta(run: Run, _f: Field, value: Any, _s: Any, here: Place, _scope: Scope) -> None:
    """A security label stands once."""
    labels = value.get("security") if type(value) is dict else None
    seen: set[str] = set()
    for label in labels if isinstance(labels, list) else ():
        if isinstance(label, dict) and "code" in label:
            shown = f"{label.get('system', '')}#{label['code']}"
            if shown in seen:
                run.say("label-twice", here, value=shown)
            seen.add(shown)
