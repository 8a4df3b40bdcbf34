"""Bad input gets a clear finding in bounded time: never a crash, never a hang."""

# ruff: noqa: E501 -- resources stand in one line

from __future__ import annotations

import json
import sys
import time
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

sys.path.insert(0, str(Path(__file__).parent))
from probes import el, extension, observation, patient, profile

from adapter.validation import Package, Validator, load_package, operation_outcome

VALIDATOR = Validator()


def rules(source: Any, *definitions: dict[str, Any], ask: str | None = None) -> list[str]:  # noqa: D103 see the line
    validator = Validator([Package("test", definitions)], core=VALIDATOR.engine.definitions.core)
    return [i.rule for i in validator.validate(source, [ask] if ask else []) if i.is_error]


@pytest.mark.parametrize(
    ("raw", "rule"),
    [
        (b"", "json-malformed"),
        (b"{", "json-malformed"),
        (b"\xff\xfe\x00", "xml-malformed"),
        (b'{"resourceType": "Patient", "active": NaN}', "json-number"),
        (b'{"a": "\xe5"}', "json-encoding"),
        (b"[]", "not-a-resource"),
        (b'"x"', "not-a-resource"),
        (b"{}", "resource-type-missing"),
        (b'{"resourceType": 5}', "resource-type-missing"),
        (b'{"resourceType": "Foo"}', "resource-type-unknown"),
        (b'{"resourceType": "SubscriptionTopic"}', "resource-type-version"),
        (b'{"resourceType": "ProcedureRequest"}', "resource-type-version"),
        (b"<Patient/>", "xml-namespace"),
        (b"<Patient", "xml-malformed"),
        (b'<!DOCTYPE a [<!ENTITY b "c">]><Patient xmlns="http://hl7.org/fhir"/>', "xml-doctype"),
    ],
)
def test_what_is_no_fhir_is_named(raw: bytes, rule: str) -> None:
    """
    Bytes that are not JSON, XML or R4 get one finding that says which, and R5 or STU3 by name.
    """
    assert rules(raw) == [rule]


def test_nesting_ends_in_a_finding() -> None:
    """
    A hundred levels are judged, a hundred thousand are refused.
    """
    item: dict[str, Any] = {"linkId": "1", "type": "group", "text": "x"}
    for n in range(100):
        item = {"linkId": f"g{n}", "type": "group", "text": "x", "item": [item]}
    rules({"resourceType": "Questionnaire", "status": "draft", "item": [item]})
    assert rules(b'{"resourceType":' * 100_000) == ["too-deep"]
    assert rules(b'<CarePlan xmlns="http://hl7.org/fhir">' + b"<a>" * 100_000) == ["too-deep"]


def test_more_elements_than_can_be_judged_end_in_a_finding() -> None:
    """
    Before they are judged one by one: what it costs is bounded, whatever is sent.
    """
    assert rules(b"[" + b"{}," * 300_001 + b"{}]") == ["too-many"]
    assert rules(b'<CarePlan xmlns="http://hl7.org/fhir">' + b"<a/>" * 300_001) == ["too-many"]


def test_bundles_in_bundles_end() -> None:
    """
    Resources inside resources are followed to a limit.
    """
    inner: dict[str, Any] = patient(active=True)
    for _ in range(100):
        inner = {
            "resourceType": "Bundle",
            "type": "collection",
            "entry": [{"fullUrl": "urn:uuid:c757873d-ec9a-4326-a141-556f43239520", "resource": inner}],
        }
    assert "too-deep" in rules(inner)


def test_ten_megabytes_take_seconds() -> None:
    """
    A Bundle of 10 MB is judged in bounded time.
    """
    filler = "x" * 900
    entries = [
        {"fullUrl": f"http://x.org/Patient/p{n}", "resource": patient(id=f"p{n}", name=[{"text": filler}])}
        for n in range(10_000)
    ]
    raw = json.dumps({"resourceType": "Bundle", "type": "collection", "entry": entries}).encode()
    start = time.perf_counter()
    assert rules(raw) == []
    assert time.perf_counter() - start < 30


def test_a_profile_that_is_not_there_is_named() -> None:
    """
    A profile asked for and not loaded is an error, as in HL7's validator.
    """
    assert rules(patient(active=True), ask="http://unknown.org/p") == ["profile-unknown"]


def test_circular_parents_are_a_finding() -> None:
    """
    Profiles that build on each other in a ring end in a finding.
    """
    one = profile("ring-one", "Patient") | {
        "baseDefinition": "http://example.org/probe/StructureDefinition/ring-two"
    }
    two = profile("ring-two", "Patient") | {"baseDefinition": one["url"]}
    assert "profile-circular" in rules(patient(active=True), one, two, ask=one["url"])


