"""Where a value came from: every record carries the places its fields were read at.

``origins`` maps a field's name to a place in the sender's message; the empty name stands for the
record as a whole. It never takes part in comparison: two records that say the same are equal
wherever they were read. The places become the source map (FHIR element to message).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import field

from adapter.frozen import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Traced:
    """A record that knows the places its fields were read at."""

    origins: Mapping[str, str] = field(default_factory=dict, compare=False, repr=False)

    def origin(self, name: str = "") -> str:
        """The place of one field, else the record's own place, else the empty string."""
        return self.origins.get(name) or self.origins.get("", "")
