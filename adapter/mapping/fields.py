"""One field of a record, compiled: how its value is taken out of a node, and how it is put back.

A reader gives ``(value, place)``, or None when the message says nothing; a writer puts one value under a
node. Both are closures, made once when the mapping is compiled.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import TYPE_CHECKING, Any, TypeAlias

from adapter.domain.reading import Read
from adapter.findings import Finding
from adapter.frozen import dataclass, replace
from adapter.wire.node import Node

if TYPE_CHECKING:
    from collections.abc import Mapping

    from adapter.mapping.paths import Find, Names
    from adapter.mapping.plan import Hook, Make, Put
    from adapter.mapping.reading import Reading

Reader: TypeAlias = "Callable[[Node, Reading], tuple[Any, Node] | None]"
Writer: TypeAlias = Callable[[Any, Node], None]

COMPOSITE = "Här ska ett enda värde stå, men det består av flera delar; skriv värdet som text eller tal."
SEVERAL = "Här ska ett enda värde stå, men det står flera; skriv det som gäller."
MISSING = "Uppgiften är obligatorisk men saknas; be avsändaren fylla i den."


@dataclass(frozen=True, slots=True, kw_only=True)
class Field:
    """One field: its name in the record and its two directions."""

    name: str
    read: Reader
    write: Writer
    is_const: bool = False  # says nothing about the message
    starts: frozenset[str] | None = None  # no child of these names: nothing to read (None: always look)
    child: str | None = None  # the text of this child is the value: ``text_of`` it, with nothing to say
    text_of: Callable[[str], str] = str
    begins: frozenset[str] = frozenset()  # the names that its paths begin with
    among: Callable[[Names], Reader] | None = None  # ``read``, where of those only these stand


@dataclass(frozen=True, slots=True, kw_only=True)
class Take:
    """Everything a plain field says of itself, before it is compiled to a reader and a writer."""

    finds: tuple[Find, ...]
    starts: Names  # the name that each of their paths begins with; empty for the node itself
    first: Names
    convert: Callable[[str], Any]
    invert: Callable[[Any], str]
    kind: str  # of the leaf on the way back: string, boolean, number
    split: str
    is_many: bool
    is_required: bool
    at: str
    where_missing: str
    code: str  # of the finding when a value cannot be read
    is_refusing: bool = False  # an unreadable value stops the message
    is_kept: bool = False  # an unreadable value is kept as it stands

    @property
    def is_listed(self) -> bool:
        """The value is one of a table's."""
        return self.code == "code-unknown"


def taken(name: str, take: Take) -> Field:
    """A plain field; one that is the text of a child is known as such, so that nobody has to be asked."""
    # Beside a child there is no text of the node itself, hence no twin: "." is asked only in its absence.
    is_childs = len(take.first) == 1 and take.first[0][0] != "@" and not any(take.starts[1:])
    text_of = next((each for each in (str.strip, str) if take.convert is each), None)
    return Field(
        name=name,
        read=reader(take),
        write=writer(take),
        child=take.first[0] if is_childs and text_of and not take.is_many else None,
        text_of=text_of or str,
        begins=frozenset(take.starts),
        among=partial(_among, take) if len(take.finds) > 1 else None,
    )


def _among(take: Take, there: Names) -> Reader:
    """The closure that looks only where something can be."""
    finds = tuple(
        find for find, start in zip(take.finds, take.starts, strict=True) if not start or start in there
    )
    narrow = replace(take, finds=finds)
    return _many(narrow) if take.is_many and not take.split else _first(narrow)


def reader(take: Take) -> Reader:
    """The closure that reads a plain field."""
    if take.is_many and not take.split:
        return _many(take)
    if len(take.finds) > 1 or take.split:
        return _first(take)
    return _only(take)


