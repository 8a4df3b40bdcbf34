"""HL7's own validator over all that we make and all that we define: `make conformance`.

Four tables: the Bundle of every fixture, made by the command line as a user would; every definition and
example of `profiles/`; each invariant's two files, by HL7's validator and by ours; and a small SUSHI project
on our package. The definitions are those of the package that `overens package` writes, and HL7 Sweden's that
ours are derived from. What is good is counted, and listed with ``-v``. Without Java 17 or Maven, or without
Node, it says in one line what was left out.
"""

from __future__ import annotations

import shutil
import subprocess
import sys
import tempfile
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from hl7 import Said, built, judged, missing
from small_project import compiler, small_project

from adapter.profiles import own_validator

ROOT = Path(__file__).resolve().parents[2]
OVERENS = [sys.executable, "-m", "adapter"]
GUIDE = ROOT / "profiles/fsh-generated/resources"
INVARIANTS = ROOT / "profiles/invariants"
SWEDEN = ROOT / "profiles/dependencies/hl7se.fhir.base"
VERBOSE = "-v" in sys.argv[1:]
PARKED = 3  # overens convert: a blocking finding stood in the way
HEAD = ("errors", "warnings", "notes")
Verdicts = Mapping[str, Sequence[Said]]


@dataclass
class Row:
    """A line of a table: what, how it went, what was said, and what to show of it below."""

    name: str
    outcome: str
    is_good: bool
    said: Sequence[Said] = ()
    complaint: str = ""

    def lines(self, width: int) -> Iterable[str]:
        """The line, and under it every error."""
        weights = Counter("errors" if each.is_error else each.severity for each in self.said)
        counts = (weights["errors"], weights["warning"], weights["information"])
        told = " ".join(f"{count:{len(head)}}" for count, head in zip(counts, HEAD, strict=True))
        yield f"{self.name:{width}}  {self.outcome:10} {told}"
        errors = [f"{each.where}: {each.text}" for each in self.said if each.is_error]
        shown = errors or ([] if self.is_good else self.complaint.splitlines()[-3:])
        yield from (f"    {line}" for line in shown)


@dataclass(frozen=True)
class Made:
    """What the command line made of a fixture."""

    name: str
    exit_code: int
    complaint: str
    file: str  # below the folder; empty when there is no Bundle


def convert(fixture: Path, folder: Path) -> Made:
    """Run the command line over one message and keep the Bundle in the folder."""
    run = subprocess.run([*OVERENS, "convert", fixture], capture_output=True, check=False, cwd=ROOT)
    name = f"{fixture.parent.name}/{fixture.name}"
    file = f"{name.replace('/', '--')}.json" if run.stdout.strip() else ""
    if file:
        (folder / file).write_bytes(run.stdout)
    return Made(name, run.returncode, run.stderr.decode(errors="replace").strip(), file)


def fixtures() -> list[Path]:
    """Every message in fixtures/, without what it is expected to become."""
    files = (file for file in (ROOT / "fixtures").glob("*/*") if file.is_file())
    return sorted(file for file in files if ".expected." not in file.name and file.suffix != ".md")


def fixture_row(made: Made, verdicts: Verdicts) -> Row:
    """Valid, parked with a reason, or an answer with nothing in it; anything else is not good."""
    ends_well = made.exit_code in {0, PARKED}
    if not made.file:
        outcome = {0: "nothing", PARKED: "parked"}.get(made.exit_code, f"exit {made.exit_code}")
        return Row(made.name, outcome, ends_well, complaint=made.complaint)
    row = verdict_row(made.name, [f"fixtures/{made.file}"], verdicts)
    row.is_good &= ends_well
    row.complaint = made.complaint
    return row


def verdict_row(name: str, files: Sequence[str], verdicts: Verdicts) -> Row:
    """One or several files as one line."""
    said = [each for file in files for each in verdicts.get(file, ())]
    if any(file not in verdicts for file in files):
        return Row(name, "not judged", is_good=False, said=said)
    is_good = not any(each.is_error for each in said)
    return Row(name, "valid" if is_good else "errors", is_good, said)


def guide_rows(verdicts: Verdicts) -> list[Row]:
    """Definitions and examples by what they are."""
    kinds: dict[str, list[str]] = defaultdict(list)
    for file in sorted(GUIDE.glob("*.json")):
        kind = "example" if "-exempel-" in file.name else "definition"
        kinds[f"{kind} {file.name.partition('-')[0]}"].append(f"guide/{file.name}")
    return [verdict_row(f"{kind} ({len(files)})", files, verdicts) for kind, files in sorted(kinds.items())]


