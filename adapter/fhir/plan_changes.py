"""What is new in an agreement, as its patient reads it: one version's narrative beside another's.

Each version of a plan tells all of itself in its narrative (https://hl7.org/fhir/R4/narrative.html), under
headings: so that two versions can be compared by themselves, whatever became of their parts.
"""

from __future__ import annotations

from collections.abc import Iterator
from difflib import SequenceMatcher
from typing import Final

from adapter.fhir.element import Json
from adapter.frozen import dataclass

Lines = dict[str, list[str]]  # heading (empty for what comes first) → its sentences

_STATUS: Final = {
    "draft": "utkast",
    "active": "gäller",
    "on-hold": "vilande",
    "completed": "avslutad",
    "revoked": "återkallad",
    "entered-in-error": "felaktigt införd",
    "unknown": "okänd",
}
_ALIKE: Final = 0.5  # lines that share half of their letters are the same line, changed


@dataclass(frozen=True, slots=True, kw_only=True)
class PlanChange:
    """One change: ``kind`` is added, removed or changed; ``heading`` where it stands."""

    kind: str
    heading: str
    before: str = ""
    after: str = ""

    @property
    def sentence(self) -> str:
        """The change in plain Swedish."""
        where = f" under ”{self.heading}”" if self.heading else ""
        if self.kind == "added":
            return f"Nytt{where}: {self.after}"
        if self.kind == "removed":
            return f"Borttaget{where}: {self.before}"
        return f"Ändrat{where}: ”{self.before}” har blivit ”{self.after}”"


def plan_changes(before: Json, before_lines: Lines, after: Json, after_lines: Lines) -> list[PlanChange]:
    """Every change from one version of a plan to another, in the order of the later one."""
    found = list(_of_status(before, after))
    for heading in dict.fromkeys([*after_lines, *before_lines]):
        found += _of_lines(heading, before_lines.get(heading, []), after_lines.get(heading, []))
    return found


def _of_status(before: Json, after: Json) -> Iterator[PlanChange]:
    old, new = (_STATUS.get(plan.get("status", ""), "okänd") for plan in (before, after))
    if old != new:
        yield PlanChange(kind="changed", heading="Status", before=old, after=new)


def _of_lines(heading: str, old: list[str], new: list[str]) -> Iterator[PlanChange]:
    for kind, i, j, k, m in SequenceMatcher(None, old, new, autojunk=False).get_opcodes():
        if kind == "equal":
            continue
        left, right = old[i:j], new[k:m]
        for before, after in zip(left, right, strict=False):
            yield from _of_line(heading, before, after)
        shared = min(len(left), len(right))
        yield from (PlanChange(kind="removed", heading=heading, before=line) for line in left[shared:])
        yield from (PlanChange(kind="added", heading=heading, after=line) for line in right[shared:])


def _of_line(heading: str, before: str, after: str) -> Iterator[PlanChange]:
    if SequenceMatcher(None, before, after, autojunk=False).ratio() >= _ALIKE:
        yield PlanChange(kind="changed", heading=heading, before=before, after=after)
        return
    yield PlanChange(kind="removed", heading=heading, before=before)
    yield PlanChange(kind="added", heading=heading, after=after)
