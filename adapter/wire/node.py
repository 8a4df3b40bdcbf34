"""The one tree that every format becomes: named nodes with a place, a text or children.

JSON arrays become repeated children of the same name (as in XML), each with its index, also when it is
the only one; the items of an array that has no name of its own are called ``item``. XML attributes are
children named ``@name``; an element's name is its local name when its namespace is one the source
listed, else ``{namespace}local``. The root is nameless: the JSON value itself, or the XML document
whose only child is the root element.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING
from zlib import crc32

if TYPE_CHECKING:
    from collections.abc import Iterator

    from adapter.findings import Finding

_PLAIN_NAME = re.compile(r'@?(?:\{[^{}]*\})?[^.\[\]\\#"{}]+|#text')
_SPECIAL = re.compile(r'[.\[\]\\#"{}]')
_LONGEST = 200  # characters of a name in a path; of a longer one the beginning and a checksum
_SHOWN = 100
_STEP = re.compile(r"(?:\\.|\{[^{}]*\}|[^.\\])+", re.DOTALL)


def segment(name: str) -> str:
    r"""A name as one step of a path: what is ambiguous there gets a backslash; no name is ``""``.

    Every place below a name repeats it, so a name that is no name but a text is not repeated whole.
    """
    if len(name) > _LONGEST:
        name = f"{name[:_SHOWN]}…{crc32(name.encode()):08x}"
    if name.isalnum() or _PLAIN_NAME.fullmatch(name):
        return name
    return _SPECIAL.sub(r"\\\g<0>", name) or '""'


def steps(path: str) -> list[str]:
    """The names that a dotted path goes through; a dot within ``{…}`` or after a backslash is no step."""
    if "{" not in path and "\\" not in path and '"' not in path:
        return path.split(".")
    return [_name(step) for step in _STEP.findall(path)]


def _name(step: str) -> str:
    return "" if step == '""' else re.sub(r"\\(.)", r"\1", step, flags=re.DOTALL)


@dataclass(slots=True, eq=False, init=False)
class Node:
    """One place in a message.

    ``text`` is the whole text of a leaf, verbatim (numbers keep their digits: ``1.10`` stays ``1.10``).
    It is ``None`` on a null and on a node that has child nodes other than attributes: text between
    child elements is kept in children named ``#text``. ``kind`` is the type on the wire: ``object``,
    ``array`` (the root, an array directly in an array, or an empty one), ``string``, ``number``,
    ``boolean``, ``null`` (JSON; in XML ``xsi:nil``), ``document``, ``element``, ``attribute``, ``text``
    (XML).
    """

    name: str
    kind: str
    text: str | None
    children: list[Node]
    parent: Node | None = field(repr=False)
    index: int  # 0-based position in the JSON array, or among repeated XML siblings; -1 when alone
    line: int  # 1-based; 0 when the format finds it on demand (wire.positions)
    column: int
    _where: str = field(repr=False)

    def __init__(  # noqa: PLR0913, PLR0917 - the fields; twice as fast as the generated one
        self,
        name: str,
        kind: str = "element",
        text: str | None = None,
        children: list[Node] | None = None,
        parent: Node | None = None,
        index: int = -1,
        line: int = 0,
        column: int = 0,
    ) -> None:
        self.name = name
        self.kind = kind
        self.text = text
        self.children = [] if children is None else children
        self.parent = parent
        self.index = index
        self.line = line
        self.column = column
        self._where = ""

    @property
    def where(self) -> str:
        """The place as a path, unique within the message: ``note.records.record[1].keyword``.

        Kept once asked for: name, index and parent are settled when the tree is built.
        """
        parent = self.parent
        if self._where or parent is None:
            return self._where
        name = self.name
        if not name.isalnum() or len(name) > _LONGEST:
            name = segment(name)
        here = name if self.index < 0 else f"{name}[{self.index}]"
        above = parent._where or parent.where  # noqa: SLF001 - its own, without a call
        self._where = f"{above}.{here}" if above else here
        return self._where

    def all(self, path: str) -> list[Node]:
        """Every node at a dotted path of names below this one, in document order; ``.`` is this node."""
        found = [self]
        if path == ".":
            return found
        for name in steps(path):
            found = [child for node in found for child in node.children if child.name == name]
        return found

    def first(self, path: str) -> Node | None:
        """The first node at a path, or None."""
        found = self.all(path)
        return found[0] if found else None

    def let_go(self) -> None:
        """Forget what is below, all the way down, so that it is freed at once and not by the collector.

        The nodes themselves, their texts and their places stay good for whoever still holds them.
        """
        below = [self]
        for node in below:  # grows on the way
            if node.children:
                below += node.children
                node.children = []

    def leaves(self) -> Iterator[Node]:
        """Every node below (or this one) that says something: a text that is not blank."""
        return iter(_leaves(self, []))


class Remarked(Node):
    """The root of a message that was read, and about whose bytes there is something to say."""

    __slots__ = ("findings",)
    findings: tuple[Finding, ...]


def _leaves(node: Node, found: list[Node]) -> list[Node]:
    """Not a generator: every message goes through here, and none is deep."""
    if (text := node.text) and not text.isspace():
        found.append(node)
    for child in node.children:
        if child.children:
            _leaves(child, found)
        elif (text := child.text) and not text.isspace():
            found.append(child)
    return found
