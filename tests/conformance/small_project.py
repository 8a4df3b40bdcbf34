"""A small SUSHI project that builds on the package which `overens package` writes.

Without Node it is left out. Tools and R4 core are those that `profiles/build.py` compiles with.
"""

from __future__ import annotations

import importlib.util
import json
import re
import tarfile
from dataclasses import dataclass
from pathlib import Path
from types import ModuleType

ROOT = Path(__file__).resolve().parents[2]


def _compiler() -> ModuleType:
    """The script that compiles profiles/, as a module."""
    found = importlib.util.spec_from_file_location("compiler", ROOT / "profiles/build.py")
    module = importlib.util.module_from_spec(found)
    found.loader.exec_module(module)
    return module


compiler = _compiler()
CONFIG = """\
canonical: https://region.example/fhir
status: draft
version: 0.0.1
fhirVersion: 4.0.1
FSHOnly: true
dependencies:
  overens.fhir: {version}
"""
FSH = """\
Alias: $malgrupp = https://overens.example/fhir/CodeSystem/malgrupp

Profile: RegionensOverenskommelse
Parent: https://overens.example/fhir/StructureDefinition/overenskommelse
Id: regionens-overenskommelse
Description: "An agreement that always says until when it holds."
* period.end 1..1

ValueSet: RegionensMalgrupp
Id: regionens-malgrupp
Description: "Those whom the region shows contact ways to."
* $malgrupp#patient

Instance: exempel-regionens-overenskommelse
InstanceOf: RegionensOverenskommelse
Description: "The smallest one."
* text.status = #generated
* text.div = "<div xmlns='http://www.w3.org/1999/xhtml'>En överenskommelse.</div>"
* status = #active
* intent = #plan
* category[overenskommelse] = https://overens.example/fhir/CodeSystem/plan-typ#dokumenterad-overenskommelse
* title = "Överenskommelse"
* author.display = "Hälsocentralen Borgholm"
* subject.display = "Tolvan Tolvansson"
* period.start = "2026-03-12"
* period.end = "2026-09-30"
"""
SAID = re.compile(r"(\d+) Errors?\s+(\d+) Warnings?")


@dataclass(frozen=True)
class Built:
    """What SUSHI said, and the resources that it made."""

    errors: int
    said: str
    files: tuple[Path, ...]


def small_project(package: Path, folder: Path) -> Built:
    """Install the package in a FHIR package cache of its own, and compile the project against it."""
    home = folder / "home"
    version = installed(package, home)
    work = folder / "ig"
    (work / "input/fsh").mkdir(parents=True)
    (work / "sushi-config.yaml").write_text(CONFIG.format(version=version), encoding="utf-8")
    (work / "input/fsh/region.fsh").write_text(FSH, encoding="utf-8")
    run = compiler.sushi(work, compiler.tools(), home)
    found = SAID.search(run.stdout)
    errors = int(found[1]) if found else 1
    return Built(errors, run.stdout + run.stderr, tuple((work / "fsh-generated/resources").glob("*.json")))


def installed(package: Path, home: Path) -> str:
    """Lay the package, and R4 core as it is, in the package cache under ``home``; the package's version."""
    cache = home / ".fhir/packages"
    cache.mkdir(parents=True)
    core = "{name}#{version}".format(**compiler.CORE)
    (cache / core).symlink_to(compiler.tools() / ".fhir/packages" / core)
    with tarfile.open(package) as tar:
        tar.extractall(home / "new", filter="data")
    about = json.loads((home / "new/package/package.json").read_text(encoding="utf-8"))
    (home / "new").rename(cache / f"{about['name']}#{about['version']}")
    return str(about["version"])
