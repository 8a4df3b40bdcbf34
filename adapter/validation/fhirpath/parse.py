"""FHIRPath text to a tree of tuples.

https://hl7.org/fhirpath/N1/#formal-specifications

Nodes: ("lit", value) ("name", n) ("call", n, args) ("var", n) ("this",) ("index",) ("total",)
("path", left, right) ("item", left, index) ("neg", x) ("op", symbol, left, right)
("type", symbol, left, name) ("empty",)
"""

from __future__ import annotations

import re
from decimal import Decimal
from typing import Any

from adapter.validation.fhirpath.evaluate import FhirPathError
from adapter.validation.fhirpath.temporal import parse_temporal
from adapter.validation.fhirpath.values import CALENDAR, Quantity

Tree = tuple[Any, ...]
_CLOCK = r"\d\d(?::\d\d(?::\d\d(?:\.\d+)?)?)?"
_TOKEN = re.compile(
    rf"""(?P<space>\s+|//[^\n]*|/\*.*?\*/)
    |(?P<time>@(?:T{_CLOCK}|\d{{4}}(?:-\d\d(?:-\d\d)?)?(?:T(?:{_CLOCK}(?:Z|[+-]\d\d:\d\d)?)?)?)(?![\d:]))
    |(?P<number>\d+(\.\d+)?)
    |(?P<string>'(?:[^'\\]|\\.)*')
    |(?P<quoted>`(?:[^`\\]|\\.)*`|"(?:[^"\\]|\\.)*")
    |(?P<var>%(?:[A-Za-z_][\w-]*|`[^`]*`|"[^"]*"|'[^']*'))
    |(?P<dollar>\$\w+)
    |(?P<name>[A-Za-z_]\w*)
    |(?P<op><=|>=|!=|!~|[=~<>|&+\-*/.,()\[\]{{}}])""",
    re.VERBOSE | re.DOTALL,
)
_ESCAPES = {"n": "\n", "r": "\r", "t": "\t", "f": "\f", "'": "'", '"': '"', "`": "`", "\\": "\\", "/": "/"}
_ESCAPE = re.compile(r"\\(u[0-9a-fA-F]{4}|.)", re.DOTALL)
LEVELS = (
    ("implies",),
    ("or", "xor"),
    ("and",),
    ("in", "contains"),
    ("=", "~", "!=", "!~"),
    ("<=", ">=", "<", ">"),
    ("|",),
    ("is", "as"),
    ("+", "-", "&"),
    ("*", "/", "div", "mod"),
)
MAX_LENGTH = 20_000
MAX_DEPTH = 60  # brackets in brackets


def parse(text: str) -> Tree:
    """The tree of an expression. Raises FhirPathError with the place when it cannot be read."""
    if len(text) > MAX_LENGTH:
        raise FhirPathError("the expression is too long")
    parser = _Parser(_tokens(text))
    tree = parser.expression(0)
    if parser.at < len(parser.tokens):
        raise FhirPathError(f"unexpected '{parser.tokens[parser.at][1]}'")
    return tree


def _tokens(text: str) -> list[tuple[str, str]]:
    found, at = [], 0
    while at < len(text):
        match = _TOKEN.match(text, at)
        if match is None or match.lastgroup is None:
            raise FhirPathError(f"cannot read '{text[at : at + 20]}' at {at}")
        if match["space"] is None:
            kind = next(
                k for k in ("time", "number", "string", "quoted", "var", "dollar", "name", "op") if match[k]
            )
            found.append((kind, match.group()))
        at = match.end()
    return found


def unescape(text: str) -> str:
    """A string literal without its quotes and escapes."""
    if "\\" not in text:
        return text
    return _ESCAPE.sub(lambda m: chr(int(m[1][1:], 16)) if len(m[1]) > 1 else _ESCAPES.get(m[1], m[1]), text)


