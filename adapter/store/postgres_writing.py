"""What keeping an arrival does in a PostgreSQL transaction: three trips to the server.

Lanes first, then shared resources that change, each in rising order: nobody waits in a ring. Shared
resources that bring nothing new are read without a lock, so that all lanes run side by side.
"""

from __future__ import annotations

import uuid
from collections import deque
from typing import TYPE_CHECKING, Any, NamedTuple

from adapter.ports import Kept, Outcome
from adapter.store import audit_chain
from adapter.store.clockwork import BITS, updated
from adapter.store.effect import Effect, Old
from adapter.store.keeping import Change, Version, Weighing, refuse_contested, refuse_stale, version_of
from adapter.store.message import message_values, stored_answer
from adapter.store.named_sql import statements
from adapter.store.opened import load
from adapter.store.postgres_arrays import Bigints, Blobs, Integers, Smallints, Texts
from adapter.store.postgres_outbox import new_ids, post
from adapter.store.preparing import Key, Logged, Prepared, Wanted

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from psycopg import AsyncConnection, AsyncCursor

    from adapter.store.opened import Asking

SQL = statements("postgres.sql")
CHAIN = {name: text.replace("?", "%s") for name, text in audit_chain.SQL.items()}
_PROCESS = uuid.uuid4()  # who writes to the audit log's chain
_LOW = (1 << BITS) - 1
_PACKS = 4  # numbers more than puts, for packs; there are seldom more than two
_RESOURCE_KEY = (Texts, Texts, Smallints, Bigints)
_RESOURCE: tuple[Any, ...] = (
    *_RESOURCE_KEY,
    *(Integers, Integers, Texts, Blobs),
    *(Bigints, Integers, Integers),
)
_TERM: tuple[Any, ...] = (Blobs, Bigints, Smallints)
_PERIOD: tuple[Any, ...] = (Bigints, Bigints, Bigints, Bigints, Smallints)
_WORD: tuple[Any, ...] = (Bigints, Texts, Bigints, Smallints)


class _Known(NamedTuple):
    """What the store knew about an arrival."""

    answer: tuple[Any, ...] | None
    current: dict[Key, Version]
    numbers: _Numbers


class _Numbers:
    """Sequence numbers at one time, from low bits that the database gave."""

    def __init__(self, now: int, low: list[int]) -> None:
        self.now = now
        self.low = deque(low)  # rising, as the puts' are

    def next(self, current: Version | None = None) -> int:
        """A number at this time, or just after the current version's when a clock lags behind."""
        low = self.low.popleft() & _LOW
        seq = self.now << BITS | low
        return seq if current is None or seq > current.seq else (updated(current.seq) + 1) << BITS | low


async def keep(connection: AsyncConnection[Any], prepared: Prepared, weighing: Weighing, now: int) -> Kept:
    """Keep an arrival in the transaction that ``connection`` is in.

    Raises Contested and Stale: it is to be undone.
    """
    message = prepared.message
    known = await _look_up(connection, prepared, now)
    if known.answer:
        return Kept(outcome=Outcome.SAME, answer=stored_answer(known.answer), id=message.id)
    puts = prepared.puts
    await _lock_shared(connection, puts, weighing, known)
    await _lock_expected(connection, puts, known)
    refuse_stale(puts, known.current)
    effect = Effect(puts, weighing, known.current)
    await _load(connection, effect.unread())
    await _learn_late(connection, effect)
    made = effect.carry_out(puts, known.numbers.next)
    if message.has_audit:
        made.pop()
    made += await _end(connection, effect, known.numbers)
    packs = effect.packs(prepared.pack)
    await _more_numbers(connection, known.numbers, len(packs))
    async with connection.pipeline():
        for lane, pack in packs:
            pack.number = known.numbers.next()
            await connection.execute(SQL["insert_pack"], (pack.number, lane, pack.data))
        await _write(connection, effect)
        await connection.execute(SQL["insert_message"], message_values(message, made))
        if message.note_keys:
            keys, contents = zip(*message.note_keys, strict=True)
            values = (message.sender, message.lane, Texts.of(keys), Texts.of(contents))
            await connection.execute(SQL["insert_notes"], values)
        cursors = await post(connection, message.letters, message.id, now)
    await _link(connection, effect)
    posted = new_ids(message.letters, cursors)
    return Kept(outcome=Outcome.NEW, answer=message.told, id=message.id, made=tuple(made), posted=posted)


