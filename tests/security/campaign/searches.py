"""Random searches as a patient and as staff: every parameter, modifier, chain and include; no foreign row."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Sequence
from pathlib import Path
from random import Random
from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode

from structlog.testing import capture_logs

from adapter.fhir.search_index import SEARCH_PARAMETERS
from adapter.rest.include import includable, rev_includable
from adapter.rest.parameters import known_names, sortable
from tests.crash.campaign import Report
from tests.security.campaign.world import UNITS, Person, World, as_patient, as_staff, sees, world

if TYPE_CHECKING:
    import httpx

MODIFIERS = ("",) * 20 + (
    ":missing",
    ":not",
    ":exact",
    ":contains",
    ":text",
    ":identifier",
    ":Patient",
    ":above",
)
ODD = (
    "",
    "true",
    "false",
    "active",
    "eq2026",
    "gt1900",
    "lt2030-01-01",
    "2026-02-01",
    "%",
    "_",
    ".*",
    "KANARIE",
    "kanarie-",
    "*",
    "0",
    "|",
    "a|b",
    "5|x|y",
    "\\,",
    "$",
    "Patient/",
    "'",
)


async def search_at_random(folder: Path, report: Report, *, searches: int) -> None:
    """So many searches, by GET and by POST; half of them as patients."""
    chance = report.chance("searches")
    wrong: list[str] = []
    statuses: Counter[int] = Counter()
    rows = 0
    async with world(f"sqlite:///{folder}/searches.db") as made:
        report.expect(searches)
        for n in range(searches):
            who, seen = _asking(chance, made, is_patient=n % 2 == 0)
            type_, pairs = a_search(chance, made.people)
            with capture_logs() as logs:
                answer = await _sent(made, chance, who, type_, pairs)
            faults, found = _faults(answer, made.people, seen, f"{pairs}")
            faults += [f"log: {each}" for each in _foreign(str(logs), made.people, seen)]
            wrong += [f"{type_}?{urlencode(pairs)}: {fault}" for fault in faults]
            statuses[answer.status_code] += 1
            rows += found
            report.step()
        report.figures(searches=searches, rows=rows, answers=dict(sorted(statuses.items())))
        report.count("foreign rows or faults", wrong)
        report.count("unlinked", await made.store.unlinked())
        if rows < searches // 4:
            report.count("too few rows to mean anything", [rows])


def _asking(chance: Random, made: World, *, is_patient: bool) -> tuple[dict[str, str], frozenset[int]]:
    """Somebody who asks, and whose rows they may see."""
    if is_patient:
        who = chance.choice(made.people)
        return as_patient(who, chance.choice(("patient/*.rs", "patient/*.cruds user/*.rs"))), frozenset(
            {who.place}
        )
    unit = chance.randrange(len(UNITS))
    return as_staff(unit), frozenset(each.place for each in made.people if sees(unit, each))


def a_search(chance: Random, people: Sequence[Person]) -> tuple[str, list[tuple[str, str]]]:
    """A type, and some parameters of it."""
    type_ = chance.choice(list(SEARCH_PARAMETERS))
    pairs = [_filter(chance, type_, people) for _ in range(chance.choice((0, 0, 1, 1, 1, 2)))]
    controls = [
        ("_count", chance.choice(("1", "3", "500", "1000000000"))),
        ("_sort", chance.choice(("", "-")) + chance.choice(sortable(type_))),
        ("_total", chance.choice(("accurate", "none", "estimate"))),
        ("_summary", chance.choice(("count", "true", "text", "data"))),
        ("_elements", chance.choice(("subject", "id,text", "note"))),
    ]
    if forward := includable(type_):
        controls.append((chance.choice(("_include", "_include:iterate")), chance.choice(["*", *forward])))
    if reverse := rev_includable(type_):
        controls.append(
            (chance.choice(("_revinclude", "_revinclude:iterate")), chance.choice(["*", *reverse]))
        )
    return type_, [*pairs, *chance.sample(controls, chance.randint(0, 3))]


def _filter(chance: Random, type_: str, people: Sequence[Person]) -> tuple[str, str]:
    name = chance.choice(known_names(type_))
    known = SEARCH_PARAMETERS[type_].get(name)
    what = known.kind if known and chance.random() < 0.9 else name
    value = ",".join(_value(chance, people, what) for _ in range(chance.choice((1, 1, 2))))
    kind = chance.randrange(6)
    if kind == 0 and known and known.kind == "reference":
        other = chance.choice(list(known.targets or SEARCH_PARAMETERS))
        if other in SEARCH_PARAMETERS:
            return f"{name}:{other}.{chance.choice(known_names(other))}", value
    if kind == 1:
        other = chance.choice([each for each in SEARCH_PARAMETERS if each != type_])
        references = [p for p, k in SEARCH_PARAMETERS[other].items() if k.kind == "reference"]
        if references:
            return f"_has:{other}:{chance.choice(references)}:{chance.choice(known_names(other))}", value
    return name + chance.choice(MODIFIERS), value


def _value(chance: Random, people: Sequence[Person], kind: str) -> str:
    """A value that may find something, for most kinds of parameters."""
    who = chance.choice(people)
    type_ = chance.choice(list(who.ids))
    if kind in {"date", "_lastUpdated"}:
        return chance.choice(("eq2026", "ge1900", "lt2030-01-01", "2026-02-01", "ap2026", "ne2020"))
    if kind == "token":
        return chance.choice(
            ("active", "completed", "final", "current", "requested", "booked", "8867-4", "x")
        )
    if kind == "reference":
        return chance.choice((f"Patient/{who.id}", who.id, f"{type_}/{who.ids[type_]}"))
    if kind in {"patient.identifier", "subject.identifier"}:
        return who.number
    if kind == "_id":
        return who.ids[type_]
    return chance.choice(
        (
            who.id,
            f"Patient/{who.id}",
            f"{type_}/{who.ids[type_]}",
            who.ids[type_],
            who.number,
            chance.choice(who.words),
            chance.choice(ODD),
            chance.choice(ODD),
        )
    )


async def _sent(
    made: World, chance: Random, who: dict[str, str], type_: str, pairs: list[tuple[str, str]]
) -> httpx.Response:
    media = {
        "Accept": chance.choice(("application/fhir+json", "application/fhir+json", "application/fhir+xml"))
    }
    if chance.random() < 0.2:
        media["Prefer"] = "handling=lenient"
    if chance.random() < 0.5:
        return await made.ask("GET", f"{type_}?{urlencode(pairs)}", who, headers=media)
    media["Content-Type"] = "application/x-www-form-urlencoded"
    return await made.ask("POST", f"{type_}/_search", who, headers=media, content=urlencode(pairs).encode())


def _faults(
    answer: httpx.Response, people: Sequence[Person], seen: frozenset[int], sent: str
) -> tuple[list[str], int]:
    """What is wrong with an answer, and how many rows it has."""
    faults = [f"{answer.status_code}"] if answer.status_code not in {200, 400, 403} else []
    said = f"{answer.headers} {answer.text}"
    faults += [f"canary {each}" for each in _foreign(said, people, seen) if each not in sent]
    if answer.status_code != 200 or not answer.headers["content-type"].startswith("application/fhir+json"):
        return faults, 0
    told: dict[str, Any] = json.loads(answer.content)
    rows = [entry["resource"] for entry in told.get("entry", ())]
    foreign = {id_ for each in people if each.place not in seen for id_ in each.ids.values()}
    faults += [f"foreign row {row['id']}" for row in rows if row.get("id") in foreign]
    most = len(seen) + 20  # of each type one a person; units are open to all
    if told.get("total", 0) > most:
        faults.append(f"total {told['total']} of {most}")
    return faults, len(rows)


def _foreign(text: str, people: Sequence[Person], seen: frozenset[int]) -> list[str]:
    return [each for who in people if who.place not in seen for each in who.canaries if each in text]
