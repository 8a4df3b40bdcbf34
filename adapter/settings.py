"""The settings: environment variables with the prefix ``OVERENS_``, one frozen class, read once at the start.

An unknown variable with the prefix stops the start, so that a misspelt setting is never a silent
default. ``python -m adapter.settings`` prints ``docs/settings.md``.
"""

from __future__ import annotations

import difflib
import os
from typing import TYPE_CHECKING, Annotated, Literal

from pydantic import Field, ValidationError
from pydantic_settings import BaseSettings, SettingsConfigDict

from adapter.errors import SettingError

if TYPE_CHECKING:
    from collections.abc import Mapping

PREFIX = "OVERENS_"
FOR_TESTS = ("OVERENS_TEST_", "OVERENS_SHARED")  # read by the tests, never by the program
LOCAL_HOSTS = frozenset({"127.0.0.1", "::1", "localhost"})


class Settings(BaseSettings):
    """Everything that can be set, with its default. Frozen: nobody changes it after the start."""

    model_config = SettingsConfigDict(env_prefix=PREFIX, frozen=True, extra="forbid")

    database_url: str = Field(
        default="sqlite:///overens.db",
        description="Where everything is kept: `sqlite:///path` (four slashes for an absolute path) "
        "or `postgresql://user@host/name`.",
    )
    host: str = Field(
        default="127.0.0.1",
        description="Address to listen on. Without token settings only 127.0.0.1, ::1 and localhost: "
        "the server is open to whoever reaches it.",
    )
    port: int = Field(default=8000, ge=0, le=65535, description="Port to listen on; 0 takes a free one.")
    public_url: str = Field(
        default="",
        pattern=r"^$|^https?://[^/?#]+$",
        description="How others reach the server, such as `https://fhir.region.example`: used in links. "
        "Empty: taken from each request.",
    )
    deciders: Literal["auto"] | Annotated[int, Field(ge=0, le=64)] = Field(
        default="auto",
        description="Processes that read and convert messages beside the server's own, so that more than one "
        "core is used. `auto`: one for each core, at most four. 0: the server does it itself.",
    )
    check_output: Literal["all", "structure", "off"] = Field(
        default="all",
        description="How what is made of a message is judged by our profiles before it is kept: `all` with "
        "the rules across elements (takes half as long again as reading the message, or as long), "
        "`structure` without them, or `off`. What is not valid is parked and told.",
    )
    receivers_file: str = Field(
        default="",
        description="YAML file that names those we send to (docs/receivers.md). Empty: nobody; everyone "
        "fetches for themselves by REST.",
    )
    workers: int = Field(
        default=4,
        ge=0,
        le=64,
        description="Letters that are on their way to each receiver at the same time, each of another "
        "patient. 0: this process sends none; on PostgreSQL others do (`overens work`).",
    )
    retry_base_seconds: float = Field(
        default=2.0,
        gt=0,
        le=3600,
        description="A letter that was not taken is sent again after a random part of this time, then of "
        "twice that, and so on.",
    )
    retry_cap_seconds: float = Field(
        default=900.0, gt=0, le=86_400, description="The longest time between two tries of a letter."
    )
    retry_window_hours: float = Field(
        default=72.0,
        gt=0,
        le=8760,
        description="A letter is given up when it was not taken for so long; its sender is told.",
    )
    token_issuer: str = Field(
        default="",
        description="Whose access tokens are taken: `iss` as the issuer writes it. With "
        "`OVERENS_TOKEN_AUDIENCE` and `OVERENS_TOKEN_KEYS` it closes the server: every request but `/`, "
        "`/healthz`, `/readyz` and `/fhir/metadata` then needs a token, and any address can be listened on.",
    )
    token_audience: str = Field(default="", description="Our own name in the tokens' `aud`.")
    token_keys: str = Field(
        default="",
        pattern=r"^$|^https://\S+$|^http://(127\.0\.0\.1|localhost)[:/]\S*$|^/\S+$",
        description="The issuer's public keys (JWKS): an https address, or the absolute path of a file.",
    )
    token_algorithms: str = Field(
        default="RS384 ES384",
        pattern=r"^((RS|PS|ES)(256|384|512) ?)+$",
        description="Signatures that are taken, parted by spaces.",
    )
    token_types: str = Field(
        default="at+jwt application/at+jwt",
        description="What `typ` of a token may be, parted by spaces. An issuer that writes `JWT` there must "
        "never give out ID tokens with our audience.",
    )
    token_leeway_seconds: int = Field(
        default=5, ge=0, le=60, description="How much the issuer's clock and ours may differ."
    )
    token_claims: dict[
        Literal["patient", "user", "proxy", "person", "unit", "care_giver", "purpose"], str
    ] = Field(
        default={},
        description='Names of claims that differ from `{"patient": "patient", "user": "fhirUser", '
        '"proxy": "proxyRole", "person": "employeeHsaId", '
        '"unit": "healthCareUnitHsaId", "care_giver": "healthCareProviderHsaId", '
        '"purpose": "commissionPurpose"}`, as JSON.',
    )
    trusted_clients: str = Field(
        default="",
        description="Systems (`client_id`), parted by spaces, that see everything their scopes allow. Others "
        "see what the unit in their token may see.",
    )
    guardian_until_age: int = Field(
        default=13,
        ge=0,
        le=18,
        description="A guardian (claim `proxyRole`: `guardian`) sees what is a child's until the child has "
        "this age, by the birth date of the Patient; without one nothing. 0: no guardian sees anything.",
    )
    max_body_bytes: int = Field(
        default=10_000_000,
        ge=1_000,
        description="Largest request body, in bytes. A larger one is answered with 413.",
    )
    body_timeout_seconds: float = Field(
        default=30.0, gt=0, description="Longest time a request body may take to arrive; then 408."
    )
    mllp_port: int | None = Field(
        default=None,
        ge=0,
        le=65535,
        description="Port to take HL7 v2 on over MLLP; 0 takes a free one, empty takes none.",
    )
    mllp_host: str = Field(
        default="127.0.0.1",
        description="Address of the MLLP port. Any but 127.0.0.1, ::1 and localhost needs a certificate, and "
        "client certificates that are bound to who may send.",
    )
    mllp_certificate: str = Field(
        default="", description="File with our certificate chain (PEM) for TLS on the MLLP port."
    )
    mllp_key: str = Field(default="", description="File with the certificate's key (PEM).")
    mllp_client_ca: str = Field(
        default="", description="File with the authorities (PEM) that sign the certificates of MLLP clients."
    )
    mllp_clients: dict[str, str] = Field(
        default={},
        description="Which systems the MLLP clients may send for, as JSON from a name in the client's "
        "certificate (CN or DNS) to the facility in MSH-4, or to MSH-3 and MSH-4 with a bar between; several "
        'are parted by spaces: `{"kommun.example": "SE2120001249-HSV01"}`.',
    )
    mllp_idle_seconds: float = Field(
        default=90.0, gt=0, description="How long an MLLP connection may be silent; then it is closed."
    )
    mllp_receive_seconds: float = Field(
        default=30.0, gt=0, description="Longest time an MLLP message may take to arrive; then it is closed."
    )
    mllp_connections: int = Field(
        default=200, ge=1, le=10_000, description="Most MLLP connections at once; one more is closed."
    )
    mllp_client_connections: int = Field(
        default=0,
        ge=0,
        description="Most MLLP connections at once of one client: the name in its certificate, else its "
        "address. 0: no limit but that of all.",
    )
    mllp_client_messages_per_second: float = Field(
        default=0,
        ge=0,
        description="How many messages a second are read of one MLLP client, over ten seconds; more wait. "
        "0: no limit.",
    )
    mllp_client_bytes_per_second: float = Field(
        default=0,
        ge=0,
        description="How many bytes a second are read of one MLLP client, over ten seconds; more wait. "
        "0: no limit.",
    )
    most_at_once: int = Field(
        default=512,
        ge=0,
        description="Requests that are answered at the same time; one more gets 503. 0: no limit.",
    )
    requests_per_second: float = Field(
        default=0,
        ge=0,
        description="How often one caller may ask, over ten seconds: its client by token, else its address. "
        "More get 429 with Retry-After. 0: no limit.",
    )
    page_size: int = Field(
        default=50, ge=1, le=1000, description="Matches on a search page when `_count` is not given."
    )
    max_page_size: int = Field(
        default=500, ge=1, le=5000, description="Most matches on a search page, whatever `_count` says."
    )
    one_day_hours: float = Field(
        default=24.0,
        gt=0,
        le=96,
        description="What `inom 1 dag` means, in hours from when the question was asked.",
    )
    review_days: int = Field(
        default=90,
        ge=1,
        le=3_650,
        description="How many days after a request of the level långsiktigt both sides are reminded to look "
        "at it again, and how often after that.",
    )
    due_soon_hours_one_day: float = Field(
        default=4.0,
        ge=0,
        le=24,
        description="Hours before the deadline of `inom 1 dag` when both sides are reminded.",
    )
    due_soon_hours_three_days: float = Field(
        default=12.0, ge=0, le=72, description="The same of `inom 72 timmar`."
    )
    due_soon_hours_one_week: float = Field(
        default=24.0, ge=0, le=168, description="The same of `inom en vecka`."
    )
    reply_window_hours: float = Field(
        default=72.0,
        gt=0,
        description="Hours that an answer waits for the question that it answers; then it is handed over for "
        "itself, and its sender is told.",
    )
    phone_switchboard: str = Field(
        default="",
        description="Number of the switchboard, given for what is acute (`Akut`) when no direct number "
        "answers or the caller may not have it. Empty: as the source says.",
    )
    phone_direct: str = Field(
        default="",
        description="Direct number to a physician, for the municipality's licensed staff alone, on working "
        "days. Needs a switchboard.",
    )
    phone_direct_opens: str = Field(
        default="08:00", pattern=r"^([01][0-9]|2[0-3]):[0-5][0-9]$", description="From when it answers."
    )
    phone_direct_closes: str = Field(
        default="17:00", pattern=r"^([01][0-9]|2[0-3]):[0-5][0-9]$", description="Before when it answers."
    )
    log_level: Literal["debug", "info", "warning", "error"] = Field(
        default="info",
        description="How much is logged (JSON lines on stderr; keys and codes only, never patient data).",
    )


