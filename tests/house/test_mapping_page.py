"""The example in docs/mapping.md works as it stands there."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

import pytest

from adapter.errors import MappingError
from adapter.pipeline import decide
from adapter.sources import load_sources, recognise
from tests.house import tree

FILE = re.compile(r"^`((?:mappings|fixtures)/\S+)`\n```\w+\n(.*?)^```", re.MULTILINE | re.DOTALL)
SOURCE = "se.exempel.notes"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """
    A folder with the files that the page shows, each under its name.
    """
    for name, text in FILE.findall(tree.text(tree.ROOT / "docs" / "mapping.md")):
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    return tmp_path


def test_a_source_is_added_by_one_folder(folder: Path) -> None:
    """
    The folder of the page compiles, recognises its message and makes a CarePlan; nothing is left unread.
    """
    sources = load_sources(folder / "mappings")
    message = next((folder / "fixtures" / SOURCE).iterdir()).read_bytes()

    decision = decide(message, sources[SOURCE])

    assert recognise(message, sources) == SOURCE
    assert "CarePlan" in {resource["resourceType"] for resource in decision.resources}
    assert not [finding for finding in decision.findings if finding.blocking or finding.code == "unread"]


def test_a_misspelt_field_is_told_with_file_and_line(folder: Path) -> None:
    """
    A field that the record does not have stops the start, with file and line and the fields there are.
    """
    note = folder / "mappings" / SOURCE / "note.yaml"
    note.write_text(tree.text(note).replace("signed_at:", "singed_at:"), encoding="utf-8")

    with pytest.raises(MappingError, match=r"se\.exempel\.notes/note\.yaml:7: Note has no field 'singed_at'"):
        load_sources(folder / "mappings")


def test_the_hook_of_the_page_is_judged_as_any_other(tmp_path: Path) -> None:
    """
    The example of hooks.py is typed and drawn as ``make check`` demands, so that a copy of it passes.
    """
    page = tree.text(tree.ROOT / "docs" / "mapping.md")
    (code,) = re.findall(r"^```python\n(.*?)^```", page, re.MULTILINE | re.DOTALL)
    hooks = tmp_path / "mappings" / SOURCE / "hooks.py"
    hooks.parent.mkdir(parents=True)
    hooks.write_text(code, encoding="utf-8")
    config = ("--config", str(tree.ROOT / "pyproject.toml"))
    for command in (
        ["ruff", "check", "--ignore=INP001", *config],
        ["ruff", "format", "--check", *config],
        ["mypy", "--strict"],
    ):
        done = subprocess.run(
            [sys.executable, "-m", *command, str(hooks)],
            cwd=tree.ROOT,
            capture_output=True,
            text=True,
            check=False,
        )
        assert done.returncode == 0, done.stdout
