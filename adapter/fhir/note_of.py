"""The way back for the note around an agreement: CarePlan, DocumentReference and Provenance."""

from __future__ import annotations

from base64 import b64decode
from typing import Any, Final
from urllib.parse import unquote

import orjson

from adapter.domain.identity import hsa_id
from adapter.domain.keywords import Keyword, KeywordValue
from adapter.domain.note import Note, NoteText, Visibility
from adapter.domain.people import CareUnit
from adapter.domain.when import Moment
from adapter.fhir import systems
from adapter.fhir.document_reference import TREE_TYPE
from adapter.fhir.element import Json
from adapter.fhir.index import Index, codes_of, extension_of, first, name_of
from adapter.fhir.people_of import care_unit, is_protected, person, professional

_OID: Final = "urn:oid:"
_WITHDRAWN: Final = frozenset({"revoked", "entered-in-error"})


def note_of(index: Index, plan: Json) -> Note:
    """What can be told of the note that a CarePlan was made from; times are as precise as they stand."""
    identifier = first(plan.get("identifier", ()))
    document = _document(index, identifier)
    provenance = _provenance(index, plan)
    owner = unquote(plan.get("meta", {}).get("source", "").partition("#")[2])
    kind = document.get("type", {})
    keywords, text = _written(document)
    system = identifier.get("system", "")
    patient = index.get(plan.get("subject"))
    created = _moment(plan.get("created", ""))
    occurred = _moment(provenance.get("occurredDateTime", ""))
    encounter = first(document.get("context", {}).get("encounter", ()))
    return Note(
        note_id=identifier.get("value", "") or plan.get("id", ""),
        note_id_root=system.removeprefix(_OID) if system.startswith(_OID) else "",
        source_system=hsa_id(owner) if owner else None,
        patients=(person(patient),) if patient else (),
        version_at=_moment(provenance.get("recorded", "") or plan.get("meta", {}).get("lastUpdated", ""))
        or created,
        noted_at=created,
        signed_at=_moment(extension_of(plan, systems.SIGNED_AT).get("valueDateTime", "")),
        is_active=plan.get("status") not in _WITHDRAWN,
        inactive_reason=extension_of(document, systems.INACTIVE_REASON).get("valueString", ""),
        title=document.get("description", ""),
        type_code=next(iter(codes_of(kind, systems.NOTE_TYPE)), ""),
        type_name=kind.get("text", ""),
        author=professional(index, plan.get("author")),
        signer=professional(index, document.get("authenticator")),
        unit=_unit(index, plan),
        block_time=occurred if occurred != created else None,
        care_contact_id=encounter.get("identifier", {}).get("value", ""),
        visibility=_visibility(plan),
        keywords=keywords,
        text=text,
    )


def _document(index: Index, identifier: Json) -> Json:
    found = (each for each in index.of_type("DocumentReference") if identifier in each.get("identifier", ()))
    return first(found)


def _provenance(index: Index, plan: Json) -> Json:
    target = name_of(plan)
    for each in index.of_type("Provenance"):
        if any(target in what.get("reference", "") for what in each.get("target", ())):
            return each
    return {}


def _unit(index: Index, plan: Json) -> CareUnit | None:
    for reference in (*plan.get("contributor", ()), plan.get("author", {})):
        organization = index.get(reference)
        if organization.get("resourceType") == "Organization":
            return care_unit(index, organization)
    return None


def _visibility(plan: Json) -> Visibility:
    labels = plan.get("meta", {}).get("security", ())
    is_signed = plan.get("status") != "draft"
    is_hidden = any(label.get("code") == systems.NOPATIENT for label in labels)
    return Visibility(
        is_signed=is_signed,
        is_approved_for_patient=False if is_hidden and is_signed else None,
        embargo_until=_moment(extension_of(plan, systems.EMBARGO).get("valueDateTime", "")),
        is_protected=is_protected(plan),
    )


def _written(document: Json) -> tuple[tuple[Keyword, ...], NoteText | None]:
    content = first(document.get("content", ()))
    attachment = content.get("attachment", {})
    kind = attachment.get("contentType", "")
    if "data" not in attachment:
        return (), None
    data = b64decode(attachment["data"])
    if kind == TREE_TYPE:
        return tuple(_keyword(record) for record in orjson.loads(data)), None
    if kind in {"text/plain", "application/docbook+xml"}:
        return (), NoteText(text=data.decode("utf-8", "replace"), media_type=kind)
    return (), None


def _keyword(record: dict[str, Any]) -> Keyword:
    return Keyword(
        title=record.get("keyword", ""),
        tool=record.get("keywordToolType", ""),
        values=tuple(
            KeywordValue(text=v["value"], kind=v["journalValueType"]) for v in record.get("value", ())
        ),
        units=tuple(record.get("unit", ())),
        ranges=tuple(record.get("range", ())),
        secrecy_levels=tuple(record.get("keywordSecrecyLevels", {}).get("secrecyLevel", ())),
        children=tuple(_keyword(child) for child in record.get("record", ())),
    )


def _moment(text: str) -> Moment | None:
    return Moment(text) if text else None
