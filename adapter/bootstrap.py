"""The composition root: settings become a store, sources and an application. Nothing else builds them."""

from __future__ import annotations

import logging
import os
import ssl
import sys
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import cache, partial
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from time import monotonic
from typing import TYPE_CHECKING, Any, TextIO, cast

import structlog

from adapter.domain.guidance import PhoneSchedule
from adapter.domain.thread import Margins
from adapter.errors import SettingError
from adapter.events import OURS, Taking
from adapter.fhir import merge
from adapter.fhir.task_refusal import task_refusal
from adapter.fhir_messages import NAME as FHIR_MESSAGE
from adapter.fhir_messages import fhir_message_source
from adapter.letters import OURSELVES, Patience
from adapter.listen import ClientLimits, Intake, MllpLimits, MllpListener, sources_by_type
from adapter.output_check import OutputCheck
from adapter.policy import Policy
from adapter.profiles import own_examples, own_validator
from adapter.rest.access import Access
from adapter.rest.app import application
from adapter.rest.messages import received
from adapter.rest.served import Served
from adapter.security.callers import ClaimNames
from adapter.security.keys import KeyRing, fetch_of
from adapter.security.tokens import Trust
from adapter.send.delivery import Delivery
from adapter.send.notification import NotificationSender
from adapter.send.notifying import Notifying
from adapter.send.ourselves import Ourselves
from adapter.send.receivers import Http, Receivers
from adapter.send.receivers_file import load_receivers
from adapter.send.senders import senders_of
from adapter.sources import load_sources, recognise
from adapter.store import open_store
from adapter.subscribing import NOTIFYING
from adapter.writing import Writers
from adapter.writing.lifecare import SOURCE as LIFECARE

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Mapping, MutableMapping, Sequence
    from socket import socket

    from starlette.types import ASGIApp

    from adapter.own_faults import Check
    from adapter.pipeline import Source
    from adapter.ports import Clock, Sender, Store
    from adapter.rest.decider import Decider
    from adapter.security.callers import Caller
    from adapter.security.guarded import GuardedStore
    from adapter.settings import Settings
    from adapter.validation import Validator

# What a log line may hold: keys and codes. Anything else is left out, so that no value can slip in.
LOGGED = frozenset(
    {
        "event",
        "level",
        "timestamp",
        "message_id",
        "request_id",
        "source",
        "code",
        "at",
        "status",
        "url",
        "version",
        "letter",
        "receiver",
    }
)
GRACE_SECONDS = 10.0  # for MLLP messages under way when the server is told to stop


class SystemClock:
    """The time of day of this machine, in UTC."""

    def now(self) -> datetime:
        """The moment, aware."""
        return datetime.now(UTC)


@cache
def validator() -> Validator:
    """The same for the whole process, with an example of each profile judged, so that no message waits."""
    made = own_validator(SystemClock().now)
    for example in own_examples():
        made.validate(example)
    return made


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


def mllp_tls(settings: Settings) -> ssl.SSLContext | None:
    """TLS as the settings say; with an authority for clients nobody else is let in."""
    if not settings.mllp_certificate:
        return None
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    try:
        context.load_cert_chain(settings.mllp_certificate, settings.mllp_key)
        if settings.mllp_client_ca:
            context.load_verify_locations(settings.mllp_client_ca)
            context.verify_mode = ssl.CERT_REQUIRED
    except OSError as problem:
        what = (
            f"Certifikaten för MLLP går inte att läsa ({problem.strerror or 'fel innehåll'}). Kontrollera "
            "OVERENS_MLLP_CERTIFICATE, OVERENS_MLLP_KEY och OVERENS_MLLP_CLIENT_CA."
        )
        raise SettingError(what) from None
    return context


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


def _phones(settings: Settings) -> PhoneSchedule | None:
    if not settings.phone_switchboard:
        return None
    return PhoneSchedule(
        switchboard=settings.phone_switchboard,
        direct_number=settings.phone_direct,
        opens=settings.phone_direct_opens,
        closes=settings.phone_direct_closes,
    )


