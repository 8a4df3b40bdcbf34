"""``overens subscriptions``: how each of them is, the way back of one in error, and where they may lead."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from adapter.cli.desk import desk, minute, not_ids, run_desk, write_json, write_table
from adapter.cli.told import tell, wrong_use
from adapter.configured import receivers_of
from adapter.endpoints import approved, approving, receiver_above
from adapter.settings import load_settings
from adapter.subscribed import Doing, asked_again, subscribed
from adapter.subscribing import kept

if TYPE_CHECKING:
    from collections.abc import Sequence

    from adapter.ports import Store
    from adapter.subscribed import Subscribed

_HEAD = ("id", "läge", "mottagare", "ämne", "klient", "händelser", "senaste", "fel sedan", "fel")
_MEANWHILE = "andra ändrade samtidigt. Se hur det står med overens subscriptions list, och försök igen."


def run_list(*, as_json: bool) -> int:
    """Print those that are not ended."""
    return run_desk(_list(as_json=as_json))


async def _list(*, as_json: bool) -> int:
    async with desk(is_beside=True) as store:
        listed, now = (await kept(store, "list"))[0].get("ids", ()), datetime.now(UTC)
        there = [each for id_ in listed if (each := await subscribed(store, id_, now))]
        found = [await _told(store, each) for each in there if each.status != "off"]
    if as_json:
        write_json({"subscriptions": found})
        return 0
    if found:
        write_table(_HEAD, [_cells(each) for each in found])
    failing = sum(each["status"] == "error" for each in found)
    tell(f"{len(found)} prenumerationer, {failing} i fel." if found else "Det finns inga prenumerationer.")
    return 0


async def _told(store: Store, to: Subscribed) -> dict[str, Any]:
    """A subscription for an operator: whose it is, how it is, never about whom."""
    last = (await kept(store, to.id, "event", str(to.state["count"])))[0]
    return {
        "id": to.id,
        "status": to.status,
        "receiver": to.state["receiver"],
        "topic": to.wish.topic,
        "content": to.wish.content,
        "client": to.state["caller"]["client"],
        "unit": to.state["caller"]["unit"],
        "events": to.state["count"],
        "lastEvent": last.get("at", ""),
        "failingSince": to.failure.at if to.failure else "",
        "error": to.failure.text if to.failure else "",
    }


def _cells(told: dict[str, Any]) -> tuple[str, ...]:
    return (
        told["id"],
        told["status"],
        told["receiver"],
        told["topic"].rpartition("/")[2],
        told["client"],
        str(told["events"]),
        _when(told["lastEvent"]),
        _when(told["failingSince"]),
        told["error"],
    )


def _when(text: str) -> str:
    return minute(datetime.fromisoformat(text)) if text else ""


def run_approve(url: str, *, is_revoked: bool = False) -> int:
    """Approve an address below one of the receivers file, or no longer."""
    return run_desk(_approve(url, is_revoked=is_revoked))


async def _approve(url: str, *, is_revoked: bool) -> int:
    configured = receivers_of(load_settings()).endpoints
    if url in configured:
        what = "Ta bort den där och starta om servern" if is_revoked else "Den är redan godkänd"
        return wrong_use(f"adressen står själv i mottagarfilen. {what}.")
    receiver = "" if is_revoked else receiver_above(url, configured)
    if not (receiver or is_revoked):
        known = ", ".join(configured) or "ingen"
        what = f"adressen ligger inte under någon i mottagarfilen ({known}). Lägg in den där och starta om."
        return wrong_use(what)
    async with desk(is_beside=False) as store:
        if is_revoked and url not in await approved(store):
            return wrong_use("adressen är inte godkänd. Se overens subscriptions endpoints.")
        doing = Doing(datetime.now(UTC))
        doing.puts.append(await approving(store, url, receiver))
        if not await doing.is_kept(store):
            return wrong_use(_MEANWHILE)
    tell(f"{url} är inte längre godkänd." if is_revoked else f"{url} är godkänd, hos {receiver}.")
    return 0


def run_endpoints() -> int:
    """Print the addresses that subscriptions may name."""
    return run_desk(_endpoints())


async def _endpoints() -> int:
    configured = receivers_of(load_settings()).endpoints
    async with desk(is_beside=True) as store:
        more = await approved(store)
    rows = [(url, name, "mottagarfilen") for url, name in configured.items()]
    rows += [
        (url, name, "godkänd" if receiver_above(url, configured) == name else "mottagaren saknas i filen")
        for url, name in more.items()
    ]
    if rows:
        write_table(("adress", "mottagare", "genom"), rows)
    tell(f"{len(rows)} adresser." if rows else "Ingen adress är godkänd. Se docs/receivers.md.")
    return 0


def run_restart(ids: Sequence[str]) -> int:
    """Ask for subscriptions again."""
    return not_ids(ids) or run_desk(_restart(ids))


async def _restart(ids: Sequence[str]) -> int:
    async with desk(is_beside=False) as store:
        found = [await subscribed(store, id_, datetime.now(UTC)) for id_ in ids]
        failing = [each for each in found if each and each.status == "error"]
        if len(failing) < len(ids):
            return wrong_use(
                "bara prenumerationer som är i fel begärs på nytt. Se overens subscriptions list."
            )
        done = [await asked_again(each, datetime.now(UTC)).is_kept(store) for each in failing]
    if not all(done):
        return wrong_use(_MEANWHILE)
    tell(f"{len(done)} begärs på nytt. Följ dem med overens subscriptions list.")
    return 0
