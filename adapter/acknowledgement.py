"""What a sender of HL7 v2 is told: ACK with MSA and ERR, made of the same findings as an OperationOutcome.

HL7 v2.5.1 §2.9 and §2.15. One table leads from our findings to HL7's own codes (table 0357); ERR-5 has ours
and ERR-8 the Swedish sentence. Before 2.5 ERR has no room for either: MSA-3 tells the first sentence.
"""

from __future__ import annotations

import base64
import re
import uuid
from enum import StrEnum
from typing import TYPE_CHECKING, Final

from adapter.domain.when import Moment, written
from adapter.findings import Finding, Severity
from adapter.ports import State
from adapter.wire.hl7v2_escapes import Controlled, unescaped
from adapter.wire.hl7v2_header import STANDARD, Header, codec_of, read_header
from adapter.wire.hl7v2_writer import written_component

if TYPE_CHECKING:
    from datetime import datetime

    from adapter.decision import Decision

MEDIA_TYPE: Final = "application/hl7-v2"
OURS: Final = "OVERENS"
MOST_ERRORS: Final = 50  # ERR segments in one answer; the rest can be read at /messages/{id}
_VERSION: Final = "2.5.1"
_CHARSET: Final = "UNICODE UTF-8"
_PLACE: Final = re.compile(
    r"(?:[A-Z_0-9]+\.)*([A-Z][A-Z0-9]{2})(?:\[(\d+)\])?(?:[-.](\d+)(?:\[(\d+)\])?(?:\.(\d+))?(?:\.(\d+))?)?"
)
_TABLE: Final = {  # table 0357, by our codes
    "100": ("Segment sequence error", "not-hl7 nothing-recognised record-incomplete"),
    "101": ("Required field missing", "required-missing patient-missing part-missing empty-body"),
    "102": ("Data type error", ""),  # and whatever else stops a message
    "103": ("Table value not found", "code-unknown urgent-by-phone"),
    "200": ("Unsupported message type", ""),
    "201": ("Unsupported event code", "hl7-not-taken"),
    "203": ("Unsupported version id", ""),
    "204": ("Unknown key identifier", "thread-unknown receiver-unknown not-your-step step-refused"),
    "205": ("Duplicate key identifier", "id-conflict"),
    "207": ("Application internal error", "fhir-not-valid store-unavailable too-large"),
}
_CODES: Final = {code: number for number, (_, codes) in _TABLE.items() for code in codes.split()}
_OTHERWISE: Final = "102"
_ACCEPTED: Final = ("0", "Message accepted")
_SEVERITIES: Final = {Severity.ERROR: "E", Severity.WARNING: "W", Severity.INFORMATION: "I"}
_REJECTING: Final = frozenset({"hl7-not-taken", "too-large", "store-unavailable"})


class Code(StrEnum):
    """MSA-1 (table 0008): what became of the message."""

    ACCEPTED = "AA"
    ERROR = "AE"
    REJECTED = "AR"
    COMMITTED = "CA"
    COMMIT_ERROR = "CE"
    COMMIT_REJECTED = "CR"


def code_of(decision: Decision) -> Code:
    """AA kept, AE stopped by what it says, AR never read or never taken."""
    if decision.state in {State.DONE, State.PARTLY}:
        return Code.ACCEPTED
    blocking = {finding.code for finding in decision.findings if finding.blocking}
    if decision.state is State.UNREADABLE or blocking & _REJECTING:
        return Code.REJECTED
    return Code.ERROR


def acknowledge(
    raw: bytes, code: Code, findings: tuple[Finding, ...], *, made_at: datetime, id_: str
) -> bytes:
    """The ACK of a message, whatever its bytes are; ``id_`` (a UUID) gives it its own MSH-10.

    In the sender's charset when it can say everything, else in UTF-8, which MSH-18 then says.
    """
    header = read_header(raw)
    version = header.version if header and re.fullmatch(r"2\.[1-9](\.[1-9])?", header.version) else _VERSION
    told = sorted(findings, key=lambda finding: not finding.blocking)
    text = next((finding.what for finding in told if finding.blocking), "")
    control_id = base64.b32encode(uuid.UUID(id_).bytes).decode()[:20]
    lines = [
        _msa(header, code, "" if _has_room(version) else text),
        *(_err(finding, has_room=_has_room(version)) for finding in told[:MOST_ERRORS]),
    ]
    body = "".join(f"{line}\r" for line in lines)
    for codec, charset in _charsets(header):
        msh = _msh(header, (version, written(made_at), control_id, charset))
        try:
            return f"{msh}\r{body}".encode(codec)
        except UnicodeEncodeError:
            continue
    raise AssertionError("UTF-8 says everything")


