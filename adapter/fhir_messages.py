"""The source ``fhir.message``: Bundles of type message by our profiles, as their senders write them.

Judged first, by FHIR and by the profile of a message; then read back to the consultation that it tells of,
which goes the same way as every other. It is known by its MessageHeader.id, whatever the Bundle is called
(canonical-models §5.2).
"""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING, Any, Final

from adapter.domain.consultation import MessageKind, deadline
from adapter.envelope import Envelope
from adapter.errors import Unparsable
from adapter.fhir import (
    MadeBy,
    NoConsultation,
    consultation_of,
    consultation_resources,
    placed,
    profiles,
    taken_off,
)
from adapter.findings import Finding
from adapter.frozen import replace
from adapter.mapping import About, Loss, Mapped, Plan
from adapter.pipeline import Source
from adapter.wire import json

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from adapter.domain.consultation import Consultation
    from adapter.domain.keywords import Vocabulary
    from adapter.validation import Issue, Validator
    from adapter.wire.node import Node

Json = dict[str, Any]
NAME: Final = "fhir.message"
TITLE: Final = "FHIR - Bundle av typen message enligt våra profiler, version 1"
OWNER: Final = "integration@region-exempel.example"
VERSION: Final = "1"
EXAMPLE: Final = "consultation-complete.json"
RECOGNISED_BY: Final = (("resourceType=Bundle", "type=message"),)
_AT: Final = "fhir_messages"
_ENVELOPE: Final = ("id", "timestamp", "meta")
_AROUND: Final = frozenset({"MessageHeader", "Provenance", "Task"})  # the header, and the state of a thread
_UNTOLD: Final = frozenset({"meta", "id", "reference", "fullUrl", "resourceType"})
_MOST_FAULTS: Final = 50
_UNSOUND = (
    "Meddelandet följer inte FHIR, eller inte profilen för meddelanden. Rätta det som anges och skicka "
    "meddelandet igen med nytt MessageHeader.id."
)
_NOT_TOLD = (
    "Bundlen är ett giltigt meddelande men inget ärende som går att läsa. Skicka en Communication med "
    "avsändare, mottagare och patient, och nytt MessageHeader.id."
)
_UNREAD = "Uppgiften används inte här. Meddelandet är mottaget; säg till förvaltningen om den behövs."


def fhir_message_source(validator: Callable[[], Validator], vocabulary: Vocabulary) -> Source:
    """The source; ``validator`` gives one that knows our profiles, ``vocabulary`` is that of all sources."""

    def read(raw: bytes, _: Node) -> Mapped:
        return read_message(raw, validator())

    about = About(
        title=TITLE,
        formats=("json",),
        owner=OWNER,
        version=VERSION,
        recognised_by=RECOGNISED_BY,
        example=EXAMPLE,
    )
    plan = Plan(source=NAME, version=VERSION, about=about, roots=(), definitions={}, tables={})
    return Source(
        name=NAME,
        title=about.title,
        owner=OWNER,
        version=VERSION,
        formats=("json",),
        parse=json.parse,
        plan=plan,
        vocabulary=vocabulary,
        example=EXAMPLE,
        read=read,
        envelope=envelope_of,
    )


def envelope_of(raw: bytes) -> Envelope | None:
    """What a message is known by; None when there is no header that says so."""
    try:
        bundle = json.parse_plain(raw)
        header = bundle["entry"][0]["resource"]
        own, called = header["id"], bundle.get("id", "")
        is_message = bundle["type"] == "message" and header["resourceType"] == "MessageHeader"
    except (Unparsable, KeyError, TypeError, IndexError, AttributeError):
        return None
    if not is_message or not isinstance(own, str) or not own or not isinstance(called, str):
        return None
    said = {name: part for name, part in bundle.items() if name not in _ENVELOPE}
    content = hashlib.sha256(json.write_plain(said)).hexdigest()
    return Envelope(id=own, content=content, called=called)