def output_check(settings: Settings) -> Check | None:
    """How the settings say that what is made shall be judged."""
    if settings.check_output == "off":
        return None
    return OutputCheck(validator, with_invariants=settings.check_output == "all")


def receivers_of(settings: Settings) -> Receivers:
    """Whom messages are sent to; raises SettingError for a mistake in their file or a missing secret."""
    if not settings.receivers_file:
        return Receivers()
    return load_receivers(Path(settings.receivers_file), os.environ)


def policy_of(settings: Settings, sources: Mapping[str, Source]) -> Policy:
    """Who is told what, and when, as the settings say."""
    receivers = receivers_of(settings)
    routes = receivers.routes
    return Policy(
        routes=routes,
        writers=None if routes.is_empty else Writers(lifecare=sources[LIFECARE].plan),
        one_day=timedelta(hours=settings.one_day_hours),
        review_days=settings.review_days,
        margins=Margins(
            one_day=timedelta(hours=settings.due_soon_hours_one_day),
            three_days=timedelta(hours=settings.due_soon_hours_three_days),
            one_week=timedelta(hours=settings.due_soon_hours_one_week),
        ),
        phones=_phones(settings),
        has_subscribers=bool(receivers.endpoints),
        reply_window=timedelta(hours=settings.reply_window_hours),
    )


def access(settings: Settings, clock: Clock) -> Access | None:
    """How callers are known; None without token settings: then the server is open, on this machine alone."""
    if not settings.token_issuer:
        return None
    return Access(
        trust=Trust(
            issuer=settings.token_issuer,
            audience=settings.token_audience,
            algorithms=frozenset(settings.token_algorithms.split()),
            types=frozenset(settings.token_types.lower().split()),
            leeway=settings.token_leeway_seconds,
        ),
        names=ClaimNames(**settings.token_claims),
        keys=KeyRing(fetch_of(settings.token_keys), monotonic),
        clock=clock,
        trusted=frozenset(settings.trusted_clients.split()),
        guardian_until_age=settings.guardian_until_age,
    )


def own_version() -> str:
    """The version of the installed package; ``0`` straight from an uninstalled tree."""
    try:
        return version("overens")
    except PackageNotFoundError:
        return "0"


def set_up_logging(level: str) -> None:
    """JSON lines on stderr, for us and for the libraries; keys and codes only."""
    number = logging.getLevelNamesMapping()[level.upper()]
    structlog.configure(
        processors=[
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            only_keys,
            structlog.processors.JSONRenderer(ensure_ascii=False),
        ],
        wrapper_class=structlog.make_filtering_bound_logger(number),
        logger_factory=structlog.PrintLoggerFactory(cast("TextIO", _STDERR)),
        cache_logger_on_first_use=True,
    )
    handler = logging.StreamHandler(_STDERR)
    handler.setFormatter(_Keyed())
    logging.basicConfig(level=max(number, logging.WARNING), handlers=[handler], force=True)


def only_keys(_: Any, __: str, event: MutableMapping[str, Any]) -> MutableMapping[str, Any]:
    """Leave out what is not listed in LOGGED."""
    return {name: value for name, value in event.items() if name in LOGGED}


class _Stderr:
    """Whatever stderr is when a line is written, not when logging was set up."""

    def write(self, text: str) -> int:
        return sys.stderr.write(text)

    def flush(self) -> None:
        sys.stderr.flush()


_STDERR = _Stderr()


class _Keyed(logging.Formatter):
    """A line of a library: which and how grave, never its text, which may quote a request."""

    def format(self, record: logging.LogRecord) -> str:
        return structlog.processors.JSONRenderer()(
            None,
            "",
            {
                "event": "library",
                "level": record.levelname.lower(),
                "timestamp": datetime.now(UTC).isoformat(),
                "code": record.name,
                "at": f"{record.module}.py:{record.lineno}",
            },
        ).__str__()
