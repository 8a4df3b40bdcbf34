"""``overens package``: our profiles and terminology as a FHIR NPM package."""

from __future__ import annotations

from pathlib import Path

import adapter
from adapter.cli.told import tell, wrong_use
from adapter.fhir.npm_package import guide_of, npm_package, package_name


def run_package(out: Path | None) -> int:
    """Write the package and say where; the exit code."""
    folder = definitions_folder()
    files = {path.name: path.read_bytes() for path in sorted(folder.glob("*.json"))}
    if not files:
        return wrong_use(f"{folder} är tom. Installera programmet igen.")
    place = out or Path(f"{package_name(guide_of(files))}.tgz")
    try:
        place.write_bytes(npm_package(files))
    except OSError as problem:
        return wrong_use(f"{place} går inte att skriva ({problem.strerror}). Välj en annan fil med --out.")
    tell(f"{place}: {len(files)} definitioner och exempel.")
    return 0


def definitions_folder() -> Path:
    """``adapter/_profiles`` in an installed package, ``profiles`` in the tree."""
    package = Path(adapter.__file__).parent
    inside = package / "_profiles"
    home = inside if inside.is_dir() else package.parent / "profiles"
    return home / "fsh-generated" / "resources"
