"""Words of HL7 v2 that our messages are made of: data types (v2.5.1 chapter 2A) and whole segments.

A field is a text, a tuple of components (in which a tuple is subcomponents), or a list of repetitions. What
nobody said is left out. How each is read again: docs/hl7v2.md.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from decimal import Decimal
from typing import Final, TypeAlias

from adapter.domain.consultation import (
    BookingStatus,
    Consultation,
    ContactForm,
    RequestId,
    Sbar,
    Urgency,
    VitalKind,
    VitalSign,
)
from adapter.domain.identity import Oid, PersonId, PersonIdKind
from adapter.domain.people import CareUnit, Person, Professional
from adapter.domain.when import Moment
from adapter.fhir.observation import ACVPU_NAMES, DIASTOLIC, MEASURES, SYSTOLIC
from adapter.fhir.passages import SEGMENTS
from adapter.wire.hl7v2_writer import Repetition, Segment

Value: TypeAlias = "str | tuple[str | tuple[str, ...], ...] | list[Repetition]"

OURS: Final = "OVERENS"  # our own codes, in the third component of a CE
_TAX_AGENCY: Final = "SKV"
_SWEDISH: Final = "NNSWE"  # table 0203: national person identifier, Sweden
_ROOTS: Final = {
    PersonIdKind.PERSONNUMMER: Oid.PERSONNUMMER.value,
    PersonIdKind.SAMORDNINGSNUMMER: Oid.SAMORDNINGSNUMMER.value,
    PersonIdKind.NATIONAL_RESERVE: Oid.NATIONAL_RESERVE.value,
}
PRIORITY: Final = {  # table 0485
    Urgency.AKUT: "S",
    Urgency.WITHIN_1_DAY: "TD1",
    Urgency.WITHIN_72_HOURS: "TH72",
    Urgency.WITHIN_1_WEEK: "TW1",
    Urgency.LONG_TERM: "R",
}
REFERRAL_PRIORITY: Final = {  # table 0280: two levels share A, and two share R
    Urgency.AKUT: "S",
    Urgency.WITHIN_1_DAY: "A",
    Urgency.WITHIN_72_HOURS: "A",
    Urgency.WITHIN_1_WEEK: "R",
    Urgency.LONG_TERM: "R",
}
APPOINTMENT: Final = {  # SIU's event; table 0278
    BookingStatus.BOOKED: ("S12", "Booked"),
    BookingStatus.REBOOKED: ("S13", "Booked"),
    BookingStatus.CANCELLED: ("S15", "Cancelled"),
    BookingStatus.NO_SHOW: ("S26", "Noshow"),
}
CONTACT_FORMS: Final = {
    ContactForm.PHONE: "Telefon",
    ContactForm.VIDEO: "Video",
    ContactForm.VISIT: "Besök",
    ContactForm.HOME_VISIT: "Hembesök",
    ContactForm.WRITTEN: "Skriftligt svar",
}
CONSULTATION: Final = ("11429006", "Konsultation", "SCT")
PROTECTED: Final = "SK"  # PV1-16: skyddade personuppgifter
NOT_OBTAINED: Final = "X"  # table 0085


def segment(name: str, fields: Mapping[int, Value]) -> Segment:
    """A segment of the fields that say something."""
    parted: dict[int, list[Repetition]] = {}
    for number, value in fields.items():
        repetitions = [part for part in (value if isinstance(value, list) else [value]) if _says(part)]
        if repetitions:
            parted[number] = repetitions
    return name, parted


def _says(value: Repetition) -> bool:
    return value != "" if isinstance(value, str) else any(map(_says, value))


def timestamp(moment: Moment | None) -> str:
    """TS: as precise as it is said, to the second, with its offset."""
    if moment is None:
        return ""
    if not moment.has_time:
        return moment.value.replace("-", "")
    return f"{datetime.fromisoformat(moment.value):%Y%m%d%H%M%S%z}"[:19]


def name(professional: Professional | None) -> tuple[str, ...]:
    """XPN: family, given, and in the prefix the title as it is written."""
    if professional is None:
        return ("",)
    given, _, family = professional.name.rpartition(" ")
    return (family, given, "", "", professional.title)


def staff(professional: Professional | None) -> tuple[str | tuple[str, ...], ...]:
    """XCN: HSA-id, family, given and title."""
    if professional is None:
        return ("",)
    family, given, *_ = name(professional)
    hsa_id = professional.hsa_id.value if professional.hsa_id else ""
    assigner = ("", Oid.HSA_ID.value, "ISO") if hsa_id else ""
    return (hsa_id, family, given, "", "", professional.title, "", "", assigner)


def place(unit: CareUnit) -> tuple[str | tuple[str, ...], ...]:
    """PL: the unit's HSA-id as point of care, the care giver's as facility, its name as description."""
    giver = unit.care_giver.hsa_id if unit.care_giver else None
    facility = (giver.value, Oid.HSA_ID.value, "ISO") if giver else ""
    return (unit.hsa_id.value if unit.hsa_id else "", "", "", facility, "", "", "", "", unit.name)


def organisation(unit: CareUnit) -> tuple[str, ...]:
    """XON: name and HSA-id of a unit."""
    hsa_id = unit.hsa_id.value if unit.hsa_id else ""
    return (unit.name, "", "", "", "", "", "HSA" if hsa_id else "", "", "", hsa_id)


def telecom(unit: CareUnit) -> list[Repetition]:
    """XTN: the unit's number as it is written, and its e-mail address."""
    phone = ("", "WPN", "PH", *[""] * 8, unit.phone) if unit.phone else ""
    email = ("", "NET", "Internet", unit.email) if unit.email else ""
    return [phone, email]


