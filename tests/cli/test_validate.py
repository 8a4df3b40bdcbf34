"""``overens validate``: what is right and wrong, told to people and machines."""

from __future__ import annotations

import json
import tarfile
import time
from pathlib import Path
from typing import Any
from xml.etree import ElementTree as ET

import pytest
from typer.testing import CliRunner

from adapter import profiles
from adapter.cli import commands
from adapter.cli.hl7v2 import judge_hl7v2

Json = dict[str, Any]
PATIENT: Json = {"resourceType": "Patient", "active": True}
PROFILE = "http://example.org/StructureDefinition/named"
CHILD = "http://example.org/StructureDefinition/child"
V2 = (
    "MSH|^~\\&|COSMIC|REGION|ADAPTER|HUB|20260301081500||ADT^A01^ADT_A01|0001|P|2.5\r"
    "EVN|A01|20260301081500\r"
    "PID|1||191212121212^^^SKV||TOLVANSSON^TOLVAN TEST||19121212|M\r"
    "PV1|1|I\r"
)


@pytest.fixture(autouse=True)
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A home without packages, so that the user's own change nothing."""
    (tmp_path / "home").mkdir()
    monkeypatch.setenv("HOME", str(tmp_path / "home"))
    return tmp_path / "home"


def validate(*arguments: object, sent: bytes | None = None):
    """The command's exit code, stdout and stderr."""
    return CliRunner().invoke(commands, ["validate", *map(str, arguments)], input=sent)


def file(folder: Path, content: Any, name: str = "one.json") -> Path:
    """A file of the test's own."""
    path = folder / name
    raw = content if isinstance(content, bytes) else json.dumps(content).encode()
    path.write_bytes(raw)
    return path


def outcomes(ended: Any) -> list[Json]:
    """The OperationOutcomes on stdout, a line each."""
    return [json.loads(line) for line in ended.stdout.splitlines()]


def rules(outcome: Json) -> list[str]:
    """The rules of the errors."""
    return [
        issue["details"]["coding"][0]["code"]
        for issue in outcome["issue"]
        if issue["severity"] in {"fatal", "error"}
    ]


def profile(
    url: str, base: str = "http://hl7.org/fhir/StructureDefinition/Patient", path: str = "name"
) -> Json:
    """A profile of Patient that asks for one element."""
    return {
        "resourceType": "StructureDefinition",
        "url": url,
        "name": "Named",
        "status": "draft",
        "fhirVersion": "4.0.1",
        "kind": "resource",
        "abstract": False,
        "type": "Patient",
        "baseDefinition": base,
        "derivation": "constraint",
        "differential": {"element": [{"id": f"Patient.{path}", "path": f"Patient.{path}", "min": 1}]},
    }


def cached(home: Path, *definitions: Json, version: str = "4.0.1") -> None:
    """A package in the user's cache, with its index."""
    folder = home / ".fhir" / "packages" / "example.named#1.0.0" / "package"
    folder.mkdir(parents=True)
    file(folder, {"name": "example.named", "version": "1.0.0", "fhirVersions": [version]}, "package.json")
    rows = []
    for number, definition in enumerate(definitions):
        file(folder, definition, f"{number}.json")
        kind = definition["resourceType"]
        rows.append({"filename": f"{number}.json", "resourceType": kind, "url": definition["url"]})
    file(folder, {"index-version": 1, "files": rows}, ".index.json")


def test_a_valid_file_is_0_and_says_so(tmp_path: Path) -> None:
    """
    One line that sums up the file.
    """
    ended = validate(file(tmp_path, PATIENT))
    assert ended.exit_code == 0
    assert ended.stdout.splitlines()[-1].startswith(f"{tmp_path / 'one.json'}: giltig (0 fel")


def test_an_error_is_1_with_line_place_sentence_and_rule(tmp_path: Path) -> None:
    """
    As a compiler says it: file, line, column, then FHIRPath, Swedish, rule.
    """
    path = file(tmp_path, b'{"resourceType": "Patient",\n "gender": "x"}')
    ended = validate(path)
    assert ended.exit_code == 1
    line = ended.stdout.splitlines()[0]
    assert line.startswith(f"{path}:2:12 Patient.gender: FEL: ")
    assert line.endswith("[code-required]")
    assert "inte giltig (1 fel, " in ended.stdout


