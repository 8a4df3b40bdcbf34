"""Addresses that subscriptions may name: those of the receivers file, and those below them that are approved.

An operator approves an address below one of the file, so that what is known of the receiver (its secrets, its
certificates) never goes to anybody else. Approvals are kept, and are asked for again before each letter.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import TYPE_CHECKING, Final

from adapter.subscribing import keeping, kept

if TYPE_CHECKING:
    from adapter.ports import Put, Store

Endpoints = Mapping[str, str]  # address: name of its receiver
APPROVED: Final = "approved"
_BELOW: Final = re.compile(r"(/[A-Za-z0-9_~-][A-Za-z0-9._~-]*)+")  # no query, no step upwards


def receiver_above(url: str, configured: Endpoints) -> str:
    """The receiver of the file below whose address this one is; empty when there is none."""
    for known, receiver in configured.items():
        root = known.rstrip("/")
        if url.startswith(f"{root}/") and _BELOW.fullmatch(url.removeprefix(root)):
            return receiver
    return ""


async def approved(store: Store) -> Endpoints:
    """The addresses that an operator has approved."""
    found: dict[str, str] = (await kept(store, APPROVED))[0].get("addresses", {})
    return found


async def receiver_of(store: Store, url: str, configured: Endpoints) -> str:
    """Whose address it is; empty when nobody has approved it, or its receiver is no longer in the file."""
    if url in configured:
        return configured[url]
    above = receiver_above(url, configured)
    return above if above and (await approved(store)).get(url) == above else ""


async def approving(store: Store, url: str, receiver: str) -> Put:
    """Approve an address; without a receiver it is approved no longer."""
    said, version = await kept(store, APPROVED)
    others = {each: name for each, name in said.get("addresses", {}).items() if each != url}
    return keeping({"addresses": {**others, url: receiver} if receiver else others}, version, APPROVED)
