"""Open the store that a database URL names."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

from adapter.errors import SettingError
from adapter.ports import Desk

Json = dict[str, Any]
Merge = Callable[[Json, Json], Json]
Now = Callable[[], datetime]


def _utc_now() -> datetime:
    return datetime.now(UTC)


async def open_store(url: str, merge: Merge, *, now: Now = _utc_now, is_beside: bool = False) -> Desk:
    """Open, migrate and return the store at ``url``.

    ``sqlite:///path`` (four slashes for an absolute path), ``postgresql://…`` or ``memory://``. ``merge``
    joins the current version of a shared resource with a new one; ``now`` gives ``meta.lastUpdated``. With
    ``is_beside`` a file is opened beside the process that writes to it: nothing can be kept then.

    Raises SettingError when the URL, the database's version or its schema is wrong, or when another
    process already writes to the same file; StoreUnavailable when the database cannot be reached.
    """
    scheme, _, rest = url.partition("://")
    if scheme == "memory":
        from adapter.store.memory import MemoryStore  # noqa: PLC0415 - only the driver that is used is loaded

        return MemoryStore(merge, now=now)
    if scheme == "sqlite" and rest.startswith("/") and len(rest) > 1:
        from adapter.store.sqlite import SqliteStore  # noqa: PLC0415 - as above

        opening = SqliteStore.open_beside if is_beside else SqliteStore.open
        return await opening(rest[1:], merge, now=now)
    if scheme in {"postgresql", "postgres"}:
        from adapter.store.postgres import PostgresStore  # noqa: PLC0415 - as above

        return await PostgresStore.open(url, merge, now=now)
    raise SettingError(
        "OVERENS_DATABASE_URL är ingen databas som Överens känner till. Skriv sqlite:///overens.db, "
        "sqlite:////var/lib/overens.db eller postgresql://användare@dator/databas."
    )