def test_json_is_an_outcome_a_line_in_the_order_of_the_files(tmp_path: Path) -> None:
    """
    Valid, invalid, no JSON: three lines, and the exit code of the worst.
    """
    first = file(tmp_path, PATIENT, "b.json")
    second = file(tmp_path, {"resourceType": "Patient", "foo": 1}, "a.json")
    third = file(tmp_path, b"no", "c.json")
    ended = validate("--format", "json", first, second, third)
    assert ended.exit_code == 1
    told = outcomes(ended)
    assert [outcome["resourceType"] for outcome in told] == ["OperationOutcome"] * 3
    assert list(map(rules, told)) == [[], ["element-unknown"], ["json-malformed"]]


@pytest.mark.parametrize(
    ("raw", "rule"),
    [
        (b"", "json-malformed"),
        (b"{", "json-malformed"),
        (b"\x00\x01\xff", "json-encoding"),
        (b"[]", "not-a-resource"),
        (b"null", "not-a-resource"),
        (b'{"hello": "world"}', "resource-type-missing"),
        (b'{"resourceType": "SubscriptionTopic"}', "resource-type-version"),
        (b'{"resourceType": "ProcedureRequest"}', "resource-type-version"),
        (b"<Patient", "xml-malformed"),
        (b"<a/>", "xml-namespace"),
        (b'{"a":' * 100_000, "too-deep"),
        (b'{"resourceType": "Patient", "name": [{"family": "\\ud800"}], "\\ud800": 1}', "element-unknown"),
    ],
)
@pytest.mark.parametrize("form", ["text", "json", "junit"])
def test_bad_input_is_1_with_a_clear_error(tmp_path: Path, raw: bytes, rule: str, form: str) -> None:
    """
    Not JSON, not FHIR, R5, STU3, nested without end: an error, never a traceback.
    """
    start = time.perf_counter()
    ended = validate("--format", form, file(tmp_path, raw))
    assert ended.exit_code == 1, ended.exception
    assert rule in ended.stdout
    assert time.perf_counter() - start < 30
    if form == "json":
        assert rule in rules(outcomes(ended)[0])
    if form == "junit":
        ET.fromstring(ended.stdout_bytes)  # noqa: S314  our own


def test_xml_is_judged_too(tmp_path: Path) -> None:
    """
    By its content, whatever it is called.
    """
    path = file(tmp_path, b'<Patient xmlns="http://hl7.org/fhir">\n <gender value="q"/>\n</Patient>', "p.txt")
    ended = validate(path)
    assert ended.exit_code == 1
    assert f"{path}:2:2 Patient.gender" in ended.stdout


def test_standard_in_is_a_file_called_dash() -> None:
    """
    As for ``convert``.
    """
    assert validate("-", sent=json.dumps(PATIENT).encode()).exit_code == 0


def test_junit_has_a_case_for_each_file(tmp_path: Path) -> None:
    """
    Failures are counted, and tell what the text tells.
    """
    good, bad = file(tmp_path, PATIENT, "good.json"), file(tmp_path, b'{"resourceType": "X\x07"}', "bad.json")
    ended = validate("--format", "junit", good, bad)
    assert ended.exit_code == 1
    root = ET.fromstring(ended.stdout_bytes)  # noqa: S314  our own
    assert (root.tag, root.get("tests"), root.get("failures")) == ("testsuites", "2", "1")
    cases = root.findall("testsuite/testcase")
    assert [case.get("name") for case in cases] == [str(good), str(bad)]
    assert [case.find("failure") is not None for case in cases] == [False, True]


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (["no-such.json"], "no-such.json"),
        (["."], "mapp"),
        (["--format", "html", "x"], "html"),
        (["--package", "no-such.tgz", "{file}"], "no-such.tgz"),
        (["--package", "{file}.tgz", "{file}"], ".tgz"),
        (["--unknown", "{file}"], "--unknown"),
        ([], "FIL"),
    ],
)
def test_wrong_use_is_2_and_judges_nothing(tmp_path: Path, arguments: list[str], told: str) -> None:
    """
    A wrong option, a missing file, a package that cannot be read: one sentence on stderr.
    """
    path = file(tmp_path, PATIENT)
    file(tmp_path, b"\x1f\x8b no", "one.json.tgz")
    ended = validate(*(argument.replace("{file}", str(path)) for argument in arguments))
    assert ended.exit_code == 2
    assert told in ended.stderr
    assert ended.stdout == ""


def test_a_missing_file_among_others_is_2(tmp_path: Path) -> None:
    """
    It is seen before anything is judged.
    """
    ended = validate(file(tmp_path, PATIENT), tmp_path / "missing.json")
    assert (ended.exit_code, ended.stdout) == (2, "")


