"""A message of the dialogue in HL7 v2.5.1: REF and RRI^I12-I14, SIU^S12 and its kin, MDM^T02.

Whoever asks speaks in REF (I12 asks, I13 completes, I14 withdraws), whoever is asked in RRI (accepted with an
answer, pending with a question, rejected with a reason), a booked time is SIU, and a notice that asks for
nothing a document of its own kind (MDM). Chapters 11, 10 and 9. The request is named in RF1-6, OBR-2, SCH-26
and TXA-14 alike; docs/hl7v2.md tells every field.
"""

from __future__ import annotations

import base64
import uuid
from typing import TYPE_CHECKING, Final

from adapter.domain.consultation import Consultation, MessageKind
from adapter.frozen import dataclass
from adapter.wire import hl7v2_writer
from adapter.writing import hl7v2_parts as parts
from adapter.writing.outgoing import unwritable

if TYPE_CHECKING:
    from adapter.domain.routes import Address
    from adapter.wire.hl7v2_writer import Segment

MEDIA_TYPE: Final = "application/hl7-v2"
VERSION: Final = "2.5.1"
CHARSET: Final = "UNICODE UTF-8"
_AT: Final = "writing.hl7v2"
_ANSWER: Final = ("svar", "Svar", parts.OURS)
_NOTICE: Final = ("besked", "Besked", parts.OURS)
_DOCUMENTS: Final = {MessageKind.ANSWER: "CN", MessageKind.ADMINISTRATIVE: "BESKED"}  # TXA-2, table 0270


@dataclass(frozen=True, slots=True, kw_only=True)
class Envelope:
    """MSH: who sends to whom, under which control id."""

    control_id: str
    own: Address
    theirs: Address
    processing_id: str = "P"


def control_id(letter_id: str) -> str:
    """MSH-10 of a letter: twenty characters, which is what 2.5.1 allows, of its UUID's 128 bits."""
    return base64.b32encode(uuid.UUID(letter_id).bytes).decode()[:20]


def write(
    message: Consultation, envelope: Envelope, *, is_owners: bool | None = None, as_document: bool = False
) -> bytes:
    """The bytes of a message, in UTF-8; read again by our own sources it says the same.

    ``is_owners`` says that the unit that was asked speaks; left out, the message itself tells as far as it
    can. ``as_document`` writes an answer as MDM^T02. Raises ``Unwritable`` for what HL7 v2 has no message
    for, and where not one person is meant.
    """
    if len(message.patients) != 1:
        what = "HL7 v2 bär meddelanden om en enda person. Skicka ett meddelande per person, med nytt id."
        raise unwritable(message.origin("patients"), _AT, what)
    if message.kind is MessageKind.BOOKED and message.booking:
        return hl7v2_writer.write(_appointment(message, envelope))
    is_document = as_document if message.kind is MessageKind.ANSWER else message.kind in _DOCUMENTS
    if is_document:
        return hl7v2_writer.write(_document(message, envelope))
    if message.kind not in _REFERRALS:
        what = (
            "Mottagaren tar emot HL7 v2, som saknar meddelande för detta. Ring mottagaren, eller skicka som "
            "konsultation, svar, bokad tid, komplettering eller avbokning."
        )
        raise unwritable(message.origin("kind"), _AT, what, message.kind.value)
    return hl7v2_writer.write(_referral(message, envelope, is_owners=_is_owners(message, said=is_owners)))


_REFERRALS: Final[
    dict[MessageKind, tuple[str, str, tuple[str, ...]]]
] = {  # by kind: REF's event, RRI's event, RF1-1 of RRI (table 0283)
    MessageKind.REQUEST: ("I12", "I12", ("",)),
    MessageKind.ANSWER: ("I13", "I12", ("A", "Accepted", "HL70283")),
    MessageKind.COMPLETION: ("I13", "I12", ("P", "Pending", "HL70283")),
    MessageKind.WITHDRAWAL: ("I14", "I12", ("R", "Rejected", "HL70283")),
}


def _is_owners(message: Consultation, *, said: bool | None) -> bool:
    """Whose word it is: an answer is the owner's, and so is a completion that only asks."""
    if message.kind is MessageKind.REQUEST or said is not None:
        return bool(said) and message.kind is not MessageKind.REQUEST
    if message.kind is MessageKind.COMPLETION:
        return bool(message.missing) or not (message.sbar or message.vitals or message.urgency)
    return message.kind is MessageKind.ANSWER


def _header(message: Consultation, envelope: Envelope, kind: tuple[str, str, str]) -> Segment:
    return parts.segment(
        "MSH",
        {
            3: envelope.own.application,
            4: envelope.own.facility,
            5: envelope.theirs.application,
            6: envelope.theirs.facility,
            7: parts.timestamp(message.created_at),
            9: kind,
            10: envelope.control_id,
            11: envelope.processing_id,
            12: VERSION,
            18: CHARSET,
        },
    )