def _only(take: Take) -> Reader:
    """Of one place the first that is filled: what nearly every field is."""
    find, convert = take.finds[0], take.convert
    only = take.first[0] if len(take.first) == 1 else ""  # a child: looked for here, with no list made

    def read(node: Node, reading: Reading) -> tuple[Any, Node] | None:
        for place in node.children if only else find(node):
            text = place.text
            if not text or (only and place.name != only) or text.isspace() or place in reading.voided:
                if _is_composite(place) and (not only or place.name == only):
                    _refuse(take, place, reading, COMPOSITE)
                    return None
                continue
            reading.taken.append(place)
            if place.index == 0 and take.is_listed and reading.refuses and _has_more(place):
                _refuse(take, place, reading, SEVERAL)
                return None
            try:
                value = convert(text)
            except ValueError as problem:
                value = _unusable(take, place, reading, problem)
            if type(value) is Read:
                value = _told(take, value, place, reading)
            return None if value is None else (value, place)
        if take.is_required:
            _missing(take.where_missing, take.at, node, reading)
        return None

    return read


def _first(take: Take) -> Reader:
    """Of several places the first that is filled."""
    finds = tuple((find, take.finds[at:]) for at, find in enumerate(take.finds, 1))

    def read(node: Node, reading: Reading) -> tuple[Any, Node] | None:
        for find, later in finds:
            for place in find(node):
                text = place.text
                if not text or text.isspace() or place in reading.voided:
                    if _is_composite(place):
                        _refuse(take, place, reading, COMPOSITE)
                        return None
                    continue
                reading.taken.append(place)
                if later:
                    _mark_twins(later, text.strip(), node, reading)
                value = _value(take, place, reading)
                return None if value is None else (value, place)
        if take.is_required:
            _missing(take.where_missing, take.at, node, reading)
        return None

    return read


def _many(take: Take) -> Reader:
    def read(node: Node, reading: Reading) -> tuple[Any, Node] | None:
        for find in take.finds:
            there = list(find(node))
            for place in there:
                if _is_composite(place):
                    _refuse(take, place, reading, COMPOSITE)
            places = list(reading.filled(there))
            if not places:
                continue
            reading.taken += places
            values = tuple(v for v in (_value(take, place, reading) for place in places) if v is not None)
            return (values, places[0]) if values else None
        if take.is_required:
            _missing(take.where_missing, take.at, node, reading)
        return None

    return read


def _mark_twins(finds: tuple[Find, ...], said: str, node: Node, reading: Reading) -> None:
    """A later alternative that says the same thing is read, not lost."""
    for find in finds:
        for place in find(node):
            if place.text is not None and place.text.strip() == said:
                reading.taken.append(place)


def _value(take: Take, place: Node, reading: Reading) -> Any:
    text = place.text or ""
    try:
        if take.split:
            return tuple(take.convert(part.strip()) for part in text.split(take.split) if part.strip())
        value = take.convert(text)
    except ValueError as problem:
        return _unusable(take, place, reading, problem)
    return _told(take, value, place, reading) if type(value) is Read else value


def _unusable(take: Take, place: Node, reading: Reading, problem: ValueError) -> Any:
    """Say that a text could not be read; give it as it stands when the table says so."""
    text = place.text or ""
    blocking = (take.is_required or take.is_refusing or reading.refuses) and not take.is_kept
    reading.findings.append(Finding(take.code, place.where, take.at, str(problem), text, blocking))
    return text.strip() if take.is_kept else None


def _is_composite(place: Node) -> bool:
    """Whether parts stand where one value is read."""
    return place.text is None and place.kind != "null" and bool(place.children)


def _refuse(take: Take, place: Node, reading: Reading, what: str) -> None:
    """Say that what stands there is not one value; it stops what a value that cannot be read stops."""
    _unusable(take, place, reading, ValueError(what))


def _has_more(place: Node) -> bool:
    """Whether the first of a list is followed by another."""
    parent = place.parent
    return parent is not None and any(c.name == place.name and c.index > 0 for c in parent.children)


def _told(take: Take, read: Read[Any], place: Node, reading: Reading) -> Any:
    """The value of a reading, its findings told at their place."""
    for warning in read.findings:
        reading.findings.append(Finding(warning.code, place.where, take.at, warning.what, place.text or ""))
    return read.value


