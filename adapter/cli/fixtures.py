"""The example messages: in the tree beside us, or inside the installed package."""

from __future__ import annotations

from pathlib import Path

import adapter

_MEDIA = {".hl7": "application/hl7-v2", ".json": "application/json", ".xml": "application/xml"}


def fixtures_folder() -> Path:
    """``adapter/_fixtures`` in an installed package, ``fixtures`` in the tree."""
    package = Path(adapter.__file__).parent
    inside = package / "_fixtures"
    return inside if inside.is_dir() else package.parent / "fixtures"


def fixture_messages() -> list[Path]:
    """Every message that a source may send, by source and name; what is expected of them is left out."""
    messages = (
        path
        for path in fixtures_folder().glob("*/*")
        if path.suffix in _MEDIA and ".expected" not in path.name and "." in path.parent.name
    )
    return sorted(messages, key=lambda path: (path.parent.name, path.stem, path.suffix))


def media_type(path: Path) -> str:
    """The Content-Type to send a message with."""
    return _MEDIA[path.suffix]
