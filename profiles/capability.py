#!/usr/bin/env python3
"""Write input/fsh/capability.fsh from what a server says of itself. Usage: capability.py, then build.py.

A test compares what SUSHI makes of it with the server's own statement.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

from adapter.rest.metadata import FORMATS, what_it_does

TARGET = Path(__file__).parent / "input" / "fsh" / "capability.fsh"
WORDS = "What a server of this project answers: reading, history, search, writing and operations."
HEAD = (
    "// What the REST side answers; made by profiles/capability.py of what a server says of itself.",
    "",
    "Instance: overens-server",
    "InstanceOf: CapabilityStatement",
    "Usage: #definition",
    'Title: "Överens server"',
    f'Description: "{WORDS}"',
    '* url = "https://overens.example/fhir/CapabilityStatement/overens-server"',
    '* version = "0.1.0"',
    '* name = "OverensServer"',
    '* title = "Överens server"',
    "* status = #active",
    "* experimental = false",
    '* date = "2026-11-22"',
    '* publisher = "Överens"',
    f'* description = "{WORDS}"',
    "* kind = #requirements",
    "* fhirVersion = #4.0.1",
)
TEXTS = frozenset({"name", "definition", "supportedProfile", "searchInclude", "searchRevInclude"})


def lines(path: str, name: str, value: Any) -> list[str]:
    """The rules that make one element; ``path`` ends in a dot or is empty."""
    if isinstance(value, list):
        return [line for n, each in enumerate(value) for line in lines(path, f"{name}[{n}]", each)]
    if isinstance(value, dict):
        return [line for key, part in value.items() for line in lines(f"{path}{name}.", key, part)]
    return [f"* {path}{name} = {written(name.partition('[')[0], value)}"]


def written(name: str, value: Any) -> str:
    """A value as FSH has it: a boolean, a text, or a code."""
    if isinstance(value, bool):
        return "true" if value else "false"
    return f'"{value}"' if name in TEXTS else f"#{value}"


def text() -> str:
    """The whole file."""
    made = [*HEAD, *lines("", "format", FORMATS), *lines("", "patchFormat", ["application/json-patch+json"])]
    return "\n".join([*made, *lines("", "rest", what_it_does()), ""])


if __name__ == "__main__":
    TARGET.write_text(text(), encoding="utf-8")
