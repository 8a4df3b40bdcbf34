"""Topic-based subscriptions as the R4 backport guide has them: what is asked for, and what is an event.

https://hl7.org/fhir/uv/subscriptions-backport/STU1.1/.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import Any, Final

from adapter.fhir.search_index import SEARCH_PARAMETERS, references
from adapter.fhir.systems import BASE, ROSTER
from adapter.frozen import dataclass

Json = dict[str, Any]
GUIDE: Final = "http://hl7.org/fhir/uv/subscriptions-backport/StructureDefinition"
TOPICS: Final[Mapping[str, str]] = {
    f"{BASE}/SubscriptionTopic/agreement-changed": "CarePlan",
    f"{BASE}/SubscriptionTopic/consultation-status-changed": "Task",
    f"{BASE}/SubscriptionTopic/contact-changed": "CareTeam",
}
TYPES: Final = frozenset(TOPICS.values())
JSON: Final = "application/fhir+json"
SHORTEST: Final = 60  # seconds between two heartbeats
_KINDS: Final = frozenset({"fast-kontakt", ROSTER})  # of care teams that tell of fixed contacts
_FILTERS: Final = ("patient", "subject", "owner", "requester")
_FORMS: Final = {"valueCode": str, "valueString": str, "valueUnsignedInt": int}
_CONTENTS: Final = ("empty", "id-only")


class Unfit(ValueError):
    """A Subscription that cannot be served: why, in Swedish, and where in it."""

    def __init__(self, what: str, where: str) -> None:
        super().__init__(what)
        self.what = what
        self.where = where


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """What a Subscription asks for. A change matches when it meets every filter: ``(parameter, Type/id)``."""

    topic: str
    endpoint: str
    content: str
    heartbeat: int = 0  # seconds; 0: none
    end: datetime | None = None  # when it is over; None: nobody says
    filters: tuple[tuple[str, str], ...] = ()

    @property
    def type(self) -> str:
        """The type that the topic is about."""
        return TOPICS[self.topic]

    def matches(self, resource: Json, before: Json | None) -> bool:
        """Whether a version is an event of this topic, beside the version before it."""
        if resource["resourceType"] != self.type:
            return False
        if self.type == "Task" and before is not None and _status(before) == _status(resource):
            return False
        if self.type == "CareTeam" and not _KINDS & set(_codes(resource)):
            return False
        return all(target in references(resource, param) for param, target in self.filters)


def asked(resource: Json) -> Asked:
    """What a valid Subscription asks for. Raises Unfit."""
    topic, channel = resource.get("criteria", ""), resource.get("channel", {})
    if topic not in TOPICS:
        raise Unfit(f"Ämnet finns inte. Välj något av {', '.join(TOPICS)}.", "Subscription.criteria")
    if channel.get("type") != "rest-hook":
        raise Unfit("Bara kanalen rest-hook finns. Välj den.", "Subscription.channel.type")
    if channel.get("payload") != JSON:
        raise Unfit(f"Aviseringar skickas som {JSON}. Ange det.", "Subscription.channel.payload")
    if channel.get("header"):
        what = "Hemligheter tas inte emot här. Låt driften ange dem i mottagarfilen och ta bort header."
        raise Unfit(what, "Subscription.channel.header")
    content = next(_said(channel.get("_payload"), "backport-payload-content", "valueCode"), None)
    if content not in _CONTENTS:
        what = "Aviseringar har inget innehåll. Ange backport-payload-content som empty eller id-only."
        raise Unfit(what, "Subscription.channel.payload")
    return Asked(
        topic=topic,
        endpoint=channel.get("endpoint", ""),
        content=content,
        heartbeat=_heartbeat(channel),
        end=_end(resource),
        filters=tuple(
            _filter(text, TOPICS[topic])
            for text in _said(resource.get("_criteria"), "backport-filter-criteria", "valueString")
        ),
    )


def without_guide(value: Any) -> Any:
    """A resource without the guide's extensions, which base R4 does not know, and what they leave empty."""
    if isinstance(value, list):
        return [without_guide(each) for each in value if not _is_guides(each)]
    if not isinstance(value, dict):
        return value
    bare = {name: without_guide(part) for name, part in value.items()}
    return {name: part for name, part in bare.items() if part == value[name] or part}


def _is_guides(value: Any) -> bool:
    url = value.get("url") if isinstance(value, dict) else value
    return isinstance(url, str) and url.startswith(f"{GUIDE}/")


def _end(resource: Json) -> datetime | None:
    try:
        return datetime.fromisoformat(resource["end"]) if "end" in resource else None
    except ValueError:  # a leap second, which FHIR takes
        raise Unfit(
            "Tiden i end går inte att läsa. Skriv den med sekund 00 till 59.", "Subscription.end"
        ) from None


def _heartbeat(channel: Json) -> int:
    seconds: int = next(_said(channel, "backport-heartbeat-period", "valueUnsignedInt"), 0)
    if seconds and seconds < SHORTEST:
        what = f"Livstecken skickas som tätast var {SHORTEST}:e sekund. Ange minst det, eller inget."
        raise Unfit(what, "Subscription.channel")
    return seconds


def _said(element: Json | None, name: str, value: str) -> Iterator[Any]:
    for each in (element or {}).get("extension", ()):
        if each.get("url") == f"{GUIDE}/{name}" and type(each.get(value)) is _FORMS[value]:
            yield each[value]


def _filter(text: str, type_: str) -> tuple[str, str]:
    """``Task?owner=Organization/x``: one reference, by its literal form."""
    named, _, condition = text.partition("?")
    param, _, target = condition.partition("=")
    is_known = named == type_ and param in _FILTERS and param in SEARCH_PARAMETERS[type_]
    if not is_known or len(target.split("/")) != 2 or "&" in target:  # noqa: PLR2004  Type/id
        known = ", ".join(name for name in _FILTERS if name in SEARCH_PARAMETERS[type_])
        what = f"Filtret går inte att förstå. Skriv {type_}?parameter=Typ/id med någon av {known}."
        raise Unfit(what, "Subscription.criteria")
    return param, target


def _codes(resource: Json) -> Iterator[Any]:
    for concept in resource.get("category", ()):
        for coding in concept.get("coding", ()):
            yield coding.get("code")


def _status(task: Json) -> tuple[Any, Any]:
    return task.get("status"), task.get("businessStatus")
