"""One evaluation: what it knows, and what it may spend before it is stopped."""

from __future__ import annotations

from typing import Any


class FhirPathError(Exception):
    """The expression cannot be read, or asks for what its input does not give."""


class TooCostly(Exception):
    """The evaluation has used up its steps."""


class Env:
    """What an evaluation knows: the run, the resource around, the context; and its budget of steps."""

    __slots__ = ("context", "index", "limit", "memo", "run", "scope", "spent", "this", "total", "variables")

    def __init__(self, run: Any, scope: Any, context: list[Any], limit: int) -> None:
        self.run, self.scope, self.context, self.limit = run, scope, context, limit
        self.this: Any = context[0] if context else None
        self.index = 0
        self.total: list[Any] = []
        self.spent = 0
        self.variables: dict[str, list[Any]] | None = None
        self.memo: dict[str, list[Any]] = {}  # what the expression says more than once

    def spend(self, steps: int) -> None:
        """Count work that was done. Raises TooCostly when there is no more to spend."""
        self.spent += steps
        if self.spent > self.limit:
            raise TooCostly
