"""The file that names the receivers (``OVERENS_RECEIVERS_FILE``, YAML; docs/receivers.md).

Every mistake stops the start, with file, line and what to do. Secrets do not stand in it: a word that ends in
``_from`` names the environment variable that holds one.
"""

from __future__ import annotations

import re
import ssl
from typing import TYPE_CHECKING

from adapter.domain.routes import Address, Format
from adapter.errors import SettingError
from adapter.frozen import dataclass
from adapter.ports import OURSELVES
from adapter.send.receivers import (
    ANSWER_SECONDS,
    CONNECT_SECONDS,
    Http,
    Mllp,
    OAuth,
    Receiver,
    Receivers,
    Tls,
)
from adapter.send.sheet import LOCAL, Entry, Sheet
from adapter.subscribing import NOTIFYING

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path

_NAME = re.compile(r"[a-z0-9][a-z0-9-]{0,62}")
_HOST = re.compile(r"[A-Za-z0-9]([A-Za-z0-9.-]{0,251}[A-Za-z0-9])?|[0-9a-fA-F:]+")
_TOP = ("own", "receivers")
_OWN = ("endpoint", "application", "facility")
_ANY = ("units", "reads", "format", "medcom_like", *_OWN)
_TLS = ("ca", "certificate", "key")
_TIMES = ("connect_seconds", "answer_seconds")
_HTTP = ("url", "bearer_from", "subscription_key_from", "oauth", *_TLS, *_TIMES)
_MLLP = ("host", "port", "tls", "answers", *_TLS, *_TIMES)
_OAUTH = ("token_url", "client_id", "client_secret_from", "scope")
_FORMATS = {each.value: each for each in Format}
_ANSWERS = {"RRI": False, "MDM": True}  # whether an answer is a document


def load_receivers(path: Path, environment: Mapping[str, str]) -> Receivers:
    """The receivers of a file, with their secrets; raises SettingError (``<file>:<line>: …``)."""
    try:
        text = path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as problem:
        why = problem.strerror if isinstance(problem, OSError) else "inte UTF-8"
        what = f"OVERENS_RECEIVERS_FILE: {path} går inte att läsa ({why}). Rätta sökvägen eller filen."
        raise SettingError(what) from None
    return _File(path, environment).receivers(text)


