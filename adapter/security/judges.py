"""Who judges rows for a caller: the patient's judge, and that of those who work in care."""

from __future__ import annotations

from collections.abc import AsyncIterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any, Final, Protocol

import orjson

from adapter.fhir.written import origin_id
from adapter.frozen import replace
from adapter.ports import Criterion, Query, Row
from adapter.security.compartment import COMPARTMENT, OPEN_TYPES, is_in_compartment, patients_of
from adapter.security.patient_view import STAFF_TYPES, is_hidden, is_younger, shown
from adapter.security.staff_view import (
    Consents,
    Origin,
    consents_of,
    is_visible,
    origins,
)
from adapter.security.veil import Veil

if TYPE_CHECKING:
    from adapter.ports import Clock, Own, Store
    from adapter.security.callers import Caller

Json = dict[str, Any]

MOST_TOLD: Final = 2_000  # rows that are asked for at once
_STAFF_ENTRIES: Final = ("CarePlan", "ServiceRequest", "Communication", "Task")
_ANCHORS: Final = (
    "Appointment",
    "CarePlan",
    "Communication",
    "Consent",
    "DocumentReference",
    "ServiceRequest",
)  # of Provenances
_NOT_OWN: Final = OPEN_TYPES | STAFF_TYPES | {"Provenance"}
_PEOPLE_IN_CARE: Final = frozenset({"Practitioner", "PractitionerRole"})


class Judge(Protocol):
    """Decides what of some rows one caller sees."""

    async def seen(self, rows: Sequence[Row], *, is_asked: bool) -> list[Row | None]:
        """Each row as it is seen, or None. ``is_asked``: asked for itself, not led to by another row."""
        ...

    def limits(self, type_: str) -> tuple[Criterion, ...] | None:
        """What narrows a search of a type to what can be seen at all; None: nothing can."""
        ...

    async def own(self, types: Sequence[str]) -> Own | None:
        """What can be seen at all of these types, reference data aside; None: that is not told."""
        ...

    def knows_sender(self, sender: str) -> bool:
        """Whether a message of the inbox is the caller's own; ``sender`` is the HSA-id it came from."""
        ...


class AllJudge:
    """Everything is seen: by a system that the operator trusts with it, as far as its scopes go."""

    async def seen(self, rows: Sequence[Row], *, is_asked: bool) -> list[Row | None]:  # noqa: ARG002
        """All of them."""
        return list(rows)

    def limits(self, type_: str) -> tuple[Criterion, ...] | None:  # noqa: ARG002 - as the Protocol says
        """None are needed."""
        return ()

    async def own(self, types: Sequence[str]) -> Own | None:  # noqa: ARG002 - as the Protocol says
        """All."""
        return None

    def knows_sender(self, sender: str) -> bool:  # noqa: ARG002 - as the Protocol says
        """Whoever sent it."""
        return True


