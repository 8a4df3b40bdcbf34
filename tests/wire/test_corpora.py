"""The gates against the shared corpora, when they are there: hostile, malformed and merely odd input.

Looked for in ``$OVERENS_SHARED``, else beside the repository; not needed to run the rest.
"""

from __future__ import annotations

import os
import socket
import subprocess
import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING, NoReturn

import pytest

from adapter.domain.keywords import Keyword, KeywordValue
from adapter.errors import Unparsable
from adapter.wire import docbook, json, soap, xml
from adapter.wire.node import Node

if TYPE_CHECKING:
    from adapter.findings import Finding

ROOT = Path(__file__).resolve().parents[2]
SHARED = Path(os.environ.get("OVERENS_SHARED", ROOT.parent / "shared"))
CORPORA = SHARED / "corpora"
SECONDS = 2.0  # an attack may take 0.25 s; the rest is for a loaded machine

pytestmark = pytest.mark.skipif(
    not CORPORA.is_dir(), reason="the shared corpora are not here (OVERENS_SHARED)"
)


def judged(parse: object, raw: bytes) -> Finding | None:
    """The finding, or None when it was read; anything but a refusal is a failure."""
    try:
        parse(raw)  # type: ignore[operator]  # one of the gates
    except Unparsable as refused:
        return refused.finding
    return None


def test_json_is_judged_as_the_standard_says() -> None:
    """
    nst/JSONTestSuite: every n_ refused, every y_ read but the two with duplicate keys, none crashes.
    """
    refused_on_purpose = {"y_object_duplicated_key.json", "y_object_duplicated_key_and_value.json"}
    for path in sorted((CORPORA / "json/nst").rglob("*.json")):
        raw = path.read_bytes()
        for parse in (json.parse, json.parse_plain):
            finding = judged(parse, raw)
            if path.name.startswith("n_"):
                assert finding, path.name
            if path.name.startswith("y_"):
                assert bool(finding) == (path.name in refused_on_purpose), (path.name, finding)
            assert finding is None or (finding.blocking and finding.what.endswith("."))


def test_what_json_is_read_comes_back_the_same() -> None:
    """
    Every text of the suite that is read is written and read to the same bytes.
    """
    for path in sorted((CORPORA / "json/nst").rglob("*.json")):
        if judged(json.parse, path.read_bytes()) is None:
            written = json.write(json.parse(path.read_bytes()))
            assert json.write(json.parse(written)) == written, path.name


@pytest.fixture
def no_network(monkeypatch: pytest.MonkeyPatch) -> None:
    """Any connection is a failure."""

    def refuse(*_: object, **__: object) -> NoReturn:
        raise AssertionError("a connection was opened")

    monkeypatch.setattr(socket, "socket", refuse)
    monkeypatch.setattr(socket, "create_connection", refuse)


