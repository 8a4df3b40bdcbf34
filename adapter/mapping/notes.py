"""Functions that any source may use for a note that comes as one text: DocBook, or lines of plain text."""

from __future__ import annotations

from typing import TYPE_CHECKING

from adapter.domain.keywords import Keyword
from adapter.domain.note import NoteText
from adapter.mapping.plan import Hook
from adapter.wire import docbook, plaintext

if TYPE_CHECKING:
    from adapter.mapping.reading import Reading
    from adapter.wire.docbook import DocBook
    from adapter.wire.node import Node

DOCBOOK = "application/docbook+xml"


def keywords(nodes: list[Node], reading: Reading) -> tuple[Keyword, ...]:
    """The keyword tree of a text: the sections of a DocBook article, else ``Sökord: text`` lines.

    Text outside the keywords comes under a keyword without title, so that it is seen to be there.
    """
    for node in reading.filled(nodes):
        reading.taken.append(node)
        text = node.text or ""
        article = _article(node, reading)
        if article is None or article.is_broken:
            known = reading.vocabulary.knows if reading.vocabulary else _none
            return plaintext.read(text, known, node.where)
        loose = article.paragraphs + article.bibliography
        before = (Keyword(title="", values=loose, origins={"": loose[0].origin()}),) if loose else ()
        return before + article.keywords
    return ()


def note_text(nodes: list[Node], reading: Reading) -> NoteText | None:
    """The text verbatim, and whether it is DocBook. Says what was wrong with an article, once."""
    for node in reading.filled(nodes):
        reading.taken.append(node)
        article = _article(node, reading)
        reading.findings += article.findings if article else ()
        is_docbook = article is not None and not article.is_broken
        return NoteText(
            text=node.text or "",
            media_type=DOCBOOK if is_docbook else "text/plain",
            origins={"": node.where, "text": node.where},
        )
    return None


def _article(node: Node, reading: Reading) -> DocBook | None:
    """The article in a node, read once for both functions."""
    key = ("docbook", node)
    if key not in reading.memory:
        reading.memory[key] = docbook.read(node.text or "", node.where)
    article: DocBook | None = reading.memory[key]
    return article


def _none(_title: str) -> bool:
    return False


HOOKS = {"note-keywords": Hook(read=keywords), "note-text": Hook(read=note_text)}
