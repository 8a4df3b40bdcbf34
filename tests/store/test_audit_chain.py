"""What was logged stays as it was, and it shows if it does not."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import TYPE_CHECKING, Any

import apsw
import pytest

from adapter.ports import Criterion, Query
from adapter.store import open_store

if TYPE_CHECKING:
    from collections.abc import Callable

    from adapter.ports import Arrival, Store

    Post = Callable[..., Arrival]


def event(id_: str) -> dict[str, Any]:
    """An AuditEvent of a read."""
    patient = {"what": {"reference": "Patient/p1"}}
    return {"resourceType": "AuditEvent", "id": id_, "meta": {}, "outcome": "0", "entity": [patient]}


def newest(_: dict[str, Any], said: dict[str, Any]) -> dict[str, Any]:
    """The last one to speak is right."""
    return said


async def test_what_is_logged_can_be_read_and_searched(store: Store) -> None:
    """Events that no message brought are AuditEvents like the others."""
    await asyncio.gather(*(store.log([event(f"a{n}")]) for n in range(20)))
    row = await store.read("AuditEvent", "a7")
    assert row is not None
    about = Criterion(param="patient", kind="reference", values=("Patient/p1",))
    page = await store.search(Query(type="AuditEvent", criteria=(about,), count=50))
    assert {row.id for row in page.matches} == {f"a{n}" for n in range(20)}


async def test_the_chain_holds_for_messages_and_reads_together(store: Store, post: Post) -> None:
    """Whatever is logged in whatever order, nothing is missing and nothing was changed."""
    for n in range(5):
        audit = {**event(f"m{n}"), "meta": {}}
        await store.keep(post({"resourceType": "CarePlan", "id": f"p{n}", "meta": {}}, audit=audit))
        await store.log([event(f"r{n}"), event(f"s{n}")])
    assert list(await store.unlinked()) == []


async def logged(path: Path) -> list[str]:
    """The links of a file that do not hold."""
    store = await open_store(f"sqlite:///{path}", newest)
    try:
        return list(await store.unlinked())
    finally:
        await store.close()


@pytest.mark.parametrize(
    "deed",
    [
        "DELETE FROM audit_chain WHERE number = 4",
        "UPDATE audit_chain SET number = number + 1 WHERE number = 9",
        "DELETE FROM resource WHERE type = 'AuditEvent' AND id = 'a3'",
        "UPDATE resource SET pack = (SELECT pack FROM resource WHERE id = 'a1') WHERE id = 'a3'",
        "UPDATE audit_chain SET id = 'a1' WHERE number = 4",
    ],
)
async def test_a_log_that_was_changed_tells_so(tmp_path: Path, deed: str) -> None:
    """One who can write to the file itself leaves a trace: a link that no longer holds."""
    path = tmp_path / "overens.db"
    store = await open_store(f"sqlite:///{path}", newest)
    for n in range(9):
        await store.log([event(f"a{n}")])
    assert list(await store.unlinked()) == []
    await store.close()
    connection = apsw.Connection(str(path))
    connection.execute("DROP TRIGGER audit_chain_stays; DROP TRIGGER audit_chain_stays_as_it_is")
    connection.execute(deed)
    connection.close()
    assert await logged(path)


async def test_the_chain_is_only_added_to(tmp_path: Path) -> None:
    """The database itself refuses to change or drop a link."""
    path = tmp_path / "overens.db"
    store = await open_store(f"sqlite:///{path}", newest)
    await store.log([event("a1")])
    await store.close()
    connection = apsw.Connection(str(path))
    for deed in ("DELETE FROM audit_chain", "UPDATE audit_chain SET hash = x''"):
        with pytest.raises(apsw.ConstraintError, match="only added to"):
            connection.execute(deed)
    connection.close()
