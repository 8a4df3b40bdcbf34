"""DocumentReference (https://hl7.org/fhir/R4/documentreference.html): the note itself, verbatim.

A note that came as one text is kept as that text; a keyword tree as JSON in the names of the journal notes
format. It holds everything, staff numbers too: then it is labelled
as staff's own.
"""

from __future__ import annotations

from base64 import b64encode
from hashlib import sha1
from typing import Any, Final

import orjson

from adapter.domain.keywords import Keyword, KeywordValue
from adapter.domain.note import Note
from adapter.fhir import systems
from adapter.fhir.draft import Draft
from adapter.fhir.element import Json, coding, concept, element, filled, identifier, is_instant, reference
from adapter.fhir.frame import Frame
from adapter.fhir.narrative import told
from adapter.fhir.visibility import STAFF_LABEL, is_signed

TREE_TYPE: Final = "application/json"
_STATUS: Final = {"entered-in-error": "entered-in-error", "revoked": "superseded"}


def document_reference(draft: Draft, note: Note, frame: Frame, signer: str) -> str:
    """The DocumentReference of a note."""
    meta = draft.meta(*([STAFF_LABEL] if draft.numbers else ()))
    noted = draft.said(note, "noted_at")
    resource: dict[str, Any] = {
        "resourceType": "DocumentReference",
        "id": draft.id_of("document"),
        "meta": meta,
        "text": told(f"Anteckning som den skrevs{f', {noted[:10]}' if noted else ''}."),
        "extension": draft.extensions(),
        "identifier": filled(identifier(frame.system, draft.said(note, "note_id"))),
        "status": _STATUS.get(frame.status, "current"),
        "docStatus": "final" if is_signed(note) else "preliminary",
        "type": _type(draft, note),
        "subject": reference(frame.subject),
        "date": noted if is_instant(noted) else "",
        "author": filled(reference(frame.author), reference(frame.unit)),
        "authenticator": reference(signer),
        "description": draft.shown(note, "title"),
        "content": [{"attachment": _attachment(draft, note)}],
        "context": element(encounter=_encounter(draft, note)),
    }
    return draft.add("fhir.document_reference", element(**resource))


def _type(draft: Draft, note: Note) -> Json:
    code, name = draft.said(note, "type_code"), draft.said(note, "type_name")
    return concept(*([coding(systems.NOTE_TYPE, code, name)] if code else []), text=name)


def _attachment(draft: Draft, note: Note) -> Json:
    if note.text:
        kind, data = note.text.media_type, note.text.text.encode("utf-8", "surrogatepass")
        where = note.text.origin("text")
    else:
        kind, data = TREE_TYPE, orjson.dumps([_tree(keyword) for keyword in note.keywords])
        where = note.origin("keywords")
    encoded = b64encode(data).decode("ascii")
    return element(
        contentType=kind,
        language="sv",
        data=draft.from_place(encoded, where),
        size=len(data),
        hash=b64encode(sha1(data, usedforsecurity=False).digest()).decode("ascii"),
        title=draft.shown(note, "title") or "Anteckning",
    )


def _encounter(draft: Draft, note: Note) -> list[Json]:
    held = draft.said(note, "care_contact_id")
    system = systems.own_namespace(draft.owner)
    return [element(type="Encounter", identifier=identifier(system, held))] if held else []


def _tree(keyword: Keyword) -> Json:
    return element(
        keyword=keyword.title,
        keywordToolType=keyword.tool,
        value=[_value(value) for value in keyword.values],
        unit=list(keyword.units),
        range=list(keyword.ranges),
        keywordSecrecyLevels=element(secrecyLevel=list(keyword.secrecy_levels)),
        record=[_tree(child) for child in keyword.children],
    )


def _value(value: KeywordValue) -> Json:
    return {"value": value.text, "journalValueType": value.kind}
