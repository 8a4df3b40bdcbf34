"""Why a JSON text is refused: the fault, its place, and what the sender does about it, in Swedish."""

from __future__ import annotations

import re
from decimal import Decimal, InvalidOperation
from typing import TYPE_CHECKING

from adapter.wire.json_places import STRING, place_at, places
from adapter.wire.refusal import line_and_column, refusal

if TYPE_CHECKING:
    from json import JSONDecodeError

    from adapter.errors import Unparsable
    from adapter.wire.limits import Limits

AT = "wire.json"

_FAULTS = {
    "Expecting value": "här saknas ett värde, eller så är värdet inte giltig JSON",
    "Expecting property name enclosed in double quotes": "här ska ett fältnamn inom citattecken stå",
    "Expecting ':' delimiter": "här saknas ett kolon efter fältnamnet",
    "Expecting ',' delimiter": "här saknas ett kommatecken eller en avslutande parentes",
    "Illegal trailing comma before end of object": "ett kommatecken för mycket före }",
    "Illegal trailing comma before end of array": "ett kommatecken för mycket före ]",
    "Unterminated string starting at": "en text saknar citattecken i slutet",
    "Invalid control character at": "ett styrtecken (till exempel en radbrytning) står oskyddat i en text",
    "Invalid \\escape": "ett omvänt snedstreck följs av ett otillåtet tecken",
    "Invalid \\uXXXX escape": "\\u följs inte av fyra hexadecimala siffror",
    "Extra data": "det står mer text efter meddelandets slut",
}
_SAMPLE = 100_000  # characters to look for depth in, when the number of values is refused anyway
_RUN = re.compile(r"[\[{]+|[\]}]+")
_CONSTANT = re.compile("-?(?:NaN|Infinity)")
_NUMBER = re.compile(r"-?[0-9][0-9.eE+-]*")
_LONE = re.compile(
    r"\\(?:u[dD][89abAB][0-9a-fA-F]{2}\\u[dD][c-fC-F][0-9a-fA-F]{2}|(u[dD][89a-fA-F][0-9a-fA-F]{2})|.)",
    re.DOTALL,
)


def refuse_excess(raw: bytes, text: str, limits: Limits) -> None:
    """Refuse too deep and too many before anything is built; a small message costs two counts."""
    opened = raw.count(b"{") + raw.count(b"[")
    is_small = len(raw) < limits.max_nodes or opened + raw.count(b",") < limits.max_nodes
    if opened <= limits.max_depth and is_small:
        return
    bare = STRING.sub("", text)
    opened = bare.count("{") + bare.count("[")
    is_too_large = opened + bare.count(",") >= limits.max_nodes
    if opened > limits.max_depth:
        _refuse_depth(bare[:_SAMPLE] if is_too_large else bare, text, limits)
    if is_too_large:
        what = f"Meddelandet har fler än {limits.max_nodes} värden. Dela upp det i flera meddelanden."
        raise refusal("too-large", AT, what)


def _refuse_depth(bare: str, text: str, limits: Limits) -> None:
    depth = 0
    for found in _RUN.finditer(bare):
        depth += len(found[0]) if found[0][0] in "[{" else -len(found[0])
        if depth > limits.max_depth:
            raise too_deep(text, limits)


def refuse_lone_surrogates(text: str) -> None:
    """Half a surrogate pair is no character (RFC 8259 §8.2): no store or receiver could keep it."""
    for found in _LONE.finditer(text):
        if found[1]:
            what = (
                "ett tecken är kodat med bara halva sitt par (ensam surrogat). "
                "Skicka hela tecknet, helst som UTF-8."
            )
            raise _refusal("lone-surrogate", what, text, found.start(), value=found[0])


def not_json(problem: JSONDecodeError) -> Unparsable:
    """What the scanner met, in Swedish; a text that ends too early is told apart."""
    text, offset = problem.doc, problem.pos
    if problem.msg.startswith("Unterminated string") or offset >= len(text.rstrip()):
        what = "meddelandet tar slut mitt i. Det är troligen avbrutet; skicka hela meddelandet igen."
        return _refusal("truncated", what, text, offset)
    return _refusal("not-json", f"{json_fault(problem.msg)}. Rätta och skicka igen.", text, offset)


def json_fault(message: str) -> str:
    """What the scanner says, in Swedish."""
    return _FAULTS.get(message, "texten följer inte reglerna för JSON")


def not_a_number(text: str) -> Unparsable:
    """NaN and Infinity are JavaScript, not JSON (RFC 8259 §6)."""
    offset = next((start for _, start in places(text) if _CONSTANT.match(text, start)), 0)
    found = _CONSTANT.match(text, offset)
    what = "NaN och Infinity är inga tal i JSON. Utelämna värdet eller skicka null."
    return _refusal("not-a-number", what, text, offset, value=found[0] if found else "")


def number_out_of_reach(text: str) -> Unparsable:
    """A number whose exponent no decimal can hold."""
    offset = next((start for _, start in places(text) if not _is_decimal(text, start)), 0)
    what = "talet är för stort eller för litet för att kunna tas emot. Kontrollera värdet."
    return _refusal("not-a-number", what, text, offset)


def _is_decimal(text: str, start: int) -> bool:
    found = _NUMBER.match(text, start)
    try:
        return found is None or Decimal(found[0]).is_finite()
    except InvalidOperation:
        return False


def duplicate_key(text: str) -> Unparsable:
    """The first name that stands twice in one object; taking the last value would be a guess."""
    seen: set[str] = set()
    where, offset = "", 0
    for here, start in places(text):
        if here in seen:
            where, offset = here, start
            break
        seen.add(here)
    what = (
        "samma fältnamn står två gånger i samma objekt, och då är det oklart vilket värde som gäller. "
        "Skicka fältet en gång."
    )
    return _refusal("duplicate-key", what, text, offset, where)


def too_deep(text: str, limits: Limits) -> Unparsable:
    """The place is where the limit is passed."""
    depth = offset = 0
    for found in re.finditer(STRING.pattern + r"|[\[{]|[\]}]", text, re.DOTALL):
        depth += {"[": 1, "{": 1, "]": -1, "}": -1}.get(found[0], 0)
        offset = found.start()
        if depth > limits.max_depth:
            break
    what = f"meddelandet har fler än {limits.max_depth} nivåer inuti varandra. Skicka det med färre nivåer."
    return refusal("too-deep", AT, what, place=line_and_column(text, offset))


def _refusal(  # noqa: PLR0913 - what a finding holds, and the text to find the place in
    code: str, what: str, text: str, offset: int, where: str | None = None, *, value: str = ""
) -> Unparsable:
    place = line_and_column(text, offset)
    return refusal(
        code, AT, what, where=place_at(text, offset) if where is None else where, value=value, place=place
    )
