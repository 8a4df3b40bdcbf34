"""The campaigns bite: a hole in the program is seen by the campaign that has to see it."""

from __future__ import annotations

import socket
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import pytest

from adapter.rest import access, gate
from adapter.security import guarded, judges, scopes, tokens
from tests.crash.campaign import Report
from tests.security.campaign import bodies
from tests.security.campaign.campaigns import CAMPAIGNS


async def everything(_: Any, rows: Sequence[Any], *__: Any, **___: Any) -> list[Any]:
    """Every row is seen."""
    return list(rows)


async def nothing(*_: Any) -> None:
    """No trail."""


def let_be(*_: Any) -> None:
    """Nothing is looked at."""


def any_scope(text: str) -> Any:
    """Every scope that is read as one for all."""
    return scopes.Scope("patient", "*", "cruds") if text else None


@pytest.mark.parametrize(
    ("owner", "name", "hole", "campaign", "sizes"),
    [
        (guarded.GuardedStore, "_all_seen", everything, "other-patient", {"pairs": 1, "mixes": 1}),
        (judges.StaffJudge, "seen", everything, "searches", {"searches": 100}),
        (tokens, "check_claims", let_be, "tokens", {}),
        (tokens, "_check_header", let_be, "tokens", {}),
        (scopes, "read_scope", any_scope, "scopes", {"fuzzed": 0}),
        (gate, "end", nothing, "audited", {"searches": 1}),
        (access, "OPEN_PATHS", frozenset({"/fhir/_history"}), "routes", {}),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
async def test_a_hole_is_seen(  # noqa: PLR0913, PLR0917  where it is, and who has to see it
    owner: Any,
    name: str,
    hole: Callable[..., Any],
    campaign: str,
    sizes: dict[str, int],
    folder: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """
    Rows that nobody judged, claims that nobody read, scopes that are made of anything, no trail.
    """
    monkeypatch.setattr(owner, name, hole)
    with Report(campaign, 1) as report:
        await CAMPAIGNS[campaign].run(folder, report, **sizes)
    assert not report.is_good


def test_a_call_out_is_seen() -> None:
    """
    Whoever asks for an address or connects while bodies are judged is counted.
    """
    bodies.CALLS.clear()
    with socket.socket() as one:
        one.connect_ex(("127.0.0.1", 1))
    assert bodies.CALLS
