r"""Escapes of ER7 (HL7 v2.5.1 §2.7): ``\F\`` and its kin to text, and back.

Formatting commands become lines and spaces, highlighting is left out, and what cannot be read (local
escapes, other character sets, bytes that are no text) stays as it stands, so that nothing is lost.
"""

from __future__ import annotations

import re

from adapter.wire.hl7v2_header import STANDARD, Signs

CONTROL = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f]")
_LINES = re.compile(r"\r\n?|\n")
_HEX = re.compile(r"X((?:[0-9A-Fa-f]{2})+)")
_COMMAND = re.compile(r"\.(br|sp|fi|nf|in|ti|sk|ce)\s*([+-]?[0-9]{1,3})?", re.IGNORECASE)
_NO_TEXT = frozenset({"H", "N", ".fi", ".nf", ".in", ".ti"})
_MOST = 100  # lines or spaces that one command may ask for


class Controlled(ValueError):
    """An escape stands for a control character: it could break whatever it is put into."""


def unescaped(text: str, signs: Signs, codec: str) -> tuple[str, bool]:
    """The text meant, and whether every escape in it could be read. Raises Controlled."""
    parts = text.split(signs.escape)
    found = [parts[0]]
    is_read = True
    at = 1
    while at < len(parts):
        meant = _meant(parts[at], signs, codec) if at + 1 < len(parts) else None
        if meant is None:  # no escape, or not ours to read: the sign stands for itself
            is_read = False
            found.append(signs.escape + parts[at])
            at += 1
            continue
        found += [meant, parts[at + 1]]
        at += 2
    return "".join(found), is_read


def escaped(text: str) -> str:
    r"""The text as it stands between the standard signs; its lines become ``\.br\``."""
    if text.isalnum():
        return text
    return _LINES.sub(r"\\.br\\", text.translate(_WRITTEN))


_WRITTEN = str.maketrans(
    {
        STANDARD.escape: "\\E\\",
        STANDARD.field: "\\F\\",
        STANDARD.component: "\\S\\",
        STANDARD.subcomponent: "\\T\\",
        STANDARD.repetition: "\\R\\",
        **{chr(sign): f"\\X{sign:02X}\\" for sign in range(32) if chr(sign) not in "\t\r\n"},
    }
)


def _meant(name: str, signs: Signs, codec: str) -> str | None:
    """What stands between two escape signs, or None when it is no escape that we read."""
    plain = {
        "F": signs.field,
        "S": signs.component,
        "T": signs.subcomponent,
        "R": signs.repetition,
        "E": signs.escape,
        "P": "#",  # truncation, 2.7
    }.get(name)
    if plain is not None:
        return plain
    if name in _NO_TEXT:
        return ""
    if found := _HEX.fullmatch(name):
        return _of_bytes(bytes.fromhex(found[1]), codec)
    if found := _COMMAND.fullmatch(name):
        return _commanded(found[1].lower(), min(abs(int(found[2] or 1)), _MOST))
    return None


def _of_bytes(octets: bytes, codec: str) -> str | None:
    try:
        text = _LINES.sub("\n", octets.decode(codec))
    except UnicodeDecodeError:
        return None
    if CONTROL.search(text):
        raise Controlled
    return text


def _commanded(command: str, count: int) -> str:
    if command in {"br", "ce"}:
        return "\n"
    if command == "sp":
        return "\n" * max(count, 1)
    return " " * count if command == "sk" else ""