async def log(connection: AsyncConnection[Any], events: Logged, weighing: Weighing, now: int) -> None:
    """Keep AuditEvents that no message brought, in the transaction that ``connection`` is in."""
    numbers = _Numbers(now, [])
    await _more_numbers(connection, numbers, len(events.puts) + 1)
    effect = Effect(events.puts, weighing, {})
    effect.carry_out(events.puts, numbers.next)
    async with connection.pipeline():
        for lane, pack in effect.packs(events.pack):
            pack.number = numbers.next()
            await connection.execute(SQL["insert_pack"], (pack.number, lane, pack.data))
        await _write(connection, effect)
    await _link(connection, effect)


async def _link(connection: AsyncConnection[Any], effect: Effect) -> None:
    """Add what was logged to the chain of this connection."""
    events = audit_chain.events(effect.fresh)
    if not events:
        return
    writer = f"{_PROCESS}.{connection.info.backend_pid}"
    cursor = await connection.execute(CHAIN["last_link"], (writer,), binary=True)
    last = await cursor.fetchone() or audit_chain.FIRST
    async with connection.pipeline():
        for link in audit_chain.links(writer, last, events):
            await connection.execute(CHAIN["insert_link"], link)


async def _look_up(connection: AsyncConnection[Any], prepared: Prepared, now: int) -> _Known:
    """One trip: claim the receipt, lock the lanes, read what is there. Raises Contested."""
    message, puts = prepared.message, prepared.puts
    sender, message_id = message.sender, message.message_id
    lanes = {message.lane} | {new.lane for new in puts if not new.is_shared}
    lanes |= {lane for _, lane, *_ in message.letters}
    async with connection.pipeline():
        await connection.execute(SQL["claim_receipt"], (sender, message_id, message.lane, message.id))
        await connection.execute(SQL["lock_lanes"], (Integers.of(sorted(lanes)),))
        asked = {
            "id": message.id,
            "sender": sender,
            "message_id": message_id,
            "notes": Texts.of(key for key, _ in message.note_keys),
            "count": len(puts) + _PACKS,
        }
        known = await _ask(connection, "known", asked)
        current = await _ask(connection, "current", (Texts.of(new.id for new in puts),))
    was_here, first, notes, numbers = (await known.fetchall())[0]
    answer = None
    if was_here:
        answer = await (await _ask(connection, "answer_of_message", (message.id,))).fetchone()
    else:
        refuse_contested(message, first, _contents(notes))
    return _Known(
        answer=answer,
        current={found[:2]: version_of(found) for found in await current.fetchall()},
        numbers=_Numbers(now, numbers),
    )


def _contents(notes: Sequence[tuple[str, str]]) -> dict[str, list[str]]:
    contents: dict[str, list[str]] = {}
    for key, content in notes:
        contents.setdefault(key, []).append(content)
    return contents


async def _ask(connection: AsyncConnection[Any], name: str, values: Any) -> AsyncCursor[Any]:
    return await connection.execute(SQL[name], values, binary=True)


async def _lock_shared(
    connection: AsyncConnection[Any], puts: list[Wanted], weighing: Weighing, known: _Known
) -> None:
    """Lock the shared resources that would change, and read them again under the lock."""
    shared = [new for new in puts if new.is_shared]
    current = [known.current.get(new.key) for new in shared]
    asked = [version for new, version in zip(shared, current, strict=True) if weighing.needs(new, version)]
    await _load(connection, [version for version in asked if version])
    changing = {
        new.key
        for new, version in zip(shared, current, strict=True)
        if version is None or weighing.weigh(new, version)[0] is not Change.NONE
    }
    if changing:
        await _lock(connection, changing, known)


