"""The contract of ``search``, on every store. https://hl7.org/fhir/R4/search.html."""

from __future__ import annotations

import itertools
from typing import TYPE_CHECKING, Any

import pytest

from adapter.fhir.search_dates import date_bounds
from adapter.ports import Criterion, Include, Query

if TYPE_CHECKING:
    from collections.abc import Callable

    from adapter.ports import Arrival, Page, Store

    Post = Callable[..., Arrival]

PERSONNUMMER = "http://electronichealth.se/identifier/personnummer"
PERSONNUMMER_OID = "urn:oid:1.2.752.129.2.1.3.1"
SCT = "http://snomed.info/sct"


def plan(id_: str, **elements: Any) -> dict[str, Any]:
    """A CarePlan of patient a."""
    return {"resourceType": "CarePlan", "id": id_, "subject": {"reference": "Patient/a"}, **elements}


def patient(id_: str, number: str, system: str = PERSONNUMMER) -> dict[str, Any]:
    """A Patient with one identifier."""
    return {"resourceType": "Patient", "id": id_, "identifier": [{"system": system, "value": number}]}


def token(param: str, *values: tuple[str | None, str]) -> Criterion:
    """A token criterion."""
    return Criterion(param=param, kind="token", values=values)


def date(param: str, prefix: str, text: str) -> Criterion:
    """A date criterion, as a query reads it."""
    return Criterion(param=param, kind="date", values=((prefix, *date_bounds(text)),))


def reference(param: str, *values: str) -> Criterion:
    """A reference criterion."""
    return Criterion(param=param, kind="reference", values=values)


def query(*criteria: Criterion, type_: str = "CarePlan", **more: Any) -> Query:
    """A query on CarePlans."""
    return Query(type=type_, criteria=criteria, **more)


def ids(page: Page) -> list[str]:
    """The ids that matched, in order."""
    return [row.id for row in page.matches]


async def found(store: Store, *criteria: Criterion, type_: str = "CarePlan") -> set[str]:
    """The ids that match criteria, in any order."""
    return set(ids(await store.search(query(*criteria, type_=type_))))


async def test_3_1_1_4_9_token_with_system_without_system_and_with_none(store: Store, post: Post) -> None:
    """
    [system]|[code], |[code] and [code]; codes are compared letter by letter.
    """
    coded = {"category": [{"coding": [{"system": SCT, "code": "1"}, {"system": "s", "code": "2"}]}]}
    await store.keep(post(plan("a", **coded), plan("b", category=[{"coding": [{"code": "1"}]}]), plan("c")))
    assert await found(store, token("category", (SCT, "1"))) == {"a"}
    assert await found(store, token("category", ("", "1"))) == {"b"}
    assert await found(store, token("category", (None, "1"))) == {"a", "b"}
    assert await found(store, token("category", ("s", "1"))) == set()
    assert await found(store, token("category", (None, "9"))) == set()
    assert await found(store, token("category", ("s", "2"), ("", "1"))) == {"a", "b"}
    assert await found(store, token("category", (SCT, "1")), token("category", ("s", "2"))) == {"a"}


async def test_codes_and_booleans_are_tokens(store: Store, post: Post) -> None:
    """
    A plain code needs no system in the question.
    """
    await store.keep(
        post(plan("a", status="active"), {"resourceType": "Organization", "id": "o", "active": False})
    )
    assert await found(store, token("status", (None, "active"))) == {"a"}
    assert await found(store, token("active", (None, "false")), type_="Organization") == {"o"}


async def test_a_reference_is_found_under_both_its_names(store: Store, post: Post) -> None:
    """
    Patient and subject answer alike; a version in the reference does not count.
    """
    other = plan("b", subject={"reference": "Patient/b/_history/2"})
    await store.keep(post(plan("a"), other))
    assert await found(store, reference("patient", "Patient/a")) == {"a"}
    assert await found(store, reference("subject", "Patient/a", "Patient/b")) == {"a", "b"}
    assert await found(store, reference("subject", "Patient/b")) == {"b"}