def request_id(request: RequestId) -> tuple[str, ...]:
    """EI: the number, and who gave it, as an OID when it is one."""
    if request.assigner.replace(".", "").isdecimal():
        return (request.value, "", request.assigner, "ISO")
    return (request.value, request.assigner)


def requests(message: Consultation) -> tuple[RequestId, ...]:
    """The names of the request that a message is about; HL7 v2 has no other way to say it."""
    if message.request_ids:
        return message.request_ids
    return (RequestId(value=message.in_reply_to or message.message_id),)


def request_ids(message: Consultation) -> list[Repetition]:
    """The names of the request as EI."""
    return [request_id(request) for request in requests(message)]


def patient(person: Person) -> Segment:
    """PID: identity numbers and name."""
    given = person.given_names
    fields: dict[int, Value] = {
        1: "1",
        3: [_identity(number) for number in person.ids],
        5: (person.family_name, given[0] if given else "", " ".join(given[1:]), "", "", "", "L"),
    }
    return segment("PID", fields)


def visit(person: Person, unit: CareUnit | None = None) -> Segment:
    """PV1: no visit; whether the person has protected identity, and where somebody answers."""
    secret = PROTECTED if person.is_protected else ""
    return segment("PV1", {1: "1", 2: "N", 3: place(unit) if unit else "", 16: secret})


def _identity(number: PersonId) -> Repetition:
    root = number.root or _ROOTS.get(number.kind, "")
    agency = _TAX_AGENCY if number.kind in _ROOTS else ""
    kind = _SWEDISH if number.kind in _ROOTS else "PI"
    return (number.value, "", "", (agency, root, "ISO") if root else "", kind)


def provider(role: str, unit: CareUnit, person: Professional | None, wants: ContactForm | None) -> Segment:
    """PRD: a unit and somebody there; RP asks, RT is asked."""
    hsa_id = person.hsa_id.value if person and person.hsa_id else ""
    roles = {"RP": "Referring provider", "RT": "Referred to provider"}
    fields: dict[int, Value] = {
        1: (role, roles[role], "HL70286"),
        2: name(person),
        4: place(unit),
        5: telecom(unit),
        6: contact_form(wants),
        7: (hsa_id, "HSA", Oid.HSA_ID.value) if hsa_id else "",
    }
    return segment("PRD", fields)


