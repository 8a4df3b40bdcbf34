"""The way back: FHIR resources to the agreement that they tell of.

What we made ourselves comes back exactly, word for word. A CarePlan from another system has no words of
a keyword tree; they are written so that they read back to the same structure.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Final

from adapter.domain.agreement import (
    Agreement,
    FixedContact,
    FixedContactCode,
    JointPlan,
    NextStep,
    Responsibility,
    Validity,
    fixed_contact_written,
    next_step_written,
    validity_written,
)
from adapter.domain.keywords import Keyword, KeywordValue
from adapter.domain.note import Note
from adapter.domain.people import ContactWay
from adapter.domain.when import Moment, PartialDate
from adapter.fhir import systems
from adapter.fhir.contact_point import contact_way
from adapter.fhir.element import Json
from adapter.fhir.index import (
    Given,
    Index,
    codes_of,
    extension_of,
    extensions_of,
    first,
    originals,
    said,
    words_of,
)
from adapter.fhir.note_of import note_of
from adapter.fhir.people_of import professional

_CODES: Final = {code.value: code for code in FixedContactCode}
_BY_PATIENT: Final = ("Patient", "RelatedPerson")
_VALIDITY_NOTE: Final = "Överenskommelsens giltighet: "


def agreement_of(given: Given) -> list[tuple[Note, Agreement]]:
    """Every agreement among the resources of a Bundle (or a list), each with its note."""
    index = Index(given)
    return [(note_of(index, plan), _agreement(index, plan)) for plan in index.of_type("CarePlan")]


@dataclass(slots=True)
class _Lines:
    """The activities of a plan, sorted by whose they are."""

    patient: list[Responsibility] = field(default_factory=list)
    care: list[Responsibility] = field(default_factory=list)
    next_steps: list[NextStep] = field(default_factory=list)


def _agreement(index: Index, plan: Json) -> Agreement:
    lines = _Lines()
    for activity in plan.get("activity", ()):
        _sort(index, activity, lines)
    return Agreement(
        text=tuple(originals(plan, "description")) or _one(plan.get("description", "")),
        validity=_validity(plan),
        patient_part=tuple(lines.patient),
        care_part=tuple(lines.care),
        contacts=tuple(_contacts(index, plan)),
        contact_ways=tuple(_contact_ways(index, plan)),
        next_steps=tuple(lines.next_steps),
        joint_plans=tuple(_joint_plans(index, plan)),
        unknown=tuple(_unknown(plan)),
    )


def _validity(plan: Json) -> Validity | None:
    period = plan.get("period", {})
    rule = extension_of(period.get("_start", {}), systems.RULE).get("valueCode")
    start = None if rule == systems.RULE_NOTE_DATE else _date(period.get("start", ""))
    end = _date(period.get("end", ""))
    is_open = extension_of(period.get("_end", {}), systems.ABSENT).get("valueCode") == "not-applicable"
    words = originals(period)
    if words:
        is_counted = rule == systems.RULE_COUNTED
        return Validity(text=words[0], start=start, end=end, is_open_ended=is_open, is_counted=is_counted)
    return validity_written(start, end) if start or end else None


def _sort(index: Index, activity: Json, lines: _Lines) -> None:
    target = index.get(activity.get("reference"))
    kind = target.get("resourceType")
    if kind == "Task":
        text = said(target, "description") or words_of(target.get("code", {}))
        (lines.patient if _is_patients(target) else lines.care).append(Responsibility(text=text))
    elif kind == "Appointment":
        lines.next_steps.append(_appointment(index, target))
    elif kind == "ServiceRequest":
        _sort_request(index, target, lines)
    else:
        _sort_other(activity, target, lines)


def _is_patients(task: Json) -> bool:
    if systems.PATIENT_PART in codes_of(task.get("code", {}), systems.KEYWORDS):
        return True
    owner = task.get("owner", {}).get("reference", "")
    return any(f"{kind}/" in owner for kind in _BY_PATIENT)


def _sort_request(index: Index, request: Json, lines: _Lines) -> None:
    kinds = codes_of(request.get("category", ()), systems.KEYWORDS)
    words = words_of(request.get("code", {}))
    period = request.get("occurrencePeriod", {})
    start = _moment(request.get("occurrenceDateTime", "") or period.get("start", ""))
    end = _moment(period.get("end", ""))
    if systems.CARE_PART in kinds or not (kinds or start or end):
        lines.care.append(Responsibility(text=words))
        return
    holder = next(filter(None, (professional(index, who) for who in request.get("performer", ()))), None)
    if systems.NEXT_STEP in kinds:
        step = NextStep(text=words, start=start, end=end, holder=holder)
    else:
        step = next_step_written(words, start, end, holder)
    lines.next_steps.append(step)


def _appointment(index: Index, appointment: Json) -> NextStep:
    text = said(appointment, "description")
    start, end = _moment(appointment.get("start", "")), _moment(appointment.get("end", ""))
    actors = (professional(index, each.get("actor")) for each in appointment.get("participant", ()))
    holder = next(filter(None, actors), None)
    if systems.NEXT_STEP in codes_of(appointment.get("serviceCategory", ()), systems.KEYWORDS):
        return NextStep(text=text, start=start, end=end, holder=holder)
    words = text or words_of(first(appointment.get("serviceType", ())))
    return next_step_written(words, start, end, holder)


def _sort_other(activity: Json, target: Json, lines: _Lines) -> None:
    """An activity of a kind that we never make: its words, on the side of whoever does it."""
    detail = activity.get("detail", {})
    words = detail.get("description", "") or words_of(detail.get("code", {}))
    words = words or words_of(target.get("code", {})) or activity.get("reference", {}).get("display", "")
    if words:
        by_patient = any(
            f"{kind}/" in who.get("reference", "")
            for who in detail.get("performer", ())
            for kind in _BY_PATIENT
        )
        (lines.patient if by_patient else lines.care).append(Responsibility(text=words))


def _contacts(index: Index, plan: Json) -> list[FixedContact]:
    contacts: list[FixedContact] = []
    vacant: list[tuple[int, FixedContact]] = []
    for reference in plan.get("careTeam", ()):
        team = index.get(reference)
        for note in team.get("note", ()):
            vacant += _vacant(note)
        if systems.ROSTER not in codes_of(team.get("category", ()), systems.TEAM_KIND):
            contacts += _contact(index, team)
    for place, contact in sorted(vacant, key=lambda each: each[0]):
        contacts.insert(place - 1, contact)
    return contacts


def _contact(index: Index, team: Json) -> Iterator[FixedContact]:
    for participant in team.get("participant", ()):
        code = next(iter(codes_of(participant.get("role", ()), systems.FIXED_CONTACT)), "")
        if code not in _CODES:
            continue
        holder = professional(index, participant.get("member"))
        note = first(team.get("note", ()))
        text = said(note, "text") or participant.get("member", {}).get("display", "")
        points = team.get("telecom", ())
        ways = tuple(contact_way(point, text) for point in points)
        if note:
            yield FixedContact(text=text, code=_CODES[code], holder=holder, ways=ways)
        else:
            yield fixed_contact_written(_CODES[code], holder, ways)


def _vacant(note: Json) -> Iterator[tuple[int, FixedContact]]:
    mark = extension_of(note, systems.VACANT)
    code = extension_of(mark, "roll").get("valueCoding", {}).get("code", "")
    if code in _CODES:
        contact = FixedContact(text=said(note, "text"), code=_CODES[code], is_vacant=True)
        yield extension_of(mark, "plats").get("valuePositiveInt", 1), contact


def _contact_ways(index: Index, plan: Json) -> Iterator[ContactWay]:
    for part in extensions_of(plan, systems.CONTACT_WAY):
        service = index.get(part.get("valueReference"))
        text = said(service, "comment") or service.get("name", "")
        for point in service.get("telecom", ()):
            yield contact_way(point, text, service.get("availableTime", ()))


def _joint_plans(index: Index, plan: Json) -> Iterator[JointPlan]:
    for reference in plan.get("supportingInfo", ()):
        other = index.get(reference)
        if reference.get("type") == "CarePlan" or "CarePlan/" in reference.get("reference", ""):
            kind = extension_of(reference, systems.PLAN_TYPE).get("valueCoding", {}).get("code", "")
            kind = kind or next(iter(codes_of(other.get("category", ()), systems.TYPE_OF_CARE_PLAN)), "")
            text = said(reference, "display") or other.get("title", "") or kind
            if text:
                yield JointPlan(text=text, plan_type=kind)


def _unknown(plan: Json) -> Iterator[Keyword]:
    for note in plan.get("note", ()):
        tree = extension_of(note, systems.KEYWORD)
        if tree:
            yield _keyword(tree)
        elif not note.get("text", "").startswith(_VALIDITY_NOTE):
            yield Keyword(title="Anteckning", values=(KeywordValue(text=note.get("text", "")),))


def _keyword(tree: Json) -> Keyword:
    return Keyword(
        title=extension_of(tree, "titel").get("valueString", ""),
        tool=extension_of(tree, "verktyg").get("valueString", ""),
        values=tuple(_value(part) for part in extensions_of(tree, "varde")),
        children=tuple(_keyword(part) for part in extensions_of(tree, systems.KEYWORD)),
        units=_strings(tree, "enhet"),
        ranges=_strings(tree, "intervall"),
        secrecy_levels=_strings(tree, "sekretess"),
    )


def _value(part: Json) -> KeywordValue:
    return KeywordValue(
        text=extension_of(part, "text").get("valueString", ""),
        kind=extension_of(part, "typ").get("valueString", ""),
    )


def _strings(tree: Json, url: str) -> tuple[str, ...]:
    return tuple(part.get("valueString", "") for part in extensions_of(tree, url))


def _one(text: str) -> tuple[str, ...]:
    return (text,) if text else ()


def _date(text: str) -> PartialDate | None:
    return PartialDate(text[:10]) if text else None


def _moment(text: str) -> Moment | None:
    return Moment(text) if text else None
