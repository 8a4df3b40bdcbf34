"""A seeded differential test: mutants of valid resources, our verdicts beside HL7's.

Usage: python tests/validation/mutants.py [--count N] [--seed S] [EXAMPLES] [--ig PROFILES], both folders

Each mutant has one change: an element dropped, doubled, retyped or renamed, a code, system, date or
reference changed, an extension added. ``differential`` is the function for other examples and profiles.
"""

# ruff: noqa: ARG001, D103, E501 -- small changes of one shape, named by what they do

from __future__ import annotations

import json
import random
import sys
import time
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from copy import deepcopy
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).parent))
from compare import verdicts

from adapter.validation import Validator
from adapter.validation.packages import Package

Json = dict[str, Any]
Spot = tuple[Any, Any]  # a container and the key or index in it
BASE = "http://hl7.org/fhir/StructureDefinition/"


def spots(value: Any, *, path: str = "") -> Iterator[tuple[Any, Any, str]]:
    """Every place in a tree: container, key, dotted path."""
    pairs = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for key, inner in list(pairs):
        where = f"{path}.{key}" if path else str(key)
        if key != "resourceType" or path:
            yield value, key, where
        if not where.endswith("text.div"):
            yield from spots(inner, path=where)


def drop(rng: random.Random, holder: Any, key: Any) -> None:
    del holder[key]


def double(rng: random.Random, holder: Any, key: Any) -> None:
    if isinstance(holder, list):
        holder.insert(key, deepcopy(holder[key]))
    else:
        holder[key] = [deepcopy(holder[key])] * 2


def retype(rng: random.Random, holder: Any, key: Any) -> None:
    others = [1, "x", True, {"x": "y"}, ["x"], {}, [], "", None, 1.5]
    holder[key] = rng.choice([o for o in others if type(o) is not type(holder[key])])


def rename(rng: random.Random, holder: Any, key: Any) -> None:
    if isinstance(holder, dict):
        holder[rng.choice([f"{key}x", str(key).upper(), f"_{key}", str(key)[:-1] or "q"])] = holder.pop(key)


def word(rng: random.Random, holder: Any, key: Any) -> None:
    if isinstance(holder[key], str):
        value = holder[key]
        holder[key] = rng.choice(
            [
                value + "x",
                value.upper(),
                value[:-1],
                " " + value,
                value.replace("-", "/"),
                "x y",
                "å",
                value * 3,
            ]
        )


def number(rng: random.Random, holder: Any, key: Any) -> None:
    value = holder[key]
    if isinstance(value, bool):
        holder[key] = not value
    elif isinstance(value, (int, float)):
        holder[key] = rng.choice([-value, value + 0.5, 0, 10**10, str(value)])


def date(rng: random.Random, holder: Any, key: Any) -> None:
    if isinstance(holder[key], str) and holder[key][:2] in ("19", "20"):
        good = ["2020", "2020-02", "2020-02-29", "2020-01-01T10:00:00Z", "1990-01-01"]
        holder[key] = rng.choice(
            [*good, "2020-02-30", "2020-13", "20-01-01", "2020-01-01T10:00:00", "2020-01-01T10:00Z"]
        )


def system(rng: random.Random, holder: Any, key: Any) -> None:
    if key == "system" and isinstance(holder[key], str):
        holder[key] = rng.choice(
            [
                "http://example.org/other",
                "urn:oid:1.2.752.129.2.1.3.1",
                "foo",
                "http://snomed.info/sct",
                "http://loinc.org",
                "phone",
                "http://unitsofmeasure.org",
            ]
        )


def code(rng: random.Random, holder: Any, key: Any) -> None:
    if key in ("code", "status", "intent", "use", "mode", "gender", "priority") and isinstance(
        holder[key], str
    ):
        holder[key] = rng.choice(
            ["active", "final", "zz", "completed", "draft", "order", "plan", "official", "male"]
        )


def reference(rng: random.Random, holder: Any, key: Any) -> None:
    if key == "reference" and isinstance(holder[key], str):
        holder[key] = rng.choice(
            [
                "#nowhere",
                "Patient/1",
                "Group/2",
                "urn:uuid:c757873d-ec9a-4326-a141-556f43239520",
                "x y",
                "http://x.org/fhir/Patient/1",
                "Patient",
                "Foo/1",
            ]
        )