def load_settings(**given: object) -> Settings:
    """The settings of the environment, and over them what the command line gave.

    :class:`SettingError` names what is wrong and what to do.
    """
    known = {PREFIX + field.upper() for field in Settings.model_fields}
    ours = {name.upper() for name in os.environ if name.upper().startswith(PREFIX)}
    wrong = sorted(name for name in ours - known if not name.startswith(FOR_TESTS))
    if wrong:
        raise SettingError("\n".join(_unknown(name, sorted(known)) for name in wrong))
    try:
        settings = Settings(**{name: value for name, value in given.items() if value is not None})  # type: ignore[arg-type]
    except ValidationError as problem:
        raise SettingError("\n".join(_unusable(error) for error in problem.errors())) from None
    check_tokens(settings)
    check_mllp(settings)
    if not settings.token_issuer:
        check_host(settings.host)
    return settings


def check_tokens(settings: Settings) -> None:
    """All of what it takes to judge a token, or nothing of it."""
    needed = ("token_issuer", "token_audience", "token_keys")
    missing = [PREFIX + name.upper() for name in needed if not getattr(settings, name)]
    if 0 < len(missing) < len(needed):
        raise SettingError(
            f"{', '.join(missing)} saknas: utan dem kan ingen åtkomsttoken prövas. Sätt alla tre, eller ta "
            "bort dem som är satta."
        )


