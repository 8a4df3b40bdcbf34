"""Texts and headlines of Lifecare, joined to a tree of keywords."""

from __future__ import annotations

from typing import TYPE_CHECKING

from adapter.domain.keywords import Keyword, KeywordValue
from adapter.domain.when import Moment, moment
from adapter.mapping import Hook, path

if TYPE_CHECKING:
    from adapter.mapping import Reading
    from adapter.wire.node import Node

DOCUMENTATIONS, HEADLINES, SIGNED = path("documentations"), path("headlines"), path("SignedTime")


def same(nodes: list[Node], reading: Reading) -> str | None:
    """One value that every text says; another one stays unread."""
    found = [node for node in reading.filled(nodes) if node.text == nodes[0].text]
    reading.mark(*found)
    return found[0].text if found else None


def latest(nodes: list[Node], reading: Reading) -> Moment | None:
    """The last of several times."""
    reading.mark(*nodes)
    times = [moment(node.text or "").value for node in reading.filled(nodes)]
    return max(times, key=Moment.earliest, default=None)


def all_signed(nodes: list[Node], reading: Reading) -> bool:
    """A note is signed when each of its texts is."""
    reading.mark(*nodes)
    root = reading.place
    while root.parent is not None:
        root = root.parent
    return all(any(time.text for time in SIGNED(text)) for text in DOCUMENTATIONS(root))


def keywords(nodes: list[Node], reading: Reading) -> tuple[Keyword, ...]:
    """The headlines that hold something, as a tree, each with its current texts."""
    texts: dict[str, list[KeywordValue]] = {}
    for text in DOCUMENTATIONS(nodes[0]):
        headline, status = reading.text(text, "HeadlineId"), reading.text(text, "Status")
        kind, wrong = reading.text(text, "ContentType"), reading.text(text, "ErrorMarked")
        places = list(reading.filled(text.all("PlainText")))
        reading.mark(*places)
        if status == "Current" and kind == "Text" and wrong != "true" and places:
            value = KeywordValue(text=places[0].text or "", origins={"": places[0].where})
            texts.setdefault(headline, []).append(value)
    below: dict[str, list[tuple[str, str, Node]]] = {}
    for headline in HEADLINES(nodes[0]):
        parent = reading.text(headline, "ParentId")
        below.setdefault(parent, []).append(
            (reading.text(headline, "Id"), reading.text(headline, "Name"), headline)
        )
    return _tree("", below, texts)


def _tree(
    parent: str, below: dict[str, list[tuple[str, str, Node]]], texts: dict[str, list[KeywordValue]]
) -> tuple[Keyword, ...]:
    made = (
        Keyword(
            title=name,
            values=tuple(texts.get(key, ())),
            children=_tree(key, below, texts),
            origins={"": headline.where},
        )
        for key, name, headline in below.get(parent, ())
    )
    return tuple(keyword for keyword in made if keyword.values or keyword.children)


HOOKS = {
    "same": Hook(read=same),
    "latest": Hook(read=latest),
    "all-signed": Hook(read=all_signed),
    "keywords": Hook(read=keywords),
}
