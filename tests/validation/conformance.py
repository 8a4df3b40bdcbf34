"""How often we agree with HL7's validator: a table over a corpus of recorded outcomes.

Usage: python tests/validation/conformance.py [FOLDER]...

A FOLDER is of the form of fhir-test-cases: ``index.json`` (name, file, version, expected), or
``supporting.json`` (name, file, supporting, profile, error), the files in ``validator/``. Each miss
(an error not found) and each false alarm is listed with our reason from ``differences.json`` beside
this file; one without a reason is printed as such.
"""

# ruff: noqa: E501 -- tables are printed in one line each

from __future__ import annotations

import json
import os
import sys
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from adapter.validation import Issue, Validator, load_package
from adapter.validation.core_tables import Core
from adapter.validation.packages import Package, package_of

HERE = Path(__file__).parent
SHARED = Path(os.environ.get("OVERENS_SHARED", HERE.parents[2] / "shared"))
CORPUS = SHARED / "corpora" / "fhir" / "fhir-test-cases"
NEEDS = frozenset({"profile-unknown", "extension-unknown"})
REASONS = HERE / "differences.json"


@dataclass(frozen=True)
class Case:
    """One recorded outcome: whether HL7's validator reports an error for a file, with what loaded."""

    name: str
    file: Path
    error: bool
    profile: str | None = None
    supporting: tuple[Path, ...] = ()


def base_cases(folder: Path) -> list[Case]:
    """The R4 cases of ``index.json`` with a stated outcome."""
    path = folder / "index.json"
    if not path.exists():
        return []
    found = []
    for entry in json.loads(path.read_text(encoding="utf-8")):
        verdict = has_error(entry)
        if verdict is not None and str(entry.get("version", "")).startswith("4.0"):
            found.append(Case(entry["name"], folder / "validator" / entry["file"], verdict))
    return found


def has_error(entry: dict[str, Any]) -> bool | None:
    """Whether an entry's expected outcome holds an error; None when it states none."""
    expected = entry.get("expected")
    if isinstance(expected, list):
        return any(i.get("sev") in ("error", "fatal") for i in expected)
    if not isinstance(expected, dict):
        return None
    if "errorCount" in expected:
        return bool(expected["errorCount"])
    issues = (expected.get("outcome") or {}).get("issue", [])
    return any(i.get("severity") in ("error", "fatal") for i in issues) if "outcome" in expected else None


def supporting_cases(folder: Path) -> list[Case]:
    """The cases of ``supporting.json``."""
    path = folder / "supporting.json"
    if not path.exists():
        return []
    files = folder / "validator"
    return [
        Case(
            e["name"],
            files / e["file"],
            bool(e["error"]),
            e.get("profile"),
            tuple(files / s for s in e.get("supporting", [])),
        )
        for e in json.loads(path.read_text(encoding="utf-8"))
    ]


def judge(case: Case, core: Core) -> tuple[Issue, ...]:
    """Our verdict on a case."""
    packages: list[Package] = []
    if case.supporting:
        packages.append(package_of(case.name, [(p.name, p.read_bytes()) for p in case.supporting]))
    validator = Validator(packages, core=core)
    return validator.validate(case.file.read_bytes(), asked(case, packages))


def asked(case: Case, packages: list[Package]) -> list[str]:
    """The profile to judge by. An index may name an extension that stands in the profile's file before its own address."""
    own = [d["url"] for p in packages for d in p.definitions if d["resourceType"] == "StructureDefinition"]
    if case.profile and case.profile not in own and len(own) == 1:
        return own
    return [case.profile] if case.profile else []


def is_left_out(case: Case, supported: set[str], found: tuple[Issue, ...], reason: str) -> bool:
    """A case that needs what is not here: judged with it in the other group, or not at all."""
    if case.supporting or case.profile:
        return reason.startswith("needs a package")
    return (
        reason.startswith("needs a ")
        or case.name in supported
        or (not case.error and any(i.rule in NEEDS for i in found))
    )


def report(title: str, cases: list[Case], supported: set[str], *, verbose: bool) -> tuple[int, int]:
    """Print agreement, misses and false alarms of a group; answer (agreeing, all)."""
    reasons = json.loads(REASONS.read_text(encoding="utf-8")) if REASONS.exists() else {}
    core, start, agree = Core(), time.perf_counter(), 0
    false_alarms = misses = valid = 0
    lines: list[str] = []
    left_out: list[str] = []
    for case in cases:
        found = judge(case, core)
        errors = [i for i in found if i.is_error]
        if is_left_out(case, supported, found, reasons.get(case.name, "")):
            left_out.append(case.name)
            continue
        valid += not case.error
        if bool(errors) == case.error:
            agree += 1
            continue
        kind = "false alarm" if errors else "miss"
        false_alarms += bool(errors)
        misses += not errors
        said = (
            f" [{errors[0].rule} {errors[0].expression}: {errors[0].what_en[:150]}]"
            if errors and verbose
            else ""
        )
        lines.append(f"  {kind:11} {case.name}{said}: {reasons.get(case.name, 'no reason given')}")
    seconds = time.perf_counter() - start
    judged = len(cases) - len(left_out)
    percent = 100 * agree / max(1, judged)
    print(
        f"{title}: {agree} of {judged} agree ({percent:.1f} %), {misses} misses, "
        f"{false_alarms} false alarms on {valid} valid, {seconds:.1f} s"
    )
    print("\n".join(lines))
    if left_out:
        print(
            f"  left out, as they need definitions or a terminology server that are not here: {', '.join(left_out)}"
        )
    return agree, judged


def main(arguments: list[str]) -> int:
    """Print the table for the corpus and each folder given."""
    verbose = "-v" in arguments
    folders = [Path(a) for a in arguments if a != "-v"] or [CORPUS]
    for folder in folders:
        if not folder.exists():
            print(f"{folder}: not there, left out")
            continue
        supporting = supporting_cases(folder)
        names = {c.name for c in supporting}
        for title, cases, apart in (("base", base_cases(folder), names), ("supporting", supporting, set())):
            if cases:
                report(f"{folder.name} {title}", cases, apart, verbose=verbose)
    return 0


__all__ = ["Case", "base_cases", "judge", "load_package", "supporting_cases"]

if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
