"""Bytes to a tree of XML elements with their places; a DOCTYPE is refused before it can do anything.

expat reads; entities other than the five of XML cannot be declared without a DOCTYPE.

Apart from ``wire.xml`` for a reason: that joins the text between tags and leaves out what no mapping asks
for, while here every element keeps its line and column, its namespace, its attributes and its text in
order, as the XHTML of a narrative is written out again. What the parser says is told alike.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from xml.parsers import expat

from adapter.validation.wording import word
from adapter.wire.xml_refusal import xml_fault

XHTML = "http://www.w3.org/1999/xhtml"
XML = "http://www.w3.org/XML/1998/namespace"
ENCODINGS = frozenset({"utf-8", "utf-16"})
MOST = 300_000  # elements
DEPTH = 500  # levels; deeper is refused, FHIR content has under thirty
_CHUNK = 250_000  # bytes; after a refusal the parser goes on to the end of what it was given


class XmlFault(ValueError):
    """The bytes are no XML that we take; ``rule`` is the rule broken, ``line`` and ``column`` where."""

    def __init__(self, rule: str, detail: str, line: int, column: int) -> None:
        super().__init__(detail)
        self.rule, self.detail, self.line, self.column = rule, detail, line, column


@dataclass(slots=True, eq=False)
class Element:
    """An XML element: local name, namespace, attributes, children (elements and text in order)."""

    name: str
    namespace: str
    attributes: dict[str, str]
    line: int
    column: int
    content: list[Element | str] = field(default_factory=list)

    @property
    def children(self) -> list[Element]:
        """The elements inside, without the text between them."""
        return [c for c in self.content if isinstance(c, Element)]

    @property
    def has_text(self) -> bool:
        """Whether there is text directly inside."""
        return any(isinstance(c, str) and c.strip() for c in self.content)


class _Builder:
    def __init__(self, take_root: Callable[[Element], None]) -> None:
        self.take_root = take_root
        self.parser = expat.ParserCreate(namespace_separator=" ")
        self.parser.buffer_text = True
        self.parser.StartElementHandler = self.start
        self.parser.EndElementHandler = self.end
        self.parser.CharacterDataHandler = self.text
        self.parser.StartDoctypeDeclHandler = self.doctype
        self.parser.ProcessingInstructionHandler = self.instruction
        self.parser.XmlDeclHandler = self.declared
        self.stack: list[Element] = []
        self.root: Element | None = None
        self.elements = 0

    def place(self) -> tuple[int, int]:
        return self.parser.CurrentLineNumber, self.parser.CurrentColumnNumber + 1

    def start(self, name: str, attributes: dict[str, str]) -> None:
        namespace, _, local = name.rpartition(" ")
        parser = self.parser
        made = Element(local, namespace, attributes, parser.CurrentLineNumber, parser.CurrentColumnNumber + 1)
        if self.stack:
            self.stack[-1].content.append(made)
        else:
            self.root = made
            self.take_root(made)
        self.stack.append(made)
        self.elements += 1
        if self.elements > MOST:
            raise XmlFault("too-many", str(MOST), *self.place())
        if len(self.stack) > DEPTH:
            raise XmlFault("too-deep", str(DEPTH), *self.place())

    def end(self, _name: str) -> None:
        self.stack.pop()

    def text(self, data: str) -> None:
        if self.stack:
            self.stack[-1].content.append(data)

    def doctype(self, *_: object) -> None:
        raise XmlFault("xml-doctype", "", *self.place())

    def declared(self, _version: str, encoding: str | None, _alone: int) -> None:
        if encoding is not None and encoding.lower() not in ENCODINGS:
            raise XmlFault("xml-encoding", encoding, *self.place())

    def instruction(self, target: str, _data: str) -> None:
        raise XmlFault("xml-instruction", target, *self.place())


def parse(raw: bytes, take_root: Callable[[Element], None] = lambda _: None) -> Element:
    """The root element. Raises XmlFault when it is not well-formed, too deep or large, or has a DOCTYPE.

    ``take_root`` sees its start tag before more is read, and raises XmlFault for one that it refuses.
    """
    builder = _Builder(take_root)
    try:
        for start in range(0, len(raw) or 1, _CHUNK):
            builder.parser.Parse(raw[start : start + _CHUNK], start + _CHUNK >= len(raw))
    except expat.ExpatError as problem:
        raise XmlFault(
            "xml-malformed",
            word(xml_fault(problem.code), expat.ErrorString(problem.code)),
            problem.lineno,
            problem.offset + 1,
        ) from None
    except (LookupError, ValueError) as problem:
        if isinstance(problem, XmlFault):
            raise
        raise XmlFault("xml-malformed", str(problem), 1, 1) from None
    if builder.root is None:
        raise XmlFault("xml-malformed", "no element", 1, 1)
    return builder.root


def escape(text: str) -> str:
    """Text as it stands between tags, or in an attribute in double quotes."""
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;").replace('"', "&quot;")


def _attribute(name: str) -> str:
    """``xml:lang`` keeps its prefix, which needs no declaration."""
    namespace, _, local = name.rpartition(" ")
    return f"xml:{local}" if namespace == XML else local


def serialize(element: Element, around: str = "") -> str:
    """An XHTML element as text, as it stands in JSON; ``around`` is the namespace that it stands in."""
    name, space = element.name, element.namespace
    declared = f' xmlns="{space}"' if space != around else ""
    attributes = "".join(f' {_attribute(k)}="{escape(v)}"' for k, v in element.attributes.items())
    inner = "".join(escape(c) if isinstance(c, str) else serialize(c, space) for c in element.content)
    return f"<{name}{declared}{attributes}>{inner}</{name}>" if inner else f"<{name}{declared}{attributes}/>"
