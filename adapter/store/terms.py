"""Search rows in their compact form: a token or a reference is one 16-byte term.

A term is a hash of type, parameter and value: a row is short and a question is one look-up. It begins with
a hash of the value alone, of an identifier up to its ``#``: so the rows about one patient, and those of one
note's parts, lie together, and a message touches a few pages of the index and not one a row. For a reference
then come the number of its field and more of the hash of its target, which many fields share. A target whose
id begins with the time has that instead of the first hash: what refers to what is new lies together. For a
token come the code and its system, which makes "any system" a range. Dates and strings keep their values and
name their field by its number.
"""

from __future__ import annotations

import re
from functools import lru_cache
from hashlib import blake2b
from typing import Any, NamedTuple
from zlib import crc32

import orjson

from adapter.fhir.search_index import (
    SEARCH_PARAMETERS,
    UNIVERSAL_PARAMETERS,
    Parameter,
    Read,
    Reader,
    canonical,
    coded,
    led,
    parameter,
    readers,
    token,
    visit,
)
from adapter.recalled import recalled

Json = dict[str, Any]

_NEAR, _CODE, _SYSTEM = 4, 7, 5  # bytes of a token's term
_FIELD, _REST = 4, 8  # bytes of a reference's term after the nearness
# A UUID of version 7 begins with 48 bits of milliseconds; the last 32 are in the groups. Entries of the audit
# log have been named so from the first, and what refers to them stands under a hash.
_TIMED = re.compile(r"(?!AuditEvent/)[A-Za-z]+/[0-9a-f]{4}([0-9a-f]{4})-([0-9a-f]{4})-7[0-9a-f-]{21}")
_VERSION = slice(-22, -21)


Found = tuple[list[bytes], list[tuple[int, int, int]], list[tuple[int, str]]]  # Rows, or what came as such


class Rows(NamedTuple):
    """The search rows of one resource, without its sequence number and lane."""

    terms: list[bytes]
    periods: list[tuple[int, int, int]]  # field, low, high in milliseconds
    words: list[tuple[int, str]]  # field, folded text


def rows_of(resource: Json) -> Rows:
    """The search rows of a resource, some perhaps twice."""
    rows = Rows([], [], [])
    visit(_readers(resource["resourceType"]), resource, rows)
    return rows


@lru_cache(maxsize=64)
def _readers(type_: str) -> dict[str, Reader]:
    made = readers(type_, lambda known, read: _READERS[known.kind](type_, known, read))
    return made | {name: _at_once(made[name]) for name in _coded(type_)}


def _coded(type_: str) -> set[str]:
    """The elements that are codes and nothing else: note after note says the same."""
    found, others = set[str](), set[str]()
    for known in (*SEARCH_PARAMETERS.get(type_, {}).values(), *UNIVERSAL_PARAMETERS.values()):
        for path in known.path.split("|"):
            name, _, below = path.partition(".")
            is_code = known.kind == "token" and name != "identifier" and (not below or name == "meta")
            (found if is_code else others).add(name)
    return found - others


def _at_once(read: Reader) -> Reader:
    """A reader that knows again what it has read."""

    @recalled(1024)
    def terms(data: bytes) -> list[bytes]:
        rows = Rows([], [], [])
        read(orjson.loads(data), rows)
        return rows.terms

    def add(value: Any, rows: Rows) -> None:
        if type(value) is str:
            read(value, rows)
        else:
            rows.terms.extend(terms(orjson.dumps(value)))

    return add


def _token_reader(type_: str, known: Parameter, read: Read) -> Reader:
    start = f"{type_}|{known.name}|"
    # codes come again and again, identifiers do not
    term = _made_term if known.name == "identifier" else _token_term
    is_code = known.name != "_source"

    def add(element: Any, rows: Rows) -> None:
        if type(element) is str and is_code:  # the shortest way for what comes most
            rows.terms.append(term(start, "", element))
            return
        for system, code in coded(element) if type(element) is dict else read(element):
            rows.terms.append(term(start, system, code))

    return add


def _reference_reader(type_: str, known: Parameter, _: Read) -> Reader:
    middle, types = _middle(type_, known.name), frozenset(known.targets)
    is_any = not known.targets

    def add(element: Any, rows: Rows) -> None:
        text = element.get("reference") if type(element) is dict else None
        if type(text) is str and (is_any or text.partition("/")[0] in types or ":" in text):
            near, rest = _found(text)
            if near:
                rows.terms.append(near + middle + rest)

    return add


@recalled(4096)  # a message names its patient and its plan again and again
def _found(text: str) -> tuple[bytes, bytes]:
    """Where the words of a reference lead, as the parts of its term; both empty when nowhere."""
    led_to = led(text)
    return _target(led_to) if led_to else (b"", b"")


def _date_reader(type_: str, known: Parameter, read: Read) -> Reader:
    number = field(type_, known.name)

    def add(element: Any, rows: Rows) -> None:
        for low, high in read(element):
            rows.periods.append((number, low, high))

    return add


def _word_reader(type_: str, known: Parameter, read: Read) -> Reader:
    number = field(type_, known.name)

    def add(element: Any, rows: Rows) -> None:
        for (word,) in read(element):
            rows.words.append((number, word))

    return add


_READERS = {
    "token": _token_reader,
    "reference": _reference_reader,
    "date": _date_reader,
    "string": _word_reader,
}


def _made_term(start: str, system: str, code: str) -> bytes:
    system, code = canonical(system, code)
    return _code(start, code) + _system(system)


_token_term = recalled(4096)(_made_term)


def _code(start: str, code: str) -> bytes:
    return _near(code.partition("#")[0]) + _hash(_CODE, start + code)


def _near(value: str) -> bytes:
    return crc32(value.encode()).to_bytes(_NEAR)


@recalled(4096)
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


def reference_term(type_: str, param: str, led_to: str) -> bytes:
    """The term of a reference, ``Type/id``."""
    near, rest = _target(led_to)
    return near + _middle(type_, param) + rest


def _middle(type_: str, param: str) -> bytes:
    return field(type_, param).to_bytes(_FIELD)


def _target(led_to: str) -> tuple[bytes, bytes]:
    whole = _hash(_NEAR + _REST, led_to)
    timed = _TIMED.fullmatch(led_to) if led_to[_VERSION] == "7" else None
    return bytes.fromhex(timed[1] + timed[2]) if timed else whole[:_NEAR], whole[_NEAR:]


def token_range(type_: str, param: str, system: str | None, code: str) -> tuple[bytes, bytes]:
    """The first and last term that a token asks for: the same when the system is known."""
    param = rows_name(type_, param)
    system, code = token(param, system, code)
    start = _code(f"{type_}|{param}|", code)
    if system is None:
        return start + b"\x00" * _SYSTEM, start + b"\xff" * _SYSTEM
    exact = start + _system(system)
    return exact, exact


def _hash(size: int, text: str) -> bytes:
    return blake2b(text.encode(), digest_size=size).digest()
