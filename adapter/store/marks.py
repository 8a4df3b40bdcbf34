"""Page marks: where the next page begins, as an opaque text that holds times and numbers only."""

from __future__ import annotations

from base64 import urlsafe_b64decode, urlsafe_b64encode
from binascii import Error
from typing import Any

import orjson


def mark(keys: list[Any]) -> str:
    """The mark after a row with these sort keys."""
    return urlsafe_b64encode(orjson.dumps(keys)).decode().rstrip("=")


def keys(text: str, size: int) -> list[Any]:
    """The sort keys of a mark. Raises ValueError when it is not one of ours for this order."""
    try:
        found = orjson.loads(urlsafe_b64decode(text + "=" * (-len(text) % 4)))
    except (Error, ValueError) as problem:
        raise ValueError("not a page mark of this server") from problem
    if not isinstance(found, list) or len(found) != size or not all(isinstance(k, int | str) for k in found):
        raise ValueError("not a page mark of this search")
    return found
