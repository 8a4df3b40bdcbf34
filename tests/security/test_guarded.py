"""A caller sees its own rows and no trace of any other, whatever is asked and however."""

from __future__ import annotations

from collections.abc import AsyncIterator, Mapping
from datetime import UTC, datetime
from typing import Any

import orjson
import pytest

from adapter.fhir import merge
from adapter.pipeline import Source, receive
from adapter.ports import Answer, Arrival, Criterion, Include, Put, Query, Row, State, Store
from adapter.security.callers import Caller, CallerKind
from adapter.security.guarded import GuardedStore, NotAllowed
from adapter.security.judges import PatientJudge, StaffJudge
from adapter.security.scopes import read_scopes
from adapter.store import open_store
from tests.clocks import StillClock
from tests.conftest import ROOT

NOW = datetime(2026, 3, 1, 12, 0, tzinfo=UTC)
TYPES = (
    "Appointment",
    "AuditEvent",
    "CarePlan",
    "CareTeam",
    "Communication",
    "DocumentReference",
    "Observation",
    "Patient",
    "Provenance",
    "ServiceRequest",
    "Task",
)
FED = (
    ("se.cosmic.journal-notes", "kalmar-agreement.json"),
    ("se.cosmic.journal-notes", "vasterbotten-agreement.json"),
    ("se.cosmic.journal-notes", "unsigned.json"),
    ("se.cosmic.journal-notes", "nullified.json"),
    ("se.lifecare.message", "consultation-complete.json"),
)


@pytest.fixture
async def store(sources: Mapping[str, Source]) -> AsyncIterator[Store]:
    """A store with agreements and a consultation of different patients."""
    opened = await open_store("memory://", merge)
    for source, name in FED:
        raw = (ROOT / "fixtures" / source / name).read_bytes()
        await receive(raw, sources[source], opened, StillClock(NOW))
    yield opened
    await opened.close()


async def rows(store: Store | GuardedStore, type_: str, *criteria: Criterion) -> list[dict[str, Any]]:
    """Everything of a type."""
    page = await store.search(Query(type=type_, criteria=criteria, count=500))
    return [orjson.loads(row.body) for row in page.matches]


async def patient_of(store: Store, number: str) -> str:
    """The id of the Patient with an identity number."""
    found = await rows(
        store, "Patient", Criterion(param="identifier", kind="token", values=((None, number),))
    )
    return str(found[0]["id"])


async def plans_of(store: Store, number: str) -> list[dict[str, Any]]:
    """A patient's plans."""
    theirs = f"Patient/{await patient_of(store, number)}"
    return await rows(store, "CarePlan", Criterion(param="patient", kind="reference", values=(theirs,)))


def seen_by_patient(store: Store, patient: str, scope: str = "patient/*.cruds") -> GuardedStore:
    """The store as a patient sees it."""
    caller = Caller(kind=CallerKind.PATIENT, patient=patient, scopes=read_scopes(scope))
    return GuardedStore(store, caller, PatientJudge(store, patient, StillClock(NOW)))


def seen_by_staff(store: Store, unit: str, care_giver: str, *, urgent: bool = False) -> GuardedStore:
    """The store as somebody at a unit sees it."""
    caller = Caller(
        kind=CallerKind.STAFF,
        person="SE2321000016-P1",
        unit=unit,
        care_giver=care_giver,
        scopes=read_scopes("user/*.cruds"),
    )
    return GuardedStore(store, caller, StaffJudge(store, caller, StillClock(NOW), urgent=urgent))


async def test_a_patient_sees_the_own_rows_and_none_that_names_another(store: Store) -> None:
    """Of every type, what comes out is the patient's own; and there is something to come out."""
    theirs = await patient_of(store, "195009072553")
    guarded = seen_by_patient(store, theirs)
    found = {type_: await rows(guarded, type_) for type_ in TYPES}
    assert len(found["Communication"]) == len(found["Patient"]) == 1
    assert found["CarePlan"]
    assert found["Task"]
    assert found["AuditEvent"] == []
    others = {row["id"] for row in await rows(store, "Patient")} - {theirs}
    said = orjson.dumps(found).decode()
    assert [id_ for id_ in others if id_ in said] == []


