"""The text of a mapping file as entries that know their line.

Every scalar is a string (``01`` is not 1, ``NO`` is not false), a key that stands twice is a mistake,
and every entry remembers its line, so that a complaint can say where.
"""

from __future__ import annotations

import yaml

from adapter.errors import MappingError
from adapter.frozen import dataclass


@dataclass(frozen=True, slots=True)
class Entry:
    """One value in a mapping file: a text, a list, or a table of named entries. ``line`` is 1-based."""

    value: str | tuple[Entry, ...] | dict[str, Entry]
    line: int


@dataclass(frozen=True, slots=True)
class Sheet:
    """One mapping file, and the way to complain about it."""

    source: str
    file: str

    def at(self, line: int) -> str:
        """The line as findings and complaints name it: ``se.cosmic.journal-notes/note.yaml:14``."""
        return f"{self.source}/{self.file}:{line}"

    def error(self, line: int, what: str) -> MappingError:
        """A complaint about a line, to raise."""
        return MappingError(f"{self.at(line)}: {what}")

    def parse(self, text: str) -> dict[str, Entry]:
        """The file's top table. Raises MappingError for text that is no YAML table."""
        try:
            root = yaml.compose(text, Loader=yaml.BaseLoader)
        except yaml.YAMLError as problem:
            mark = getattr(problem, "problem_mark", None)
            line = mark.line + 1 if mark else 1
            raise self.error(line, f"not readable as YAML: {getattr(problem, 'problem', problem)}") from None
        if root is None:
            raise self.error(1, "the file is empty")
        return self.table(self._entry(root, root.start_mark.line + 1))

    def table(self, entry: Entry) -> dict[str, Entry]:
        """The named entries of a table."""
        if not isinstance(entry.value, dict):
            raise self.error(entry.line, "a table (name: value) must stand here")
        return entry.value

    def text(self, entry: Entry) -> str:
        """One value."""
        if not isinstance(entry.value, str):
            raise self.error(entry.line, "one value must stand here, not a list or a table")
        return entry.value

    def texts(self, entry: Entry) -> tuple[str, ...]:
        """One value, or a list of them."""
        if isinstance(entry.value, tuple):
            return tuple(self.text(item) for item in entry.value)
        return (self.text(entry),)

    def flag(self, entry: Entry) -> bool:
        """``true`` or ``false``, and nothing else."""
        if entry.value not in ("true", "false"):
            raise self.error(entry.line, "true or false must stand here")
        return entry.value == "true"

    def known(self, table: dict[str, Entry], words: frozenset[str], what: str) -> None:
        """Complain about the first name that is none of ``words``."""
        for name, entry in table.items():
            if name not in words:
                raise self.error(
                    entry.line, f"unknown word {name!r}; {what} knows {', '.join(sorted(words))}"
                )

    def _entry(self, node: yaml.Node, line: int) -> Entry:
        if isinstance(node, yaml.ScalarNode):
            return Entry(node.value, line)
        if isinstance(node, yaml.SequenceNode):
            return Entry(tuple(self._entry(item, item.start_mark.line + 1) for item in node.value), line)
        found: dict[str, Entry] = {}
        for key, value in node.value:
            at = key.start_mark.line + 1
            name = key.value
            if not isinstance(name, str):
                raise self.error(at, "a name must be one value")
            if name in found:
                raise self.error(at, f"{name!r} stands twice; keep one")
            found[name] = self._entry(value, at)
        return Entry(found, line)
