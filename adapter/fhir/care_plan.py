"""CarePlan (https://hl7.org/fhir/R4/careplan.html): one for each dokumenterad överenskommelse.

canonical-models §3. Only ``activity.reference``; a period holds only what was surely read, with the words
beside it; an end is never invented.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from adapter.domain.agreement import Agreement, JointPlan, Validity
from adapter.domain.keywords import Keyword, KeywordValue
from adapter.domain.note import Note
from adapter.domain.when import PartialDate
from adapter.fhir import profiles, systems
from adapter.fhir.draft import Draft
from adapter.fhir.element import (
    Json,
    coding,
    concept,
    element,
    extension,
    filled,
    identifier,
    narrative_link,
    original_text,
    pruned,
    reference,
)
from adapter.fhir.frame import Frame
from adapter.fhir.narrative import narrative
from adapter.fhir.view import agreement_view, keyword_text
from adapter.fhir.visibility import is_signed
from adapter.frozen import dataclass

_AT = "fhir.care_plan"
_REPLACED = ("ersatt", "ersätt")


@dataclass(frozen=True, slots=True, kw_only=True)
class Parts:
    """What the plan refers to, as ``Type/id``."""

    activities: Sequence[str]
    care_teams: Sequence[str]
    contact_ways: Sequence[str]


def care_plan(draft: Draft, note: Note, agreement: Agreement, frame: Frame, parts: Parts) -> str:
    """The CarePlan of an agreement."""
    category = concept(
        coding(systems.SNOMED, systems.CARE_PLAN_SNOMED), coding(systems.PLAN_KIND, systems.AGREEMENT_CODE)
    )
    resource: dict[str, Any] = {
        "resourceType": "CarePlan",
        "id": draft.id_of("care-plan"),
        "meta": draft.meta(profiles.AGREEMENT),
        "text": narrative(agreement_view(agreement, draft.masked)),
        **draft.extensions(*_extensions(draft, note, parts)),
        "identifier": filled(identifier(frame.system, draft.said(note, "note_id"))),
        "status": frame.status,
        "intent": "plan",
        "category": [category],
        "title": _title(draft, note),
        **_description(draft, agreement),
        "subject": reference(frame.subject),
        "period": _period(draft, note, agreement.validity),
        "created": draft.said(note, "noted_at"),
        "author": reference(frame.author or frame.unit),
        "contributor": filled(reference(frame.unit)),
        "careTeam": [{"reference": team} for team in parts.care_teams],
        "supportingInfo": [
            _joint_plan(draft, plan, number) for number, plan in enumerate(agreement.joint_plans, 1)
        ],
        "activity": [
            {"extension": [narrative_link(sentence)], "reference": {"reference": activity}}
            for sentence, activity in zip(_lines(agreement), parts.activities, strict=True)
        ],
        "note": _notes(draft, agreement),
    }
    return draft.add(_AT, pruned(resource))


def status(note: Note) -> str:
    """The state of an agreement made from a note (canonical-models §2.4)."""
    if not note.is_active:
        reason = note.inactive_reason.casefold()
        return "revoked" if reason.startswith(_REPLACED) else "entered-in-error"
    return "active" if is_signed(note) else "draft"


def start_of(note: Note) -> str:
    """The date that something in a note begins when only its end is said: that of the note."""
    moment = note.noted_at or note.version_at or note.signed_at
    return moment.value[:10] if moment else ""


def _title(draft: Draft, note: Note) -> str:
    if note.unit is None or not note.unit.name or draft.is_protected:
        return "Överenskommelse"
    return f"Överenskommelse – {draft.shown(note.unit, 'name')}"


def _extensions(draft: Draft, note: Note, parts: Parts) -> list[Json]:
    signed = extension(systems.SIGNED_AT, valueDateTime=draft.said(note, "signed_at"))
    ways = [{"url": systems.CONTACT_WAY, "valueReference": {"reference": way}} for way in parts.contact_ways]
    return [signed, *ways]


def _description(draft: Draft, agreement: Agreement) -> Json:
    """The texts of the root keyword; each by itself as well when there are several, or a number had to go."""
    texts = [draft.placed(text, agreement, "text") for text in agreement.text]
    shown = draft.masked(texts[0]) if len(texts) == 1 else "\n".join(draft.masked(text) for text in texts)
    if len(texts) < 2 and [shown] == texts:  # noqa: PLR2004 - more than one
        return {"description": shown}
    beside = [original_text(text) for text in texts]
    return element(description=shown, _description=element(extension=beside))


def _period(draft: Draft, note: Note, validity: Validity | None) -> Json:
    """The dates that were read, with the words; a start that a rule gave is marked as such."""
    if validity is None:
        return {}
    words = original_text(draft.said(validity, "text"))
    period: Json = {"extension": [narrative_link("giltighet"), words]}
    start, end = draft.said(validity, "start"), draft.said(validity, "end")
    note_date = start_of(note)
    if start and validity.is_counted and start not in validity.text:
        period |= _ruled(str(start), systems.RULE_COUNTED)
    elif start:
        is_within = bool(end) and start != end and str(end).startswith(start)
        period["start"] = PartialDate(start).first_day().isoformat() if is_within else start
    elif end and note_date and note_date <= end:
        period |= _ruled(note_date, systems.RULE_NOTE_DATE)
        _find_start(draft, validity)
    if end:
        period["end"] = _comparable(end, period.get("start", ""))
    elif validity.is_open_ended:
        period["_end"] = {"extension": [{"url": systems.ABSENT, "valueCode": "not-applicable"}]}
    return period


def _comparable(end: str, start: str) -> str:
    """An end that per-1 can compare: not the year or month that the start lies in, but its last day."""
    if end == start or not start.startswith(end):
        return end
    return PartialDate(end).last_day().isoformat()


def _ruled(start: str, rule: str) -> Json:
    return {"start": start, "_start": {"extension": [{"url": systems.RULE, "valueCode": rule}]}}


def _find_start(draft: Draft, validity: Validity) -> None:
    what = (
        "Giltigheten har bara ett slut; överenskommelsen räknas från anteckningens datum. "
        "Skriv även startdatum om det är ett annat."
    )
    draft.find("rule-applied", validity.origin("text"), _AT, what)


def _lines(agreement: Agreement) -> Iterator[str]:
    """The ids that the view gives the lines that became activities, in their order."""
    parts = (
        ("patienten", agreement.patient_part),
        ("varden", agreement.care_part),
        ("planering", agreement.next_steps),
    )
    return (f"{section}-{number}" for section, lines in parts for number in range(1, len(lines) + 1))


def _joint_plan(draft: Draft, plan: JointPlan, number: int) -> Json:
    kind = draft.said(plan, "plan_type")
    kinds = (
        [extension(systems.PLAN_TYPE, valueCoding=coding(systems.TYPE_OF_CARE_PLAN, kind))] if kind else []
    )
    link = narrative_link(f"planer-{number}")
    return {"extension": [link, *kinds], "type": "CarePlan", **draft.words("display", plan)}


def _notes(draft: Draft, agreement: Agreement) -> list[Json]:
    notes: list[Json] = []
    validity = agreement.validity
    if validity and not (validity.start or validity.end):
        text = draft.shown(validity)
        notes.append({"text": f"Överenskommelsens giltighet: {text}"})
    notes += [
        {
            "extension": [narrative_link(f"ovrigt-{number}"), _keyword(draft, keyword)],
            "text": keyword_text(draft.masked, keyword),
        }
        for number, keyword in enumerate(agreement.unknown, 1)
    ]
    return notes


def _keyword(draft: Draft, keyword: Keyword) -> Json:
    """A keyword that our vocabulary does not know, with nothing lost."""
    parts = [
        extension("titel", valueString=draft.said(keyword, "title")),
        extension("verktyg", valueString=draft.said(keyword, "tool")),
        *[_value(draft, value) for value in keyword.values],
        *[extension("enhet", valueString=unit) for unit in keyword.units],
        *[extension("intervall", valueString=range_) for range_ in keyword.ranges],
        *[extension("sekretess", valueString=level) for level in keyword.secrecy_levels],
        *[_keyword(draft, child) for child in keyword.children],
    ]
    return {"url": systems.KEYWORD, "extension": [part for part in parts if part]}


def _value(draft: Draft, value: KeywordValue) -> Json:
    parts = (
        extension("typ", valueString=draft.said(value, "kind")),
        extension("text", valueString=draft.said(value, "text")),
    )
    return {"url": "varde", "extension": [part for part in parts if part]}
