"""Where resources lead, remembered: a portal asks for the same plan again, and to read it anew takes longest.

Only names (``Type/id``) are kept, no word of a resource; a version never leads elsewhere than it did.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

import orjson

from adapter.fhir.search_index import references
from adapter.ports import Row

Targets = tuple[tuple[str, ...], ...]  # of each parameter asked for

MOST: Final = 8_192  # versions remembered; then it begins anew
LONGEST: Final = 4_000  # characters that one of them may lead to


class Led:
    """The memory of one store."""

    __slots__ = ("_known",)

    def __init__(self) -> None:
        self._known: dict[tuple[object, ...], Targets] = {}

    def targets(self, row: Row, params: Sequence[str]) -> Targets:
        """Where a row leads by each of some reference parameters; ``row`` is as it is kept."""
        key = (row.type, row.id, row.version, row.last_updated, *params)
        known = self._known.get(key)
        if known is None:
            resource = orjson.loads(row.body)
            known = tuple([references(resource, param) for param in params])
            self._remember(key, known)
        return known

    def _remember(self, key: tuple[object, ...], targets: Targets) -> None:
        if sum(len(name) for names in targets for name in names) > LONGEST:
            return
        if len(self._known) >= MOST:
            self._known.clear()
        self._known[key] = targets
