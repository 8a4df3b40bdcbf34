"""The quick tests of slices: which slice a value belongs to, and whether their number and order is right."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from adapter.validation.discriminators import extension_url, matcher
from adapter.validation.places import Place
from adapter.validation.plans import Element, Field
from adapter.validation.run import Doubt

Chooser = Callable[[Any, Any, Place], int]
BY_URL = [{"type": "value", "path": "url"}]


def sliced(field: Field, which: Chooser, tests: list[Any], are_right: Callable[[list[int]], bool]) -> Any:
    """The test of a sliced element; ``tests`` are those of the slices, and last that of all other values."""

    def test(at: Any, values: list[Any], places: list[Place]) -> bool:
        chosen: list[int] = []
        for value, here in zip(values, places, strict=True):
            part = which(at, value, here)
            if not tests[part](at, value, here):
                return False
            chosen.append(part)
        return are_right(chosen)

    low, high, label, key = max(1, field.element.min), field.element.max, field.label, field.key
    if not field.many:
        return lambda at, value, place: test(at, [value], [(place, label, key, -1)])
    return lambda at, values, place: (
        type(values) is list
        and low <= len(values) <= high
        and test(at, values, [(place, label, key, i) for i in range(len(values))])
    )


def rules(element: Element, named: list[Element]) -> Callable[[list[int]], bool]:
    """Whether the slices that were chosen, by number, are as many and in the order that they should be."""
    counted = [(i, s.min, s.max) for i, s in enumerate(named) if s.min or s.max < element.max]
    at_end, is_ordered = element.rules == "openAtEnd", element.is_ordered

    def are_right(chosen: list[int]) -> bool:
        for i, least, most in counted:
            if not least <= chosen.count(i) <= most:
                return False
        if is_ordered and (known := [c for c in chosen if c >= 0]) != sorted(known):
            return False
        return not (at_end and -1 in chosen and max(chosen[chosen.index(-1) :]) >= 0)

    return are_right


def chooser(engine: Any, element: Element, named: list[Element], field: Field) -> Chooser:
    """Which slice a value belongs to: its number, -1 for none. Raises Doubt when there are several."""
    usable = [(i, s) for i, s in enumerate(named) if field.key in s.fields]
    if field.is_extension and element.discriminators == BY_URL:
        urls = {extension_url(engine, s.elem): i for i, s in usable}
        if "" not in urls and len(urls) == len(usable):
            return _by_url(urls)
    for _, part in usable:
        part.matcher = part.matcher or matcher(engine, element, part)
    code = field.code

    def which(at: Any, value: Any, here: Place) -> int:
        found = -1
        for i, part in usable:
            if part.matcher(at.run, value, None, code, here, at.scope):
                if found >= 0:
                    raise Doubt
                found = i
        return found

    return which


def _by_url(urls: dict[str, int]) -> Chooser:
    def which(_at: Any, value: Any, _here: Place) -> int:
        url = value.get("url") if type(value) is dict else None
        return urls.get(url, -1) if type(url) is str else -1

    return which
