"""``overens demo``: an empty store, the example messages through the real HTTP API, a table, then serving."""

from __future__ import annotations

import asyncio
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import httpx
from rich.console import Console
from rich.markup import escape
from rich.progress import track
from rich.table import Table

from adapter.bootstrap import all_sources, running
from adapter.cli.fixtures import fixture_messages, fixtures_folder, media_type
from adapter.cli.serve import address_of, bound, run, server_for
from adapter.cli.told import tell, wrong_use
from adapter.errors import MappingError, SettingError
from adapter.log_lines import set_up_logging
from adapter.pipeline import decide
from adapter.settings import Settings

if TYPE_CHECKING:
    import socket
    from collections.abc import Mapping, Sequence

    from adapter.cli.serve import Server
    from adapter.decision import Decision
    from adapter.pipeline import Source

PLAIN_WIDTH = 160  # columns of the table when nobody looks at a terminal
CONFLICT = 409
_FIRST = (
    "CarePlan",
    "Communication",
    "ServiceRequest",
    "Task",
    "DocumentReference",
)  # what a reader wants to open
_GRAVITY = ("error", "warning", "information")
_SWEDISH = {
    "done": "[green]klart[/green]",
    "partly": "[yellow]delvis[/yellow]",
    "parked": "[yellow]parkerat[/yellow]",
    "refused": "[red]nekat[/red]",
    "unreadable": "[red]oläsligt[/red]",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Became:
    """What became of one message: a row of the table."""

    file: str
    source: str
    status: int
    state: str
    message: str  # where it can be looked at
    link: str  # the resource that a reader wants first
    count: int  # resources in all
    finding: str


def run_demo(port: int, *, once: bool) -> int:
    """Show everything; 1 when a message met a fault of ours, 2 when the demo could not start."""
    messages = fixture_messages()
    if not messages:
        return wrong_use(f"Inga exempelmeddelanden i {fixtures_folder()}. Installera om paketet.")
    set_up_logging("warning")
    became: list[Became] = []
    try:
        listening = bound("127.0.0.1", port)
        with tempfile.TemporaryDirectory(prefix="overens-demo-") as folder:
            run(_demo(Path(folder), listening, messages, became, once=once))
    except (SettingError, MappingError) as problem:
        return wrong_use(str(problem))
    return 1 if any(row.status >= 500 for row in became) else 0  # noqa: PLR2004  a server's fault


async def _demo(
    folder: Path, listening: socket.socket, messages: Sequence[Path], became: list[Became], *, once: bool
) -> None:
    settings, sources = Settings(database_url=f"sqlite:///{folder / 'demo.db'}"), all_sources()
    async with running(settings, sources) as up:
        server = server_for(up.app)
        serving = asyncio.create_task(server.serve(sockets=[listening]))
        await _started(server, serving)
        address = address_of(listening)
        is_quiet = not Console().is_terminal
        console = Console(width=PLAIN_WIDTH if is_quiet else None)
        async with httpx.AsyncClient(base_url=address, timeout=30) as client:
            for path in track(
                in_turn(messages, sources), "Skickar", console=console, transient=True, disable=is_quiet
            ):
                became.append(await _send(client, path, path.read_bytes()))  # noqa: PERF401  seen as it grows
        became.sort(key=lambda row: row.source)
        console.print(_table(became, address, is_full=is_quiet))
        if once:
            server.should_exit = True
        else:
            tell(f"Demoläge på {address}/ – öppen, men bara på den här datorn. Ctrl+C avslutar.")
        await serving


def in_turn(messages: Sequence[Path], sources: Mapping[str, Source]) -> list[Path]:
    """What a sender may send, the answers after all that they may be answers to."""
    sent = [path for path in messages if not sources[path.parent.name].is_internal]
    return sorted(sent, key=lambda path: _is_answer(decide(path.read_bytes(), sources[path.parent.name])))


def _is_answer(decision: Decision) -> bool:
    return any(getattr(effect.record, "in_reply_to", "") for effect in decision.effects)


async def _started(server: Server, serving: asyncio.Task[None]) -> None:
    while not server.started and not serving.done():  # noqa: ASYNC110  uvicorn tells by an attribute alone
        await asyncio.sleep(0.01)


async def _send(client: httpx.AsyncClient, path: Path, raw: bytes) -> Became:
    source = path.parent.name
    sent = await client.post(f"/messages/{source}", content=raw, headers={"Content-Type": media_type(path)})
    kept = (await client.get(sent.headers["Location"])).json() if "Location" in sent.headers else {}
    link, count = _made(kept)
    return Became(
        file=path.name,
        source=source,
        status=sent.status_code,
        state=kept.get("state", ""),
        message=f"{client.base_url}{sent.headers.get('Location', '/').lstrip('/')}",
        link=link,
        count=count,
        finding=_gravest(kept, sent.status_code),
    )


def _made(kept: dict[str, Any]) -> tuple[str, int]:
    """The link that a reader wants first, and how many resources there are in all."""
    links = {resource["url"].split("/_history/")[0] for resource in kept.get("resources", ())}
    first = next((url for word in _FIRST for url in sorted(links) if f"/{word}/" in url), "")
    return first, len(links)


def _gravest(kept: dict[str, Any], status: int) -> str:
    """The code of the gravest finding, and how many more there are; a conflict is told as one."""
    if status == CONFLICT:
        return "id-conflict"
    findings = sorted(kept.get("findings", ()), key=lambda finding: _GRAVITY.index(finding["severity"]))
    more = f" +{len(findings) - 1}" if len(findings) > 1 else ""
    return f"{findings[0]['code']}{more}" if findings else ""


def _table(became: Sequence[Became], address: str, *, is_full: bool) -> Table:
    """One line a message, under the name of its source; on a terminal the links lead where they say."""
    table = Table(title=f"Vad det blev av {len(became)} meddelanden på {address}", pad_edge=False)
    table.add_column("Meddelande", no_wrap=True)
    table.add_column("HTTP", justify="right", no_wrap=True)
    table.add_column("Läge", no_wrap=True)
    table.add_column("Antal", justify="right", no_wrap=True)
    table.add_column("Iakttagelse", no_wrap=True)
    table.add_column("Blev", no_wrap=True, overflow="ellipsis")
    source = ""
    for row in became:
        if row.source != source:
            source = row.source
            table.add_section()
            table.add_row(f"[bold]{source}[/bold]")
        state = _SWEDISH.get(row.state, row.state)
        path = row.link.removeprefix(address)
        link = path if is_full or not path else f"[link={row.link}]{path}[/link]"
        message = row.file if is_full else f"[link={row.message}]{row.file}[/link]"
        count = str(row.count) if row.count else ""
        table.add_row(message, str(row.status), state, count, escape(row.finding), link)
    table.caption = f"Länkarna börjar med {address}. Iakttagelserna förklaras i docs/findings.md."
    return table
