"""What the mapping of GetCareDocumentation cannot say without an ``if``."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from adapter.domain.when import Moment, moment
from adapter.mapping import Hook, path
from adapter.wire import soap

if TYPE_CHECKING:
    from adapter.mapping import Reading
    from adapter.wire.node import Node

_PLACEHOLDER = re.compile(r"\?|\$\{[^}]*\}")
_BEGINNINGS = ("?", "$")
APPROVED = (
    path("header.accessControlHeader.approvedForPatient"),
    path("careDocumentationHeader.approvedForPatient"),
)
_YES_OR_NO = {"true": True, "1": True, "false": False, "0": False}
RESULT = (path("GetCareDocumentationResponse.result"), path("result"))
HAS_MORE = (path("GetCareDocumentationResponse.hasMore"), path("hasMore"))
TIMES = (
    path("header.record.timestamp"),
    path("header.author.timestamp"),
    path("header.signature.timestamp"),
    path("body.dissentingOpinion.authorTime"),
    path("careDocumentationHeader.documentTime"),
    path("careDocumentationHeader.accountableHealthcareProfessional.authorTime"),
    path("careDocumentationHeader.legalAuthenticator.signatureTime"),
    path("careDocumentationBody.clinicalDocumentNote.dissentintOpinion.authorTime"),
)

UNFILLED = "Fältet har en platshållare i stället för ett värde; fyll i det i avsändande system."
FAILED = "Källan svarade med fel och inte med anteckningar; läs felet, rätta anropet och hämta igen."
SAID = "Källan skickade ett meddelande med svaret; läs det och avgör om uppgifterna är fullständiga."
UNAPPROVED = (
    "Det framgår inte om patienten får se anteckningen, så den visas inte för patienten. "
    "Ange true eller false i approvedForPatient."
)
UNKNOWN = "Svarets resultatkod är okänd; anmäl det till källans förvaltning."
MORE = "Svaret är inte fullständigt; hämta resten från källsystemet med hasMoreReference."


def placeholders(nodes: list[Node], reading: Reading) -> None:
    """``?`` and ``${…}``, as test tools leave them, are no values; each is told where it stands."""
    for leaf in nodes[0].leaves():
        text = (leaf.text or "").strip()
        if text.startswith(_BEGINNINGS) and _PLACEHOLDER.fullmatch(text):
            reading.void(leaf)
            reading.report("placeholder", leaf, UNFILLED, value=leaf.text or "")


def result(nodes: list[Node], reading: Reading) -> None:
    """``result``: OK is silent, INFO is passed on, ERROR stops the message."""
    for find in RESULT:
        for answer in find(nodes[0]):
            code = reading.text(answer, "resultCode").upper()
            text = reading.text(answer, "resultText")
            if code == "ERROR":
                reading.report("source-error", answer, FAILED, value=text, blocking=True)
            elif code == "INFO" or (code == "OK" and text):
                reading.report("source-info", answer, SAID, value=text)
            elif code != "OK":
                reading.report("code-unknown", answer, UNKNOWN, value=code)


def has_more(nodes: list[Node], reading: Reading) -> None:
    """One finding for each source system that has more notes than it sent."""
    for find in HAS_MORE:
        for more in find(nodes[0]):
            address, reference = reading.text(more, "logicalAddress"), reading.text(more, "reference")
            reading.report("has-more", more, MORE, value=f"{address} {reference}".strip())


def header(nodes: list[Node], reading: Reading) -> None:
    """What the aggregating platform says in the SOAP header of systems that did not answer."""
    root = nodes[0]
    while root.parent is not None:
        root = root.parent
    if root is not nodes[0]:
        reading.findings += soap.header_findings(root)


def version(nodes: list[Node], reading: Reading) -> Moment | None:
    """When this version came to be: the latest time that the note itself states.

    The contract has no version time; a note that is signed, or gets a dissenting opinion, is a later one.
    """
    said: list[tuple[Moment, Node]] = []
    for find in TIMES:
        for place in reading.filled(find(nodes[0])):
            reading.taken.append(place)
            try:
                said.append((moment(place.text or "").value, place))
            except ValueError:
                continue  # told where the time is read for itself
    if not said:
        return None
    latest, reading.place = max(said, key=lambda time: time[0].earliest())
    return latest


def approved_for_patient(nodes: list[Node], reading: Reading) -> bool:
    """``approvedForPatient``, 1..1 in the contract: without a sure yes the patient does not see the note."""
    for find in APPROVED:
        for place in reading.filled(find(nodes[0])):
            reading.taken.append(place)
            reading.place = place
            answer = _YES_OR_NO.get((place.text or "").strip().lower())
            if answer is None:
                reading.report("value-unusable", place, UNAPPROVED, value=place.text or "")
            return answer is True
    reading.report("record-incomplete", nodes[0], UNAPPROVED)
    return False


HOOKS = {
    "approved-for-patient": Hook(read=approved_for_patient),
    "placeholders": Hook(read=placeholders),
    "result": Hook(read=result),
    "has-more": Hook(read=has_more),
    "header": Hook(read=header),
    "version": Hook(read=version),
}