def check_mllp(settings: Settings) -> None:
    """Plain MLLP never leaves the machine; over TLS each client is known and bound to who it may send for."""
    files = [bool(getattr(settings, f"mllp_{name}")) for name in ("certificate", "key")]
    if any(files) != all(files):
        raise SettingError(
            "OVERENS_MLLP_CERTIFICATE och OVERENS_MLLP_KEY hör ihop. Sätt båda, eller ta bort den ena."
        )
    is_bound = bool(settings.mllp_client_ca and settings.mllp_clients)
    if bool(settings.mllp_client_ca or settings.mllp_clients) and not (is_bound and all(files)):
        raise SettingError(
            "OVERENS_MLLP_CLIENT_CA och OVERENS_MLLP_CLIENTS hör ihop, och behöver TLS "
            "(OVERENS_MLLP_CERTIFICATE, OVERENS_MLLP_KEY). Sätt alla, eller ta bort dem som är satta."
        )
    if settings.mllp_port is not None and settings.mllp_host not in LOCAL_HOSTS and not is_bound:
        raise SettingError(
            f"OVERENS_MLLP_HOST {settings.mllp_host!r}: utan TLS och klientcertifikat lyssnar MLLP bara på "
            "127.0.0.1, ::1 eller localhost. Sätt OVERENS_MLLP_CERTIFICATE, OVERENS_MLLP_KEY, "
            "OVERENS_MLLP_CLIENT_CA och OVERENS_MLLP_CLIENTS, eller ta bort adressen."
        )