class _Parser:
    def __init__(self, tokens: list[tuple[str, str]]) -> None:
        self.tokens, self.at, self.depth = tokens, 0, 0

    def peek(self) -> str:
        return self.tokens[self.at][1] if self.at < len(self.tokens) else ""

    def kind(self) -> str:
        return self.tokens[self.at][0] if self.at < len(self.tokens) else ""

    def take(self, wanted: str = "") -> str:
        if self.at >= len(self.tokens):
            raise FhirPathError("the expression ends too early")
        token = self.tokens[self.at][1]
        if wanted and token != wanted:
            raise FhirPathError(f"expected '{wanted}', found '{token}'")
        self.at += 1
        return token

    def expression(self, level: int) -> Tree:
        if level == len(LEVELS):
            return self.unary()
        left = self.expression(level + 1)
        while self.kind() in ("op", "name") and self.peek() in LEVELS[level]:
            symbol = self.take()
            if symbol in ("is", "as"):
                left = ("type", symbol, left, self.type_name())
            else:
                left = ("op", symbol, left, self.expression(level + 1))
        return left

    def type_name(self) -> str:
        name = self.take().strip('`"')
        while self.peek() == ".":
            self.take()
            name += "." + self.take().strip('`"')
        return name

    def unary(self) -> Tree:
        if self.kind() == "op" and self.peek() in ("-", "+"):
            symbol = self.take()
            inner = self.unary()
            return ("neg", inner) if symbol == "-" else inner
        return self.postfix()

    def postfix(self) -> Tree:
        left = self.term()
        while self.kind() == "op" and self.peek() in (".", "["):
            if self.take() == ".":
                left = ("path", left, self.invocation())
            else:
                left = ("item", left, self.nested())
                self.take("]")
        return left

    def nested(self) -> Tree:
        self.depth += 1
        if self.depth > MAX_DEPTH:
            raise FhirPathError("the expression is nested too deep")
        tree = self.expression(0)
        self.depth -= 1
        return tree

    def term(self) -> Tree:  # noqa: PLR0911 one branch a kind
        kind, text = self.kind(), self.peek()
        if kind == "op" and text in ("(", "{"):
            self.take()
            if text == "{":
                self.take("}")
                return ("empty",)
            tree = self.nested()
            self.take(")")
            return tree
        if kind == "string":
            return ("lit", unescape(self.take()[1:-1]))
        if kind == "number":
            return self.number()
        if kind == "time":
            return self.time()
        if kind == "var":
            return ("var", self.take()[1:].strip("`\"'"))
        if kind == "name" and text in ("true", "false") and not self._is_call():
            return ("lit", self.take() == "true")
        return self.invocation()

    def _is_call(self) -> bool:
        return self.at + 1 < len(self.tokens) and self.tokens[self.at + 1][1] == "("

    def number(self) -> Tree:
        text = self.take()
        number: int | Decimal = Decimal(text) if "." in text else int(text)
        if self.kind() == "string":
            return ("lit", Quantity(Decimal(number), unescape(self.take()[1:-1])))
        if self.kind() == "name" and self.peek() in CALENDAR:
            return ("lit", Quantity(Decimal(number), self.take()))
        return ("lit", number)

    def time(self) -> Tree:
        text = self.take()[1:]
        found = parse_temporal(text)
        if found is None:
            raise FhirPathError(f"'@{text}' is no date or time")
        return ("lit", found)

    def invocation(self) -> Tree:
        kind, text = self.kind(), self.take()
        if kind == "dollar":
            if text in ("$this", "$index", "$total"):
                return (text[1:],)
            raise FhirPathError(f"unknown '{text}'")
        if kind == "quoted":
            text = unescape(text[1:-1])
        elif kind != "name":
            raise FhirPathError(f"unexpected '{text}'")
        if self.peek() != "(":
            return ("name", text)
        self.take()
        arguments: list[Tree] = []
        while self.peek() != ")":
            arguments.append(self.nested())
            if self.peek() != ")":
                self.take(",")
        self.take(")")
        return ("call", text, tuple(arguments))
