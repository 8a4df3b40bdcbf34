"""What the tests of profiles/ share: the compiled definitions and what our builders make of the fixtures."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from adapter.bootstrap import all_sources
from adapter.cli.fixtures import fixture_messages
from adapter.pipeline import decide

HOME = Path(__file__).resolve().parents[2] / "profiles"


@pytest.fixture(scope="session")
def profiles_home() -> Path:
    """
    The folder of the IG.
    """
    return HOME


@pytest.fixture(scope="session")
def definitions() -> dict[str, Any]:
    """
    Every compiled StructureDefinition by its address, ours and HL7 Sweden's.
    """
    folders = (HOME / "fsh-generated/resources", HOME / "dependencies/hl7se.fhir.base")
    files = [file for folder in folders for file in folder.glob("StructureDefinition-*.json")]
    found = (json.loads(file.read_text(encoding="utf-8")) for file in files)
    return {definition["url"]: definition for definition in found}


@pytest.fixture(scope="session")
def built() -> list[dict[str, Any]]:
    """
    Every resource that comes of the fixtures.
    """
    sources = all_sources()
    decisions = [decide(path.read_bytes(), sources[path.parent.name]) for path in fixture_messages()]
    return [resource for decision in decisions for resource in decision.resources]