@pytest.mark.parametrize(
    ("kept", "asked"),
    [
        ((PERSONNUMMER, "191212121212"), (PERSONNUMMER_OID, "191212121212")),
        ((PERSONNUMMER_OID, "191212121212"), (PERSONNUMMER, "191212121212")),
        ((PERSONNUMMER, "191212121212"), (PERSONNUMMER, "19121212-1212")),
        ((PERSONNUMMER, "191212121212"), (None, "191212121212")),
        (
            ("http://electronichealth.se/identifier/samordningsnummer", "196109732393"),
            ("urn:oid:1.2.752.129.2.1.3.3", "196109732393"),
        ),
        (
            ("urn:oid:1.2.752.74.9.1", "98240301AA06"),
            ("http://electronichealth.se/identifier/nationelltReservnummer", "98240301AA06"),
        ),
        (("urn:oid:1.2.752.29.4.19", "SE1-1"), ("urn:oid:1.2.752.129.2.1.4.1", "SE1-1")),
    ],
)
async def test_an_identity_is_found_under_each_of_its_systems(
    store: Store, post: Post, kept: tuple[str, str], asked: tuple[str | None, str]
) -> None:
    """
    OID and URI are the same system, for patient.identifier too.
    """
    await store.keep(post(patient("a", kept[1], kept[0]), patient("b", "200001252386"), plan("p")))
    assert await found(store, token("identifier", asked), type_="Patient") == {"a"}
    by_identifier = Criterion(param="patient.identifier", kind="identifier-of", values=(asked,))
    assert await found(store, by_identifier) == {"p"}


async def test_an_unknown_identity_finds_nothing(store: Store, post: Post) -> None:
    """
    No patient, no agreements: never everybody's.
    """
    await store.keep(post(patient("a", "191212121212"), plan("p")))
    for system in (PERSONNUMMER, None, ""):
        nobody = Criterion(param="patient", kind="identifier-of", values=((system, "200001252386"),))
        assert await found(store, nobody) == set()


# Period 2026-02-01 to 2026-02-28, asked with each prefix.
PREFIXES = [
    ("eq", "2026-02", True), ("eq", "2026", True), ("eq", "2026-02-10", False),
    ("ne", "2026-02", False), ("ne", "2026-02-10", True),
    ("gt", "2026-02-10", True), ("gt", "2026-02-28", False), ("gt", "2026", False),
    ("ge", "2026-02-28", True), ("ge", "2026-03-01", False), ("ge", "2026-01-01", True),
    ("lt", "2026-02-10", True), ("lt", "2026-02-01", False),
    ("le", "2026-02-01", True), ("le", "2026-01-31", False),
    ("sa", "2026-01-31", True), ("sa", "2026-02-01", False),
    ("eb", "2026-03-01", True), ("eb", "2026-02-28", False),
    ("ap", "2026-02-10", True), ("ap", "2026-03-10", True), ("ap", "2025-06-01", False),
]  # fmt: skip


@pytest.mark.parametrize(("prefix", "text", "matches"), PREFIXES)
async def test_3_1_1_4_5_prefixes(store: Store, post: Post, prefix: str, text: str, *, matches: bool) -> None:
    """
    The range of the period against the range of the question.
    """
    await store.keep(post(plan("a", period={"start": "2026-02-01", "end": "2026-02-28"}), plan("b")))
    assert await found(store, date("date", prefix, text)) == ({"a"} if matches else set())


async def test_a_period_without_end_goes_on_for_ever(store: Store, post: Post) -> None:
    """
    And one without start has always been.
    """
    await store.keep(post(plan("a", period={"start": "2026-02-01"}), plan("b", period={"end": "2026-02-01"})))
    assert await found(store, date("date", "gt", "2999")) == {"a"}
    assert await found(store, date("date", "lt", "1900")) == {"b"}


async def test_a_date_without_zone_is_swedish_time(store: Store, post: Post) -> None:
    """
    23:30 UTC is the next day in Stockholm.
    """
    await store.keep(post({"resourceType": "Task", "id": "t", "authoredOn": "2026-01-31T23:30:00Z"}))
    assert await found(store, date("authored-on", "eq", "2026-02-01"), type_="Task") == {"t"}


async def test_last_updated_is_a_date(store: Store, post: Post, hand: Any) -> None:
    """
    By the store's own clock, with every prefix.
    """
    await store.keep(post(plan("a")))
    hand.move(days=1)
    await store.keep(post(plan("b")))
    day = "2026-11-02"
    expected = {
        "eq": {"a"},
        "ne": {"b"},
        "gt": {"b"},
        "sa": {"b"},
        "ge": {"a", "b"},
        "le": {"a"},
        "lt": set(),
        "eb": set(),
    }
    for prefix, matching in expected.items():
        assert await found(store, date("_lastUpdated", prefix, day)) == matching, prefix
    assert await found(store, date("_lastUpdated", "ge", "2026-11-03T08:00:00Z")) == {"b"}


