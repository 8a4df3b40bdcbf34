"""Probes with the verdicts of HL7's validator, kept as data in ``probes/`` to ask without it.

Each file: ``definitions``, and ``probes`` as [name, resource or text, profile,
whether HL7's validator has an error, and why ours has another verdict (when it does)].
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

Json = dict[str, Any]
FOLDER = Path(__file__).parent / "probes"


@dataclass(frozen=True)
class Recorded:
    """A probe as it was asked, what HL7's validator said, and the reason when we say otherwise."""

    file: str
    name: str
    text: str
    profile: str | None
    error: bool
    reason: str = ""

    @property
    def is_faulty(self) -> bool:
        """Whether ours must find an error."""
        return self.error is (not self.reason)


def files() -> list[Path]:
    """The files of recorded probes."""
    return sorted(FOLDER.glob("*.json"))


def definitions(file: Path) -> list[Json]:
    """The profiles and value sets that the probes of a file need."""
    found: list[Json] = json.loads(file.read_text(encoding="utf-8"))["definitions"]
    return found


def recorded(file: Path) -> Iterator[Recorded]:
    """The probes of a file."""
    for name, resource, profile, error, *reason in json.loads(file.read_text(encoding="utf-8"))["probes"]:
        text = resource if isinstance(resource, str) else json.dumps(resource, ensure_ascii=False)
        yield Recorded(file.stem, name, text, profile, error, *reason)
