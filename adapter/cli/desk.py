"""What ``queue``, ``replay`` and ``subscriptions`` share: the store as operators use it, and plain tables."""

from __future__ import annotations

import asyncio
import re
import sys
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING, TypeVar

import orjson

from adapter.cli.told import wrong_use
from adapter.errors import OverensError
from adapter.fhir import merge
from adapter.settings import load_settings
from adapter.store import open_store

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Coroutine, Sequence
    from datetime import datetime
    from typing import Any

    from adapter.ports import Desk

T = TypeVar("T")
_UUID = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")


@asynccontextmanager
async def desk(*, is_beside: bool) -> AsyncIterator[Desk]:
    """The configured store; ``is_beside`` a server that runs on the same file."""
    store = await open_store(load_settings().database_url, merge, is_beside=is_beside)
    try:
        yield store
    finally:
        await store.close()


def run_desk(work: Coroutine[Any, Any, int]) -> int:
    """Run a command on the store; what it cannot do is told, with exit code 2."""
    try:
        return asyncio.run(work)
    except OverensError as problem:
        return wrong_use(str(problem))


def not_ids(given: Sequence[str]) -> int:
    """Complain about what is no id, and 2; 0 when all are."""
    wrong = [each for each in given if not _UUID.fullmatch(each)]
    if wrong:
        return wrong_use(f"{wrong[0]!r} är inget id. Ta id ur första kolumnen i overens queue list.")
    return 0


def write_json(value: object) -> None:
    """One JSON document on standard output."""
    sys.stdout.buffer.write(orjson.dumps(value, option=orjson.OPT_INDENT_2) + b"\n")
    sys.stdout.flush()


def write_table(head: Sequence[str], rows: Sequence[Sequence[str]]) -> None:
    """Columns as wide as what stands in them."""
    lines = [head, *rows]
    widths = [max(len(line[column]) for line in lines) for column in range(len(head))]
    for line in lines:
        cells = (cell.ljust(width) for cell, width in zip(line, widths, strict=True))
        sys.stdout.write("  ".join(cells).rstrip() + "\n")


def minute(moment: datetime) -> str:
    """A time as an operator reads it, on this machine's clock."""
    return moment.astimezone().strftime("%Y-%m-%d %H:%M")