class PatientJudge:
    """One patient's own compartment, with what is meant for the patient."""

    def __init__(self, store: Store, patient: str, clock: Clock, until_age: int | None = None) -> None:
        self._store = store
        self._patient = patient
        self._clock = clock
        self._until_age = until_age  # of a child; None: the patient, or whom the patient has chosen
        self._veil = Veil(store, has_files=False)

    def limits(self, type_: str) -> tuple[Criterion, ...] | None:
        """The patient's own rows; reference data has no owner."""
        if type_ in OPEN_TYPES or type_ == "Provenance":
            return ()
        if type_ == "Patient":
            return (Criterion(param="_id", kind="id", values=(self._patient,)),)
        if type_ not in COMPARTMENT:
            return None
        return (Criterion(param="patient", kind="reference", values=(f"Patient/{self._patient}",)),)

    async def own(self, types: Sequence[str]) -> Own | None:
        """Those of each type that are the patient's, and where they come from."""
        if OPEN_TYPES.issuperset(types):
            return None
        theirs = set(types) if "Provenance" not in types else {"Patient", *COMPARTMENT}
        found = {type_: await self._ids(type_) for type_ in theirs - _NOT_OWN}
        if "Provenance" in types:
            names = tuple(f"{type_}/{id_}" for type_, ids in found.items() for id_ in ids)
            about = Criterion(param="target", kind="reference", values=names)
            found["Provenance"] = await self._ids("Provenance", *([about] if names else ()))
        return found

    async def _ids(self, type_: str, *more: Criterion) -> list[str]:
        limits = self.limits(type_)
        if limits is None or not (limits or more):
            return []
        asking = Query(type=type_, criteria=(*limits, *more), count=MOST_TOLD, is_bare=True)
        return [row.id for row in await _every(self._store, asking)]

    def knows_sender(self, sender: str) -> bool:  # noqa: ARG002 - as the Protocol says
        """A patient sends none."""
        return False

    async def seen(self, rows: Sequence[Row], *, is_asked: bool) -> list[Row | None]:
        """Judged one by one; a Provenance by what it is about."""
        if not await self._may_speak():
            return [None] * len(rows)
        return [await self._row(row, is_asked=is_asked) for row in rows]

    async def _may_speak(self) -> bool:
        """A guardian speaks for a child that is known to be younger than the age of the settings."""
        if self._until_age is None:
            return True
        row = await self._store.read("Patient", self._patient)
        born = orjson.loads(row.body).get("birthDate", "") if row else ""
        return is_younger(born, self._until_age, self._clock.now())

    async def _row(self, row: Row, *, is_asked: bool) -> Row | None:
        resource = orjson.loads(row.body)
        if is_hidden(resource, self._clock.now()):
            return None
        if row.type == "Provenance":
            about_them = await self._provenance(resource)
            return await self._veil.over(row, resource, shown(about_them)) if about_them else None
        is_led_to = row.type in OPEN_TYPES or (row.type in _PEOPLE_IN_CARE and not is_asked)
        if is_led_to and not patients_of(resource):
            return await self._shown(row, resource)
        return await self._shown(row, resource) if is_in_compartment(resource, self._patient) else None

    async def _shown(self, row: Row, resource: Json) -> Row:
        return await self._veil.over(row, resource, shown(resource))

    async def _provenance(self, provenance: Json) -> Json | None:
        """A Provenance with the targets that are seen; None when one is not theirs, or none is seen."""
        left = []
        for target in provenance.get("target", ()):
            row = await _target(self._store, target)
            if row is None or not is_in_compartment(orjson.loads(row.body), self._patient):
                return None
            if await self._row(row, is_asked=True):
                left.append(target)
        return {**provenance, "target": left} if left else None


