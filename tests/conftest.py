"""What every test may ask for: the compiled sources, and the golden comparison."""

from __future__ import annotations

import json
import os
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import pytest
from hypothesis import settings

from adapter.bootstrap import all_sources
from adapter.pipeline import Source

settings.register_profile("house", deadline=None)  # a busy machine is no fault
settings.load_profile("house")

ROOT = Path(__file__).parent.parent
Golden = Callable[[Path, Any], None]


def pytest_addoption(parser: pytest.Parser) -> None:
    """Let a person write the expected files anew."""
    parser.addoption(
        "--regenerate", action="store_true", help="write the expected files; the diff is the review"
    )


@pytest.fixture(scope="session")
def sources() -> Mapping[str, Source]:
    """Every source of the tree, compiled once."""
    return all_sources()


@pytest.fixture
def golden(request: pytest.FixtureRequest) -> Golden:
    """Compare a value with the expected file beside a fixture; ``--regenerate`` writes it instead."""
    regenerate = request.config.getoption("--regenerate")
    if regenerate and os.environ.get("CI"):
        pytest.fail("--regenerate is for a person who reads the diff; CI only compares")

    def compare(case: Path, value: Any) -> None:
        expected = case.with_name(f"{case.name}.expected.json")
        text = json.dumps(value, ensure_ascii=False, indent=1, sort_keys=False) + "\n"
        if regenerate:
            expected.write_text(text)
        if not expected.exists():
            pytest.fail(f"{expected.name} is missing: run pytest --regenerate and read what it wrote")
        assert text == expected.read_text()

    return compare
