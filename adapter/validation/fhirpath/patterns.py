"""Regular expressions that cannot run away: patterns with nested repeats are stopped on long texts."""

from __future__ import annotations

import re
import re._parser as sre_parse  # type: ignore[import-not-found]  # the parse tree is all we need of it
from functools import lru_cache
from typing import Any

from adapter.validation.fhirpath.evaluate import FhirPathError, TooCostly

UNBOUNDED = 64  # repeats of which more are taken as endless
RISKY_TEXT = 40  # characters up to which a risky pattern is still tried: two to the power of half of it
MAX_TEXT = 200_000


@lru_cache(maxsize=2048)
def compiled(pattern: str) -> re.Pattern[str]:
    """The pattern, with a dot for line ends too. Raises FhirPathError when it cannot be read."""
    try:
        return re.compile(pattern, re.DOTALL)
    except (re.error, RecursionError, OverflowError) as problem:
        raise FhirPathError(f"the regular expression cannot be read: {problem}") from None


@lru_cache(maxsize=2048)
def is_risky(pattern: str) -> bool:
    """Whether one repeat stands inside another so that a text can be split in very many ways."""
    try:
        return _nested(sre_parse.parse(pattern), inside=False)
    except (re.error, RecursionError, OverflowError):
        return True


def _nested(tree: Any, *, inside: bool) -> bool:
    for op, argument in tree:
        name = str(op)
        if name in ("MAX_REPEAT", "MIN_REPEAT"):
            _, most, inner = argument
            many = most > UNBOUNDED
            if many and inside and not _has_anchor_char(tree):
                return True
            if _nested(inner, inside=inside or many):
                return True
        elif (name == "SUBPATTERN" and _nested(argument[-1], inside=inside)) or (
            name == "BRANCH" and any(_nested(b, inside=inside) for b in argument[1])
        ):
            return True
    return False


def _has_anchor_char(tree: Any) -> bool:
    """A literal beside the inner repeat makes each split the only one (``x(-y+)*``)."""
    return any(str(op) == "LITERAL" for op, _ in tree)


def search(pattern: str, text: str) -> bool:
    """Whether the pattern is found somewhere in the text."""
    _guard(pattern, text)
    return compiled(pattern).search(text) is not None


def full(pattern: str, text: str) -> bool:
    """Whether the pattern is the whole text."""
    _guard(pattern, text)
    return compiled(pattern).fullmatch(text) is not None


def _guard(pattern: str, text: str) -> None:
    if len(text) > MAX_TEXT or (len(text) > RISKY_TEXT and is_risky(pattern)):
        raise TooCostly
