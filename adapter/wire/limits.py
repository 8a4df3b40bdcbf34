"""How much of a message a gate takes: what is larger is refused before it costs anything."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """Limits of one message. ``max_depth`` is what the deepest real keyword trees need, ten times over."""

    max_bytes: int = 10_000_000
    max_depth: int = 200
    max_nodes: int = 100_000
    max_attributes: int = 200  # of one element
    max_name_length: int = 1_000  # characters, namespace included


DEFAULT = Limits()
