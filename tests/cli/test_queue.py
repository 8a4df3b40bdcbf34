"""``overens queue`` and ``overens replay`` on a real file."""

from __future__ import annotations

import asyncio
import json
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from typer.testing import CliRunner

from adapter.cli import commands
from adapter.configured import SystemClock
from adapter.fhir import merge
from adapter.letters import LeaseQuery, LetterQuery, LetterState, Settlement, Trouble
from adapter.pipeline import receive
from adapter.ports import State
from adapter.sources import load_sources
from adapter.store import open_store
from tests.store.conftest import Post
from tests.store.letters import letter, with_letters

if TYPE_CHECKING:
    from adapter.letters import LetterRow

FIXTURES = Path(__file__).parents[2] / "fixtures" / "se.cosmic.journal-notes"
NOTE = (FIXTURES / "kalmar-agreement.json").read_bytes()
PARKED = NOTE.replace(b"195009072553", b"195009072554")
REFUSED = Trouble(code="refused", cause="Mottagaren säger nej.", remedy="Rätta brevet.")
DEAD, WAITING, LATER = (letter(name, lane=lane) for lane, name in enumerate(("dead", "waiting", "later"), 1))


class Shop:
    """A store with a dead letter, two that wait, a message that was taken in, one that is parked."""

    def __init__(self, url: str) -> None:
        self.url = url
        self.messages: dict[str, str] = {}  # ids by state
        asyncio.run(self._fill())

    async def _fill(self) -> None:
        store, source = await open_store(self.url, merge), load_sources()["se.cosmic.journal-notes"]
        for raw in (NOTE, PARKED):
            kept = await receive(raw, source, store, SystemClock())
            row = await store.message(kept.id)
            assert row is not None
            self.messages[row.state.value] = row.id
        far = datetime.now(UTC) + timedelta(days=1)
        arrival = with_letters(Post(), DEAD, WAITING, LATER)
        self.messages["letters"] = (await store.keep(arrival)).id
        now = datetime.now(UTC)
        wish = LeaseQuery(receiver="north", queues=2)
        leases = await store.outbox.lease(wish, now=now, until=far)
        states = {DEAD.id: LetterState.DEAD, WAITING.id: LetterState.WAITING}
        tried = [
            Settlement(
                lease=lease,
                letter=lease.letters[0].letter.id,
                state=states[lease.letters[0].letter.id],
                due_at=far,
                trouble=REFUSED,
            )
            for lease in leases
        ]
        await store.outbox.settle(tried, now=now)
        await store.close()

    def run(self, *words: str) -> Any:
        """A command on this store."""
        return CliRunner().invoke(commands, list(words), env={"OVERENS_DATABASE_URL": self.url})

    def letters(self) -> dict[str, LetterRow]:
        """All letters by id."""

        async def read() -> dict[str, LetterRow]:
            store = await open_store(self.url, merge)
            found = {row.letter.id: row for row in await store.outbox.letters(LetterQuery())}
            await store.close()
            return found

        return asyncio.run(read())

    def listed(self, *words: str) -> Any:
        """What ``queue list --json`` tells."""
        return json.loads(self.run("queue", "list", "--json", *words).stdout)


@pytest.fixture
def shop(tmp_path: Path) -> Shop:
    """A store of this test's own."""
    return Shop(f"sqlite:///{tmp_path}/a.db")


def test_what_is_open_is_listed_without_what_it_says(shop: Shop) -> None:
    """
    Letters that wait or are dead, and messages that were not taken in; keys, codes and times, no content.
    """
    ended = shop.run("queue", "list")
    assert ended.exit_code == 0
    lines = ended.stdout.splitlines()
    assert [line.split()[0] for line in lines[1:]] == [LATER.id, WAITING.id, DEAD.id, shop.messages["parked"]]
    assert "refused" in lines[2]
    assert "19500907" not in ended.output
    assert "3 brev, 1 meddelanden." in ended.stderr


@pytest.mark.parametrize(
    ("words", "letters", "messages"),
    [
        (("--state", "dead"), [DEAD.id], 0),
        (("--state", "parked"), [], 1),
        (("--class", "refused"), [WAITING.id, DEAD.id], 0),
        (("--class", "person-id-unusable"), [], 1),
        (("--receiver", "south"), [], 0),
        (("--receiver", "north", "--limit", "1"), [LATER.id], 0),
    ],
)
def test_the_list_is_of_those_that_are_meant(
    shop: Shop, words: tuple[str, ...], letters: list[str], messages: int
) -> None:
    """
    By state, receiver and class.
    """
    listed = shop.listed(*words)
    assert [each["id"] for each in listed["letters"]] == letters
    assert len(listed["messages"]) == messages


