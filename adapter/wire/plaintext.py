"""Flat note texts: lines ``Sökord: text``, or a keyword alone on its line with its text below.

The fallback when a note text is not DocBook. Only words that the vocabulary knows open a keyword; all other
lines belong to the keyword above. The tree cannot be told from flat text, so the keywords come flat.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from adapter.domain.keywords import Keyword, KeywordValue

if TYPE_CHECKING:
    from collections.abc import Callable


def read(text: str, known: Callable[[str], bool], where: str) -> tuple[Keyword, ...]:
    """The keywords of a flat text in its order; leading text is under a keyword without title.

    Every line that is not blank is a title, a value or both (``Sökord: text``), without its outer white
    space; only the colon after a title is left out. Lines count as in ``str.splitlines``; origins are
    ``<where>#L<n>``.
    """
    found: list[tuple[str, str, list[KeywordValue]]] = []
    for number, line in enumerate(text.splitlines(), start=1):
        written = line.strip()
        if not written:
            continue
        place = f"{where}#L{number}"
        title, rest = _split(written, known)
        if title or not found:
            found.append((title, place, []))
        if rest:
            found[-1][2].append(KeywordValue(text=rest, origins={"": place}))
    return tuple(
        Keyword(title=title, values=tuple(values), origins={"": place}) for title, place, values in found
    )


def _split(line: str, known: Callable[[str], bool]) -> tuple[str, str]:
    """Title and text of one line; no title when the line opens no keyword."""
    if known(line):
        return line.removesuffix(":").rstrip(), ""
    title, colon, rest = line.partition(":")
    title = title.rstrip()
    return (title, rest.strip()) if colon and title and known(title) else ("", line)
