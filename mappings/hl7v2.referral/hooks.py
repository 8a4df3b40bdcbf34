"""What the mapping of REF and RRI cannot say without an ``if``."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING

from adapter.domain.consultation import ContactForm, MessageKind, Urgency, VitalKind, VitalSign
from adapter.frozen import replace
from adapter.mapping import Hook, hl7v2, path

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from adapter.domain.consultation import RequestId
    from adapter.domain.people import CareUnit, Professional
    from adapter.mapping import Reading
    from adapter.wire.node import Node

NOT_TAKEN = "Händelsen i MSH-9 tas inte emot av källan. Skicka REF eller RRI med I12, I13, I14 eller I15."
OTHER_TYPE = (
    "Meddelandetypen i MSH-9 tas inte emot. Skicka REF, RRI, SIU eller MDM, med en händelse ur docs/hl7v2.md."
)
NO_UNIT = "Det framgår inte vilken enhet som {role}. Ange dess HSA-id i PRD-4.1, i ett PRD med rollen {code}."
ASSUMED = (
    "Svarstiden står inte i OBR-27.6. RF1-2 är {code}, som två svarstider delar, och den kortare är antagen. "
    "Ange svarstiden i OBR-27.6 (TD1, TH72, TW1 eller R)."
)
NO_PRIORITY = "Svarstiden saknas. Ange den i OBR-27.6 (TD1, TH72, TW1 eller R)."
UNKNOWN_PRIORITY = "Svarstiden i OBR-27.6 är okänd; tillåtna är {codes}. Ange en av dem."
UNKNOWN_FORM = "Kontaktformen i PRD-6 är okänd; tillåtna är {codes}. Rätta koden hos avsändaren."
PARTS = ("S", "B", "A", "R")
ROLES = {"RP": "frågar", "RT": "tillfrågas"}
SYSTOLIC, DIASTOLIC, PRESSURE = "8480-6", "8462-4", frozenset({"8480-6", "8462-4"})
CONSENT, MISSING = "samtycke", "saknas"
YES = frozenset({"Y", "1", "JA", "TRUE"})

_PROVIDERS = path("PROVIDER_CONTACT")
_RESULTS = path("OBSERVATION.RESULTS_NOTES")
_CODE, _TYPE, _GROUP, _VALUE = path("OBX.3.1"), path("OBX.2.1"), path("OBX.4.1"), path("OBX.5.1")
_NOTES = path("OBSERVATION.NTE.3")


def kind(nodes: list[Node], reading: Reading) -> MessageKind | None:
    """REF speaks by its event, RRI by RF1-1; an RRI that only accepts moves nothing."""
    message = nodes[0]
    header = message.first("MSH") or message
    sort, event = reading.text(header, "9.1"), reading.text(header, "9.2")
    status = reading.text(message, "RF1.1.1").upper()
    reading.mark(*message.all("RF1.1"))
    reading.place = header.first("9.2") or header
    known = reading.table("event")
    if sort not in {"REF", "RRI"} or event not in known:
        told = NOT_TAKEN if sort in {"REF", "RRI"} else OTHER_TYPE
        reading.report("hl7-not-taken", reading.place, told, value=f"{sort}^{event}", blocking=True)
        return None
    if sort == "REF":
        return MessageKind(known[event])
    said = reading.table("referral-status").get(status, "svar")
    if said == MessageKind.ANSWER and not any(map(_says, (*_NOTES(message), *_RESULTS(message)))):
        return MessageKind.ADMINISTRATIVE
    return MessageKind(said)


def _says(node: Node) -> bool:
    return any(True for _ in node.leaves())


def _is_answerers(message: Node) -> bool:
    """Whether it is the word of whoever is asked."""
    return any(leaf.text == "RRI" for leaf in message.all("MSH.9.1"))


def _kind(nodes: list[Node], reading: Reading) -> MessageKind | None:
    """The kind, asked for again by what depends on it: nothing is told twice."""
    key = ("kind", nodes[0])
    if key not in reading.memory:
        told = len(reading.findings)
        reading.memory[key] = kind(nodes, reading)
        del reading.findings[told:]
    found: MessageKind | None = reading.memory[key]
    return found


def request_ids(nodes: list[Node], reading: Reading) -> tuple[RequestId, ...]:
    """RF1-6, OBR-2, RF1-11 and OBR-3: what both sides call the request."""
    return hl7v2.request_ids(_named(nodes[0]), reading)


def in_reply_to(nodes: list[Node], reading: Reading) -> str | None:
    """The request that is answered; a request answers nothing."""
    if _kind(nodes, reading) in {MessageKind.REQUEST, None}:
        return None
    return hl7v2.answered(_named(nodes[0]), nodes[0].first("RF1"), reading)


def _named(message: Node) -> list[Node]:
    places = ("RF1.6", "OBSERVATION.OBR.2", "RF1.11", "OBSERVATION.OBR.3")
    return [node for place in places for node in message.all(place)]


def _provider(message: Node, role: str, reading: Reading) -> Node | None:
    for node in _PROVIDERS(message):
        for said in node.all("PRD.1.1"):
            if (said.text or "").strip().upper() == role:
                reading.taken.append(said)
                return node
    return None


def _unit(message: Node, role: str, field: str, reading: Reading) -> CareUnit | None:
    """The unit of a role; without any id nobody would know who it is."""
    node = _provider(message, role, reading)
    found = hl7v2.unit(node, _unit_ids(node, message.all(f"MSH.{field}.1")), reading)
    reading.place = node or message.first(f"MSH.{field}") or message
    if found is None:
        told = NO_UNIT.format(role=ROLES[role], code=role)
        reading.report("required-missing", node or message, told, blocking=True)
    return found


def _unit_ids(node: Node | None, facility: list[Node]) -> list[Node]:
    """Where a unit's id may stand, the surest first: PRD-7 is a person's where a person is named."""
    if node is None:
        return facility
    other = node.all("PRD.7.1")
    places = [*node.all("PRD.4.1"), *node.all("PRD.10.10")]
    is_persons = any(map(_says, node.all("PRD.2")))
    return [*places, *facility, *other] if is_persons else [*places, *other, *facility]


def sender_unit(nodes: list[Node], reading: Reading) -> CareUnit | None:
    """Who asks (RP) in a REF, who is asked (RT) in an RRI."""
    return _unit(nodes[0], "RT" if _is_answerers(nodes[0]) else "RP", "4", reading)


def receiver_unit(nodes: list[Node], reading: Reading) -> CareUnit | None:
    """The other of the two."""
    return _unit(nodes[0], "RP" if _is_answerers(nodes[0]) else "RT", "6", reading)


def sender(nodes: list[Node], reading: Reading) -> Professional | None:
    """The person named in the PRD of the sending unit."""
    node = _provider(nodes[0], "RT" if _is_answerers(nodes[0]) else "RP", reading)
    return hl7v2.provider([node], reading) if node else None


def contact_wanted(nodes: list[Node], reading: Reading) -> ContactForm | None:
    """How whoever asks wants to be reached: PRD-6 with role RP."""
    node = _provider(nodes[0], "RP", reading)
    place = node.first("PRD.6.1") if node else None
    said = reading.text(node, "PRD.6.1") if node else ""
    if not place or not said:
        return None
    reading.place = place
    forms = reading.table("contact-form")
    if said not in forms:
        reading.report("code-unknown", place, UNKNOWN_FORM.format(codes=", ".join(forms)), value=said)
        return None
    return ContactForm(forms[said])


def urgency(nodes: list[Node], reading: Reading) -> Urgency | None:
    """OBR-27.6, else RF1-2 with the finding that says what was assumed."""
    message = nodes[0]
    said, referral = reading.text(message, "OBSERVATION.OBR.27.6"), reading.text(message, "RF1.2.1").upper()
    reading.mark(*message.all("RF1.2"))
    levels = reading.table("priority")
    place = message.first("OBSERVATION.OBR.27.6") or message.first("RF1.2.1") or message
    reading.place = place
    if said:
        if said.upper() not in levels:
            told = UNKNOWN_PRIORITY.format(codes=", ".join(levels))
            reading.report("code-unknown", place, told, value=said, blocking=True)
            return None
        return Urgency(levels[said.upper()])
    level = reading.table("referral-priority").get(referral)
    if level is None and _kind(nodes, reading) is MessageKind.REQUEST:
        reading.report(
            "required-missing", message.first("OBSERVATION.OBR") or place, NO_PRIORITY, blocking=True
        )
    if level and level != Urgency.AKUT:
        reading.report("rule-applied", place, ASSUMED.format(code=referral))
    return Urgency(level) if level else None


def question(nodes: list[Node], reading: Reading) -> str | None:
    """NTE after OBR, of everything but an answer or a withdrawal."""
    if _kind(nodes, reading) in {MessageKind.ANSWER, MessageKind.WITHDRAWAL}:
        return None
    return hl7v2.text(_NOTES(nodes[0]), reading)


def answer(nodes: list[Node], reading: Reading) -> str | None:
    """NTE after OBR, and texts in OBX that are no part of SBAR."""
    if _kind(nodes, reading) is not MessageKind.ANSWER:
        return None
    texts = [
        field
        for code, node in _results(nodes[0], reading)
        for field in node.all("OBX.5")
        if code not in {*PARTS, MISSING} and _text(_TYPE(node)) in {"TX", "FT", "ST"}
    ]
    reading.mark(*(code for field in texts if field.parent for code in field.parent.all("3")))
    return hl7v2.text([*_NOTES(nodes[0]), *texts], reading)


def reason(nodes: list[Node], reading: Reading) -> str | None:
    """RF1-10, else NTE after OBR, of a withdrawal."""
    if _kind(nodes, reading) is not MessageKind.WITHDRAWAL:
        return None
    message = nodes[0]
    said = reading.text(message, "RF1.10.2") or reading.text(message, "RF1.10.1")
    reading.mark(*message.all("RF1.10"))
    reading.place = message.first("RF1.10") or message
    return said or hl7v2.text(_NOTES(message), reading)


def segment(code: str) -> Callable[[list[Node], Reading], str | None]:
    """One part of SBAR: the OBX whose code is its letter."""

    def read(nodes: list[Node], reading: Reading) -> str | None:
        found = [node for said, node in _results(nodes[0], reading) if said == code]
        for node in found:
            reading.mark(*node.all("OBX.3"))
        return hl7v2.text([field for node in found for field in node.all("OBX.5")], reading)

    return read


def consent(nodes: list[Node], reading: Reading) -> bool | None:
    """The OBX with our code for consent; anything but a yes is none."""
    for code, node in _results(nodes[0], reading):
        if code == CONSENT:
            said = reading.text(node, "OBX.5.1")
            reading.mark(*node.all("OBX.3"), *node.all("OBX.5"))
            reading.place = node.first("OBX.5") or node
            return said.upper() in YES
    return None


def missing(nodes: list[Node], reading: Reading) -> tuple[str, ...]:
    """What a completion asks for: one OBX each."""
    found = []
    for code, node in _results(nodes[0], reading):
        if code == MISSING:
            reading.mark(*node.all("OBX.3"))
            found.append(hl7v2.text(node.all("OBX.5"), reading) or "")
    return tuple(filter(None, found))


def vitals(nodes: list[Node], reading: Reading) -> tuple[VitalSign, ...]:
    """Every OBX with the code of a vital sign; systolic and diastolic with the same OBX-4 are one."""
    found: list[VitalSign] = []
    pressures: dict[str, int] = {}
    for node in _vital_nodes(nodes[0], reading):
        coded = _text(_VALUE(node)) if _text(_TYPE(node)) in {"CE", "CWE", "IS", "ID"} else ""
        vital: VitalSign | None = reading.make("VitalSign", node) if not coded else _coded(node, reading)
        if vital is None:
            continue
        reading.mark(*node.all("OBX.6"))
        if vital.kind is VitalKind.BLOOD_PRESSURE and vital.value is not None:
            vital, at = _pressure(node, vital), pressures.get(_text(_GROUP(node)))
            if at is not None and _fits(found[at], vital):
                found[at] = _together(found[at], vital)
                continue
            pressures[_text(_GROUP(node))] = len(found)
        found.append(vital)
    if found:
        reading.place = next(_vital_nodes(nodes[0], reading))
    return tuple(found)


def _vital_nodes(message: Node, reading: Reading) -> Iterator[Node]:
    kinds = reading.table("vital-type")
    return (node for code, node in _results(message, reading) if code in kinds)


def _coded(node: Node, reading: Reading) -> VitalSign | None:
    """A vital sign whose value is a code: level of consciousness."""
    code = reading.table("acvpu").get(reading.text(node, "OBX.5.1"))
    said = node.first("OBX.5.1") or node
    reading.voided.add(said)
    vital: VitalSign | None = reading.make("VitalSign", node)
    reading.voided.discard(said)
    if code is None:
        what = "Medvetandegraden är okänd; tillåtna är A, C, V, P och U. Rätta koden hos avsändaren."
        reading.report("code-unknown", said, what, value=said.text or "")
    reading.mark(*node.all("OBX.5"))
    return replace(vital, code=code or "", origins={**vital.origins, "code": said.where}) if vital else None


def _pressure(node: Node, vital: VitalSign) -> VitalSign:
    """The value as the pressure that its code tells."""
    where = {**vital.origins}
    name = "systolic" if _code(node) == SYSTOLIC else "diastolic"
    where[name] = where.pop("value", node.where)
    if name == "systolic":
        return replace(vital, value=None, systolic=vital.value, origins=where)
    return replace(vital, value=None, diastolic=vital.value, origins=where)


def _fits(one: VitalSign, other: VitalSign) -> bool:
    """Whether two pressures are the two of one measurement."""
    is_same_time = one.measured_at == other.measured_at
    is_new = (one.systolic is None) != (other.systolic is None) and (one.diastolic is None) != (
        other.diastolic is None
    )
    return is_same_time and is_new


def _together(one: VitalSign, other: VitalSign) -> VitalSign:
    high: Decimal | None = one.systolic if one.systolic is not None else other.systolic
    low: Decimal | None = one.diastolic if one.diastolic is not None else other.diastolic
    return replace(one, systolic=high, diastolic=low, origins={**other.origins, **one.origins})


def _results(message: Node, reading: Reading) -> list[tuple[str, Node]]:
    """Every observation by its code, looked for once in a message."""
    key = ("results", message)
    if key not in reading.memory:
        reading.memory[key] = [(_code(node), node) for node in _RESULTS(message)]
    found: list[tuple[str, Node]] = reading.memory[key]
    return found


def _code(node: Node) -> str:
    return _text(_CODE(node))


def _text(leaves: list[Node]) -> str:
    return next(((leaf.text or "").strip() for leaf in leaves if leaf.text), "")


HOOKS = {
    "kind": Hook(read=kind),
    "request-ids": Hook(read=request_ids),
    "in-reply-to": Hook(read=in_reply_to),
    "sender-unit": Hook(read=sender_unit),
    "receiver-unit": Hook(read=receiver_unit),
    "sender": Hook(read=sender),
    "contact-wanted": Hook(read=contact_wanted),
    "urgency": Hook(read=urgency),
    "question": Hook(read=question),
    "answer": Hook(read=answer),
    "reason": Hook(read=reason),
    "consent": Hook(read=consent),
    "missing": Hook(read=missing),
    "vitals": Hook(read=vitals),
    "situation": Hook(read=segment("S")),
    "background": Hook(read=segment("B")),
    "assessment": Hook(read=segment("A")),
    "recommendation": Hook(read=segment("R")),
}
