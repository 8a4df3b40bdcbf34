"""Why an XML document is refused: the fault, its place, and what the sender does about it, in Swedish."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING
from xml.parsers.expat import errors

from adapter.wire.refusal import line_and_column, refusal

if TYPE_CHECKING:
    from adapter.errors import Unparsable
    from adapter.wire.limits import Limits

AT = "wire.xml"

# What may stand before the root element: declaration, white space, comments, processing instructions.
_PROLOG = re.compile(r"(?:\s++|<\?(?:[^?]++|\?(?!>))*+\?>|<!--(?:[^-]++|-(?!->))*+-->)*+")
_CDATA = re.compile(r"<!--.*?-->|<!\[CDATA\[.*?\]\]>|<!\[CDATA\[", re.DOTALL)
_NOT_A_CHARACTER = re.compile("[\0-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]")
_CODES: dict[str, int] = errors.codes
_TRUNCATED = frozenset(
    _CODES[message]
    for message in (
        errors.XML_ERROR_NO_ELEMENTS,
        errors.XML_ERROR_UNCLOSED_TOKEN,
        errors.XML_ERROR_PARTIAL_CHAR,
    )
)
_OPEN_CDATA = _CODES[errors.XML_ERROR_UNCLOSED_CDATA_SECTION]
_FAULTS = {
    _CODES[errors.XML_ERROR_TAG_MISMATCH]: "sluttaggen hör inte ihop med starttaggen",
    _CODES[errors.XML_ERROR_DUPLICATE_ATTRIBUTE]: "samma attribut står två gånger på ett element",
    _CODES[errors.XML_ERROR_JUNK_AFTER_DOC_ELEMENT]: "det står mer text efter meddelandets slut",
    _CODES[errors.XML_ERROR_UNDEFINED_ENTITY]: "en entitet används som inte finns i XML utan dokumenttyp",
    _CODES[errors.XML_ERROR_UNBOUND_PREFIX]: "ett namnrymdsprefix används utan att vara deklarerat",
    _CODES[errors.XML_ERROR_BAD_CHAR_REF]: "en teckenreferens pekar på ett tecken som inte får finnas i XML",
    _CODES[errors.XML_ERROR_MISPLACED_XML_PI]: "XML-deklarationen står inte först i meddelandet",
    _CODES[errors.XML_ERROR_INVALID_TOKEN]: "ett tecken eller en tagg här är inte tillåten i XML",
    _CODES[errors.XML_ERROR_SYNTAX]: "texten är inte XML",
}


NOWHERE = (0, 0)


class Excess(Exception):
    """A limit was passed while the tree was being built."""

    def __init__(self, code: str, what: str, place: tuple[int, int]) -> None:
        super().__init__(code)
        self.code, self.what, self.place = code, what, place


def too_many(limits: Limits, place: tuple[int, int] = NOWHERE) -> Excess:
    """More elements and attributes than are taken."""
    return Excess("too-large", f"fler än {limits.max_nodes} element och attribut", place)


def too_many_attributes(limits: Limits, place: tuple[int, int]) -> Excess:
    """More attributes on one element than are taken."""
    return Excess("too-large", f"fler än {limits.max_attributes} attribut på ett element", place)


def too_long_name(limits: Limits, place: tuple[int, int] = NOWHERE) -> Excess:
    """A longer name than is taken."""
    return Excess("too-large", f"ett namn som är längre än {limits.max_name_length} tecken", place)


def too_deep(limits: Limits, place: tuple[int, int] = NOWHERE) -> Excess:
    """More levels than are taken."""
    return Excess("too-deep", f"fler än {limits.max_depth} nivåer inuti varandra", place)


def refuse_doctype(text: str) -> None:
    """Refuse a document type before any parser reads it: entities, defaults and fetching begin there."""
    prolog = _PROLOG.match(text)
    offset = prolog.end() if prolog else 0
    if text.startswith("<!DOCTYPE", offset):
        what = "dokumenttyp (DOCTYPE) tas inte emot, av säkerhetsskäl. Skicka meddelandet utan den."
        raise refusal("doctype-forbidden", AT, what, place=line_and_column(text, offset))


def _open_cdata(text: str) -> int:
    """Where the section begins that never ends: the first start that no end belongs to."""
    return next(found.start() for found in _CDATA.finditer(text) if found[0] == "<![CDATA[")


def excess(problem: Excess) -> Unparsable:
    """A limit that was passed."""
    what = f"meddelandet har {problem.what}, och det tas inte emot. Dela upp eller förenkla det."
    return refusal(problem.code, AT, what, place=problem.place)


def not_xml(code: int, place: tuple[int, int], text: str) -> Unparsable:
    """What the parser met, in Swedish; a document that ends too early is told apart."""
    if code in _TRUNCATED:
        what = "meddelandet tar slut mitt i. Det är troligen avbrutet; skicka hela meddelandet igen."
        return refusal("truncated", AT, what, place=place)
    if code == _OPEN_CDATA:
        place = line_and_column(text, _open_cdata(text))
        what = "CDATA-avsnittet som börjar här avslutas aldrig (]]> saknas). Rätta och skicka igen."
        return refusal("not-xml", AT, what, place=place)
    control = _NOT_A_CHARACTER.search(text)
    if control and line_and_column(text, control.start()) <= place:
        place = line_and_column(text, control.start())
        what = f"styrtecknet U+{ord(control[0]):04X} får inte finnas i XML. Ta bort det och skicka igen."
        return refusal("not-xml", AT, what, place=place)
    return refusal("not-xml", AT, f"{xml_fault(code)}. Rätta och skicka igen.", place=place)


def xml_fault(code: int) -> str:
    """What the parser says, in Swedish."""
    if code in _TRUNCATED or code == _OPEN_CDATA:
        return "det är tomt eller slutar mitt i"
    return _FAULTS.get(code, "texten följer inte reglerna för XML")
