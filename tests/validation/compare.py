"""Puts questions to HL7's validator and to ours, and shows where they differ.

Usage: python tests/validation/compare.py [-v] [--snapshots] [PART OF A NAME]

With ``--snapshots`` both get the profiles as the snapshots that we build, without differentials.

``OVERENS_JUDGE`` names the command of HL7's validator (a line of JSON in, a line out); without it,
``tools/fhir-judge/judge`` of the shared material. Without either there is nothing to compare with.
"""

# ruff: noqa: E501 -- tables are printed in one line each

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).parent))
from probes import Probe, probes

from adapter.validation import Issue, Validator
from adapter.validation.packages import Package
from adapter.validation.snapshot import snapshot

Json = dict[str, Any]
SHARED = Path(os.environ.get("OVERENS_SHARED", Path(__file__).parents[3] / "shared"))
JUDGE = Path(os.environ.get("OVERENS_JUDGE", SHARED / "tools" / "fhir-judge" / "judge"))


def verdicts(questions: Sequence[Json], definitions: Sequence[Json]) -> list[Json]:
    """HL7's answers to questions of the form ``{"text": …, "profile": …}``, with definitions loaded."""
    with tempfile.TemporaryDirectory() as folder:
        for i, definition in enumerate(definitions):
            Path(folder, f"{i}.json").write_text(json.dumps(definition), encoding="utf-8")
        command = [str(JUDGE), "--ig", folder, "--stdin"]
        asked = "".join(json.dumps(q) + "\n" for q in questions)
        environment = dict(os.environ, JAVA_TOOL_MEMORY="-Xmx2500m")
        done = subprocess.run(  # noqa: S603 see the line
            command, input=asked, capture_output=True, text=True, check=False, env=environment
        )
    answers = [json.loads(line) for line in done.stdout.splitlines()]
    if len(answers) != len(questions):
        raise RuntimeError(done.stderr[-2000:])
    return answers


def question(probe: Probe) -> Json:
    """A probe as HL7's validator is asked."""
    return {"text": probe.text} | ({"profile": probe.profile} if probe.profile else {})


def definitions_of(found: Sequence[Probe]) -> list[Json]:
    """Every definition that the probes need, once."""
    return list({d["url"] + d["resourceType"]: d for p in found for d in p.definitions}.values())


def with_snapshots(definitions: Sequence[Json]) -> list[Json]:
    """The same definitions, each profile as the snapshot that we build of it."""
    trees = Validator([Package("probes", tuple(definitions))]).engine.trees
    found = []
    for definition in definitions:
        tree = trees.tree(definition["url"]) if definition["resourceType"] == "StructureDefinition" else None
        found.append(definition if tree is None else _whole(definition, snapshot(tree)))
    return found


def _whole(definition: Json, elements: list[Json]) -> Json:
    made = {k: v for k, v in definition.items() if k != "differential"}
    return made | {"snapshot": {"element": [_based(e) for e in elements]}}


def _based(element: Json) -> Json:
    base = {
        "path": element["path"],
        "min": 0,
        "max": element.get("base", {}).get("max", element.get("max", "*")),
    }
    return {k: v for k, v in element.items() if k != "mapping"} | {"base": base}


def ours(probe: Probe, validator: Validator) -> tuple[Issue, ...]:
    """Our answer to a probe."""
    return validator.validate(probe.text.encode(), [probe.profile] if probe.profile else [])


def main(arguments: list[str]) -> int:
    """Print every probe on which HL7's verdict, ours and the stated one are not the same."""
    verbose = "-v" in arguments
    wanted = [a for a in arguments if a not in ("-v", "--snapshots")]
    found = [p for p in probes() if not wanted or any(w in p.name for w in wanted)]
    definitions = definitions_of(found)
    if "--snapshots" in arguments:
        definitions = with_snapshots(definitions)
    from datetime import UTC, datetime  # noqa: PLC0415 a command's own clock

    validator = Validator([Package("probes", tuple(definitions))], now=datetime.now(UTC))
    answers = verdicts([question(p) for p in found], definitions)
    agree = 0
    for probe, answer in zip(found, answers, strict=True):
        errors = [i for i in ours(probe, validator) if i.is_error]
        same = bool(errors) == bool(answer["errors"])
        agree += same
        if same and bool(errors) == probe.faulty and not verbose:
            continue
        mark = "differ" if not same else "both against the stated verdict"
        print(
            f"{probe.name}: {mark}: ours {bool(errors)}, HL7's {bool(answer['errors'])}, stated {probe.faulty}"
        )
        for issue in errors[:3]:
            print(f"    ours  {issue.rule} {issue.expression}: {issue.what_en[:160]}")
        for message in answer["messages"]:
            if message["severity"] in ("error", "fatal"):
                print(f"    HL7's {message.get('location')} {message.get('id')}: {message['text'][:200]}")
    print(f"{agree} of {len(found)} agree ({100 * agree / len(found):.1f} %)")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
