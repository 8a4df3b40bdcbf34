"""The composition root: settings become a store, sources and an application. Nothing else builds them."""

from __future__ import annotations

from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import timedelta
from functools import partial
from typing import TYPE_CHECKING

from adapter.configured import (
    SystemClock,
    access,
    mllp_tls,
    output_check,
    own_version,
    policy_of,
    receivers_of,
    validator,
)
from adapter.events import OURS, Taking
from adapter.fhir import merge
from adapter.fhir.task_refusal import task_refusal
from adapter.fhir_messages import NAME as FHIR_MESSAGE
from adapter.fhir_messages import fhir_message_source
from adapter.letters import OURSELVES, Patience
from adapter.listen import ClientLimits, Intake, MllpLimits, MllpListener, sources_by_type
from adapter.rest.app import application
from adapter.rest.messages import received
from adapter.rest.served import Served
from adapter.send.delivery import Delivery
from adapter.send.notification import NotificationSender
from adapter.send.notifying import Notifying
from adapter.send.ourselves import Ourselves
from adapter.send.receivers import Http, Receivers
from adapter.send.senders import senders_of
from adapter.sources import load_sources, recognise
from adapter.store import open_store
from adapter.subscribing import NOTIFYING

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Mapping, Sequence
    from socket import socket

    from starlette.types import ASGIApp

    from adapter.pipeline import Source
    from adapter.ports import Clock, Sender, Store
    from adapter.rest.decider import Decider
    from adapter.security.callers import Caller
    from adapter.security.guarded import GuardedStore
    from adapter.settings import Settings

GRACE_SECONDS = 10.0  # for MLLP messages under way when the server is told to stop


@dataclass(frozen=True, slots=True, kw_only=True)
class Running:
    """What the shell works with while it is up."""

    store: Store
    app: ASGIApp


@asynccontextmanager
async def running(
    settings: Settings,
    sources: Mapping[str, Source] | None = None,
    deciders: Sequence[Decider] = (),
    mllp: socket | None = None,
) -> AsyncIterator[Running]:
    """Everything the settings ask for, open; closed when the caller is done.

    ``deciders`` were forked before, with the same ``sources``. ``mllp`` is bound and takes HL7 v2.
    """
    clock = SystemClock()
    sources = sources or all_sources()
    store = await open_store(settings.database_url, merge)
    try:
        for decider in deciders:
            await decider.connect()
        served = Served(
            store=store,
            sources=sources,
            clock=clock,
            version=own_version(),
            started_at=clock.now(),
            public_url=settings.public_url,
            max_body_bytes=settings.max_body_bytes,
            body_timeout_seconds=settings.body_timeout_seconds,
            most_at_once=settings.most_at_once,
            requests_per_second=settings.requests_per_second,
            page_size=settings.page_size,
            max_page_size=settings.max_page_size,
            deciders=deciders,
            validator=validator,
            recognise=recognise,
            refuse=partial(task_refusal, is_open=not settings.token_issuer),
            check=output_check(settings),
            policy=policy_of(settings, sources),
            endpoints=receivers_of(settings).endpoints,
            access=access(settings, clock),
        )
        async with delivering(settings, store, sources), listening(settings, served, mllp):
            yield Running(store=store, app=application(served))
    finally:
        await store.close()
        for decider in deciders:
            await decider.stop()


@asynccontextmanager
async def listening(settings: Settings, served: Served, mllp: socket | None) -> AsyncIterator[None]:
    """HL7 v2 is taken on a bound socket; messages under way are answered before anything is closed."""
    if mllp is None:
        yield
        return
    limits = MllpLimits(
        max_bytes=settings.max_body_bytes,
        idle_seconds=settings.mllp_idle_seconds,
        receive_seconds=settings.mllp_receive_seconds,
        connections=settings.mllp_connections,
        client=ClientLimits(
            connections=settings.mllp_client_connections,
            messages_per_second=settings.mllp_client_messages_per_second,
            bytes_per_second=settings.mllp_client_bytes_per_second,
        ),
    )
    intake = Intake(
        sources=sources_by_type(served.sources),
        receive=partial(received, served=served),
        clock=served.clock,
    )
    bound_to = {name: frozenset(stations.split()) for name, stations in settings.mllp_clients.items()}
    listener = MllpListener(intake, limits, bound_to)
    await listener.start(mllp, mllp_tls(settings))
    try:
        yield
    finally:
        await listener.stop(GRACE_SECONDS)


@asynccontextmanager
async def working(settings: Settings) -> AsyncIterator[Store]:
    """A store whose letters are sent by this process, and nothing else."""
    sources = all_sources()
    store = await open_store(settings.database_url, merge)
    try:
        async with delivering(settings, store, sources):
            yield store
    finally:
        await store.close()


@asynccontextmanager
async def delivering(settings: Settings, store: Store, sources: Mapping[str, Source]) -> AsyncIterator[None]:
    """Letters are sent as the settings say; what is under way ends before the store is closed."""
    if not settings.workers:
        yield
        return
    delivery = Delivery(
        store.outbox,
        senders_for(settings, store, sources),
        patience=Patience(
            base=timedelta(seconds=settings.retry_base_seconds),
            cap=timedelta(seconds=settings.retry_cap_seconds),
            window=timedelta(hours=settings.retry_window_hours),
        ),
        at_once=settings.workers,
    )
    delivery.start()
    try:
        yield
    finally:
        await delivery.stop()


def senders_for(settings: Settings, store: Store, sources: Mapping[str, Source]) -> dict[str, Sender]:
    """The way to each receiver, and back to ourselves."""
    clock = SystemClock()
    receivers = receivers_of(settings)
    senders = senders_of(receivers, clock)
    if receivers.endpoints:
        senders |= notifying(settings, store, clock, receivers)
    if OURS in sources:
        taking = Taking(
            sources=sources,
            store=store,
            clock=clock,
            check=output_check(settings),
            policy=policy_of(settings, sources),
        )
        senders[OURSELVES] = Ourselves(taking.take)
    return senders


def notifying(settings: Settings, store: Store, clock: Clock, receivers: Receivers) -> dict[str, Sender]:
    """Changes become events, judged as their subscriber's own reading; and the way to each endpoint."""
    known = access(settings, clock)

    def view(who: Caller) -> Store | GuardedStore:
        return known.view(store, who) if known else store

    senders: dict[str, Sender] = {NOTIFYING: Notifying(store, clock, view)}
    for name in receivers.endpoints.values():
        way = receivers.by_name[name].way
        if isinstance(way, Http):
            senders[name] = NotificationSender(way, clock, store)
    return senders


def all_sources() -> dict[str, Source]:
    """Those of the mappings, and FHIR, which needs none."""
    mapped = load_sources()
    vocabulary = next(iter(mapped.values())).vocabulary
    return {**mapped, FHIR_MESSAGE: fhir_message_source(validator, vocabulary)}
