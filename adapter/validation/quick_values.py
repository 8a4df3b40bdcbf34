"""The quick tests of single values: primitives, and checks whose verdict can be remembered."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

from adapter.validation.places import Place
from adapter.validation.plans import Field, ItemCheck
from adapter.validation.primitives import CHECKS, Check, uri

MANY = 1024  # verdicts that one check remembers
_HTTP = re.compile(r"https?://\S+").fullmatch


def remembered(check: ItemCheck, field: Field) -> Any:
    """A check as a test. What it asks of coded values is remembered, as there are few of them."""
    key_of = getattr(getattr(check, "__self__", None), "key_of", None)
    if key_of is None:

        def test(at: Any, value: Any, here: Place) -> bool:
            check(at.run, field, value, None, here, at.scope)
            return True

        return test
    return _remembering(check, field, key_of)


def _remembering(check: ItemCheck, field: Field, key_of: Callable[[Any], Any]) -> Any:
    right: set[Any] = set()

    def test(at: Any, value: Any, here: Place) -> bool:
        key = key_of(value)
        if key not in right:
            check(at.run, field, value, None, here, at.scope)
            if len(right) < MANY:
                right.add(key)
        return True

    return test


def _of(check: Check) -> Any:
    return lambda _at, value, _place: not check(value)


def _uri(_at: Any, value: Any, _place: Place) -> bool:
    return (type(value) is str and _HTTP(value) is not None) or not uri(value)


PRIMITIVES: dict[str, Any] = {code: _of(check) for code, check in CHECKS.items()} | dict.fromkeys(
    ("uri", "url", "canonical"), _uri
)
