"""Where in a Bundle each value of a consultation stood: its texts carry their places while it is read.

``placed`` marks every value with its place, ``taken_off`` gives the record that was read of them with plain
values and the places as its ``origins``: the first half of a source map.
"""

from __future__ import annotations

from dataclasses import fields, is_dataclass
from decimal import Decimal
from typing import Any, TypeVar

from adapter.domain.origin import Traced
from adapter.frozen import replace

Record = TypeVar("Record", bound=Traced)


class _Text(str):
    """A text that knows where it stood."""

    __slots__ = ("where",)
    where: str


class _Number(Decimal):
    """A number that knows where it stood."""

    __slots__ = ("where",)
    where: str


def placed(value: Any, where: str = "") -> Any:
    """The same tree, each text and number in it with its place: ``entry[1].resource.id``."""
    if isinstance(value, dict):
        return {name: placed(part, f"{where}.{name}" if where else name) for name, part in value.items()}
    if isinstance(value, list):
        return [placed(part, f"{where}[{number}]") for number, part in enumerate(value)]
    if isinstance(value, bool) or not isinstance(value, str | int | Decimal):
        return value
    marked = _Text(value) if isinstance(value, str) else _Number(value)
    marked.where = where
    return marked


def taken_off(record: Record) -> Record:
    """The record with plain values, and in each part of it the places that its fields were read at."""
    plain: Record = _plain(record)[0]
    return plain


def _plain(value: Any) -> tuple[Any, str]:
    """The value without its place, and the place."""
    if isinstance(value, _Text):
        return str.__str__(value), value.where
    if isinstance(value, _Number):
        return Decimal(value), value.where
    if isinstance(value, tuple):
        parts = [_plain(part) for part in value]
        return tuple(part for part, _ in parts), next((where for _, where in parts if where), "")
    return _record(value) if is_dataclass(value) else (value, "")


def _record(record: Any) -> tuple[Any, str]:
    names = [field.name for field in fields(record) if field.init and field.name != "origins"]
    read = {name: _plain(getattr(record, name)) for name in names}
    origins = {name: where for name, (_, where) in read.items() if where}
    changes: dict[str, Any] = {name: part for name, (part, _) in read.items()}
    if isinstance(record, Traced):
        home = next((_resource_of(where) for where in origins.values()), "")
        changes["origins"] = {"": home, **origins}
    return replace(record, **changes), next(iter(origins.values()), "")


def _resource_of(where: str) -> str:
    return ".".join(where.split(".")[:2])
