"""Search parameters become one question, or a refusal that says what to write instead."""

from __future__ import annotations

import pytest

from adapter.frozen import replace
from adapter.ports import Criterion, Include
from adapter.rest import parameters
from adapter.rest.outcome import Problem
from adapter.rest.parameters import Asked, PageSizes, read_parameters, with_patients

BASE = "http://localhost/fhir"
PERSONNUMMER = "http://electronichealth.se/identifier/personnummer"


def asked(type_: str, *pairs: tuple[str, str], is_lenient: bool = False) -> Asked:
    """The parameters as one question."""
    return read_parameters(type_, pairs, BASE, PageSizes(50, 500), is_lenient=is_lenient)


def refused(type_: str, *pairs: tuple[str, str], is_lenient: bool = False) -> Problem:
    """The refusal that the parameters meet."""
    with pytest.raises(Problem) as caught:
        asked(type_, *pairs, is_lenient=is_lenient)
    assert caught.value.status == 400
    return caught.value


@pytest.mark.parametrize("text", ["Patient/p1", "p1", f"{BASE}/Patient/p1"])
def test_a_patient_may_be_named_with_or_without_type_and_address(text: str) -> None:
    """
    Reference search (search.html#reference): id alone where only one type is possible, Type/id, own address.
    """
    query = asked("CarePlan", ("patient", text)).query
    assert query.criteria == (Criterion(param="patient", kind="reference", values=("Patient/p1",)),)


def test_a_bare_id_is_looked_for_under_every_type_the_parameter_may_lead_to() -> None:
    """
    ``subject=p1`` means a Patient or a Group of that id.
    """
    query = asked("CarePlan", ("subject", "p1")).query
    assert query.criteria[0].values == ("Patient/p1", "Group/p1")


def test_the_type_modifier_narrows_a_reference() -> None:
    """
    ``subject:Patient=p1`` is a Patient only.
    """
    query = asked("CarePlan", ("subject:Patient", "p1")).query
    assert query.criteria[0].values == ("Patient/p1",)


def test_a_reference_to_a_type_that_cannot_stand_there_is_refused() -> None:
    """
    ``patient=Group/g1`` can never match; saying so beats an empty answer.
    """
    assert refused("CarePlan", ("patient", "Group/g1")).where == "patient"


def test_a_reference_on_another_server_is_refused() -> None:
    """
    An address that is not ours leads nowhere here.
    """
    refused("CarePlan", ("patient", "https://other.example/fhir/Patient/p1"))


@pytest.mark.parametrize(
    "name",
    ["patient.identifier", "subject.identifier", "patient:Patient.identifier", "subject:Patient.identifier"],
)
@pytest.mark.parametrize(
    ("text", "token"),
    [
        (f"{PERSONNUMMER}|191212121212", (PERSONNUMMER, "191212121212")),
        ("urn:oid:1.2.752.129.2.1.3.1|191212121212", (PERSONNUMMER, "191212121212")),
        ("urn:oid:1.2.752.129.2.1.3.1|19121212-1212", (PERSONNUMMER, "191212121212")),
        ("191212121212", (None, "191212121212")),
        ("19121212-1212", (None, "191212121212")),
    ],
)
def test_a_patient_is_found_by_identity_in_every_form(
    name: str, text: str, token: tuple[str | None, str]
) -> None:
    """
    System as URI, as urn:oid or left out; with or without the hyphen.
    """
    found = asked("CarePlan", (name, text))
    assert found.persons == ((name[: len("patient")], (token,)),)


def test_an_identity_never_stands_in_what_links_are_made_of() -> None:
    """
    Links hold the patient's id instead, as addresses end up in logs.
    """
    before = asked("CarePlan", ("patient.identifier", "191212121212"), ("status", "active"))
    after = with_patients(before, [("patient", ["p1", "p2"])])
    assert before.shown == (("status", "active"),)
    assert after.shown == (("status", "active"), ("patient", "Patient/p1,Patient/p2"))
    assert after.query.criteria[-1].values == ("Patient/p1", "Patient/p2")


def test_a_patients_own_identifier_is_looked_up_the_same_way() -> None:
    """
    ``Patient?identifier=`` becomes ``_id``.
    """
    found = with_patients(asked("Patient", ("identifier", "191212121212")), [("_id", ["p1"])])
    assert found.query.criteria == (Criterion(param="_id", kind="id", values=("p1",)),)
    assert found.shown == (("_id", "p1"),)