def contact_form(form: ContactForm | None) -> tuple[str, ...]:
    """CE: how somebody is met or wants to be reached."""
    return (form.value, CONTACT_FORMS[form], OURS) if form else ("",)


def note(number: int, text: str) -> Segment:
    """NTE: one comment; its lines stay lines."""
    return segment("NTE", {1: str(number), 3: text})


def observations(message: Consultation) -> list[Segment]:
    """OBX and what belongs to each: consent, SBAR, what is missing, vital signs; numbered from one."""
    found = [*_consent(message.has_consent), *_sbar(message.sbar), *_missing(message.missing)]
    found += [row for turn, vital in enumerate(message.vitals, 1) for row in _vital(vital, turn)]
    numbered: list[Segment] = []
    count = 0
    for name_, fields in found:
        if name_ == "OBX":
            count += 1
            fields = {**fields, 1: [str(count)]}  # noqa: PLW2901  the same with its number
        numbered.append((name_, fields))
    return numbered


def text_observation(number: int, code: tuple[str, ...], text: str) -> Segment:
    """OBX with a text."""
    return segment("OBX", {1: str(number), 2: "TX", 3: code, 5: text, 11: "F"})


def _consent(has_consent: bool | None) -> list[Segment]:
    if has_consent is None:
        return []
    said = ("Y", "Ja", "HL70136") if has_consent else ("N", "Nej", "HL70136")
    return [segment("OBX", {2: "CE", 3: ("samtycke", "Samtycke", OURS), 5: said, 11: "F"})]


def _sbar(sbar: Sbar | None) -> list[Segment]:
    if sbar is None:
        return []
    return [
        segment("OBX", {2: "TX", 3: (code, title, "SBAR"), 5: getattr(sbar, field), 11: "F"})
        for code, field, title in SEGMENTS
        if getattr(sbar, field)
    ]


def _missing(parts: tuple[str, ...]) -> list[Segment]:
    code = ("saknas", "Begärd komplettering", OURS)
    return [segment("OBX", {2: "ST", 3: code, 5: part, 11: "F"}) for part in parts]


def _vital(vital: VitalSign, turn: int) -> list[Segment]:
    if vital.kind is VitalKind.BLOOD_PRESSURE and not vital.not_taken:
        return [
            _measured(vital, (code, title, "LN"), value, str(turn))
            for code, title, value in (
                (SYSTOLIC, "Systoliskt blodtryck", vital.systolic),
                (DIASTOLIC, "Diastoliskt blodtryck", vital.diastolic),
            )
            if value is not None
        ]
    measure = MEASURES[vital.kind]
    code = (measure.loinc[0], measure.name, "LN") if measure.loinc else (vital.kind.value, measure.name, OURS)
    if vital.code:
        said = (vital.code, ACVPU_NAMES.get(vital.code, ""), "ACVPU")
        return [segment("OBX", {2: "CE", 3: code, 5: said, 11: "F", 14: timestamp(vital.measured_at)})]
    row = _measured(vital, code, vital.value, "")
    return [row, note(1, vital.not_taken)] if vital.not_taken else [row]


def _measured(vital: VitalSign, code: tuple[str, ...], value: Decimal | None, turn: str) -> Segment:
    unit = MEASURES[vital.kind].ucum
    fields: dict[int, Value] = {
        2: "NM" if value is not None else "",
        3: code,
        4: turn,
        5: f"{value:f}" if value is not None else "",
        6: (unit, "", "UCUM") if value is not None else "",
        11: "F" if value is not None else NOT_OBTAINED,
        14: timestamp(vital.measured_at),
    }
    return segment("OBX", fields)