async def test_strings_fold_case_and_accents_and_match_from_the_start(store: Store, post: Post) -> None:
    """
    Akerstrom finds Åkerström.
    """
    name = [{"family": "Åkerström", "given": ["Åsa", "Maria"]}]
    await store.keep(post({"resourceType": "Patient", "id": "a", "name": name}))

    async def by(param: str, text: str) -> set[str]:
        return await found(store, Criterion(param=param, kind="string", values=(text,)), type_="Patient")

    assert await by("family", "akerstrom") == {"a"}
    assert await by("name", "ÅKER") == {"a"}
    assert await by("name", "mar") == {"a"}
    assert await by("given", "kerstrom") == set()
    both = (
        Criterion(param="family", kind="string", values=("aker",)),
        Criterion(param="given", kind="string", values=("asa",)),
    )
    assert await found(store, *both, type_="Patient") == {"a"}


async def test_by_id(store: Store, post: Post) -> None:
    """
    _id takes several; another type's id is not ours.
    """
    await store.keep(post(plan("a"), plan("b"), {"resourceType": "Task", "id": "c"}))
    assert await found(store, Criterion(param="_id", kind="id", values=("a", "c"))) == {"a"}
    assert await found(
        store, reference("subject", "Patient/a"), Criterion(param="_id", kind="id", values=("b",))
    ) == {"b"}


async def test_labels_and_source_are_tokens(store: Store, post: Post) -> None:
    """
    _security, _tag, _profile, _source; the draft guide's form of the source asks for its system.
    """
    meta = {
        "source": "https://overens.example/fhir/source/se.cosmic.journal-notes#SE2321000016-COSMIC",
        "security": [{"system": "s", "code": "NOPATIENT"}],
        "tag": [{"code": "t"}],
        "profile": ["http://p"],
    }
    await store.keep(post(plan("a", meta=meta), plan("b")))
    assert await found(store, token("_security", ("s", "NOPATIENT"))) == {"a"}
    assert await found(store, token("_tag", (None, "t"))) == {"a"}
    assert await found(store, token("_profile", (None, "http://p"))) == {"a"}
    assert await found(store, token("_source", (None, meta["source"]))) == {"a"}
    for oid in ("1.2.752.129.2.1.4.1", "1.2.752.29.4.19"):
        assert await found(store, token("_source", (None, f"urn:oid:{oid}#SE2321000016-COSMIC"))) == {"a"}
        assert await found(store, token("_source", (None, f"urn:oid:{oid}#SE2321000016-OTHER"))) == set()


async def test_only_the_current_version_is_found(store: Store, post: Post) -> None:
    """
    What a superseded or a late version said is not found any more.
    """
    await store.keep(
        post(plan("a", status="draft", period={"start": "2026-01-01"}), order="2026-01-01T00:00:00Z")
    )
    await store.keep(post(plan("a", status="active"), order="2026-01-03T00:00:00Z"))
    await store.keep(post(plan("a", status="on-hold"), order="2026-01-02T00:00:00Z"))
    assert await found(store, token("status", (None, "active"))) == {"a"}
    assert await found(store, token("status", (None, "draft"), (None, "on-hold"))) == set()
    assert await found(store, date("date", "ge", "2020")) == set()


async def test_newest_first_page_by_page_while_new_ones_arrive(store: Store, post: Post, hand: Any) -> None:
    """
    Each is seen exactly once; what comes meanwhile disturbs no later page.
    """
    for i in range(7):
        await store.keep(post(plan(f"p{i}")))
        hand.move(milliseconds=i % 2)
    for criteria in (
        (),
        (reference("patient", "Patient/a"),),
        (reference("patient", "Patient/a", "Patient/z"),),
    ):
        seen: list[str] = []
        after = ""
        for turn in itertools.count():
            page = await store.search(query(*criteria, count=3, after=after))
            seen += [i for i in ids(page) if not i.startswith("x")]
            await store.keep(post(plan(f"x{turn}{len(criteria)}{len(seen)}")))
            after = page.next
            if not after:
                break
        assert [i for i in seen if i.startswith("p")] == [f"p{i}" for i in range(6, -1, -1)]


