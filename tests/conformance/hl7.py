"""HL7's own instance validator for FHIR R4 (HAPI's build), fetched once and run over a folder.

The libraries come from Maven Central (versions in pom.xml); Judge.java joins them. Nothing else is fetched.
"""

from __future__ import annotations

import hashlib
import os
import re
import shutil
import subprocess
from collections import defaultdict
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

HERE = Path(__file__).resolve().parent


@dataclass(frozen=True)
class Said:
    """One message of the validator."""

    severity: str
    where: str
    text: str
    rule: str = ""

    @property
    def is_error(self) -> bool:
        """The instance is not valid because of it."""
        return self.severity in {"error", "fatal"}


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


def judged(
    home: Path, folder: Path, definitions: Sequence[Path], tick: Callable[[], None] = lambda: None
) -> dict[str, list[Said]]:
    """What is said of each .json file below a folder, by its name there; what is missing was not judged.

    ``tick`` is called after each file.
    """
    command = [
        "java",
        "-Xmx2g",
        "-cp",
        f"{home / 'classes'}:{home / 'lib'}/*",
        "Judge",
        str(home),
        str(folder),
    ]
    said: dict[str, list[Said]] = defaultdict(list)
    done = {}
    with subprocess.Popen(
        [*command, *map(str, definitions)], stdout=subprocess.PIPE, encoding="utf-8"
    ) as process:
        for line in process.stdout or ():
            name, severity, *rest = line.rstrip("\n").split("\t")
            if severity == "done":
                done[name] = said[name]
                tick()
            else:
                said[name].append(Said(severity, *rest))
    if process.returncode:
        raise subprocess.CalledProcessError(process.returncode, command)
    return done
