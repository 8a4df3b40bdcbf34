"""Receivers: who answers for which units, in what format, and how they are reached.

Configuration only, frozen: no address ever comes out of a message. Secrets are read from the environment and
are never shown.
"""

from __future__ import annotations

import ssl
from collections.abc import Mapping
from dataclasses import field
from pathlib import Path

from adapter.domain.routes import Address, Format, Route, Routes
from adapter.frozen import dataclass

CONNECT_SECONDS, ANSWER_SECONDS = 5.0, 30.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Tls:
    """What the receiver's certificate is judged by, and our own. It is always judged."""

    ca: Path | None = None  # without it the system's authorities
    certificate: Path | None = None  # ours, with its chain (PEM)
    key: Path | None = None

    def context(self) -> ssl.SSLContext:
        """TLS 1.2 or later, host name checked. Raises OSError or ssl.SSLError for a file that will not do."""
        made = ssl.create_default_context(cafile=self.ca)
        made.minimum_version = ssl.TLSVersion.TLSv1_2
        if self.certificate:
            made.load_cert_chain(self.certificate, self.key)
        return made


@dataclass(frozen=True, slots=True, kw_only=True)
class OAuth:
    """Client credentials (RFC 6749 §4.4)."""

    token_url: str
    client_id: str
    client_secret: str = field(repr=False)
    scope: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Http:
    """A receiver that is reached over HTTP. Times are seconds: to connect, and until the whole answer."""

    url: str
    tls: Tls = Tls()
    connect: float = CONNECT_SECONDS
    answer: float = ANSWER_SECONDS
    headers: Mapping[str, str] = field(default_factory=dict, repr=False)  # the secret ones: a key, a token
    oauth: OAuth | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Mllp:
    """A receiver that is reached over MLLP; without ``tls`` only on this machine."""

    host: str
    port: int
    tls: Tls | None = None
    connect: float = CONNECT_SECONDS
    answer: float = ANSWER_SECONDS


@dataclass(frozen=True, slots=True, kw_only=True)
class Receiver:
    """One receiver. Without a way it fetches for itself by REST."""

    name: str
    units: tuple[str, ...]  # HSA-ids that it answers for
    format: Format | None = None
    way: Http | Mllp | None = None
    address: Address = Address()
    is_medcom_like: bool = False  # sent again after 30 minutes, at most twice
    has_answers_as_documents: bool = False  # HL7 v2: MDM^T02 instead of RRI

    @property
    def where(self) -> str:
        """Where it is, as an operator is told it."""
        if isinstance(self.way, Mllp):
            return f"{'mllps' if self.way.tls else 'mllp'}://{self.way.host}:{self.way.port}"
        return self.way.url if self.way else "hämtar själv"


@dataclass(frozen=True, slots=True, kw_only=True)
class Receivers:
    """All of them by name, and what we are called."""

    by_name: Mapping[str, Receiver] = field(default_factory=dict)
    own: Address = Address()

    @property
    def endpoints(self) -> Mapping[str, str]:
        """The addresses that subscriptions may name, each with its receiver."""
        return {
            receiver.way.url: receiver.name
            for receiver in self.by_name.values()
            if receiver.format is Format.FHIR_SUBSCRIPTION and isinstance(receiver.way, Http)
        }

    @property
    def routes(self) -> Routes:
        """What the core is told of them."""
        by_unit = {
            unit.upper(): Route(
                receiver=receiver.name,
                format=receiver.format,
                address=receiver.address,
                has_answers_as_documents=receiver.has_answers_as_documents,
            )
            for receiver in self.by_name.values()
            for unit in receiver.units
        }
        return Routes(by_unit=by_unit, own=self.own)
