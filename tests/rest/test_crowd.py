"""Too many at once, and one who asks too often, are told to come back; nobody else notices."""

from __future__ import annotations

import asyncio
from dataclasses import replace

import httpx
import pytest

from adapter.rest.app import application
from adapter.rest.crowd import Crowd
from adapter.rest.outcome import Problem
from adapter.rest.served import Served


def test_a_caller_has_a_burst_and_then_a_pace() -> None:
    """Ten seconds' worth at once, then one for each interval; another caller has its own."""
    now = 100.0
    crowd = Crowd(0, 2.0, lambda: now)
    for _ in range(20):
        crowd.count("a")
    with pytest.raises(Problem) as refused:
        crowd.count("a")
    assert (refused.value.status, refused.value.headers) == (429, {"Retry-After": "1"})
    crowd.count("b")
    now += 0.5
    crowd.count("a")
    with pytest.raises(Problem):
        crowd.count("a")


def test_there_is_room_again_when_one_leaves() -> None:
    """Whoever goes, also by a fault, makes room."""
    crowd = Crowd(1, 0, lambda: 0.0)
    inside = crowd.entered()
    inside.__enter__()
    with pytest.raises(Problem) as refused, crowd.entered():
        pass
    assert refused.value.status == 503
    inside.__exit__(ZeroDivisionError, ZeroDivisionError(), None)
    with crowd.entered():
        pass


async def test_more_than_there_is_room_for_get_503(served: Served) -> None:
    """Those inside are answered; the others are told when to come back."""
    gate = application(replace(served, most_at_once=2))
    transport = httpx.ASGITransport(gate)
    async with httpx.AsyncClient(transport=transport, base_url="http://127.0.0.1") as client:
        answers = await asyncio.gather(*(client.get("/fhir/CarePlan") for _ in range(12)))
    told = {answer.status_code for answer in answers}
    assert told == {200, 503}
    assert all(answer.headers["Retry-After"] for answer in answers if answer.status_code == 503)


@pytest.mark.parametrize("hosts", [[], ["127.0.0.1", "127.0.0.1"]])
async def test_a_request_has_one_host(client: httpx.AsyncClient, hosts: list[str]) -> None:
    """None or two of them could mean one thing to a proxy and another to us."""
    request = client.build_request("GET", "/fhir/CarePlan")
    others = [(name, value) for name, value in request.headers.raw if name.lower() != b"host"]
    request.headers = httpx.Headers([*others, *((b"Host", host.encode()) for host in hosts)])
    assert (await client.send(request)).status_code == 400
