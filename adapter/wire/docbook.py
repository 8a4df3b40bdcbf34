"""DocBook note texts, as RIV TA GetCareDocumentation carries the keywords (TKB 3.0 §5.4, DocBook 5.0).

``article`` holds ``info/title``, paragraphs, nested ``section`` (title, paragraphs) and ``bibliography``;
senders also use lists. Each section is a keyword. What is not known is kept as text, with a finding.
"""

from __future__ import annotations

import re
from dataclasses import field
from typing import TYPE_CHECKING

from adapter.domain.keywords import Keyword, KeywordValue
from adapter.errors import Unparsable
from adapter.findings import Finding
from adapter.frozen import dataclass
from adapter.wire import xml
from adapter.wire.xml_writer import escaped

if TYPE_CHECKING:
    from collections.abc import Iterable

    from adapter.wire.node import Node

_AT = "wire.docbook"
_NAMESPACE = "http://docbook.org/ns/docbook"
_XML_SPACE = " \t\r\n"

_SECTIONS = frozenset({"section", "sect1", "sect2", "sect3", "sect4", "sect5", "simplesect"})
_INFOS = frozenset({"info", "articleinfo", "sectioninfo"})
_PARAGRAPHS = frozenset(
    {"para", "simpara", "member", "term", "title", "subtitle", "literallayout", "bibliomixed"}
)
_LISTS = frozenset(
    {"itemizedlist", "orderedlist", "simplelist", "listitem", "variablelist", "varlistentry", "formalpara"}
)
_INLINE = frozenset(
    {"emphasis", "phrase", "quote", "literal", "link", "ulink", "uri", "email", "subscript", "superscript"}
    | {"abbrev", "acronym", "citetitle", "foreignphrase", "personname", "date", "productname"}
)
_KNOWN = _SECTIONS | _INFOS | _PARAGRAPHS | _LISTS | _INLINE | {"article", "bibliography", "#text"}
_LAYOUT = _SECTIONS | _INFOS | {"article"}  # blank text between what stands in these says nothing
_ROWS = frozenset({"row", "tr"})  # of a table: a medicine and its dose stay together
_RUNNING = _PARAGRAPHS | _INLINE
_SPLITTING = _SECTIONS | _LISTS | (_PARAGRAPHS - {"title", "subtitle"})

# A line that goes on, indented as a file is: not the break of a text, nor the beginning of an item in it.
_WRAP = re.compile(r"[ \t]*\r?\n[ \t]+(?![\s•●▪◦‣]|[-–—*·][ \t]|[0-9]{1,2}[.)][ \t])")
_STARTS_AS_XML = re.compile(
    r"[ \t\r\n\ufeff]*<(?:\?xml[ \t\r\n]|!DOCTYPE\b|!--|(?:[A-Za-z_][\w.-]*:)?article[\s/>])"
)
_ENCODED_TWICE = re.compile(r"[ \t\r\n\ufeff]*&lt;(?:\?xml\s|!--|(?:[A-Za-z_][\w.-]*:)?article(?:\s|/|&gt;))")
_ENTITY = re.compile(r"&(?:(lt|gt|amp|quot|apos)|#([0-9]{1,7})|#x([0-9a-fA-F]{1,6}));")
_ENTITIES = {"lt": "<", "gt": ">", "amp": "&", "quot": '"', "apos": "'"}


@dataclass(frozen=True, slots=True, kw_only=True)
class DocBook:
    """What an article says.

    ``paragraphs`` are the texts outside sections (of ``info`` too, but the title), ``bibliography`` those of
    the reference list. ``is_broken``: the text began as XML but could not be read; then the whole text is the
    only paragraph, one finding says why, and it is best read as plain text.
    """

    title: str = ""
    keywords: tuple[Keyword, ...] = ()
    paragraphs: tuple[KeywordValue, ...] = ()
    bibliography: tuple[KeywordValue, ...] = ()
    findings: tuple[Finding, ...] = ()
    is_broken: bool = False


def read(text: str, where: str) -> DocBook | None:
    """The keywords of a note text, or None when it is not DocBook but plain text.

    ``text`` is as the message's XML gate gives it (entities and CDATA already undone); one more layer of
    entities is undone when it hides an article. Origins are ``<where>#section[0].para[1]``. The text of a
    paragraph is verbatim but for the white space at its ends, and a line break with indentation after it
    is a wrap and counts as a space; ``literallayout`` keeps it all.
    """
    plain = _decoded_once_more(text)
    if not _STARTS_AS_XML.match(plain):
        return None
    try:
        root = xml.parse_text(plain.lstrip(_XML_SPACE + "\ufeff"), layout=_LAYOUT).children[0]
    except Unparsable as problem:
        return _broken(text, where, problem.finding)
    if root.name != "article":
        return None
    return _Reading(where).article(root)


