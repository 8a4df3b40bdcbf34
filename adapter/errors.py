"""Exceptions that stop: a message that cannot be read, a mapping or a setting that is wrong.

OverensError
├── Unparsable        the bytes are not a message; carries the finding to answer with
├── MappingError      a mistake in our own mapping files; carries file and line; stops the start
└── SettingError      a setting is wrong or missing; stops the start
"""

from __future__ import annotations

from adapter.findings import Finding


class OverensError(Exception):
    """The root of what we raise on purpose."""


class Unparsable(OverensError):
    """The bytes cannot be read as what they claim to be."""

    def __init__(self, finding: Finding) -> None:
        super().__init__(finding.code)
        self.finding = finding


class MappingError(OverensError):
    """A mistake in a mapping file: ``se.cosmic.journal-notes/note.yaml:14: …``."""


class SettingError(OverensError):
    """A setting that the program cannot start with; says which, why and what to do."""
