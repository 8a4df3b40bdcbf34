"""What a resource says: its bytes and their hash, and the packs that the bytes are kept in.

The resources of one message say much the same words: compressed together, they take a fifth of the room they
take one by one. So a message's resources lie in one pack, and each version knows its place there. What the
server writes (``meta.versionId``, ``meta.lastUpdated``) is no part of the pack: it is spliced in when a
version is served.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from decimal import Decimal
from functools import lru_cache
from itertools import islice
from typing import Any

import orjson

from adapter.fhir.search_dates import to_iso
from adapter.store.compressed import compressed, decompressed
from adapter.store.terms import Found, rows_of

Json = dict[str, Any]

_FIRST = ("resourceType", "id", "meta")
_SERVER_OWNED = ("versionId", "lastUpdated")
_PLAIN = b"{"  # how a resource begins that was kept before there were packs
_META = b'"meta":{'


class Pack:
    """Resources side by side: ``data`` as kept, ``opened`` as written. Each is made when asked for.

    ``number`` is 0 until it is kept. One that was only named has no bytes before ``data`` is given.
    ``size`` is that of what is opened, where it is known.
    """

    __slots__ = ("_data", "_opened", "number", "size")

    def __init__(
        self, number: int = 0, *, data: bytes | None = None, opened: bytes | None = None, size: int = 0
    ) -> None:
        self.number = number
        self.size = size
        self._data = data
        self._opened = opened

    @property
    def data(self) -> bytes:
        """The bytes as kept."""
        if self._data is None:
            self._data = compressed(self.opened)
        return self._data

    @data.setter
    def data(self, data: bytes) -> None:
        self._data = data

    @property
    def opened(self) -> bytes:
        """The resources themselves."""
        if self._opened is None:
            if self._data is None:
                raise AssertionError("a pack is read before its bytes were fetched")
            self._opened = opened(self._data)
        return self._opened


def opened(data: bytes) -> bytes:
    """A pack's resources. One that was kept before there were packs is not compressed."""
    return bytes(data) if data[:1] == _PLAIN else decompressed(data)


class Content:
    """A resource without what the server writes: its hash, and where its bytes are."""

    __slots__ = ("_resource", "_rows", "digest", "pack", "place", "size")

    def __init__(self, digest: bytes, pack: Pack, place: int, size: int, rows: Found | None = None) -> None:
        self.digest = digest
        self.pack = pack
        self.place = place
        self.size = size
        self._rows = rows
        self._resource: Json | None = None

    @property
    def data(self) -> bytes:
        """The JSON."""
        return self.pack.opened[self.place : self.place + self.size]

    @property
    def resource(self) -> Json:
        """The JSON, read."""
        if self._resource is None:
            self._resource = orjson.loads(self.data)
        return self._resource

    @property
    def rows(self) -> Found:
        """Its search rows."""
        if self._rows is None:
            self._rows = rows_of(self.resource)
        return self._rows


def content_of(resource: Json) -> Content:
    """A resource as content, in a pack of its own."""
    data = dumped(resource)
    return Content(digest_of(data), Pack(opened=data), 0, len(data), rows_of(resource))


def dumped(resource: Json) -> bytes:
    """The bytes. ``resourceType``, ``id`` and ``meta`` come first; the rest keeps its order."""
    return orjson.dumps(_without_server_meta(resource), default=_digits)


def digest_of(data: bytes) -> bytes:
    """The hash that tells contents apart."""
    return hashlib.sha256(data).digest()[:16]


def body(data: bytes, version: int, updated: int, start: int = 0, end: int | None = None) -> bytes:
    """The bytes as served: the content with version and time (milliseconds UTC) spliced into its meta.

    ``start`` and ``end`` say where in ``data`` it lies.
    """
    head = data.index(_META, start) + len(_META)
    comma = b"" if data[head : head + 1] == b"}" else b","
    return b"".join((data[start:head], _stamp(version, updated), comma, data[head:end]))


def is_same(content: Content, known: Content) -> bool:
    """Do both say the same? Order of keys does not count."""
    return content.digest == known.digest or content.resource == known.resource


def repacked(contents: Sequence[Content], own: Pack) -> list[Pack]:
    """The packs to keep for new contents: the message's own if most of it is new, and one of what is left.

    Contents that move are told their new places.
    """
    inside = [content for content in contents if content.pack is own]
    if inside and 2 * sum(content.size for content in inside) >= own.size:
        return [own, *_joined([content for content in contents if content.pack is not own])]
    return _joined(contents)


def _joined(contents: Sequence[Content]) -> list[Pack]:
    """One pack of contents, if there are any."""
    parts = [content.data for content in contents]
    pack, place = Pack(opened=b"".join(parts)), 0
    for content, part in zip(contents, parts, strict=True):
        content.pack, content.place = pack, place
        place += len(part)
    return [pack] if parts else []


def _without_server_meta(resource: Json) -> Json:
    """The resource as its author meant it: no ``meta.versionId``, no ``meta.lastUpdated``."""
    meta = resource.get("meta") or {}
    if "versionId" in meta or "lastUpdated" in meta:
        meta = {name: value for name, value in meta.items() if name not in _SERVER_OWNED}
    elif meta and tuple(islice(resource, len(_FIRST))) == _FIRST:  # as all that we make
        return resource
    bare = {"resourceType": resource["resourceType"], "id": resource["id"], "meta": meta}
    bare.update(resource)  # keeps these three first
    bare["meta"] = meta
    return bare


@lru_cache(maxsize=1024)  # the versions of one message share their time
def _stamp(version: int, updated: int) -> bytes:
    return f'"versionId":"{version}","lastUpdated":"{to_iso(updated)}"'.encode()


def _digits(value: object) -> orjson.Fragment:
    """A Decimal keeps its digits: 1.10 stays 1.10 (https://hl7.org/fhir/R4/datatypes.html#decimal)."""
    if isinstance(value, Decimal):
        return orjson.Fragment(str(value))
    raise TypeError(f"no JSON for {type(value).__name__}")
