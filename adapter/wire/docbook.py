"""DocBook note texts, as RIV TA GetCareDocumentation carries the keywords (TKB 3.0 §5.4, DocBook 5.0).

``article`` holds ``info/title``, paragraphs, nested ``section`` (title, paragraphs) and ``bibliography``;
senders also use lists. Each section is a keyword. What is not known is kept as text, with a finding.
"""

from __future__ import annotations

import re
from dataclasses import field
from itertools import zip_longest
from typing import TYPE_CHECKING, TypeAlias

from adapter.domain.keywords import Keyword, KeywordValue
from adapter.errors import Unparsable
from adapter.findings import Finding
from adapter.frozen import dataclass
from adapter.wire import xml
from adapter.wire.node import segment
from adapter.wire.xml_writer import escaped

if TYPE_CHECKING:
    from collections.abc import Iterable
    from xml.etree.ElementTree import Element

_AT = "wire.docbook"
_NAMESPACE = "http://docbook.org/ns/docbook"
_XML_SPACE = " \t\r\n"
_TEXT = "#text"

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
_KNOWN = _SECTIONS | _INFOS | _PARAGRAPHS | _LISTS | _INLINE | {"article", "bibliography", _TEXT}
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
        root = xml.elements(plain.lstrip(_XML_SPACE + "\ufeff"))
    except Unparsable as problem:
        return _broken(text, where, problem.finding)
    if _local(root.tag) != "article":
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


_Part: TypeAlias = "tuple[str, Element | str, str]"  # the name of what stands here, it, and its place


@dataclass(slots=True)
class _Reading:
    """One article being read. Remembers the elements it did not know."""

    where: str
    findings: list[Finding] = field(default_factory=list)
    unknown: set[str] = field(default_factory=set)

    def article(self, root: Element) -> DocBook:
        title, blocks = _title_and_blocks("article", root, f"{self.where}#")
        keywords: list[Keyword] = []
        paragraphs: list[KeywordValue] = []
        bibliography: list[KeywordValue] = []
        for block in blocks:
            if block[0] in _SECTIONS:
                keywords.append(self.section(block))
            else:
                self.add_values(block, bibliography if block[0] == "bibliography" else paragraphs)
        return DocBook(
            title=_title_text(title),
            keywords=tuple(keywords),
            paragraphs=tuple(paragraphs),
            bibliography=tuple(bibliography),
            findings=tuple(self.findings),
        )

    def section(self, part: _Part) -> Keyword:
        name, section, place = part
        origins = {"": place}
        title, blocks = _title_and_blocks(name, section, f"{place}.")
        if title:
            origins["title"] = title[2]
            if len(title[1]):
                self.note_below(title)
        children: list[Keyword] = []
        values: list[KeywordValue] = []
        for block in blocks:
            if block[0] in _SECTIONS:
                children.append(self.section(block))
            else:
                self.add_values(block, values)
        return Keyword(
            title=_title_text(title), values=tuple(values), children=tuple(children), origins=origins
        )

    def add_values(self, block: _Part, values: list[KeywordValue]) -> None:
        """A block's texts: a paragraph is one, however emphasised; a list one an item, a table one a row."""
        name, content, place = block
        if name not in _KNOWN:
            self.note(block)
        if isinstance(content, str) or not len(content):  # nearly always
            text = content if isinstance(content, str) else content.text or ""
            said = text if name == "literallayout" else _unwrapped(text)
            if said or name == "literallayout":
                values.append(KeywordValue(text=said, origins={"": place}))
            return
        if name in _ROWS:
            self.add_row(block, values)
            return
        inner = _parts(name, content, f"{place}.")
        is_running = name in _RUNNING or any(map(_is_words, inner))
        run: list[_Part] = []
        for part in inner:
            if isinstance(part[1], str) or (is_running and not _splits(part[1])):
                self.note(part)
                self.note_below(part)
                run.append(part)
            else:
                self.add_value(block, run, values)
                run = []
                self.add_values(part, values)
        self.add_value(block, run, values)

    def add_value(self, block: _Part, run: list[_Part], values: list[KeywordValue]) -> None:
        """One value of a run of text and inline elements; none when there is nothing to say."""
        text = "".join(map(_text, run))
        if block[0] != "literallayout":
            text = _unwrapped(text)
            run = run if text else []
        if run:
            values.append(KeywordValue(text=text, origins={"": block[2]}))

    def add_row(self, row: _Part, values: list[KeywordValue]) -> None:
        """A row of a table is one value, its cells parted by commas."""
        self.note_below(row)
        cells = [_text(cell).strip(_XML_SPACE) for cell in _parts_of(row)]
        text = ", ".join(cell for cell in cells if cell)
        if text:
            values.append(KeywordValue(text=text, origins={"": row[2]}))

    def note_below(self, part: _Part) -> None:
        for inner in _parts_of(part):
            self.note(inner)
            self.note_below(inner)

    def note(self, part: _Part) -> None:
        """Say once of each unknown element that its text is kept but its meaning is not."""
        name, _, place = part
        if name in _KNOWN or name in self.unknown:
            return
        self.unknown.add(name)
        what = (
            "Anteckningens DocBook har ett element som inte är känt. Texten behålls; "
            "be avsändaren använda section, title och para."
        )
        self.findings.append(Finding("docbook-unknown-element", place, _AT, what, name))


