"""Keyword titles are known however they are written, and a mistake in their file is named."""

from __future__ import annotations

import copy
import unicodedata
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from adapter.domain.keywords import Role, Vocabulary, normalise, vocabulary


@pytest.mark.parametrize(
    "title",
    [
        "Överenskommelse",
        "▼ ✓ Överenskommelse",
        "? ? Överenskommelse",
        "✔\ufe0f Överenskommelse…",
        "> Överenskommelse ✓",
        " - ÖVERENSKOMMELSE: ",
        "▸ överenskommelse :",
        "•\u00a0Dokumenterad\u00a0 överenskommelse",
        unicodedata.normalize("NFD", "Överenskommelse:"),
        "Patientkontrakt",
        "Överens\u00adkommelse",
        "\u200bÖverenskommelse\ufeff",
    ],
)
def test_a_title_is_known_however_it_is_written(title: str, words: Vocabulary) -> None:
    """
    Marks before, a colon after, case, spaces and composed or decomposed letters do not matter.
    """
    assert words.role(title) is Role.AGREEMENT
    assert words.knows(title)


@pytest.mark.parametrize("title", ["", "Överenskommelser", "Anamnes", "✓"])
def test_another_title_is_not_known(title: str, words: Vocabulary) -> None:
    """
    Nothing is matched by likeness.
    """
    assert words.role(title) is None
    assert not words.knows(title)


@settings(deadline=None)
@given(st.text(max_size=30))
def test_normalising_twice_changes_nothing(title: str) -> None:
    """
    A normalised title is its own normal form, composed or decomposed.
    """
    once = normalise(title)
    assert normalise(unicodedata.normalize("NFD", title)) == once


@pytest.mark.parametrize("variant", ["kalmar", "vasterbotten"])
@pytest.mark.parametrize("role", list(Role))
def test_every_role_has_a_title_in_every_region_that_is_read_back(
    role: Role, variant: str, words: Vocabulary
) -> None:
    """
    What we write we understand.
    """
    assert words.role(words.title(role, variant)) is role
    assert words.role(words.title(role, variant).upper()) is role


def test_a_region_that_is_not_known_is_refused_by_name(words: Vocabulary) -> None:
    """
    The message names the variant and those that are known.
    """
    with pytest.raises(ValueError, match=r"'skåne'.*kalmar"):
        words.title(Role.AGREEMENT, "skåne")


def test_a_keyword_belongs_under_the_parents_its_file_names(words: Vocabulary) -> None:
    """
    The three contacts may stand at either level.
    """
    assert words.belongs(Role.PHYSICIAN, Role.CARE_PART)
    assert words.belongs(Role.PHYSICIAN, Role.AGREEMENT)
    assert not words.belongs(Role.VALIDITY, Role.CARE_PART)


def _change(data: dict[str, Any], what: str) -> None:
    keywords = data["keywords"]
    match what:
        case "synonym":
            keywords["validity"]["synonyms"].append("NÄSTA STEG:")
        case "role":
            keywords["diagnos"] = keywords["validity"]
        case "missing":
            del keywords["validity"]
        case "variant":
            del keywords["validity"]["titles"]["kalmar"]
        case "titles":
            del keywords["validity"]["titles"]
        case "parent":
            keywords["validity"]["under"] = ["agrement"]
        case _:
            data.clear()


@pytest.mark.parametrize(
    ("what", "named"),
    [
        ("synonym", "(?i)nästa steg"),
        ("role", "unknown role: diagnos"),
        ("missing", "missing role: validity"),
        ("variant", "missing regional variant of validity: kalmar"),
        ("titles", "missing regional variant of validity: kalmar, vasterbotten"),
        ("parent", "unknown parent of validity: agrement"),
        ("empty", "missing role: agreement"),
    ],
)
def test_a_mistake_in_the_keyword_file_is_named(keyword_data: dict[str, Any], what: str, named: str) -> None:
    """
    An ambiguous word, an unknown or missing role, variant or parent stops the start.
    """
    data = copy.deepcopy(keyword_data)
    _change(data, what)
    with pytest.raises(ValueError, match=named):
        vocabulary(data)


def test_synonyms_and_parents_may_be_left_out(keyword_data: dict[str, Any]) -> None:
    """
    Only titles are required.
    """
    data = copy.deepcopy(keyword_data)
    for entry in data["keywords"].values():
        entry.pop("synonyms")
        entry.pop("under")
    assert not vocabulary(data).belongs(Role.VALIDITY, Role.AGREEMENT)
