"""HL7 v2's three sources: what they mean, and that what we write to others reads the same here."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from adapter.domain.consultation import (
    Booking,
    BookingStatus,
    Consultation,
    ContactForm,
    MessageKind,
    RequestId,
    Sbar,
    Urgency,
    VitalKind,
    VitalSign,
)
from adapter.domain.identity import PersonId, PersonIdKind, hsa_id
from adapter.domain.people import CareGiver, CareUnit, Person, Professional
from adapter.domain.routes import Address
from adapter.domain.when import written
from adapter.findings import Finding
from adapter.frozen import replace
from adapter.mapping import map_message
from adapter.sources import load_sources, recognise
from adapter.wire.hl7v2_header import read_header
from adapter.writing.hl7v2 import Envelope, write

ROOT = Path(__file__).parents[2]
FIXTURES = ROOT / "fixtures"
SOURCES = load_sources()
REQUEST = (FIXTURES / "hl7v2.referral" / "request-with-sbar.hl7").read_bytes()
BOOKED = (FIXTURES / "hl7v2.scheduling" / "booked-telephone-time.hl7").read_bytes()
DOCUMENT = (FIXTURES / "hl7v2.document" / "answer-as-document.hl7").read_bytes()

settings.register_profile("hl7v2-sources", deadline=None, max_examples=120)
settings.load_profile("hl7v2-sources")


def said(raw: bytes) -> Consultation:
    """The one message that the bytes hold."""
    source = SOURCES[recognise(raw, SOURCES) or ""]
    (record,) = map_message(source.plan, source.parse(raw)).records
    assert isinstance(record, Consultation)
    return record


def told(raw: bytes) -> tuple[Finding, ...]:
    """What there is to say of it."""
    source = SOURCES[recognise(raw, SOURCES) or ""]
    return map_message(source.plan, source.parse(raw)).findings


def changed(raw: bytes, *pairs: tuple[str, str]) -> bytes:
    """The message with something else in it."""
    text = raw.decode()
    for old, new in pairs:
        assert old in text
        text = text.replace(old, new)
    return text.encode()


def test_every_field_of_a_request_is_read() -> None:
    """
    Identity, names of the request, who asks whom, urgency, question over lines, SBAR, consent, vital signs.
    """
    asked = said(REQUEST)
    assert asked.message_id == "LIFECARE|SE2120001249-HSV01|L-0001"
    assert asked.request_ids == (
        RequestId(value="R-4711", assigner="LIFECARE"),
        RequestId(value="O-9001", assigner="LIFECARE"),
    )
    assert asked.sender_unit.hsa_id == hsa_id("SE2120001249-HSV01")
    assert asked.sender_unit.phone == "0340-880 00"
    assert asked.sender == Professional(
        hsa_id=hsa_id("SE2120001249-P101"), name="Karin Ek", title="Sjuksköterska"
    )
    assert asked.receiver_unit.name == "Vårdcentralen Håsten"
    assert asked.receiver_unit.care_giver == CareGiver(hsa_id=hsa_id("SE2321000115-VG07"))
    assert asked.question == "Behöver furosemiddosen höjas?\nVikten har stigit sedan i torsdags."
    assert (asked.urgency, asked.contact_wanted) == (Urgency.WITHIN_72_HOURS, ContactForm.PHONE)
    assert asked.has_consent is True
    assert asked.sbar is not None
    assert asked.sbar.assessment.startswith("Pittingödem")
    assert [vital.kind.value for vital in asked.vitals][:2] == ["blodtryck", "puls"]
    assert (asked.vitals[0].systolic, asked.vitals[0].diastolic) == (138, 82)
    weight, alertness = asked.vitals[-2:]
    assert (weight.value, weight.not_taken) == (None, "Vågen är på service")
    assert (alertness.code, alertness.value) == ("A", None)


@pytest.mark.parametrize(
    ("referral", "order", "urgency"),
    [
        ("A", "TD1", Urgency.WITHIN_1_DAY),
        ("A", "TH72", Urgency.WITHIN_72_HOURS),
        ("R", "TW1", Urgency.WITHIN_1_WEEK),
        ("R", "R", Urgency.LONG_TERM),
        ("A", "S", Urgency.AKUT),
        ("S", "", Urgency.AKUT),
        ("A", "", Urgency.WITHIN_1_DAY),
        ("R", "", Urgency.WITHIN_1_WEEK),
        ("", "th72", Urgency.WITHIN_72_HOURS),
    ],
)
def test_the_urgency_is_that_of_the_order_and_only_without_it_that_of_the_referral(
    referral: str, order: str, urgency: Urgency
) -> None:
    """
    canonical-models §4: two levels share A and two share R, so what was assumed is told.
    """
    raw = changed(REQUEST, ("RF1||A|", f"RF1||{referral}|"), ("^^^^^TH72", f"^^^^^{order}"))
    assert said(raw).urgency is urgency
    is_assumed = any(finding.code == "rule-applied" for finding in told(raw))
    assert is_assumed is (not order and urgency is not Urgency.AKUT)


@pytest.mark.parametrize(("order", "code"), [("X9", "code-unknown"), ("", "required-missing")])
def test_a_request_of_which_nobody_knows_how_soon_is_stopped(order: str, code: str) -> None:
    """
    agr-urg-2: the level is never guessed.
    """
    raw = changed(REQUEST, ("RF1||A|", "RF1|||"), ("^^^^^TH72", f"^^^^^{order}"))
    assert [f.code for f in told(raw) if f.blocking and f.where.startswith("OBR")] == [code]


@pytest.mark.parametrize(
    ("pairs", "hsa"),
    [
        ([], "SE2120001249-HSV01"),
        ([("SE2120001249-HSV01^^^SE2120001249-VG01", "")], "SE2120001249-HSV02"),
        (
            [("SE2120001249-HSV01^^^SE2120001249-VG01", ""), ("Ek^Karin^^^Sjuksköterska", "")],
            "SE2120001249-P101",
        ),
        (
            [
                ("SE2120001249-HSV01^^^SE2120001249-VG01", ""),
                ("LIFECARE|SE2120001249-HSV02", "LIFECARE|KOMMUN"),
            ],
            "SE2120001249-P101",
        ),
        (
            [
                ("SE2120001249-HSV01^^^SE2120001249-VG01", ""),
                ("SE2120001249-P101", ""),
                ("SE2120001249-HSV02", "KOMMUN"),
            ],
            "KOMMUN",
        ),
    ],
)
def test_the_unit_is_who_is_said_in_prd_and_else_the_facility_of_msh(
    pairs: list[tuple[str, str]], hsa: str
) -> None:
    """
    PRD-4, then PRD-7 where no person is named, then MSH-4; what has an HSA-id's form goes first.
    """
    raw = changed(REQUEST, ("LIFECARE|SE2120001249-HSV01", "LIFECARE|SE2120001249-HSV02"), *pairs)
    unit = said(raw).sender_unit
    assert unit.hsa_id is not None
    assert unit.hsa_id.value == hsa


@pytest.mark.parametrize(
    ("header", "rf1", "kind"),
    [
        ("REF^I12^REF_I12", "", MessageKind.REQUEST),
        ("REF^I13^REF_I12", "", MessageKind.COMPLETION),
        ("REF^I14^REF_I12", "", MessageKind.WITHDRAWAL),
        ("REF^I15^REF_I12", "", MessageKind.ADMINISTRATIVE),
        ("RRI^I12^RRI_I12", "A", MessageKind.ANSWER),
        ("RRI^I12", "", MessageKind.ANSWER),
        ("RRI^I13^RRI_I12", "P", MessageKind.COMPLETION),
        ("RRI^I14^RRI_I12", "R", MessageKind.WITHDRAWAL),
        ("RRI^I12^RRI_I12", "E", MessageKind.WITHDRAWAL),
    ],
)
def test_the_event_and_the_referral_status_tell_what_is_said(
    header: str, rf1: str, kind: MessageKind
) -> None:
    """
    Only a request answers nothing; in RRI the unit that is asked (RT) speaks.
    """
    raw = changed(REQUEST, ("REF^I12^REF_I12", header), ("RF1||", f"RF1|{rf1}|"))
    message = said(raw)
    assert message.kind is kind
    assert message.in_reply_to == ("" if kind is MessageKind.REQUEST else "R-4711")
    is_answerers = header.startswith("RRI")
    assert message.sender_unit.name == (
        "Vårdcentralen Håsten" if is_answerers else "Hemsjukvården Norr, Varbergs kommun"
    )


def test_an_acceptance_without_words_is_no_answer() -> None:
    """
    Taken as an answer it would end the request with nothing said.
    """
    raw = (FIXTURES / "hl7v2.referral" / "accepted-without-answer.hl7").read_bytes()
    assert said(raw).kind is MessageKind.ADMINISTRATIVE


@pytest.mark.parametrize(
    ("event", "status"),
    [
        ("S12", "bokad"),
        ("S13", "ombokad"),
        ("S14", "ombokad"),
        ("S15", "avbokad"),
        ("S17", "avbokad"),
        ("S26", "uteblev"),
    ],
)
def test_the_event_tells_what_became_of_a_time(event: str, status: str) -> None:
    """
    SIU's events, chapter 10.
    """
    booking = said(changed(BOOKED, ("SIU^S12", f"SIU^{event}"))).booking
    assert booking is not None
    assert booking.status is BookingStatus(status)


@pytest.mark.parametrize(
    ("pairs", "end"),
    [
        ([], "2026-11-03T10:30:00+01:00"),
        ([("|20261103103000+0100", "")], None),
        (
            [
                ("|20261103103000+0100", ""),
                (
                    "AIS|1||11429006^Konsultation^SCT|20261103100000+0100",
                    "AIS|1||x|20261103100000+0100|||45|min",
                ),
            ],
            "2026-11-03T10:45:00+01:00",
        ),
        (
            [
                ("TQ1|1||||||20261103100000+0100|20261103103000+0100\r", ""),
                ("|||||||SE2120001249-HSV01", "|60|MIN|^^^20261103100000+0100||||SE2120001249-HSV01"),
            ],
            "2026-11-03T11:00:00+01:00",
        ),
        ([("|20261103103000+0100", "|i morgon")], None),
        (
            [
                ("|20261103103000+0100", ""),
                (
                    "AIS|1||11429006^Konsultation^SCT|20261103100000+0100",
                    "AIS|1||x|20261103100000+0100|||2|veckor",
                ),
            ],
            None,
        ),
    ],
)
def test_a_time_ends_when_it_is_said_to_or_after_its_length(
    pairs: list[tuple[str, str]], end: str | None
) -> None:
    """
    TQ1-8, SCH-11.5, else the start and the minutes of AIS-7 or SCH-9; an end is never invented.
    """
    raw = changed(BOOKED, ("telefon^Telefon^OVERENS|||||||", "telefon^Telefon^OVERENS|||||||"), *pairs)
    booking = said(raw).booking
    assert booking is not None
    assert (booking.end.value if booking.end else None) == end
    assert booking.start is not None


@pytest.mark.parametrize(
    ("raw", "pairs"),
    [
        (BOOKED, [("SCH|T-77^LIFECARE|B-501^COSMIC", "SCH||"), ("|R-4711^LIFECARE", "")]),
        (DOCUMENT, [("O-9001^LIFECARE", ""), ("R-4711^LIFECARE", "")]),
        (REQUEST, [("REF^I12^REF_I12", "REF^I14"), ("R-4711^LIFECARE", ""), ("O-9001^LIFECARE", "")]),
    ],
)
def test_an_answer_that_names_no_request_is_stopped(raw: bytes, pairs: list[tuple[str, str]]) -> None:
    """
    It would belong to nobody's question.
    """
    findings = told(changed(raw, *pairs))
    assert [f.where for f in findings if f.code == "required-missing" and f.blocking][:1] in (
        ["SCH"],
        ["TXA"],
        ["RF1"],
    )


def test_a_time_is_known_by_its_own_number_where_the_request_is_not_named() -> None:
    """
    SCH-26 and SCH-27 first, else SCH-1: what the asker calls it.
    """
    assert said(BOOKED).in_reply_to == "R-4711"
    assert said(changed(BOOKED, ("|R-4711^LIFECARE", ""))).in_reply_to == "T-77"


@pytest.mark.parametrize("raw", [REQUEST, BOOKED, DOCUMENT], ids=["REF", "SIU", "MDM"])
@pytest.mark.parametrize(
    ("pairs", "code"),
    [
        ([("^^^SKV&1.2.752.129.2.1.3.1&ISO^NNSWE", "^^^SJUKHUS^MR")], "required-missing"),
        ([("195009072553^", "195009072554^")], "person-id-unusable"),
        ([("|P|2.5.1|", "|P|3.0|")], "hl7-not-taken"),
        ([("-0001|P|", "|P|")], ""),
    ],
)
def test_what_every_message_must_have(raw: bytes, pairs: list[tuple[str, str]], code: str) -> None:
    """
    A national number or one with an OID, a version 2, an id in MSH-10.
    """
    header = read_header(raw)
    assert header is not None
    if not code:
        pairs, code = [(f"|{header.control_id}|P|", "||P|")], "control-id-unusable"
    assert code in [f.code for f in told(changed(raw, *pairs)) if f.blocking]


def test_a_control_id_that_is_too_long_is_stopped() -> None:
    """
    199 characters is what any version allows.
    """
    assert not [f for f in told(changed(REQUEST, ("|L-0001|", f"|{'9' * 199}|"))) if f.blocking]
    assert [f.code for f in told(changed(REQUEST, ("|L-0001|", f"|{'9' * 200}|"))) if f.blocking] == [
        "control-id-unusable"
    ]


@pytest.mark.parametrize(
    ("raw", "mark"),
    [
        (REQUEST, ("PV1|1|N||||||||||||||SK", True)),
        (REQUEST, ("PV1|1|N||||||||||||||N", False)),
        (BOOKED, ("PV1|1|N||||||||||||||VIP", True)),
        (BOOKED, ("PD1||||||||||||Y", True)),
    ],
)
def test_protected_identity_is_heard(raw: bytes, mark: tuple[str, bool]) -> None:
    """
    PV1-16 and PD1-12: anything but a no protects.
    """
    line, is_protected = mark
    text = raw.decode()
    at = text.index("RGS|") if "RGS|" in text else len(text)
    message = said(f"{text[:at]}{line}\r{text[at:]}".encode())
    assert message.patients[0].is_protected is is_protected


# What we write reads the same -------------------------------------------------------------------------

WORDS = st.text(
    st.characters(codec="utf-8", categories=("L", "N", "P", "S"), include_characters=" |^~\\&"),
    min_size=1, max_size=25,
).map(str.strip).filter(lambda text: bool(text) and text != '""')  # fmt: skip
LINES = st.lists(WORDS, min_size=1, max_size=3).map("\n".join)
NAME = st.from_regex(r"[A-ZÅÄÖ][a-zåäöé]{1,8}", fullmatch=True)
IDS = st.from_regex(r"SE2120001249-[A-Z0-9]{1,8}", fullmatch=True).map(hsa_id)
MOMENTS = st.datetimes(
    datetime(1990, 1, 1),  # noqa: DTZ001 - hypothesis adds the zone
    datetime(2050, 1, 1),  # noqa: DTZ001
    timezones=st.just(UTC),
).map(lambda at: written(at.replace(microsecond=0)))
UNITS = st.builds(
    CareUnit,
    hsa_id=IDS,
    name=st.just("") | WORDS,
    care_giver=st.none() | st.builds(CareGiver, hsa_id=IDS),
)
REACHED = st.builds(
    CareUnit,
    hsa_id=IDS,
    name=WORDS,
    care_giver=st.builds(CareGiver, hsa_id=IDS),
    phone=st.just("") | st.from_regex(r"0[0-9]{2}-[0-9]{3} [0-9]{2}", fullmatch=True),
    email=st.just("") | st.just("hsv@kommun.example"),
)
STAFF = st.builds(
    Professional,
    hsa_id=st.none() | IDS,
    name=st.lists(NAME, min_size=1, max_size=3).map(" ".join),
    title=st.just("") | NAME,
)
PATIENTS = st.builds(
    Person,
    ids=st.sampled_from(
        [
            (PersonId(kind=PersonIdKind.PERSONNUMMER, value="195009072553", root="1.2.752.129.2.1.3.1"),),
            (
                PersonId(
                    kind=PersonIdKind.SAMORDNINGSNUMMER, value="196109732393", root="1.2.752.129.2.1.3.3"
                ),
            ),
            (PersonId(kind=PersonIdKind.LOCAL, value="4711", root="1.2.752.129.2.1.2.1"),),
        ]
    ),
    family_name=NAME,
    given_names=st.lists(NAME, min_size=1, max_size=3).map(tuple),
    is_protected=st.booleans(),
).map(lambda person: (person,))
NUMBERS = st.decimals(0, 300, places=1)
VITALS = st.one_of(
    st.builds(
        VitalSign,
        kind=st.just(VitalKind.BLOOD_PRESSURE),
        systolic=NUMBERS,
        diastolic=NUMBERS,
        measured_at=MOMENTS,
    ),
    st.builds(
        VitalSign,
        kind=st.sampled_from([VitalKind.PULSE, VitalKind.WEIGHT, VitalKind.NEWS2, VitalKind.PAIN]),
        value=NUMBERS,
        measured_at=st.none() | MOMENTS,
    ),
    st.builds(
        VitalSign,
        kind=st.just(VitalKind.CONSCIOUSNESS),
        code=st.sampled_from("ACVPU"),
        measured_at=st.none() | MOMENTS,
    ),
    st.builds(VitalSign, kind=st.sampled_from(VitalKind), not_taken=LINES),
)
NAMED = st.builds(
    RequestId, value=WORDS, assigner=st.just("") | st.sampled_from(["LIFECARE", "1.2.752.129.2.1"])
)
SBARS = st.builds(
    Sbar, situation=LINES, background=st.just("") | LINES, assessment=LINES, recommendation=LINES
)


@st.composite
def messages(draw: st.DrawFn) -> tuple[Consultation, dict[str, bool]]:
    """A message of each kind, as complete as HL7 v2 can say it, and how it is to be written."""
    kind = draw(
        st.sampled_from(
            [
                MessageKind.REQUEST,
                MessageKind.ANSWER,
                MessageKind.COMPLETION,
                MessageKind.WITHDRAWAL,
                MessageKind.BOOKED,
            ]
        )
    )
    is_owners = kind is not MessageKind.REQUEST and (
        kind in {MessageKind.ANSWER, MessageKind.BOOKED} or draw(st.booleans())
    )
    names = draw(st.lists(NAMED, min_size=1, max_size=3, unique_by=lambda named: named.value))
    parts: dict[str, object] = {}
    if kind in {MessageKind.REQUEST, MessageKind.COMPLETION} and not is_owners:
        parts = {
            "urgency": draw(st.sampled_from(Urgency)),
            "contact_wanted": draw(st.none() | st.sampled_from(ContactForm)),
            "has_consent": draw(st.none() | st.booleans()),
            "sbar": draw(st.none() | SBARS),
            "vitals": tuple(draw(st.lists(VITALS, max_size=4))),
        }
    if kind in {MessageKind.REQUEST, MessageKind.COMPLETION}:
        parts["question"] = draw(LINES)
    if kind is MessageKind.COMPLETION and is_owners:
        parts["missing"] = tuple(draw(st.lists(WORDS, max_size=2)))
    if kind is MessageKind.ANSWER:
        parts["answer"] = draw(LINES)
    if kind is MessageKind.WITHDRAWAL:
        parts["reason"] = draw(WORDS)
    if kind is MessageKind.BOOKED:
        status = draw(st.sampled_from(BookingStatus))
        is_off = status in {BookingStatus.CANCELLED, BookingStatus.NO_SHOW}
        parts["reason"] = draw(st.just("") | WORDS) if is_off else ""
        parts["booking"] = Booking(
            status=status,
            start=draw(MOMENTS),
            end=draw(st.none() | MOMENTS),
            contact_form=draw(st.none() | st.sampled_from(ContactForm)),
            holder=draw(st.none() | STAFF),
            instruction=draw(st.just("") | LINES),
        )
    message = Consultation(
        message_id="WE|SE2120001249-OV|C-1",
        kind=kind,
        created_at=draw(MOMENTS),
        patients=draw(PATIENTS),
        in_reply_to="" if kind is MessageKind.REQUEST else names[0].value,
        request_ids=tuple(names),
        sender_unit=draw(UNITS if kind is MessageKind.BOOKED else REACHED),
        sender=draw(st.none() | STAFF),
        receiver_unit=draw(UNITS),
        **parts,  # type: ignore[arg-type]
    )
    return message, {"is_owners": is_owners}


ENVELOPE = Envelope(
    control_id="C-1",
    own=Address(application="WE", facility="SE2120001249-OV"),
    theirs=Address(application="THEY"),
)


@given(messages())
def test_what_we_write_to_others_reads_the_same_here(
    written_so: tuple[Consultation, dict[str, bool]],
) -> None:
    """
    get(put(x)) = x over REF, RRI and SIU: nothing that the dialogue says is lost or bent on the way.
    """
    message, how = written_so
    assert said(write(message, ENVELOPE, **how)) == message


@given(messages())
def test_an_answer_reads_the_same_as_a_document(written_so: tuple[Consultation, dict[str, bool]]) -> None:
    """
    get(put(x)) = x over MDM, which has no telephone number or care giver of who asked.
    """
    message, _ = written_so
    sender_unit = replace(message.sender_unit, phone="", email="")
    receiver_unit = replace(message.receiver_unit, care_giver=None)
    answer = Consultation(
        message_id=message.message_id,
        kind=MessageKind.ANSWER,
        created_at=message.created_at,
        patients=message.patients,
        in_reply_to=message.request_ids[0].value,
        request_ids=message.request_ids,
        sender_unit=sender_unit,
        sender=message.sender,
        receiver_unit=receiver_unit,
        answer=message.answer or "Svar",
    )
    assert said(write(answer, ENVELOPE, as_document=True)) == answer