async def test_what_is_another_persons_is_as_if_it_did_not_exist(store: Store) -> None:
    """Read, version and history of another's row give what an unknown id gives."""
    guarded = seen_by_patient(store, await patient_of(store, "195009072553"))
    plan = (await plans_of(store, "191212121212"))[0]["id"]
    for id_ in (plan, "unknown"):
        assert await guarded.read("CarePlan", id_) is None
        assert await guarded.version("CarePlan", id_, 1) is None
        assert await guarded.history("CarePlan", id_) == ()


async def test_what_is_not_for_the_patient_is_not_shown(store: Store) -> None:
    """An unsigned note and a withdrawn one are in the store, and in no view of their patient."""
    hidden = [plan for plan in await rows(store, "CarePlan") if is_hidden(plan)]
    assert hidden
    for plan in hidden:
        patient = plan["subject"]["reference"].removeprefix("Patient/")
        guarded = seen_by_patient(store, patient)
        assert await guarded.read("CarePlan", plan["id"]) is None
        assert plan["id"] not in {row["id"] for row in await rows(guarded, "CarePlan")}


def is_hidden(plan: dict[str, Any]) -> bool:
    """Labelled, or entered in error."""
    labels = {label["code"] for label in plan["meta"].get("security", ())}
    return "NOPATIENT" in labels or plan["status"] == "entered-in-error"


async def test_a_patient_never_meets_a_number_for_staff(store: Store) -> None:
    """The sender's own phone, with an audience of staff, is in no row that leaves, in words neither."""
    patient = await patient_of(store, "195009072553")
    stored = orjson.dumps([await rows(store, type_) for type_ in TYPES]).decode()
    seen = [await rows(seen_by_patient(store, patient), type_) for type_ in TYPES]
    assert "0340-880 00" in stored
    assert "0340-880 00" not in orjson.dumps(seen).decode()


async def test_includes_are_judged_like_matches(store: Store) -> None:
    """With its includes a patient's plan brings its teams and people, and their origin."""
    patient = await patient_of(store, "191212121212")
    query = Query(
        type="CarePlan",
        includes=(
            Include(type="CarePlan", param="care-team"),
            Include(type="CareTeam", param="participant", iterate=True),
        ),
        revincludes=(Include(type="Provenance", param="target"),),
    )
    everything = await seen_by_patient(store, patient).search(query)
    assert {"CareTeam", "PractitionerRole", "Provenance"} <= {row.type for row in everything.included}
    plans_only = await seen_by_patient(store, patient, "patient/CarePlan.rs").search(query)
    assert (len(plans_only.matches), len(plans_only.included)) == (len(everything.matches), 0)


async def test_somebody_in_care_is_found_only_where_a_row_leads(store: Store) -> None:
    """A patient cannot list or read staff; their names come with the agreement that names them."""
    patient = await patient_of(store, "195009072553")
    guarded = seen_by_patient(store, patient)
    somebody = (await rows(store, "Practitioner"))[0]["id"]
    assert await rows(guarded, "Practitioner") == []
    assert await guarded.read("Practitioner", somebody) is None


async def test_reading_is_not_searching(store: Store) -> None:
    """A scope for one of them does not let the other through."""
    patient = await patient_of(store, "195009072553")
    with pytest.raises(NotAllowed):
        await seen_by_patient(store, patient, "patient/Task.r").search(Query(type="Task"))
    with pytest.raises(NotAllowed):
        await seen_by_patient(store, patient, "patient/Task.s").read("Task", "x")


@pytest.mark.parametrize(
    ("query", "count"),
    [("category=vital-signs", 7), ("category=laboratory", 0), ("colour=blue", 0)],
)
async def test_a_scope_with_a_query_gives_what_answers_to_it(store: Store, query: str, count: int) -> None:
    """Only rows that have every token of the query; a parameter that is not known gives none."""
    patient = await patient_of(store, "195009072553")
    guarded = seen_by_patient(store, patient, f"patient/Observation.rs?{query}")
    assert len(await rows(guarded, "Observation")) == count