def _referral(message: Consultation, envelope: Envelope, *, is_owners: bool) -> list[Segment]:
    ref, rri, status = _REFERRALS[message.kind]
    requests = parts.request_ids(message)
    asker, asked = message.sender_unit, message.receiver_unit
    if is_owners:
        asker, asked = asked, asker
    person = message.patients[0]
    kind = ("RRI", rri, "RRI_I12") if is_owners else ("REF", ref, "REF_I12")
    urgency = message.urgency
    segments = [
        _header(message, envelope, kind),
        parts.segment(
            "RF1",
            {
                1: status if is_owners else ("",),
                2: parts.REFERRAL_PRIORITY[urgency] if urgency else "",
                6: requests[0],
                7: parts.timestamp(message.created_at),
                10: ("", message.reason),
                11: requests[2:],
            },
        ),
        parts.provider("RP", asker, None if is_owners else message.sender, message.contact_wanted),
        parts.provider("RT", asked, message.sender if is_owners else None, None),
        parts.patient(person),
        parts.segment(
            "OBR",
            {
                1: "1",
                2: requests[min(1, len(requests) - 1)],
                4: parts.CONSULTATION,
                27: ("", "", "", "", "", parts.PRIORITY[urgency] if urgency else ""),
            },
        ),
    ]
    text = message.answer if message.kind is MessageKind.ANSWER else message.question
    segments += [parts.note(1, text)] if text else []
    segments += parts.observations(message)
    return [*segments, parts.visit(person)] if person.is_protected else segments


def _appointment(message: Consultation, envelope: Envelope) -> list[Segment]:
    booking = message.booking
    assert booking  # noqa: S101  as the caller has seen
    event, status = parts.APPOINTMENT[booking.status]
    requests = parts.request_ids(message)
    person, sender = message.patients[0], message.sender
    start, end = parts.timestamp(booking.start), parts.timestamp(booking.end)
    segments = [
        _header(message, envelope, ("SIU", event, "SIU_S12")),
        parts.segment(
            "SCH",
            {
                1: requests[0],
                2: f"{parts.requests(message)[0].value}#tid",
                6: (booking.status.value, message.reason, parts.OURS),
                8: parts.contact_form(booking.contact_form),
                15: parts.place(message.receiver_unit),
                16: parts.staff(sender),
                17: parts.telecom(message.sender_unit)[:1],
                19: parts.place(message.sender_unit),
                20: parts.staff(sender),
                25: (status, status, "HL70278"),
                26: requests,
            },
        ),
        parts.segment("TQ1", {1: "1", 7: start, 8: end}),
    ]
    segments += [parts.note(1, booking.instruction)] if booking.instruction else []
    segments += [parts.patient(person), parts.visit(person)]
    segments += [
        parts.segment("RGS", {1: "1"}),
        parts.segment("AIS", {1: "1", 3: parts.CONSULTATION, 4: start}),
    ]
    if booking.holder:
        segments.append(
            parts.segment("AIP", {1: "1", 3: parts.staff(booking.holder), 4: ("D", "", "HL70286")})
        )
    return segments


def _document(message: Consultation, envelope: Envelope) -> list[Segment]:
    requests = parts.request_ids(message)
    person, created = message.patients[0], parts.timestamp(message.created_at)
    placed = requests[min(1, len(requests) - 1)]
    observed = parts.observations(message)
    is_answer = message.kind is MessageKind.ANSWER
    words = message.answer if is_answer else message.text
    said = parts.text_observation(1, _ANSWER if is_answer else _NOTICE, words)
    return [
        _header(message, envelope, ("MDM", "T02", "MDM_T02")),
        parts.segment("EVN", {2: created}),
        parts.patient(person),
        parts.visit(person, message.sender_unit),
        parts.segment("ORC", {1: "RE", 2: placed, 21: parts.organisation(message.receiver_unit)}),
        parts.segment("OBR", {1: "1", 2: placed, 4: parts.CONSULTATION}),
        parts.segment(
            "TXA",
            {
                1: "1",
                2: _DOCUMENTS[message.kind],
                3: "TX",
                4: created,
                5: parts.staff(message.sender),
                9: parts.staff(message.sender),
                12: envelope.control_id,
                14: requests,
                17: "AU",
                19: "AV",
            },
        ),
        *([said] if words else []),
        *_after(observed, 1 if words else 0),
    ]


def _after(observed: list[Segment], count: int) -> list[Segment]:
    """The same observations, numbered after those that stand before them."""
    return [
        (name, {**fields, 1: [str(int(str(fields[1][0])) + count)]}) if name == "OBX" else (name, fields)
        for name, fields in observed
    ]
