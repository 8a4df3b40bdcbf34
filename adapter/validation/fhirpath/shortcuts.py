"""Shorter ways for what invariants say most: the same answers, fewer steps."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from adapter.validation.fhirpath.evaluate import Env
from adapter.validation.fhirpath.operators import EAGER
from adapter.validation.fhirpath.parse import Tree
from adapter.validation.fhirpath.values import STRINGS, Node

Items = list[Any]
Compiled = Callable[[Env, Items], Items]
YES, NO = [True], [False]  # nobody changes an answer

BARE: dict[str, Compiled] = {
    "empty": lambda _env, focus: NO if focus else YES,
    "count": lambda _env, focus: [len(focus)],
}


def equals_text(first: Compiled, text: str) -> Compiled:
    """``… = 'text'``."""
    equals, second = EAGER["="], [text]

    def equal(env: Env, focus: Items) -> Items:
        found = first(env, focus)
        env.spent += len(found) + 2
        if env.spent > env.limit:
            env.spend(0)
        if len(found) == 1:
            item = found[0]
            if type(item) is Node and item.code in STRINGS and type(item.value) is str:
                return YES if item.value == text else NO
        return equals(found, second)

    return equal


def repeated(tree: Tree) -> frozenset[str]:
    """The paths that an expression begins with more than once, as text: they are walked once."""
    seen: set[str] = set()
    twice: set[str] = set()
    waiting = [tree]
    while waiting:
        at = waiting.pop()
        if at[0] == "op":
            waiting += at[2:]
        elif at[0] in ("neg", "type"):
            waiting.append(at[-1] if at[0] == "neg" else at[2])
        elif at[0] in ("path", "item"):
            mark = repr(at)
            if mark in seen:
                twice.add(mark)
            else:
                seen.add(mark)
                waiting.append(at[1])
    return frozenset(m for m in twice if "defineVariable" not in m)


def memo_of(made: Compiled, mark: str) -> Compiled:
    """What was found before in the same evaluation, else what is found now."""

    def remembered(env: Env, focus: Items) -> Items:
        found = env.memo.get(mark)
        if found is None:
            found = env.memo[mark] = made(env, focus)
        return found

    return remembered
