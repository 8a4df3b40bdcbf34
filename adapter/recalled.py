"""What comes again in message after message, read once: a memory of short texts.

A long text is read anew every time. What is remembered would otherwise be as large as what somebody sends.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import lru_cache, wraps
from typing import Final, ParamSpec, TypeVar

P = ParamSpec("P")
T = TypeVar("T")
LONGEST: Final = 2_000  # characters or bytes of a text that is remembered
_TEXTS: Final = frozenset({str, bytes})


def recalled(most: int) -> Callable[[Callable[P, T]], Callable[P, T]]:
    """As ``functools.lru_cache``, for functions of texts that are given by position."""

    def remembering(make: Callable[P, T]) -> Callable[P, T]:
        kept = lru_cache(maxsize=most)(make)

        @wraps(make)
        def made(*args: P.args, **kwargs: P.kwargs) -> T:
            for text in args:
                if text.__class__ in _TEXTS and len(text) > LONGEST:
                    return make(*args, **kwargs)
            return kept(*args, **kwargs)  # type: ignore[arg-type]  # texts can be hashed

        return made

    return remembering
