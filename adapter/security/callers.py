"""Who a token speaks for: the patient, somebody in care at their unit, or a system.

The names of the claims are settings; those of Inera's tickets are the defaults.
"""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum
from typing import Any

from adapter.frozen import dataclass
from adapter.security.scopes import Context, Letter, Scope, granted, read_scopes


class CallerKind(StrEnum):
    """In whose name a request is made."""

    OPEN = "open"  # nobody has to say who they are: only on this machine
    PATIENT = "patient"  # the patient, or somebody who speaks for the patient
    STAFF = "staff"
    SYSTEM = "system"


class ProxyRole(StrEnum):
    """Why somebody may speak for a patient."""

    GUARDIAN = "guardian"  # vårdnadshavare: until the child has the age of the settings
    AGENT = "agent"  # ombud: whom the patient has chosen


@dataclass(frozen=True, slots=True, kw_only=True)
class ClaimNames:
    """Which claim says what."""

    patient: str = "patient"
    user: str = "fhirUser"  # who has logged in; another than the patient is a proxy
    proxy: str = "proxyRole"  # ``guardian`` or ``agent``: a proxy without it sees nothing
    person: str = "employeeHsaId"
    unit: str = "healthCareUnitHsaId"
    care_giver: str = "healthCareProviderHsaId"
    purpose: str = "commissionPurpose"


@dataclass(frozen=True, slots=True, kw_only=True)
class Caller:
    """One who asks. Without the claim that a context needs, the scopes of that context are gone."""

    kind: CallerKind
    client: str = ""
    patient: str = ""  # id of the Patient
    user: str = ""  # ``Patient/<id>`` or ``RelatedPerson/<id>`` of a proxy
    proxy: ProxyRole | None = None
    person: str = ""  # HSA-id
    unit: str = ""  # HSA-id of the vårdenhet
    care_giver: str = ""  # HSA-id of the vårdgivare
    purpose: str = ""
    scopes: tuple[Scope, ...] = ()

    def may(self, letter: Letter, type_: str) -> bool:
        """Whether some scope lets it; which rows it then sees is another question."""
        return self.kind is CallerKind.OPEN or bool(self.granted(letter, type_))

    def granted(self, letter: Letter, type_: str) -> tuple[Scope, ...]:
        """The scopes that let it."""
        return granted(self.scopes, letter, type_)

    def told(self) -> dict[str, Any]:
        """The caller as it is kept; ``caller_from`` reads it."""
        said = {name: getattr(self, name) for name in ("client", "user", *_NAMES)}
        said |= {"kind": self.kind.value, "proxy": self.proxy.value if self.proxy else ""}
        return {**said, "scopes": [list(scope) for scope in self.scopes]}


OPEN = Caller(kind=CallerKind.OPEN)


def caller_from(said: Mapping[str, Any]) -> Caller:
    """A caller that was kept: with the scopes and claims of the token that was verified then."""
    scopes = tuple(
        Scope(context, type_, letters, tuple((name, value) for name, value in query))
        for context, type_, letters, query in said["scopes"]
    )
    proxy = ProxyRole(said["proxy"]) if said.get("proxy") else None
    return Caller(**{**said, "kind": CallerKind(said["kind"]), "proxy": proxy, "scopes": scopes})


def caller_of(claims: Mapping[str, Any], names: ClaimNames) -> Caller:
    """The caller of a verified token.

    A token that names a patient is that patient's, whatever else it says: the narrowest context counts, so
    that a mix of scopes never shows more than the patient may see.
    """
    said = {name: _text(claims, getattr(names, name)) for name in _NAMES}
    kind = _kind(said)
    scopes = read_scopes(_text(claims, "scope"))
    user, proxy = _user(_text(claims, names.user), said["patient"]), _role(_text(claims, names.proxy))
    is_whole = kind is not CallerKind.STAFF or bool(said["unit"] and said["care_giver"])
    is_whole &= kind is not CallerKind.PATIENT or proxy is not None or not (user or names.proxy in claims)
    return Caller(
        kind=kind,
        user=user,
        proxy=proxy if kind is CallerKind.PATIENT else None,
        client=_text(claims, "client_id") or _text(claims, "sub"),
        scopes=tuple(scope for scope in scopes if is_whole and scope.context == _CONTEXTS[kind]),
        **said,
    )


_NAMES = ("patient", "person", "unit", "care_giver", "purpose")
_CONTEXTS: dict[CallerKind, Context] = {
    CallerKind.PATIENT: "patient",
    CallerKind.STAFF: "user",
    CallerKind.SYSTEM: "system",
}


def _user(said: str, patient: str) -> str:
    """Who speaks for the patient, of SMART's ``fhirUser``; empty when it is the patient, or staff."""
    type_, _, id_ = "/".join(said.rsplit("/", 2)[-2:]).partition("/")
    is_other = type_ in {"Patient", "RelatedPerson"} and (type_, id_) != ("Patient", patient)
    return f"{type_}/{id_}" if is_other else ""


def _role(said: str) -> ProxyRole | None:
    return ProxyRole(said) if said in set(ProxyRole) else None


def _kind(said: Mapping[str, str]) -> CallerKind:
    if said["patient"]:
        return CallerKind.PATIENT
    return CallerKind.STAFF if said["person"] else CallerKind.SYSTEM


def _text(claims: Mapping[str, Any], name: str) -> str:
    """A claim that is a text; anything else is as if it were not there."""
    value = claims.get(name)
    return value if isinstance(value, str) else ""
