"""The docs say what the code does: links, names, codes and the commands that are shown."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
import tomllib
from importlib.metadata import packages_distributions
from itertools import pairwise
from pathlib import Path

import pytest

from adapter.fhir.operation_outcome import ISSUE_TYPES
from adapter.mapping import about, rules
from adapter.mapping.converters import CONVERTERS
from tests.house import finding_codes, tree

PAGES = [path for path in tree.files() if path.suffix == ".md"]
LINK = re.compile(r"\]\(([^)#\s]+)(?:#[^)]*)?\)")
CONSOLE = re.compile(r"^```console\n(.*?)^```", re.MULTILINE | re.DOTALL)


def page(name: str) -> str:
    """
    The text of a page by its path from the root.
    """
    return tree.text(tree.ROOT / name)


def first_column(text: str) -> list[str]:
    """
    The first cells of all tables in a text, without head and rule, without backticks.
    """
    rows = [line.split("|")[1].strip().strip("`") for line in text.splitlines() if line.startswith("|")]
    return [
        cell
        for cell, below in pairwise([*rows, ""])
        if not set(cell) <= set("-: ") and not below.startswith("---")
    ]


def test_every_link_between_pages_leads_somewhere() -> None:
    """
    A link to a file of the tree names one that is there.
    """
    broken = [
        f"{tree.name(path)} -> {target}"
        for path in PAGES
        for target in LINK.findall(tree.text(path))
        if "://" not in target and not (path.parent / target).exists()
    ]
    assert not broken, broken


def test_every_dependency_has_its_line() -> None:
    """
    docs/dependencies.md has a line on each dependency of pyproject.toml and on no other.
    """
    assert set(first_column(page("docs/dependencies.md"))) == asked_for("dev")


def imports_of(folder: str) -> set[str]:
    """
    The top names of everything that the Python files of a folder import.
    """
    pattern = re.compile(r"^\s*(?:from|import) ([a-zA-Z0-9_]+)", re.MULTILINE)
    return {name for path in tree.under(folder, suffix=".py") for name in pattern.findall(tree.text(path))}


def asked_for(*lists: str) -> set[str]:
    """
    The names of the dependencies that pyproject.toml lists: those of a run, and of extras by name.
    """
    project = tomllib.loads(page("pyproject.toml"))["project"]
    lines = project["dependencies"] + [
        line for name in lists for line in project["optional-dependencies"][name]
    ]
    return {re.split(r"[\[<>=!~; ]", line)[0] for line in lines}


def packages_of(folder: str) -> set[str]:
    """
    The packages that the Python files of a folder import from, neither ours nor the standard library's.
    """
    found = imports_of(folder) - sys.stdlib_module_names - {"adapter", "tests"}
    known = packages_distributions()
    return {package.lower() for name in found for package in known.get(name, ())}


def test_every_dependency_of_a_run_is_imported() -> None:
    """
    A package that a run installs is imported by the program; those that work unseen are named here.
    """
    unseen = {"httptools", "uvloop", "tzdata"}  # uvicorn's parser and loop, zoneinfo's data
    assert not asked_for() - unseen - packages_of("adapter")


def test_everything_imported_is_asked_for() -> None:
    """
    The program imports from what a run installs, the tests from what the development extra adds to it.
    """
    # These come with fastapi, pydantic-settings, psycopg and joserfc.
    through = {"starlette", "pydantic", "psycopg-pool", "cryptography"}
    assert not packages_of("adapter") - asked_for() - through
    assert not packages_of("tests") - asked_for("dev") - through


def test_every_finding_code_is_explained() -> None:
    """
    docs/findings.md explains each code that the code makes or a fixture expects, and no other.
    """
    explained = set(first_column(page("docs/findings.md")))
    expected = {
        finding["code"]
        for path in tree.under("fixtures", suffix=".expected.json")
        for finding in json.loads(tree.text(path)).get("findings", ())
    }
    assert not (finding_codes.made() | expected) - explained
    assert not explained - finding_codes.constants()


def test_every_word_of_the_mapping_language_is_explained() -> None:
    """
    docs/mapping.md explains the ten words, every named converter and every key of source.yaml.
    """
    words = rules.RECORD_WORDS | rules.FIELD_WORDS
    assert len(words) == 10
    text = page("docs/mapping.md")
    assert words | CONVERTERS.keys() <= set(first_column(text))
    keys = about.WORDS | about.PHONE_WORDS | about.TABLE_WORDS | set(about.UNKNOWN)
    assert not [key for key in sorted(keys) if not re.search(rf"`{key}\b", text)]


def test_every_english_term_of_the_glossary_is_in_the_code() -> None:
    """
    What the glossary says the code calls a thing, the code does call it.
    """
    code = "\n".join(tree.text(path) for path in tree.under("adapter", suffix=".py"))
    terms = {
        term
        for line in page("docs/glossary.md").splitlines()
        if line.startswith("|")
        for term in re.findall(r"`([^`]+)`", line.split("|")[2])
    }
    assert not [term for term in sorted(terms) if not re.search(rf"\b{re.escape(term)}\b", code)]


def test_decisions_are_numbered_without_gaps() -> None:
    """
    The notes in docs/decisions/ are 0001, 0002 …, and each says what was decided and why.
    """
    notes = tree.under("docs/decisions", suffix=".md")
    assert [int(path.name[:4]) for path in notes] == list(range(1, len(notes) + 1))
    for path in notes:
        assert tree.text(path).startswith(f"# {path.name[:4]} ")
        assert "**Decided.**" in tree.text(path)


def commands() -> list[str]:
    """
    The names of the command line's commands, as its own help lists them.
    """
    plain = {**os.environ, "NO_COLOR": "1", "TERM": "dumb", "COLUMNS": "200"}
    command = [sys.executable, "-m", "adapter", "--help"]
    told = subprocess.run(
        command, capture_output=True, text=True, check=True, cwd=tree.ROOT, env=plain
    ).stdout
    listed = told[told.index("Commands") :]
    return re.findall(r"^[│|\s]*([a-z]+)  +\S", listed, re.MULTILINE)


def test_every_command_is_documented() -> None:
    """
    docs/commands.md has a chapter on each command that `overens --help` lists, and on no other.
    """
    chapters = re.findall(r"^## `overens ([a-z]+)", page("docs/commands.md"), re.MULTILINE)
    assert sorted(chapters) == sorted(commands())


def shown() -> list[tuple[str, str, str]]:
    """
    Each command shown in a console block, with the page and the lines that are shown below it.
    """
    found = []
    for path in PAGES:
        for block in CONSOLE.findall(tree.text(path)):
            for part in re.split(r"^\$ ", block, flags=re.MULTILINE)[1:]:
                command, _, output = part.partition("\n")
                found.append((tree.name(path), command, output))
    return found


@pytest.mark.parametrize(("where", "command", "output"), shown(), ids=lambda text: text.split("\n")[0][:60])
def test_what_is_shown_is_what_is_printed(where: str, command: str, output: str, tmp_path: Path) -> None:
    """
    A command in a console block runs, and prints the lines shown below it, in that order.

    Lines that are not shown ("…") may stand between; output on both streams counts.
    """
    tools = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"
    plain = {"PATH": tools, "TMPDIR": str(tmp_path), "NO_COLOR": "1", "TERM": "dumb", "COLUMNS": "120"}
    run = ["bash", "-c", command]
    env = {**os.environ, **plain}
    done = subprocess.run(
        run, cwd=tree.ROOT, env=env, capture_output=True, text=True, check=False, timeout=60
    )
    printed = iter((done.stdout + done.stderr).splitlines())
    for line in output.splitlines():
        if line.strip() not in {"", "…"}:
            assert any(line.rstrip() == other.rstrip() for other in printed), f"{where}: not printed: {line}"


def test_every_finding_code_has_its_issue_type() -> None:
    """
    FHIR's OperationOutcome tells each finding code by an issue type of its own choice, never by default.
    """
    assert not finding_codes.made() - ISSUE_TYPES.keys() - {"ok"}