def test_a_profile_that_does_not_exist_is_an_error(tmp_path: Path) -> None:
    """
    It cannot be followed, so the resource is not valid.
    """
    ended = validate("--format", "json", "--profile", PROFILE, file(tmp_path, PATIENT))
    assert ended.exit_code == 1
    assert rules(outcomes(ended)[0]) == ["profile-unknown"]


@pytest.mark.parametrize("form", ["folder", "tgz"])
def test_a_named_profile_comes_from_a_given_package(tmp_path: Path, form: str) -> None:
    """
    A folder of definitions, or a package as npm writes it.
    """
    given = tmp_path / "definitions"
    (given / "package").mkdir(parents=True)
    file(given / "package", profile(PROFILE), "p.json")
    if form == "tgz":
        with tarfile.open(tmp_path / "p.tgz", "w:gz") as archive:
            archive.add(given / "package" / "p.json", "package/p.json")
        given = tmp_path / "p.tgz"
    path = file(tmp_path, PATIENT)
    assert validate("--package", given, path).exit_code == 0
    ended = validate("--package", given, "--profile", PROFILE, "--format", "json", path)
    assert ended.exit_code == 1
    assert outcomes(ended)[0]["issue"][0]["expression"] == ["Patient"]
    named = file(tmp_path, PATIENT | {"name": [{"text": "Tolvan"}], "meta": {"profile": [PROFILE]}}, "n.json")
    assert validate("--package", given, named).exit_code == 0


def test_a_profile_that_is_named_comes_from_the_cache(tmp_path: Path, home: Path) -> None:
    """
    With what it builds on, from ``~/.fhir/packages``, whether by option or in meta.profile.
    """
    cached(home, profile(CHILD, base=PROFILE, path="gender"), profile(PROFILE))
    path = file(tmp_path, PATIENT)
    ended = validate("--profile", CHILD, path)
    assert ended.exit_code == 1
    assert ended.stdout.count("FEL") == 2
    plain = file(tmp_path, PATIENT | {"meta": {"profile": [CHILD]}}, "plain.json")
    assert validate(plain).stdout.count("FEL") == 2


def test_a_given_profile_finds_its_parent_in_the_cache(tmp_path: Path, home: Path) -> None:
    """
    A package seldom stands alone.
    """
    cached(home, profile(PROFILE))
    given = tmp_path / "given"
    given.mkdir()
    file(given, profile(CHILD, base=PROFILE, path="gender"))
    ended = validate("--package", given, "--profile", CHILD, file(tmp_path, PATIENT))
    assert ended.stdout.count("FEL") == 2


@pytest.mark.parametrize("inside", ["adapter/_profiles", "profiles"])
def test_our_own_profiles_are_always_there(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, inside: str
) -> None:
    """
    From the wheel or from the tree; without either there are none.
    """
    monkeypatch.setattr(profiles.resources, "files", lambda _: tmp_path / "adapter")
    assert profiles.own_packages() == []
    own = tmp_path / inside / "fsh-generated" / "resources"
    own.mkdir(parents=True)
    file(own, profile(PROFILE), "StructureDefinition-named.json")
    assert validate("--profile", PROFILE, file(tmp_path, PATIENT)).stdout.count("FEL") == 1
    issues = profiles.own_validator().validate(PATIENT, [PROFILE])
    assert len([issue for issue in issues if issue.is_error]) == 1


def test_a_package_for_another_version_of_fhir_is_passed_over(tmp_path: Path, home: Path) -> None:
    """
    R5's definitions say nothing of R4's resources.
    """
    cached(home, profile(PROFILE), version="5.0.0")
    assert "profile-unknown" in validate("--profile", PROFILE, file(tmp_path, PATIENT)).stdout


@pytest.mark.parametrize("spoilt", [b"", b"{", b"[]", b'{"files": 1}', b'{"files": [1, {"url": 2}]}'])
def test_a_spoilt_cache_is_passed_over(tmp_path: Path, home: Path, spoilt: bytes) -> None:
    """
    Somebody else's files never end in a traceback.
    """
    cached(home, profile(PROFILE))
    file(home / ".fhir" / "packages" / "example.named#1.0.0" / "package", spoilt, ".index.json")
    assert validate("--profile", PROFILE, file(tmp_path, PATIENT)).exit_code == 1


def test_circular_parents_end(tmp_path: Path) -> None:
    """
    Profiles that build on each other, and packages whose definitions name each other.
    """
    given = tmp_path / "given"
    given.mkdir()
    file(given, profile(CHILD, base=PROFILE), "a.json")
    file(given, profile(PROFILE, base=CHILD), "b.json")
    ended = validate("--package", given, "--profile", CHILD, file(tmp_path, PATIENT))
    assert ended.exit_code == 1
    assert "[profile-circular]" in ended.stdout


