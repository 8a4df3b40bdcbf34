"""One pass over one message: remembers what was read, so that nothing is dropped in silence."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from adapter.findings import Finding
from adapter.wire.node import Node

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from adapter.domain.keywords import Vocabulary
    from adapter.mapping.plan import Make


TOLD = frozenset(
    {
        "required-missing",
        "value-unusable",
        "code-unknown",
        "person-id-unusable",
        "hl7-not-taken",
        "control-id-unusable",
    }
)


@dataclass(slots=True)
class Reading:
    """What the rules and hooks of a mapping see of the run: mark what you read, report what is wrong.

    ``place`` and ``at`` belong to the rule that runs; a hook may point ``place`` at a more exact node.
    """

    definitions: Mapping[str, Make]
    tables: Mapping[str, Mapping[str, str]]
    vocabulary: Vocabulary | None = None
    refuses: bool = False  # a value that cannot be read stops the message
    findings: list[Finding] = field(default_factory=list)
    taken: list[Node] = field(default_factory=list)
    voided: set[Node] = field(default_factory=set)
    memory: dict[tuple[str, Node], Any] = field(default_factory=dict)  # for hooks that share work
    place: Node = field(default_factory=lambda: Node(""))
    at: str = ""

    @property
    def is_told(self) -> bool:
        """Whether the last finding says already why a record could not be made."""
        return bool(self.findings) and self.findings[-1].code in TOLD

    def mark(self, *nodes: Node) -> None:
        """Say that everything at and under these nodes was read."""
        for node in nodes:
            self.taken += node.leaves()

    def void(self, node: Node) -> None:
        """Say that this place holds nothing meant (a placeholder): rules pass it by."""
        self.voided.add(node)

    def filled(self, nodes: Iterable[Node]) -> Iterator[Node]:
        """Those that say something: a text that is not blank and not voided."""
        return (node for node in nodes if node.text and not node.text.isspace() and node not in self.voided)

    def text(self, node: Node, path: str) -> str:
        """The first filled text at a path, marked as read; empty when there is none. For hooks."""
        is_child = "." not in path
        for place in node.children if is_child else node.all(path):
            text = place.text if not is_child or place.name == path else ""
            if text and not text.isspace() and place not in self.voided:
                self.taken.append(place)
                return text.strip()
        return ""

    def make(self, record: str, node: Node) -> Any:
        """The record that a mapping file of the source defines, read at this node. For hooks."""
        return self.definitions[record](node, self)

    def table(self, name: str) -> Mapping[str, str]:
        """A table of the source (``tables/<name>.yaml``)."""
        return self.tables[name]

    def report(self, code: str, node: Node, what: str, *, value: str = "", blocking: bool = False) -> None:
        """Add a finding at a node."""
        self.findings.append(Finding(code, node.where, self.at, what, value, blocking))
