"""Bytes to text, or a refusal that names the character encoding they seem to be in.

RFC 8259 §8.1: JSON is UTF-8. XML 1.0 §4.3.3 and appendix F: the BOM and the declaration must agree.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from adapter.wire.refusal import line_and_column, refusal

if TYPE_CHECKING:
    from adapter.errors import Unparsable

_BOMS = (
    (b"\xff\xfe\x00\x00", "UTF-32"),
    (b"\x00\x00\xfe\xff", "UTF-32"),
    (b"\xff\xfe", "UTF-16"),
    (b"\xfe\xff", "UTF-16"),
)
_UTF8_BOM = b"\xef\xbb\xbf"
_DECLARED = re.compile(rb"""<\?xml\s[^>]{0,200}?encoding\s*=\s*["']([A-Za-z][A-Za-z0-9._-]{0,40})["']""")
_CODECS = {
    "utf-8": "utf-8",
    "utf8": "utf-8",
    "us-ascii": "ascii",
    "ascii": "ascii",
    "iso-8859-1": "latin-1",
    "iso8859-1": "latin-1",
    "latin1": "latin-1",
    "latin-1": "latin-1",
    "windows-1252": "cp1252",
    "cp1252": "cp1252",
    "utf-16": "utf-16",
}
_C1 = re.compile("[\x80-\x9f]")
_SAVE_AS_UTF8 = "Spara och skicka meddelandet som UTF-8."


def utf8_text(raw: bytes, at: str) -> str:
    """The text of UTF-8 bytes, with or without a BOM; refuses all else as ``wrong-charset``."""
    body = raw[3:] if raw.startswith(_UTF8_BOM) else raw
    try:
        text = body.decode("utf-8")
    except UnicodeDecodeError as problem:
        raise _not_utf8(body, problem.start, at) from None
    if "\0" in text[:2]:
        raise _refuse(f"Meddelandet är kodat som {_likely(body)}, inte UTF-8.", at)
    return text


def xml_text(raw: bytes, at: str) -> str:
    """The text of an XML document in UTF-8, UTF-16 with BOM, ISO-8859-1 or Windows-1252 as it declares."""
    if raw.startswith(_UTF8_BOM):
        _must_agree(_declared(raw[3:240]), "utf-8", at)
        return utf8_text(raw, at)
    if raw.startswith((b"\xff\xfe", b"\xfe\xff")) and _likely(raw) == "UTF-16":
        return _utf16_text(raw, at)
    name = _declared(raw[:240])
    codec = _CODECS.get(name)
    if codec is None:
        raise _refuse(f"Teckenkodningen {name.upper()} tas inte emot.", at)
    likely = "UTF-16" if codec == "utf-16" else _likely(raw)
    if likely != "ISO-8859-1":
        raise _refuse(f"Meddelandet verkar vara kodat som {likely} utan byteordningsmärke (BOM).", at)
    return utf8_text(raw, at) if codec in {"utf-8", "ascii"} else single_byte_text(raw, codec, name, at)


def _declared(start: bytes) -> str:
    found = _DECLARED.match(start)
    return found[1].decode("ascii").lower() if found else "utf-8"


def _utf16_text(raw: bytes, at: str) -> str:
    try:
        text = raw.decode("utf-16")
    except UnicodeDecodeError:
        raise _refuse("Meddelandet börjar som UTF-16 men är avbrutet eller skadat.", at) from None
    found = _DECLARED.match(text[:240].encode("ascii", "replace"))
    _must_agree(found[1].decode("ascii").lower() if found else "utf-16", "utf-16", at)
    return text


def single_byte_text(raw: bytes, codec: str, name: str, at: str) -> str:
    """The text of bytes in a one-byte charset that the message calls ``name``.

    ISO-8859-1 fits any bytes, so what is UTF-8 or Windows-1252 in truth must be seen here.
    """
    if raw.isascii():
        return raw.decode("ascii")
    try:
        raw.decode("utf-8")
    except UnicodeDecodeError:
        pass
    else:
        raise _refuse(f"Meddelandet säger {name.upper()} men är kodat som UTF-8.", at)
    try:
        text = raw.decode(codec)
    except UnicodeDecodeError as problem:
        place = line_and_column(raw.decode("latin-1"), problem.start)
        what = f"Byten 0x{raw[problem.start]:02X} finns inte i {name.upper()}."
        raise refusal("wrong-charset", at, f"{what} {_SAVE_AS_UTF8}", place=place) from None
    control = _C1.search(text)
    if control:
        place = line_and_column(text, control.start())
        what = f"Meddelandet säger {name.upper()} men verkar vara kodat som Windows-1252."
        raise refusal("wrong-charset", at, f"{what} {_SAVE_AS_UTF8}", place=place)
    return text


def _must_agree(declared: str, found: str, at: str) -> None:
    if _CODECS.get(declared) != found:
        what = f"Meddelandet säger {declared.upper()} men är kodat som {found.upper()}."
        raise _refuse(what, at)


def _not_utf8(body: bytes, start: int, at: str) -> Unparsable:
    """The place is counted as if each byte were a character from there: good enough to find it."""
    likely = _likely(body)
    if likely != "ISO-8859-1":
        return _refuse(f"Meddelandet är kodat som {likely}, inte UTF-8.", at)
    place = line_and_column(body[:start].decode("utf-8", "replace"), len(body[:start].decode("utf-8")))
    what = f"Byten 0x{body[start]:02X} är inte UTF-8; meddelandet kan vara kodat som ISO-8859-1 (Latin-1)."
    return refusal("wrong-charset", at, f"{what} {_SAVE_AS_UTF8}", place=place)


def _likely(raw: bytes) -> str:
    """The name of the encoding that the first bytes show."""
    for bom, name in _BOMS:
        if raw.startswith(bom):
            return name
    if raw.startswith(b"\x4c\x6f\xa7\x94"):
        return "EBCDIC"
    if 0 in raw[:2]:
        return "UTF-32" if b"\0\0" in raw[:4] else "UTF-16"
    return "ISO-8859-1"


def _refuse(what: str, at: str) -> Unparsable:
    return refusal("wrong-charset", at, f"{what} {_SAVE_AS_UTF8}")
