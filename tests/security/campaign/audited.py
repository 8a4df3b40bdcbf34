"""One AuditEvent a request, one for each entry of a Bundle; the chain is whole, with no word of anybody."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from structlog.testing import capture_logs

from adapter.ports import Query
from tests.crash.campaign import Report
from tests.rest.issuer import bearer
from tests.security.campaign.probes import Probe, names_of, probes
from tests.security.campaign.searches import a_search
from tests.security.campaign.world import TRUSTED, World, as_patient, as_staff, world


async def count_events(folder: Path, report: Report, *, searches: int) -> None:
    """All probes and some searches as a patient, as staff and without a token: one more event each time."""
    chance = report.chance("audited")
    wrong: list[str] = []
    count = 0
    async with world(f"sqlite:///{folder}/audited.db") as made:
        a, b = made.people[0], made.people[1]
        asked = list(probes(names_of(a, b.ids, b.number)))
        for _ in range(searches):
            type_, pairs = a_search(chance, made.people)
            query = "&".join(f"{name}={value}" for name, value in pairs if "#" not in value)
            asked.append(Probe(name="search", method="GET", path=f"{type_}?{query}"))
        for who in (as_patient(a), as_staff(0), bearer(**TRUSTED), {}):
            for each in asked:
                before = await _events(made)
                with capture_logs() as logs:
                    answer = await made.ask(each.method, each.path, who, **each.sent("json"))
                added = await _events(made) - before
                where = answer.request.url.path
                expected = 1 if where.startswith(("/fhir", "/messages")) else 0
                count += 1
                if added != expected:
                    wrong.append(f"{each.name} ({answer.status_code}): {added} events")
                if any(person.number in str(logs) for person in made.people):
                    wrong.append(f"{each.name}: a number in the log")
        rows = await _rows(made)
        words = [word for person in made.people for word in (person.number, *person.words)]
        report.count("words in events", [word for word in words if word in rows])
        report.count("unlinked", await made.store.unlinked())
    report.figures(requests=count)
    report.count("not one event", wrong)


async def _events(made: World) -> int:
    page = await made.store.search(Query(type="AuditEvent", count=0, with_total=True))
    return page.total or 0


async def _rows(made: World) -> str:
    """Every event, as text."""
    found: list[Any] = []
    query = Query(type="AuditEvent", count=1000)
    while True:
        page = await made.store.search(query)
        found += [row.body.decode() for row in page.matches]
        if not page.next:
            return json.dumps(found)
        query = Query(type="AuditEvent", count=1000, after=page.next)