@pytest.fixture(scope="module")
def attacks(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """All generated attacks, with their canary files, in a folder of their own."""
    folder = tmp_path_factory.mktemp("attacks")
    script = CORPORA / "xml/generated/gen_attacks.py"
    subprocess.run([sys.executable, script, folder], check=True, capture_output=True)  # noqa: S603 - our corpus
    return folder


def has_doctype(raw: bytes) -> bool:
    """Whether a document type stands in front of the root element, as far as a plain look can tell."""
    return b"<!DOCTYPE" in raw.split(b"<!--")[0]


@pytest.mark.usefixtures("no_network")
@pytest.mark.parametrize("name", ["defusedxml", "libxml2", "generated"])
def test_no_xml_of_the_corpora_gets_past_the_gate(name: str) -> None:
    """
    No crash, no connection, no document type read, none slow.
    """
    for path in sorted(path for path in (CORPORA / "xml" / name).rglob("*") if path.is_file()):
        raw = path.read_bytes()
        started = time.process_time()
        finding = judged(xml.parse, raw)
        assert time.process_time() - started < SECONDS, path.name
        if has_doctype(raw):
            assert finding, path.name
        assert finding is None or finding.what.endswith(".")


@pytest.mark.usefixtures("no_network")
def test_no_generated_attack_gets_past_the_gate(attacks: Path) -> None:
    """
    Bombs, external entities, depth, size, encodings: refused or harmless, fast, and no canary is read.
    """
    for path in sorted(attacks.iterdir()):
        if path.name == "secret.txt":
            continue
        started = time.process_time()
        try:
            said = "".join(leaf.text or "" for leaf in xml.parse(path.read_bytes()).leaves())
        except Unparsable as refused:
            said = refused.finding.what + refused.finding.value
        assert time.process_time() - started < SECONDS, path.name
        assert "TOPSECRET" not in said
        assert "PARAM-DTD" not in said


REFUSED_ATTACKS = {
    "xxe_file.xml": "doctype-forbidden",
    "xxe_http.xml": "doctype-forbidden",
    "xxe_param_file.xml": "doctype-forbidden",
    "dtd_ext_http.xml": "doctype-forbidden",
    "billion_laughs.xml": "doctype-forbidden",
    "billion_laughs_attr.xml": "doctype-forbidden",
    "quadratic_1.xml": "doctype-forbidden",
    "param_entity_bomb.xml": "doctype-forbidden",
    "default_attr_dtd.xml": "doctype-forbidden",
    "doctype_only.xml": "doctype-forbidden",
    "deep_300.xml": "too-deep",
    "deep_100k.xml": "too-deep",
    "huge_text_11mb.xml": "too-large",
    "huge_attr_11mb.xml": "too-large",
    "many_elems_1m.xml": "too-large",
    "many_attrs_100k.xml": "too-large",
    "ns_collide.xml": "too-large",
    "long_name.xml": "too-large",
    "utf16_bomless.xml": "wrong-charset",
    "utf7.xml": "wrong-charset",
    "ebcdic.xml": "wrong-charset",
    "enc_mismatch_utf8_declared_latin.xml": "wrong-charset",
    "invalid_utf8.xml": "wrong-charset",
    "nul.xml": "not-xml",
}


@pytest.mark.parametrize(("name", "code"), REFUSED_ATTACKS.items())
def test_an_attack_is_refused_for_what_it_is(attacks: Path, name: str, code: str) -> None:
    """
    The refusal names the reason, not a symptom.
    """
    finding = judged(xml.parse, (attacks / name).read_bytes())
    assert finding is not None
    assert finding.code == code


def test_every_odd_string_goes_through_unchanged_or_is_refused() -> None:
    """
    As text through JSON, XML and DocBook and back: equal, never cut.
    """
    strings = json.parse_plain((CORPORA / "strings/blns.json").read_bytes())
    for text in strings:
        assert (
            json.parse(json.write(Node("", "object", children=[Node("a", "string", text)]))).children[0].text
            == text
        )
        keyword = Keyword(title=text, values=(KeywordValue(text=text),))
        book = docbook.read(docbook.write([keyword], text), "")
        try:
            assert xml.parse(xml.write(Node("a", text=text))).children[0].text == text
        except ValueError:
            continue  # refused: XML cannot hold it
        assert book is not None
        assert (book.keywords, book.title) == ((keyword,), text)


SAMPLES_REFUSED = {
    "GetCareDocumentation_v3_mock_BasicResponse.xml": ("not-xml", 282),
    "GetCareDocumentation_v3_mock_HasMore.xml": ("not-xml", 73),
    "GetCareContacts_v3_mock_SoapFault.xml": ("soap-fault", 3),
    "GetCareDocumentation_v3_mock_Response_ERROR.xml": ("soap-fault", 3),
}


def test_the_official_samples_are_read_or_refused_with_a_precise_reason() -> None:
    """
    Two of the official mocks never end a CDATA section and two are faults; all others are read.
    """
    for path in sorted((SHARED / "reference/samples").glob("*.xml")):
        finding = judged(lambda raw: soap.body(xml.parse(raw)), path.read_bytes())
        told = (finding.code, finding.line) if finding else None
        assert told == SAMPLES_REFUSED.get(path.name), path.name