def test_a_missing_base_is_a_finding() -> None:
    """
    A profile on a base that is not loaded says which.
    """
    orphan = profile("orphan", "Patient") | {"baseDefinition": "http://unknown.org/base"}
    assert "profile-base-missing" in rules(patient(active=True), orphan, ask=orphan["url"])


def test_a_path_that_the_base_lacks_is_a_finding() -> None:
    """
    A differential that names an unknown element says which.
    """
    wrong = profile("wrong-path", "Patient", el("Patient.foo", min=1))
    assert "profile-path-unknown" in rules(patient(active=True), wrong, ask=wrong["url"])


def test_a_slice_without_discriminator_warns() -> None:
    """
    Slices that cannot be told apart are said to be so, once a place, and nothing breaks.
    """
    sliced = profile(
        "no-discriminator",
        "Patient",
        el("Patient.name", slicing={"rules": "open"}),
        el("Patient.name:a", max="1"),
    )
    validator = Validator([Package("test", (sliced,))])
    issues = validator.validate(patient(name=[{"text": "x"}]), [sliced["url"]])
    assert "slice-discriminator" in [i.rule for i in issues]
    assert not [i for i in issues if i.is_error]


@pytest.mark.parametrize(
    "expression",
    ["name.(", "foo(", "1 +", "name.unknownFunction()", "'", "%", "@20", "name.where()", "(" * 200],
)
def test_an_invariant_that_cannot_be_read_is_a_finding(expression: str) -> None:
    """
    The finding names the rule; the rest of the resource is still judged.
    """
    constraint = {"key": "x-1", "severity": "error", "human": "x", "expression": expression}
    broken = profile("broken-invariant", "Patient", el("Patient.name", constraint=[constraint]))
    assert rules(patient(name=[{"text": "x"}], gender="q"), broken, ask=broken["url"]) == [
        "invariant-broken",
        "code-required",
    ]


@pytest.mark.parametrize(
    "expression",
    [
        "name.repeat($this | descendants()).count() > 0",
        "descendants().select(%resource.descendants().select(%resource.descendants().count())).count() > 0",
        "name.text.matches('^(a+)+$')",
        "(1 | 2 | 3).select(%resource.name.select(%resource.name.select(%resource.name.select(%resource.name)))).count() > 0",
    ],
)
def test_fhirpath_that_runs_away_is_stopped(expression: str) -> None:
    """
    An invariant has a budget; when it is spent the finding says so, within seconds.
    """
    constraint = {"key": "x-1", "severity": "error", "human": "x", "expression": expression}
    costly = profile(
        "costly",
        "Patient",
        {
            "path": "Patient.active",
            "constraint": [constraint | {"expression": expression.replace("name.", "%resource.name.")}],
        },
    )
    start = time.perf_counter()
    rules(patient(active=True, name=[{"text": "a" * 60 + "b"}] * 100), costly, ask=costly["url"])
    assert time.perf_counter() - start < 20


def test_a_circle_of_references_ends() -> None:
    """
    Two resources that refer to each other, each by a profile, are judged once.
    """
    target = {"code": "Reference", "targetProfile": ["http://example.org/probe/StructureDefinition/circle"]}
    circle = profile("circle", "Patient", el("Patient.link.other", type=[target]))
    one, two = (
        {
            "resourceType": "Patient",
            "id": me,
            "meta": {"profile": [circle["url"]]},
            "link": [{"type": "seealso", "other": {"reference": f"Patient/{you}"}}],
        }
        for me, you in (("a", "b"), ("b", "a"))
    )
    bundle = {
        "resourceType": "Bundle",
        "type": "collection",
        "entry": [{"fullUrl": f"http://x.org/Patient/{p['id']}", "resource": p} for p in (one, two)],
    }
    assert rules(bundle, circle) == []


def test_line_and_column_point_at_the_fault() -> None:
    """
    JSON and XML instances have the place of each issue, 1-based.
    """
    raw = b'{\n  "resourceType": "Patient",\n  "name": [\n    {"family": "x"},\n    {"family": ""}\n  ]\n}'
    issue = next(i for i in VALIDATOR.validate(raw) if i.rule == "value-empty")
    assert (issue.line, issue.column, issue.expression) == (5, 16, "Patient.name[1].family")
    xml = b'<Patient xmlns="http://hl7.org/fhir">\n <gender value="q"/>\n</Patient>'
    issue = next(i for i in VALIDATOR.validate(xml) if i.rule == "code-required")
    assert (issue.line, issue.column) == (2, 2)


