"""How fast the validator is: our own profiles, beside other validators in the same run.

Usage: python tests/bench/validation.py
"""

# ruff: noqa: E501 -- tables are printed in one line each

from __future__ import annotations

import json
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

Json = dict[str, Any]
NOTE = Path(__file__).parents[2] / "fixtures" / "se.cosmic.journal-notes" / "kalmar-agreement.json"
ENTRIES = 1000


def note_resources() -> list[Json]:
    """What the agreement of the fixtures becomes: a CarePlan of more than 5 kB and all that belongs to it."""
    from adapter.pipeline import decide  # noqa: PLC0415 the start-up of the validator is measured alone
    from adapter.sources import load_sources  # noqa: PLC0415 as above

    made = decide(NOTE.read_bytes(), load_sources()["se.cosmic.journal-notes"]).resources
    return [json.loads(json.dumps(resource)) for resource in made]


def best(work: Callable[[], object], times: int = 50, rounds: int = 7) -> float:
    """Milliseconds of processor time of one call, the best round."""
    found = []
    for _ in range(rounds):
        start = time.process_time()
        for _ in range(times):
            work()
        found.append((time.process_time() - start) / times * 1000)
    return min(found)


def spent(start: float) -> float:
    """Milliseconds of processor time since a moment."""
    return (time.process_time() - start) * 1000


def main() -> int:
    """Print the table."""
    resources = note_resources()
    start = time.process_time()
    from adapter.profiles import own_validator  # noqa: PLC0415 the import is measured

    imported = spent(start)
    validator = own_validator()
    known = spent(start)
    plan = next(r for r in resources if r["resourceType"] == "CarePlan")
    raw = json.dumps(plan, ensure_ascii=False).encode()
    assert not validator.validate(plan), validator.validate(plan)
    first = spent(start)
    print(
        f"start: import {imported:.0f} ms, our packages read {known - imported:.0f} ms, first CarePlan (its profiles compiled) {first - known:.0f} ms"
    )

    def without(resource: Json) -> object:
        return validator.validate(resource, with_invariants=False)

    print(
        f"CarePlan of {len(raw)} bytes by overenskommelse: without invariants {best(lambda: without(plan)):.3f} ms, "
        f"with all {best(lambda: validator.validate(plan)):.3f} ms, from bytes {best(lambda: validator.validate(raw)):.3f} ms"
    )
    wrong = plan | {"status": "x"}
    print(f"  with one fault, told with its words: {best(lambda: validator.validate(wrong)):.3f} ms")
    print(
        f"all {len(resources)} resources of the note: without invariants {best(lambda: [without(r) for r in resources], 10):.2f} ms, "
        f"with all {best(lambda: [validator.validate(r) for r in resources], 10):.2f} ms"
    )
    print(f"Bundle of {ENTRIES} such CarePlans: {bundled(validator, plan):.2f} s")
    beside(plan)
    return 0


def bundled(validator: Any, plan: Json) -> float:
    """Seconds for a Bundle of many."""
    entries = [
        {"fullUrl": f"https://example.org/fhir/CarePlan/c{n}", "resource": plan | {"id": f"c{n}"}}
        for n in range(ENTRIES)
    ]
    bundle = {"resourceType": "Bundle", "type": "collection", "entry": entries}
    start = time.process_time()
    validator.validate(bundle)
    return spent(start) / 1000


def beside(plan: Json) -> None:
    """The other validator of FHIR that Python has, on the same CarePlan, when it is installed."""
    try:
        from fhir.resources.R4B.careplan import CarePlan  # noqa: PLC0415 a peer, if it is installed
    except ImportError:
        print("fhir.resources: not installed, left out")
    else:
        time_of = best(lambda: CarePlan.model_validate(plan), 20)
        print(f"fhir.resources (R4B: structure only, no profile, no codes, no invariants): {time_of:.3f} ms")


if __name__ == "__main__":
    sys.exit(main())
