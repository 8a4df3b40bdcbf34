"""Columns of values as PostgreSQL's binary arrays: made in a few steps, with nothing to escape.

An array is its dimensions and then each value behind its length, all big-endian (``array_send`` in the
server's source). A column knows its type, so that psycopg passes it on as it is.
"""

from __future__ import annotations

from collections.abc import Iterable
from struct import Struct
from typing import TYPE_CHECKING, ClassVar, Self

from psycopg.adapt import Buffer, Dumper
from psycopg.pq import Format

if TYPE_CHECKING:
    from psycopg.abc import AdaptContext

_HEAD = Struct("!iiIii")  # dimensions, has nulls, type of the values, how many, first index
_NOTHING = Struct("!iiI")
_LENGTH = Struct("!i")


class Column(bytes):
    """The values of one column, ready to send."""

    oid: ClassVar[int]  # of the array
    value_oid: ClassVar[int]

    @classmethod
    def _made(cls, values: list[bytes]) -> Self:
        if not values:
            return cls(_NOTHING.pack(0, 0, cls.value_oid))
        sized = [_LENGTH.pack(len(value)) + value for value in values]
        return cls(_HEAD.pack(1, 0, cls.value_oid, len(values), 1) + b"".join(sized))


class Blobs(Column):
    """``bytea[]``."""

    oid, value_oid = 1001, 17

    @classmethod
    def of(cls, values: Iterable[bytes]) -> Self:
        """These values."""
        return cls._made(list(values))


class Texts(Column):
    """``text[]``."""

    oid, value_oid = 1009, 25

    @classmethod
    def of(cls, values: Iterable[str]) -> Self:
        """These values, in UTF-8. PostgreSQL refuses a NUL."""
        return cls._made([value.encode() for value in values])


class _Whole(Column):
    size: ClassVar[int]

    @classmethod
    def of(cls, values: Iterable[int]) -> Self:
        """These values; OverflowError when one is too great for the type."""
        return cls._made([value.to_bytes(cls.size, signed=True) for value in values])


class Smallints(_Whole):
    """``smallint[]``."""

    oid, value_oid, size = 1005, 21, 2


class Integers(_Whole):
    """``integer[]``."""

    oid, value_oid, size = 1007, 23, 4


class Bigints(_Whole):
    """``bigint[]``."""

    oid, value_oid, size = 1016, 20, 8


class _AsItIs(Dumper):
    format = Format.BINARY

    def dump(self, obj: Column) -> Buffer:
        return obj


_DUMPERS = [
    (kind, type(f"{kind.__name__}Dumper", (_AsItIs,), {"oid": kind.oid}))
    for kind in (Blobs, Texts, Smallints, Integers, Bigints)
]


def register(connection: AdaptContext) -> None:
    """Let a connection take columns as values."""
    for kind, dumper in _DUMPERS:
        connection.adapters.register_dumper(kind, dumper)
