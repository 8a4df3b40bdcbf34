"""What a store holds, against what senders were told: lost, doubled, differently answered, half done.

A store that kept its word holds each acknowledged message with the answer that was given, each message once,
and as its effects exactly the versions that the messages made: none that no message made, none missing, each
resource's versions numbered without gaps, an AuditEvent of each message and one Provenance an effect.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable
from typing import Any

import apsw
import psycopg

from adapter.fhir import merge
from adapter.fhir.ids import resource_id
from adapter.pipeline import arrival, decide
from adapter.ports import MessageRow, Store
from adapter.sources import load_sources
from adapter.store import open_store
from tests.crash.addressee import Addressee, judge_letters
from tests.crash.campaign import Report
from tests.crash.senders import Ledger, Told

Version = tuple[str, str, int]
SOURCES = load_sources()
OWN = "overens.event"  # what we write to ourselves
IDS = "SELECT id FROM inbox"
MESSAGES = (
    "SELECT sender, message_id, count(*) FROM inbox GROUP BY sender, message_id, sha256 HAVING count(*) > 1"
)
VERSIONS = "SELECT type, id, version FROM resource UNION ALL SELECT type, id, version FROM history"


def rows(url: str, sql: str) -> list[tuple[Any, ...]]:
    """What a statement finds in the database that a URL names."""
    if url.startswith("sqlite:///"):
        with apsw.Connection(url.removeprefix("sqlite:///"), flags=apsw.SQLITE_OPEN_READWRITE) as connection:
            return connection.execute(sql).fetchall()
    with psycopg.connect(url) as connection:
        return connection.execute(sql).fetchall()  # type: ignore[arg-type]


async def judge(url: str, ledger: Ledger, addressee: Addressee, report: Report) -> int:
    """Hold a store, whose servers are gone, against those who sent to it and whom it sent to; its letters."""
    store = await open_store(url, merge)
    try:
        kept = {id_: await store.message(id_) for (id_,) in rows(url, IDS)}
        report.count("answered-otherwise", ledger.wrong)
        report.count("lost", lost(ledger, kept))
        messages, versions = [row for row in kept.values() if row], rows(url, VERSIONS)
        sent = {id_of(told) for _, told in ledger.told.values()}
        report.count("never-sent", (row.id for row in messages if row.id not in sent and row.source != OWN))
        report.count("kept-twice", rows(url, MESSAGES))
        judge_effects(messages, versions, report)
        judge_origins(messages, report)
        await judge_again(store, ledger, report)
        report.count("changed-by-repeats", set(rows(url, IDS)) - {(id_,) for id_ in kept})
        return await judge_letters(store, addressee, report)
    finally:
        await store.close()


def id_of(told: Told) -> str:
    """The inbox id that an answer pointed to."""
    return told.location.rpartition("/")[2]


def lost(ledger: Ledger, kept: dict[str, MessageRow | None]) -> Iterable[str]:
    """Acknowledged messages that are not there with their bytes and the answer that was given."""
    for message, told in ledger.told.values():
        row = kept.get(id_of(told))
        if row is None:
            yield f"message {message.number} of {message.source} is not there"
        elif row.raw != message.raw or (row.answer.status, row.answer.body) != (told.status, told.body):
            yield f"message {message.number} of {message.source} is there with other words"


def judge_effects(kept: list[MessageRow], versions: list[Version], report: Report) -> None:
    """The versions in the store are those that messages made, each once."""
    made = defaultdict(set)
    for row in kept:
        for type_, id_, _, version in (one.split("/") for one in row.made):
            made[type_, id_, int(version)].add(row.id)
    audits = [version for version in versions if version[0] == "AuditEvent"]
    others = [version for version in versions if version[0] != "AuditEvent"]
    report.count("effect-without-message", set(others) - set(made))
    report.count("half-done", set(made) - set(others))
    report.count("version-twice", (one for one, times in Counter(versions).items() if times > 1))
    messages_of = defaultdict(set)
    for (type_, id_, _), messages in made.items():
        messages_of[type_, id_] |= messages
    numbers = defaultdict(list)
    for type_, id_, version in others:
        numbers[type_, id_].append(version)
    report.count("gap", (key for key, found in numbers.items() if max(found) != len(set(found))))
    report.count("double", (key for key, found in numbers.items() if len(found) > len(messages_of[key])))
    told_of = {id_ for _, id_, version in audits if version == 1}
    report.count("audit", (row.id for row in kept if resource_id("AuditEvent", row.id) not in told_of))
    report.count("audit-changed", (version for version in audits if version[2] != 1))


def judge_origins(kept: list[MessageRow], report: Report) -> None:
    """Each message that was sent to us has as many Provenances as its effects alone come to."""
    for row in kept:
        made = {one.split("/")[1] for one in row.made if one.startswith("Provenance/")}
        if row.source != OWN:
            report.count("origin", [row.id] if len(made) != expected_origins(row) else [])


def expected_origins(row: MessageRow) -> int:
    """How many Provenances the message comes to by itself."""
    decision = decide(row.raw, SOURCES[row.source], received_at=row.received_at.isoformat())
    return sum(resource["resourceType"] == "Provenance" for resource in decision.resources)


async def judge_again(store: Store, ledger: Ledger, report: Report) -> None:
    """Some of the messages once more: the same answer, no effect."""
    chosen = list(ledger.told.values())[:: max(len(ledger.told) // 50, 1)]
    for message, told in chosen:
        row = await store.message(id_of(told))
        if row is None:
            continue
        source = SOURCES[message.source]
        again = decide(message.raw, source, received_at=row.received_at.isoformat())
        kept = await store.keep(arrival(message.raw, source, again, row.received_at))
        if (kept.outcome, kept.answer.body) != ("same", told.body):
            report.count("answered-otherwise", [f"message {message.number}, again at the end"])
