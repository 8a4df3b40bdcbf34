"""DocumentReference (https://hl7.org/fhir/R4/documentreference.html): the note itself, verbatim.

A note that came as one text is kept as that text; a keyword tree as JSON in the names of the journal notes
format. It holds everything, staff numbers too: then it is labelled
as staff's own.
"""

from __future__ import annotations

from base64 import b64decode, b64encode
from hashlib import sha1
from typing import Any, Final

import orjson

from adapter.domain.keywords import Keyword
from adapter.domain.note import Attachment, DissentingOpinion, Note
from adapter.fhir import profiles, systems
from adapter.fhir.draft import Draft
from adapter.fhir.element import (
    Json,
    coding,
    concept,
    element,
    extension,
    filled,
    identifier,
    is_instant,
    pruned,
    reference,
)
from adapter.fhir.frame import Frame
from adapter.fhir.narrative import told
from adapter.fhir.visibility import STAFF_LABEL, is_signed

_AT: Final = "fhir.document_reference"
TREE_TYPE: Final = "application/json"
UNKNOWN_TYPE: Final = "application/octet-stream"  # nobody said what is behind the address
_STATUS: Final = {"entered-in-error": "entered-in-error", "revoked": "superseded"}


def document_reference(draft: Draft, note: Note, frame: Frame, signer: str) -> str:
    """The DocumentReference of a note."""
    meta = draft.meta(profiles.NOTE, *([STAFF_LABEL] if draft.numbers else ()))
    noted = draft.said(note, "noted_at")
    resource: dict[str, Any] = {
        "resourceType": "DocumentReference",
        "id": draft.id_of("document"),
        "meta": meta,
        "text": told(f"Anteckning som den skrevs{f', {noted[:10]}' if noted else ''}."),
        **draft.extensions(
            extension(systems.INACTIVE_REASON, valueString=draft.said(note, "inactive_reason"))
        ),
        "identifier": filled(identifier(frame.system, draft.said(note, "note_id"))),
        "status": _STATUS.get(frame.status, "current"),
        "docStatus": "final" if is_signed(note) else "preliminary",
        "type": _type(draft, note),
        "subject": reference(frame.subject),
        "date": noted if is_instant(noted) else "",
        "author": filled(reference(frame.author), reference(frame.unit)),
        "authenticator": reference(signer),
        "description": draft.shown(note, "title"),
        "content": [
            *({"attachment": attachment} for attachment in _attachments(draft, note)),
            *(_opinion(draft, opinion) for opinion in note.opinions),
        ],
        "context": element(encounter=_encounter(draft, note)),
    }
    return draft.add(_AT, pruned(resource))


def _type(draft: Draft, note: Note) -> Json:
    code, name = draft.said(note, "type_code"), draft.said(note, "type_name")
    return concept(*([coding(systems.NOTE_TYPE, code, name)] if code else []), text=name)


def _attachments(draft: Draft, note: Note) -> list[Json]:
    """The text or the tree, and the document that was sent with it or instead of it."""
    title = draft.shown(note, "title") or "Anteckning"
    sent = filled(_sent_document(draft, note.attachment, title)) if note.attachment else []
    if note.text:
        written = _written(draft, _utf8(note.text.text), note.text.origin("text"))
        return [{"contentType": note.text.media_type, **written, "title": title}, *sent]
    if note.keywords or not sent:
        tree = orjson.dumps([_tree(keyword) for keyword in note.keywords])
        written = _written(draft, tree, note.origin("keywords"))
        return [{"contentType": TREE_TYPE, **written, "title": title}, *sent]
    return sent


def _utf8(text: str) -> bytes:
    return text.encode("utf-8", "surrogatepass")


def _written(draft: Draft, data: bytes, where: str) -> Json:
    return {
        "language": "sv",
        "data": draft.from_place(b64encode(data).decode("ascii"), where),
        "size": len(data),
        "hash": b64encode(sha1(data, usedforsecurity=False).digest()).decode("ascii"),
    }


def _sent_document(draft: Draft, sent: Attachment, title: str) -> Json:
    data = draft.said(sent, "data")
    if data and not _is_base64(data):
        what = "Den bifogade filen är inte läsbar (base64) och visas inte. Be avsändaren skicka den igen."
        draft.find("attachment-unusable", sent.origin("data"), _AT, what)
        data = ""
    url = draft.said(sent, "reference")
    if url and any(mark.isspace() for mark in url):
        what = (
            "Adressen till den bifogade filen är ingen adress och visas inte. Be avsändaren skicka den igen."
        )
        draft.find("attachment-unusable", sent.origin("reference"), _AT, what)
        url = ""
    if not (data or url):
        return {}
    media_type = draft.said(sent, "media_type") or UNKNOWN_TYPE
    return element(contentType=media_type, data=data, url=url, title=title)


def _is_base64(data: str) -> bool:
    try:
        b64decode(data, validate=True)
    except ValueError:
        return False
    return True


def _opinion(draft: Draft, opinion: DissentingOpinion) -> Json:
    """Avvikande mening: beside the note, verbatim, with whose it is."""
    system = systems.own_namespace(draft.owner)
    whose = filled(
        extension("id", valueIdentifier=identifier(system, draft.said(opinion, "opinion_id"))),
        extension("person", valueIdentifier=identifier(system, draft.said(opinion, "person_id"))),
        extension("namn", valueString=draft.said(opinion, "person_name")),
    )
    attachment = element(
        contentType="text/plain",
        **_written(draft, _utf8(opinion.text), opinion.origin("text")),
        title="Avvikande mening",
        creation=draft.said(opinion, "authored_at"),
    )
    marks = [{"url": systems.OPINION, "extension": whose}] if whose else []
    return element(extension=marks, attachment=attachment)


def _encounter(draft: Draft, note: Note) -> list[Json]:
    held = draft.said(note, "care_contact_id")
    system = systems.own_namespace(draft.owner)
    return [element(type="Encounter", identifier=identifier(system, held))] if held else []


def _tree(keyword: Keyword) -> Json:
    record: Json = {"keyword": keyword.title, "keywordToolType": keyword.tool}
    if keyword.values:
        record["value"] = [{"value": value.text, "journalValueType": value.kind} for value in keyword.values]
    if keyword.units:
        record["unit"] = keyword.units
    if keyword.ranges:
        record["range"] = keyword.ranges
    if keyword.secrecy_levels:
        record["keywordSecrecyLevels"] = {"secrecyLevel": keyword.secrecy_levels}
    if keyword.children:
        record["record"] = [_tree(child) for child in keyword.children]
    return record
