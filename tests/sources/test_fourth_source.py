"""A stranger adds a source by adding a folder: no line of the program changes."""

from __future__ import annotations

import shutil
from collections.abc import Mapping
from pathlib import Path

import pytest

from adapter.pipeline import Source, decide
from adapter.ports import State
from adapter.sources import load_sources, mappings_home, recognise

HERE = Path(__file__).parent / "fourth"
NAME = "se.lifecare.documentations"
RAW = (HERE / "agreement-in-texts.json").read_bytes()


@pytest.fixture(scope="module")
def grown(tmp_path_factory: pytest.TempPathFactory) -> Mapping[str, Source]:
    """The program's own sources and one more folder beside them."""
    home = tmp_path_factory.mktemp("mappings")
    shutil.copytree(mappings_home(), home, dirs_exist_ok=True)
    shutil.copytree(HERE / NAME, home / NAME)
    return load_sources(home)


def test_a_folder_of_files_is_a_source(grown: Mapping[str, Source]) -> None:
    """
    It is found by its name, says what it is, and knows its own messages among the others'.
    """
    assert grown[NAME].title.startswith("Lifecare")
    # Another source for the same objects may stand in mappings/ one day: it is not among these.
    beside = ("se.cosmic.journal-notes", "se.riv.care-documentation", "se.lifecare.message")
    assert recognise(RAW, {name: grown[name] for name in (*beside, NAME)}) == NAME
    assert set(grown) > {NAME, "se.cosmic.journal-notes"}


def test_texts_and_headlines_become_an_agreement(grown: Mapping[str, Source]) -> None:
    """
    The flow makes the same kind of effect of it as of any other source, and every leaf is accounted for.
    """
    decision = decide(RAW, grown[NAME])
    agreement = decision.effects[0].agreement
    assert decision.state is State.DONE
    assert agreement is not None
    assert agreement.validity is not None
    assert agreement.validity.end is not None
    assert agreement.validity.end.value == "2026-09-30"
    assert [line.text for line in agreement.patient_part] == ["Väga sig varje morgon"]
    assert [contact.code for contact in agreement.contacts] == ["3"]
    assert decision.loss is not None
    assert (decision.loss.unread, "CarePlan" in {r["resourceType"] for r in decision.resources}) == (0, True)


def test_a_folder_alone_uses_the_keywords_of_the_program(tmp_path: Path) -> None:
    """
    A folder elsewhere needs no copy of the keyword tree.
    """
    shutil.copytree(HERE / NAME, tmp_path / NAME)
    assert list(load_sources(tmp_path)) == [NAME]
