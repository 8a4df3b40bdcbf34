"""What the resources of one message of the dialogue share: the draft, who takes part, its measurements."""

from __future__ import annotations

from collections import Counter

from adapter.domain.consultation import Consultation
from adapter.domain.protected import is_protected
from adapter.domain.staff_numbers import numbers_of_unit
from adapter.fhir import systems, visibility
from adapter.fhir.draft import Built, Draft, MadeBy
from adapter.fhir.ids import ids_under
from adapter.fhir.observation import observation
from adapter.fhir.organization import care_giver, care_unit, hsa_key
from adapter.fhir.parties import Parties
from adapter.fhir.patient import patient
from adapter.fhir.practitioner import practitioner_role
from adapter.fhir.provenance import Word, provenance
from adapter.fhir.shared import SHARED_TYPES

_AT = "fhir.message"


def draft_of(message: Consultation, made_by: MadeBy, *, has_traces: bool) -> Draft:
    """An empty draft with the labels of everything that the message makes."""
    unit = message.sender_unit
    owner = unit.hsa_id.value if unit.hsa_id else ""
    has_protection = is_protected(message)
    blocks = visibility.has_both_blocks(unit)
    return Draft(
        made_by=made_by,
        owner=owner.upper() or made_by.source,
        key=message.message_id,
        labels=visibility.labels(hidden=False, protected=has_protection, blocks=blocks),
        is_protected=has_protection,
        is_hidden=not blocks,
        numbers=numbers_of_unit(unit.phone),
        has_traces=has_traces,
        source_uri=systems.source_uri(made_by.source, owner),
    )


def parties_of(draft: Draft, message: Consultation) -> Parties:
    """Who takes part, added to the draft; what keeps the message within its unit is found."""
    visibility.find_missing_blocks(draft, message.sender_unit, message.origin("sender_unit"))
    answered = message.receiver_unit.hsa_id
    return Parties(
        patient=patient(draft, message.patients[0]),
        sender=practitioner_role(draft, message.sender, role="sender", unit=message.sender_unit),
        sender_unit=care_unit(draft, message.sender_unit),
        receiver=care_unit(draft, message.receiver_unit),
        system=systems.own_namespace(draft.owner),
        answered_system=systems.own_namespace(hsa_key(answered)) if answered else "",
    )


def observations(draft: Draft, message: Consultation, parties: Parties, request: str) -> list[str]:
    """The vital signs of the message, in its order."""
    turns: Counter[str] = Counter()
    made = []
    for vital in message.vitals:
        turns[vital.kind] += 1
        made.append(observation(draft, vital, turns[vital.kind], parties, request))
    return made


def is_about_one(draft: Draft, message: Consultation) -> bool:
    """Whether the message is about one person; else it is found that it is not (agr-msg-6)."""
    if len(message.patients) == 1:
        return True
    what = "Meddelandet ska gälla en enda person. Skicka ett meddelande per person."
    draft.find("patient-not-one", message.origin("patients"), _AT, what, blocking=True)
    return False


def built(draft: Draft, message: Consultation, parties: Parties, activity: str, *first: str) -> Built:
    """Everything that was made, with the word of whoever sent it."""
    targets = [target for target in draft.resources if target.partition("/")[0] not in SHARED_TYPES]
    provenance(draft, _word(draft, message, parties, activity), targets)
    return draft.built(*first)


def _word(draft: Draft, message: Consultation, parties: Parties, activity: str) -> Word:
    created = draft.said(message, "created_at")
    return Word(
        version="",
        recorded=created,
        occurred=created,
        care_giver=care_giver(draft, message.sender_unit.care_giver),
        unit=parties.sender_unit,
        writer=parties.sender,
        activity=activity,
    )


def communication_id(owner: str, message_id: str) -> str:
    """``Communication/<id>`` of a message, by its id and the HSA-id (in capitals) of its sender."""
    return f"Communication/{ids_under(owner, message_id)('communication')}"
