"""Which finding codes the code can make, read out of its syntax trees.

A code is the first argument of ``Finding(...)``, or of a function that hands its own parameter ``code`` on to
one (found by going round until nothing new is found). A name stands for the constants that are bound to it.
"""

from __future__ import annotations

import ast
import re
from collections import defaultdict
from collections.abc import Iterator
from functools import cache

from tests.house import tree

CODE = re.compile(r"[a-z][a-z0-9]*(-[a-z0-9]+)*")
Function = ast.FunctionDef | ast.AsyncFunctionDef


@cache
def modules() -> tuple[ast.Module, ...]:
    """The syntax trees of adapter/ without the command line, and of the hooks in mappings/."""
    python = tree.under("adapter", "mappings", suffix=".py")
    return tuple(ast.parse(tree.text(path)) for path in python if "cli" not in path.parts)


@cache
def constants() -> frozenset[str]:
    """Every string constant of the code that could be a code."""
    strings = (
        node.value for module in modules() for node in ast.walk(module) if isinstance(node, ast.Constant)
    )
    return frozenset(value for value in strings if isinstance(value, str) and CODE.fullmatch(value))


def _called(call: ast.Call) -> str:
    return call.func.id if isinstance(call.func, ast.Name) else getattr(call.func, "attr", "")


def _argument(call: ast.Call, place: int, name: str) -> ast.expr | None:
    for keyword in call.keywords:
        if keyword.arg == name:
            return keyword.value
    return call.args[place] if len(call.args) > place else None


def _strings(expression: ast.expr, bound: dict[str, set[str]]) -> Iterator[str]:
    if isinstance(expression, ast.Constant) and isinstance(expression.value, str):
        yield expression.value
    elif isinstance(expression, ast.Name):
        yield from bound[expression.id]
    elif isinstance(expression, ast.IfExp):
        yield from _strings(expression.body, bound)
        yield from _strings(expression.orelse, bound)


def _bound(module: ast.Module) -> dict[str, set[str]]:
    """The string constants that each name of a module is ever set to."""
    found: dict[str, set[str]] = defaultdict(set)
    for node in ast.walk(module):
        if isinstance(node, ast.Assign | ast.AnnAssign) and isinstance(node.value, ast.Constant | ast.IfExp):
            for target in node.targets if isinstance(node, ast.Assign) else [node.target]:
                if isinstance(target, ast.Name):
                    found[target.id] |= set(_strings(node.value, defaultdict(set)))
    return found


def _handed_on(makers: dict[str, tuple[int, str]]) -> dict[str, tuple[int, str]]:
    """Functions that give a parameter of theirs as the code to one that is known to make a finding."""
    found = {}
    functions = (node for module in modules() for node in ast.walk(module) if isinstance(node, Function))
    for function in functions:
        parameters = [argument.arg for argument in function.args.args if argument.arg not in {"self", "cls"}]
        for call in (node for node in ast.walk(function) if isinstance(node, ast.Call)):
            if _called(call) in makers:
                given = _argument(call, *makers[_called(call)])
                if isinstance(given, ast.Name) and given.id == "code" and "code" in parameters:
                    found[function.name] = (parameters.index("code"), "code")
    return found


@cache
def makers() -> dict[str, tuple[int, str]]:
    """``Finding`` and every function that makes one of a code it is given: the place and name of the code."""
    known = {"Finding": (0, "code")}
    while True:
        more = {**known, **_handed_on(known)}
        if more.keys() == known.keys():
            return known
        known = more


@cache
def made() -> frozenset[str]:
    """Every code that is written out where a finding is made."""
    found: set[str] = set()
    for module in modules():
        bound = _bound(module)
        for call in (node for node in ast.walk(module) if isinstance(node, ast.Call)):
            if _called(call) in makers():
                given = _argument(call, *makers()[_called(call)])
                found |= set(_strings(given, bound)) if given is not None else set()
    return frozenset(code for code in found if CODE.fullmatch(code))
