"""What MSH says of a message: its signs, its charset, who sends it and how it wants to be answered.

HL7 v2.5.1 §2.15.9. Read from the bytes alone, and leniently: also a message that cannot be taken is to be
answered. Texts are as they stand on the wire, escapes and all, so that an answer repeats them unchanged.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

_SIGNS = re.compile(r"[!-/:-@[-`{-~]{4,5}")  # printable, neither letter nor digit
_FIELD_SIGN = re.compile(r"[!-/:-@[-`{-~]")
_START = b"\x0b\r\n\t "
_BOM = b"\xef\xbb\xbf"
_MOST_HEADER = 10_000  # bytes; a longer MSH is no MSH
_LONGEST_SIGNS = 5
CODECS = {
    "": "utf-8",
    "UNICODE UTF-8": "utf-8",
    "UTF-8": "utf-8",  # not in table 0211, and common
    "ASCII": "ascii",
    "8859/1": "latin-1",
    **{f"8859/{part}": f"iso8859-{part}" for part in (2, 3, 4, 5, 6, 7, 8, 9, 15)},
}


@dataclass(frozen=True, slots=True)
class Signs:
    """The signs that part a message: MSH-1 and MSH-2."""

    field: str = "|"
    component: str = "^"
    repetition: str = "~"
    escape: str = "\\"
    subcomponent: str = "&"

    @property
    def together(self) -> str:
        """MSH-2."""
        return self.component + self.repetition + self.escape + self.subcomponent


STANDARD = Signs()
NULL = '""'  # a value to be deleted (§2.5.3)


@dataclass(frozen=True, slots=True)
class Header:
    """MSH as it stands: ``texts[n]`` is MSH-n, empty when it is not sent."""

    signs: Signs
    texts: tuple[str, ...]

    def field(self, number: int) -> str:
        """MSH-number as sent."""
        return self.texts[number] if number < len(self.texts) else ""

    def component(self, number: int, part: int) -> str:
        """One component (counted from 1) of the first repetition of MSH-number."""
        parts = self.field(number).split(self.signs.repetition)[0].split(self.signs.component)
        return parts[part - 1] if part <= len(parts) else ""

    @property
    def message_type(self) -> str:
        """MSH-9.1, such as REF, SIU or ACK."""
        return self.component(9, 1)

    @property
    def event(self) -> str:
        """MSH-9.2, such as I12 or S12."""
        return self.component(9, 2)

    @property
    def control_id(self) -> str:
        """MSH-10, which the answer repeats in MSA-2."""
        return self.field(10)

    @property
    def version(self) -> str:
        """MSH-12.1; the standard calls a message without it unreadable, we do not."""
        return self.component(12, 1)

    @property
    def accept_wanted(self) -> str:
        """MSH-15: when receipt is to be acknowledged (AL, NE, ER, SU); empty in original mode."""
        return self.field(15)

    @property
    def application_wanted(self) -> str:
        """MSH-16: when the result is to be acknowledged (AL, NE, ER, SU); empty in original mode."""
        return self.field(16)

    @property
    def is_enhanced(self) -> bool:
        """Whether the sender asks for enhanced acknowledgement (§2.9.3)."""
        return bool(self.accept_wanted or self.application_wanted)

    @property
    def charset(self) -> str:
        """The first charset of MSH-18, in capitals; it is the one that the message begins in."""
        return self.component(18, 1).strip().upper()

    @property
    def identity(self) -> str:
        """MSH-3, MSH-4 and MSH-10 together: what makes it the same message. Empty without MSH-10."""
        if not self.control_id.strip():
            return ""
        return f"{self.station}|{self._standard(self.field(10))}"

    @property
    def station(self) -> str:
        """MSH-3 and MSH-4 together: which system sends."""
        return "|".join(self._standard(self.field(number)) for number in (3, 4))

    def _standard(self, text: str) -> str:
        """A field as it is written with the usual signs; what is not parted reads the same."""
        ours = str.maketrans(self.signs.together + self.signs.field, STANDARD.together + STANDARD.field)
        return text.translate(ours)


def stripped(raw: bytes) -> bytes:
    """The message without byte order mark, frame or blank lines around it."""
    return raw.lstrip(_START).removeprefix(_BOM).rstrip(b"\x1c\r\n")


def read_header(raw: bytes) -> Header | None:
    """The header of a message; None when the bytes do not begin as one (MSH and five signs)."""
    line = re.split(rb"[\r\n]", stripped(raw[:_MOST_HEADER]), maxsplit=1)[0]
    text = line.decode("utf-8", "replace") if _is_utf8(line) else line.decode("latin-1")
    if not text.startswith("MSH"):
        return None
    field = text[3:4]
    together, *texts = text[4:].split(field) if field else [""]
    if not _FIELD_SIGN.fullmatch(field) or not _SIGNS.fullmatch(together):
        return None
    if len(set(field + together)) != 1 + len(together):
        return None
    return Header(Signs(field, *together[:4]), ("", field, together, *texts))


def codec_of(header: Header) -> str | None:
    """Python's name of the message's charset; None when it is one that is not taken."""
    return CODECS.get(header.charset)


def _is_utf8(line: bytes) -> bool:
    try:
        line.decode("utf-8")
    except UnicodeDecodeError:
        return False
    return True
