"""``wire.soap``: envelopes, faults and the platform's word on what is missing."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from adapter.errors import Unparsable
from adapter.wire import soap, xml

if TYPE_CHECKING:
    from adapter.wire.node import Node

V11 = "http://schemas.xmlsoap.org/soap/envelope/"
V12 = "http://www.w3.org/2003/05/soap-envelope"


def message(inner: str, version: str = V11, namespaces: frozenset[str] | None = None) -> Node:
    """An envelope around something."""
    return xml.parse(f'<s:Envelope xmlns:s="{version}">{inner}</s:Envelope>'.encode(), namespaces)


@pytest.mark.parametrize("version", [V11, V12])
@pytest.mark.parametrize("namespaces", [None, frozenset[str](), soap.SOAP_NAMESPACES])
def test_the_body_is_unwrapped(version: str, namespaces: frozenset[str] | None) -> None:
    """
    Both SOAP versions, whichever namespaces the source lists.
    """
    body = soap.body(message("<s:Header/><s:Body><answer>1</answer></s:Body>", version, namespaces))
    assert [(node.name, node.text) for node in body.all("answer")] == [("answer", "1")]
    assert body.where.endswith("Body")


def test_a_bare_response_is_taken_as_it_is() -> None:
    """
    The same paths reach into it as into a body.
    """
    document = xml.parse(b"<answer>1</answer>")
    assert soap.body(document) is document


def fault(node: Node) -> Unparsable:
    """What a fault is refused with."""
    with pytest.raises(Unparsable) as told:
        soap.body(node)
    return told.value


def test_a_fault_is_no_note() -> None:
    """
    SOAP 1.1: code and string stand in the value, never in the sentence.
    """
    inner = "<s:Body><s:Fault><faultcode>server</faultcode><faultstring>Nej</faultstring></s:Fault></s:Body>"
    finding = fault(message(inner)).finding
    assert (finding.code, finding.where, finding.value) == (
        "soap-fault",
        "Envelope.Body.Fault",
        "server: Nej",
    )
    assert finding.what == (
        "Rad 1, kolumn 73: svaret är ett fel, inte en anteckning (läs felkoden och rätta anropet). "
        "Hämta igen när felet är avhjälpt."
    )


def test_the_platforms_codes_are_explained() -> None:
    """
    SOAP 1.2 with a code of the national platform: what it means and what to do.
    """
    inner = (
        "<s:Body><s:Fault><s:Code><s:Value>s:Receiver</s:Value></s:Code>"
        "<s:Reason><s:Text>VP009 [no contact]</s:Text></s:Reason></s:Fault></s:Body>"
    )
    finding = fault(message(inner, V12)).finding
    assert "VP009: källsystemet går inte att nå" in finding.what
    assert finding.value == "s:Receiver: VP009 [no contact]"


def test_a_bare_fault_is_a_fault() -> None:
    """
    A fault without an envelope is no answer either.
    """
    assert fault(xml.parse(b"<Fault><faultcode>x</faultcode></Fault>")).finding.code == "soap-fault"


@pytest.mark.parametrize("inner", ["", "<s:Header/>", "<s:Body/>", "<s:Body> </s:Body>"])
def test_an_envelope_without_content_is_refused(inner: str) -> None:
    """
    Nothing in the body is not an empty list of notes.
    """
    assert fault(message(inner)).finding.code == "soap-body-missing"


def status(code: str) -> Node:
    """An answer with one record in its processing status."""
    return message(
        f'<s:Header><p:ProcessingStatus xmlns:p="{soap.HEADER_NAMESPACE}"><p:ProcessingStatusList>'
        f"<p:logicalAddress>SE2321000016-A1B2</p:logicalAddress><p:statusCode>{code}</p:statusCode>"
        "</p:ProcessingStatusList></p:ProcessingStatus></s:Header><s:Body><answer/></s:Body>",
        namespaces=frozenset(),
    )


@pytest.mark.parametrize(
    ("code", "said"),
    [
        ("NoDataSynchFailed", "svarade inte"),
        ("DataFromCacheSynchFailed", "inaktuella"),
        ("DataFromSource", ""),
        ("DataFromCache", ""),
    ],
)
def test_what_could_not_be_fetched_is_said(code: str, said: str) -> None:
    """
    An empty list with NoDataSynchFailed is not "no data".
    """
    findings = soap.header_findings(status(code))
    assert [(finding.code, finding.value, finding.line) for finding in findings] == (
        [("not-all-fetched", "SE2321000016-A1B2", 1)] if said else []
    )
    assert all(said in finding.what for finding in findings)


def test_an_answer_without_header_says_nothing_is_missing() -> None:
    """
    No envelope, no header, no status: no finding.
    """
    assert soap.header_findings(xml.parse(b"<answer/>")) == ()
    assert soap.header_findings(message("<s:Body/>")) == ()
    assert soap.header_findings(message("<s:Header/>")) == ()
