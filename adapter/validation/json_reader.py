"""JSON bytes to a plain tree, strictly: no NaN, decimals keep their digits, names that stand twice are told.

Apart from ``wire.json`` for a reason: that reads a message to the ``Node``s of a mapping and refuses at the
first fault, while a validator needs the tree as FHIR has it (with null, numbers and empty lists as they
stand) and goes on past a name that stands twice, to judge the rest. What the scanner says is told alike.

https://hl7.org/fhir/R4/json.html
"""

from __future__ import annotations

import json
from decimal import Decimal, InvalidOperation
from typing import Any

from adapter.validation.wording import word
from adapter.wire.json_refusal import json_fault

Json = dict[str, Any]
EMPTY = word("det är tomt", "it is empty")
DIGITS = word("ett tal har för många siffror", "a number has too many digits")

MOST_VALUES = 300_000  # a body of ten megabytes has fewer, unless it is made to cost


class JsonFault(ValueError):
    """The bytes are no JSON that we take; ``rule`` is the rule broken."""

    def __init__(self, rule: str, detail: str, line: int = 0, column: int = 0) -> None:
        super().__init__(detail)
        self.rule, self.detail, self.line, self.column = rule, detail, line, column


def read_json(raw: bytes) -> tuple[Any, tuple[str, ...]]:  # noqa: C901 one branch a kind
    """The tree and the names of keys that stand twice in one object.

    Raises JsonFault when the bytes are not UTF-8 or not JSON, nested beyond what can be read, or too many
    values to be judged in a moment.
    """
    if raw.count(b",") > MOST_VALUES:
        raise JsonFault("too-many", "")
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
        if not problem.doc.strip():
            raise JsonFault("json-malformed", EMPTY, 1, 1) from None
        raise JsonFault(
            "json-malformed", word(json_fault(problem.msg), problem.msg), problem.lineno, problem.colno
        ) from None
    except RecursionError:
        raise JsonFault("too-deep", "") from None
    except JsonFault:
        raise
    except (ValueError, InvalidOperation):  # an integer of more digits than Python takes, a huge exponent
        raise JsonFault("json-malformed", DIGITS) from None
    return tree, tuple(twice)
