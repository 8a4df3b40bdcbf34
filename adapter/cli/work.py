"""``overens work``: a process that only sends letters. Several may share one PostgreSQL with the server."""

from __future__ import annotations

import asyncio
import signal
from typing import TYPE_CHECKING

from adapter.bootstrap import working
from adapter.cli.serve import run
from adapter.cli.told import tell, wrong_use
from adapter.configured import own_version, validator
from adapter.errors import MappingError, SettingError
from adapter.log_lines import set_up_logging
from adapter.ports import StoreUnavailable
from adapter.settings import load_settings

if TYPE_CHECKING:
    from adapter.settings import Settings

_ALONE = (
    "overens work delar databas med servern, och det går bara med PostgreSQL. Sätt OVERENS_DATABASE_URL till "
    "postgresql://användare@dator/databas; med SQLite skickar overens serve själv."
)
_NONE = "OVERENS_WORKERS är 0, så inget skulle skickas. Ta bort inställningen eller sätt den till minst 1."


def run_work() -> int:
    """Send until told to stop; 2 when a setting stands in the way."""
    try:
        settings = load_settings()
        set_up_logging(settings.log_level)
        if not settings.database_url.startswith(("postgresql://", "postgres://")):
            return wrong_use(_ALONE)
        if not settings.workers:
            return wrong_use(_NONE)
        validator()
        run(_work(settings))
    except (SettingError, MappingError, StoreUnavailable) as problem:
        return wrong_use(str(problem))
    return 0


async def _work(settings: Settings) -> None:
    stop = asyncio.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        asyncio.get_running_loop().add_signal_handler(number, stop.set)
    async with working(settings):
        tell(f"Överens {own_version()} skickar brev; stoppa med Ctrl-C.")
        await stop.wait()
