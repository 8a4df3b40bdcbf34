"""Search rows in their compact form: a token or a reference is one 16-byte term.

A term is a hash of type, parameter and value, so that a row is short and a question is one look-up. For a
token the first ten bytes are the code and the last six its system: "any system" is a range. A reference has
all sixteen bytes. Dates and strings keep their values and name their field by a number.
"""

from __future__ import annotations

from functools import lru_cache
from hashlib import blake2b
from typing import Any, NamedTuple
from zlib import crc32

from adapter.fhir.search_index import parameter, readings, token

Json = dict[str, Any]

_CODE, _SYSTEM = 10, 6


class Rows(NamedTuple):
    """The search rows of one resource, without its sequence number and lane."""

    terms: list[bytes]
    periods: list[tuple[int, int, int]]  # field, low, high in milliseconds
    words: list[tuple[int, str]]  # field, folded text


def rows_of(resource: Json) -> Rows:
    """The search rows of a resource."""
    type_ = resource["resourceType"]
    terms: list[bytes] = []
    rows = Rows(terms, [], [])
    for param, kind, value in readings(resource):
        if kind == "token":
            terms.append(_token_term(type_, param, *value))
        elif kind == "reference":
            terms.append(_hash(_CODE + _SYSTEM, f"{type_}|{param}|{value[0]}"))
        elif kind == "date":
            rows.periods.append((field(type_, param), *value))
        else:
            rows.words.append((field(type_, param), value[0]))
    return rows


@lru_cache(maxsize=32768)
def _token_term(type_: str, param: str, system: str, code: str) -> bytes:
    return _hash(_CODE, f"{type_}|{param}|{code}") + _system(system)


@lru_cache(maxsize=4096)
def _system(system: str) -> bytes:
    return _hash(_SYSTEM, system)


@lru_cache(maxsize=1024)
def field(type_: str, param: str) -> int:
    """The number of a date or string parameter: stable, no two alike (a test looks)."""
    return crc32(f"{type_}|{rows_name(type_, param)}".encode())


@lru_cache(maxsize=1024)
def rows_name(type_: str, param: str) -> str:
    """The parameter whose rows answer for this one."""
    known = parameter(type_, param)
    return known.rows if known else param


def reference_term(type_: str, param: str, target: str) -> bytes:
    """The term of a reference, ``Type/id``."""
    return _hash(_CODE + _SYSTEM, f"{type_}|{rows_name(type_, param)}|{target}")


def token_range(type_: str, param: str, system: str | None, code: str) -> tuple[bytes, bytes]:
    """The first and last term that a token asks for: the same when the system is known."""
    param = rows_name(type_, param)
    system, code = token(param, system, code)
    start = _hash(_CODE, f"{type_}|{param}|{code}")
    if system is None:
        return start + b"\x00" * _SYSTEM, start + b"\xff" * _SYSTEM
    exact = start + _system(system)
    return exact, exact


def _hash(size: int, text: str) -> bytes:
    return blake2b(text.encode(), digest_size=size).digest()
