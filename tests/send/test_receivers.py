"""The receivers' file: what it says, and every mistake told with its line and what to do."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from adapter.domain.identity import hsa_id
from adapter.domain.routes import Format
from adapter.errors import SettingError
from adapter.send.receivers import Http, Mllp, Receivers
from adapter.send.receivers_file import load_receivers

ROOT = Path(__file__).parents[2]
PAGE = (ROOT / "docs/receivers.md").read_text(encoding="utf-8")
EXAMPLE = re.findall(r"```yaml\n(.*?)```", PAGE, re.DOTALL)[0]
SECRETS = {"VARBERG_TOKEN": "t0k3n", "COSMIC_KEY": "k3y", "COSMIC_SECRET": "s3cr3t"}
UNIT = "units: [SE2321000115-VC07]"
TO_URL = f"receivers:\n  a:\n    {UNIT}\n    format: lifecare\n    "
LIFECARE = f"{TO_URL}url: https://a.example/\n    "
COSMIC = LIFECARE.replace("lifecare", "cosmic-fhir")
HL7 = f"receivers:\n  a:\n    {UNIT}\n    format: hl7v2\n    "


def loaded(folder: Path, text: str, secrets: dict[str, str] = SECRETS) -> Receivers:
    """
    What a file with this text says.
    """
    path = folder / "receivers.yaml"
    path.write_text(text, encoding="utf-8")
    return load_receivers(path, secrets)


def test_the_example_of_the_page_is_taken(certificates: Path) -> None:
    """
    What docs/receivers.md shows works, word for word.
    """
    found = loaded(certificates, EXAMPLE)
    ways = {name: receiver.where for name, receiver in found.by_name.items()}
    assert ways == {
        "varberg-hemsjukvard": "https://lifecare.varberg.example/meddelanden",
        "vc-hasten": "https://fhir.region.example/fhir/$process-message",
        "cosmic": "https://api.openservices.cambio.example/fhir",
        "journalen": "mllps://integration.region.example:2575",
        "vc-gullberget": "hämtar själv",
    }
    assert found.own.application == "OVERENS"
    assert found.by_name["vc-hasten"].is_medcom_like
    way = found.by_name["varberg-hemsjukvard"].way
    assert isinstance(way, Http)
    assert way.headers == {"Authorization": "Bearer t0k3n"}


def test_the_core_is_told_who_answers_for_a_unit_and_nothing_else(certificates: Path) -> None:
    """
    Routes hold names and formats: no address to send to and no secret reaches the core.
    """
    routes = loaded(certificates, EXAMPLE).routes
    route = routes.to(hsa_id("se2120001249-hsv02"))
    assert route is not None
    assert (route.receiver, route.format) == ("varberg-hemsjukvard", Format.LIFECARE)
    fetches = routes.to(hsa_id("SE2321000115-VC10"))
    assert fetches is not None
    assert fetches.format is None
    assert not any(secret in repr(routes) for secret in SECRETS.values())


def test_no_secret_is_shown(certificates: Path) -> None:
    """
    Whoever prints the receivers, by mistake or in a log, sees no token, key or password.
    """
    shown = repr(loaded(certificates, EXAMPLE))
    assert not any(secret in shown for secret in SECRETS.values())


def test_mllp_to_this_machine_may_be_plain(tmp_path: Path) -> None:
    """
    A tunnel on the same machine takes it from there.
    """
    receiver = loaded(tmp_path, f"receivers: {{a: {{{UNIT}, format: hl7v2, host: 127.0.0.1, port: '2575'}}}}")
    assert receiver.by_name["a"].way == Mllp(host="127.0.0.1", port=2575)


@pytest.mark.parametrize(
    ("words", "is_document"), [("", False), ("answers: RRI", False), ("answers: MDM", True)]
)
def test_a_receiver_of_hl7_v2_chooses_how_answers_are_written(
    tmp_path: Path, words: str, is_document: bool
) -> None:
    """
    RRI unless it asks for documents; the core is told by the route.
    """
    found = loaded(tmp_path, HL7 + f"host: 127.0.0.1\n    port: 1\n    {words}")
    (route,) = found.routes.by_unit.values()
    assert route.has_answers_as_documents is is_document


MISTAKES = [
    (LIFECARE.replace("lifecare", "fhir-message"), 4, "endpoint under own"),
    ("", 1, "filen är tom"),
    ("receivers: [", 1, "YAML"),
    ("receiver: {}", 1, "Menades receivers"),
    ("own: {}", 1, "receivers saknas"),
    ("receivers: ja", 1, "namn: värde"),
    ("receivers:\n  A B: {reads: 'true'}", 2, "går inte som namn"),
    ("receivers:\n  overens: {reads: 'true'}", 2, "går inte som namn"),
    ("receivers:\n  a:\n    reads: true", 2, "units"),
    ("receivers:\n  a:\n    units: SE2321000115-VC07\n    reads: true", 3, "units"),
    ("receivers:\n  a:\n    units: [Håsten]\n    reads: true", 3, "inget HSA-id"),
    (f"receivers:\n  a:\n    {UNIT}\n    reads: kanske", 4, "true eller false"),
    (f"receivers:\n  a:\n    {UNIT}\n    reads: true\n    url: https://a.example/", 5, "Ta bort raden"),
    (f"receivers:\n  a:\n    {UNIT}", 2, "format saknas"),
    (f"receivers:\n  a:\n    {UNIT}\n    format: soap", 4, "finns inte"),
    (f"receivers:\n  a:\n    {UNIT}\n    formt: lifecare", 4, "Menades format"),
    (f"receivers:\n  a:\n    {UNIT}\n    format: lifecare", 2, "url saknas"),
    (TO_URL + "url: ''", 5, "ett enda värde"),
    (TO_URL + "url: ftp://a.example/", 5, "https://"),
    (TO_URL + "url: http://a.example/", 5, "egna datorn"),
    (
        TO_URL + "url: https://u:p@a.example/",
        5,
        "användarnamn",
    ),
    (TO_URL + "url: https://a.example:x/", 5, "https://"),
    (TO_URL + "url: https://[a/", 5, "https://"),
    (HL7 + "host: a.example", 2, "port saknas"),
    (HL7 + "host: 'a b'\n    port: 1", 5, "värdnamn"),
    (
        HL7 + "host: a.example\n    port: 70000",
        6,
        "port är ett tal",
    ),
    (
        HL7 + "host: a.example\n    port: 1\n    tls: false",
        7,
        "utan TLS",
    ),
    (HL7 + "url: https://a.example/", 5, "Ta bort raden"),
    (HL7 + "host: 127.0.0.1\n    port: 1\n    answers: ORU", 7, "Välj RRI eller MDM"),
    (LIFECARE + "answers: MDM", 6, "Ta bort raden"),
    (
        LIFECARE + "answer_seconds: 0",
        6,
        "sekunder",
    ),
    (
        LIFECARE + "connect_seconds: nan",
        6,
        "sekunder",
    ),
    (
        LIFECARE + "bearer_from: NOT_SET",
        6,
        "NOT_SET är tom eller saknas",
    ),
    (
        LIFECARE + "bearer_from: abc.def",
        6,
        "inte själva hemligheten",
    ),
    (
        LIFECARE + "bearer_from: BROKEN",
        6,
        "inte går att skicka",
    ),
    (
        LIFECARE + "ca: missing.pem",
        6,
        "certifikaten",
    ),
    (
        LIFECARE + "key: k.pem",
        6,
        "klientcertifikatet",
    ),
    (
        COSMIC + "oauth: {client_id: a}",
        6,
        "token_url saknas",
    ),
    (
        LIFECARE + "bearer_from: COSMIC_KEY\n"
        "    oauth: {token_url: 'https://a.example/', client_id: a, client_secret_from: COSMIC_SECRET}",
        6,
        "går inte ihop",
    ),
    (f"receivers:\n  a:\n    {UNIT}\n    reads: true\n  a:\n    {UNIT}\n    reads: true", 5, "två gånger"),
    (
        f"receivers:\n  a:\n    {UNIT}\n    reads: true\n  b:\n    {UNIT}\n    reads: true",
        6,
        "redan på rad 3",
    ),
]


@pytest.mark.parametrize(("text", "line", "says"), MISTAKES)
def test_a_mistake_is_told_with_its_line_and_what_to_do(
    tmp_path: Path, text: str, line: int, says: str
) -> None:
    """
    Nobody has to guess which line is wrong, or starts a server that sends nothing.
    """
    with pytest.raises(SettingError) as stopped:
        loaded(tmp_path, text, {**SECRETS, "BROKEN": "a b"})
    told = str(stopped.value)
    assert told.startswith(f"receivers.yaml:{line}: ")
    assert says in told
    assert told.endswith((".", "receivers.md."))


def test_a_file_that_cannot_be_read_is_told(tmp_path: Path) -> None:
    """
    Not there, or not text: the setting is named.
    """
    with pytest.raises(SettingError, match="OVERENS_RECEIVERS_FILE"):
        load_receivers(tmp_path / "none.yaml", {})
    (tmp_path / "bytes.yaml").write_bytes(b"\xff\xfe")
    with pytest.raises(SettingError, match="inte UTF-8"):
        load_receivers(tmp_path / "bytes.yaml", {})
