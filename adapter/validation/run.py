"""One validation: what was found, what is left of the budget, and the resources that we are inside."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from adapter.validation.fhirpath.evaluate import Env, FhirPathError, TooCostly
from adapter.validation.fhirpath.shortcuts import YES
from adapter.validation.fhirpath.values import Node
from adapter.validation.invariants import in_both
from adapter.validation.issues import Issue
from adapter.validation.messages import RULES, Rule
from adapter.validation.places import Place, expression, keys
from adapter.validation.plans import Constraint, Content, Field
from adapter.validation.versions import version_of
from adapter.validation.wording import in_english

Json = dict[str, Any]
MAX_DEPTH = 60  # resources inside resources, extensions and trials together
MAX_ISSUES = 2000
STEPS = 20_000_000  # FHIRPath steps for one validation, a quarter of a minute at worst
STEPS_EACH = 400_000  # and for one invariant


class Doubt(Exception):
    """In a trial: there would be something to say."""


class Scope:
    """A resource that we are inside: itself, what it is contained in, and the Bundle around it."""

    __slots__ = ("bundle", "entry_index", "full_url", "ids", "outer", "place", "resource", "root", "type")

    def __init__(self, resource: Json, kind: str, outer: Scope | None, place: Place) -> None:
        self.resource, self.type, self.outer, self.place = resource, kind, outer, place
        self.root: Scope = self
        self.bundle: Any = None  # a bundles.Index when the resource is a Bundle
        self.full_url = ""
        self.entry_index = -1
        self.ids: dict[str, Place] = {}  # the ids of elements, which are unique in their resource


class Run:
    """One validation of one resource. Lives as long as the call, so it may change."""

    def __init__(self, engine: Any, root: str, *, with_invariants: bool) -> None:
        self.engine, self.root_name, self.with_invariants = engine, root, with_invariants
        self.walk: Callable[..., None] = engine.walk
        self.issues: dict[tuple[Any, ...], tuple[str, Rule, str, Place, Json, str]] = {}
        self.errors = 0
        self.depth = 0
        self.steps_left = STEPS
        self.trials: dict[tuple[int, str], bool] = {}
        self.is_trying = False

    def say(self, rule: str, place: Place, severity: str = "", source: str = "", **values: Any) -> None:
        """Keep a finding of a rule at a place; the same is said once."""
        if self.is_trying:
            raise Doubt
        entry = RULES[rule]
        weight = severity or entry.severity
        if weight in ("error", "fatal"):
            self.errors += 1
        if len(self.issues) < MAX_ISSUES:
            key = (rule, place, tuple(sorted((k, str(v)) for k, v in values.items() if k != "profile")))
            self.issues.setdefault(key, (rule, entry, weight, place, values, source))

    def unknown(self, plan: Content, key: str, place: Place) -> None:
        """A property that R4 does not know; another version may."""
        if version := version_of(plan.type, key.removeprefix("_")):
            self.say("element-version", place, detail=key, type=plan.type, version=version)
        else:
            self.say("element-unknown", place, detail=key, type=plan.type)

    def result(self) -> tuple[Issue, ...]:
        """What was found, as issues in the order of the walk."""
        if not self.issues:
            return ()
        return tuple(self._issue(*found) for found in self.issues.values())

    def _issue(self, rule: str, entry: Rule, severity: str, place: Place, values: Json, source: str) -> Issue:  # noqa: PLR0913, PLR0917 a value and where it stands
        name = values.get("key", rule) if rule == "invariant" else rule
        sv, en = _fill(entry.sv, values), _fill(entry.en, in_english(values))
        return Issue(
            severity,
            entry.code,
            str(name),
            expression(self.root_name, place),
            sv,
            en,
            source=source,
            keys=keys(place),
        )

    def check_invariants(  # noqa: PLR0913, PLR0917 a value and where it stands
        self, constraints: list[Constraint], value: Any, sibling: Any, code: str, place: Place, scope: Scope
    ) -> None:
        """Judge the invariants of one value."""
        focus: list[Any] | None = None
        for constraint in constraints:
            compiled = constraint.compiled
            if compiled is None:
                compiled = self.engine.compiled(constraint)
            if compiled is False:
                continue
            if type(compiled) is str:
                self._broken(constraint, compiled, place)
                continue
            if focus is None:
                focus = [Node(value, sibling, code)]
            self._judge(constraint, compiled, focus, place, scope)

    def _broken(self, constraint: Constraint, why: str, place: Place) -> None:
        self.say("invariant-broken", place, key=constraint.key, profile=constraint.source, detail=why)

    def _judge(
        self, constraint: Constraint, compiled: Any, focus: list[Any], place: Place, scope: Scope
    ) -> None:
        env = Env(self, scope, focus, min(STEPS_EACH, self.steps_left))
        try:
            holds = truth(compiled(env, focus))
        except TooCostly:
            self.steps_left -= STEPS_EACH
            self.say("invariant-costly", place, key=constraint.key)
            return
        except FhirPathError as problem:
            self.say("invariant-failed", place, key=constraint.key, detail=str(problem), severity="error")
            return
        if env.spent:
            self.steps_left -= env.spent
        if holds:
            return
        severity = "warning" if constraint.is_best_practice or constraint.severity != "error" else "error"
        values = {"key": constraint.key, "human": in_both(constraint.rule), "profile": constraint.source}
        self.say("invariant", place, severity=severity, source=constraint.source, **values)

    def tries(self, judge: Callable[[], bool]) -> bool:
        """Run a judgement that ends, as False, where there would be something to say."""
        outer, self.is_trying = self.is_trying, True
        try:
            return judge()
        except (Doubt, RecursionError):
            return False
        finally:
            self.is_trying = outer

    def holds(self, constraints: Sequence[Constraint], value: Any, code: str, scope: Scope) -> bool:
        """Whether the invariants of a value hold; nothing is said of those that do not."""
        asked = [c for c in constraints if c.sure is None or not c.sure(value)]
        if not asked:
            return True
        focus = [Node(value, None, code)]
        env = Env(self, scope, focus, 0)
        for constraint in asked:
            compiled = constraint.compiled
            if compiled is None:
                compiled = self.engine.compiled(constraint)
            if compiled is False:
                continue
            if type(compiled) is str:
                return False
            env.limit = env.spent + min(STEPS_EACH, self.steps_left)
            try:
                answer = compiled(env, focus)
            except (TooCostly, FhirPathError):
                return False
            finally:
                env.variables = None
            if answer is not YES and not truth(answer):
                return False
        self.steps_left -= env.spent
        return True

    def conforms(self, content: Content, value: Any, place: Place, scope: Scope) -> bool:
        """Whether a value follows a plan, without saying anything."""
        key = (id(value), content.url)
        if key in self.trials:
            return self.trials[key]
        self.trials[key] = True  # a ring of references is taken as good until shown otherwise
        verdict = self.silently(lambda: self.walk_whole(content, value, place, scope))
        self.trials[key] = verdict
        return verdict

    def silently(self, judge: Callable[[], None]) -> bool:
        """Run a judgement and answer whether it found no error; keep nothing of what it said."""
        if self.depth > MAX_DEPTH:
            return True
        issues, errors, is_trying = self.issues, self.errors, self.is_trying
        self.issues, self.errors, self.is_trying = {}, 0, False
        self.depth += 1
        try:
            judge()
            return self.errors == 0
        finally:
            self.depth -= 1
            self.issues, self.errors, self.is_trying = issues, errors, is_trying

    def walk_whole(self, content: Content, value: Any, place: Place, scope: Scope) -> None:
        """Judge a value by a whole definition, the invariants of its root too."""
        if type(value) is dict:
            self.walk(self, content, value, place, scope)
        root = content.root_field()
        if root is not None and content.type not in self.engine.resource_names:
            for check in self.engine.checks_of(root):
                check(self, root, value, None, place, scope)
        if self.with_invariants and content.constraints:
            self.check_invariants(content.constraints, value, None, content.type, place, scope)

    def check_alternatives(self, profiles: tuple[str, ...], value: Json, place: Place, scope: Scope) -> None:
        """A value that must follow one of several profiles."""
        contents = [self.engine.content(url, self, place) for url in profiles]
        known = [c for c in contents if c is not None]
        if known and not any(self.conforms(c, value, place, scope) for c in known):
            self.say("profile-no-match", place, wanted=", ".join(profiles))

    def enter_resource(self, field: Field, value: Json, place: Place, scope: Scope) -> None:
        """A resource inside another: contained, an entry of a Bundle, a parameter."""
        self.engine.inner_resource(self, field, value, place, scope)


def truth(answer: list[Any]) -> bool:
    """An invariant's answer as HL7's validator takes it: empty is false, one thing that is no boolean is true."""  # noqa: E501 see the line
    if not answer:
        return False
    if len(answer) == 1:
        first = answer[0]
        value = first.value if type(first) is Node else first
        return value is not False
    return True


def _fill(sentence: str, values: Json) -> str:
    try:
        return sentence.format_map(values)
    except (KeyError, IndexError, ValueError):
        return sentence