async def _lock_expected(connection: AsyncConnection[Any], puts: list[Wanted], known: _Known) -> None:
    """Lock what is to be at a certain version, by the lane that it stands in too, and read it again.

    A writer that says so may not know that lane; who then waits in a ring begins again.
    """
    keys = {new.key for new in puts if new.expects is not None}
    if not keys:
        return
    lanes = {known.current[key].lane for key in keys if key in known.current}
    await connection.execute(SQL["lock_lanes"], (Integers.of(sorted(lanes)),))
    await _lock(connection, keys, known)


async def _lock(connection: AsyncConnection[Any], keys: set[Key], known: _Known) -> None:
    """Lock resources by name, and read them again under the lock."""
    async with connection.pipeline():
        names = Texts.of(f"{type_}/{id_}" for type_, id_ in sorted(keys))
        await connection.execute(SQL["lock_shared"], (names,))
        again = await _ask(connection, "current", (Texts.of(id_ for _, id_ in keys),))
    known.current.update({found[:2]: version_of(found) for found in await again.fetchall()})


async def _learn_late(connection: AsyncConnection[Any], effect: Effect) -> None:
    """Which late versions were here before."""
    if late := effect.late():
        found = await _ask(connection, "late", (Texts.of(old.id for old in late),))
        effect.in_history.update((Old(*old), version) for *old, version in await found.fetchall())


async def _end(connection: AsyncConnection[Any], effect: Effect, numbers: _Numbers) -> list[str]:
    """End the parts that plans dropped; they lie in the plan's lane, which is locked."""
    if unknown := effect.unknown():
        found = await _ask(connection, "current", (Texts.of(unknown),))
        effect.learn({values[:2]: version_of(values) for values in await found.fetchall()})
    await _load(connection, effect.parts())
    puts = effect.endings.puts(effect.current)
    await _more_numbers(connection, numbers, len(puts))
    return effect.carry_out(puts, numbers.next)


async def _more_numbers(connection: AsyncConnection[Any], numbers: _Numbers, wanted: int) -> None:
    if len(numbers.low) < wanted:
        found = await _ask(connection, "numbers", (wanted,))
        numbers.low += [number for (number,) in await found.fetchall()]


async def _load(connection: AsyncConnection[Any], versions: Sequence[Version]) -> None:
    await converse(connection, load(versions))


async def converse(connection: AsyncConnection[Any], conversation: Asking) -> Any:
    """Carry a conversation with the database to its end."""
    try:
        sql, values = next(conversation)
        while True:
            found = await connection.execute(sql.replace("?", "%s"), values, binary=True)
            sql, values = conversation.send(await found.fetchall())
    except StopIteration as end:
        return end.value


async def _write(connection: AsyncConnection[Any], effect: Effect) -> None:
    """Everything that was worked out."""
    for version in effect.raised.values():
        await connection.execute(SQL["raise"], (version.latest, version.order, version.seq))
    if effect.retired:
        await _write_rows(connection, "delete", effect.retired)
        await connection.execute(SQL["retire"], (Bigints.of(version.seq for version in effect.retired),))
    for version in effect.old:
        await connection.execute(SQL["insert_old"], version.old_values())
    if effect.fresh:
        columns = zip(*(version.values() for version in effect.fresh.values()), strict=True)
        resources = [kind.of(column) for kind, column in zip(_RESOURCE, columns, strict=True)]
        await connection.execute(SQL["insert_resources"], resources)
        await _write_rows(connection, "insert", effect.fresh.values())


async def _write_rows(connection: AsyncConnection[Any], verb: str, versions: Iterable[Version]) -> None:
    """Insert or delete the search rows of versions."""
    terms: list[tuple[Any, ...]] = []
    periods: list[tuple[Any, ...]] = []
    words: list[tuple[Any, ...]] = []
    for version in versions:
        seq, lane = version.seq, version.lane
        own_terms, own_periods, own_words = version.content.rows
        terms += [(term, seq, lane) for term in own_terms]
        periods += [(*period, seq, lane) for period in own_periods]
        words += [(*word, seq, lane) for word in own_words]
    columns = [
        kind.of(row[i] for row in table)
        for kinds, table in ((_TERM, terms), (_PERIOD, periods), (_WORD, words))
        for i, kind in enumerate(kinds)
    ]
    await connection.execute(SQL[f"{verb}_rows"], columns)
