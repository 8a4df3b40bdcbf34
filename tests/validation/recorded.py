"""Probes with the verdicts of HL7's validator, kept as data in ``probes/`` to ask without it.

Each file: ``definitions``, and ``probes`` as [name, resource or text, profile,
whether HL7's validator has an error, and why ours has another verdict (when it does)].
A definition or a resource may be told as ``{"like": N, "set": [[path, value], [path to leave out], …]}``:
what differs from the N:th of the same list. ``python tests/validation/recorded.py`` writes the files so.
"""

from __future__ import annotations

import copy
import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

Json = dict[str, Any]
FOLDER = Path(__file__).parent / "probes"
KEPT = 40  # so many earlier ones are tried
SHORTER = 0.9


@dataclass(frozen=True)
class Recorded:
    """A probe as it was asked, what HL7's validator said, and the reason when we say otherwise."""

    file: str
    name: str
    text: str
    profile: str | None
    error: bool
    reason: str = ""

    @property
    def is_faulty(self) -> bool:
        """Whether ours must find an error."""
        return self.error is (not self.reason)


def files() -> list[Path]:
    """The files of recorded probes."""
    return sorted(FOLDER.glob("*.json"))


def definitions(file: Path) -> list[Json]:
    """The profiles and value sets that the probes of a file need."""
    return _read(file)[0]


def recorded(file: Path) -> Iterator[Recorded]:
    """The probes of a file."""
    for name, resource, profile, error, *reason in _read(file)[1]:
        text = resource if isinstance(resource, str) else json.dumps(resource, ensure_ascii=False)
        yield Recorded(file.stem, name, text, profile, error, *reason)


def _read(file: Path) -> tuple[list[Json], list[list[Any]]]:
    held = json.loads(file.read_text(encoding="utf-8"))
    rows = held["probes"]
    resources = _whole([row[1] for row in rows])
    return _whole(held["definitions"]), [[r[0], s, *r[2:]] for r, s in zip(rows, resources, strict=True)]


def _whole(told: list[Any]) -> list[Any]:
    """Every item in full."""
    found: list[Any] = []
    for item in told:
        if isinstance(item, dict) and "like" in item:
            made = copy.deepcopy(found[item["like"]])
            for change in item["set"]:
                _set(made, *change)
            found.append(made)
        else:
            found.append(item)
    return found


def _set(made: Any, path: list[Any], *value: Any) -> None:
    for step in path[:-1]:
        made = made[step]
    if value:
        made[path[-1]] = copy.deepcopy(value[0])
    else:
        del made[path[-1]]


def _changes(old: Any, new: Any, path: list[Any]) -> Iterator[list[Any]]:
    if isinstance(old, dict) and isinstance(new, dict):
        yield from ([[*path, key]] for key in old if key not in new)
        for key in new:
            if key in old:
                yield from _changes(old[key], new[key], [*path, key])
            else:
                yield [[*path, key], new[key]]
    elif isinstance(old, list) and isinstance(new, list) and len(old) == len(new):
        for i, pair in enumerate(zip(old, new, strict=True)):
            yield from _changes(*pair, [*path, i])
    elif _line(old) != _line(new):
        yield [path, new]


def _line(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))


def _short(items: list[Any]) -> list[Any]:
    """Every item, as what differs from an earlier one when that is shorter."""
    found: list[Any] = []
    for i, item in enumerate(items):
        likes = [
            {"like": n, "set": list(_changes(items[n], item, []))}
            for n in range(max(0, i - KEPT), i)
            if isinstance(item, dict)
            and isinstance(items[n], dict)
            and item.get("resourceType") == items[n].get("resourceType")
        ]
        best = min(likes, key=lambda x: len(_line(x)), default=None)
        found.append(item if best is None or len(_line(best)) > SHORTER * len(_line(item)) else best)
    return found


def write(file: Path, defined: list[Json], rows: list[list[Any]]) -> None:
    """A file of probes, one line each."""
    resources = _short([row[1] for row in rows])
    told = [[row[0], resource, *row[2:]] for row, resource in zip(rows, resources, strict=True)]
    lines = ",\n".join(map(_line, _short(defined))), ",\n".join(map(_line, told))
    file.write_text(f'{{"definitions":[\n{lines[0]}\n],"probes":[\n{lines[1]}\n]}}\n', encoding="utf-8")


if __name__ == "__main__":
    for path in files():
        write(path, *_read(path))
