"""Scopes are read to the letter, and what is not a scope grants nothing."""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from adapter.security.scopes import Scope, granted, read_scope, read_scopes

SHARED = Path(os.environ.get("OVERENS_SHARED") or Path(__file__).parents[3] / "shared")
CORPUS = SHARED / "corpora/own/smart_scopes.json"
WITHOUT_RESOURCES = {"openid", "fhirUser", "launch/patient", "offline_access"}


def corpus() -> dict[str, Any]:
    """The published scopes, valid and not."""
    if not CORPUS.exists():
        pytest.skip("the corpora are not there (OVERENS_SHARED)")
    found: dict[str, Any] = json.loads(CORPUS.read_text(encoding="utf-8"))
    return found


@pytest.mark.parametrize(
    ("word", "scope"),
    [
        ("patient/CarePlan.rs", Scope("patient", "CarePlan", "rs")),
        ("user/*.cruds", Scope("user", "*", "cruds")),
        ("system/Communication.c", Scope("system", "Communication", "c")),
        (
            "patient/Observation.rs?category=a|b&code=c",
            Scope("patient", "Observation", "rs", (("category", "a|b"), ("code", "c"))),
        ),
        ("patient/CarePlan.read", Scope("patient", "CarePlan", "rs")),
        ("patient/CarePlan.write", Scope("patient", "CarePlan", "cud")),
        ("patient/*.*", Scope("patient", "*", "cruds")),
    ],
)
def test_a_scope_says_context_type_and_letters(word: str, scope: Scope) -> None:
    """Both versions of the grammar come to the same value."""
    assert read_scope(word) == scope


def test_every_published_scope_is_read_and_every_broken_one_grants_nothing() -> None:
    """The corpus' valid scopes are read but for those about no resource; its invalid ones are None."""
    cases = corpus()
    unread = {word for word in cases["valid"] if read_scope(word) is None}
    assert unread == WITHOUT_RESOURCES
    assert [word for word in cases["invalid"] if read_scopes(word) != read_scopes_of_parts(word)] == []
    assert [word for word in cases["invalid"] if read_scope(word) is not None] == []
    assert {old: read_scope(new) for old, new in cases["v1_equivalents"].items()} == {
        old: read_scope(old) for old in cases["v1_equivalents"]
    }


def read_scopes_of_parts(word: str) -> tuple[Scope, ...]:
    """What a claim grants by its parts: a space parts two scopes, and nothing else does."""
    return tuple(scope for part in word.split(" ") if (scope := read_scope(part)))


@given(st.text(alphabet="patienusrym/.*?=&| CcruPldsx\t\n", max_size=30))
def test_what_is_read_is_written_the_same_way_again(word: str) -> None:
    """No two texts but the forms of version 1 come to the same scope: nothing is tidied up while reading."""
    scope = read_scope(word)
    if scope is not None:
        query = "&".join(f"{name}={value}" for name, value in scope.query)
        second = f"{scope.context}/{scope.type}.{scope.letters}" + (f"?{query}" if query else "")
        assert word in {second, *first_version(scope)}


def first_version(scope: Scope) -> set[str]:
    """The form of version 1 that says the same, if there is one."""
    words = {"rs": "read", "cud": "write", "cruds": "*"}
    return {f"{scope.context}/{scope.type}.{words[scope.letters]}"} if scope.letters in words else set()


def test_a_scope_grants_its_letters_for_its_type_alone() -> None:
    """Reading is not searching, and CarePlan is not Communication."""
    scopes = read_scopes("patient/CarePlan.r openid patient/Task.rs")
    assert granted(scopes, "r", "CarePlan")
    assert not granted(scopes, "s", "CarePlan")
    assert granted(scopes, "s", "Task")
    assert not granted(scopes, "r", "Communication")