def _missing(path: str, at: str, node: Node, reading: Reading) -> None:
    where = f"{node.where}.{path}" if node.where and path else node.where or path
    reading.findings.append(Finding("required-missing", where, at, MISSING, blocking=True))


def writer(take: Take) -> Writer:
    """The closure that writes a plain field back to the first of its places."""

    def write(value: Any, node: Node) -> None:
        if take.is_many and not take.split:
            for item in value:
                leaf(node, take.first, take.invert(item), take.kind, repeated=True)
        elif take.split:
            leaf(node, take.first, take.split.join(take.invert(item) for item in value), take.kind)
        else:
            text = take.invert(value)
            if text:
                leaf(node, take.first, text, take.kind)

    return write


def nested(find: Find, make: Make, *, is_many: bool, at: str, required: str = "") -> Reader:
    """The closure that reads a record (or several) in a record; ``required`` is the path it must be at."""

    def read_all(node: Node, reading: Reading) -> tuple[Any, Node] | None:
        values: list[Any] = []
        origin: Node | None = None
        for place in find(node):
            value = make(place, reading)
            if value is not None:
                values.append(value)
                origin = origin or place
        if origin is not None:
            return tuple(values), origin
        say_missing(node, reading)
        return None

    def read_first(node: Node, reading: Reading) -> tuple[Any, Node] | None:
        for place in find(node):
            value = make(place, reading)
            if value is not None:
                return value, place
        say_missing(node, reading)
        return None

    def say_missing(node: Node, reading: Reading) -> None:
        if required and not reading.is_told:
            _missing(required, at, node, reading)

    return read_all if is_many else read_first


def nested_writer(path: Names, put: Put, *, is_many: bool) -> Writer:
    """The closure that writes a record (or several) under a record's node."""

    def write(value: Any, node: Node) -> None:
        for item in value if is_many else (value,):
            put(item, grow(node, path, repeated=is_many))

    return write


def constant(value: Any) -> Reader:
    """A field whose value the mapping itself gives."""
    return lambda node, _: (value, node)


def write_nothing(_value: Any, _node: Node) -> None:
    """A field that has no way back."""


def hooked(find: Find, hook: Hook, at: str, required: str = "") -> Reader:
    """The closure that lets a function read a field; ``required`` is the path where it must be."""

    def read(node: Node, reading: Reading) -> tuple[Any, Node] | None:
        nodes = find(node)
        before = reading.at
        reading.place, reading.at = nodes[0] if nodes else node, at
        value = hook.read(nodes, reading)
        reading.at = before
        if value is not None and not (value.__class__ is tuple and not value):
            return value, reading.place
        if required and not reading.is_told:
            _missing(required, at, node, reading)
        return None

    return read


def hooked_writer(path: Names, hook: Hook, puts: Mapping[str, Put]) -> Writer:
    """The closure that lets a function write a field back; without an inverse nothing is written."""
    back = hook.write
    if back is None:
        return write_nothing
    return lambda value, node: back(value, grow(node, path), puts)


def grow(node: Node, path: Names, *, repeated: bool = False) -> Node:
    """The node at a path under this one, made where it is missing; a repeated last step is made anew.

    An index of 0 on what repeats says that it is a list also when it is alone; ``write`` numbers them.
    """
    for depth, name in enumerate(path):
        is_last = depth == len(path) - 1
        there = None if is_last and repeated else next((c for c in node.children if c.name == name), None)
        if there is None:
            kind = "attribute" if name.startswith("@") else "object"
            there = Node(name, kind, parent=node, index=0 if is_last and repeated else -1)
            node.children.append(there)
        node = there
    return node


def leaf(node: Node, path: Names, text: str, kind: str = "string", *, repeated: bool = False) -> None:
    """Put a text at a path under a node. For writers and the inverses of hooks."""
    there = grow(node, path, repeated=repeated)
    there.text = text
    if there.kind != "attribute":
        there.kind = kind