def _parts_of(part: _Part) -> list[_Part]:
    name, content, place = part
    return [] if isinstance(content, str) or not len(content) else _parts(name, content, f"{place}.")


def _parts(name: str, element: Element, stem: str) -> list[_Part]:
    """The elements and texts in an element that has elements, with their places: ``section[1].para[0]``.

    Blank text between elements is layout where sections stand, unless other text stands beside it.
    """
    parts: list[_Part] = []
    seen: dict[str, int] = {}
    said = element.text or ""
    for child in element:
        local = child.tag
        if local[0] == "{":
            local = _local(local)
        index = seen.get(local, 0)
        seen[local] = index + 1
        step = local if local in _KNOWN else segment(local)
        parts.append((local, child, f"{stem}{step}[{index}]"))
        if tail := child.tail:
            said += tail
    is_layout = not said or (name in _LAYOUT and said.isspace())
    return parts if is_layout else _mixed(parts, element, stem)


def _mixed(parts: list[_Part], element: Element, stem: str) -> list[_Part]:
    """Elements, and the texts before, between and after them."""
    mixed: list[_Part] = []
    count = 0
    for text, part in zip_longest((element.text, *[child.tail for child in element]), parts):
        if text:
            mixed.append((_TEXT, text, f"{stem}{_TEXT}[{count}]"))
            count += 1
        if part:
            mixed.append(part)
    return mixed


def _local(tag: str) -> str:
    return tag.rpartition("}")[2]


def _title_and_blocks(name: str, content: Element | str, stem: str) -> tuple[_Part | None, list[_Part]]:
    """The title, which may stand in ``info``, and everything else, in order."""
    title: _Part | None = None
    title_in_info: _Part | None = None
    blocks: list[_Part] = []
    for part in [] if isinstance(content, str) else _parts(name, content, stem):
        if part[0] == "title" and title is None:
            title = part
        elif part[0] in _INFOS:
            said = [inner for inner in _parts_of(part) if inner[0] != _TEXT or _is_words(inner)]
            title_in_info = title_in_info or next((inner for inner in said if inner[0] == "title"), None)
            blocks += said or [part]
        elif part[0] != _TEXT or _is_words(part):
            blocks.append(part)
    if title is None and title_in_info is not None:
        blocks.remove(title_in_info)
    return title or title_in_info, blocks


def _title_text(title: _Part | None) -> str:
    if title is None or isinstance(title[1], str):
        return ""
    text = _text(title) if len(title[1]) else title[1].text or ""
    attributes = title[1].items()
    is_kept = attributes and any(_local(name) == "space" and said == "preserve" for name, said in attributes)
    return text if is_kept else text.strip(_XML_SPACE)


def _unwrapped(text: str) -> str:
    """A paragraph's words: no white space at its ends, and a line that goes on joined to the one before."""
    said = text.strip(_XML_SPACE)
    return _WRAP.sub(" ", said) if "\n" in said else said


def _text(part: _Part) -> str:
    """All character data of a part, in order."""
    content = part[1]
    if isinstance(content, str):
        return content
    return "".join(map(_text, _parts_of(part))) if len(content) else content.text or ""


def _is_words(part: _Part) -> bool:
    return isinstance(part[1], str) and bool(part[1].strip(_XML_SPACE))


def _splits(element: Element) -> bool:
    """Whether a block stands here or deeper: then it is no part of a running text."""
    return _local(element.tag) in _SPLITTING or any(map(_splits, element))
