"""The one hardened XML gate: bytes to ``Node`` and back.

XML 1.0 (https://www.w3.org/TR/xml/) with namespaces, less everything that makes it dangerous: a document type
is refused before the parser sees it, so there are no entities but the five, no default attributes and nothing
to fetch; nothing here can open a file or a connection. Comments, processing instructions and CDATA
boundaries never cut a text: what stands between two tags is one text.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import lru_cache
from operator import attrgetter
from typing import TYPE_CHECKING
from xml.etree.ElementTree import XML, ParseError
from xml.parsers import expat

from adapter.wire import xml_refusal
from adapter.wire.charset import xml_text
from adapter.wire.limits import DEFAULT, Limits
from adapter.wire.node import Node
from adapter.wire.refusal import refuse_size
from adapter.wire.xml_writer import write

if TYPE_CHECKING:
    from xml.etree.ElementTree import Element

__all__ = ["elements", "parse", "parse_text", "write"]

_XSI = "http://www.w3.org/2001/XMLSchema-instance"
_NIL = f"@{_XSI}}}nil"
_CHUNK = 1_000_000  # characters; after a refusal the parser goes on to the end of what it was given
_NAME_OF = attrgetter("name")
_SEPARATOR = "}"  # cannot stand in a namespace name that expat takes


def parse(raw: bytes, namespaces: frozenset[str] | None = None, limits: Limits = DEFAULT) -> Node:
    """The tree of an XML document, or ``Unparsable``; the nameless root has the root element as its child.

    Elements and attributes in one of ``namespaces``, or in none, go by their local name, others as
    ``{namespace}local``; None lets all go by local name. Every node has line and column of its start tag.
    An empty element says ``""``; one with ``xsi:nil="true"`` is of kind ``null``.
    """
    refuse_size(raw, limits, xml_refusal.AT)
    return parse_text(xml_text(raw, xml_refusal.AT), namespaces, limits)


def parse_text(
    text: str,
    namespaces: frozenset[str] | None = None,
    limits: Limits = DEFAULT,
) -> Node:
    """The same for a document that is text already.

    Blank text between elements is layout, and left out, unless other text stands beside it.
    """
    xml_refusal.refuse_doctype(text)
    tree = _Tree(namespaces, limits)
    parser = tree.listen(expat.ParserCreate("utf-8", _SEPARATOR))
    try:
        for start in range(0, len(text), _CHUNK):
            parser.Parse(text[start : start + _CHUNK], start + _CHUNK >= len(text))
    except expat.ExpatError as problem:
        raise xml_refusal.not_xml(problem.code, (problem.lineno, problem.offset + 1), text) from None
    except xml_refusal.Excess as excess:
        raise xml_refusal.excess(excess) from None
    finally:
        _let_go(parser)
    tree.settle_nils()
    tree.settle_blanks()
    return tree.root


def elements(text: str, limits: Limits = DEFAULT) -> Element:
    """The root element of a document within a message: its elements as they stand, without places.

    The tree is built in C, of the same parser's events. A text is whole, also around a comment; names are
    ``{namespace}local``. Refuses what ``parse`` refuses, but for long names and many attributes.
    """
    xml_refusal.refuse_doctype(text)
    try:
        tags = text.count("<")
        if tags > 2 * limits.max_nodes:
            raise xml_refusal.too_many(limits)
        root = XML(text)  # there is no document type, hence no entity to expand
        if tags > limits.max_depth:
            _refuse_excess(root, limits)
    except ParseError as problem:
        line, column = problem.position
        raise xml_refusal.not_xml(problem.code, (line, column + 1), text) from None
    except xml_refusal.Excess as excess:
        raise xml_refusal.excess(excess) from None
    return root


def _refuse_excess(root: Element, limits: Limits) -> None:
    """The tree is built already: it is no larger than its text."""
    count, depth, level = 0, 0, [root]
    while level:
        count += len(level)
        depth += 1
        if depth > limits.max_depth:
            raise xml_refusal.too_deep(limits)
        level = [child for element in level for child in element]
    if count > limits.max_nodes:
        raise xml_refusal.too_many(limits)


def _let_go(parser: expat.XMLParserType) -> None:
    """Break the circle of parser and handlers, so that its memory goes at once."""
    parser.StartElementHandler = parser.EndElementHandler = None
    parser.CharacterDataHandler = parser.StartDoctypeDeclHandler = None


def _refuse_late_doctype(*_: object) -> None:
    """A second lock: ``refuse_doctype`` has seen every document type that can be."""
    raise xml_refusal.Excess("doctype-forbidden", "en dokumenttyp (DOCTYPE)", (0, 0))


@dataclass(slots=True)
class _Tree:
    """One tree being built from the parser's events."""

    namespaces: frozenset[str] | None
    limits: Limits
    root: Node = field(default_factory=lambda: Node("", "document"))
    nils: list[tuple[Node, Node]] = field(default_factory=list)
    mixed: dict[int, Node] = field(default_factory=dict)
    blanks: list[tuple[Node, int, str]] = field(default_factory=list)

    def listen(  # noqa: C901 - two closures, each simple by itself
        self, parser: expat.XMLParserType
    ) -> expat.XMLParserType:
        """Hook a parser to the tree: closures, as they run for every tag."""
        stack, runs, blanks = [self.root], list[str](), self.blanks
        namespaces, limits = self.namespaces, self.limits
        deepest, most, longest = limits.max_depth + 1, limits.max_nodes, limits.max_name_length
        count = 0

        def start(raw_name: str, attributes: list[str]) -> None:
            nonlocal count
            parent = stack[-1]
            line, column = parser.CurrentLineNumber, parser.CurrentColumnNumber + 1
            if runs:
                if len(runs) == 1 and runs[0].isspace():
                    blanks.append((parent, len(parent.children), runs.pop()))  # nearly always
                else:
                    self.add_text(parent, runs)
            if len(raw_name) > longest:
                raise xml_refusal.too_long_name(limits, (line, column))
            node = Node(_name(raw_name, namespaces), "element", None, [], parent, -1, line, column)
            parent.children.append(node)
            stack.append(node)
            count += 1
            if attributes:
                count += len(attributes) // 2
                self.add_attributes(node, attributes)
            if count > most:
                raise xml_refusal.too_many(limits, (line, column))
            if len(stack) > deepest:
                raise xml_refusal.too_deep(limits, (line, column))

        def end(_: str) -> None:
            node = stack.pop()
            children = node.children
            if not children or children[-1].kind == "attribute":
                if len(runs) == 1:  # nearly always
                    node.text = runs.pop()
                else:
                    node.text = "".join(runs)
                    runs.clear()
            elif runs:
                if len(runs) == 1 and runs[0].isspace():
                    blanks.append((node, len(children), runs.pop()))
                else:
                    self.add_text(node, runs)
            if len(children) > 1 and len(set(map(_NAME_OF, children))) < len(children):
                _number(children)

        parser.buffer_text = parser.ordered_attributes = True
        parser.StartElementHandler, parser.EndElementHandler = start, end
        parser.CharacterDataHandler = runs.append
        parser.StartDoctypeDeclHandler = _refuse_late_doctype
        return parser

    def add_text(self, node: Node, runs: list[str]) -> None:
        """A text beside child elements is a node of its own: it is read or reported like any other."""
        text = "".join(runs)
        runs.clear()
        if text.isspace():
            self.blanks.append((node, len(node.children), text))
        else:
            node.children.append(_text_node(node, text))
            self.mixed[id(node)] = node

    def settle_blanks(self) -> None:
        """Blank text between elements is layout, but in an element that has other text it is part of it."""
        if not self.blanks or not self.mixed:
            return
        held: dict[int, list[tuple[int, str]]] = {key: [] for key in self.mixed}
        for node, at, text in self.blanks:
            if id(node) in held:
                held[id(node)].append((at, text))
        for key, node in self.mixed.items():
            settled: list[Node] = []
            start = 0
            for at, text in held[key]:
                settled += node.children[start:at]
                settled.append(_text_node(node, text))
                start = at
            node.children[:start] = settled
            _number(node.children)

    def add_attributes(self, node: Node, attributes: list[str]) -> None:
        line, column = node.line, node.column
        if len(attributes) > 2 * self.limits.max_attributes:
            raise xml_refusal.too_many_attributes(self.limits, (line, column))
        for at in range(0, len(attributes), 2):
            raw_name = "@" + attributes[at]
            if len(raw_name) > self.limits.max_name_length:
                raise xml_refusal.too_long_name(self.limits, (line, column))
            name = _name(raw_name, self.namespaces)
            child = Node(name, "attribute", attributes[at + 1], [], node, -1, line, column)
            node.children.append(child)
            if raw_name == _NIL and child.text in {"true", "1"}:
                self.nils.append((node, child))

    def settle_nils(self) -> None:
        """``xsi:nil`` on an empty element makes it a null; elsewhere it stays the attribute it is."""
        for node, attribute in self.nils:
            if node.text is not None and not node.text.strip():
                node.children.remove(attribute)
                node.kind, node.text = "null", None


@lru_cache(maxsize=1024)  # the names of a contract are the same in every message
def _name(raw_name: str, namespaces: frozenset[str] | None) -> str:
    """The name as the source's mapping writes it."""
    mark = "@" if raw_name[0] == "@" else ""
    namespace, _, local = raw_name[len(mark) :].rpartition(_SEPARATOR)
    is_known = not namespace or namespaces is None or namespace in namespaces
    return f"{mark}{local}" if is_known else f"{mark}{{{namespace}}}{local}"


def _text_node(parent: Node, text: str) -> Node:
    return Node("#text", "text", text, [], parent, -1, parent.line, parent.column)


def _number(children: list[Node]) -> None:
    """Give repeated siblings of one name their index."""
    seen: dict[str, Node] = {}
    for child in children:
        last = seen.get(child.name)
        if last is not None:
            last.index = max(last.index, 0)
            child.index = last.index + 1
        seen[child.name] = child
