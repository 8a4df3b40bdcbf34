"""``overens replay``: kept messages taken in anew, or compared; or their letters sent again."""

from __future__ import annotations

import sys
from collections import Counter
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from adapter.bootstrap import all_sources
from adapter.cli.desk import desk, run_desk
from adapter.cli.queue import Choice, codes, wrong_choice
from adapter.cli.told import PARKED, tell, wrong_use
from adapter.configured import SystemClock, output_check, policy_of
from adapter.frozen import replace
from adapter.letters import LetterQuery
from adapter.ports import MessageQuery, State
from adapter.replay import TAKEN, difference, replayed
from adapter.settings import load_settings

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Mapping

    from adapter.decision import Source
    from adapter.ports import Desk, MessageRow
    from adapter.replay import Change

PAGE = 100  # messages in memory at a time
_KINDS = {"new": "+", "gone": "-", "changed": "~"}


def run_replay(choice: Choice, *, source: str, is_dry: bool) -> int:
    """0 when all is well, 3 when something is still parked, 2 for wrong use."""
    if wrong := wrong_choice(choice, is_change=not source):
        return wrong
    if choice.receiver:
        if is_dry:
            return wrong_use("--dry-run jämför avbildningen; med --receiver skickas bara brev om. Välj en.")
        return run_desk(_send_again(choice))
    return run_desk(_replay(choice, source, is_dry=is_dry))


async def _send_again(choice: Choice) -> int:
    """The letters of messages, to one receiver; or letters by their class."""
    now, again = datetime.now(UTC), 0
    async with desk(is_beside=True) as store:
        if choice.ids:
            for id_ in choice.ids:
                query = LetterQuery(
                    receiver=choice.receiver, message=id_, code=choice.code, limit=choice.limit
                )
                again += len(await store.outbox.retry(query, now=now))
        elif (query_ := choice.letters(())) is not None:
            again = len(await store.outbox.retry(query_, now=now))
    tell(f"{again} brev till {choice.receiver} skickas om." if again else "Inga sådana brev finns.")
    return 0


async def _replay(choice: Choice, source: str, *, is_dry: bool) -> int:
    sources = all_sources()
    still_parked = False
    async with desk(is_beside=is_dry) as store:
        async for row in _chosen(store, choice, source):
            known = sources.get(row.source)
            if known is None:
                _line(row, f"källan {row.source} finns inte längre; ingenting är gjort")
            elif is_dry:
                await _compare(store, row, known)
            else:
                still_parked |= not await _again(store, row, sources)
    return PARKED if still_parked else 0


async def _chosen(store: Desk, choice: Choice, source: str) -> AsyncIterator[MessageRow]:
    """Page by page, the newest first."""
    states = (State(choice.state),) if choice.state else ()
    query = MessageQuery(states=states, source=source, ids=choice.ids, limit=PAGE)
    left = choice.limit
    while left and (page := await store.messages(query)):
        for row in page:
            if left and (not choice.code or choice.code in codes(row)):
                left -= 1
                yield row
        last = page[-1]
        query = replace(query, after=(last.received_at.isoformat(), last.id))


async def _again(store: Desk, row: MessageRow, sources: Mapping[str, Source]) -> bool:
    """Take one in; whether it is well now."""
    settings = load_settings()
    kept = await replayed(
        row,
        sources[row.source],
        store,
        SystemClock(),
        check=output_check(settings),
        policy=policy_of(settings, sources),
    )
    if kept is None:
        _line(row, "togs in när det kom, och dess tråd har gått vidare; ingenting är gjort")
        return True
    again = await store.message(kept.id)
    state = again.state if again else row.state
    _line(row, f"{row.state.value} → {state.value}, {len(kept.posted)} nya brev, som {kept.id}")
    return state in TAKEN


async def _compare(store: Desk, row: MessageRow, source: Source) -> None:
    settings = load_settings()
    found = await difference(row, source, store, check=output_check(settings))
    then = sorted(codes(row))
    versions = f"avbildning {row.mapping_version} → {source.plan.version}"
    if found.state is row.state and not found.changes and list(found.findings) == then:
        _line(row, f"{row.state.value}, ingen skillnad ({versions})")
        return
    _line(row, f"{row.state.value} → {found.state.value} ({versions})")
    for sign, said in (("+", _more(found.findings, then)), ("-", _more(then, found.findings))):
        sys.stdout.writelines(f"  {sign} iakttagelse {code}\n" for code in said)
    sys.stdout.writelines(f"  {_KINDS[each.kind]} {each.reference}{_where(each)}\n" for each in found.changes)


def _more(these: Any, those: Any) -> list[str]:
    """What stands oftener among these than among those."""
    return sorted((Counter(these) - Counter(those)).elements())


def _where(change: Change) -> str:
    return ": " + ", ".join(change.places) if change.places else ""


def _line(row: MessageRow, what: str) -> None:
    sys.stdout.write(f"{row.id}  {row.source}  {what}\n")