def test_the_identifier_of_somebody_else_than_a_patient_is_a_question_for_the_store() -> None:
    """
    An HSA-id of an author is no secret and stays in the links.
    """
    found = asked("PractitionerRole", ("practitioner.identifier", "urn:oid:1.2.752.129.2.1.4.1|SE1"))
    assert found.query.criteria == (
        Criterion(param="practitioner", kind="identifier-of", values=(("urn:oid:1.2.752.29.4.19", "SE1"),)),
    )


def test_values_between_commas_are_alternatives_and_repeated_parameters_are_joined() -> None:
    """
    Search.html#combining: comma is OR, repetition is AND; an escaped comma is a comma.
    """
    query = asked(
        "CarePlan", ("status", "active,draft"), ("category", r"http://x|a\,b"), ("status", "active")
    ).query
    assert [c.values for c in query.criteria] == [
        ((None, "active"), (None, "draft")),
        (("http://x", "a,b"),),
        ((None, "active"),),
    ]


def test_a_date_is_the_range_of_its_precision() -> None:
    """
    ``ge2026-02`` starts at the first moment of February in Stockholm.
    """
    query = asked("CarePlan", ("date", "ge2026-02"), ("_lastUpdated", "lt2026-02-01T10:00:00+01:00")).query
    assert query.criteria[0].values == (("ge", "2026-01-31T23:00:00.000Z", "2026-02-28T22:59:59.999Z"),)
    assert query.criteria[1].values[0][:2] == ("lt", "2026-02-01T09:00:00.000Z")


@pytest.mark.parametrize("text", ["", "igår", "2026-13", "20260201", "ge", "0000", "0001-01-01T00:00+14:00"])
def test_a_date_that_is_none_is_refused_with_the_forms_that_are(text: str) -> None:
    """
    A wrong date is never left out of the question.
    """
    assert refused("CarePlan", ("date", text)).where == "date"


@pytest.mark.parametrize("name", ["patient", "patient.identifier", "status", "_id", "category"])
@pytest.mark.parametrize("text", ["", ",", "a,", " "])
def test_an_empty_filter_is_refused(name: str, text: str) -> None:
    """
    An empty ``patient`` would otherwise hand out everybody's agreements.
    """
    refused("CarePlan", (name, text))


def test_an_unknown_parameter_is_refused_with_the_nearest_known_one() -> None:
    """
    A misspelt ``patient`` may never become a search without a patient.
    """
    problem = refused("CarePlan", ("patinet", "p1"))
    assert problem.code == "not-supported"
    assert "Menades patient?" in problem.what


def test_lenient_handling_leaves_out_what_is_unknown_and_remembers_it() -> None:
    """
    ``Prefer: handling=lenient`` (search.html#errors): what is left is the question, and all of the link.
    """
    found = asked("CarePlan", ("status", "active"), ("colour", "red"), is_lenient=True)
    assert found.ignored == ("colour",)
    assert found == replace(asked("CarePlan", ("status", "active")), ignored=("colour",))


@pytest.mark.parametrize(
    "name", ["status:sounds-like", "status:Patient", "subject:Task", "date:N0T", "_id:not"]
)
def test_a_modifier_that_is_not_there_is_refused_leniently_too(name: str) -> None:
    """
    search.html#modifiers: a server shall reject it.
    """
    refused("CarePlan", (name, "active"), is_lenient=True)


def test_a_refusal_never_repeats_a_value_nor_an_odd_name() -> None:
    """
    Names and values may hold an identity number; the answer and its log line do not.
    """
    for problem in (
        refused("CarePlan", ("191212121212", "x")),
        refused("CarePlan", ("date", "191212121212")),
    ):
        assert "191212121212" not in problem.what + problem.where


@pytest.mark.parametrize("text", ["a\x00b", "a\nb", "\ud800"])
def test_control_characters_are_refused(text: str) -> None:
    """
    No database takes them all, and none is ever meant.
    """
    refused("CarePlan", ("status", text))


def test_includes_are_read_with_target_and_iteration() -> None:
    """
    ``_include``, ``_revinclude`` and ``:iterate`` as a portal writes them.
    """
    query = asked(
        "CarePlan",
        ("_include", "CarePlan:care-team"),
        ("_include", "CarePlan:activity-reference:Task"),
        ("_include:iterate", "CareTeam:participant"),
        ("_revinclude", "Provenance:target"),
    ).query
    assert query.includes == (
        Include(type="CarePlan", param="care-team"),
        Include(type="CarePlan", param="activity-reference", target="Task"),
        Include(type="CareTeam", param="participant", iterate=True),
    )
    assert query.revincludes == (Include(type="Provenance", param="target"),)


