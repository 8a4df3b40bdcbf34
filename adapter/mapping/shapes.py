"""What the domain's dataclasses look like to a mapping: their fields, types and which must be there.

There is no second schema: a mapping is checked against the records themselves.
"""

from __future__ import annotations

import dataclasses
import types
import typing
from functools import cache
from typing import Any

from adapter.domain import agreement, consultation, errands, event, identity, keywords, note, people, when
from adapter.domain.origin import Traced
from adapter.frozen import dataclass

_MODULES = (agreement, consultation, errands, event, identity, keywords, note, people, when)
_OURS = "origins"  # filled by the runner, never by a mapping

RECORDS: dict[str, type] = {
    name: value
    for module in _MODULES
    for name, value in vars(module).items()
    if isinstance(value, type) and dataclasses.is_dataclass(value) and value is not Traced
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Slot:
    """One field of a record: the type of one value, whether it holds many, whether it must be given."""

    name: str
    type: type
    is_many: bool
    is_needed: bool


@cache
def slots(record: type) -> dict[str, Slot]:
    """The fields that a mapping may fill, by name."""
    hints = typing.get_type_hints(record)
    return {f.name: _slot(f, hints[f.name]) for f in dataclasses.fields(record) if f.name != _OURS}


def is_traced(record: type) -> bool:
    """Whether the record carries the places of its fields."""
    return issubclass(record, Traced)


def _slot(field: dataclasses.Field[Any], hint: Any) -> Slot:
    if typing.get_origin(hint) in (typing.Union, types.UnionType):
        hint = next(part for part in typing.get_args(hint) if part is not type(None))
    is_many = typing.get_origin(hint) is tuple
    if is_many:
        hint = typing.get_args(hint)[0]
    needed = field.default is dataclasses.MISSING and field.default_factory is dataclasses.MISSING
    return Slot(name=field.name, type=hint, is_many=is_many, is_needed=needed)