def check_host(host: str) -> None:
    """Without token settings the server is open, and therefore never leaves the machine."""
    if host not in LOCAL_HOSTS:
        raise SettingError(
            f"OVERENS_HOST / --host {host!r}: utan inställningar för inloggning (token) lyssnar servern bara "
            "på 127.0.0.1, ::1 eller localhost, eftersom alla som når den får läsa och skriva allt. "
            "Ta bort inställningen, eller låt en omvänd proxy på samma dator sköta inloggningen."
        )


def settings_page() -> str:
    """The text of ``docs/settings.md``, made from the class above."""
    rows = [
        f"| `{PREFIX}{name.upper()}` | `{field.default or '(empty)'}` | {field.description} |"
        for name, field in Settings.model_fields.items()
    ]
    return "\n".join([*_PAGE_HEAD, *rows, ""])


_PAGE_HEAD = (
    "# Settings",
    "",
    "Environment variables, read once at the start. None needs to be set: without any the server listens on",
    "127.0.0.1 only and keeps its data in `./overens.db`. A variable with the prefix `OVERENS_` that is not",
    "listed here stops the start (`OVERENS_TEST_*` and `OVERENS_SHARED` belong to the tests and are let be).",
    "`overens doctor` shows what is set and whether it works.",
    "",
    "This page is made from `adapter/settings.py` by `python -m adapter.settings`; a test compares.",
    "",
    "| Variable | Default | What |",
    "|---|---|---|",
)


def _unknown(name: str, known: list[str]) -> str:
    near = difflib.get_close_matches(name, known, n=3, cutoff=0.5) or known
    return f"{name}: okänd inställning. Menades {', '.join(near)}? Rätta namnet eller ta bort variabeln."


def _unusable(error: Mapping[str, object]) -> str:
    """Names the variable and what is wrong, never the value: a database URL may hold a password."""
    location = error["loc"]
    name = PREFIX + str(location[0]).upper() if isinstance(location, tuple) and location else PREFIX
    return f"{name}: går inte att använda ({error['msg']}). Rätta värdet; docs/settings.md visar vad som går."


if __name__ == "__main__":
    print(settings_page(), end="")  # noqa: T201  the page is the result of this command
