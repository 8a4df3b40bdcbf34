"""Provenance (https://hl7.org/fhir/R4/provenance.html): whose word it is, and which message said it.

One for each version of a note or message. custodian = vårdgivare (outer block), author = vårdenhet (inner
block), performer = who wrote, attester = who signed, assembler = this adapter with its mapping version.
``occurred`` is the time that blocks are compared with (canonical-models §10).
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, Final

from adapter.fhir import profiles, systems
from adapter.fhir.draft import Draft, MadeBy
from adapter.fhir.element import (
    Json,
    coding,
    concept,
    element,
    identifier,
    is_instant,
    pruned,
    reference,
)
from adapter.fhir.narrative import told
from adapter.frozen import dataclass

_DATA_OPERATION: Final = "http://terminology.hl7.org/CodeSystem/v3-DataOperation"
_OPERATIONS: Final = {"new": "CREATE", "reply": "CREATE", "forward": "CREATE", "correct": "UPDATE"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Word:
    """Whose word a message is, and when. References are ``Type/id``; times are moments; empty = not said."""

    version: str  # tells versions of the same note apart
    recorded: str
    occurred: str
    care_giver: str = ""
    unit: str = ""
    writer: str = ""
    signer: str = ""
    activity: str = "new"  # new, reply, forward, correct
    document: str = ""


def provenance(draft: Draft, word: Word, targets: Iterable[str]) -> str:
    """The Provenance of everything that a message made."""
    recorded = next(
        (time for time in (word.recorded, draft.made_by.received_at, word.occurred) if is_instant(time)), ""
    )
    no_time = {"extension": [{"url": systems.ABSENT, "valueCode": "unknown"}]}
    resource: dict[str, Any] = {
        "resourceType": "Provenance",
        "id": draft.id_of("provenance", word.version),
        "meta": draft.meta(profiles.ORIGIN),
        "text": told("Uppgifternas ursprung: vem som står för dem, och meddelandet de kom i."),
        **draft.extensions(),
        "target": [{"reference": target} for target in targets],
        "occurredDateTime": word.occurred,
        "recorded": recorded,
        "_recorded": {} if recorded else no_time,
        "activity": concept(
            coding(systems.ORIGIN_ACTIVITY, word.activity),
            coding(_DATA_OPERATION, _OPERATIONS[word.activity]),
        ),
        "agent": _agents(draft, word),
        "entity": _entities(draft, word),
    }
    return draft.add("fhir.provenance", pruned(resource))


def _agents(draft: Draft, word: Word) -> list[Json]:
    said = (
        ("custodian", word.care_giver),
        ("author", word.unit),
        ("performer", word.writer),
        ("attester", word.signer),
    )
    agents = [_agent(kind, reference(who)) for kind, who in said if who]
    version = identifier(f"{systems.MAPPING}/{draft.made_by.source}", draft.made_by.mapping_version)
    ours = element(type="Device", identifier=version, display="Överens")
    return [*agents, _agent("assembler", ours)]


def _agent(kind: str, who: Json) -> Json:
    return {"type": {"coding": [{"system": systems.AGENT_TYPE, "code": kind}]}, "who": who}


def _entities(draft: Draft, word: Word) -> list[Json]:
    message = element(
        identifier=identifier(systems.SHA256, draft.made_by.sha256), display=_which_part(draft.made_by)
    )
    entities = [{"role": "source", "what": message}]
    if word.document:
        entities.append({"role": "quotation", "what": reference(word.document)})
    return entities


def _which_part(made_by: MadeBy) -> str:
    """The message, with the lines and the place of the note in it."""
    words = "Meddelandet som det kom"
    if made_by.lines:
        first, last = made_by.lines
        words += f", rad {first}" if first == last else f", rad {first}–{last}"
    return f"{words}: {made_by.place}" if made_by.place else words
