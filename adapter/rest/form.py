"""An answer in the form that was asked for: JSON or XML, pretty or not, whole or a part of each resource.

https://hl7.org/fhir/R4/http.html#parameters. What is stored is served as it is when nothing else is asked.
"""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from typing import TYPE_CHECKING, Any, Final

import orjson
from starlette.responses import Response

from adapter.rest.accept import JSON_TYPE, XML_TYPE, asked_form, may_say_form
from adapter.rest.outcome import Problem
from adapter.rest.served import Served
from adapter.rest.subset import WHOLE, Subset, subset
from adapter.validation.json_reader import read_json
from adapter.validation.xml_writer import NotWritable, write_xml

if TYPE_CHECKING:
    from collections.abc import Mapping

    from starlette.requests import Request

VARY: Final = {"Vary": "Accept"}
NEITHER = Problem(
    406,
    "not-supported",
    f"Svar lämnas som {JSON_TYPE} eller {XML_TYPE} i FHIR 4.0. Be om något av dem i Accept eller _format.",
)
_NO_XML = Problem(
    406,
    "not-supported",
    f"Svaret innehåller något som XML inte kan hålla. Be om det som JSON: Accept: {JSON_TYPE}.",
)
_YES: Final = frozenset({"true", "1", ""})


@dataclass(frozen=True, slots=True)
class Form:
    """How an answer is to look."""

    is_xml: bool = False
    is_pretty: bool = False
    part: Subset = WHOLE

    @property
    def is_stored(self) -> bool:
        """The bytes in the store look so already."""
        return not self.is_xml and not self.is_pretty and self.part is WHOLE


_STORED = Form()


def form_of(request: Request, part: Subset = WHOLE) -> Form:
    """The form that the request asks for. Problem 406 when it takes neither JSON nor XML."""
    asked = asked_form(request)
    if not asked:
        raise NEITHER.anew()
    if not may_say_form(request):
        return _STORED if part is WHOLE and asked == "json" else Form(asked == "xml", part=part)
    return Form(asked == "xml", request.query_params.get("_pretty", "false") in _YES, part)


def formed(
    request: Request, form: Form, body: bytes, status: int = 200, headers: Mapping[str, str] | None = None
) -> Response:
    """JSON bytes of a resource in a form. Problem 406 when XML cannot hold what they say."""
    said = {**(headers or {}), **VARY}
    if form.is_stored:
        return Response(body, status, said, JSON_TYPE)
    resource = subset(read_json(body)[0], form.part)
    if not form.is_xml:
        indent = orjson.OPT_INDENT_2 if form.is_pretty else 0
        return Response(orjson.dumps(resource, digits, indent), status, said, JSON_TYPE)
    try:
        model = Served.of(request).validator().engine.model
        xml = write_xml(resource, model, is_pretty=form.is_pretty)
    except NotWritable:
        raise _NO_XML.anew() from None
    return Response(xml, status, said, XML_TYPE)


def digits(value: Any) -> Any:
    """A Decimal keeps its digits."""
    if isinstance(value, Decimal):
        return orjson.Fragment(str(value))
    raise TypeError(type(value).__name__)
