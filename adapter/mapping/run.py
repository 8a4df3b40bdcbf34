"""Run a source's mapping over one parsed message.

Pure: the same plan and message always give the same records and findings. Nothing here opens a file,
reads a clock or knows what FHIR is.
"""

from __future__ import annotations

import hashlib
from functools import lru_cache
from itertools import islice
from typing import TYPE_CHECKING, Any

from adapter.findings import Finding
from adapter.mapping.paths import Places
from adapter.mapping.plan import Loss, Mapped, Plan
from adapter.mapping.reading import Reading
from adapter.wire.node import Remarked

if TYPE_CHECKING:
    from collections.abc import Iterable

    from adapter.mapping.paths import Names
    from adapter.wire.node import Node

UNREAD = (
    "Uppgiften togs emot men används inte; mappa den i källans mapp, eller skriv under ignored i "
    "source.yaml varför den inte behövs."
)
MANY_UNREAD = (
    "Uppgiften finns på {count} ställen och används inte; mappa den i källans mapp, eller skriv under "
    "ignored i source.yaml varför den inte behövs."
)
MORE_UNREAD = (
    "Ytterligare {count} uppgifter på {paths} andra ställen används inte; mappa dem i källans mapp, eller "
    "skriv under ignored i source.yaml varför de inte behövs."
)
NOTHING = (
    "Meddelandet är läsbart men innehåller inget som källan känner igen; kontrollera att det skickas till "
    "rätt källa."
)
EACH_AT_MOST = 100  # unread leaves told one by one; more are told a path at a time, and so many paths
PLACES_AT_MOST = 1_000  # listed of what is ignored or unread; all are counted


def map_message(plan: Plan, message: Node) -> Mapped:
    """Everything the mapping finds in a message: records, findings, and what became of each leaf."""
    reading = Reading(plan.definitions, plan.tables, plan.vocabulary, plan.about.refuse_unusable)
    if isinstance(message, Remarked):
        reading.findings += message.findings
    for at, hook in plan.checks:
        reading.at = at
        hook.read([message], reading)
    records: list[Any] = []
    contents: list[str] = []
    for root in plan.roots:
        for node in root.find(message):
            start, told = len(reading.taken), len(reading.findings)
            record = root.make(node, reading)
            if node is message and len(reading.taken) == start:
                del reading.findings[told:]  # the node holds nothing of ours, so nothing of it is missing
            if record is not None:
                records.append(record)
                contents.append(_content(plan, reading.taken[start:]))
    loss = _loss(plan, message, reading)
    is_answer = plan.about.may_be_empty and message.kind == "array" and not loss.leaves
    if not loss.mapped and not is_answer and not any(finding.blocking for finding in reading.findings):
        reading.findings.append(
            Finding("nothing-recognised", "", f"{plan.source}/source.yaml:1", NOTHING, blocking=True)
        )
    return Mapped(
        records=tuple(records), contents=tuple(contents), findings=tuple(reading.findings), loss=loss
    )


def _content(plan: Plan, read: Iterable[Node]) -> str:
    """A hash of everything that was read, but what may change without a new version."""
    last, places = _loose(plan.about.outside_version)
    text = "\n".join(
        [f"{leaf.name}={leaf.text}" for leaf in read if leaf.name not in last or not places.has(_names(leaf))]
    )
    return hashlib.sha256(text.encode()).hexdigest()


@lru_cache(maxsize=64)  # one for each source
def _loose(patterns: tuple[Names, ...]) -> tuple[frozenset[str], Places]:
    return frozenset(pattern[-1] for pattern in patterns), Places(patterns)


def _loss(plan: Plan, message: Node, reading: Reading) -> Loss:
    """Sort every leaf that no rule read into ignored and unread; report the unread ones."""
    read = set(reading.taken)
    leaves = list(message.leaves())
    ignored: list[Node] = []
    unread: list[Node] = []
    for leaf in [leaf for leaf in leaves if leaf not in read]:
        is_ignored = leaf in reading.voided or plan.about.ignored.has(_names(leaf))
        (ignored if is_ignored else unread).append(leaf)
    reading.findings += _unread(plan, unread)
    return Loss(
        leaves=len(leaves),
        mapped=len(leaves) - len(ignored) - len(unread),
        ignored=len(ignored),
        unread=len(unread),
        ignored_places=tuple([leaf.where for leaf in ignored[:PLACES_AT_MOST]]),
        unread_places=tuple([leaf.where for leaf in unread[:PLACES_AT_MOST]]),
    )


def _names(node: Node) -> Names:
    found: list[str] = []
    while node.parent is not None:
        found.append(node.name)
        node = node.parent
    found.reverse()
    return tuple(found)


def _unread(plan: Plan, leaves: list[Node]) -> list[Finding]:
    at = f"{plan.source}/source.yaml:1"
    strict = plan.about.strict
    if len(leaves) <= EACH_AT_MOST:
        return [Finding("unread", leaf.where, at, UNREAD, leaf.text or "", strict) for leaf in leaves]
    groups: dict[Names, list[Node]] = {}
    for leaf in leaves:
        groups.setdefault(_names(leaf), []).append(leaf)
    told = [
        Finding(
            "unread", group[0].where, at, MANY_UNREAD.format(count=len(group)), group[0].text or "", strict
        )
        for group in islice(groups.values(), EACH_AT_MOST)
    ]
    if rest := list(islice(groups.values(), EACH_AT_MOST, None)):
        what = MORE_UNREAD.format(count=sum(map(len, rest)), paths=len(rest))
        told.append(Finding("unread", rest[0][0].where, at, what, "", strict))
    return told
