"""Named SQL: every statement stands in a ``.sql`` file with its name and a comment."""

from __future__ import annotations

import re
from importlib.resources import files

_NAME = re.compile(r"^-- name: (\w+)\n", re.MULTILINE)
_COMMENT = re.compile(r"^--.*\n?", re.MULTILINE)


def statements(file: str) -> dict[str, str]:
    """The statements of one file in ``sql/`` by name, without comments and closing semicolon."""
    text = (files("adapter.store") / "sql" / file).read_text(encoding="utf-8")
    parts = _NAME.split(text)[1:]
    return {
        name: _COMMENT.sub("", part).strip().removesuffix(";")
        for name, part in zip(parts[::2], parts[1::2], strict=True)
    }


def migrations(dialect: str) -> list[tuple[int, str, str]]:
    """The migrations of a dialect in order: number, name, script."""
    folder = files("adapter.store") / "sql" / dialect
    scripts = sorted((f for f in folder.iterdir() if f.name.endswith(".sql")), key=lambda f: f.name)
    return [(int(f.name[:4]), f.name, f.read_text(encoding="utf-8")) for f in scripts]
