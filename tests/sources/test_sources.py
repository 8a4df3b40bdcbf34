"""Sources are found, compiled and recognised from their folders."""

from __future__ import annotations

import shutil
from collections.abc import Mapping
from pathlib import Path

import pytest

from adapter.errors import MappingError, Unparsable
from adapter.pipeline import Source
from adapter.sources import load_sources, mappings_home, recognise
from tests.sources.samples import FIXTURES

ROOT = Path(__file__).parents[2]
NAMES = {
    "hl7v2.document",
    "hl7v2.referral",
    "hl7v2.scheduling",
    "se.cosmic.journal-notes",
    "se.lifecare.message",
    "se.riv.care-documentation",
}


def test_every_folder_of_mappings_is_a_source(sources: Mapping[str, Source]) -> None:
    """
    Folder, name and fixtures bear one name; each source says what the list of sources shows.
    """
    assert set(sources) >= NAMES
    for name, source in sources.items():
        assert source.name == name
        assert source.title
        assert source.owner
        assert source.version
        assert set(source.formats) <= {"hl7", "json", "xml"}
        assert (ROOT / "fixtures" / name / source.example).is_file()


@pytest.mark.parametrize("case", FIXTURES, ids=lambda case: f"{case.parent.name}/{case.name}")
def test_a_message_is_recognised(case: Path, sources: Mapping[str, Source]) -> None:
    """
    Every fixture is known for what it is by what its source says of itself.
    """
    assert recognise(case.read_bytes(), sources) == case.parent.name


@pytest.mark.parametrize(
    "raw", [b"", b"{}", b"[]", b"null", b"<a/>", b"<a", b"{", b"\xff\xfe\x00", b"MSH|^~\\&|A", b"   "]
)
def test_what_nobody_knows_is_nobodys(raw: bytes, sources: Mapping[str, Source]) -> None:
    """
    Neither rubbish nor an empty message is guessed to be somebody's.
    """
    assert recognise(raw, sources) is None


def test_the_first_character_tells_json_from_xml(sources: Mapping[str, Source]) -> None:
    """
    A source of two formats takes both, also behind a byte order mark; and says so when it is neither.
    """
    parse = sources["se.lifecare.message"].parse
    assert parse(b'{"MessageId": "1"}').first("MessageId") is not None
    assert (
        parse(b"\xef\xbb\xbf <Message><MessageId>1</MessageId></Message>").first("Message.MessageId")
        is not None
    )
    assert parse("<Message/>".encode("utf-16")).first("Message") is not None
    with pytest.raises(Unparsable):
        parse(b"Hej")


def test_a_soap_fault_is_no_message(sources: Mapping[str, Source]) -> None:
    """
    What the platform answers instead of notes is told for what it is.
    """
    fault = (
        b'<s:Envelope xmlns:s="http://schemas.xmlsoap.org/soap/envelope/"><s:Body><s:Fault><faultcode>s:Server'
        b"</faultcode><faultstring>VP009 x</faultstring></s:Fault></s:Body></s:Envelope>"
    )
    with pytest.raises(Unparsable) as raised:
        sources["se.riv.care-documentation"].parse(fault)
    assert raised.value.finding.code == "soap-fault"


def folder(home: Path, hooks: str) -> Path:
    """A source with the hooks of the test."""
    shutil.copytree(mappings_home() / "se.lifecare.message", home / "se.lifecare.message")
    (home / "se.lifecare.message" / "hooks.py").write_text(hooks, encoding="utf-8")
    return home


@pytest.mark.parametrize(
    ("hooks", "message"),
    [
        ("1 / 0", "se.lifecare.message/hooks.py:1: ZeroDivisionError: division by zero"),
        ("import nothing_of_the_kind", "se.lifecare.message/hooks.py:1: ModuleNotFoundError"),
        ("\n\ndef f(:", "se.lifecare.message/hooks.py:3: SyntaxError"),
        ("x = 1", "se.lifecare.message/hooks.py:1: HOOKS is missing"),
        ("HOOKS = {}", "se.lifecare.message/source.yaml:12: there is no function 'parts'"),
    ],
)
def test_hooks_that_cannot_be_loaded_stop_the_start(tmp_path: Path, hooks: str, message: str) -> None:
    """
    The complaint names the folder and says why.
    """
    with pytest.raises(MappingError) as raised:
        load_sources(folder(tmp_path, hooks))
    assert str(raised.value).startswith(message)


def test_a_source_without_hooks_needs_no_file(tmp_path: Path) -> None:
    """
    Only what the ten words cannot say needs Python.
    """
    home = folder(tmp_path, "")
    (home / "se.lifecare.message" / "hooks.py").unlink()
    source = home / "se.lifecare.message" / "source.yaml"
    text = source.read_text(encoding="utf-8")
    source.write_text(text.replace("checks:\n", "").replace("  parts:", "#"), encoding="utf-8")
    assert set(load_sources(home)) == {"se.lifecare.message"}


def test_a_program_without_mappings_says_so(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """
    In a wheel the folder lies within the package, in the tree beside it; else the install is broken.
    """
    package = tmp_path / "site" / "adapter"
    package.mkdir(parents=True)
    monkeypatch.setattr("adapter.sources.resources.files", lambda _name: package)
    with pytest.raises(MappingError, match="the folder is missing"):
        mappings_home()
    (package / "_mappings").mkdir()
    assert mappings_home() == package / "_mappings"


@pytest.mark.parametrize("text", ["keywords: [", "keywords: {nothing: {}}"])
def test_keywords_that_are_wrong_stop_the_start(tmp_path: Path, text: str) -> None:
    """
    The complaint names the file that all sources share.
    """
    (tmp_path / "keywords").mkdir()
    (tmp_path / "keywords" / "overenskommelse.yaml").write_text(text, encoding="utf-8")
    with pytest.raises(MappingError, match=r"keywords/overenskommelse\.yaml:1: "):
        load_sources(tmp_path)


def test_the_keywords_are_part_of_the_version(tmp_path: Path) -> None:
    """
    Another keyword tree is another mapping: Provenance tells them apart.
    """
    shutil.copytree(mappings_home(), tmp_path, dirs_exist_ok=True)
    before = load_sources(tmp_path)["se.cosmic.journal-notes"].plan.version
    words = tmp_path / "keywords" / "overenskommelse.yaml"
    words.write_text(words.read_text(encoding="utf-8") + "# another day\n", encoding="utf-8")
    assert load_sources(tmp_path)["se.cosmic.journal-notes"].plan.version != before
