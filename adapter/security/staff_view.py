"""Which resources somebody in care sees: by organisation, purpose, consent and block.

The record of the own care unit is seen; so is what another unit of the same caregiver wrote, unless it is
blocked there (inner block); and what another caregiver wrote, with the patient's consent to joint records and
without a block (outer block). Who takes part in a consultation sees it. What nobody answers for is seen by
nobody. An emergency opens blocks and stands in for consent, and is logged as such
(lagen om sammanhållen vård- och omsorgsdokumentation, 2022:913; patientdatalagen chapter 4 §4).
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime
from typing import Any, Final

from adapter.fhir import systems
from adapter.fhir.ids import resource_id
from adapter.fhir.search_dates import date_range, to_milliseconds
from adapter.frozen import dataclass
from adapter.security.callers import Caller

Json = dict[str, Any]

_NEVER: Final = "9999-12-31T00:00:00+00:00"
_PARTIES: Final = ("sender", "recipient", "requester", "performer", "owner")
_OWN_UNIT: Final = (systems.ACCESS, systems.OWN_UNIT_ONLY)


@dataclass(frozen=True, slots=True, kw_only=True)
class Origin:
    """Who answers for a resource, as its Provenance says: ``Organization/<id>``, empty when it does not."""

    care_giver: str = ""
    unit: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Consents:
    """What a patient said: whose records are blocked for others, and who may read joint records."""

    blocked: frozenset[str] = frozenset()  # Organization/<id> of units and caregivers
    permitted: frozenset[str] = frozenset()


def organization_of(hsa_id: str) -> str:
    """The Organization that an HSA-id is, as every source writes it; empty without one."""
    return (
        f"Organization/{resource_id('Organization', systems.HSA, hsa_id.strip().upper())}" if hsa_id else ""
    )


def origins(provenances: Iterable[Json]) -> dict[str, Origin]:
    """Who answers for what, by reference: whoever made it, whoever has changed it since."""
    found: dict[str, tuple[str, Origin]] = {}
    for provenance in provenances:
        origin = Origin(care_giver=_agent(provenance, "custodian"), unit=_agent(provenance, "author"))
        said = (provenance.get("recorded", _NEVER), origin)
        for target in provenance.get("target", ()):
            place = target.get("reference", "").partition("/_history/")[0]
            found[place] = min(said, found.get(place, said), key=_recorded)
    return {place: origin for place, (_, origin) in found.items()}


def _recorded(said: tuple[str, Origin]) -> datetime:
    try:
        return datetime.fromisoformat(said[0])
    except ValueError:
        return datetime.fromisoformat(_NEVER)


def consents_of(resources: Iterable[Json], now: datetime) -> Consents:
    """What holds now of a patient's Consent resources (https://hl7.org/fhir/R4/consent.html)."""
    blocked: set[str] = set()
    permitted: set[str] = set()
    for consent in resources:
        provision = consent.get("provision", {})
        if consent.get("status") != "active":
            continue
        holds = _holds(provision.get("period", {}), now)
        if provision.get("type") == "deny" and holds is not False:
            blocked.update(_references(consent.get("organization")))
        elif provision.get("type") == "permit" and holds:
            permitted.update(_references([actor.get("reference") for actor in provision.get("actor", ())]))
    return Consents(blocked=frozenset(blocked), permitted=frozenset(permitted))


def is_visible(resource: Json, caller: Caller, origin: Origin, consents: Consents, *, urgent: bool) -> bool:
    """Whether a caller with unit and caregiver sees a resource; ``urgent`` is an emergency that is logged."""
    unit, care_giver = organization_of(caller.unit), organization_of(caller.care_giver)
    if not unit or not care_giver:
        return False
    if origin.unit == unit:
        return True
    if _is_for_own_unit(resource):
        return False
    if unit in _references([resource.get(name) for name in _PARTIES]):
        return True
    is_answered_for = bool(origin.unit and origin.care_giver)
    return is_answered_for and (urgent or _is_open(unit, care_giver, origin, consents))


def _is_open(unit: str, care_giver: str, origin: Origin, consents: Consents) -> bool:
    """Whether nothing stands in the way of another unit: an inner block, an outer one, or no consent."""
    if origin.care_giver == care_giver:
        return origin.unit not in consents.blocked
    may_read = bool(consents.permitted & {unit, care_giver})
    return may_read and not consents.blocked & {origin.unit, origin.care_giver}


def _is_for_own_unit(resource: Json) -> bool:
    labels = resource.get("meta", {}).get("security", ())
    return any((label.get("system"), label.get("code")) == _OWN_UNIT for label in labels)


def _agent(provenance: Json, kind: str) -> str:
    """Who has a part in it; "" when nobody or several have."""
    found = {
        _organization(agent.get("who", {}))
        for agent in provenance.get("agent", ())
        for coding in agent.get("type", {}).get("coding", ())
        if (coding.get("system"), coding.get("code")) == (systems.AGENT_TYPE, kind)
    }
    return found.pop() if len(found) == 1 else ""


def _organization(who: Json) -> str:
    """By reference, or by HSA-id."""
    named = who.get("identifier", {})
    if named.get("system") == systems.HSA:
        return organization_of(str(named.get("value", "")))
    return str(who.get("reference", ""))


def _references(value: Any) -> frozenset[str]:
    """Every literal reference in an element or a list of them."""
    return frozenset(_literal(value))


def _literal(value: Any) -> Iterator[str]:
    if isinstance(value, list | tuple):
        for inner in value:
            yield from _literal(inner)
    elif isinstance(value, dict) and isinstance(value.get("reference"), str):
        yield value["reference"]


def _holds(period: Mapping[str, Any], now: datetime) -> bool | None:
    """Whether a period holds now; None when it cannot be read: that is a block, and opens nothing."""
    at = to_milliseconds(now)
    try:
        start = date_range(period["start"])[0] if "start" in period else at
        end = date_range(period["end"])[1] if "end" in period else at
    except (ValueError, TypeError, OverflowError):
        return None
    return start <= at <= end