def replies(raw: bytes, answer: bytes, *, made_at: datetime, id_: str) -> list[bytes]:
    """What goes back over the line: the answer, and in enhanced mode what MSH-15 and MSH-16 ask for.

    In enhanced mode receipt is acknowledged first (CA; CR for what is not taken), then the result.
    """
    header = read_header(raw)
    if header is None or not header.is_enhanced:
        return [answer]
    is_rejected = b"\rMSA|AR" in answer
    sent = []
    if _is_wanted(header.accept_wanted, is_well=not is_rejected):
        committed = acknowledge(raw, Code.COMMITTED, (), made_at=made_at, id_=_other_id(id_))
        rejected = answer.replace(b"\rMSA|AR", b"\rMSA|CR", 1)
        sent.append(rejected if is_rejected else committed)
    is_told = is_rejected and bool(sent)  # a refusal is told once
    if not is_told and _is_wanted(header.application_wanted, is_well=b"\rMSA|AA" in answer):
        sent.append(answer)
    return sent


def _is_wanted(when: str, *, is_well: bool) -> bool:
    """Table 0155: AL always, ER on error, SU on success; NE and nothing never."""
    return {"": False, "NE": False, "ER": not is_well, "SU": is_well}.get(when.strip().upper(), True)


def _other_id(id_: str) -> str:
    return str(uuid.uuid5(uuid.UUID(id_), "CA"))


def _charsets(header: Header | None) -> tuple[tuple[str, str], ...]:
    """The charsets to try, as Python and as MSH-18 call them."""
    ours = ("utf-8", _CHARSET)
    codec = codec_of(header) if header else None
    if header is None or codec is None or codec == "utf-8":
        return (ours,)
    return ((codec, header.charset), ours)


def _has_room(version: str) -> bool:
    """Whether ERR can hold a code and a sentence: since 2.5."""
    return version >= "2.5"


def _msh(header: Header | None, own: tuple[str, Moment, str, str]) -> str:
    """Sender and receiver change places; type, processing id and version are the message's."""
    version, made_at, control_id, charset = own
    theirs = [_echoed(header, number) for number in (5, 6, 3, 4)]
    event = header.component(9, 2) if header and header.component(9, 2).isalnum() else ""
    kind = "^".join(filter(None, ("ACK", event, "ACK" if event else "")))
    instant = made_at.instant()
    time = f"{instant:%Y%m%d%H%M%S%z}" if instant else ""
    processing = _echoed(header, 11) or "P"
    fields = ["MSH", STANDARD.together, *theirs, time, "", kind, control_id, processing, version]
    return STANDARD.field.join([*fields, *[""] * 5, charset])


def _msa(header: Header | None, code: Code, text: str) -> str:
    return STANDARD.field.join(["MSA", code.value, _echoed(header, 10), written_component(text)]).rstrip("|")


def _err(finding: Finding, *, has_room: bool) -> str:
    number, name = _number(finding)
    place = _place(finding.where)
    if not has_room:
        return f"ERR|{'^'.join([*place[:3], '', ''][:3])}^{number}&{name}&HL70357"
    ours = f"{finding.code}^^{OURS}"
    severity = _SEVERITIES[finding.severity]
    parts = [
        "ERR",
        "",
        "^".join(place),
        f"{number}^{name}^HL70357",
        severity,
        ours,
        "",
        finding.at,
        finding.what,
    ]
    return STANDARD.field.join(parts[:6] + [written_component(part) for part in parts[6:]])


def _number(finding: Finding) -> tuple[str, str]:
    """HL7's own code for a finding: that of its kind, told apart by the field where there are several."""
    if not finding.blocking:
        return _ACCEPTED
    number = _CODES.get(finding.code, _OTHERWISE)
    if finding.code == "hl7-not-taken":
        number = {"MSH-12": "203", "MSH-9.1": "200"}.get(finding.where, number)
    return number, _TABLE[number][0]


def _place(where: str) -> list[str]:
    """ERL: segment, which of its name, field, repetition, component, subcomponent; empty when not known."""
    found = _PLACE.fullmatch(where)
    if not found:
        return []
    segment, which, field, repetition, component, part = found.groups()
    numbers = (field, (repetition or "1") if field else "", component, part)
    place = [segment, which or "1", *(number or "" for number in numbers)]
    while place and not place[-1]:
        place.pop()
    return place


def _echoed(header: Header | None, number: int) -> str:
    """A field of the message's MSH, with the standard signs; what could break out of it is left out."""
    if header is None:
        return ""
    text = "".join(sign for sign in header.field(number) if sign.isprintable())
    if header.signs == STANDARD:
        return text if _is_harmless(text, header) else written_component(text)
    parts = text.split(header.signs.component)
    return STANDARD.component.join(written_component(_plain(part, header)) for part in parts)


def _is_harmless(text: str, header: Header) -> bool:
    """Whether no escape in it stands for a control character."""
    try:
        unescaped(text, header.signs, codec_of(header) or "utf-8")
    except Controlled:
        return False
    return True


def _plain(text: str, header: Header) -> str:
    try:
        return unescaped(text, header.signs, codec_of(header) or "utf-8")[0]
    except Controlled:
        return text
