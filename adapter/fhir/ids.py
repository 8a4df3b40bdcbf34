"""Resource ids: UUIDv5 of what a thing is, so that the same message twice is the same resources."""

from __future__ import annotations

from collections.abc import Callable
from hashlib import sha1
from typing import TYPE_CHECKING, Final
from uuid import UUID

if TYPE_CHECKING:
    from hashlib import _Hash as Hash

NAMESPACE: Final = UUID("6c2f0a0e-8b1d-5c9e-9a57-3d0f2b6e41c7")
_SEEDED: Final = sha1(NAMESPACE.bytes, usedforsecurity=False)  # copied: to begin anew costs as much again
_VARIANTS: Final = {sign: "89ab"[int(sign, 16) % 4] for sign in "0123456789abcdef"}  # two bits are 10
_SEPARATOR: Final = "\x1f"  # never in an id, so that no two lists of parts read the same


def resource_id(*parts: str) -> str:
    """The UUIDv5 in our namespace of the parts, in this order (RFC 4122 §4.3, as ``uuid.uuid5``)."""
    return _uuid(_SEEDED, _SEPARATOR.join(parts))


def ids_under(*first: str) -> Callable[..., str]:
    """``resource_id`` for what has its first parts in common: those are hashed once."""
    begun = _SEEDED.copy()
    begun.update("".join([part + _SEPARATOR for part in first]).encode("utf-8", "surrogatepass"))

    def resource_id_under(*rest: str) -> str:
        return _uuid(begun, _SEPARATOR.join(rest))

    return resource_id_under


def _uuid(begun: Hash, name: str) -> str:
    hashed = begun.copy()
    hashed.update(name.encode("utf-8", "surrogatepass"))
    digest = hashed.hexdigest()
    variant = _VARIANTS[digest[16]]
    return f"{digest[:8]}-{digest[8:12]}-5{digest[13:16]}-{variant}{digest[17:20]}-{digest[20:32]}"
