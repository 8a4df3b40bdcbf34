"""A seeded differential test: mutants of our examples, our verdict beside HL7's.

Usage: differential.py [--count N] [--seed S] [--least PERCENT]

Examples are those of ``profiles/`` and the small ones of ``examples.py`` in tests/validation; each mutant has
one change by one of two mutators. The verdict is whether there is an error. Each difference is listed with
its reason and chapter of ``differences.json``; one without is UNEXPLAINED, and the command fails.
Without Java 17 or Maven it says in one line what was left out.
"""

from __future__ import annotations

import argparse
import json
import random
import re
import subprocess
import sys
import tempfile
import time
from collections import Counter, defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from hl7 import Said, built, judged, missing

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "validation"))
import mutants
import rule_mutants
from examples import EXAMPLES, PROFILES

from adapter.profiles import own_packages
from adapter.validation import Issue, Package, Validator

HERE = Path(__file__).resolve().parent
ROOT = HERE.parents[1]
Json = dict[str, Any]
GUIDE = ROOT / "profiles/fsh-generated/resources"
REASONS = HERE / "differences.json"
SHOWN = 8  # of the mutants with one reason


@dataclass(frozen=True)
class Mutant:
    """One changed example: the kind of change, where it was made, and what came of it."""

    kind: str
    where: str
    resource: Json


@dataclass(frozen=True)
class Difference:
    """A mutant that one validator takes and the other does not, with the errors that were told."""

    mutant: Mutant
    ours: tuple[Issue, ...]
    said: Sequence[Said]

    def told(self) -> list[str]:
        """The errors of the one that told any, as the reasons know them."""
        if self.ours:
            return [f"ours {each.rule} {each.expression} {each.what_en}" for each in self.ours]
        return [f"HL7's {each.rule} {each.where} {each.text}" for each in self.said if each.is_error]

    def reason(self, reasons: Sequence[Json]) -> Json | None:
        """The reason that stands for the first error, if every error has one."""
        warned = " ".join(each.rule for each in self.said)
        fit = [
            next(
                (r for r in reasons if re.search(r["told"], text) and re.search(r.get("beside", ""), warned)),
                None,
            )
            for text in self.told()
        ]
        return fit[0] if all(fit) else None


def made(count: int, seed: int) -> list[Mutant]:
    """So many mutants, by the two mutators in turn; the same seed gives the same."""
    dice = random.Random(seed)  # noqa: S311 a test's own dice
    files = sorted(GUIDE.glob("*-exempel-*.json"))
    examples = [json.loads(file.read_text(encoding="utf-8")) for file in files] + list(EXAMPLES)
    found = []
    for number in range(count):
        example = dice.choice(examples)
        if number % 2:
            found.append(Mutant(*rule_mutants.mutant(dice, example)))
        else:
            name, changed = mutants.mutant(dice, example)
            kind, _, where = name.partition(" ")
            found.append(Mutant(kind, where, changed))
    return found


def hl7_verdicts(home: Path, found: Sequence[Mutant]) -> list[list[Said]]:
    """What HL7's validator says of each, with a bar of how far it has come."""
    with tempfile.TemporaryDirectory(prefix="overens-conformance-") as made_here:
        folder, definitions = Path(made_here, "mutants"), Path(made_here, "definitions")
        folder.mkdir()
        definitions.mkdir()
        for number, definition in enumerate(d for p in packages() for d in p.definitions):
            Path(definitions, f"{number}.json").write_text(json.dumps(definition), encoding="utf-8")
        for number, each in enumerate(found):
            text = json.dumps(each.resource, ensure_ascii=False)
            Path(folder, f"{number:06}.json").write_text(text, encoding="utf-8")
        verdicts = judged(home, folder, [definitions], Bar(len(found)).tick)
    return [verdicts[f"{number:06}.json"] for number in range(len(found))]


class Bar:
    """A bar on standard error, where somebody sees it."""

    def __init__(self, whole: int) -> None:
        self.whole, self.done, self.is_seen = whole, 0, sys.stderr.isatty()

    def tick(self) -> None:
        """One more is done."""
        self.done += 1
        if self.is_seen and (self.done % 20 == 0 or self.done == self.whole):
            filled = 40 * self.done // self.whole
            end = "\n" if self.done == self.whole else ""
            print(
                f"\r[{'#' * filled}{'.' * (40 - filled)}] {self.done}/{self.whole}",
                end=end,
                file=sys.stderr,
                flush=True,
            )


