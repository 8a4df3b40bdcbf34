"""Every store gives the answers of the twin in memory, whatever arrives in whatever order."""

from __future__ import annotations

import asyncio
import random
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pytest

from adapter.ports import Arrival, Contested, Criterion, Include, Put, Query
from adapter.store import open_store
from adapter.store.sqlite_together import Together
from tests.store.conftest import Hand, Post, merged

if TYPE_CHECKING:
    from pathlib import Path

    from adapter.ports import Kept, Page, Store

TIMES = ("", *(f"2026-0{month}-01T08:00:00Z" for month in range(1, 6)))
TYPES = ("CarePlan", "Task", "CareTeam", "Organization", "Patient", "AuditEvent", "Provenance")
PERSONNUMMER = "http://electronichealth.se/identifier/personnummer"
ALL = [
    Include(type="CarePlan", param="*", iterate=True),
    Include(type="CareTeam", param="participant", iterate=True),
]
BACK = (Include(type="CarePlan", param="patient"), Include(type="Provenance", param="target", iterate=True))
QUERIES = (
    *(Query(type=each, count=3, with_total=True) for each in TYPES),
    *(Query(type="CarePlan", count=2, includes=tuple(ALL), sort=((by, down),)) for by in ("_id", "date")
      for down in (False, True)),
    Query(type="Patient", revincludes=BACK),
    Query(type="Task", criteria=(Criterion(param="status", kind="token", values=((None, "cancelled"),)),)),
    *(Query(type="CarePlan", includes=tuple(ALL), count=2, criteria=(
        Criterion(param="patient.identifier", kind="identifier-of", values=((system, "191212121212"),)),))
      for system in (PERSONNUMMER, None)),
    Query(type="Organization", criteria=(Criterion(param="name", kind="string", values=("a",)),)),
)  # fmt: skip


class World:
    """Makes arrivals about a few resources, so that they meet each other again and again."""

    def __init__(self, seed: int, plans: int = 2, change: float = 0.5) -> None:
        """So many plans, each with a team when they are many; and how often something else is said."""
        self.plans = [f"p{number}-" for number in range(plans)]
        self.change = change
        self.chance = random.Random(seed)  # noqa: S311 - not for secrets
        self.post = Post()
        self.sent: list[Arrival] = []

    def arrival(self) -> Arrival:
        """A new one, one of those that came before, or another with the id of one of those."""
        roll = self.chance.random()
        if self.sent and roll < 0.1:
            return self.chance.choice(self.sent)
        puts = [put for _ in range(self.chance.randint(1, 3)) for put in self._note()]
        audit = {"resourceType": "AuditEvent", "action": "C"} if self.chance.random() < 0.7 else {}
        made = self.post(audit=audit, puts=tuple(puts))
        if self.sent and roll < 0.2:
            made = replace(made, message_id=self.chance.choice(self.sent).message_id)
        elif roll < 0.4:
            note = f"note {self.chance.randint(1, 9)}", self._either("a", "b")
            made = replace(made, is_letter=False, note_keys=(note,))
        self.sent.append(made)
        return made

    def _either(self, one: str, other: str) -> str:
        return other if self.chance.random() < self.change else one

    def _note(self) -> list[Put]:
        """A plan with some of its parts, and those who are always named."""
        order, plan = self.chance.choice(TIMES), self.chance.choice(self.plans)
        team = "t" if len(self.plans) == 2 else plan
        tasks = [f"{plan}{n}" for n in range(3) if self.chance.random() < 0.6]
        said: list[dict[str, Any]] = [
            {
                "resourceType": "CarePlan",
                "id": plan,
                "title": self._either("Ett", "Två"),
                "subject": {"reference": "Patient/a"},
                "period": {"start": f"2026-0{self.chance.randint(1, 3)}-01"},
                "careTeam": [{"reference": f"CareTeam/{team}"}],
                "activity": [{"reference": {"reference": f"Task/{task}"}} for task in tasks],
            },
            *({"resourceType": "Task", "id": task, "status": "requested"} for task in tasks),
            {"resourceType": "CareTeam", "id": team, "status": "active",
             "participant": [{"member": {"reference": f"Organization/o{n}"}} for n in range(3)]},
            {"resourceType": "Provenance", "id": plan, "target": [{"reference": f"CarePlan/{plan}"}],
             "recorded": order or TIMES[1]},
        ]  # fmt: skip
        identifier = {"system": PERSONNUMMER, "value": "191212121212"}
        shared: list[dict[str, Any]] = [
            {"resourceType": "Patient", "id": "a", "identifier": [identifier]},
            *(
                {
                    "resourceType": "Organization",
                    "id": f"o{n}",
                    self._either("name", "alias"): self._either("A", "B"),
                }
                for n in range(3)
            ),
        ]
        return [
            *(Put(resource=each, lane=0, is_shared=True) for each in shared),
            *(Put(resource=each, lane=7, order=order) for each in said),
        ]