def write(keywords: Iterable[Keyword], title: str) -> str:
    """An article that ``read`` takes back to the same titles, values and nesting.

    An empty value, or one with white space at an end or after a line break, is a ``literallayout``; all
    others are ``para``. What
    XML cannot hold is replaced: vertical tab and form feed by a line break, other control characters,
    half surrogate pairs and non-characters by U+FFFD. A value's kind and a keyword's tool, units, ranges
    and secrecy levels have no place in DocBook.
    """
    parts = [f'<article xmlns="{_NAMESPACE}" version="5.0"><info>{_title(title)}</info>']
    for keyword in keywords:
        _write(keyword, parts)
    parts.append("</article>")
    return "".join(parts)


_REPLACED = dict.fromkeys((*range(32), *range(55296, 57344), 65534, 65535), "�")
_REPLACED |= {0x0B: "\n", 0x0C: "\n"}
for _kept in (0x09, 0x0A, 0x0D):
    del _REPLACED[_kept]


def _write(keyword: Keyword, parts: list[str]) -> None:
    parts.append(f"<section>{_title(keyword.title)}")
    for value in keyword.values:
        text = _holdable(value.text)
        is_plain = text and text == text.strip(_XML_SPACE) and not _WRAP.search(text)
        tag = "para" if is_plain else "literallayout"
        parts.append(f"<{tag}>{escaped(text)}</{tag}>")
    for child in keyword.children:
        _write(child, parts)
    parts.append("</section>")


def _holdable(text: str) -> str:
    """The text as XML can hold it."""
    return text if text.isprintable() else text.translate(_REPLACED)


def _title(text: str) -> str:
    kept = _holdable(text)
    space = "" if kept == kept.strip(_XML_SPACE) else ' xml:space="preserve"'
    return f"<title{space}>{escaped(kept)}</title>"


def _decoded_once_more(text: str) -> str:
    return _ENTITY.sub(_character, text) if _ENCODED_TWICE.match(text) else text


def _character(found: re.Match[str]) -> str:
    if found[1]:
        return _ENTITIES[found[1]]
    code = int(found[2]) if found[2] else int(found[3], 16)
    return chr(code) if code <= 0x10FFFF else found[0]  # noqa: PLR2004 - the last code point there is


def _broken(text: str, where: str, refusal: Finding) -> DocBook:
    what = (
        f"Anteckningens text börjar som DocBook men går inte att läsa: {refusal.what} "
        "Texten behålls som vanlig text; rätta den i källsystemet."
    )
    finding = Finding("docbook-unreadable", where, _AT, what, refusal.code)
    value = KeywordValue(text=text, origins={"": where})
    return DocBook(paragraphs=(value,), findings=(finding,), is_broken=True)


