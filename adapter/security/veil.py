"""The veil over rows about people whose identity is protected: laid by every judge but the one who lets all
through.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import orjson

from adapter.fhir.people_of import is_protected
from adapter.fhir.whereabouts import without_whereabouts
from adapter.frozen import replace
from adapter.security.compartment import patients_of

if TYPE_CHECKING:
    from adapter.ports import Row, Store

Json = dict[str, Any]


class Veil:
    """For one request: each Patient that rows are about is read once, in its current version.

    ``has_files``: files whose words cannot be read stay in what is seen.
    """

    def __init__(self, store: Store, *, has_files: bool) -> None:
        self._store = store
        self._has_files = has_files
        self._people: dict[str, Json] = {}

    async def over(self, row: Row, kept: Json, left: Json) -> Row:
        """The row as it is seen: ``kept`` is its body, ``left`` what the caller may see of that otherwise."""
        person = await self._protected(kept)
        if person is not None:
            left = without_whereabouts(left, person, has_files=self._has_files)
        return row if left == kept else replace(row, body=orjson.dumps(left))

    async def _protected(self, resource: Json) -> Json | None:
        """The protected Patient that it is about; empty when only the resource itself says that it is."""
        for id_ in sorted(patients_of(resource)):
            if is_protected(person := await self._person(id_)):
                return person
        return {} if is_protected(resource) else None

    async def _person(self, id_: str) -> Json:
        known = self._people.get(id_)
        if known is None:
            row = await self._store.read("Patient", id_)
            known = self._people[id_] = orjson.loads(row.body) if row else {}
        return known
