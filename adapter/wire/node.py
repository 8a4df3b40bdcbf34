"""The one tree that every format becomes: named nodes with a place, a text or children.

JSON arrays become repeated children of the same name (as in XML); the items of an array that has no
name of its own are called ``item``. XML attributes are children named ``@name``; an element's name is
its local name when its namespace is one the source listed, else ``{namespace}local``.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field


@dataclass(slots=True, eq=False)
class Node:
    """One place in a message.

    ``text`` is the whole text of a leaf, verbatim (numbers keep their digits: ``1.10`` stays ``1.10``),
    and ``None`` on a node that has children or is null. ``kind`` is the type on the wire: ``object``,
    ``string``, ``number``, ``boolean``, ``null`` (JSON), ``element``, ``attribute`` (XML).
    """

    name: str
    kind: str = "element"
    text: str | None = None
    children: list[Node] = field(default_factory=list)
    parent: Node | None = field(default=None, repr=False)
    index: int = -1  # position among repeated siblings of the same name, 0-based; -1 when alone
    line: int = 0  # 1-based; 0 when the format finds it on demand (wire.positions)
    column: int = 0

    @property
    def where(self) -> str:
        """The place as a path, unique within the message: ``note.records.record[1].keyword``."""
        parts: list[str] = []
        node: Node | None = self
        while node is not None and node.parent is not None:
            parts.append(node.name if node.index < 0 else f"{node.name}[{node.index}]")
            node = node.parent
        return ".".join(reversed(parts))

    def all(self, path: str) -> list[Node]:
        """Every node at a dotted path of names below this one, in document order; ``.`` is this node."""
        found = [self]
        if path == ".":
            return found
        for name in path.split("."):
            found = [child for node in found for child in node.children if child.name == name]
        return found

    def leaves(self) -> Iterator[Node]:
        """Every node below (or this one) that says something: a text that is not blank."""
        if self.text is not None and self.text.strip():
            yield self
        for child in self.children:
            yield from child.leaves()
