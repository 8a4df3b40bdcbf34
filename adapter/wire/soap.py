"""SOAP 1.1 and 1.2: the body of an envelope, its faults, and what the platform says in the header.

RIV TA BP 2.1 sends SOAP 1.1 document/literal; the header block ``ProcessingStatus`` is in
``urn:riv:interoperability:headers:1``. A response without an envelope is taken as it is.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from adapter.findings import Finding
from adapter.wire.refusal import refusal

if TYPE_CHECKING:
    from adapter.wire.node import Node

SOAP_NAMESPACES = frozenset(
    {"http://schemas.xmlsoap.org/soap/envelope/", "http://www.w3.org/2003/05/soap-envelope"}
)
HEADER_NAMESPACE = "urn:riv:interoperability:headers:1"
_AT = "wire.soap"
_PLATFORM_CODE = re.compile(r"VP\d{3}")
# What the platform's codes mean to who reads the finding (skltp/vp, vp-messages.properties).
_PLATFORM = {
    "VP001": "RIV TA-versionen saknas eller stöds inte. Kontrollera anropets adress",
    "VP002": "certifikatet godtogs inte. Kontrollera funktionscertifikatet",
    "VP003": "logisk adress saknas. Ange mottagarens HSA-id i anropet",
    "VP004": "det finns ingen väg till mottagaren. Kontrollera logisk adress och anslutning",
    "VP005": "mottagaren har inte den här versionen av tjänsten. Kontrollera version och anslutning",
    "VP006": "flera mottagare är anslutna. Anmäl det till plattformens förvaltning",
    "VP007": "anroparen är inte behörig. Beställ behörighet till tjänsten",
    "VP008": "plattformens katalog svarar inte. Försök igen senare",
    "VP009": "källsystemet går inte att nå. Försök igen senare",
    "VP010": "källsystemets adress saknas. Anmäl det till plattformens förvaltning",
    "VP011": "anropet kom utanför den tillåtna kanalen. Kontrollera TLS och anslutning",
    "VP012": "plattformen saknar resurser just nu. Försök igen senare",
    "VP013": "anroparen får inte ange ursprunglig konsument. Ta bort det fältet ur anropet",
    "VP014": "anropet går runt i en slinga. Anmäl det till plattformens förvaltning",
    "VP015": "anropet är felaktigt uppbyggt. Kontrollera anropet",
}


def body(node: Node) -> Node:
    """The node whose children are the response: the envelope's Body, or the document itself without one.

    Raises ``Unparsable``: ``soap-fault`` when the answer is a fault, ``soap-body-missing`` when there is no
    body or nothing in it.
    """
    root = _elements(node)[0] if node.kind == "document" else node
    if _local(root) == "Fault":
        raise _fault(root)
    if _local(root) != "Envelope":
        return node
    found = _child(root, "Body")
    if found is None or not _elements(found):
        what = "SOAP-kuvertet har inget innehåll. Kontrollera anropet och hämta svaret igen."
        raise refusal("soap-body-missing", _AT, what, where=root.where, place=(root.line, root.column))
    fault = _child(found, "Fault")
    if fault is not None:
        raise _fault(fault)
    return found


def header_findings(node: Node) -> tuple[Finding, ...]:
    """What the response header says is missing: one ``not-all-fetched`` for each source that failed.

    An empty list with ``NoDataSynchFailed`` is not "no data" (GetAggregated services, RIV TA header schema).
    """
    envelope = next((child for child in _elements(node) if _local(child) == "Envelope"), None)
    header = _child(envelope, "Header") if envelope else None
    status = _child(header, "ProcessingStatus") if header else None
    if status is None:
        return ()
    findings = (_not_fetched(record) for record in _elements(status))
    return tuple(finding for finding in findings if finding is not None)


def _not_fetched(record: Node) -> Finding | None:
    code = _text(record, "statusCode")
    if code == "NoDataSynchFailed":
        what = "Källsystemet svarade inte. Det kan finnas uppgifter som inte är med; hämta igen senare."
    elif code == "DataFromCacheSynchFailed":
        what = "Källsystemet svarade inte, så uppgifterna kan vara inaktuella. Hämta igen senare."
    else:
        return None
    address = _text(record, "logicalAddress")
    return Finding(
        "not-all-fetched", record.where, _AT, what, address, line=record.line, column=record.column
    )


def _fault(fault: Node) -> Exception:
    """SOAP 1.1 §4.4 (faultcode, faultstring) or SOAP 1.2 §5.4 (Code/Value, Reason/Text)."""
    code = _text(fault, "faultcode") or _text(fault, "Code", "Value")
    reason = _text(fault, "faultstring") or _text(fault, "Reason", "Text")
    platform = _PLATFORM_CODE.search(reason) or _PLATFORM_CODE.search(code)
    meaning = _PLATFORM.get(platform[0]) if platform else None
    why = f"{platform[0]}: {meaning}" if platform and meaning else "läs felkoden och rätta anropet"
    what = f"svaret är ett fel, inte en anteckning ({why}). Hämta igen när felet är avhjälpt."
    value = ": ".join(part for part in (code, reason) if part)
    return refusal("soap-fault", _AT, what, where=fault.where, value=value, place=(fault.line, fault.column))


def _local(node: Node) -> str:
    return node.name.rpartition("}")[2]


def _elements(node: Node) -> list[Node]:
    return [child for child in node.children if child.kind in {"element", "null"}]


def _child(node: Node, name: str) -> Node | None:
    return next((child for child in _elements(node) if _local(child) == name), None)


def _text(node: Node, *names: str) -> str:
    found: Node | None = node
    for name in names:
        found = _child(found, name) if found else None
    return (found.text or "").strip() if found else ""