def packages() -> list[Package]:
    """Our definitions, those that they build on, and those of the small examples."""
    return [*own_packages(), Package("examples", tuple(PROFILES))]


def compared(found: Sequence[Mutant], verdicts: Sequence[Sequence[Said]]) -> tuple[list[Difference], float]:
    """The differences, and the seconds that ours took."""
    validator = Validator(packages(), now=datetime.now(UTC))
    differences, spent = [], 0.0
    for each, said in zip(found, verdicts, strict=True):
        raw = json.dumps(each.resource, ensure_ascii=False).encode()
        start = time.process_time()
        ours = tuple(issue for issue in validator.validate(raw) if issue.is_error)
        spent += time.process_time() - start
        if bool(ours) != any(one.is_error for one in said):
            differences.append(Difference(each, ours, said))
    return differences, spent


def print_kinds(found: Sequence[Mutant], differences: Sequence[Difference]) -> None:
    """A line for each kind of change with a difference: agreed, of how many; the others in one line."""
    whole, apart = Counter(m.kind for m in found), Counter(d.mutant.kind for d in differences)
    print(f"{'change':24} agreed    of")
    for kind, number in sorted(apart.items()):
        print(f"{kind:24} {whole[kind] - number:6} {whole[kind]:5}")
    rest = sum(number for kind, number in whole.items() if kind not in apart)
    print(f"{f'{len(whole.keys() - apart.keys())} other kinds':24} {rest:6} {rest:5}")


def print_differences(differences: Sequence[Difference]) -> int:
    """The differences by reason; how many have none."""
    reasons = json.loads(REASONS.read_text(encoding="utf-8"))
    groups: dict[str, list[Difference]] = defaultdict(list)
    for each in differences:
        reason = each.reason(reasons)
        title = f"{reason['right']} right, {reason['chapter']}: {reason['why']}" if reason else "UNEXPLAINED"
        groups[title].append(each)
    for title, members in sorted(groups.items()):
        print(f"\n{len(members)} {'difference' if len(members) == 1 else 'differences'}, {title}")
        shown = members if title == "UNEXPLAINED" else members[:SHOWN]
        for each in shown:
            told = f": {each.told()[0][:200]}" if title == "UNEXPLAINED" else ""
            print(f"    {each.mutant.kind} {each.mutant.where}{told}")
        if len(members) > len(shown):
            print(f"    and {len(members) - len(shown)} more of the kind")
    return len(groups.get("UNEXPLAINED", ()))


def main() -> int:
    """Make, judge, compare, print; 1 when too few agree or a difference has no reason."""
    options = argparse.ArgumentParser(description="mutants of our examples: our verdict beside HL7's")
    options.add_argument("--count", type=int, default=3000)
    options.add_argument("--seed", type=int, default=20260301)
    options.add_argument("--least", type=float, default=99.0, help="per cent that must agree")
    asked = options.parse_args()
    lacking = missing()
    if lacking:
        print(f"differential: left out, {lacking} (HL7's validator needs a JDK of 17 or later and Maven)")
        return 0
    found = made(asked.count, asked.seed)
    print(f"differential: {asked.count} mutants of our examples, seed {asked.seed}", flush=True)
    start = time.monotonic()
    try:
        home = built()
    except subprocess.CalledProcessError:
        print("differential: left out, the libraries of HL7's validator could not be fetched")
        return 0
    verdicts = hl7_verdicts(home, found)
    seconds = time.monotonic() - start
    differences, spent = compared(found, verdicts)
    print_kinds(found, differences)
    bad = print_differences(differences)
    percent = 100 * (1 - len(differences) / asked.count)
    print(
        f"\ndifferential: {asked.count - len(differences)} of {asked.count} agree ({percent:.2f} %), "
        f"{bad} unexplained; seed {asked.seed}; ours {spent:.1f} s, HL7's {seconds:.0f} s"
    )
    return 1 if bad or percent < asked.least else 0


if __name__ == "__main__":
    sys.exit(main())
