"""Ids of what is made here: UUIDs that begin with the time (version 7, https://www.rfc-editor.org/rfc/rfc9562).

What is made at one time so lies together in every index of ids: a transaction writes a few pages of each and
not one a row, however large the store.
"""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

from adapter.fhir.search_dates import to_milliseconds

if TYPE_CHECKING:
    from datetime import datetime


def fresh_id(now: datetime) -> str:
    """The id of something that is made now."""
    at = to_milliseconds(now).to_bytes(6)
    by_chance = int.from_bytes(os.urandom(10))
    text = f"{at.hex()}{by_chance & ~(0xF << 76 | 0x3 << 62) | 0x7 << 76 | 0x2 << 62:020x}"
    return f"{text[:8]}-{text[8:12]}-{text[12:16]}-{text[16:20]}-{text[20:]}"
