"""Messages kept together: those that bring nothing but what is new are looked up and written in one go.

Most messages are such: an id and notes that nobody sent before, resources that are not there yet, and shared
ones that say what they said already. What there is to know of all of them is asked at once, and what they
bring is written table by table. A message with more to it, a new version of something or an id that was seen
before, goes the long way in its turn, after the rows of those before it.
"""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING, Any

from adapter.ports import Contested, Kept, Outcome, Stale
from adapter.store.content import Content
from adapter.store.criteria import values_list
from adapter.store.keeping import Version
from adapter.store.named_sql import statements
from adapter.store.sqlite_outbox import post

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from adapter.store.preparing import Key, Message, Part, Prepared
    from adapter.store.sqlite_writing import Writing

SQL = statements("sqlite.sql")
Name = str | tuple[str, str]  # an inbox id, or a sender and its id of a message or a note
Outcomes = list[Kept | Contested | Stale]


# What is current, as far as it takes to see that nothing new is said: version, number, order, hash.
Standing = tuple[int, int, str, bytes]


def keep_together(writing: Writing, messages: Sequence[Prepared], now: int) -> Outcomes:
    """Keep messages in their order at ``now`` (milliseconds UTC), while nothing else is written.

    Contested and Stale are what became of one message. When it raises, the transaction is to be undone.
    """
    together = Together(writing, messages, now)
    outcomes = [together.keep(each) for each in messages]
    together.write()
    return outcomes


class Together:
    """What is known of some messages, and the rows that wait to be written."""

    def __init__(self, writing: Writing, messages: Sequence[Prepared], now: int) -> None:
        self._writing = writing
        self._now = now
        self._rows = writing.new_rows()
        self._seen = set[Name](self._known([each.message for each in messages]))
        ids = {part[1][1]: None for each in messages for part in each.parts}
        found = self._asked("standing", list(ids))
        self._current: dict[Key, Standing] = {row[:2]: row[2:] for row in found}

    def keep(self, prepared: Prepared) -> Kept | Contested | Stale:
        """One message, in its turn."""
        message = prepared.message
        fresh = None if self._is_seen(message) else self._fresh(prepared)
        try:
            return self._gather(prepared, *fresh) if fresh else self._by_itself(prepared)
        except (Contested, Stale) as refused:
            return refused
        finally:
            self._seen.update((message.id, (message.sender, message.message_id), *_notes(message)))

    def write(self) -> None:
        """All that was gathered."""
        self._rows.write(self._writing.run)

    def _by_itself(self, prepared: Prepared) -> Kept:
        """The long way, which may leave something else current than what was looked up."""
        self.write()
        kept, current = self._writing.keep(prepared, self._now)
        self._current.update(
            (key, (version.version, version.seq, version.order, version.content.digest))
            for key, version in current.items()
        )
        return kept

    def _is_seen(self, message: Message) -> bool:
        """Whether its id was seen before, or that of a note in it."""
        seen = self._seen
        return (
            message.id in seen
            or (message.is_letter and (message.sender, message.message_id) in seen)
            or any(note in seen for note in _notes(message))
        )

    def _fresh(self, prepared: Prepared) -> tuple[list[Part], list[str]] | None:
        """The puts that are new, and what each put comes to; nothing when there is more to a message."""
        current = self._current
        own: dict[Key, Standing] = {}
        fresh: list[Part] = []
        made: list[str] = []
        for part in prepared.parts:
            key = type_, id_ = part[1]
            known = current.get(key) or own.get(key)
            if known is None:
                _, _, _, _, order, expects, digest, _, _ = part
                if expects:
                    return None
                own[key] = known = (1, 0, order, digest)
                fresh.append(part)
            elif not self._says_nothing(part, known):
                return None
            made.append(f"{type_}/{id_}/_history/{known[0]}")
        return (fresh, made) if _fill(prepared.pack.size, fresh) else None

    def _says_nothing(self, part: Part, known: Standing) -> bool:
        """Whether what is current stays as it is."""
        _, _, _, is_shared, order, expects, digest, _, _ = part
        version, seq, known_order, known_digest = known
        if expects is not None and expects != version:
            return False
        if digest != known_digest:
            return is_shared and self._writing.weighing.was_in_vain(seq, digest)
        return is_shared or order <= known_order

    def _gather(self, prepared: Prepared, fresh: list[Part], made: list[str]) -> Kept:
        message, pack, rows = prepared.message, prepared.pack, self._rows
        pack.number = self._writing.sequence.first_of(1 + len(fresh), self._now)
        rows.pack(pack.number, fresh[0][2], pack)
        for seq, (place, key, lane, _, order, _, digest, size, found) in enumerate(fresh, pack.number + 1):
            if key[0] == "AuditEvent":
                rows.version(Version(*key, lane, seq, 1, 1, order, Content(digest, pack, place, size, found)))
            else:
                rows.resource((*key, lane, seq, 1, 1, order, digest, pack.number, place, size), found)
            self._current[key] = (1, seq, order, digest)
        if message.has_audit:
            made.pop()
        rows.message(message, made)
        posted = post(self._writing.run, message.letters, message.id, self._now)
        return Kept(outcome=Outcome.NEW, answer=message.told, id=message.id, made=tuple(made), posted=posted)

    # What was there before ------------------------------------------------------------------------------

    def _known(self, messages: list[Message]) -> Iterator[Name]:
        """Of all that these messages are told by, what was seen before."""
        for (id_,) in self._asked("seen_messages", [message.id for message in messages]):
            yield id_
        letters = [(message.sender, message.message_id) for message in messages if message.is_letter]
        yield from self._asked("seen_receipts", letters)
        yield from self._asked("seen_notes", [note for message in messages for note in _notes(message)])

    def _asked(self, name: str, values: Sequence[Any]) -> list[Any]:
        """The rows of a statement about a list of values, or of pairs of them."""
        if not values:
            return []
        listed = values_list(values)
        if isinstance(values[0], str):
            return self._writing.run(_listing(name, listed.sql), listed.values).fetchall()
        flat = [value for pair in listed.values for value in pair]
        return self._writing.run(_listing(name, listed.sql, "(?, ?)"), flat).fetchall()


def _notes(message: Message) -> list[tuple[str, str]]:
    return [(message.sender, key) for key, _ in message.note_keys]


def _fill(size: int, fresh: list[Part]) -> bool:
    """Whether the message's own pack is kept for what is new, in one lane: it is most of it."""
    return 2 * sum(part[7] for part in fresh) >= size and len({part[2] for part in fresh}) == 1


@lru_cache(maxsize=256)
def _listing(name: str, marks: str, each: str = "?") -> str:
    """A statement with so many marks in its list: the very same text, so that it is found again at once."""
    return SQL[name].format(values=marks.replace("?", each))
