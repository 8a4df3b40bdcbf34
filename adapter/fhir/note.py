"""A note, and the agreement in it, as FHIR resources (canonical-models §1-3, §7)."""

from __future__ import annotations

from adapter.domain.agreement import Agreement, FixedContactCode
from adapter.domain.note import Note
from adapter.domain.protected import is_protected
from adapter.domain.staff_numbers import internal_numbers
from adapter.fhir import activities, visibility
from adapter.fhir.care_plan import Parts, care_plan, start_of, status
from adapter.fhir.care_team import fixed_contact, roster
from adapter.fhir.document_reference import document_reference
from adapter.fhir.draft import Built, Draft, MadeBy
from adapter.fhir.element import Json, element, uri_of_root
from adapter.fhir.frame import Frame
from adapter.fhir.organization import care_giver, care_unit
from adapter.fhir.patient import patient, patient_id
from adapter.fhir.practitioner import practitioner_role
from adapter.fhir.provenance import Word, provenance
from adapter.fhir.shared import SHARED_TYPES
from adapter.fhir.systems import source_uri


def note_resources(note: Note, agreement: Agreement | None, made_by: MadeBy, *, trace: bool = False) -> Built:
    """Everything that a note makes. ``trace`` also gives the source map, which takes as long again.

    Ids depend on the note's id and not on its version: a later version gives new versions of the same
    resources. Without a patient, or with two, nothing is made.
    """
    draft = _draft(note, agreement, made_by, has_traces=trace)
    if len(note.patients) != 1:
        what = "Anteckningen ska gälla en enda patient. Be avsändaren skicka en anteckning per patient."
        draft.find("patient-not-one", note.origin("patients"), "fhir.note", what, blocking=True)
        return draft.built()
    visibility.find_missing_blocks(draft, note.unit, note.origin("unit"))
    signer = practitioner_role(draft, note.signer, role="signer")
    frame = _frame(draft, note, agreement)
    plan, physician = ("", "") if agreement is None else _plan(draft, note, agreement, frame)
    is_open = frame.status == "active" and not draft.is_hidden
    patient(draft, note.patients[0], physician if is_open else "")
    document = document_reference(draft, note, frame, signer)
    targets = [plan] if plan else []
    targets += [
        target
        for target, resource in draft.resources.items()
        if target != plan and resource["resourceType"] not in SHARED_TYPES
    ]
    provenance(draft, _word(draft, note, frame, signer, document), targets)
    return draft.built(plan, frame.subject)


def _draft(note: Note, agreement: Agreement | None, made_by: MadeBy, *, has_traces: bool) -> Draft:
    owner = note.source_system.value if note.source_system else ""
    is_hidden = visibility.is_hidden(note)
    has_protection = is_protected(note)
    blocks = visibility.has_both_blocks(note.unit)
    draft = Draft(
        made_by=made_by,
        owner=owner.upper() or made_by.source,
        key=note.note_id,
        labels=visibility.labels(hidden=is_hidden, protected=has_protection, blocks=blocks),
        is_protected=has_protection,
        is_hidden=is_hidden or not blocks,
        numbers=internal_numbers(agreement) if agreement else frozenset(),
        has_traces=has_traces,
        source_uri=source_uri(made_by.source, owner),
    )
    draft.embargo = draft.said(note.visibility, "embargo_until")
    return draft


def _frame(draft: Draft, note: Note, agreement: Agreement | None) -> Frame:
    return Frame(
        subject=f"Patient/{patient_id(draft, note.patients[0])}",
        status=status(note),
        author=practitioner_role(draft, note.author, role="author"),
        unit=care_unit(draft, note.unit),
        system=uri_of_root(note.note_id_root, draft.owner),
        authored=draft.said(note, "noted_at"),
        period=_period(note, agreement),
    )


def _period(note: Note, agreement: Agreement | None) -> Json:
    """The time of what the agreement sets up: from its start, else from the note's date."""
    validity = agreement.validity if agreement else None
    start = validity.start.value if validity and validity.start else start_of(note)
    end = validity.end.value if validity and validity.end else ""
    return element(start="" if end and start > end else start, end=end)


def _plan(draft: Draft, note: Note, agreement: Agreement, frame: Frame) -> tuple[str, str]:
    """The CarePlan with all its parts, and who holds the role of fixed physician."""
    keys = activities.LineKeys()
    done = [activities.patient_task(draft, line, keys, frame) for line in agreement.patient_part]
    done += [activities.care_request(draft, line, keys, frame) for line in agreement.care_part]
    done += [activities.next_step(draft, step, keys, frame) for step in agreement.next_steps]
    ways = [activities.contact_service(draft, way, keys, frame) for way in agreement.contact_ways]
    teams, physician = _care_teams(draft, agreement, frame)
    plan = care_plan(
        draft, note, agreement, frame, Parts(activities=done, care_teams=teams, contact_ways=ways)
    )
    return plan, physician


def _care_teams(draft: Draft, agreement: Agreement, frame: Frame) -> tuple[list[str], str]:
    turns: dict[str, int] = {}
    teams, participants, physician = [], [], ""
    for contact in agreement.contacts:
        if contact.is_vacant:
            continue
        turns[contact.code] = turns.get(contact.code, 0) + 1
        team, participant = fixed_contact(draft, contact, turns[contact.code], frame)
        teams.append(team)
        participants.append(participant)
        if contact.code is FixedContactCode.PHYSICIAN:
            physician = physician or participant["member"].get("reference", "")
    teams.append(roster(draft, agreement.contacts, participants, frame))
    return teams, physician


def _word(draft: Draft, note: Note, frame: Frame, signer: str, document: str) -> Word:
    version = draft.said(note, "version_at")
    return Word(
        version=note.version_at.value if note.version_at else "",
        recorded=version,
        occurred=draft.said(note, "block_time") or draft.said(note, "noted_at") or version,
        care_giver=care_giver(draft, note.unit.care_giver) if note.unit else "",
        unit=frame.unit,
        writer=frame.author,
        signer=signer,
        activity="new" if note.is_active else "correct",
        document=document,
    )
