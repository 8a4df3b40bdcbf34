"""A source's fixtures together touch every field that its mapping reads."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator, Mapping
from typing import Any

import pytest
import yaml

from adapter.mapping import map_message
from adapter.pipeline import Source
from adapter.sources import mappings_home
from tests.sources.samples import FIXTURES

NAMES = ["se.cosmic.journal-notes", "se.lifecare.message", "se.riv.care-documentation"]
Touched = tuple[str, str]


def mapped_fields(rule: Any) -> Iterator[Touched]:
    """Record and field of every rule of a file that reads something, at any depth."""
    if isinstance(rule, dict) and "record" in rule:
        for name, below in rule.get("fields", {}).items():
            if not (isinstance(below, dict) and "const" in below):
                yield (rule["record"], name)
            yield from mapped_fields(below)


def read_fields(record: Any) -> Iterator[Touched]:
    """Record and field of every value that came from a message, at any depth."""
    origins = getattr(record, "origins", None) or {}
    yield from ((type(record).__name__, name) for name in origins if name)
    for field in dataclasses.fields(record):
        value = getattr(record, field.name)
        for item in value if isinstance(value, tuple) else (value,):
            if dataclasses.is_dataclass(item):
                yield from read_fields(item)


@pytest.mark.parametrize("name", NAMES)
def test_every_mapped_field_is_in_some_fixture(name: str, sources: Mapping[str, Source]) -> None:
    """
    A field that no fixture fills is a field that no test sees.
    """
    source = sources[name]
    touched: set[Touched] = set()
    for case in FIXTURES:
        if case.parent.name == name:
            for record in map_message(source.plan, source.parse(case.read_bytes())).records:
                touched |= set(read_fields(record))
    files = (path for path in (mappings_home() / name).glob("*.yaml") if path.name != "source.yaml")
    rules = [yaml.load(path.read_text(encoding="utf-8"), Loader=yaml.BaseLoader) for path in files]  # noqa: S506 - texts only
    assert {field for rule in rules for field in mapped_fields(rule)} - touched == set()
