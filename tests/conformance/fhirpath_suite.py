"""HL7's FHIRPath test file for R4 (tests-fhir-r4.xml) by our FHIRPath: a figure for each group.

The file comes with HL7's test cases from Maven Central, of the version and hash below, fetched once into the
user's cache; nothing of it is kept here. Where it cannot be had, one line says so, and our own cases by the
chapters of the specification (tests/validation/test_fhirpath.py) are all there is.
"""

from __future__ import annotations

import hashlib
import json
import os
import shutil
import subprocess
import sys
import zipfile
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any
from xml.etree import ElementTree as ET

from adapter.validation import Validator
from adapter.validation.fhirpath.conversions import to_string
from adapter.validation.fhirpath.evaluate import Env, FhirPathError, TooCostly
from adapter.validation.fhirpath.temporal import parse_temporal
from adapter.validation.fhirpath.values import Node, plain
from adapter.validation.run import Run, Scope
from adapter.validation.xml_reader import read_xml

ARTIFACT = "org.hl7.fhir.testcases:fhir-test-cases:1.7.16"
SHA256 = "8e8c32c6eadc5b0de5016710cbdc977926de2259c9fe56dc476e1c3ab5aaef16"
INSIDE = "org/hl7/fhir/testcases/r4/"
FAILURES = (FhirPathError, TooCostly, ValueError, ArithmeticError, RecursionError)
OUTSIDE = {  # not of FHIRPath's normative core, or not of R4
    "testConformsTo": "conformsTo() belongs to FHIR",
    "LowBoundary": "later than N1",
    "HighBoundary": "later than N1",
    "Precision": "later than N1",
    "Comparable": "later than N1",
    "index-part": "later than N1",
    "testEncodeDecode": "later than N1",
    "testEscapeUnescape": "later than N1",
    "testTrim": "later than N1",
    "testSplit": "later than N1",
    "testJoin": "later than N1",
}


@dataclass(frozen=True)
class Case:
    """One test: the expression, the file it is asked of, and what it gives."""

    group: str
    name: str
    expression: str
    file: str
    output: list[tuple[str, str]]
    is_wrong: bool
    is_predicate: bool


def archive() -> Path | None:
    """The test cases in the user's cache, fetched when they are not there; None when they cannot be had."""
    cache = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "overens"
    found = cache / f"{ARTIFACT.split(':')[1]}-{ARTIFACT.split(':')[2]}.jar"
    if not found.exists() and shutil.which("mvn"):
        cache.mkdir(parents=True, exist_ok=True)
        goal = "org.apache.maven.plugins:maven-dependency-plugin:3.8.1:copy"
        command = ["mvn", "-q", "-B", goal, f"-Dartifact={ARTIFACT}", f"-DoutputDirectory={cache}"]
        subprocess.run(command, check=False, capture_output=True)
    if not found.exists() or hashlib.sha256(found.read_bytes()).hexdigest() != SHA256:
        return None
    return found


def cases(text: bytes) -> Iterator[Case]:
    """The tests of the file."""
    for group in ET.fromstring(text).iter("group"):  # noqa: S314 pinned by its hash
        for test in group.iter("test"):
            expression = test.find("expression")
            if expression is None:
                continue
            output = [(o.get("type", ""), o.text or "") for o in test.findall("output")]
            wrong, predicate = bool(expression.get("invalid")), test.get("predicate") == "true"
            name, file = str(test.get("name")), str(test.get("inputfile") or "")
            yield Case(str(group.get("name")), name, expression.text or "", file, output, wrong, predicate)


def asker(resource: dict[str, Any], validator: Validator) -> Callable[[str], list[Any]]:
    """A function that evaluates expressions on a resource."""
    kind = resource["resourceType"]
    engine = validator.engine

    def ask(expression: str) -> list[Any]:
        scope = Scope(resource, kind, None, None)
        run = Run(engine, kind, with_invariants=True)
        focus = [Node(resource, None, kind)]
        return engine.fhirpath(expression)(Env(run, scope, focus, 200_000), focus)

    return ask


def shown(value: Any) -> str:
    """A value as the file writes it."""
    simple = plain(value) if isinstance(value, Node) else value
    if isinstance(simple, bool):
        return str(simple).lower()
    return str(to_string(simple)) if simple is not None else ""


def same(found: str, output: tuple[str, str]) -> bool:
    """Whether a value is the one that is wanted: numbers and times by what they mean."""
    kind, wanted = output
    if kind in ("date", "dateTime", "time"):
        one, two = (parse_temporal(text.removeprefix("@")) for text in (found, wanted))
        return found == wanted or (one is not None and two is not None and one.compare(two) == 0)
    if kind in ("integer", "decimal"):
        try:
            return Decimal(found) == Decimal(wanted)
        except ArithmeticError:
            return False
    return found.removeprefix("T") == wanted


def passes(case: Case, ask: Callable[[str], list[Any]]) -> bool:
    """Whether our answer is the file's."""
    try:
        found = ask(case.expression)
    except FAILURES:
        return case.is_wrong
    if case.is_wrong:
        return False
    if case.is_predicate:
        return [str(bool(found)).lower()] == [text for _, text in case.output]
    return len(found) == len(case.output) and all(
        not text or same(shown(value), (kind, text))
        for value, (kind, text) in zip(found, case.output, strict=True)
    )


def main(arguments: list[str]) -> int:
    """Print the figure of each group and the tests that fail."""
    found = archive()
    if found is None:
        print("fhirpath: HL7's R4 test file left out, as it could not be fetched (Maven, a network)")
        return 0
    validator = Validator(now=datetime.now(UTC))
    passed, whole, failed = Counter[str](), Counter[str](), []
    with zipfile.ZipFile(found) as jar:
        askers: dict[str, Callable[[str], list[Any]]] = {}
        for case in cases(jar.read(f"{INSIDE}fhirpath/tests-fhir-r4.xml")):
            file = case.file or "patient-example.xml"
            if file not in askers:
                raw = jar.read(INSIDE + file)
                resource = json.loads(raw) if file.endswith("json") else read_xml(raw).resource
                askers[file] = asker(resource, validator)
            whole[case.group] += 1
            if passes(case, askers[file]):
                passed[case.group] += 1
            else:
                failed.append(case)
    core = [group for group in whole if group not in OUTSIDE]
    if "-v" in arguments:
        for case in failed:
            print(f"    {case.group} {case.name}: {case.expression} should give {case.output}")
    names = ", ".join(case.name for case in failed if case.group in core)
    good, of = sum(passed[g] for g in core), sum(whole[g] for g in core)
    rest = f"{sum(passed[g] for g in OUTSIDE)} of {sum(whole[g] for g in OUTSIDE)}"
    print(f"fhirpath: {good} of {of} of HL7's R4 test file in its core groups ({100 * good / of:.1f} %)")
    print(f"  not as the file has it: {names}")
    print(f"  beside the core (later functions, FHIR's own): {rest}")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