async def told(store: Store, arrival: Arrival) -> Kept | frozenset[str]:
    """What came of it, or the ids that stand in its way."""
    try:
        return await store.keep(arrival)
    except Contested as contested:
        return contested.keys


async def pages(store: Store, query: Query) -> list[Page]:
    """A search from its first page to its last."""
    found = [await store.search(query)]
    while found[-1].next:
        found.append(await store.search(replace(query, after=found[-1].next)))
    return found


async def everything(store: Store, sent: list[Arrival]) -> dict[Any, Any]:
    """All that can be asked about what was sent."""
    keys = {(put.resource["resourceType"], put.resource["id"]) for each in sent for put in each.puts}
    said: dict[Any, Any] = {each.id: await store.message(each.id) for each in sent}
    for type_, id_ in sorted(keys | {("AuditEvent", each.id) for each in sent}):
        history = await store.history(type_, id_)
        said["read", type_, id_] = await store.read(type_, id_)
        said["history", type_, id_] = list(history)
        said["versions", type_, id_] = [
            await store.version(type_, id_, number) for number in range(len(history) + 2)
        ]
    for number, query in enumerate(QUERIES):
        said["search", number] = [
            (list(page.matches), list(page.included), page.total) for page in await pages(store, query)
        ]
    return said


@pytest.mark.parametrize("seed", range(6))
async def test_a_store_answers_as_its_twin_in_memory_does(url: str, hand: Hand, seed: int) -> None:
    """
    New, late, repeated and conflicting arrivals, shared resources and ended parts: every read, version,
    history, message and search is the same, to the byte.
    """
    store, twin = await open_store(url, merged, now=hand), await open_store("memory://", merged, now=hand)
    world = World(seed)
    try:
        for _ in range(8):
            for _ in range(4):
                arrival = world.arrival()
                assert await told(store, arrival) == await told(twin, arrival)
                hand.move(milliseconds=world.chance.randint(1, 2000))
            ours, theirs = await everything(store, world.sent), await everything(twin, world.sent)
            assert {key: said for key, said in ours.items() if said != theirs[key]} == {}
    finally:
        await store.close()
        await twin.close()


@pytest.mark.parametrize("seed", range(4))
async def test_messages_kept_together_are_kept_as_if_one_by_one(
    tmp_path: Path, hand: Hand, monkeypatch: pytest.MonkeyPatch, seed: int
) -> None:
    """
    Many at once, some with nothing but what is new and some with more to them: each outcome, and all that can
    be read afterwards, is that of the twin who takes them one after another.
    """
    ways = {"_gather": 0, "_by_itself": 0}
    for name in ways:
        monkeypatch.setattr(Together, name, _counted(ways, name, getattr(Together, name)))
    store = await open_store(f"sqlite:///{tmp_path}/a.db", merged, now=hand)
    twin = await open_store("memory://", merged, now=hand)
    world = World(seed, plans=200, change=0.02)
    try:
        for _ in range(4):
            some = [world.arrival() for _ in range(world.chance.randint(2, 40))]
            ours = await asyncio.gather(*(told(store, arrival) for arrival in some))
            assert ours == [await told(twin, arrival) for arrival in some]
            hand.move(milliseconds=world.chance.randint(1, 2000))
        said, theirs = await everything(store, world.sent), await everything(twin, world.sent)
        assert {key: each for key, each in said.items() if each != theirs[key]} == {}
        assert await store.unlinked() == []
        assert min(ways.values()) > 5
    finally:
        await store.close()
        await twin.close()


def _counted(ways: dict[str, int], name: str, way: Any) -> Any:
    def counted(*given: Any) -> Any:
        ways[name] += 1
        return way(*given)

    return counted
