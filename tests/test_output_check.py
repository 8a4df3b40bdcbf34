"""What is made of a message is judged before it leaves: a fault of ours stops that note and nothing else."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

import orjson
import pytest

from adapter import effects
from adapter.answers import answer
from adapter.output_check import REMEMBERED, OutputCheck
from adapter.pipeline import Decision, Source, decide
from adapter.ports import State
from adapter.profiles import own_validator
from adapter.validation import Issue, Validator

Json = dict[str, Any]
ROOT = Path(__file__).parent.parent
FIXTURES = ROOT / "fixtures"
COSMIC = "se.cosmic.journal-notes"
CASES = sorted(
    path
    for path in FIXTURES.glob("*/*")
    if path.suffix in {".hl7", ".json", ".xml"} and ".expected." not in path.name
)


@pytest.fixture(scope="module")
def check() -> OutputCheck:
    """The real one: R4, our profiles, all invariants."""
    return OutputCheck(own_validator)


@pytest.fixture
def breaking(monkeypatch: pytest.MonkeyPatch) -> Callable[[str, Callable[[Json], None]], None]:
    """Let the builder make a fault in each resource of a type."""

    def broken(type_: str, spoil: Callable[[Json], None]) -> None:
        real = effects.note_resources

        def build(*given: Any, **named: Any) -> Any:
            built = real(*given, **named)
            resources = orjson.loads(orjson.dumps(built.resources))
            for resource in resources:
                if resource["resourceType"] == type_:
                    spoil(resource)
            return replace(built, resources=tuple(resources))

        monkeypatch.setattr(effects, "note_resources", build)

    return broken


def decided(name: str, sources: Mapping[str, Source], check: OutputCheck | None) -> Decision:
    """The decision on a fixture of Cosmic's."""
    return decide((FIXTURES / COSMIC / name).read_bytes(), sources[COSMIC], check=check)


@pytest.mark.parametrize("case", CASES, ids=[f"{case.parent.name}/{case.name}" for case in CASES])
def test_the_check_finds_no_fault_in_what_a_fixture_makes(
    case: Path, sources: Mapping[str, Source], check: OutputCheck
) -> None:
    """
    With the check the decision is the same as without.
    """
    source = sources[case.parent.name]
    assert decide(case.read_bytes(), source, check=check) == decide(case.read_bytes(), source)


def test_a_fault_parks_the_note_and_tells_whose_it_is_and_where(
    sources: Mapping[str, Source], check: OutputCheck, breaking: Any
) -> None:
    """
    The place is the one in the message that the element came from; nothing that was made is kept.
    """
    breaking("CarePlan", lambda plan: plan["period"].update(end="snart"))
    decision = decided("kalmar-agreement.json", sources, check)
    found = next(finding for finding in decision.findings if finding.code == "fhir-not-valid")
    assert decision.state is State.PARKED
    assert decision.resources == ()
    assert found.blocking
    assert found.line > 1
    assert "CarePlan.period.end" in found.at
    assert "vårt" in found.what
    assert "Kontakta förvaltningen" in found.what
    assert found.value


def test_the_place_is_that_of_the_line_that_says_it(
    sources: Mapping[str, Source], check: OutputCheck, breaking: Any
) -> None:
    """
    The same place as the source map gives for the element when all is well.
    """
    raw = (FIXTURES / COSMIC / "kalmar-agreement.json").read_bytes()
    traces = decide(raw, sources[COSMIC], trace=True).traces
    wanted = next(
        trace.where
        for trace in traces
        if trace.element.startswith("CarePlan/") and trace.element.endswith(".period.end")
    )
    breaking("CarePlan", lambda plan: plan["period"].update(end="snart"))
    found = [finding for finding in decide(raw, sources[COSMIC], check=check).findings if finding.blocking]
    assert {finding.where for finding in found} == {wanted}


def test_a_fault_of_a_whole_resource_stands_at_its_note(
    sources: Mapping[str, Source], check: OutputCheck, breaking: Any
) -> None:
    """
    What is missing came from nowhere; the note is where to look.
    """
    breaking("CarePlan", lambda plan: plan.pop("intent"))
    decision = decided("kalmar-agreement.json", sources, check)
    (found,) = [finding for finding in decision.findings if finding.code == "fhir-not-valid"]
    assert found.where == decision.effects[0].record.origin()


