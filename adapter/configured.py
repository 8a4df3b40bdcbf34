"""What the settings ask for, each thing by itself: who is told what, who may come in, what is judged."""

from __future__ import annotations

import os
import ssl
from datetime import UTC, datetime, timedelta
from functools import cache
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from time import monotonic
from typing import TYPE_CHECKING

from adapter.domain.guidance import PhoneSchedule
from adapter.domain.thread import Margins
from adapter.errors import SettingError
from adapter.output_check import OutputCheck
from adapter.policy import Policy
from adapter.profiles import own_examples, own_validator
from adapter.rest.access import Access
from adapter.security.callers import ClaimNames
from adapter.security.keys import KeyRing, fetch_of
from adapter.security.tokens import Trust
from adapter.send.receivers import Receivers
from adapter.send.receivers_file import load_receivers
from adapter.writing import Writers
from adapter.writing.lifecare import SOURCE as LIFECARE

if TYPE_CHECKING:
    from collections.abc import Mapping

    from adapter.own_faults import Check
    from adapter.pipeline import Source
    from adapter.ports import Clock
    from adapter.settings import Settings
    from adapter.validation import Validator


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


def own_version() -> str:
    """The version of the installed package; ``0`` straight from an uninstalled tree."""
    try:
        return version("overens")
    except PackageNotFoundError:
        return "0"
