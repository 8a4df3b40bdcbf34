"""``overens serve``: the real server, in this process."""

from __future__ import annotations

import asyncio
import os
import signal
import socket
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

import uvicorn
import uvloop

from adapter.bootstrap import all_sources, running
from adapter.cli.connection import Connection
from adapter.cli.told import tell, wrong_use
from adapter.configured import output_check, own_version, policy_of, validator
from adapter.errors import MappingError, SettingError
from adapter.log_lines import set_up_logging
from adapter.ports import StoreUnavailable
from adapter.rest.decider import Deciding, fork_deciders
from adapter.settings import Settings, load_settings
from adapter.store import ready

if TYPE_CHECKING:
    from collections.abc import Coroutine, Mapping, Sequence

    from starlette.types import ASGIApp

    from adapter.pipeline import Source
    from adapter.rest.decider import Decider

MOST_DECIDERS = 4  # more would wait for the one that writes
_OPEN = "Demoläge: servern är öppen för alla som når den och lyssnar därför bara på den här datorn."


class Server(uvicorn.Server):
    """The server with our own way to stop: the store is closed before the process ends."""

    @contextmanager
    def capture_signals(self) -> Iterator[None]:
        """SIGINT and SIGTERM let what is under way finish; they are not raised again afterwards."""
        loop = asyncio.get_running_loop()
        for number in (signal.SIGINT, signal.SIGTERM):
            loop.add_signal_handler(number, self.handle_exit, number, None)
        try:
            yield
        finally:
            for number in (signal.SIGINT, signal.SIGTERM):
                loop.remove_signal_handler(number)


def run_serve(host: str | None, port: int | None, mllp_port: int | None = None) -> int:
    """Serve until told to stop; 2 when a setting stands in the way."""
    try:
        settings = load_settings(host=host, port=port, mllp_port=mllp_port)
        set_up_logging(settings.log_level)
        sources = all_sources()
        validator()  # now, so that no message waits and the deciders have it from the fork
        deciding = Deciding(sources, ready, output_check(settings), policy_of(settings, sources))
        run(_serve(settings, sources, fork_deciders(decider_count(settings), deciding)))
    except (SettingError, MappingError, StoreUnavailable) as problem:
        return wrong_use(str(problem))
    return 0


def decider_count(settings: Settings) -> int:
    """How many processes decide: as set, or one for each core."""
    if settings.deciders != "auto":
        return settings.deciders
    return min(os.cpu_count() or 1, MOST_DECIDERS)


def run(main: Coroutine[object, object, None]) -> None:
    """Run on uvloop."""
    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        runner.run(main)


def server_for(app: ASGIApp) -> Server:
    """A uvicorn server that says nothing about itself and writes no access log."""
    config = uvicorn.Config(
        app,
        http=Connection,
        ws="none",
        lifespan="off",
        log_config=None,
        access_log=False,
        server_header=False,
        proxy_headers=False,
        timeout_keep_alive=30,
        timeout_graceful_shutdown=10,
    )
    return Server(config)


def bound(host: str, port: int, option: str = "--port") -> socket.socket:
    """The listening socket; :class:`SettingError` when the port is taken or not allowed."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    listening = socket.socket(family, socket.SOCK_STREAM)
    listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listening.bind((host, port))
        listening.listen(1024)
    except OSError as problem:
        listening.close()
        what = f"Det går inte att lyssna på {host}:{port} ({problem.strerror}). "
        what += f"Stäng det som använder porten, eller välj en annan med {option}."
        raise SettingError(what) from None
    return listening


def address_of(listening: socket.socket) -> str:
    """``http://127.0.0.1:8000``, with the port that was really taken."""
    host, port = listening.getsockname()[:2]
    return f"http://[{host}]:{port}" if ":" in host else f"http://{host}:{port}"


async def _serve(settings: Settings, sources: Mapping[str, Source], deciders: Sequence[Decider]) -> None:
    listening = bound(settings.host, settings.port)
    mllp = None
    if settings.mllp_port is not None:
        mllp = bound(settings.mllp_host, settings.mllp_port, "--mllp-port")
    async with running(settings, sources, deciders, mllp) as up:
        tell(
            f"Överens {own_version()} på {address_of(listening)}/ – {settings.database_url.partition('://')[0]}."
        )
        if mllp:
            tell(f"HL7 v2 över MLLP på {address_of(mllp).removeprefix('http://')}.")
        if not settings.token_issuer:
            tell(_OPEN)
        await server_for(up.app).serve(sockets=[listening])
