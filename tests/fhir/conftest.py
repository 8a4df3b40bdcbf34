"""A note with an agreement, and a consultation: the smallest that show every rule."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal
from typing import Any

import pytest

from adapter.domain.agreement import (
    Agreement,
    FixedContact,
    FixedContactCode,
    JointPlan,
    NextStep,
    Responsibility,
    Validity,
)
from adapter.domain.consultation import (
    Consultation,
    ContactForm,
    MessageKind,
    Sbar,
    Urgency,
    VitalKind,
    VitalSign,
)
from adapter.domain.identity import HsaId, PersonId, PersonIdKind
from adapter.domain.keywords import Keyword, KeywordValue
from adapter.domain.note import Note, Visibility
from adapter.domain.people import (
    Audience,
    CareGiver,
    CareUnit,
    ContactKind,
    ContactWay,
    Hours,
    Person,
    Professional,
)
from adapter.domain.when import Moment, PartialDate
from adapter.fhir import Built, MadeBy

Json = dict[str, Any]
MEASURED = Moment("2026-11-02T08:40:00+01:00")
LIND = Professional(name="Lind", title="dr")
EVA = Professional(name="Eva Svensson", title="sjuksköterska")


@pytest.fixture
def made_by() -> MadeBy:
    """A message from Cosmic."""
    return MadeBy(
        source="se.cosmic.journal-notes",
        mapping_version="1.2.0",
        sha256="ab" * 32,
        received_at="2026-03-12T10:15:00+01:00",
    )


@pytest.fixture
def unit() -> CareUnit:
    """A unit with everything that can be said of one."""
    return CareUnit(
        hsa_id=HsaId(value="SE2321000016-A1B2"),
        name="Hälsocentralen Borgholm",
        care_giver=CareGiver(hsa_id=HsaId(value="SE2321000016-C3D4"), name="Region Kalmar län"),
        phone="010-222 22 22",
        email="hc@region.example",
        address="Storgatan 1, 387 31 Borgholm",
        location="Borgholm",
    )


@pytest.fixture
def note(unit: CareUnit) -> Note:
    """A signed note."""
    nurse = Professional(hsa_id=HsaId(value="SE2321000016-P101"), name="Eva Ek", title="sjuksköterska")
    return Note(
        note_id="SE2321000016-Test:Note:4711",
        note_id_root="1.2.752.129.2.1.2.1",
        source_system=HsaId(value="SE2321000016-COSMIC1"),
        patients=(
            Person(
                ids=(PersonId(kind=PersonIdKind.PERSONNUMMER, value="191212121212"),),
                family_name="Tolvansson",
                given_names=("Tolvan",),
                origins={"": "patient", "family_name": "patient.name.family"},
            ),
        ),
        version_at=Moment("2026-03-12T10:14:00+01:00"),
        noted_at=Moment("2026-03-12T09:45:00+01:00"),
        signed_at=Moment("2026-03-12T10:14:00+01:00"),
        title="Besöksanteckning",
        type_code="bes",
        type_name="Besöksanteckning",
        author=nurse,
        signer=nurse,
        unit=unit,
        care_contact_id="kontakt-17",
        visibility=Visibility(is_signed=True),
        keywords=(
            Keyword(
                title="Överenskommelse",
                children=(
                    Keyword(
                        title="Patienten ansvarar för",
                        values=(KeywordValue(text="Daglig promenad"),),
                        units=("min",),
                        ranges=("10-60",),
                    ),
                ),
            ),
        ),
        origins={"": "note", "signed_at": "note.signed"},
    )


@pytest.fixture
def agreement() -> Agreement:
    """An agreement with every part."""
    line = "Hälsocentralen 010-000 00 00, vardagar 08.00–17.00"
    return Agreement(
        text=("Vi följer ditt blodtryck tillsammans.",),
        validity=Validity(
            text="2026-03-12 – 2026-09-30",
            start=PartialDate("2026-03-12"),
            end=PartialDate("2026-09-30"),
            origins={"": "records.validity"},
        ),
        patient_part=(
            Responsibility(text="Daglig promenad", origins={"": "records.patient#L1"}),
            Responsibility(text="Mäta blodtrycket två gånger i veckan", origins={"": "records.patient#L2"}),
        ),
        care_part=(Responsibility(text="Uppföljning av blodtryck"),),
        contacts=(
            FixedContact(
                text="Eva Svensson, sjuksköterska, 010-111 11 11",
                code=FixedContactCode.CARE_CONTACT,
                holder=EVA,
                ways=(
                    ContactWay(
                        text="Eva Svensson, sjuksköterska, 010-111 11 11",
                        kind=ContactKind.PHONE,
                        value="010-111 11 11",
                        hours=(Hours(weekdays=(1, 3), opens="08:00", closes="09:30"),),
                    ),
                ),
            ),
            FixedContact(text="Ej utsedd", code=FixedContactCode.SOCIAL_CARE_CONTACT, is_vacant=True),
            FixedContact(text="dr Lind", code=FixedContactCode.PHYSICIAN, holder=LIND),
        ),
        contact_ways=(
            ContactWay(
                text=line,
                kind=ContactKind.PHONE,
                value="010-000 00 00",
                audience=Audience.PATIENT,
                hours=(Hours(weekdays=(1, 2, 3, 4, 5), opens="08:00", closes="17:00"),),
            ),
        ),
        next_steps=(
            NextStep(
                text="Provtagning 2026-04-20 kl 10.00-10.30 hos dr Lind",
                start=Moment("2026-04-20T10:00:00+02:00"),
                end=Moment("2026-04-20T10:30:00+02:00"),
                holder=LIND,
            ),
            NextStep(text="Återbesök 2026-04-14 kl 10.00", start=Moment("2026-04-14T10:00:00+02:00")),
            NextStep(text="Samtal vid behov"),
        ),
        joint_plans=(
            JointPlan(text="Rehabplan 2026", plan_type="RP"),
            JointPlan(text="Självvald inläggning"),
        ),
        unknown=(
            Keyword(
                title="Mål",
                values=(KeywordValue(text="Kunna gå i trappor"),),
                children=(Keyword(title="Delmål", values=(KeywordValue(text="En trappa", kind="Fixed"),)),),
            ),
        ),
    )


@pytest.fixture
def consultation() -> Consultation:
    """A request with SBAR and vital signs."""
    return Consultation(
        message_id="6f2f4c1e-7d0c-4b53-9d7e-0d8c5a3f1b11",
        kind=MessageKind.REQUEST,
        created_at=Moment("2026-11-02T09:15:00+01:00"),
        patients=(
            Person(
                ids=(PersonId(kind=PersonIdKind.PERSONNUMMER, value="195009072553"),),
                family_name="Goode",
                given_names=("John",),
            ),
        ),
        sender_unit=CareUnit(
            hsa_id=HsaId(value="SE2120001249-HSV01"),
            name="Hemsjukvården Norr",
            care_giver=CareGiver(hsa_id=HsaId(value="SE2120001249-VG01")),
            phone="0340-880 00",
        ),
        sender=Professional(hsa_id=HsaId(value="SE2120001249-P101"), name="Karin Ek", title="Sjuksköterska"),
        receiver_unit=CareUnit(hsa_id=HsaId(value="SE2321000115-VC07"), name="Vårdcentralen Håsten"),
        has_consent=True,
        question="Behöver furosemiddosen höjas?",
        urgency=Urgency.WITHIN_72_HOURS,
        contact_wanted=ContactForm.PHONE,
        sbar=Sbar(
            situation="Viktuppgång 2,3 kg på fyra dagar.",
            background="Hjärtsvikt NYHA III.",
            assessment="Pittingödem till knäna.",
            recommendation="Önskar ställningstagande.",
            origins={"situation": "Sbar.Situation"},
        ),
        vitals=(
            VitalSign(
                kind=VitalKind.BLOOD_PRESSURE,
                systolic=Decimal(138),
                diastolic=Decimal(82),
                measured_at=MEASURED,
            ),
            VitalSign(
                kind=VitalKind.TEMPERATURE,
                value=Decimal("37.1"),
                measured_at=MEASURED,
                origins={"value": "Vitals[1].Value"},
            ),
            VitalSign(kind=VitalKind.SATURATION, value=Decimal(93), measured_at=MEASURED),
            VitalSign(kind=VitalKind.CONSCIOUSNESS, code="A", measured_at=MEASURED),
            VitalSign(kind=VitalKind.WEIGHT, not_taken="Kunde inte stå på vågen."),
        ),
    )


@pytest.fixture
def deadline() -> Moment:
    """72 hours after the request."""
    return Moment("2026-11-05T09:15:00+01:00")


@pytest.fixture
def of_type() -> Callable[[Built, str], list[Json]]:
    """The resources of one type among those that were built."""
    return lambda built, type_: [each for each in built.resources if each["resourceType"] == type_]
