"""HL7 v2.5.1 on the way out: the right message for each kind, judged by a system that is not ours."""

from __future__ import annotations

import os
import shutil
import subprocess
from pathlib import Path

import pytest

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
from adapter.domain.identity import hsa_id, person_id
from adapter.domain.people import CareGiver, CareUnit, Person, Professional
from adapter.domain.routes import Address, Format, Route
from adapter.domain.when import Moment
from adapter.frozen import replace
from adapter.sources import load_sources
from adapter.wire.hl7v2 import parse
from adapter.wire.hl7v2_header import read_header
from adapter.writing import Outgoing, Unwritable, Writers
from adapter.writing.hl7v2 import Envelope, control_id, write

ROOT = Path(__file__).parents[2]
PEER = Path(os.environ.get("OVERENS_SHARED", ROOT.parent / "shared")) / "tools" / "hl7v2-peer" / "peer"

NURSE = Professional(hsa_id=hsa_id("SE2120001249-P101"), name="Karin Ek", title="Sjuksköterska")
HOME_CARE = CareUnit(
    hsa_id=hsa_id("SE2120001249-HSV01"),
    name="Hemsjukvården Norr",
    care_giver=CareGiver(hsa_id=hsa_id("SE2120001249-VG01")),
    phone="0340-880 00",
    email="hsv@kommun.example",
)
CENTRE = CareUnit(hsa_id=hsa_id("SE2321000115-VC07"), name="Vårdcentralen & Håsten")
ASKED = Consultation(
    message_id="6f2f4c1e-7d0c-4b53-9d7e-0d8c5a3f1b11",
    kind=MessageKind.REQUEST,
    created_at=Moment("2026-11-02T09:15:00+01:00"),
    patients=(Person(ids=(person_id("195009072553"),), family_name="Goode", given_names=("John", "Bo")),),
    request_ids=(
        RequestId(value="R-4711", assigner="LIFECARE"),
        RequestId(value="O-1", assigner="1.2.752.1"),
    ),
    sender_unit=HOME_CARE,
    sender=NURSE,
    receiver_unit=CENTRE,
    has_consent=True,
    question="Behöver dosen höjas?\nEller | sänkas ~ ^ & \\ #?",
    urgency=Urgency.WITHIN_72_HOURS,
    contact_wanted=ContactForm.PHONE,
    sbar=Sbar(situation="Viktuppgång", background="Hjärtsvikt", assessment="Ödem", recommendation="Råd"),
    vitals=(
        VitalSign(kind=VitalKind.BLOOD_PRESSURE, not_taken="Manschetten trasig"),
        VitalSign(kind=VitalKind.CONSCIOUSNESS, code="A"),
        VitalSign(kind=VitalKind.NEWS2, not_taken="Inte räknad"),
    ),
)
ANSWERED = Consultation(
    message_id="svar-1",
    kind=MessageKind.ANSWER,
    created_at=Moment("2026-11-02T13:00:00+01:00"),
    patients=ASKED.patients,
    in_reply_to="R-4711",
    request_ids=ASKED.request_ids[:1],
    sender_unit=CENTRE,
    sender=Professional(name="Lind", title="Dr"),
    receiver_unit=HOME_CARE,
    answer="Höj till 80 mg.",
)
TIME = Booking(
    status=BookingStatus.BOOKED,
    start=Moment("2026-11-03T10:00:00+01:00"),
    end=Moment("2026-11-03T10:30:00+01:00"),
    contact_form=ContactForm.VIDEO,
    holder=NURSE,
    instruction="Ha vågen nära.\nRing om det dröjer.",
)
BOOKED = replace(ANSWERED, kind=MessageKind.BOOKED, answer="", booking=TIME)
ENVELOPE = Envelope(
    control_id="C-1",
    own=Address(application="OVERENS", facility="SE2321000115-OV"),
    theirs=Address(application="COSMIC", facility="SE2321000115-VC07"),
)
CASES = {
    "request": (ASKED, {}, "REF^I12"),
    "request, protected": (
        replace(ASKED, patients=(replace(ASKED.patients[0], is_protected=True),)),
        {},
        "REF^I12",
    ),
    "request without names": (
        replace(ASKED, request_ids=(), sender=None, vitals=(), sbar=None),
        {},
        "REF^I12",
    ),
    "completion by who asked": (
        replace(ASKED, kind=MessageKind.COMPLETION, in_reply_to="R-4711"),
        {},
        "REF^I13",
    ),
    "withdrawal": (replace(ANSWERED, kind=MessageKind.WITHDRAWAL, reason="Inlagd", answer=""), {}, "REF^I14"),
    "answer": (ANSWERED, {}, "RRI^I12"),
    "answer as document": (ANSWERED, {"as_document": True}, "MDM^T02"),
    "answer of who asked": (ANSWERED, {"is_owners": False}, "REF^I13"),
    "question back": (
        replace(ANSWERED, kind=MessageKind.COMPLETION, answer="", question="Vikt?", missing=("Vikt",)),
        {},
        "RRI^I12",
    ),
    "declined": (
        replace(ANSWERED, kind=MessageKind.WITHDRAWAL, reason="Fel enhet"),
        {"is_owners": True},
        "RRI^I12",
    ),
    "booked": (BOOKED, {}, "SIU^S12"),
    "rebooked": (replace(BOOKED, booking=replace(TIME, status=BookingStatus.REBOOKED)), {}, "SIU^S13"),
    "called off": (
        replace(BOOKED, booking=Booking(status=BookingStatus.CANCELLED), reason="Sjuk"),
        {},
        "SIU^S15",
    ),
    "no show": (replace(BOOKED, booking=replace(TIME, status=BookingStatus.NO_SHOW)), {}, "SIU^S26"),
}


