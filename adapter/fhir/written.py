"""Who writes through REST, and the Provenance of what was written, kept in the same transaction.

https://hl7.org/fhir/R4/provenance.html; canonical model §1, "Writing". No word of what was written is in it.
"""

from __future__ import annotations

import re
from typing import Final

from adapter.fhir import systems
from adapter.fhir.element import Json, coding, concept, identifier, reference
from adapter.fhir.ids import resource_id
from adapter.fhir.narrative import told
from adapter.frozen import dataclass

_DATA_OPERATION: Final = "http://terminology.hl7.org/CodeSystem/v3-DataOperation"
_BY_TIME: Final = re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}")
_OPERATIONS: Final = {"create": "CREATE", "delete": "NULLIFY"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Writer:
    """Who acts: the client, and the person, unit and caregiver acted for (HSA-ids; empty: unknown)."""

    client: str
    person: str = ""
    unit: str = ""
    care_giver: str = ""
    purpose: str = ""
    is_urgent: bool = False  # in an emergency that opens blocks
    proxy: tuple[str, str] | None = None  # who speaks for the patient (``Patient/<id>``), and as what


def origin_id(target: str) -> str:
    """The id of the Provenance of who made ``Type/id`` through our own interface: so it is always found.

    Where the target's id begins with a time (version 7), this one does so too, and is of version 8
    (https://www.rfc-editor.org/rfc/rfc9562#section-5.8): both lie together in an index.
    """
    made, id_ = resource_id("Provenance", "create", target), target.rpartition("/")[2]
    return f"{id_[:13]}-8{made[15:]}" if _BY_TIME.fullmatch(id_) else made


def write_provenance(id_: str, target: str, interaction: str, writer: Writer, recorded: str) -> Json:
    """The Provenance of one resource written; ``interaction`` as FHIR names it, ``recorded`` an instant."""
    return {
        "resourceType": "Provenance",
        "id": id_,
        "text": told("Uppgifternas ursprung: vem som ändrade dem, och när."),
        "target": [reference(target)],
        "occurredDateTime": recorded,
        "recorded": recorded,
        "activity": concept(coding(_DATA_OPERATION, _OPERATIONS.get(interaction, "UPDATE"))),
        "agent": _agents(writer),
    }


def _agents(writer: Writer) -> list[Json]:
    client = identifier(systems.own_namespace("avsandare"), writer.client)
    said = (
        ("performer", identifier(systems.HSA, writer.person)),
        ("author", identifier(systems.HSA, writer.unit)),
        ("custodian", identifier(systems.HSA, writer.care_giver)),
        ("enterer", client),
    )
    return [
        {"type": concept(coding(systems.AGENT_TYPE, kind)), "who": {"identifier": who}}
        for kind, who in said
        if who
    ] + proxies(writer)


def proxies(writer: Writer) -> list[Json]:
    """Who speaks for the patient: ``guardian`` or ``agent`` in words, as no code says both."""
    if writer.proxy is None:
        return []
    user, role = writer.proxy
    kind = {**concept(coding(systems.AGENT_TYPE, "performer")), "text": role or "okänd"}
    return [{"type": kind, "who": reference(user) if user else {"display": "okänd"}}]
