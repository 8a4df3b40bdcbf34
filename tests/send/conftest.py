"""A key and a certificate for this machine, made for the run; an empty store, its clock and its pace."""

from __future__ import annotations

import ipaddress
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from adapter.store.memory import MemoryStore
from tests.send.doubles import Pace
from tests.store.conftest import Hand, Post, merged
from tests.store.conftest import postgres_url as postgres_url  # noqa: PLC0414  a fixture here too


@pytest.fixture(scope="session")
def certificates(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """
    A folder with klient.key, klient.pem and ca.pem: one certificate for localhost, its own authority.
    """
    folder = tmp_path_factory.mktemp("certificates")
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "localhost")])
    now = datetime.now(UTC)
    here = [x509.DNSName("localhost"), x509.IPAddress(ipaddress.ip_address("127.0.0.1"))]
    certificate = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(1)
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName(here), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )
    pem = certificate.public_bytes(serialization.Encoding.PEM)
    plain = (serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    (folder / "klient.key").write_bytes(key.private_bytes(serialization.Encoding.PEM, *plain))
    (folder / "klient.pem").write_bytes(pem)
    (folder / "ca.pem").write_bytes(pem)
    return folder


@pytest.fixture
def hand() -> Hand:
    """The clock."""
    return Hand()


@pytest.fixture
def pace(hand: Hand) -> Pace:
    """A pace by that clock."""
    return Pace(hand)


@pytest.fixture
def post() -> Post:
    """A maker of arrivals."""
    return Post()


@pytest.fixture
def store(hand: Hand) -> MemoryStore:
    """An empty store by that clock."""
    return MemoryStore(merged, now=hand)