class StaffJudge:
    """What somebody at a care unit, or a system of that unit, sees."""

    def __init__(self, store: Store, caller: Caller, clock: Clock, *, urgent: bool = False) -> None:
        self._store = store
        self._caller = caller
        self._clock = clock
        self._urgent = urgent
        self._veil = Veil(store, has_files=True)
        self._consents: dict[str, Consents] = {}
        self._origins: dict[str, Mapping[str, Origin]] = {}

    def limits(self, type_: str) -> tuple[Criterion, ...] | None:  # noqa: ARG002 - as the Protocol says
        """Nothing narrows it: every row is judged by its origin."""
        return ()

    async def own(self, types: Sequence[str]) -> Own | None:  # noqa: ARG002 - as the Protocol says
        """Not told: every row is judged by its origin."""
        return None

    def knows_sender(self, sender: str) -> bool:
        """The unit of the token."""
        return bool(sender) and sender.upper() == self._caller.unit.upper()

    async def seen(self, rows: Sequence[Row], *, is_asked: bool) -> list[Row | None]:  # noqa: ARG002
        """Judged one by one; what is told of a patient's rows is asked for once."""
        return [await self._veiled(row) if await self._is_seen(row) else None for row in rows]

    async def _veiled(self, row: Row) -> Row:
        kept = orjson.loads(row.body)
        return await self._veil.over(row, kept, kept)

    async def _is_seen(self, row: Row) -> bool:
        resource = orjson.loads(row.body)
        patients = patients_of(resource)
        if row.type in OPEN_TYPES or row.type in _PEOPLE_IN_CARE:
            return not patients
        if row.type == "Patient":
            return await self._has_a_row_of(row.id)
        if row.type == "Provenance":
            return any([await self._is_seen(target) for target in await self._targets(resource)])
        if len(patients) != 1:
            return False
        patient = next(iter(patients))
        name = f"{row.type}/{row.id}"
        origin = (await self._origins_of(patient)).get(name) or await self._written_here(name)
        consents = await self._consents_of(patient)
        return is_visible(resource, self._caller, origin, consents, urgent=self._urgent)

    async def _targets(self, provenance: Json) -> list[Row]:
        found = [await _target(self._store, target) for target in provenance.get("target", ())]
        return [row for row in found if row is not None]

    async def _has_a_row_of(self, patient: str) -> bool:
        """A patient is seen by who sees something about the patient."""
        for type_ in _STAFF_ENTRIES:
            theirs = Criterion(param="patient", kind="reference", values=(f"Patient/{patient}",))
            async for rows in _pages(self._store, Query(type=type_, criteria=(theirs,))):
                if any([await self._is_seen(row) for row in rows]):
                    return True
        return False

    async def _origins_of(self, patient: str) -> Mapping[str, Origin]:
        """Who answers for each of a patient's resources, as the Provenances of them say."""
        known = self._origins.get(patient)
        if known is None:
            anchors = [ref for type_ in _ANCHORS for ref in await self._references(type_, patient)]
            told = [
                *await self._found("Provenance", "target", *anchors),
                *await self._found("Provenance", "patient", f"Patient/{patient}"),
            ]
            known = self._origins[patient] = origins({each["id"]: each for each in told}.values())
        return known

    async def _written_here(self, name: str) -> Origin:
        """Who made it through our own interface, when no anchor leads to that."""
        row = await self._store.read("Provenance", origin_id(name))
        return origins([orjson.loads(row.body)]).get(name, Origin()) if row else Origin()

    async def _references(self, type_: str, patient: str) -> list[str]:
        theirs = Criterion(param="patient", kind="reference", values=(f"Patient/{patient}",))
        asking = Query(type=type_, criteria=(theirs,), count=MOST_TOLD, is_bare=True)
        return [f"{type_}/{row.id}" for row in await _every(self._store, asking)]

    async def _found(self, type_: str, param: str, *references: str) -> list[Json]:
        if not references:
            return []
        about = Criterion(param=param, kind="reference", values=references)
        rows = await _every(self._store, Query(type=type_, criteria=(about,), count=MOST_TOLD))
        return [orjson.loads(row.body) for row in rows]

    async def _consents_of(self, patient: str) -> Consents:
        known = self._consents.get(patient)
        if known is None:
            said = await self._found("Consent", "patient", f"Patient/{patient}")
            known = self._consents[patient] = consents_of(said, self._clock.now())
        return known


async def _every(store: Store, asking: Query) -> list[Row]:
    """All rows: a block that stood on a page that nobody asks for would not be seen."""
    return [row async for rows in _pages(store, asking) for row in rows]


async def _pages(store: Store, asking: Query) -> AsyncIterator[Sequence[Row]]:
    page = await store.search(asking)
    yield page.matches
    while page.next:
        page = await store.search(replace(asking, after=page.next))
        yield page.matches


async def _target(store: Store, target: Json) -> Row | None:
    """What a Provenance is about, when that is about a patient."""
    type_, _, id_ = target.get("reference", "").partition("/_history/")[0].partition("/")
    return await store.read(type_, id_) if type_ in COMPARTMENT and type_ != "Provenance" else None