def test_one_is_shown_with_cause_and_remedy(shop: Shop) -> None:
    """
    A letter with its tries; a message with its findings, without values, and its letters.
    """
    shown = json.loads(shop.run("queue", "show", DEAD.id).stdout)
    assert (shown["state"], shown["class"], shown["cause"]) == ("dead", "refused", REFUSED.cause)
    assert (shown["remedy"], shown["tries"], shown["message"]) == (
        REFUSED.remedy,
        1,
        shop.messages["letters"],
    )
    message = shop.run("queue", "show", shop.messages["parked"])
    assert json.loads(message.stdout)["findings"]
    assert "19500907" not in message.output
    caused = json.loads(shop.run("queue", "show", shop.messages["letters"]).stdout)["letters"]
    assert {each["id"] for each in caused} == {DEAD.id, WAITING.id, LATER.id}


def test_letters_are_sent_again(shop: Shop) -> None:
    """
    Those that are chosen, with all their patience; a message is none.
    """
    ended = shop.run("queue", "retry", "--state", "dead")
    assert (ended.exit_code, ended.stdout.split()) == (0, [DEAD.id])
    again = shop.letters()[DEAD.id]
    assert (again.state, again.tries) == (LetterState.WAITING, 0)
    assert shop.letters()[WAITING.id].tries == 1
    assert shop.run("queue", "retry", "--state", "parked").exit_code == 2


def test_what_is_dealt_with_is_open_no_longer(shop: Shop) -> None:
    """
    A letter that is never sent, a message that stays as it is.
    """
    parked = shop.messages["parked"]
    ended = shop.run("queue", "discard", DEAD.id, parked)
    assert ended.stdout.split() == [DEAD.id, parked]
    assert shop.letters()[DEAD.id].state is LetterState.DISCARDED
    assert "meddelande" not in shop.run("queue", "list").stdout
    assert json.loads(shop.run("queue", "show", parked).stdout)["state"] == "parked"


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (("queue", "retry"), "säg vilka"),
        (("queue", "discard"), "säg vilka"),
        (("queue", "list", "--state", "lost"), "Välj bland"),
        (("queue", "show", "4711"), "är inget id"),
        (("queue", "show", "00000000-0000-5000-8000-000000000000"), "finns inte"),
        (("replay",), "säg vilka"),
        (("replay", "--receiver", "north", "--dry-run", "--state", "done"), "Välj en"),
    ],
)
def test_wrong_use_is_told_with_what_to_do(shop: Shop, words: tuple[str, ...], told: str) -> None:
    """
    Exit code 2, and nothing on standard output.
    """
    ended = shop.run(*words)
    assert (ended.exit_code, ended.stdout) == (2, "")
    assert told in ended.stderr


def test_there_must_be_a_store(tmp_path: Path) -> None:
    """
    No empty one is made by looking.
    """
    env = {"OVERENS_DATABASE_URL": f"sqlite:///{tmp_path}/none.db"}
    ended = CliRunner().invoke(commands, ["queue", "list"], env=env)
    assert ended.exit_code == 2
    assert "Det finns ingen databas" in ended.stderr
    assert not (tmp_path / "none.db").exists()


def test_a_replay_with_the_same_mapping_changes_nothing(shop: Shop) -> None:
    """
    What was taken in is again, what was parked still is: exit code 3. The dry run says so beforehand.
    """
    dry = shop.run("replay", "--source", "se.cosmic.journal-notes", "--dry-run")
    assert dry.exit_code == 0
    assert dry.stdout.count("ingen skillnad") == 2
    done = shop.run("replay", shop.messages["done"])
    assert (done.exit_code, "done → done, 0 nya brev" in done.stdout) == (0, True)
    parked = shop.run("replay", "--state", State.PARKED.value)
    assert (parked.exit_code, "parked → parked" in parked.stdout) == (3, True)
    assert [each["id"] for each in shop.listed()["messages"]] == [shop.messages["parked"]]


def test_a_message_s_letters_go_again_to_one_receiver(shop: Shop) -> None:
    """
    To no other, and the message itself is let be.
    """
    ended = shop.run("replay", shop.messages["letters"], "--receiver", "south")
    assert "Inga sådana brev" in ended.stderr
    ended = shop.run("replay", shop.messages["letters"], "--receiver", "north", "--class", "refused")
    assert "2 brev till north skickas om." in ended.stderr
    assert {row.tries for row in shop.letters().values()} == {0}


def test_letters_go_again_while_the_server_holds_the_file(shop: Shop) -> None:
    """
    A replay cannot; it says why.
    """

    async def beside() -> list[int]:
        server = await open_store(shop.url, merge)
        words = (["queue", "retry", DEAD.id], ["queue", "list"], ["replay", shop.messages["done"]])
        codes = [(await asyncio.to_thread(shop.run, *each)).exit_code for each in words]
        await server.close()
        return codes

    assert asyncio.run(beside()) == [0, 0, 2]
