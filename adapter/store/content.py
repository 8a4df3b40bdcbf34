"""The bytes of a resource: what is compared, what is kept, what is served."""

from __future__ import annotations

import hashlib
from decimal import Decimal
from functools import lru_cache
from typing import Any, NamedTuple

import orjson

from adapter.fhir.search_dates import to_iso

Json = dict[str, Any]

_SERVER_OWNED = ("versionId", "lastUpdated")
_META = b'"meta":{'


class Content(NamedTuple):
    """A resource without what the server writes: as a dict, as bytes, and as a hash of them."""

    resource: Json
    data: bytes
    digest: bytes


def content_of(resource: Json) -> Content:
    """Dump a resource once. ``resourceType``, ``id`` and ``meta`` come first; the rest keeps its order."""
    bare = without_server_meta(resource)
    data = orjson.dumps(bare, default=_digits)
    return Content(bare, data, hashlib.sha256(data).digest()[:16])


def without_server_meta(resource: Json) -> Json:
    """The resource as its author meant it: no ``meta.versionId``, no ``meta.lastUpdated``."""
    meta = resource.get("meta") or {}
    if "versionId" in meta or "lastUpdated" in meta:
        meta = {name: value for name, value in meta.items() if name not in _SERVER_OWNED}
    bare = {"resourceType": resource["resourceType"], "id": resource["id"], "meta": meta}
    bare.update(resource)  # keeps these three first
    bare["meta"] = meta
    return bare


def body(content: Content, version: int, updated: int) -> bytes:
    """The bytes as served: the content with version and time (milliseconds UTC) spliced into its meta."""
    head = content.data.index(_META) + len(_META)
    comma = b"" if content.data[head : head + 1] == b"}" else b","
    return b"".join((content.data[:head], _stamp(version, updated), comma, content.data[head:]))


@lru_cache(maxsize=1024)  # the versions of one message share their time
def _stamp(version: int, updated: int) -> bytes:
    return f'"versionId":"{version}","lastUpdated":"{to_iso(updated)}"'.encode()


def is_same(content: Content, digest: bytes, kept_body: bytes) -> bool:
    """Does the kept version say the same? Order of keys does not count."""
    return content.digest == digest or content.resource == without_server_meta(orjson.loads(kept_body))


def _digits(value: object) -> orjson.Fragment:
    """A Decimal keeps its digits: 1.10 stays 1.10 (https://hl7.org/fhir/R4/datatypes.html#decimal)."""
    if isinstance(value, Decimal):
        return orjson.Fragment(str(value))
    raise TypeError(f"no JSON for {type(value).__name__}")
