"""``overens sources``: what can be sent, and how it looks."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

from adapter.bootstrap import all_sources
from adapter.cli.told import wrong_use
from adapter.errors import MappingError

if TYPE_CHECKING:
    from adapter.pipeline import Source


def run_sources() -> int:
    """Print each source with what it is."""
    try:
        known = all_sources()
    except MappingError as problem:
        return wrong_use(str(problem))
    sys.stdout.write("\n\n".join(map(source_text, known.values())) + "\n")
    return 0


def source_text(source: Source) -> str:
    """A few lines about one source."""
    return "\n".join(
        (
            f"{source.name}",
            f"  {source.title}",
            f"  format:  {', '.join(source.formats)}",
            f"  ägare:   {source.owner}",
            f"  version: {source.version}",
            f"  exempel: {source.example or 'saknas'}",
        )
    )
