"""JSON bytes to a tree, strictly: no duplicate keys, no NaN, decimals keep their digits.

https://hl7.org/fhir/R4/json.html
"""

from __future__ import annotations

import json
from decimal import Decimal
from typing import Any

Json = dict[str, Any]


class JsonFault(ValueError):
    """The bytes are no JSON that we take; ``rule`` is the rule broken."""

    def __init__(self, rule: str, detail: str, line: int = 0, column: int = 0) -> None:
        super().__init__(detail)
        self.rule, self.detail, self.line, self.column = rule, detail, line, column


def read_json(raw: bytes) -> tuple[Any, tuple[str, ...]]:  # noqa: C901 one branch a kind
    """The tree and the names of keys that stand twice in one object.

    Raises JsonFault when the bytes are not UTF-8 or not JSON, or nested beyond what can be read.
    """
    twice: list[str] = []

    def pairs(items: list[tuple[str, Any]]) -> Json:
        made = dict(items)
        if len(made) != len(items):
            seen: set[str] = set()
            for key, _ in items:
                if key in seen:
                    twice.append(key)
                seen.add(key)
        return made

    def refuse(word: str) -> Any:
        raise JsonFault("json-number", word)

    try:
        text = raw.decode("utf-8-sig")
        tree = json.loads(text, object_pairs_hook=pairs, parse_float=Decimal, parse_constant=refuse)
    except UnicodeDecodeError as problem:
        raise JsonFault("json-encoding", str(problem.reason)) from None
    except json.JSONDecodeError as problem:
        raise JsonFault("json-malformed", problem.msg, problem.lineno, problem.colno) from None
    except RecursionError:
        raise JsonFault("too-deep", "") from None
    except JsonFault:
        raise
    except ValueError as problem:  # an integer of more digits than Python takes
        raise JsonFault("json-malformed", str(problem)[:100]) from None
    return tree, tuple(twice)