def extend(rng: random.Random, holder: Any, key: Any) -> None:
    inner = holder[key]
    if isinstance(inner, dict) and isinstance(inner.setdefault("extension", []), list):
        inner["extension"].append(
            rng.choice(
                [
                    {"url": "http://example.org/unknown", "valueString": "x"},
                    {"url": BASE + "data-absent-reason", "valueCode": "unknown"},
                    {"url": BASE + "data-absent-reason", "valueString": "unknown"},
                    {"url": BASE + "data-absent-reason"},
                    {"url": BASE + "patient-importance", "valueCodeableConcept": {"text": "x"}},
                    {"url": BASE + "originalText", "valueString": "x"},
                    {"valueString": "x"},
                ]
            )
        )


def insert(rng: random.Random, holder: Any, key: Any) -> None:
    if isinstance(holder[key], dict):
        holder[key][rng.choice(["foo", "id", "text", "value", "code", "status", "extension", "display"])] = (
            rng.choice(["x", 1, {"text": "x"}, ["x"], {}])
        )


def swap(rng: random.Random, holder: Any, key: Any) -> None:
    if isinstance(holder, list) and len(holder) > 1:
        rng.shuffle(holder)


CHANGES: tuple[Callable[[random.Random, Any, Any], None], ...] = (
    *(drop, drop, double, retype, rename, word, number, date, system, code, reference, extend, insert, swap),
)


def mutant(rng: random.Random, resource: Json) -> tuple[str, Json]:
    """One changed copy with the name of its change and place."""
    for _ in range(50):
        made = deepcopy(resource)
        change = rng.choice(CHANGES)
        holder, key, where = rng.choice(list(spots(made)))
        change(rng, holder, key)
        if made != resource:
            return f"{change.__name__} {made.get('resourceType')}.{where}", made
    return "none", deepcopy(resource)


def differential(  # noqa: PLR0913 the parts of a campaign
    examples: Sequence[Json],
    definitions: Sequence[Json] = (),
    *,
    profile: str | None = None,
    count: int = 1000,
    seed: int = 1,
    show: int = 60,
) -> float:
    """Compare verdicts on mutants; print the differences by kind; answer the agreement in per cent."""
    rng = random.Random(seed)  # noqa: S311 a test's own dice
    made = [mutant(rng, rng.choice(examples)) for _ in range(count)]
    texts = [json.dumps(m, ensure_ascii=False) for _, m in made]
    more = {"profile": profile} if profile else {}
    answers = verdicts([{"text": t} | more for t in texts], definitions)
    validator = Validator([Package("mutants", tuple(definitions))], now=datetime.now(UTC))
    start, agree, kinds = time.perf_counter(), 0, Counter[str]()
    for (name, _), text, answer in zip(made, texts, answers, strict=True):
        errors = [i for i in validator.validate(text.encode(), [profile] if profile else []) if i.is_error]
        if bool(errors) == bool(answer["errors"]):
            agree += 1
            continue
        said = [m for m in answer["messages"] if m["severity"] in ("error", "fatal")]
        what = (
            f"ours {errors[0].rule} {errors[0].expression}"
            if errors
            else f"HL7's {said[0].get('id')} {said[0]['text'][:130]}"
        )
        kinds[errors[0].rule if errors else str(said[0].get("id"))] += 1
        if sum(kinds.values()) <= show:
            print(f"  {name}: {what}")
    percent = 100 * agree / count
    print(
        f"{agree} of {count} mutants agree ({percent:.2f} %), seed {seed}, ours {time.perf_counter() - start:.1f} s; {dict(kinds)}"
    )
    return percent


def read_folder(folder: Path) -> list[Json]:
    """The JSON resources of a folder."""
    found = [json.loads(f.read_text(encoding="utf-8")) for f in sorted(folder.rglob("*.json"))]
    return [f for f in found if isinstance(f, dict) and "resourceType" in f]


def main(arguments: list[str]) -> int:
    """Run a campaign over a folder of examples, or over our own probes' valid ones."""

    def option(name: str, default: str) -> str:
        return arguments[arguments.index(name) + 1] if name in arguments else default

    count, seed, ig = int(option("--count", "1000")), int(option("--seed", "1")), option("--ig", "")
    taken = {option("--count", ""), option("--seed", ""), ig}
    folders = [a for a in arguments if not a.startswith("--") and a not in taken]
    if folders:
        examples = [e for f in folders for e in read_folder(Path(f))]
        definitions = read_folder(Path(ig)) if ig else []
    else:
        from examples import EXAMPLES, PROFILES  # noqa: PLC0415 beside this file

        examples, definitions = list(EXAMPLES), list(PROFILES)
    differential(examples, definitions, count=count, seed=seed)
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
