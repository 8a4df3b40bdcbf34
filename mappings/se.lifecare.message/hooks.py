"""What the mapping of Lifecare's message cannot say without an ``if``."""

from __future__ import annotations

from typing import TYPE_CHECKING

from adapter.mapping import Hook

if TYPE_CHECKING:
    from adapter.mapping import Reading
    from adapter.wire.node import Node

NEVER_WITHOUT = frozenset({"Urgency"})  # a request that nobody knows the deadline of helps no one (agr-urg-2)
LACKS = "Ett meddelande av typen {kind} ska ha {part}; be avsändaren komplettera."


def parts(nodes: list[Node], reading: Reading) -> None:
    """What a type of message must have (tables/required-part.yaml) and does not; only urgency stops."""
    for message in (*nodes[0].all("Message"), nodes[0]):
        for kind in message.all("MessageType"):
            name = (kind.text or "").strip()
            for part in reading.table("required-part").get(name, "").split():
                if not any(leaf for found in message.all(part) for leaf in found.leaves()):
                    what = LACKS.format(kind=name, part=part)
                    reading.report("part-missing", message, what, blocking=part in NEVER_WITHOUT)


HOOKS = {"parts": Hook(read=parts)}
