"""What the domain's tests share: the vocabulary as it is shipped."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import yaml

from adapter.domain.keywords import Vocabulary, vocabulary

KEYWORD_FILE = Path(__file__).parents[2] / "mappings" / "keywords" / "overenskommelse.yaml"


@pytest.fixture(scope="session")
def keyword_data() -> dict[str, Any]:
    """The shipped keyword file, all scalars as strings."""
    data: dict[str, Any] = yaml.load(KEYWORD_FILE.read_text("utf-8"), Loader=yaml.BaseLoader)  # noqa: S506 - BaseLoader makes strings only
    return data


@pytest.fixture(scope="session")
def words(keyword_data: dict[str, Any]) -> Vocabulary:
    """The shipped vocabulary."""
    return vocabulary(keyword_data)