@dataclass(frozen=True, slots=True)
class _File(Sheet):
    """The rules of this file."""

    def receivers(self, text: str) -> Receivers:
        root = self.parse(text)
        if root is None:
            what = "filen är tom. Skriv minst en mottagare under receivers, eller ta bort inställningen."
            raise self.error(1, what)
        said = self.table(root, _TOP)
        own = self.address(self.table(said["own"], _OWN)) if "own" in said else Address()
        if "receivers" not in said:
            raise self.error(1, "receivers saknas. Skriv mottagarna under receivers.")
        found = [self.receiver(name, entry) for name, entry in self.names(said["receivers"]).items()]
        self._one_receiver_a_unit(said["receivers"])
        self._own_endpoint(own, said["receivers"])
        return Receivers(by_name={receiver.name: receiver for receiver in found}, own=own)

    def receiver(self, name: str, entry: Entry) -> Receiver:
        if not _NAME.fullmatch(name) or name in {OURSELVES, NOTIFYING}:
            what = (
                f"{name!r} går inte som namn. Välj små bokstäver, siffror och bindestreck "
                f"(inte {OURSELVES} eller {NOTIFYING})."
            )
            raise self.error(entry.line, what)
        said = self.table(entry, (*_ANY, *_HTTP, *_MLLP))
        if "format" in said and said["format"].value == Format.FHIR_SUBSCRIPTION:
            self.only(said, ("format", *_HTTP), "en adress för prenumerationer")
            endpoint = self.http(said, entry.line)
            return Receiver(name=name, units=(), format=Format.FHIR_SUBSCRIPTION, way=endpoint)
        units = tuple(self.unit(each) for each in self.items(said.get("units"), entry.line))
        if self.flag(said.get("reads")):
            self.only(said, ("units", "reads"), "en mottagare som hämtar själv (reads: true)")
            return Receiver(name=name, units=units)
        form = self.form(said, entry.line)
        words = _MLLP if form is Format.HL7V2 else _HTTP
        self.only(said, (*_ANY, *words), f"formatet {form.value}")
        way = self.mllp(said, entry.line) if form is Format.HL7V2 else self.http(said, entry.line)
        return Receiver(
            name=name,
            units=units,
            format=form,
            way=way,
            address=self.receivers_address(said, form, way),
            is_medcom_like=self.flag(said.get("medcom_like")),
            has_answers_as_documents=self.answers(said.get("answers")),
        )

    def form(self, said: Mapping[str, Entry], line: int) -> Format:
        known = ", ".join(_FORMATS)
        if "format" not in said:
            what = f"format saknas. Skriv något av {known}, eller reads: true om mottagaren hämtar själv."
            raise self.error(line, what)
        text = self.text(said["format"])
        if text not in _FORMATS:
            raise self.error(said["format"].line, f"formatet {text!r} finns inte. Välj något av {known}.")
        return _FORMATS[text]

    def answers(self, entry: Entry | None) -> bool:
        """Which message of HL7 v2 an answer is."""
        text = self.text(entry) if entry else "RRI"
        if entry and text not in _ANSWERS:
            known = " eller ".join(_ANSWERS)
            raise self.error(entry.line, f"answers är {text!r}. Välj {known}.")
        return _ANSWERS[text]

    def receivers_address(self, said: Mapping[str, Entry], form: Format, way: Http | Mllp) -> Address:
        """What it is called: its own URL when nothing else is said."""
        address = self.address(said)
        if form is Format.FHIR_MESSAGE and not address.endpoint and isinstance(way, Http):
            return Address(endpoint=way.url, application=address.application, facility=address.facility)
        return address

    def address(self, said: Mapping[str, Entry]) -> Address:
        return Address(**{word: self.text(said[word]) for word in _OWN if word in said})

    def http(self, said: Mapping[str, Entry], line: int) -> Http:
        if "url" not in said:
            raise self.error(line, "url saknas. Skriv adressen som mottagaren har gett, med https://.")
        connect, answer = self.times(said)
        if "oauth" in said and "bearer_from" in said:
            what = "oauth och bearer_from går inte ihop. Behåll det som mottagaren begär."
            raise self.error(said["bearer_from"].line, what)
        return Http(
            url=self.url(said["url"]),
            tls=self.tls(said),
            connect=connect,
            answer=answer,
            headers=dict(self.headers(said)),
            oauth=self.oauth(said["oauth"]) if "oauth" in said else None,
        )

    def headers(self, said: Mapping[str, Entry]) -> Iterator[tuple[str, str]]:
        if "bearer_from" in said:
            yield "Authorization", f"Bearer {self.secret(said['bearer_from'])}"
        if "subscription_key_from" in said:
            yield "Ocp-Apim-Subscription-Key", self.secret(said["subscription_key_from"])

    def oauth(self, entry: Entry) -> OAuth:
        said = self.table(entry, _OAUTH)
        for word in ("token_url", "client_id", "client_secret_from"):
            if word not in said:
                raise self.error(entry.line, f"{word} saknas under oauth. Skriv det som mottagaren har gett.")
        return OAuth(
            token_url=self.url(said["token_url"]),
            client_id=self.text(said["client_id"]),
            client_secret=self.secret(said["client_secret_from"]),
            scope=self.text(said["scope"]) if "scope" in said else "",
        )

    def mllp(self, said: Mapping[str, Entry], line: int) -> Mllp:
        for word in ("host", "port"):
            if word not in said:
                raise self.error(line, f"{word} saknas. Skriv värddator och port som mottagaren har gett.")
        host = self.text(said["host"])
        if not _HOST.fullmatch(host):
            raise self.error(
                said["host"].line, "host är inget värdnamn. Skriv bara namnet eller IP-adressen."
            )
        has_tls = self.flag(said["tls"]) if "tls" in said else host not in LOCAL
        if not has_tls and host not in LOCAL:
            what = (
                "utan TLS skickas inget till en annan dator. Ta bort tls: false, eller låt en krypterad "
                "tunnel på samma dator ta emot på 127.0.0.1."
            )
            raise self.error(said["tls"].line, what)
        connect, answer = self.times(said)
        tls = self.tls(said)
        return Mllp(
            host=host,
            port=self.port(said["port"]),
            tls=tls if has_tls else None,
            connect=connect,
            answer=answer,
        )

    def tls(self, said: Mapping[str, Entry]) -> Tls:
        files = {word: self.path.parent / self.text(said[word]) for word in _TLS if word in said}
        if "key" in files and "certificate" not in files:
            raise self.error(said["key"].line, "key utan certificate. Ange klientcertifikatet också.")
        made = Tls(**files)
        try:
            made.context()
        except (OSError, ssl.SSLError) as problem:
            line = min(said[word].line for word in files) if files else 1
            what = (
                f"certifikaten går inte att använda ({type(problem).__name__}). Kontrollera att ca, "
                "certificate och key är läsbara PEM-filer och hör ihop."
            )
            raise self.error(line, what) from None
        return made

    def times(self, said: Mapping[str, Entry]) -> tuple[float, float]:
        preset = (CONNECT_SECONDS, ANSWER_SECONDS)
        connect, answer = (
            self.seconds(said[word]) if word in said else usual
            for word, usual in zip(_TIMES, preset, strict=True)
        )
        return connect, answer

    def _own_endpoint(self, own: Address, receivers: Entry) -> None:
        """A FHIR message says where it comes from."""
        for entry in receivers.value.values():
            form = entry.value.get("format")
            if form and form.value == Format.FHIR_MESSAGE and not own.endpoint:
                what = (
                    "fhir-message kräver endpoint under own: adressen som svar kan skickas till. Skriv den."
                )
                raise self.error(form.line, what)

    def _one_receiver_a_unit(self, receivers: Entry) -> None:
        seen: dict[str, int] = {}
        for entry in receivers.value.values():
            for unit in entry.value["units"].value if "units" in entry.value else ():
                key = unit.value.strip().upper()
                if key in seen:
                    what = f"enheten {unit.value} står redan på rad {seen[key]}. Låt en enda svara för den."
                    raise self.error(unit.line, what)
                seen[key] = unit.line
