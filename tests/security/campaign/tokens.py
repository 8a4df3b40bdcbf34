"""Tokens, scopes and routes over HTTP: who is let in, and to what."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING

from adapter.rest.app import ROUTES
from adapter.security.keys import KeyRing
from adapter.security.scopes import Scope, read_scope
from tests.crash.campaign import Report
from tests.rest.issuer import bearer
from tests.security.campaign import token_attacks
from tests.security.campaign.corpora import CORPORA
from tests.security.campaign.route_table import STATES, told
from tests.security.campaign.scope_table import INVALID, MEANINGS, OLD, VALID, Asked
from tests.security.campaign.token_attacks import LEFT_OUT, WITHOUT_SCOPE, Attacks
from tests.security.campaign.world import TRUSTED, World, as_patient, as_staff, world

if TYPE_CHECKING:
    from random import Random


async def attack(folder: Path, report: Report) -> None:  # noqa: ARG001  as the others
    """Every known attack on a JWT, as an access token."""

    async def fetch() -> bytes:
        return token_attacks.published()

    wrong: list[str] = []
    async with world(keys=KeyRing(fetch, lambda: 0.0)) as made:
        who = made.people[0]
        attacks, path = Attacks(who.id), f"/fhir/CarePlan/{who.ids['CarePlan']}"
        refused, allowed = attacks.refused(), attacks.allowed()
        for name, headers in refused.items():
            where = path + (attacks.query() if "query" in name else "")
            answer = await made.client.get(where, headers=headers)
            is_silent = not any(each in answer.text for each in who.canaries)
            if answer.status_code != 401 or not is_silent:
                wrong.append(f"{name}: {answer.status_code}")
        for name, headers in allowed.items():
            for _ in range(2):
                answer = await made.client.get(path, headers=headers)
                if answer.status_code != 200:
                    wrong.append(f"{name}: {answer.status_code}")
        answer = await made.client.get(path, headers=attacks.without_scope())
        if answer.status_code != 403:
            wrong.append(f"{WITHOUT_SCOPE}: {answer.status_code}")
        report.count("unlinked", await made.store.unlinked())
    known = {*refused, *allowed, *LEFT_OUT, WITHOUT_SCOPE}
    report.figures(attacks=len(refused) + 1, allowed=len(allowed), left_out_by_name=len(LEFT_OUT))
    report.count("not as expected", wrong)
    report.count("not in the table", _missing("jwt_attacks.json", "cases", known))


async def scopes(folder: Path, report: Report, *, fuzzed: int) -> None:  # noqa: ARG001  as the others
    """The grammar of scopes, what they mean, and made-up ones around them."""
    chance = report.chance("scopes")
    wrong: list[str] = []
    async with world() as made:
        who = made.people[0]
        for scope, letters in VALID.items():
            granted = await _granted(made, scope)
            if granted != letters:
                wrong.append(f"{scope}: {granted} is not {letters}")
        for old, new in OLD.items():
            if await _granted(made, old) != await _granted(made, new):
                wrong.append(f"{old} is not {new}")
        wrong += [f"{scope}: grants" for scope in INVALID if await _granted(made, scope)]
        wrong += [fault for meaning in MEANINGS for fault in await _meant(made, meaning)]
        for _ in range(fuzzed):
            scope = _made_up(chance)
            answer = await made.ask("GET", f"CarePlan/{who.ids['CarePlan']}", as_patient(who, scope))
            said = [read for word in scope.split(" ") if (read := read_scope(word))]
            if answer.status_code not in _statuses(said):
                wrong.append(f"{scope!r}: {answer.status_code}")
    report.figures(valid=len(VALID), invalid=len(INVALID), meanings=len(MEANINGS), made_up=fuzzed)
    report.count("not as expected", wrong)
    report.count("not in the table", _missing("smart_scopes.json", "invalid", set(INVALID)))
    report.count("valid ones not in the table", _missing("smart_scopes.json", "valid", set(VALID)))


async def routes(folder: Path, report: Report) -> None:  # noqa: ARG001  as the others
    """Every route with every kind of token gives what the table says; a new route is not in it."""
    wrong: list[str] = []
    count = 0
    async with world() as made:
        for method, path, _ in sorted(ROUTES, key=lambda route: route[0] == "DELETE"):  # the last to be tried
            expected = told(method, path)
            if expected is None:
                wrong.append(f"{method} {path} is not in the table")
                continue
            for state, status in zip(STATES, expected, strict=True):
                headers = {"Content-Type": "application/fhir+json", **STATES[state](made)}
                where = _address(path, made)
                answer = await made.client.request(method, where, headers=headers, content=b"{}")
                count += 1
                if answer.status_code != status:
                    wrong.append(f"{method} {path}, {state}: {answer.status_code} is not {status}")
    report.figures(routes=len(ROUTES), tries=count)
    report.count("not as expected", wrong)


def _address(path: str, made: World) -> str:
    theirs = made.people[0]
    id_ = theirs.id if "/Patient/" in path else theirs.ids["CarePlan"]
    return path.format(type="CarePlan", id=id_, version="1", name="se.cosmic.journal-notes")


async def _granted(made: World, scope: str) -> str:
    """What a scope lets its context do with a CarePlan or the type that it names: of r and s."""
    who = made.people[0]
    found = ""
    context = scope.partition("/")[0]
    headers = {
        "user": as_staff(who.unit, scope),
        "system": bearer(**{**TRUSTED, "scope": scope}),
    }.get(context, as_patient(who, scope))
    type_ = next((t for t in ("Observation", "Communication") if t in scope), "CarePlan")
    answer = await made.ask("GET", f"{type_}/{who.ids[type_]}", headers)
    found += "r" if answer.status_code in {200, 404} else ""
    answer = await made.ask("GET", type_, headers)
    return found + ("s" if answer.status_code == 200 else "")


async def _meant(made: World, meaning: Asked) -> list[str]:
    """What is wrong with the answer to one request of the table of meanings."""
    a, b = made.people[0], made.people[1]
    claims = {} if meaning.is_patient else {"patient": None}
    headers = as_patient(a, meaning.scope, **claims)
    names = {"a1": a.ids["CarePlan"], "a2": a.ids["Communication"], "A": a.id, "B": b.id}
    path = meaning.path.format(**names)
    body = {
        "resourceType": "Bundle",
        "type": "batch",
        "entry": [{"request": {"method": "GET", "url": each.format(**names)}} for each in meaning.entries],
    }
    more = {"json": body} if meaning.entries else {}
    answer = await made.ask("POST" if meaning.entries else "GET", path, headers, **more)
    told = answer.json()
    rows = [entry.get("resource", {}).get("resourceType", "") for entry in told.get("entry", ())]
    states = tuple(
        int(entry["response"]["status"][:3]) for entry in told.get("entry", ()) if "response" in entry
    )
    faults = [] if answer.status_code == meaning.status else [f"{answer.status_code}"]
    if meaning.rows is not None and answer.status_code == 200 and rows != list(meaning.rows):
        faults.append(f"{rows}")
    if meaning.entries and states != meaning.states:
        faults.append(f"{states}")
    faults += [each for each in b.canaries if each in answer.text.replace(meaning.path.format(**names), "")
               and each != b.id]  # fmt: skip
    return [f"{meaning}: {fault}" for fault in faults]


def _made_up(chance: Random) -> str:
    """A scope with some letters changed, or some of them in a row."""
    words = [chance.choice([*VALID, *INVALID, *OLD]) for _ in range(chance.randint(1, 3))]
    text = list(" ".join(words))
    for _ in range(chance.randint(0, 3)):
        if text:
            place = chance.randrange(len(text))
            text[place : place + chance.randint(0, 1)] = chance.choice("cruds/.*?=& Pt\u00a0")
    return "".join(text)


def _statuses(scopes: list[Scope]) -> set[int]:
    """What a patient may be answered who reads the own plan; a query in a scope can leave it out."""
    letting = [each for each in scopes if each.context == "patient" and each.covers("r", "CarePlan")]
    if not letting:
        return {403}
    return {200} if any(not each.query for each in letting) else {200, 404}


def _missing(file: str, name: str, known: set[str]) -> list[str]:
    """What the corpus has and we have not, when it is there."""
    path = CORPORA / "own" / file
    if not path.is_file():
        return []
    return [case for case in json.loads(path.read_bytes())[name] if case not in known]
