"""If-Match: a write that knows which version it changes.

https://hl7.org/fhir/R4/http.html#concurrency
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from adapter.rest.outcome import Problem

if TYPE_CHECKING:
    from adapter.ports import Row

_TAG = re.compile(r'(?:W/)?"?(\d{1,9})"?')

NEEDED = Problem(
    428,
    "required",
    'If-Match saknas. Läs resursen, och skicka versionen i dess ETag som If-Match: W/"1".',
)


def check_if_match(if_match: str, row: Row) -> None:
    """Problem 412 when the caller means another version than the current one, 400 when it means none."""
    if not if_match or if_match.strip() == "*":
        return
    tags = [_TAG.fullmatch(part.strip()) for part in if_match.split(",")]
    if not all(tags):
        what = 'If-Match går inte att läsa. Skriv den som W/"1", med versionen ur resursens ETag.'
        raise Problem(400, "invalid", what)
    if row.version not in {int(tag[1]) for tag in tags if tag}:
        what = "Resursen har ändrats sedan den lästes. Läs den igen, gör om ändringen och skicka den på nytt."
        raise Problem(412, "conflict", what, headers={"ETag": f'W/"{row.version}"'})
