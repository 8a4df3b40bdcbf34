"""The way back for what a message says in words outside SBAR: payloads to the fields of the domain.

Each payload of ours is numbered with the key of its passage (``passages``). What another sender says has no
key of ours, and is taken for what its kind of message is for.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any, Final

from adapter.domain.consultation import ContactForm, MessageKind
from adapter.domain.errands import (
    Deviation,
    Discharge,
    Enrolment,
    HomeVisits,
    MedicationChange,
    MedicineChange,
    SelfCare,
    SipInvitation,
)
from adapter.domain.people import Professional
from adapter.domain.when import Moment, PartialDate
from adapter.fhir import systems
from adapter.fhir.element import Json
from adapter.fhir.index import extension_of

OWN: Final = ("answer", "reason", "instruction", "text")
_OWN_OF_KIND: Final = {MessageKind.ANSWER: "answer", MessageKind.WITHDRAWAL: "reason"}
_MISSING = re.compile(r"missing-[0-9]{1,3}")
_MEDICINE = re.compile(r"medicine-([0-9]{1,3})-([a-z_]+)")
_RECORDS: Final[Mapping[str, Any]] = {
    "sip": SipInvitation,
    "enrolment": Enrolment,
    "discharge": Discharge,
    "home_visits": HomeVisits,
    "self_care": SelfCare,
    "deviation": Deviation,
}
_NO_WORDS: Final = frozenset({"origins", "physician"})
_TYPED: Final[Mapping[str, type]] = {
    "meeting_at": Moment,
    "occurred_at": Moment,
    "start": PartialDate,
    "end": PartialDate,
    "since": PartialDate,
    "reply_by": PartialDate,
    "follow_up_on": PartialDate,
    "form": ContactForm,
    "change": MedicineChange,
}


def words_of(told: Json, kind: MessageKind) -> dict[str, str]:
    """What is said outside SBAR, by its key; the keys of OWN are always there."""
    words = dict.fromkeys(OWN, "")
    own = _OWN_OF_KIND.get(kind, "text")
    for payload in told.get("payload", ()):
        segment = extension_of(payload, systems.SEGMENT)
        text = payload.get("contentString", "")
        if not text or extension_of(segment, "segment"):
            continue
        number = extension_of(segment, "identifier").get("valueIdentifier", {}).get("value", "")
        key = number.rpartition("#")[2]
        key = key if _is_ours(key) else own
        words[key] = f"{words[key]}\n{text}" if words.get(key) else text
    return words


def missing_in(words: Mapping[str, str]) -> tuple[str, ...]:
    """The parts that are asked for."""
    return tuple(text for key, text in words.items() if _MISSING.fullmatch(key))


def errands_in(words: Mapping[str, str], physician: Professional | None) -> dict[str, Any]:
    """The records of what is not about a consultation, by the field of the message that holds them.

    Raises ValueError or TypeError for one that lacks what it cannot be without.
    """
    found: dict[str, Any] = {}
    for name, record in _RECORDS.items():
        if said := _fields(words, f"{name}-"):
            found[name] = record(**said, **({"physician": physician} if record is Enrolment else {}))
    numbers = sorted({int(match[1]) for key in words if (match := _MEDICINE.fullmatch(key))})
    if numbers:
        changes = (MedicationChange(**_fields(words, f"medicine-{number}-")) for number in numbers)
        found["medication_changes"] = tuple(changes)
    return found


def _is_ours(key: str) -> bool:
    medicine = _MEDICINE.fullmatch(key)
    if medicine:
        return _is_said(MedicationChange, medicine[2])
    name, _, part = key.partition("-")
    is_part = name in _RECORDS and _is_said(_RECORDS[name], part)
    return key in OWN or is_part or _MISSING.fullmatch(key) is not None


def _is_said(record: Any, name: str) -> bool:
    """Whether a record has such a field, and it holds words."""
    return name in record.__dataclass_fields__ and name not in _NO_WORDS


def _fields(words: Mapping[str, str], before: str) -> dict[str, Any]:
    named = {key[len(before) :]: text for key, text in words.items() if key.startswith(before)}
    return {name: _TYPED[name](text) if name in _TYPED else text for name, text in named.items()}
