"""What is known already of that which a message speaks of: read from the store, given to the decision.

A decision asks for it by keys (``needs``): ``thread:<id>`` is the thread that a message with that id belongs
to (or a ServiceRequest or a Task), ``Type/<id>`` one resource. What was asked for and is not there is known
not to be there.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import field
from typing import Any

from adapter.frozen import dataclass

Json = dict[str, Any]
THREAD = "thread:"


@dataclass(frozen=True, slots=True, kw_only=True)
class Known:
    """Resources as they are served, with ``meta.versionId``."""

    threads: Mapping[str, tuple[Json, ...]] = field(default_factory=dict)  # by key; empty: there is none
    resources: Mapping[str, Json | None] = field(default_factory=dict)  # by ``Type/<id>``

    @property
    def asked(self) -> frozenset[str]:
        """The keys that have their answer."""
        return frozenset(self.threads) | frozenset(self.resources)

    def version(self, reference: str) -> int:
        """The current version of a resource; 0 when there is none, or none was asked for."""
        found = self.resources.get(reference)
        return version_of(found) if found else 0


def version_of(resource: Json) -> int:
    """The version that a served resource says it is."""
    return int(resource.get("meta", {}).get("versionId", "0"))
