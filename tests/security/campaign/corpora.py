"""Where the corpora lie, outside the tree: OVERENS_SHARED, else a folder ``shared`` beside it."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Final

SHARED: Final = Path(os.environ.get("OVERENS_SHARED", Path(__file__).resolve().parents[4] / "shared"))
CORPORA: Final = SHARED / "corpora"