def read_message(raw: bytes, validator: Validator) -> Mapped:
    """The consultation of a message, or what is wrong with it; and which of its values are not used."""
    issues = [i for i in validator.validate(raw, (profiles.MESSAGE_BUNDLE,)) if i.is_error]
    bundle = json.parse_plain(raw)
    leaves = list(_leaves(bundle))
    if issues:
        return Mapped(records=(), contents=(), findings=_faults(issues), loss=_loss(leaves, leaves))
    try:
        record = taken_off(consultation_of(placed(bundle)))
    except (NoConsultation, ValueError, KeyError, TypeError, AttributeError):
        found = (Finding("fhir-in-unsound", "entry", _AT, _NOT_TOLD, blocking=True),)
        return Mapped(records=(), contents=(), findings=found, loss=_loss(leaves, leaves))
    record = replace(record, origins={**record.origins, **_origins(bundle)})
    said = [leaf for leaf in leaves if _is_said(leaf[0], _around(bundle, record))]
    unread = _unread(said, record)
    findings = tuple(Finding("unread", where, _AT, _UNREAD, str(value)) for where, value in unread)
    envelope = envelope_of(raw)
    content = envelope.content if envelope else hashlib.sha256(raw).hexdigest()
    return Mapped(
        records=(record,),
        contents=(content,),
        findings=findings,
        loss=_loss(leaves, unread, ignored=len(leaves) - len(said)),
    )


def _faults(issues: list[Issue]) -> tuple[Finding, ...]:
    return tuple(
        Finding(
            "fhir-in-unsound",
            issue.expression.removeprefix("Bundle."),
            issue.rule,
            _UNSOUND,
            issue.what_sv,
            blocking=True,
            line=issue.line,
            column=issue.column,
        )
        for issue in issues[:_MOST_FAULTS]
    )


def _origins(bundle: Json) -> dict[str, str]:
    """Where what may be found fault with stands."""
    where = {
        entry["resource"]["resourceType"]: f"entry[{number}].resource"
        for number, entry in reversed(list(enumerate(bundle["entry"])))
        if "resource" in entry
    }
    told = where["Communication"]
    asked = where.get("ServiceRequest", told)
    return {
        "": told,
        "message_id": "entry[0].resource.id",
        "patients": where.get("Patient", told),
        "urgency": asked,
        "contact_wanted": asked,
        "booking": where.get("Appointment", told),
    }


_Leaf = tuple[str, Any]  # where, and the value


def _leaves(value: Any, where: str = "") -> Iterator[_Leaf]:
    if isinstance(value, dict):
        for name, part in value.items():
            yield from _leaves(part, f"{where}.{name}" if where else name)
    elif isinstance(value, list):
        for number, part in enumerate(value):
            yield from _leaves(part, f"{where}[{number}]")
    else:
        yield where, value


def _around(bundle: Json, record: Consultation) -> frozenset[str]:
    """The entries that tell nothing new: of an answer the request, too."""
    types = _AROUND if record.kind is MessageKind.REQUEST else _AROUND | {"ServiceRequest"}
    entries = enumerate(bundle["entry"])
    return frozenset(
        f"entry[{number}]" for number, entry in entries if entry["resource"]["resourceType"] in types
    )


def _is_said(where: str, around: frozenset[str]) -> bool:
    """Whether a value says something: ids, references and narrative are what FHIR needs around it."""
    entry, *names = where.split(".")
    is_within = entry.startswith("entry[") and entry not in around and names[1:2] != ["text"]
    return is_within and _UNTOLD.isdisjoint(step.partition("[")[0] for step in names)


def _unread(said: list[_Leaf], record: Consultation) -> list[_Leaf]:
    """The values that are not among those that the same consultation makes: nobody here has use for them."""
    until = deadline(record.urgency, record.created_at) if record.urgency else None
    made = consultation_resources(record, until, MadeBy(source=NAME, mapping_version=VERSION, sha256=""))
    known = {str(value) for each in made.resources for _, value in _leaves(each)}
    return [(where, value) for where, value in said if str(value) not in known]


def _loss(leaves: list[_Leaf], unread: list[_Leaf], ignored: int = 0) -> Loss:
    return Loss(
        leaves=len(leaves),
        mapped=len(leaves) - ignored - len(unread),
        ignored=ignored,
        unread=len(unread),
        unread_places=tuple(where for where, _ in unread),
    )