@pytest.mark.parametrize(("message", "how", "kind"), CASES.values(), ids=CASES.keys())
def test_each_kind_has_its_message(message: Consultation, how: dict[str, bool], kind: str) -> None:
    """
    The event of MSH-9, 2.5.1 and UTF-8 in MSH, the control id in MSH-10.
    """
    raw = write(message, ENVELOPE, **how)
    header = read_header(raw)
    assert header is not None
    assert f"{header.message_type}^{header.event}" == kind
    assert (header.version, header.charset, header.identity) == (
        "2.5.1", "UNICODE UTF-8", "OVERENS|SE2321000115-OV|C-1",
    )  # fmt: skip
    assert parse(raw).findings == ()


@pytest.mark.skipif(
    not PEER.exists() or not shutil.which("java"), reason="the HL7 v2 system of others is not here"
)
def test_a_system_of_others_finds_no_fault_in_what_we_write(tmp_path: Path) -> None:
    """
    HAPI HL7v2 reads every kind, with no segment out of place, and writes it again to the same.
    """
    for name, (message, how, _) in CASES.items():
        (tmp_path / f"{name.replace(' ', '-')}.hl7").write_bytes(write(message, ENVELOPE, **how))
    files = sorted(map(str, tmp_path.iterdir()))
    done = subprocess.run([PEER, "check", *files], capture_output=True, text=True, check=False)  # noqa: S603
    told = [line for line in done.stdout.splitlines() if line.startswith(("ok ", "bad "))]
    assert len(told) == len(CASES)
    assert not [line for line in told if "bad" in line[:3] or "out of place" in line or "differently" in line]


def test_the_request_is_named_alike_wherever_it_is_named() -> None:
    """
    RF1-6, OBR-2, SCH-26 and TXA-14 hold the names that both sides know it by; without any, its message id.
    """
    asked = parse(write(ASKED, ENVELOPE))
    assert [leaf.text for leaf in asked.all("RF1.6.1")] == ["R-4711"]
    assert [leaf.text for leaf in asked.all("OBSERVATION.OBR.2.1")] == ["O-1"]
    assert [leaf.text for leaf in asked.all("OBSERVATION.OBR.2.3")] == ["1.2.752.1"]
    assert [leaf.text for leaf in parse(write(BOOKED, ENVELOPE)).all("SCH.26.1")] == ["R-4711"]
    document = parse(write(ANSWERED, ENVELOPE, as_document=True))
    assert [leaf.text for leaf in document.all("TXA.14.1")] == ["R-4711"]
    bare = parse(write(replace(ASKED, request_ids=()), ENVELOPE))
    assert [leaf.text for leaf in bare.all("RF1.6.1")] == [ASKED.message_id]


@pytest.mark.parametrize(
    "message",
    [
        replace(ASKED, patients=ASKED.patients * 2),
        replace(ASKED, patients=()),
        replace(ASKED, kind=MessageKind.SIP_INVITATION),
        replace(BOOKED, booking=None),
    ],
)
def test_what_hl7_v2_has_no_message_for_is_not_written(message: Consultation) -> None:
    """
    The sender is told in Swedish what to do instead.
    """
    with pytest.raises(Unwritable) as caught:
        write(message, ENVELOPE)
    assert caught.value.finding.what.endswith(".")


def test_a_letter_to_a_receiver_of_hl7_v2_is_written_so() -> None:
    """
    MSH says who we are and whom the route means; the control id stays the letter's, in twenty characters.
    """
    route = Route(
        receiver="cosmic", format=Format.HL7V2, address=Address(application="COSMIC", facility="VC")
    )
    letter = Outgoing(
        letter_id="6f2f4c1e-7d0c-4b53-9d7e-0d8c5a3f1b11",
        message=ASKED,
        route=route,
        own=Address(application="WE"),
    )
    written = Writers(lifecare=load_sources()["se.lifecare.message"].plan).written(letter)
    header = read_header(written.body)
    assert header is not None
    assert written.media_type == "application/hl7-v2"
    assert [header.field(n) for n in (3, 5, 6)] == ["WE", "COSMIC", "VC"]
    assert header.control_id == control_id(letter.letter_id)
    assert len(header.control_id) == 20


@pytest.mark.parametrize(("is_document", "sort"), [(False, "RRI"), (True, "MDM")])
def test_a_route_says_how_answers_are_written(*, is_document: bool, sort: str) -> None:
    """
    RRI, or MDM for a receiver that keeps answers as documents; everything else is the same to both.
    """
    route = Route(receiver="a", format=Format.HL7V2, has_answers_as_documents=is_document)
    writers = Writers(lifecare=load_sources()["se.lifecare.message"].plan)
    kinds = []
    for message in (ANSWERED, BOOKED, ASKED):
        letter = Outgoing(letter_id="6f2f4c1e-7d0c-4b53-9d7e-0d8c5a3f1b11", message=message, route=route)
        header = read_header(writers.written(letter).body)
        assert header is not None
        kinds.append(header.message_type)
    assert kinds == [sort, "SIU", "REF"]
