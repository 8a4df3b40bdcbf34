"""One record of a message becomes an effect: its agreement read, its resources built, its rules applied."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING

from adapter.decision import Effect
from adapter.domain.agreement import read_agreement
from adapter.domain.consultation import Consultation, Urgency, deadline, review
from adapter.domain.errands import long_visits
from adapter.domain.event import Event
from adapter.domain.guidance import phone_guidance
from adapter.domain.holders import doubled_contacts
from adapter.domain.note import Note
from adapter.domain.one_patient import not_one_patient
from adapter.domain.plausible import implausible_vitals
from adapter.domain.protected import is_protected, protected
from adapter.domain.when import Moment, months_after, written
from adapter.fhir import consultation_resources, note_resources
from adapter.findings import Finding
from adapter.frozen import dataclass, replace
from adapter.own_faults import own_faults, told_as_ours
from adapter.placing import placed
from adapter.policy import ORDINARY, Policy
from adapter.reminding import Reminding, reminded
from adapter.telling import letters

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from adapter.decision import Source
    from adapter.domain.agreement import Agreement
    from adapter.domain.guidance import PhoneSchedule
    from adapter.fhir import Built, MadeBy
    from adapter.known import Known
    from adapter.own_faults import Check

AT = "effects"
LONGEST_MONTHS = 12
MOST_RESOURCES = 3_000  # of one message: about a hundred ordinary notes
FAR_AHEAD = "2200"
ACUTE = (
    "Akuta ärenden tas inte emot som meddelande. Ring läkaren nu: vardagar 08.00–17.00 på det direktnummer "
    "som er enhet har fått av vårdcentralen, annan tid via regionens växel. Vid fara för livet, ring 112."
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Making:
    """What every effect of one message shares."""

    source: Source
    made_by: MadeBy
    lines: Mapping[str, tuple[int, int]]  # the first and the last of each record, by its place
    trace: bool = False
    check: Check | None = None
    known: Known | None = None  # None: there is no store at hand
    policy: Policy = ORDINARY

    def effect(self, record: Note | Consultation | Event, content: str, found: tuple[Finding, ...]) -> Effect:
        """What a record comes to; with a blocking finding nothing is built of it."""
        if isinstance(record, Event):
            effect = Effect(record=record, content=content, findings=found)
            if effect.is_parked:
                return effect
            at = self.made_by.received_at
            now = datetime.fromisoformat(at) if at else None
            return reminded(Reminding(record, effect, self.known, self.policy, now), self._built)
        found += not_one_patient(record.patients, record.origin("patients"))
        place = record.origin()
        made_by = self.made_by.of_record(place, self.lines.get(place))
        if isinstance(record, Note):
            return self._note(record, content, found, made_by)
        return self._consultation(record, content, found, made_by)

    def _note(self, note: Note, content: str, found: tuple[Finding, ...], made_by: MadeBy) -> Effect:
        if note.version_at is None or note.version_at.value >= FAR_AHEAD:  # it would stay current for ever
            found += (_version_missing(note),)
        read = read_agreement(note.keywords, self.source.vocabulary, note.noted_at or note.version_at)
        found += read.findings
        if read.value is None:
            found += (_no_agreement(note),)
        else:
            found += (*_on_its_end(read.value), *doubled_contacts(read.value))
        note, agreement = protected((note, read.value)) if is_protected(note) else (note, read.value)
        effect = Effect(record=note, agreement=agreement, content=content, findings=found)
        if effect.is_parked:
            return effect
        return self._built(effect, lambda trace: note_resources(note, agreement, made_by, trace=trace))

    def _consultation(
        self, asked: Consultation, content: str, found: tuple[Finding, ...], made_by: MadeBy
    ) -> Effect:
        found = tuple(_with_new_id(finding, asked) for finding in found)
        if asked.urgency is Urgency.AKUT:
            found += (_urgent_by_phone(asked, self._phones, self._now(asked)),)
        found += (*implausible_vitals(asked), *long_visits(asked.home_visits))
        asked = protected(asked) if is_protected(asked) else asked
        effect = Effect(record=asked, content=content, findings=found)
        return effect if effect.is_parked else self._exchanged(effect, asked, made_by)

    @property
    def _phones(self) -> PhoneSchedule | None:
        """The numbers for what is acute: as set for this system, else as the source says."""
        return self.policy.phones or self.source.phones

    def _now(self, asked: Consultation) -> Moment:
        """When the sender calls: when the message came; without a clock, when it was written."""
        at = self.made_by.received_at
        return written(datetime.fromisoformat(at)) if at else asked.created_at

    def _exchanged(self, effect: Effect, asked: Consultation, made_by: MadeBy) -> Effect:
        """A message that nothing in itself stops, in its thread."""
        at = placed(asked, self.source.name, self.known, self.policy)
        effect = replace(effect, findings=effect.findings + at.findings, needs=at.needs, awaits=at.awaits)
        if effect.needs or effect.is_parked:
            return effect
        until = deadline(asked.urgency, asked.created_at, self.policy.one_day) if asked.urgency else None
        again = review(asked.urgency, asked.created_at, self.policy.review_days)
        effect = self._built(
            effect,
            lambda trace: consultation_resources(
                asked, until, made_by, place=at.place, review=again, trace=trace
            ),
        )
        effect = replace(effect, expects=at.expects)
        return effect if effect.is_parked else letters(effect, at, until, self.policy)

    def _built(self, effect: Effect, build: Callable[[bool], Built]) -> Effect:
        """The effect with what it makes; a fault of ours in that parks it, and nothing invalid leaves."""
        built = build(self.trace)
        made = (*built.earlier, *built.resources)
        faults = own_faults(made, self.check) if self.check else ()
        if faults:
            traces = built.traces if self.trace else build(True).traces
            ours = told_as_ours(faults, traces, effect.record.origin())
            return replace(effect, findings=effect.findings + built.findings + ours)
        return replace(
            effect,
            resources=built.resources,
            earlier=built.earlier,
            traces=built.traces,
            findings=effect.findings + built.findings,
        )


def too_many(effects: Sequence[Effect]) -> tuple[Finding, ...]:
    """A message that comes to more resources than are kept in one transaction, while others wait for it."""
    count = sum(len(effect.resources) for effect in effects)
    if count <= MOST_RESOURCES:
        return ()
    what = (
        f"Meddelandet ger fler än {MOST_RESOURCES} resurser, som är det mesta som sparas på en gång; inget "
        "mer än meddelandet självt har sparats. Dela upp det i flera meddelanden."
    )
    return (Finding("too-large", "", AT, what, str(count), blocking=True),)


def nothing_in_it(title: str) -> Finding:
    """A message that was read and holds no record: an empty answer is told, not passed by."""
    what = (
        f"Det finns ingen anteckning och inget meddelande i det som skickades ({title}), så inget mer än "
        "detta har sparats. Kontrollera frågan om något borde ha funnits."
    )
    return Finding("nothing-in-it", "", AT, what)


def _version_missing(note: Note) -> Finding:
    what = (
        "Anteckningens versionstid saknas eller kan inte stämma, så det går inte att veta om den är "
        "nyare än den som redan finns. Ange tiden som ÅÅÅÅMMDDttmmss och skicka igen."
    )
    return Finding("version-missing", note.origin("version_at"), AT, what, blocking=True)


def _no_agreement(note: Note) -> Finding:
    what = (
        "Anteckningen har inget sökord Överenskommelse, så ingen överenskommelse kunde läsas ur den; "
        "texten är sparad. Skriv överenskommelsen under sökordet om den ska visas för patienten."
    )
    return Finding("no-agreement", note.origin(), AT, what)


def _on_its_end(agreement: Agreement) -> tuple[Finding, ...]:
    """An agreement says how long it holds, at most twelve months (agr-plan-1); no date is ever invented."""
    validity = agreement.validity
    place = validity.origin("text") if validity else agreement.origin()
    if validity is None or validity.end is None:
        what = (
            "Överenskommelsen har inget slutdatum som går att läsa och visas utan slut. "
            "Skriv till vilket datum den gäller, högst tolv månader fram, eller bestäm när den ska ses över."
        )
        return (Finding("no-end", place, AT, what),)
    if validity.start and validity.end.last_day() > months_after(validity.start.first_day(), LONGEST_MONTHS):
        what = (
            "Överenskommelsen gäller längre än tolv månader. Kontrollera slutdatumet, "
            "eller skriv varför den ska gälla så länge."
        )
        return (Finding("over-a-year", place, AT, what),)
    return ()


def _with_new_id(finding: Finding, asked: Consultation) -> Finding:
    """What stops a letter, with how it is sent again: other bytes under its id are refused (409)."""
    if not finding.blocking:
        return finding
    name = asked.origin("message_id").rpartition(".")[2] or "id"
    return replace(finding, what=f"{finding.what} Skicka det rättade meddelandet med nytt {name}.")


def _urgent_by_phone(asked: Consultation, phones: PhoneSchedule | None, at: Moment) -> Finding:
    role = asked.sender.title if asked.sender else ""
    what = phone_guidance(role, at, phones).text if phones else ACUTE
    return Finding("urgent-by-phone", asked.origin("urgency"), AT, what, blocking=True)