async def test_a_total_counts_what_is_seen(store: Store) -> None:
    """No number tells how many rows others have."""
    guarded = seen_by_patient(store, await patient_of(store, "195009072553"))
    page = await guarded.search(Query(type="CarePlan", with_total=True))
    assert page.total == len(page.matches) < len(await rows(store, "CarePlan"))


async def test_paging_gives_every_row_once(store: Store) -> None:
    """Page by page comes to what one large page has, though others' rows lie between."""
    patient = await patient_of(store, "195009072553")
    guarded = seen_by_patient(store, patient)
    whole = [row["id"] for row in await rows(guarded, "Observation")]
    found: list[str] = []
    query = Query(type="Observation", count=2)
    while True:
        page = await guarded.search(query)
        found += [row.id for row in page.matches]
        if not page.next:
            break
        query = Query(type="Observation", count=2, after=page.next)
    assert found == whole


async def test_the_sending_unit_and_the_asked_one_see_the_consultation(store: Store) -> None:
    """Both sides of a dialogue see it; a third unit does not, unless in an emergency."""
    asking = seen_by_staff(store, "SE2120001249-HSV01", "SE2120001249-VG01")
    asked = seen_by_staff(store, "SE2321000115-VC07", "SE2321000115-VG01")
    third = seen_by_staff(store, "SE9999999999-X", "SE9999999999-VG")
    urgent = seen_by_staff(store, "SE9999999999-X", "SE9999999999-VG", urgent=True)
    seen = [len(await rows(each, "ServiceRequest")) for each in (asking, asked, third, urgent)]
    assert seen[:3] == [1, 1, 0]
    assert seen[3] > 1


async def test_a_patient_is_seen_by_who_sees_something_about_them(store: Store) -> None:
    """Without a row in common a Patient does not exist for a unit."""
    theirs = await patient_of(store, "195009072553")
    asking = seen_by_staff(store, "SE2120001249-HSV01", "SE2120001249-VG01")
    third = seen_by_staff(store, "SE9999999999-X", "SE9999999999-VG")
    assert [row["id"] for row in await rows(asking, "Patient")] == [theirs]
    assert await rows(third, "Patient") == []


def is_theirs(task: dict[str, Any], patient: str) -> bool:
    """The patient's own part."""
    return bool(task["owner"]["reference"] == f"Patient/{patient}")


def written(resource: dict[str, Any], expects: int | None) -> Arrival:
    """A write through REST."""
    return Arrival(
        id="00000000-0000-5000-8000-000000000001",
        sender="rest",
        message_id="1",
        sha256="0",
        source="rest",
        raw=b"{}",
        lane=0,
        received_at=NOW,
        state=State.DONE,
        puts=(Put(resource=resource, lane=0, expects=expects),),
        answer=Answer(status=201, body=b""),
    )


async def test_a_patient_neither_plants_nor_steals(store: Store) -> None:
    """A row for another, or another's row made the own, is refused; the own task can be ticked."""
    theirs = await patient_of(store, "195009072553")
    plan = (await plans_of(store, "191212121212"))[0]
    guarded = seen_by_patient(store, theirs)
    with pytest.raises(NotAllowed):
        await guarded.keep(written({**plan, "subject": {"reference": f"Patient/{theirs}"}}, 1))
    with pytest.raises(NotAllowed):
        await guarded.keep(written({**plan, "id": "new"}, 0))
    own = next(task for task in await rows(guarded, "Task") if is_theirs(task, theirs))
    await guarded.keep(written({**own, "description": "klart"}, 1))
    row: Row | None = await guarded.read("Task", own["id"])
    assert row is not None
    assert orjson.loads(row.body)["description"] == "klart"


async def test_who_does_not_see_all_of_a_row_does_not_replace_it(store: Store) -> None:
    """A message whose number is for staff, sent back without it by its patient, would lose the number."""
    theirs = await patient_of(store, "195009072553")
    guarded = seen_by_patient(store, theirs)
    message = (await rows(guarded, "Communication"))[0]
    with pytest.raises(NotAllowed):
        await guarded.keep(written(message, 1))
    kept = orjson.dumps(await rows(store, "Communication")).decode()
    assert "0340-880 00" in kept
