"""A keyword tree as text: titles indented, values under them."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from adapter.domain.keywords import Keyword


def keyword_text(keywords: Iterable[Keyword]) -> str:
    """Two spaces a level; a value begins with a dash, its further lines stand under it."""
    return "\n".join(line for keyword in keywords for line in _lines(keyword, ""))


def _lines(keyword: Keyword, indent: str) -> Iterator[str]:
    yield f"{indent}{keyword.title}"
    for value in keyword.values:
        yield f"{indent}  - " + value.text.replace("\n", f"\n{indent}    ")
    for child in keyword.children:
        yield from _lines(child, indent + "  ")
