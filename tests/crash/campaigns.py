"""The campaigns by name, each with its long and its short sizes; the code is the same."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from tests.crash.database_stop import stop_the_database
from tests.crash.defects import see_defects
from tests.crash.deliver import keep_order, kill_workers, stall_workers
from tests.crash.kill import kill_on_postgres, kill_on_sqlite
from tests.crash.power_cut import cut_power
from tests.crash.recorded import acknowledge
from tests.crash.repeats import repeat


@dataclass(frozen=True, kw_only=True)
class Campaign:
    """``run(folder, report, **sizes)`` tells the report what it found."""

    run: Callable[..., Awaitable[None]]
    long: Mapping[str, Any] = field(default_factory=dict)
    short: Mapping[str, Any] = field(default_factory=dict)


CAMPAIGNS = {
    "kill-sqlite": Campaign(
        run=kill_on_sqlite, long={"kills": 800, "count": 16_000}, short={"kills": 8, "count": 80}
    ),
    "kill-postgres": Campaign(
        run=kill_on_postgres, long={"kills": 400, "count": 6_000}, short={"kills": 4, "count": 60}
    ),
    "stop-postgres": Campaign(run=stop_the_database, long={"stops": 60}, short={"stops": 2}),
    "acknowledge": Campaign(
        run=acknowledge, long={"recordings": 8, "count": 600}, short={"recordings": 1, "count": 60}
    ),
    "power-cut": Campaign(
        run=cut_power,
        long={"recordings": 24, "count": 80, "images": 3_600},
        short={"recordings": 2, "count": 30, "images": 60},
    ),
    "order": Campaign(run=keep_order, long={"letters": 9_600}, short={"letters": 480}),
    "kill-workers": Campaign(
        run=kill_workers, long={"letters": 9_600, "kills": 300}, short={"letters": 480, "kills": 6}
    ),
    "stall-workers": Campaign(
        run=stall_workers, long={"letters": 9_600, "stalls": 60}, short={"letters": 480, "stalls": 2}
    ),
    "repeats": Campaign(run=repeat, long={"is_whole": True}),
    "defects": Campaign(run=see_defects, short={"names": ("synchronous-normal",)}),
}
