"""SMART's scopes: what a client may do with which resources, in whose name.

https://hl7.org/fhir/smart-app-launch/scopes-and-launch-context.html, version 2 with the forms of version 1.
What is not written to the letter grants nothing.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Final, Literal, NamedTuple, cast

Context = Literal["patient", "user", "system"]
Letter = Literal["c", "r", "u", "d", "s"]

LETTERS: Final[dict[str, Letter]] = {
    "create": "c",
    "read": "r",
    "vread": "r",
    "history-instance": "r",
    "update": "u",
    "patch": "u",
    "delete": "d",
    "search-type": "s",
    "history-type": "s",
    "history-system": "s",
}
"""The letter that each interaction of FHIR asks for."""

_FIRST_VERSION: Final = {"read": "rs", "write": "cud", "*": "cruds"}
_PARAMETER: Final = r"[A-Za-z0-9_\-.:]+=[\x21\x23-\x25\x27-\x3c\x3e-\x5b\x5d-\x7e]+"
_SCOPE: Final = re.compile(
    r"(?P<context>patient|user|system)/(?P<type>\*|[A-Z][A-Za-z]{1,63})"
    rf"\.(?:(?P<word>read|write|\*)|(?P<letters>(?=[cruds])c?r?u?d?s?)(?:\?(?P<query>{_PARAMETER}(?:&{_PARAMETER})*))?)"
)


class Scope(NamedTuple):
    """One scope that says something about resources; ``type`` is ``*`` for all of them.

    ``query`` are the search parameters that a resource must answer to as well, as they were written.
    """

    context: Context
    type: str
    letters: str
    query: tuple[tuple[str, str], ...] = ()

    def covers(self, letter: Letter, type_: str) -> bool:
        """Whether it lets a client do this to that type, the query aside."""
        return letter in self.letters and self.type in {"*", type_}


def read_scopes(text: str) -> tuple[Scope, ...]:
    """The scopes of a token's ``scope`` claim (RFC 6749 §3.3); those that grant no resources are left out."""
    found = (read_scope(word) for word in text.split(" "))
    return tuple(scope for scope in found if scope is not None)


def read_scope(word: str) -> Scope | None:
    """One scope, or None when it grants nothing: another kind of scope, or not a scope at all."""
    match = _SCOPE.fullmatch(word)
    if match is None:
        return None
    letters = _FIRST_VERSION[match["word"]] if match["word"] else match["letters"]
    query = tuple(_pair(part) for part in match["query"].split("&")) if match["query"] else ()
    return Scope(cast("Context", match["context"]), match["type"], letters, query)


def granted(scopes: Iterable[Scope], letter: Letter, type_: str) -> tuple[Scope, ...]:
    """Those of the scopes that let a client do this to that type; none: it may not."""
    return tuple(scope for scope in scopes if scope.covers(letter, type_))


def _pair(part: str) -> tuple[str, str]:
    name, _, value = part.partition("=")
    return name, value