@pytest.mark.parametrize("param", ["date", "_lastUpdated", "_id"])
@pytest.mark.parametrize("descending", [True, False])
async def test_sorted_page_by_page(store: Store, post: Post, param: str, *, descending: bool) -> None:
    """
    By a date, by time and by id, both ways; what has no date comes last.
    """
    for i, start in enumerate(["2026-03-01", "2026-01-01", None, "2026-02-01", "2026-01-01"]):
        await store.keep(post(plan(f"p{i}", **({"period": {"start": start}} if start else {}))))
    rising = {"date": ["p4", "p1", "p3", "p0", "p2"], "_lastUpdated": [f"p{i}" for i in range(5)]}
    falling = {"date": ["p0", "p3", "p4", "p1", "p2"], "_lastUpdated": [f"p{i}" for i in range(4, -1, -1)]}
    rising["_id"], falling["_id"] = rising["_lastUpdated"], falling["_lastUpdated"]
    seen: list[str] = []
    after = ""
    while True:
        page = await store.search(query(sort=((param, descending),), count=2, after=after))
        seen += ids(page)
        after = page.next
        if not after:
            break
    assert seen == (falling if descending else rising)[param]


async def test_a_page_mark_that_is_not_ours_is_refused(store: Store, post: Post) -> None:
    """
    And so is an order that we do not have.
    """
    await store.keep(post(plan("a")))
    for after in ("x", "bm9wZQ", "W10", "WzEsMl0"):
        with pytest.raises(ValueError, match="page mark"):
            await store.search(query(after=after))
    with pytest.raises(ValueError, match="sorted"):
        await store.search(query(sort=(("category", False),)))


async def test_total_counts_all_pages(store: Store, post: Post) -> None:
    """
    With the page or alone (_count=0); without asking there is none.
    """
    await store.keep(post(*(plan(f"p{i}") for i in range(5))))
    assert (await store.search(query(count=2, with_total=True))).total == 5
    alone = await store.search(query(count=0, with_total=True))
    assert (alone.total, list(alone.matches), alone.next) == (5, [], "")
    assert (await store.search(query())).total is None
    nobody = Criterion(param="patient", kind="identifier-of", values=((None, "1"),))
    assert (await store.search(query(nobody, with_total=True))).total == 0


def _thread() -> tuple[dict[str, Any], ...]:
    return (
        patient("a", "191212121212"),
        plan(
            "p",
            careTeam=[{"reference": "CareTeam/t"}],
            activity=[
                {"reference": {"reference": "Task/k"}},
                {"reference": {"reference": "ServiceRequest/s"}},
            ],
        ),
        {
            "resourceType": "CareTeam",
            "id": "t",
            "participant": [{"member": {"reference": "PractitionerRole/r"}}],
        },
        {"resourceType": "PractitionerRole", "id": "r", "organization": {"reference": "Organization/o"}},
        {"resourceType": "Organization", "id": "o"},
        {"resourceType": "Task", "id": "k"},
        {"resourceType": "ServiceRequest", "id": "s"},
        {"resourceType": "Provenance", "id": "v", "target": [{"reference": "CarePlan/p"}]},
        {"resourceType": "Provenance", "id": "w", "target": [{"reference": "ServiceRequest/s"}]},
    )


@pytest.mark.parametrize(
    ("includes", "revincludes", "expected"),
    [
        ([("CarePlan", "care-team", "", False)], [], {"t"}),
        ([("CarePlan", "activity-reference", "", False)], [], {"k", "s"}),
        ([("CarePlan", "activity-reference", "Task", False)], [], {"k"}),
        ([("CarePlan", "*", "", False)], [], {"a", "t", "k", "s"}),
        ([("CarePlan", "patient", "", False)], [], {"a"}),
        ([("CarePlan", "care-team", "", False), ("CareTeam", "participant", "", False)], [], {"t"}),
        (
            [
                ("CarePlan", "care-team", "", False),
                ("CareTeam", "participant", "", True),
                ("PractitionerRole", "organization", "", True),
            ],
            [],
            {"t", "r", "o"},
        ),
        ([], [("Provenance", "target", "", False)], {"v"}),
        (
            [("CarePlan", "activity-reference", "", False)],
            [("Provenance", "target", "", True)],
            {"k", "s", "v", "w"},
        ),
        ([("Task", "owner", "", False)], [], set()),
    ],
)
async def test_3_1_1_5_4_includes(
    store: Store, post: Post, includes: list[Any], revincludes: list[Any], expected: set[str]
) -> None:
    """
    Forward, backward, by target type, and on from what was included only with :iterate.
    """
    await store.keep(post(*_thread()))

    def made(asked: list[Any]) -> tuple[Include, ...]:
        return tuple(Include(type=t, param=p, target=target, iterate=i) for t, p, target, i in asked)

    page = await store.search(query(includes=made(includes), revincludes=made(revincludes)))
    assert ids(page) == ["p"]
    assert {row.id for row in page.included} == expected
    assert len(page.included) == len(expected)


