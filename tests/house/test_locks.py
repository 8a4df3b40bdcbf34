"""The lock files: exact, hashed, in step with pyproject.toml, and without the address of a registry."""

from __future__ import annotations

import re
import tomllib

from tests.house import tree

PINNED = re.compile(r"^([a-z0-9-]+)==(\S+)", re.MULTILINE)
PROJECT = tomllib.loads((tree.ROOT / "pyproject.toml").read_text(encoding="utf-8"))
RUN = (tree.ROOT / "requirements.txt").read_text(encoding="utf-8")
ALL = (tree.ROOT / "requirements-dev.txt").read_text(encoding="utf-8")


def plain(requirement: str) -> str:
    """
    The name of a requirement, as lock files write it.
    """
    return re.split(r"[\[<>=!~; ]", requirement)[0].lower().replace(".", "-").replace("_", "-")


def test_every_dependency_is_pinned_with_hashes() -> None:
    """
    Each line that names a package names one version, and a hash follows it.
    """
    for lock in (RUN, ALL):
        blocks = re.split(r"\n(?=[a-z])", lock)[1:]
        assert blocks
        assert not [
            block.split()[0] for block in blocks if "--hash=sha256:" not in block or "==" not in block
        ]


def test_the_locks_hold_what_pyproject_asks_for() -> None:
    """
    A dependency that was added to pyproject.toml is in the lock files too (make lock).
    """
    asked = {plain(line) for line in PROJECT["project"]["dependencies"]}
    also = {plain(line) for line in PROJECT["project"]["optional-dependencies"]["dev"]}
    assert asked <= dict(PINNED.findall(RUN)).keys()
    assert asked | also <= dict(PINNED.findall(ALL)).keys()


def test_a_run_has_the_versions_that_were_tested() -> None:
    """
    What a run installs is a part of what the tests were run with.
    """
    assert dict(PINNED.findall(RUN)).items() <= dict(PINNED.findall(ALL)).items()


def test_the_build_backend_is_the_locked_one() -> None:
    """
    A wheel is built by the same hatchling as the lock file holds.
    """
    assert PROJECT["build-system"]["requires"] == [f"hatchling=={dict(PINNED.findall(ALL))['hatchling']}"]
