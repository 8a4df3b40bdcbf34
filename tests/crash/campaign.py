"""What every campaign has: a seed, a report with figures and progress, and a way to end."""

from __future__ import annotations

import json
import sys
import time
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from random import Random
from typing import Any, Self

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn


@dataclass
class Report:
    """The figures of one campaign; on a terminal a bar moves while it runs."""

    name: str
    seed: int
    found: dict[str, Any] = field(default_factory=dict)
    wrong: Counter[str] = field(default_factory=Counter)
    examples: list[str] = field(default_factory=list)
    reason: str = ""  # why it was left out

    def __post_init__(self) -> None:
        self._started = time.monotonic()
        columns = (
            TextColumn("{task.description}"),
            BarColumn(),
            MofNCompleteColumn(),
            TimeElapsedColumn(),
        )
        console = Console(stderr=True)
        self._progress = Progress(*columns, console=console, transient=True, disable=not console.is_terminal)
        self._bar = self._progress.add_task(self.name, total=None)

    def __enter__(self) -> Self:
        self._progress.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._progress.stop()
        self.found["seconds"] = round(time.monotonic() - self._started, 1)

    def chance(self, *parts: object) -> Random:
        """Chance of its own for each part of a campaign: the same for the same seed."""
        return Random(f"{self.seed} {self.name} {parts}")  # noqa: S311  which moment, not a secret

    def expect(self, steps: int) -> None:
        """How many steps there will be."""
        self._progress.update(self._bar, total=steps)

    def step(self) -> None:
        """One of them is done."""
        self._progress.advance(self._bar)

    def figures(self, **found: Any) -> None:
        """What was counted."""
        self.found.update(found)

    def count(self, name: str, wrong: Iterable[object]) -> None:
        """What should be none: each of ``wrong`` is one of that name, the first few are shown."""
        found = list(wrong)
        self.wrong[name] += len(found)
        self.examples += [f"{name}: {each}" for each in found[:3]]

    def left_out(self, reason: str) -> None:
        """It could not be run on this machine."""
        self.reason = reason

    @property
    def is_good(self) -> bool:
        """Nothing of what should be none was found."""
        return not self.wrong.total()

    def line(self) -> str:
        """Everything as one line of JSON."""
        told = {"campaign": self.name, "seed": self.seed, "left_out": self.reason, **self.found}
        return json.dumps({**told, "wrong": self.wrong}, ensure_ascii=False)

    def show(self) -> None:
        """The figures for a reader."""
        if self.reason:
            print(f"{self.name}: left out: {self.reason}")
            return
        print(f"{self.name}: {'good' if self.is_good else 'FAILED'}  (seed {self.seed})")
        for name, value in [*self.found.items(), *self.wrong.items()]:
            print(f"    {name.replace('_', ' ').replace('-', ' '):<24} {value}")
        for example in self.examples[:10]:
            print(f"    ! {example}", file=sys.stderr)