def test_what_cannot_be_read_in_a_package_is_told(tmp_path: Path) -> None:
    """
    On stderr; the rest of the package is used.
    """
    given = tmp_path / "given"
    given.mkdir()
    file(given, b"{", "broken.json")
    file(given, profile(PROFILE), "p.json")
    ended = validate("--package", given, "--profile", PROFILE, file(tmp_path, PATIENT))
    assert "broken.json" in ended.stderr
    assert "profile-unknown" not in ended.stdout


def test_a_sound_hl7_v2_message_is_valid(tmp_path: Path) -> None:
    """
    By the tables of its version; lines may end in any way.
    """
    assert validate(file(tmp_path, V2.encode(), "a.hl7")).exit_code == 0
    assert validate(file(tmp_path, V2.replace("\r", "\n").encode(), "b.HL7")).exit_code == 0


@pytest.mark.parametrize(
    ("old", "new", "told"),
    [
        ("191212121212^^^SKV", "", "3:1 PID-3: FEL: "),
        ("19121212|M", "1912XX12|M", "3:1 PID-7.1: FEL: "),
        ("19121212|M", "19121212|Ö", "3:1 PID-8: varning: "),
        ("PV1|1|I\r", "", " PV1: FEL: "),
        ("PV1|1|I", "PV9|1|I", "4:1 PV9: FEL: "),
        ("PV1|1|I", "PV1|1|I\rOBX|1|NM|1^a||abc||||||F", "5:1 OBX-5: FEL: "),
        ("ADT^A01^ADT_A01", "ABC^Y01", "[hl7v2-structure]"),
        ("|2.5\r", "|9.9\r", "[hl7v2-version]"),
        ("PV1|1|I", "no segment", "[hl7v2-segment]"),
    ],
)
def test_a_fault_in_hl7_v2_is_told_with_segment_and_field(
    tmp_path: Path, old: str, new: str, told: str
) -> None:
    """
    HL7 v2.5 chapter 2: required, form of the value, table, structure, version.
    """
    ended = validate(file(tmp_path, V2.replace(old, new, 1).encode(), "a.hl7"))
    assert ended.exception is None or isinstance(ended.exception, SystemExit)
    assert told in ended.stdout


def test_an_event_that_shares_a_structure_need_not_say_so(tmp_path: Path) -> None:
    """
    HL7 table 0354: ADT^A08 has the structure of ADT_A01.
    """
    raw = V2.replace("ADT^A01^ADT_A01", "ADT^A08").encode()
    assert validate(file(tmp_path, raw, "a.hl7")).exit_code == 0


def test_json_of_hl7_v2_has_no_fhirpath(tmp_path: Path) -> None:
    """
    The place stands in location alone.
    """
    raw = V2.replace("191212121212^^^SKV", "").encode()
    issue = outcomes(validate("--format", "json", file(tmp_path, raw, "a.hl7")))[0]["issue"][0]
    assert issue["location"] == ["PID-3", "Line[3] Col[1]"]
    assert "expression" not in issue


@pytest.mark.parametrize(
    "raw",
    [b"", b"{}", b"MSH", b"MSH|", b"MSH|^~\\&", b"\xff\x00", b"PID|1\r", b"MSH|^~\\&|\xe5|" + b"|" * 99],
)
def test_what_is_no_hl7_v2_is_an_error(tmp_path: Path, raw: bytes) -> None:
    """
    Never a traceback.
    """
    ended = validate("--format", "json", file(tmp_path, raw, "a.hl7"))
    assert ended.exit_code == 1
    assert rules(outcomes(ended)[0])


def test_hl7_v2_has_limits() -> None:
    """
    A size, and a time after which the child is ended.
    """
    assert [issue.rule for issue in judge_hl7v2(b"MSH" * 400_000)] == ["hl7v2-too-long"]
    start = time.perf_counter()
    long = V2.encode() + b"OBX|1|ST|1^a||x||||||F\r" * 20_000
    assert [issue.rule for issue in judge_hl7v2(long, seconds=1)] == ["hl7v2-too-costly"]
    assert time.perf_counter() - start < 5


def test_a_file_of_many_hl7_v2_messages_has_a_limit_altogether() -> None:
    """
    When the time for the whole file is up, the rest is said not to be judged, with the line where it begins.
    """
    issues = judge_hl7v2(V2.encode() * 50, altogether=0.1)
    assert [issue.rule for issue in issues][-1] == "hl7v2-too-costly"
    assert issues[-1].line > 0
    assert len(issues) < 50
