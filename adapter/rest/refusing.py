"""What stands in the way of a change through REST: the life-cycle of a resource, judged by the domain."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from adapter.fhir.written import Writer
from adapter.findings import Finding

Json = dict[str, Any]
Refuse = Callable[[Json, Json, Writer], Sequence[Finding]]
"""The current version, the one that is to follow, who writes → findings; none when nothing stands in the way.

A finding ``not-your-step`` is answered with 403, any other with 409.
"""


def nothing_refused(_old: Json, _new: Json, _writer: Writer) -> Sequence[Finding]:
    """No life-cycle is known."""
    return ()
