"""What it costs to know a caller: the check of an access token, beside a fetch with and without one."""

from __future__ import annotations

import asyncio
import json
import sys
import tempfile
import time
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime
from typing import Any

import httpx

from adapter.fhir import merge
from adapter.pipeline import receive
from adapter.rest.access import Access
from adapter.rest.app import application
from adapter.rest.served import Served
from adapter.security.callers import ClaimNames, caller_of
from adapter.security.keys import KeyRing
from adapter.security.tokens import Trust, key_name, verified
from adapter.sources import load_sources
from adapter.store import open_store
from tests.bench.letters import AGREEMENT
from tests.clocks import StillClock
from tests.rest.issuer import AUDIENCE, ISSUER, NOW, bearer, published, token

ROUNDS, TIMES = 5, 200
CLAIMS = {"scope": "system/*.rs", "client_id": "trusted"}
TRUST, NAMES = Trust(issuer=ISSUER, audience=AUDIENCE), ClaimNames()


async def best(work: Callable[[], Awaitable[object]]) -> float:
    """CPU microseconds a time, in the best of some rounds."""
    rounds = []
    for _ in range(ROUNDS):
        start = time.process_time()
        for _ in range(TIMES):
            await work()
        rounds.append((time.process_time() - start) / TIMES * 1e6)
    return min(rounds)


async def main() -> None:
    """Print the table, and the figures as JSON in the last line."""

    async def fetch() -> bytes:
        return published()

    keys = KeyRing(fetch, time.monotonic)
    signed, clock, sources = token(**CLAIMS), StillClock(datetime.fromtimestamp(NOW, UTC)), load_sources()

    async def check() -> None:
        found = await keys.keys(key_name(signed))
        caller_of(verified(signed, TRUST, found, NOW), NAMES)

    access = Access(trust=TRUST, names=NAMES, keys=keys, clock=clock, trusted=frozenset({"trusted"}))
    asking: dict[str, Any] = {
        "headers": [(b"authorization", b"Bearer " + signed.encode())],
        "path": "/fhir",
        "request_id": "",
    }

    async def admit() -> None:
        await access.admit(asking, dict(asking["headers"]))

    figures = {"token_check_us": round(await best(check)), "token_again_us": round(await best(admit))}
    with tempfile.TemporaryDirectory(prefix="overens-bench-") as folder:
        store = await open_store(f"sqlite:///{folder}/overens.db", merge)
        await receive(AGREEMENT.raw, sources[AGREEMENT.source], store, clock)
        for name, known, headers in (("without", None, {}), ("with", access, bearer(**CLAIMS))):
            served = Served(
                store=store, sources=sources, clock=clock, version="0", started_at=clock.now(), access=known
            )
            transport = httpx.ASGITransport(application(served))
            async with httpx.AsyncClient(transport=transport, base_url="http://localhost") as client:

                async def ask(client: httpx.AsyncClient = client, sent: dict[str, str] = headers) -> None:
                    answer = await client.get("/fhir/CarePlan?category=734163000", headers=sent)
                    assert answer.status_code == 200, answer.text

                figures[f"search_{name}_token_us"] = round(await best(ask))
        await store.close()
    print(
        f"check of an ES384 token: {figures['token_check_us']} us CPU; again: {figures['token_again_us']} us"
    )
    print(
        f"a search in this process, its caller's own time included: {figures['search_without_token_us']} us"
        f" without a token, {figures['search_with_token_us']} us with one"
    )
    print(json.dumps({"bench": "token_check", "figures": figures}))


if __name__ == "__main__":
    sys.exit(asyncio.run(main()))
