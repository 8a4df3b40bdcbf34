"""``dataclass`` and ``replace`` for records that nobody changes, in half the time of the standard library's.

A frozen dataclass sets each of its fields the long way round (``object.__setattr__``), three times as slow,
and a message makes hundreds of records. The type checker sees the standard library's own ``dataclass`` and
refuses every assignment to a frozen record; so does the program in development mode (``python -X dev``).
"""

from __future__ import annotations

import dataclasses
import sys
from functools import cache
from operator import attrgetter
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable
    from dataclasses import dataclass as dataclass  # noqa: PLC0414  re-exported as the real thing
    from dataclasses import replace as replace  # noqa: PLC0414
else:

    def dataclass(*, frozen: bool = False, **how: object) -> object:
        """As ``dataclasses.dataclass``; a frozen class is left open at run time, equal and hashed as ever."""

        def made(cls: type) -> type:
            has_hash = cls.__dict__.get("__hash__") is not None
            is_frozen = frozen and sys.flags.dev_mode
            return dataclasses.dataclass(cls, frozen=is_frozen, unsafe_hash=frozen and not has_hash, **how)

        return made

    def replace(record: object, **changes: object) -> object:
        """As ``dataclasses.replace``, for records whose every field is given when they are made."""
        cls = record.__class__
        names, values_of = _fields(cls)
        return cls(**{**dict(zip(names, values_of(record), strict=False)), **changes})

    @cache
    def _fields(cls: type) -> tuple[tuple[str, ...], Callable[[object], tuple[object, ...]]]:
        """The names of a record's fields, and what reads them all at once, with one more: always a tuple."""
        names = tuple(cls.__dataclass_fields__)
        return names, attrgetter(*names, "__class__")
