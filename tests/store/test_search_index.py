"""Search parameters and their rows, apart from any store. https://hl7.org/fhir/R4/search.html."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from adapter.fhir.search_dates import FOREVER, NEVER, date_bounds, date_range
from adapter.fhir.search_index import (
    SEARCH_PARAMETERS,
    UNIVERSAL_PARAMETERS,
    Entry,
    entries,
    folded,
    parameter,
    references,
    token,
)
from adapter.ports import Put
from adapter.store.content import digest_of
from adapter.store.preparing import wanted
from adapter.store.terms import field, reference_term, rows_of, token_range

BOUNDS = [
    ("2026", "2025-12-31T23:00:00.000Z", "2026-12-31T22:59:59.999Z"),
    ("2026-12", "2026-11-30T23:00:00.000Z", "2026-12-31T22:59:59.999Z"),
    ("2026-07-01", "2026-06-30T22:00:00.000Z", "2026-07-01T21:59:59.999Z"),
    ("2026-03-29", "2026-03-28T23:00:00.000Z", "2026-03-29T21:59:59.999Z"),  # 23 hours
    ("2026-02-01T10:14", "2026-02-01T09:14:00.000Z", "2026-02-01T09:14:59.999Z"),
    ("2026-02-01T10:14:05Z", "2026-02-01T10:14:05.000Z", "2026-02-01T10:14:05.999Z"),
    ("2026-02-01T10:14:05.5+01:00", "2026-02-01T09:14:05.500Z", "2026-02-01T09:14:05.500Z"),
    ("2026-02-01T10:14:05.123456-05:00", "2026-02-01T15:14:05.123Z", "2026-02-01T15:14:05.123Z"),
    ("9999-12-31", "9999-12-30T23:00:00.000Z", "9999-12-31T23:59:59.999Z"),
]


@pytest.mark.parametrize(("text", "low", "high"), BOUNDS)
def test_a_date_is_the_range_of_its_precision(text: str, low: str, high: str) -> None:
    """
    Without zone it is Swedish time, summer and winter.
    """
    assert date_bounds(text) == (low, high)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "26",
        "2026-13",
        "2026-02-30",
        "2026-2-1",
        "20260201",
        "2026-02-01T25:00",
        "0001-01-01T00:00:00+14:00",
    ],
)
def test_what_is_no_date_is_refused(text: str) -> None:
    """
    ValueError, for whoever asks; a resource's element gives no row.
    """
    with pytest.raises(ValueError, match=r"date|before|range|must be"):
        date_range(text)
    assert entries({"resourceType": "Task", "id": "t", "authoredOn": text}) == ()


@given(st.datetimes(timezones=st.timezones()))
def test_a_range_holds_the_moment_it_was_written_from(moment: Any) -> None:
    """
    For every moment and zone that isoformat can write in minutes of offset.
    """
    offset = moment.utcoffset()
    if offset.total_seconds() % 60 or not 2 <= moment.year <= 9998:
        return
    low, high = date_range(moment.isoformat(timespec="seconds"))
    assert high - low == 999
    assert low <= moment.timestamp() * 1000 < low + 1000 + 1


def test_a_period_is_open_where_nothing_is_said() -> None:
    """
    No start is always, no end is for ever; neither is no row.
    """
    for period, expected in (
        ({"start": "2026-01-01"}, (date_range("2026-01-01")[0], FOREVER)),
        ({"end": "2026-01-01"}, (NEVER, date_range("2026-01-01")[1])),
        ({"start": "2026-01-01", "end": "9999-12-31"}, (date_range("2026-01-01")[0], FOREVER)),
    ):
        assert entries({"resourceType": "CarePlan", "id": "p", "period": period}) == (
            Entry("date", "date", expected),
        )
    assert entries({"resourceType": "CarePlan", "id": "p", "period": {}}) == ()


def test_a_timing_gives_its_events_and_bounds() -> None:
    """
    ServiceRequest.occurrenceTiming.
    """
    timing = {
        "event": ["2026-01-01"],
        "repeat": {"boundsPeriod": {"start": "2026-02-01", "end": "2026-03-01"}},
    }
    found = entries({"resourceType": "ServiceRequest", "id": "s", "occurrenceTiming": timing})
    assert [entry.value for entry in found] == [
        date_range("2026-01-01"),
        (date_range("2026-02-01")[0], date_range("2026-03-01")[1]),
    ]


def test_contained_references_lead_nowhere_and_versions_do_not_count() -> None:
    """
    #x and logical references give no row.
    """
    basis = [
        {"reference": "#x"},
        {"reference": "CarePlan/a/_history/3"},
        {"display": "y"},
        {"identifier": {"value": "z"}},
    ]
    plan = {"resourceType": "CarePlan", "id": "p", "basedOn": basis}
    assert entries(plan) == (Entry("based-on", "reference", ("CarePlan/a",)),)
    assert references(plan, "based-on") == ("CarePlan/a",)


def test_references_are_those_that_the_parameter_may_lead_to() -> None:
    """
    Appointment:patient is the actor who is a Patient.
    """
    actors = [{"actor": {"reference": "Practitioner/d"}}, {"actor": {"reference": "Patient/p"}}]
    appointment = {"resourceType": "Appointment", "id": "a", "participant": actors}
    assert references(appointment, "patient") == ("Patient/p",)
    assert references(appointment, "actor") == ("Practitioner/d", "Patient/p")
    assert references(appointment, "*") == ("Practitioner/d", "Patient/p")
    assert references(appointment, "none") == ()


def test_references_give_rows_to_their_targets_and_to_other_servers_only() -> None:
    """
    An AuditEvent names all that a message made: its patient has a row, the rest none.
    """
    led_to = ["Patient/p", "CarePlan/c", "https://x.example/fhir/Patient/p", "Patient/q/_history/2"]
    entity = [{"what": {"reference": text}} for text in led_to]
    event = {"resourceType": "AuditEvent", "id": "a", "entity": entity}
    rows = [entry.value[0] for entry in entries(event)]
    assert rows == ["Patient/p", "https://x.example/fhir/Patient/p", "Patient/q"]
    assert rows_of(event).terms == [reference_term("AuditEvent", "patient", text) for text in rows]


def test_hostile_shapes_give_no_rows_and_no_error() -> None:
    """
    A resource that was not judged cannot break the store.
    """
    for value in (None, 1, 1.5, "x", [], {}, [[]], [None], {"coding": [{}]}, {"reference": 5}, True):
        for type_, parameters in SEARCH_PARAMETERS.items():
            for known in parameters.values():
                resource: dict[str, Any] = {"resourceType": type_, "id": "x"}
                resource[known.path.split("|")[0].split(".")[0]] = value
                entries(resource)
                rows_of(resource)


@given(st.sampled_from(["_source", "identifier", "category"]), st.none() | st.text(), st.text())
def test_a_canonical_token_stays_as_it_is(param: str, system: str | None, code: str) -> None:
    """
    Who asks and who stores may both normalise.
    """
    once = token(param, system, code)
    assert token(param, *once) == once


def test_the_source_is_found_by_its_system_once_and_twice_normalised() -> None:
    """
    Both HSA OIDs, and the whole address.
    """
    for oid in ("1.2.752.129.2.1.4.1", "1.2.752.29.4.19"):
        assert token("_source", None, f"urn:oid:{oid}#SE1") == (None, "SE1")
    assert token("_source", None, "https://x/y#SE1") == ("https://x/y", "SE1")
    assert token("_source", None, "https://x/y") == ("https://x/y", "")


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Åkerström", "akerstrom"),
        ("ØSTERGÅRD  Ærlig", "ostergard aerlig"),
        ("A\u030akerstro\u0308m", "akerstrom"),
        ("ß", "ss"),
    ],
)
def test_folded(text: str, expected: str) -> None:
    """
    Case, accents, composed or not, and blanks.
    """
    assert folded(text) == expected


def test_no_two_fields_share_a_number() -> None:
    """
    Dates and strings name their parameter by a number in the database.
    """
    names = [(t, p.name) for t, ps in SEARCH_PARAMETERS.items() for p in ps.values() if p.rows == p.name]
    assert len({field(type_, name) for type_, name in names}) == len(names)


def test_every_parameter_has_a_kind_and_rows_that_are_there() -> None:
    """
    The table is sound: kinds are FHIR's, shared rows exist and have the same kind.
    """
    for parameters in (*SEARCH_PARAMETERS.values(), UNIVERSAL_PARAMETERS):
        assert list(parameters) == sorted(parameters)
        for known in parameters.values():
            assert known.kind in {"token", "reference", "date", "string"}
            assert parameters[known.rows].kind == known.kind
            assert parameters[known.rows].path == known.path
    assert parameter("CarePlan", "_tag") is UNIVERSAL_PARAMETERS["_tag"]
    assert parameter("CarePlan", "x") is None


def test_rows_say_what_entries_say() -> None:
    """
    The quick way and the plain way see the same.
    """
    plan = {
        "resourceType": "CarePlan",
        "id": "p",
        "meta": {"source": "https://x#y", "security": [{"code": "NOPATIENT"}]},
        "status": "active",
        "category": [{"coding": [{"system": "s", "code": "1"}, {"code": "1"}]}],
        "identifier": [{"system": "urn:oid:1.2.752.129.2.1.4.1", "value": "v"}],
        "subject": {"reference": "Patient/a"},
        "period": {"start": "2026-01-01"},
        "activity": [{"reference": {"reference": "Task/a"}}, {"reference": {"reference": "Task/b"}}],
    }
    rows = rows_of(plan)
    kinds = [entry.kind for entry in entries(plan)]
    assert len(set(rows.terms)) == kinds.count("token") + kinds.count("reference") == 9
    assert len(rows.periods) == kinds.count("date") == 1


BY_TIME = ("019bb2a4-5f01-7abc-8def-0123456789ab", "019bb2a4-5f02-7000-8000-000000000000")


def test_what_refers_to_what_is_new_lies_together() -> None:
    """
    References to ids that begin with the time come in the order of their times, each with a term of its own.
    """
    first, second = (reference_term("Provenance", "target", f"Task/{id_}") for id_ in BY_TIME)
    assert int.from_bytes(second[:4]) - int.from_bytes(first[:4]) == 1  # milliseconds
    same_time = BY_TIME[0][:-1] + "c"
    assert len({first, second, reference_term("Provenance", "target", f"Task/{same_time}")}) == 3
    assert reference_term("AuditEvent", "entity", f"Task/{BY_TIME[0]}")[:4] == first[:4]


@pytest.mark.parametrize(
    ("target", "term"),
    [
        ("Task/5b0c8f52-44a2-5e3f-9a41-6a4e3c9d1f11", "7ba952db87b47a52f8f2683e23cc1a13"),
        (f"AuditEvent/{BY_TIME[0]}", "959e44fc87b47a524302bf97b36109bc"),
        ("Patient/a-short-id-with-7-in-the-middle", "176d009687b47a521c8e3b97e5645b25"),
    ],
)
def test_other_terms_of_references_stay_what_they_were(target: str, term: str) -> None:
    """
    Stores hold them: of ids that come of what a thing is, and of entries of the audit log.
    """
    assert reference_term("AuditEvent", "entity", target).hex() == term


def test_what_was_read_before_gives_the_same_rows_again() -> None:
    """
    Codes and shared resources are known again; what one resource does with its rows is no other's matter.
    """
    plan = {
        "resourceType": "CarePlan",
        "id": "a",
        "meta": {"profile": ["urn:p"]},
        "status": "active",
        "category": [{"coding": [{"system": "urn:s", "code": "c"}]}],
    }
    first, second = rows_of(plan), rows_of(plan)
    assert first == second
    first.terms.clear()
    assert rows_of(plan) == second
    wanted_term, _ = token_range("CarePlan", "category", "urn:s", "c")
    assert wanted_term in second.terms
    assert (
        wanted_term
        not in rows_of(plan | {"category": [{"coding": [{"system": "urn:s", "code": "d"}]}]}).terms
    )
    unit = {
        "resourceType": "Organization",
        "id": "u",
        "meta": {},
        "name": "Åsens vårdcentral",
        "active": True,
    }
    for resource in (unit, unit | {"name": "Annan"}, unit):
        kept = wanted(Put(resource=resource, lane=0, is_shared=True)).content
        assert (kept.digest, kept.rows) == (digest_of(kept.data), tuple(rows_of(resource)))
        assert kept.resource == resource
