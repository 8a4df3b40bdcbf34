"""Functions that any source may use for the text of a note: keywords out of DocBook or plain text."""

from __future__ import annotations

from adapter.mapping.plan import Hook

HOOKS: dict[str, Hook] = {}