def test_the_outcome_has_the_shape_of_hl7s() -> None:
    """
    An issue becomes an OperationOutcome.issue with place, line and both tongues; no issue one that says so.
    """
    outcome = operation_outcome(VALIDATOR.validate(b'{"resourceType": "Patient", "gender": "q"}'))
    first = next(i for i in outcome["issue"] if i["severity"] == "error")
    assert first["expression"] == ["Patient.gender"]
    assert first["code"] == "code-invalid"
    assert outcome["resourceType"] == "OperationOutcome"
    assert rules(outcome) == []
    assert operation_outcome(())["issue"][0]["severity"] == "information"


@pytest.mark.parametrize(
    ("start", "faults"),
    [
        ("0000-01-01T10:00:00+01:00", ["format", "per-1"]),
        ("2020-02-30T10:00:00+01:00", ["date-calendar", "invariant-failed"]),
        ("2020-01-01T24:00:00+01:00", ["format", "per-1"]),
        ("9999-12-31T23:00:00-14:00", ["per-1"]),
    ],
)
def test_a_period_from_no_moment_is_a_fault_and_no_crash(start: str, faults: list[str]) -> None:
    """
    A start that is not in the calendar, or leaves it in UTC, is before nothing.
    """
    period = {"start": start, "end": "2020-06-01T10:00:00Z"}
    assert rules(patient(identifier=[{"value": "1", "period": period}])) == faults


def test_a_package_is_read_from_a_folder_and_skips_what_is_no_definition(tmp_path: Path) -> None:
    """
    Files that are not FHIR are named as skipped, the others are used.
    """
    (tmp_path / "a.json").write_text(
        json.dumps(extension("pack", el("Extension.value[x]", type=[{"code": "string"}]))), encoding="utf-8"
    )
    (tmp_path / "b.json").write_text("{", encoding="utf-8")
    package = load_package(tmp_path)
    assert [d["name"] for d in package.definitions] == ["pack"]
    assert [name for name, _ in package.skipped] == ["b.json"]
    extended = observation(
        extension=[{"url": "http://example.org/probe/StructureDefinition/pack", "valueString": "x"}]
    )
    assert not [i for i in Validator([package]).validate(extended) if i.is_error]
    with pytest.raises(FileNotFoundError):
        load_package(tmp_path / "nothing")


def test_any_extension_only_remarks_on_extensions_that_are_not_known() -> None:
    """An unknown extension is an error, unless the validator is told to take any: then it is a remark."""
    patient = {
        "resourceType": "Patient",
        "extension": [{"url": "http://example.org/unknown", "valueString": "x"}],
    }
    core = VALIDATOR.engine.definitions.core
    strict, loose = Validator(core=core), Validator(core=core, any_extension=True)
    assert [i.severity for i in strict.validate(patient) if i.rule == "extension-unknown"] == ["error"]
    assert [i.severity for i in loose.validate(patient) if i.rule == "extension-unknown"] == ["information"]


def test_the_present_can_be_a_clock() -> None:
    """A validator that lives long asks its clock each time, so that a date can become the past."""
    rule = {"key": "x-1", "severity": "error", "human": "x", "expression": "birthDate < today()"}
    profile = {
        "resourceType": "StructureDefinition",
        "url": "http://example.org/StructureDefinition/born",
        "name": "Born",
        "status": "draft",
        "kind": "resource",
        "abstract": False,
        "type": "Patient",
        "baseDefinition": "http://hl7.org/fhir/StructureDefinition/Patient",
        "derivation": "constraint",
        "differential": {"element": [{"id": "Patient", "path": "Patient", "constraint": [rule]}]},
    }
    core = VALIDATOR.engine.definitions.core
    now = datetime(2026, 1, 1, tzinfo=UTC)
    validator = Validator([Package("test", (profile,))], core=core, now=lambda: now)
    patient = {"resourceType": "Patient", "birthDate": "2026-01-02"}
    assert "x-1" in [i.rule for i in validator.validate(patient, [profile["url"]])]
    now = datetime(2026, 1, 3, tzinfo=UTC)
    assert "x-1" not in [i.rule for i in validator.validate(patient, [profile["url"]])]


@pytest.mark.parametrize(
    ("root", "rule"),
    [(b"<r>", "xml-namespace"), (b'<Plan xmlns="http://hl7.org/fhir">', "resource-type-unknown")],
)
def test_xml_that_is_no_resource_is_refused_at_its_first_tag(root: bytes, rule: str) -> None:
    """
    Before the rest is read: it is neither counted nor found to be cut.
    """
    assert rules(root + b"<a/>" * 400_000) == [rule]
