"""What the guards of the house look at: the files of the tree, as git would keep them."""

from __future__ import annotations

import subprocess
from functools import cache
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
_BUILT = {"__pycache__", "dist", "build", "node_modules", "target"}


def _is_made(path: Path) -> bool:
    hidden = any(part.startswith(".") and part != ".ci" for part in path.parts[:-1])
    return hidden or bool(_BUILT & set(path.parts))


@cache
def files() -> tuple[Path, ...]:
    """Every file that is or would be committed; without git, every file but caches and builds."""
    command = ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"]
    try:
        listed = subprocess.run(command, cwd=ROOT, capture_output=True, check=True).stdout.decode()
        found = [ROOT / name for name in listed.split("\0") if name]
    except (OSError, subprocess.CalledProcessError):
        found = [path for path in ROOT.rglob("*") if not _is_made(path.relative_to(ROOT))]
    return tuple(sorted(path for path in found if path.is_file() and not path.is_symlink()))


def under(*folders: str, suffix: str = "") -> list[Path]:
    """The files below some top folders, by the end of their name."""
    roots = [ROOT / folder for folder in folders]
    return [
        path
        for path in files()
        if path.name.endswith(suffix) and any(path.is_relative_to(root) for root in roots)
    ]


def text(path: Path) -> str:
    """A file's text; bytes that are no UTF-8 (odd fixtures) are read as they best can be."""
    return path.read_text(encoding="utf-8", errors="replace")


def name(path: Path) -> str:
    """The path as people say it, from the root of the tree."""
    return path.relative_to(ROOT).as_posix()