@dataclass(slots=True)
class _Reading:
    """One article being read. Remembers the elements it did not know."""

    where: str
    findings: list[Finding] = field(default_factory=list)
    unknown: set[str] = field(default_factory=set)
    places: dict[Node, str] = field(default_factory=dict)

    def article(self, root: Node) -> DocBook:
        title, blocks = _title_and_blocks(root)
        keywords: list[Keyword] = []
        paragraphs: list[KeywordValue] = []
        bibliography: list[KeywordValue] = []
        for block in blocks:
            if block.name in _SECTIONS:
                keywords.append(self.section(block))
            elif block.name == "bibliography":
                self.add_values(block, bibliography)
            else:
                self.add_values(block, paragraphs)
        return DocBook(
            title=_title_text(title),
            keywords=tuple(keywords),
            paragraphs=tuple(paragraphs),
            bibliography=tuple(bibliography),
            findings=tuple(self.findings),
        )

    def section(self, node: Node) -> Keyword:
        title, blocks = _title_and_blocks(node)
        if title:
            self.note_below(title)
        children: list[Keyword] = []
        values: list[KeywordValue] = []
        for block in blocks:
            if block.name in _SECTIONS:
                children.append(self.section(block))
            else:
                self.add_values(block, values)
        place = self.place(node)
        origins = {"": place, "title": self.place(title)} if title else {"": place}
        return Keyword(
            title=_title_text(title), values=tuple(values), children=tuple(children), origins=origins
        )

    def add_values(self, block: Node, values: list[KeywordValue]) -> None:
        """A block's texts: a paragraph is one, however emphasised; a list one an item, a table one a row."""
        self.note(block)
        if not block.children and block.name != "literallayout":  # nearly always
            text = _unwrapped(block.text or "")
            if text:
                values.append(KeywordValue(text=text, origins={"": self.place(block)}))
            return
        inner = [child for child in block.children if child.kind != "attribute"]
        if not inner:
            self.add_value(block, [block], values)
            return
        if block.name in _ROWS:
            self.add_row(block, values)
            return
        is_running = block.name in _RUNNING or any(_is_words(child) for child in inner)
        run: list[Node] = []
        for child in inner:
            if child.kind == "text" or (is_running and not _splits(child)):
                run.append(child)
            else:
                self.add_value(block, run, values)
                run = []
                self.add_values(child, values)
        self.add_value(block, run, values)

    def add_value(self, block: Node, run: list[Node], values: list[KeywordValue]) -> None:
        """One value of a run of text and inline elements; none when there is nothing to say."""
        for node in run:
            self.note(node)
            self.note_below(node)
        text = "".join(map(_text, run))
        if block.name != "literallayout":
            text = _unwrapped(text)
            run = run if text else []
        if run:
            values.append(KeywordValue(text=text, origins={"": self.place(block)}))

    def add_row(self, row: Node, values: list[KeywordValue]) -> None:
        """A row of a table is one value, its cells parted by commas."""
        self.note_below(row)
        cells = [_text(cell).strip(_XML_SPACE) for cell in row.children if cell.kind != "attribute"]
        text = ", ".join(cell for cell in cells if cell)
        if text:
            values.append(KeywordValue(text=text, origins={"": self.place(row)}))

    def note_below(self, node: Node) -> None:
        for child in node.children:
            if child.kind == "element":
                self.note(child)
                self.note_below(child)

    def note(self, node: Node) -> None:
        """Say once of each unknown element that its text is kept but its meaning is not."""
        if node.name in _KNOWN or node.name in self.unknown or node.kind == "attribute":
            return
        self.unknown.add(node.name)
        what = (
            "Anteckningens DocBook har ett element som inte är känt. Texten behålls; "
            "be avsändaren använda section, title och para."
        )
        self.findings.append(Finding("docbook-unknown-element", self.place(node), _AT, what, node.name))

    def place(self, node: Node) -> str:
        """The path below the article, every step with its index: ``note#section[1].para[0]``."""
        known = self.places.get(node)
        if known is None:
            step = f"{node.name}[{max(node.index, 0)}]"
            above = node.parent
            is_top = above is None or above.name == "article"
            known = f"{self.where}#{step}" if is_top or above is None else f"{self.place(above)}.{step}"
            self.places[node] = known
        return known


def _title_and_blocks(node: Node) -> tuple[Node | None, list[Node]]:
    """The title, which may stand in ``info``, and everything else, in order."""
    title: Node | None = None
    title_in_info: Node | None = None
    blocks: list[Node] = []
    for child in node.children:
        if child.kind != "element" and not _is_words(child):
            continue
        if child.name == "title" and title is None:
            title = child
        elif child.name in _INFOS:
            said = [part for part in child.children if part.kind == "element" or _is_words(part)]
            title_in_info = title_in_info or next((part for part in said if part.name == "title"), None)
            blocks += said or [child]
        else:
            blocks.append(child)
    if title is None and title_in_info is not None:
        blocks.remove(title_in_info)
    return title or title_in_info, blocks


def _title_text(title: Node | None) -> str:
    if title is None:
        return ""
    text = _text(title)
    is_kept = title.children and any(
        child.name == "@space" and child.text == "preserve" for child in title.children
    )
    return text if is_kept else text.strip(_XML_SPACE)


def _unwrapped(text: str) -> str:
    """A paragraph's words: no white space at its ends, and a line that goes on joined to the one before."""
    said = text.strip(_XML_SPACE)
    return _WRAP.sub(" ", said) if "\n" in said else said


def _text(node: Node) -> str:
    """All character data of a node, in order."""
    if node.text is not None:
        return node.text
    return "".join(_text(child) for child in node.children if child.kind != "attribute")


def _is_words(node: Node) -> bool:
    return node.kind == "text" and bool((node.text or "").strip(_XML_SPACE))


def _splits(node: Node) -> bool:
    """Whether a block stands here or deeper: then it is no part of a running text."""
    return node.name in _SPLITTING or any(_splits(child) for child in node.children)
