"""The import rule is kept by a machine: here it is seen to catch what it forbids."""

from __future__ import annotations

import shutil
import subprocess
import sys
from pathlib import Path

from tests.house import tree

BREAKS = {
    "domain/people.py": "import adapter.fhir",  # upwards
    "domain/when.py": "import os",  # the core touches the world
    "fhir/__init__.py": "import adapter.wire",  # FHIR sees the wire
}


def lint(folder: Path) -> subprocess.CompletedProcess[str]:
    """
    Run lint-imports in a folder, over the packages of that folder.
    """
    command = [str(Path(sys.executable).parent / "lint-imports"), "--no-cache"]
    return subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False)


def test_a_forbidden_import_is_caught(tmp_path: Path) -> None:
    """
    An import upwards, one out of the pure core, one from FHIR to the wire, and a package without a layer
    each break the contract that forbids them.
    """
    shutil.copytree(tree.ROOT / "adapter", tmp_path / "adapter", ignore=shutil.ignore_patterns("__pycache__"))
    shutil.copy(tree.ROOT / "pyproject.toml", tmp_path)
    for file, line in BREAKS.items():
        with (tmp_path / "adapter" / file).open("a", encoding="utf-8") as module:
            module.write(f"\n{line}\n")
    (tmp_path / "adapter" / "stray").mkdir()
    (tmp_path / "adapter" / "stray" / "__init__.py").touch()

    seen = lint(tmp_path)

    said = " ".join(seen.stdout.split())
    assert seen.returncode == 1, seen.stdout + seen.stderr
    assert "adapter.domain.people -> adapter.fhir" in said
    assert "adapter.domain.when -> os" in said
    assert "adapter.fhir -> adapter.wire" in said
    assert "adapter.stray" in said