async def test_includes_that_lead_in_a_ring_end(store: Store, post: Post) -> None:
    """
    Each resource is there once, as a match or as included.
    """
    ring = [
        plan(f"p{i}", partOf=[{"reference": f"CarePlan/p{(i + 1) % 3}"}], status=f"s{i}") for i in range(3)
    ]
    await store.keep(post(*ring))
    include = Include(type="CarePlan", param="part-of", iterate=True)
    page = await store.search(query(token("status", (None, "s0")), includes=(include,)))
    assert (ids(page), {row.id for row in page.included}) == (["p0"], {"p1", "p2"})


async def test_an_iterated_include_goes_eight_steps_and_no_further(store: Store, post: Post) -> None:
    """
    A chain of plans, each a part of the next: whatever its length, the answer has an end.
    """
    chain = [plan(f"p{n}", partOf=[{"reference": f"CarePlan/p{n + 1}"}], status=f"s{n}") for n in range(12)]
    await store.keep(post(*chain))
    forward = Include(type="CarePlan", param="part-of", iterate=True)
    page = await store.search(query(token("status", (None, "s0")), includes=(forward,)))
    assert sorted(row.id for row in page.included) == [f"p{n}" for n in range(1, 9)]
    page = await store.search(query(token("status", (None, "s11")), revincludes=(forward,)))
    assert sorted(row.id for row in page.included) == sorted(f"p{n}" for n in range(3, 11))
    once = Include(type="CarePlan", param="part-of")
    page = await store.search(query(token("status", (None, "s0")), includes=(once,)))
    assert [row.id for row in page.included] == ["p1"]


@pytest.mark.parametrize(
    ("ways", "expected"),
    [
        ([("PractitionerRole", "organization", False), ("CareTeam", "participant", False)], {"r"}),
        ([("PractitionerRole", "organization", False), ("CareTeam", "participant", True)], {"r", "t"}),
        (
            [
                ("PractitionerRole", "organization", True),
                ("CareTeam", "participant", True),
                ("CarePlan", "care-team", True),
                ("Provenance", "target", True),
            ],
            {"r", "t", "p", "v"},
        ),
    ],
)
async def test_reverse_includes_go_on_step_by_step(
    store: Store, post: Post, ways: list[tuple[str, str, bool]], expected: set[str]
) -> None:
    """
    From a unit to its people, their teams, those teams' plans and where the plans come from: four steps.
    """
    await store.keep(post(*_thread()))
    back = tuple(Include(type=type_, param=name, iterate=on) for type_, name, on in ways)
    page = await store.search(query(type_="Organization", revincludes=back))
    assert (ids(page), {row.id for row in page.included}) == (["o"], expected)


async def test_an_include_brings_nothing_that_no_search_finds(store: Store, post: Post) -> None:
    """
    What is kept beside the resources that are served stays there, whoever refers to it.
    """
    kept = [{"resourceType": type_, "id": "x"} for type_ in ("Basic", "Subscription")]
    tasks = [
        {"resourceType": "Task", "id": f"t{n}", "focus": {"reference": f"{each['resourceType']}/x"}}
        for n, each in enumerate(kept)
    ]
    await store.keep(post(*kept, *tasks))
    for iterate in (False, True):
        focus = Include(type="Task", param="focus", iterate=iterate)
        page = await store.search(query(type_="Task", includes=(focus,)))
        assert (sorted(ids(page)), page.included) == (["t0", "t1"], [])