def test_a_star_includes_every_reference_of_the_type() -> None:
    """
    ``_include=*`` and ``CarePlan:*`` are the same for a search of CarePlan.
    """
    everything = asked("CarePlan", ("_include", "*")).query.includes
    assert everything == asked("CarePlan", ("_include", "CarePlan:*")).query.includes
    assert {i.param for i in everything} >= {"care-team", "activity-reference", "subject"}


@pytest.mark.parametrize(
    "text", ["", "CarePlan", "CarePlan:nothing", "Nothing:x", "CarePlan:status", "CarePlan:care-team:X"]
)
def test_an_include_that_leads_nowhere_is_refused(text: str) -> None:
    """
    With what can be included instead.
    """
    assert refused("CarePlan", ("_include", text)).where == "_include"


@pytest.mark.parametrize(("text", "count"), [("10", 10), ("100000", 500), ("9" * 40, 500)])
def test_a_page_is_as_large_as_asked_for_but_never_larger_than_the_limit(text: str, count: int) -> None:
    """
    ``_count`` is a wish (search.html#count).
    """
    assert asked("CarePlan", ("_count", text)).query.count == count


@pytest.mark.parametrize("pair", [("_count", "0"), ("_summary", "count")])
def test_counting_alone_asks_for_the_total(pair: tuple[str, str]) -> None:
    """
    ``_count=0`` and ``_summary=count`` are the same (search.html#count).
    """
    found = asked("CarePlan", pair)
    assert found.is_count_only
    assert found.query.with_total


@pytest.mark.parametrize(
    "pair",
    [
        ("_count", "-1"),
        ("_count", "many"),
        ("_total", "about"),
        ("_summary", "odd"),
        ("_sort", "colour"),
        ("_sort", ""),
    ],
)
def test_a_control_with_a_value_we_do_not_have_is_refused(pair: tuple[str, str]) -> None:
    """
    Not followed means said, as everything else.
    """
    if pair == ("_sort", ""):
        assert asked("CarePlan", pair).query.sort == ()
    else:
        refused("CarePlan", pair)


def test_sorting_is_by_times_and_ids() -> None:
    """
    Page marks hold what is sorted by, and so it is never a name or an identity.
    """
    assert asked("CarePlan", ("_sort", "-date,_id")).query.sort == (("date", True), ("_id", False))
    refused("Patient", ("_sort", "family"))


@pytest.mark.parametrize(
    ("type_", "name"),
    [
        ("CarePlan", "patient.identifier"),
        ("CarePlan", "identifier"),
        ("Patient", "identifier"),
        ("Patient", "identifier:not"),
        ("Patient", "name"),
        ("CarePlan", "patient"),
        ("CarePlan", "_page"),
    ],
)
def test_only_codes_and_controls_are_read_once_for_all(type_: str, name: str) -> None:
    """
    What says who somebody is, and where one is in a search, is remembered for nobody; a code is.
    """
    parameters._coded.cache_clear()
    parameters._controlled.cache_clear()
    before = asked(type_)
    assert asked(type_, (name, "p1")) != before
    assert parameters._coded.cache_info().currsize == 0
    assert parameters._controlled.cache_info().currsize == 1
    if type_ == "CarePlan":
        assert asked(type_, ("status", "active")) == asked(type_, ("status", "active"))
        assert parameters._coded.cache_info()[:2] == (1, 1)


def test_a_code_read_once_is_that_of_its_type_and_parameter() -> None:
    """
    The same text for another type, another parameter or another count is read for itself.
    """
    pairs = [("CarePlan", "status"), ("Task", "status"), ("CarePlan", "category"), ("CarePlan", "status")]
    read = [asked(type_, (name, "active"), ("_count", str(n))) for n, (type_, name) in enumerate(pairs, 1)]
    assert [each.query.criteria[0].param for each in read] == ["status", "status", "category", "status"]
    assert [(each.query.type, each.query.count) for each in read] == [
        ("CarePlan", 1),
        ("Task", 2),
        ("CarePlan", 3),
        ("CarePlan", 4),
    ]
    assert all(each.query.criteria[0].values == ((None, "active"),) for each in read)
