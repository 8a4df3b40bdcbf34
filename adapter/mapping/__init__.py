"""Mappings are data: a folder of YAML compiled once to functions, run over a tree, and back again.

``compile_plan`` reads the ten-word language (docs of it: ``compile.py``), ``map_message`` runs a plan,
``write_message`` runs it backwards. Hooks of a source use ``Hook``, ``Reading``, ``grow``, ``leaf``,
``path`` and ``origins_at``.
"""

from __future__ import annotations

from adapter.mapping import hl7v2
from adapter.mapping.compile import compile_plan
from adapter.mapping.fields import grow, leaf
from adapter.mapping.paths import path
from adapter.mapping.plan import About, Hook, Loss, Mapped, Plan, Put
from adapter.mapping.reading import Reading
from adapter.mapping.records import origins_at
from adapter.mapping.run import map_message
from adapter.mapping.write import write_message

__all__ = [
    "About",
    "Hook",
    "Loss",
    "Mapped",
    "Plan",
    "Put",
    "Reading",
    "compile_plan",
    "grow",
    "hl7v2",
    "leaf",
    "map_message",
    "origins_at",
    "path",
    "write_message",
]
