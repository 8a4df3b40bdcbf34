"""What the commands say: sentences on stderr, in Swedish; the result alone goes to stdout."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

from adapter.errors import OverensError

if TYPE_CHECKING:
    from adapter.findings import Finding

WRONG_USE = 2
PARKED = 3

_WEIGHT = {"error": "FEL", "warning": "varning", "information": "upplysning"}


class WrongUse(OverensError):
    """The command cannot do what was asked; the sentence says what to do instead."""


def tell(sentence: str) -> None:
    """One line on stderr."""
    sys.stderr.write(f"{sentence}\n")


def wrong_use(sentence: str) -> int:
    """Say what was wrong with the command, and give its exit code."""
    tell(f"overens: {sentence}")
    return WRONG_USE


def finding_text(finding: Finding) -> str:
    """``12:5 Överenskommelse > Fast vårdkontakt: varning: … [code]``; the value on a line of its own."""
    place = f"{finding.line}:{finding.column} " if finding.line else ""
    where = finding.keyword or finding.where
    head = f"{place}{where}: " if place or where else ""
    value = f"\n    värde: {finding.value}" if finding.value else ""
    return f"{head}{_WEIGHT[finding.severity.value]}: {finding.what} [{finding.code}]{value}"