def invariant_rows(verdicts: Verdicts) -> list[Row]:
    """Each rule: kept by the one file, broken by the other and nothing else, as both validators see it."""
    ours = own_validator()
    rows = []
    for key in sorted({path.name.partition(".")[0] for path in INVARIANTS.glob("*.json")}):
        seen = []
        for file, wanted in ((f"{key}.pass.json", set()), (f"{key}.fail.json", {key})):
            said = verdicts.get(f"invariants/{file}")
            own = ours.validate((INVARIANTS / file).read_bytes())
            seen += [
                said is not None and {*map(broken, filter(counts, said))} == wanted,
                {each.rule for each in own if each.is_error or each.rule.startswith("agr-")} == wanted,
            ]
        told = " ".join("yes" if each else "NO" for each in seen)
        said = [each for each in verdicts.get(f"invariants/{key}.pass.json", ()) if each.is_error]
        rows.append(Row(f"{key}  {told}", "agree" if all(seen) else "differ", all(seen), said))
    return rows


def counts(said: Said) -> bool:
    """An error, or a rule of ours however it weighs."""
    return said.is_error or said.text.startswith("Constraint failed: agr-")


def broken(said: Said) -> str:
    """The rule that a message is about; the message itself when it is about none of ours."""
    head, _, rest = said.text.partition("Constraint failed: agr-")
    return said.text if head or not rest else f"agr-{rest.partition(':')[0]}"


def table(title: str, rows: Sequence[Row]) -> int:
    """Print how many rows are good, and those that are not (with ``-v`` all); how many are not good."""
    bad = sum(not row.is_good for row in rows) or int(not rows)
    shown = [row for row in rows if VERBOSE or not row.is_good]
    width = max((len(row.name) for row in shown), default=0)
    print(f"conformance: {title}: {len(rows) - bad} of {len(rows)} good", flush=True)
    if shown:
        print(f"  {'':{width}}  {'outcome':10} {' '.join(HEAD)}")
        print("\n".join(f"  {line}" for row in shown for line in row.lines(width)))
    return bad


def project_rows(package: Path, folder: Path) -> list[Row]:
    """What SUSHI makes of a small project on our package, put where it is judged; nothing without Node."""
    if lacks := compiler.missing():
        print(f"conformance: left out, {lacks} (a SUSHI project on our package needs Node 20 or later)")
        return []
    made = small_project(package, folder)
    rows = [Row("SUSHI", f"{made.errors} errors", made.errors == 0, complaint=made.said)]
    (folder / "judge/project").mkdir(parents=True)
    for file in made.files:
        shutil.copy(file, folder / "judge/project")
    return rows


def judge_all(folder: Path, package: Path) -> tuple[list[Made], Verdicts]:
    """Every fixture converted, and everything in one run of HL7's validator."""
    home = built()
    print(f"conformance: {len(fixtures())} fixtures, then profiles/, through HL7's validator", flush=True)
    shutil.copytree(GUIDE, folder / "judge/guide")
    shutil.copytree(INVARIANTS, folder / "judge/invariants")
    (folder / "judge/fixtures").mkdir()
    made = [convert(file, folder / "judge/fixtures") for file in fixtures()]
    project = folder / "judge/project"
    definitions = [package, SWEDEN, *([project] if project.exists() else ())]
    return made, judged(home, folder / "judge", definitions)


def main() -> int:
    """Convert, compile, judge, print; 1 when something is not as it should be."""
    with tempfile.TemporaryDirectory(prefix="overens-conformance-") as made_here:
        folder = Path(made_here)
        package = folder / "package.tgz"
        subprocess.run([*OVERENS, "package", "--out", package], check=True, cwd=ROOT, capture_output=True)
        project = project_rows(package, folder)
        if lacks := missing():
            print(
                f"conformance: left out, {lacks} (HL7's validator over fixtures, definitions, examples and "
                "invariants needs a JDK of 17 or later and Maven)"
            )
            return table("a project on the package", project) if project else 0
        made, verdicts = judge_all(folder, package)
        files = sorted(name for name in verdicts if name.startswith("project/"))
        project += [verdict_row(name.partition("/")[2], [name], verdicts) for name in files]
    bad = table("fixture", [fixture_row(each, verdicts) for each in made])
    bad += table("profiles/", guide_rows(verdicts))
    bad += table("invariant  kept: HL7 ours, broken: HL7 ours", invariant_rows(verdicts))
    bad += table("a project on the package", project) if project else 0
    return min(bad, 1)


if __name__ == "__main__":
    sys.exit(main())