def test_the_other_notes_of_the_message_go_through(
    sources: Mapping[str, Source], check: OutputCheck, breaking: Any
) -> None:
    """
    Each note stands for itself.
    """
    first = decided("several-notes.json", sources, None).effects[0]
    plan_id = next(each["id"] for each in first.resources if each["resourceType"] == "CarePlan")

    def spoil(plan: Json) -> None:
        if plan["id"] == plan_id:
            plan["status"] = "kanske"

    breaking("CarePlan", spoil)
    decision = decided("several-notes.json", sources, check)
    assert decision.state is State.PARTLY
    assert plan_id not in {each["id"] for each in decision.resources}
    assert len(decision.kept) == len(decision.effects) - 1
    assert answer(decision).status == 201


def test_structure_alone_does_not_judge_the_rules_between_elements(
    sources: Mapping[str, Source], check: OutputCheck, breaking: Any
) -> None:
    """
    per-1: a period starts before it ends. With the rules it stops, without them it does not.
    """
    breaking("CarePlan", lambda plan: plan["period"].update(start="2030-01-01", end="2020-01-01"))
    structure = OutputCheck(own_validator, with_invariants=False)
    assert decided("kalmar-agreement.json", sources, check).state is State.PARKED
    assert decided("kalmar-agreement.json", sources, structure).state is State.DONE


class Counting:
    """A validator that counts, and finds what it is told to find."""

    def __init__(self, *issues: Issue) -> None:
        self.issues = issues
        self.judged = 0

    def validate(self, _: Json, *, with_invariants: bool) -> tuple[Issue, ...]:
        """The issues given."""
        assert with_invariants
        self.judged += 1
        return self.issues

    def alike(self, **_: bool) -> Counting:
        """Itself."""
        return self

    def is_right(self, _: Json) -> bool:
        """It knows none that is alike."""
        return False


def counted(*issues: Issue) -> tuple[Counting, OutputCheck]:
    """Such a validator, and a check that asks it."""
    validator = Counting(*issues)
    make: Callable[[], Any] = lambda: validator  # noqa: E731  as short as it is
    return validator, OutputCheck(make)


def issue(severity: str) -> Issue:
    """An issue of that weight."""
    return Issue(severity, "invariant", "agr-x", "Organization", "Rätta.", "Mend it.")


def test_a_unit_that_was_right_is_not_judged_again_until_it_changes() -> None:
    """
    The same unit stands in note after note.
    """
    validator, check = counted()
    unit = {"resourceType": "Organization", "id": "a", "name": "A"}
    assert check(unit) == check(dict(unit)) == ()
    assert validator.judged == 1
    check({**unit, "name": "B"})
    assert validator.judged == 2


def test_what_belongs_to_one_note_is_always_judged() -> None:
    """
    No resource of a patient is remembered.
    """
    validator, check = counted()
    for _ in range(2):
        check({"resourceType": "Patient", "id": "a"})
        check({"resourceType": "Practitioner", "id": "a", "meta": {"source": "urn:of-one-note"}})
    assert validator.judged == 4
    assert not check._right


def test_what_was_wrong_is_wrong_again() -> None:
    """
    Only what is right is remembered; a warning is right enough.
    """
    unit = {"resourceType": "Organization", "id": "a"}
    validator, check = counted(issue("error"), issue("warning"))
    assert [each.severity for each in check(unit)] == [each.severity for each in check(unit)] == ["error"]
    assert validator.judged == 2
    validator, check = counted(issue("warning"))
    assert check(unit) == check(unit) == ()
    assert validator.judged == 1


def test_the_memory_is_bounded() -> None:
    """
    However many units there are.
    """
    _, check = counted()
    for number in range(REMEMBERED * 2 + 1):
        check({"resourceType": "Organization", "id": str(number)})
    assert len(check._right) <= REMEMBERED


def test_the_validator_is_made_once_and_only_when_something_is_judged() -> None:
    """
    Whoever makes nothing waits for nothing.
    """
    made: list[Validator] = []

    def make() -> Validator:
        made.append(own_validator())
        return made[-1]

    check = OutputCheck(make)
    assert not made
    check({"resourceType": "Patient", "id": "a"})
    check({"resourceType": "Patient", "id": "b"})
    assert len(made) == 1
