"""Read from the store what a decision asks for: threads by their messages' ids, resources by reference."""

from __future__ import annotations

from typing import TYPE_CHECKING

import orjson

from adapter.known import THREAD, Known
from adapter.ports import Criterion, Query

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from adapter.known import Json
    from adapter.ports import Row, Store

MOST = 500  # resources of one kind in one thread; a thread of more would be a fault
_OF_A_REQUEST = ("Task", "Communication", "Appointment", "ServiceRequest")


async def load(store: Store, needs: Iterable[str]) -> Known:
    """Everything that is asked for, as it is now. Raises ``StoreUnavailable``."""
    threads: dict[str, tuple[Json, ...]] = {}
    resources: dict[str, Json | None] = {}
    for need in sorted(needs):
        if need.startswith(THREAD):
            threads[need] = await _thread(store, need.removeprefix(THREAD))
        else:
            resources[need] = await _read(store, need)
    return Known(threads=threads, resources=resources)


async def _thread(store: Store, key: str) -> tuple[Json, ...]:
    """The requests that a message id leads to, with all that is based on them, and the parties of it."""
    found: dict[str, Json] = {}
    for type_ in ("Communication", "ServiceRequest", "Appointment"):
        await _add(found, store, type_, Criterion(param="identifier", kind="token", values=((None, key),)))
    if key.startswith("Task/") and (task := await _read(store, key)):
        found[key] = task
    requests = {name for resource in found.values() for name in _requests(resource)}
    for request in sorted(requests):
        resource = await _read(store, request)
        if resource:
            found[request] = resource
        based_on = Criterion(param="based-on", kind="reference", values=(request,))
        for type_ in _OF_A_REQUEST:
            await _add(found, store, type_, based_on)
    for _ in range(2):  # who takes part; then the organisations of their roles
        parties = {party for resource in found.values() for party in _parties(resource)} - found.keys()
        for party in sorted(parties):
            if resource := await _read(store, party):
                found[party] = resource
    return tuple(found.values())


async def _add(found: dict[str, Json], store: Store, type_: str, criterion: Criterion) -> None:
    page = await store.search(Query(type=type_, criteria=(criterion,), count=MOST))
    for row in page.matches:
        found[f"{row.type}/{row.id}"] = _json(row)


async def _read(store: Store, reference: str) -> Json | None:
    type_, _, id_ = reference.partition("/")
    row = await store.read(type_, id_)
    return _json(row) if row else None


def _json(row: Row) -> Json:
    resource: Json = orjson.loads(row.body)
    return resource


def _requests(resource: Json) -> Iterator[str]:
    if resource["resourceType"] == "ServiceRequest":
        yield f"ServiceRequest/{resource['id']}"
    for based_on in resource.get("basedOn", ()):
        if based_on.get("reference", "").startswith("ServiceRequest/"):
            yield based_on["reference"]


def _parties(resource: Json) -> Iterator[str]:
    for name in ("subject", "requester", "owner", "sender", "organization", "practitioner", "partOf"):
        if isinstance(resource.get(name), dict):
            yield from _known_by(resource[name])
    for recipient in resource.get("recipient", ()):
        yield from _known_by(recipient)


def _known_by(party: Json) -> Iterator[str]:
    target: str = party.get("reference", "")
    if target.partition("/")[0] in {"Patient", "Organization", "PractitionerRole", "Practitioner"}:
        yield target
