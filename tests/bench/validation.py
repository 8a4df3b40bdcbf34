"""How fast the validator is, beside the fhir.resources models in the same run.

Usage: python tests/bench/validation.py
"""

# ruff: noqa: E501 -- tables are printed in one line each

from __future__ import annotations

import json
import sys
import time
from collections.abc import Callable
from typing import Any

Json = dict[str, Any]
BASE = "http://hl7.org/fhir/StructureDefinition/"
URL = "http://example.org/bench/StructureDefinition/agreement"


def care_plan() -> Json:
    """A CarePlan of about 5 kB, as an agreement gives it."""
    activity = [
        {
            "reference": {
                "reference": f"Task/task-{n}",
                "display": "Patienten ansvarar för promenad varje dag",
            },
            "progress": [{"time": "2026-03-01T08:00:00+01:00", "text": "Gick två varv runt kvarteret"}],
        }
        for n in range(12)
    ]
    return {
        "resourceType": "CarePlan",
        "id": "agreement-1",
        "meta": {
            "profile": [URL],
            "lastUpdated": "2026-03-01T08:15:00+01:00",
            "versionId": "3",
            "security": [{"system": "http://terminology.hl7.org/CodeSystem/v3-Confidentiality", "code": "R"}],
        },
        "text": {
            "status": "generated",
            "div": '<div xmlns="http://www.w3.org/1999/xhtml"><h2>Överenskommelse</h2>'
            "<p>Fast vårdkontakt: Anna Andersson</p><ul><li>Promenad</li><li>Vägning</li></ul></div>",
        },
        "identifier": [{"system": "urn:oid:1.2.752.129.2.1.2.1", "value": "SE2321000016-1003#42"}],
        "status": "active",
        "intent": "plan",
        "title": "Dokumenterad överenskommelse",
        "description": "Överenskommelse mellan patienten, regionen och kommunen om vem som gör vad",
        "category": [
            {"coding": [{"system": "http://snomed.info/sct", "code": "736055001"}], "text": "Vårdplan"}
        ],
        "subject": {"reference": "Patient/p1", "type": "Patient"},
        "period": {"start": "2026-03-01", "end": "2026-09-01"},
        "created": "2026-03-01T08:15:00+01:00",
        "author": {"reference": "Practitioner/a1"},
        "contributor": [{"reference": "Organization/o1"}],
        "careTeam": [{"reference": f"CareTeam/t{n}", "display": "Fast vårdkontakt"} for n in range(4)],
        "addresses": [{"reference": "Condition/c1"}],
        "goal": [{"reference": f"Goal/g{n}"} for n in range(3)],
        "activity": activity,
        "note": [
            {
                "authorString": "Anna Andersson",
                "time": "2026-03-01T08:15:00+01:00",
                "text": "Uppföljning i september",
            }
        ],
    }


def profile() -> Json:
    """A profile of CarePlan with what ours use: cardinality, a pattern, a slice, an invariant."""
    rule = {
        "key": "ov-1",
        "severity": "error",
        "human": "x",
        "expression": "activity.all(reference.exists() or detail.exists())",
    }
    elements = [
        {"path": "CarePlan", "constraint": [rule]},
        {"path": "CarePlan.identifier", "min": 1},
        {"path": "CarePlan.title", "min": 1},
        {
            "path": "CarePlan.category",
            "min": 1,
            "slicing": {"discriminator": [{"type": "pattern", "path": "$this"}], "rules": "open"},
        },
        {
            "path": "CarePlan.category",
            "sliceName": "plan",
            "min": 1,
            "max": "1",
            "patternCodeableConcept": {"coding": [{"system": "http://snomed.info/sct", "code": "736055001"}]},
        },
        {"path": "CarePlan.subject", "type": [{"code": "Reference", "targetProfile": [BASE + "Patient"]}]},
        {"path": "CarePlan.activity.reference", "min": 1},
        {"path": "CarePlan.activity.detail", "max": "0"},
    ]
    return {
        "resourceType": "StructureDefinition",
        "url": URL,
        "name": "Agreement",
        "status": "draft",
        "kind": "resource",
        "abstract": False,
        "type": "CarePlan",
        "baseDefinition": BASE + "CarePlan",
        "derivation": "constraint",
        "differential": {"element": elements},
    }


def best(work: Callable[[], object], times: int = 300, rounds: int = 5) -> float:
    """Milliseconds of one call, the best round."""
    found = []
    for _ in range(rounds):
        start = time.perf_counter()
        for _ in range(times):
            work()
        found.append((time.perf_counter() - start) / times * 1000)
    return min(found)


def main() -> int:
    """Print the table."""
    start = time.perf_counter()
    from adapter.validation import Package, Validator  # noqa: PLC0415 the import is measured

    imported = time.perf_counter()
    validator = Validator([Package("bench", (profile(),))])
    resource = care_plan()
    raw = json.dumps(resource, ensure_ascii=False).encode()
    first = validator.validate(resource)
    ready = time.perf_counter()
    assert not [i for i in first if i.is_error], first
    print(
        f"import {1000 * (imported - start):.0f} ms, first CarePlan against its profile {1000 * (ready - imported):.0f} ms"
    )
    print(
        f"CarePlan of {len(raw)} bytes: without invariants {best(lambda: validator.validate(resource, with_invariants=False)):.3f} ms, "
        f"with all {best(lambda: validator.validate(resource)):.3f} ms, from bytes {best(lambda: validator.validate(raw)):.3f} ms"
    )
    entries = [
        {"fullUrl": f"http://x.org/fhir/CarePlan/c{n}", "resource": resource | {"id": f"c{n}"}}
        for n in range(1000)
    ]
    bundle = {"resourceType": "Bundle", "type": "collection", "entry": entries}
    start = time.perf_counter()
    validator.validate(bundle)
    print(f"Bundle of 1,000 such CarePlans: {time.perf_counter() - start:.2f} s")
    try:
        from fhir.resources.R4B.careplan import CarePlan  # noqa: PLC0415 a peer, if it is installed
    except ImportError:
        print("fhir.resources: not installed, left out")
    else:
        print(
            f"fhir.resources (structure only, R4B): {best(lambda: CarePlan.model_validate(resource), 50):.3f} ms"
        )
    return 0


if __name__ == "__main__":
    sys.exit(main())
