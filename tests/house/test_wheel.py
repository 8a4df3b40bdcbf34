"""A wheel built from the tree is whole: it works in an empty environment, outside the tree."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from adapter.bootstrap import all_sources
from adapter.pipeline import Source
from tests.house import tree

pytestmark = pytest.mark.wheel


@pytest.fixture(scope="module")
def installed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """
    The bin folder of an empty environment with the wheel and its locked dependencies in it.
    """
    folder = tmp_path_factory.mktemp("wheel")
    build = [
        sys.executable,
        "-m",
        "pip",
        "wheel",
        "--quiet",
        "--no-deps",
        "--no-build-isolation",
        "-w",
        folder,
        tree.ROOT,
    ]
    subprocess.run(build, check=True)
    subprocess.run([sys.executable, "-m", "venv", folder / "env"], check=True)
    pip = [
        folder / "env" / "bin" / "python",
        "-m",
        "pip",
        "install",
        "--quiet",
        "--disable-pip-version-check",
    ]
    subprocess.run([*pip, "--require-hashes", "-r", tree.ROOT / "requirements.txt"], check=True)
    subprocess.run([*pip, "--no-deps", *folder.glob("overens-*.whl")], check=True)
    return folder / "env" / "bin"


def run(program: Path, *arguments: str | Path, folder: Path) -> subprocess.CompletedProcess[str]:
    """
    Run a program in a folder outside the tree, without the tree on its path.
    """
    clean = {key: value for key, value in os.environ.items() if not key.startswith(("OVERENS_", "PYTHON"))}
    return subprocess.run(
        [program, *arguments], cwd=folder, env=clean, capture_output=True, text=True, check=False
    )


SENDERS = [source for source in all_sources().values() if not source.is_internal]


@pytest.mark.parametrize("source", SENDERS, ids=lambda source: source.name)
def test_the_wheel_converts_outside_the_tree(source: Source, installed: Path, tmp_path: Path) -> None:
    """
    The wheel carries mappings: `overens convert` makes a Bundle of the example of each source.
    """
    message = shutil.copy(tree.ROOT / "fixtures" / source.name / source.example, tmp_path)
    done = run(installed / "overens", "convert", message, folder=tmp_path)
    assert done.returncode == 0, done.stderr
    assert json.loads(done.stdout)["resourceType"] == "Bundle"


def test_the_wheel_knows_every_source(installed: Path, tmp_path: Path) -> None:
    """
    `overens sources` in the empty environment lists every source of the tree.
    """
    done = run(installed / "overens", "sources", folder=tmp_path)
    assert done.returncode == 0, done.stderr
    for name in all_sources():
        assert name in done.stdout
