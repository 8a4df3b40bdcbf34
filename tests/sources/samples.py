"""The messages that tests go through: our own fixtures, and shared material when it is at hand."""

from __future__ import annotations

import os
from pathlib import Path

ROOT = Path(__file__).parents[2]
FIXTURES = sorted(
    path
    for path in (ROOT / "fixtures").glob("se.*/*")
    if path.suffix in {".hl7", ".json", ".xml"} and ".expected." not in path.name
)
SHARED = Path(os.environ.get("OVERENS_SHARED", ROOT.parent / "shared"))
