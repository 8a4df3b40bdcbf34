"""HL7's own validator over the Bundle of every fixture: `make conformance`.

Converts each fixture by the command line, as a user would, and lets the validator (pom.xml, Judge.java)
judge what came out. No Bundle may have an error. Without Java 17 or Maven it says so and leaves it out.
"""

from __future__ import annotations

import hashlib
import os
import re
import shutil
import subprocess
import sys
import tempfile
from dataclasses import dataclass, field
from pathlib import Path

HERE = Path(__file__).resolve().parent
ROOT = HERE.parents[1]
OVERENS = [sys.executable, "-m", "adapter"]
# What the validator calls an error and we do all the same, each with the reason.
KNOWN: dict[str, str] = {}
DEFINITIONS = [ROOT / "profiles/fsh-generated/resources", ROOT / "profiles/dependencies/hl7se.fhir.base"]
PARKED = 3  # overens convert: a blocking finding stood in the way


@dataclass
class Verdict:
    """What became of one fixture: the command's exit code, and what the validator said."""

    fixture: Path
    exit_code: int
    complaint: str
    has_bundle: bool = False
    is_judged: bool = False
    counts: dict[str, int] = field(default_factory=dict)
    errors: list[str] = field(default_factory=list)

    @property
    def name(self) -> str:
        """The fixture as people say it: source/file."""
        return f"{self.fixture.parent.name}/{self.fixture.name}"

    @property
    def is_good(self) -> bool:
        """Converted and judged without an error, parked with a reason, or an answer with nothing in it."""
        if self.has_bundle:
            return self.is_judged and not self.errors and self.exit_code in {0, PARKED}
        return self.exit_code in {0, PARKED}

    @property
    def outcome(self) -> str:
        """One word for the table."""
        if self.errors:
            return "errors"
        if self.has_bundle:
            return "valid" if self.is_good else "not judged"
        return {0: "nothing", PARKED: "parked"}.get(self.exit_code, f"exit {self.exit_code}")


def fixtures() -> list[Path]:
    """Every message in fixtures/, without what it is expected to become."""
    files = (file for file in (ROOT / "fixtures").glob("*/*") if file.is_file())
    return sorted(file for file in files if ".expected." not in file.name and file.suffix != ".md")


def missing() -> str:
    """What the machine lacks, in a few words; empty when the validator can be built and run."""
    tools = [name for name in ("java", "javac", "mvn") if shutil.which(name) is None]
    if tools:
        return f"no {', '.join(tools)}"
    said = subprocess.run(["java", "-version"], capture_output=True, text=True, check=False).stderr
    found = re.search(r'version "(\d+)', said)
    return "" if found and int(found[1]) >= 17 else "no Java 17 or later"


def built() -> Path:
    """The folder of the compiled judge and its libraries; made once, in the user's cache."""
    content = b"".join((HERE / name).read_bytes() for name in ("pom.xml", "Judge.java"))
    cache = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "overens"
    home = cache / f"conformance-{hashlib.sha256(content).hexdigest()[:12]}"
    if not (home / "ready").exists():
        print(f"conformance: fetching the validator's libraries once into {home}", flush=True)
        copy = ["dependency:copy-dependencies", "-DincludeScope=runtime", f"-DoutputDirectory={home / 'lib'}"]
        subprocess.run(["mvn", "-q", "-f", str(HERE / "pom.xml"), *copy], check=True)
        classes = ["-cp", f"{home / 'lib'}/*", "-d", str(home / "classes")]
        subprocess.run(["javac", "-encoding", "UTF-8", *classes, str(HERE / "Judge.java")], check=True)
        (home / "ready").touch()
    return home


def convert(fixture: Path, place: Path) -> Verdict:
    """Run the command line over one message and keep the Bundle under ``place``."""
    run = subprocess.run([*OVERENS, "convert", fixture], capture_output=True, check=False, cwd=ROOT)
    verdict = Verdict(fixture, run.returncode, run.stderr.decode(errors="replace").strip())
    if run.stdout.strip():
        verdict.has_bundle = True
        place.write_bytes(run.stdout)
    return verdict


def judge(home: Path, folder: Path, verdicts: dict[str, Verdict]) -> None:
    """Let the validator read every Bundle of the folder, and note what it said in the verdicts."""
    command = ["java", "-Xmx2g", "-cp", f"{home / 'classes'}:{home / 'lib'}/*", "Judge", str(folder)]
    command += map(str, DEFINITIONS)
    run = subprocess.run(command, stdout=subprocess.PIPE, check=True)
    for line in run.stdout.decode().splitlines():
        name, severity, *said = line.split("\t")
        verdict = verdicts[name]
        if severity == "done":
            verdict.is_judged = True
            continue
        if said[-1] in KNOWN:
            severity = "known"
        verdict.counts[severity] = verdict.counts.get(severity, 0) + 1
        if severity in {"error", "fatal"}:
            verdict.errors.append(": ".join(said))


def table(verdicts: list[Verdict]) -> str:
    """One line a fixture, then every error."""
    width = max(len(verdict.name) for verdict in verdicts)
    lines = [f"{'fixture':{width}}  {'outcome':10} errors known warnings notes"]
    for verdict in verdicts:
        known, warnings, notes = (verdict.counts.get(what, 0) for what in ("known", "warning", "information"))
        counts = f"{len(verdict.errors):6} {known:5} {warnings:8} {notes:5}"
        lines.append(f"{verdict.name:{width}}  {verdict.outcome:10} {counts}")
        lines += [f"    {error}" for error in verdict.errors]
        if not verdict.is_good and not verdict.errors:
            lines += [f"    {line}" for line in verdict.complaint.splitlines()[-3:]]
    if any("known" in verdict.counts for verdict in verdicts):
        lines += ["known:", *(f"    {said}: {why}" for said, why in KNOWN.items())]
    return "\n".join(lines)


def main() -> int:
    """Convert, judge, print; 1 when a Bundle has an error or a fixture could not be converted."""
    lacking = missing()
    if lacking:
        print(f"conformance: left out, {lacking} (HL7's validator needs a JDK of 17 or later and Maven)")
        return 0
    home = built()
    print(f"conformance: {len(fixtures())} fixtures through overens convert and HL7's validator", flush=True)
    with tempfile.TemporaryDirectory(prefix="overens-conformance-") as folder:
        verdicts = {
            f"{n:04}.json": convert(file, Path(folder) / f"{n:04}.json") for n, file in enumerate(fixtures())
        }
        judge(home, Path(folder), verdicts)
    if not verdicts:
        print("conformance: no fixtures found")
        return 1
    print(table(list(verdicts.values())))
    bad = sum(not verdict.is_good for verdict in verdicts.values())
    print(f"conformance: {len(verdicts) - bad} of {len(verdicts)} good")
    return 1 if bad else 0


if __name__ == "__main__":
    sys.exit(main())
