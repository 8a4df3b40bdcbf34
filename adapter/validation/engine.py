"""The parts of the validator joined: definitions, plans, terminology, FHIRPath, and how resources nest."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Any

from adapter.validation import outcome_extensions, references
from adapter.validation.bindings import binding_check
from adapter.validation.bundles import Index, check_bundle
from adapter.validation.contained import check_contained
from adapter.validation.core_tables import BASE, Core
from adapter.validation.definitional import check_definitional
from adapter.validation.definitions import Definitions
from adapter.validation.discriminators import follows
from adapter.validation.elements import DefinitionFault, Trees
from adapter.validation.fhirpath.compile import Compiled, compile_path
from adapter.validation.fhirpath.evaluate import FhirPathError
from adapter.validation.fhirpath.navigate import collect
from adapter.validation.fhirpath.values import Node
from adapter.validation.model import Model
from adapter.validation.narrative import narrative_faults
from adapter.validation.packages import Package
from adapter.validation.places import Place, keys
from adapter.validation.plans import Compiler, Constraint, Content, Field, ItemCheck
from adapter.validation.primitives import ID
from adapter.validation.profile_checks import judge_types
from adapter.validation.questionnaires import check_response
from adapter.validation.quick import Quick
from adapter.validation.reading import Source
from adapter.validation.repairs import REPAIRS
from adapter.validation.run import MAX_DEPTH, Run, Scope
from adapter.validation.terminology import Terminology
from adapter.validation.value_checks import value_checks
from adapter.validation.versions import NEWER
from adapter.validation.walk import check_object

Json = dict[str, Any]
ODD = frozenset({"Resource", "DomainResource"})


class Engine:
    """What all validations share. Only remembers what it has compiled, so threads may share it."""

    def __init__(
        self,
        packages: Sequence[Package],
        core: Core,
        *,
        any_extension: bool = False,
        moment: Callable[[], datetime] | datetime | None = None,
    ) -> None:
        self.definitions = Definitions([outcome_extensions.PACKAGE, *packages], core)
        self.resource_names = core.resource_types
        self.model = Model(core)
        self.trees = Trees(self.definitions)
        self.terminology = Terminology(self.definitions)
        self.compiler = Compiler(self.trees, self.model, self.checks_of)
        self.any_extension = any_extension
        self.moment = moment
        self.quick = Quick(self)
        self._paths: dict[str, Compiled] = {}

    def now(self) -> datetime | None:
        """The moment that FHIRPath takes for the present."""
        return self.moment() if callable(self.moment) else self.moment

    # definitions

    def content(self, url: str, run: Run | None = None, place: Place = None) -> Content | None:
        """The plan of a definition; a fault in it is said (as a finding) and it counts as missing."""
        try:
            return self.compiler.content(url)
        except DefinitionFault as fault:
            if run is not None:
                run.say(fault.rule, place, url=fault.url, detail=fault.detail)
            return None

    def checks_of(self, field: Field) -> list[ItemCheck]:
        """The checks of a field's values besides their structure."""
        found = value_checks(field) + binding_check(field, self.terminology)
        if field.code == "Reference":
            found.append(references.reference_check)
        elif field.code == "canonical":
            found.append(references.canonical_check)
        elif field.code == "xhtml":
            found.append(_narrative)
        if field.key == "id":
            found.append(_element_id)
        return found

    # FHIRPath

    def fhirpath(self, text: str) -> Compiled:
        """A compiled expression. Raises FhirPathError."""
        found = self._paths.get(text)
        if found is None:
            found = self._paths[text] = compile_path(text, self.model)
        return found

    def compiled(self, constraint: Constraint) -> Any:
        """An invariant, compiled once; the reason why it cannot be; False when it has no expression."""
        if constraint.compiled is None:
            constraint.compiled = self._compile(constraint)
        return constraint.compiled

    def _compile(self, constraint: Constraint) -> Any:
        text = REPAIRS.get(constraint.expression, constraint.expression)
        if not text:
            return False
        try:
            return self.fhirpath(text)
        except FhirPathError as problem:
            return str(problem) or "?"

    def children(self, node: Node) -> list[Node]:
        """The elements just below one, in the order of the JSON."""
        value = node.value if type(node.value) is dict else node.sibling
        info = self.model.type(node.code)
        found: list[Any] = []
        if type(value) is not dict or info is None:
            return found
        for name in value:
            key = name[1:] if name[:1] == "_" else name
            if key in info.keys and not (name[:1] == "_" and key in value):
                prop, code = info.keys[key]
                collect(found, value, key, code, many=prop.many)
        return found

    def resolve(self, scope: Scope, reference: str) -> Scope | None:
        """The resource that a reference means, seen from a scope."""
        return references.resolve(scope, reference)

    def follows(self, run: Run, item: Any, url: str, scope: Scope) -> bool:
        """Whether a value is of a profile's type and follows it."""
        return follows(run, item, url, scope.place, scope)

    def member_of(self, value: Any, url: str) -> bool | None:
        """Whether a code, Coding or CodeableConcept is in a value set; None when that cannot be judged."""
        value_set = self.terminology.value_set(url)
        if value_set is None:
            return None
        if isinstance(value, str):
            return value_set.has_code(value)
        found = value.get("coding", [value]) if isinstance(value, dict) else []
        codings = [c for c in found if isinstance(c, dict)] if isinstance(found, list) else []
        answers = [value_set.has(str(c.get("system", "")), str(c.get("code", ""))) for c in codings]
        return True if True in answers else None if None in answers else False

    def subsumes(self, one: Json, two: Json) -> bool:
        """Whether the first Coding is above the second, or the same."""
        system = self.terminology.system(str(one.get("system", "")))
        return (
            system is not None
            and one.get("system") == two.get("system")
            and system.is_below(str(two.get("code")), str(one.get("code")))
        )

    def is_narrative(self, text: Any) -> bool:
        """Whether a text is XHTML of the subset that narrative allows."""
        return isinstance(text, str) and all(r == "narrative-link" for r, _ in narrative_faults(text))

    # resources

    def is_canonical(self, resource: Json) -> bool:
        """Whether a resource is of a type that is named by its ``url``."""
        info = self.model.type(str(resource.get("resourceType")))
        return info is not None and "url" in info.keys and "status" in info.keys

    def judge(self, source: Source, profiles: Sequence[str], *, with_invariants: bool) -> Run:
        """Judge a whole source: the resource, and everything in it."""
        resource = source.resource
        kind = resource.get("resourceType") if isinstance(resource, dict) else None
        run = Run(self, kind if isinstance(kind, str) else "", with_invariants=with_invariants)
        for rule, place, detail in source.form_faults:
            self._form_fault(run, rule, place, detail, str(kind))
        if not isinstance(resource, dict):
            run.say("not-a-resource", None, severity="fatal")
            return run
        try:
            self.resource(run, resource, None, None, profiles)
        except RecursionError:
            run.say("too-deep", None, severity="fatal")
        return run

    def _form_fault(self, run: Run, rule: str, place: Place, detail: str, kind: str) -> None:
        if rule == "max":
            run.say(rule, place, element=detail, max=1, found=2, profile="R4")
        else:
            run.say(rule, place, detail=detail, type=kind)

    def resource(  # noqa: PLR0913, PLR0917 a value and where it stands
        self,
        run: Run,
        resource: Json,
        place: Place,
        outer: Scope | None,
        profiles: Sequence[str],
        field: Field | None = None,
    ) -> None:
        """Judge one resource, wherever it stands: by its type, its profiles and the field that holds it."""
        kind = resource.get("resourceType")
        if not isinstance(kind, str) or not kind:
            run.say("resource-type-missing", place, severity="fatal" if place is None else "")
            return
        if kind not in self.resource_names:
            version = next((v for v, names in NEWER.items() if kind in names), "")
            rule = "resource-type-version" if version else "resource-type-unknown"
            run.say(rule, place, severity="fatal" if place is None else "", detail=kind, version=version)
            return
        scope = Scope(resource, kind, outer, place)
        if place is not None and place[2] == "contained" and outer is not None:
            scope.root = outer.root
        elif outer is not None and outer.bundle is not None:
            scope = self._entry_scope(scope, outer, resource)
        if kind == "Bundle":
            scope.bundle = Index(resource, scope, place)
        self._by_contents(run, self.contents(run, resource, kind, place, profiles), resource, place, scope)
        self._by_contents(run, self.compiler.of_inner(field, kind), resource, place, scope)
        _identity(run, resource, place)
        if kind == "StructureDefinition":
            self._definition(run, resource, place)
        check_definitional(run, resource, place)
        if kind == "QuestionnaireResponse":
            check_response(run, scope, place)
        if scope.root is scope:
            check_contained(run, resource, place)
        if kind == "Bundle":
            check_bundle(run, scope, place)

    def _definition(self, run: Run, resource: Json, place: Place) -> None:
        """A profile whose differential names what its base does not have, or that builds on itself."""
        elements = (resource.get("differential") or {}).get("element") if run.errors == 0 else None
        if resource.get("derivation") != "constraint" or not elements:
            return
        try:
            self.trees.check(resource, judge_types)
        except DefinitionFault as fault:
            if fault.rule != "profile-base-missing":
                run.say(fault.rule, place, url=fault.url, detail=fault.detail)

    def _entry_scope(self, scope: Scope, outer: Scope, resource: Json) -> Scope:
        """The scope that the Bundle's index has made for this entry, so that references meet the same one."""
        entry: Scope | None = outer.bundle.by_resource.get(id(resource))
        if entry is None:
            return scope
        entry.place = scope.place
        return entry

    def contents(
        self, run: Run, resource: Json, kind: str, place: Place, profiles: Sequence[str]
    ) -> list[Content]:
        """The plans of what a resource claims, of what is asked for, and of its type when none of them is."""
        asked = dict.fromkeys([*profiles, *self.definitions.everywhere.get(kind, ())])
        contents: dict[str, Content] = {}
        meta = resource.get("meta")
        claimed = meta.get("profile") if isinstance(meta, dict) else None
        for index, url in enumerate(claimed if isinstance(claimed, list) else ()):
            if isinstance(url, str):
                here: Place = ((place, "meta", "meta", -1), "profile", "profile", index)
                self._claim(run, url, kind, here, contents)
        for url in asked:
            self._claim(run, url, kind, place, contents)
        if not any(c.type == kind for c in contents.values()):
            base = self.content(BASE + kind, run, place)
            if base is not None:
                contents[base.url] = base
        return list(contents.values())

    def walk(self, run: Run, content: Content, value: Json, place: Place, scope: Scope) -> None:
        """Judge an object by a plan: quickly when it is right, at length when it may not be."""
        if not self.quick.is_right(run, content, value, place, scope):
            check_object(run, content, value, place, scope)

    def _claim(self, run: Run, url: str, kind: str, place: Place, contents: dict[str, Content]) -> None:
        """A profile that a resource claims, or that is asked for."""
        content = self.content(url, run, place)
        if content is None:
            if self.definitions.structure(url) is None:  # else it was said what is wrong with it
                run.say("profile-unknown", place, url=url)
        elif content.type != kind and content.url.removeprefix(BASE) not in ODD:
            run.say("profile-wrong-type", place, url=url, wanted=content.type, found=kind)
        else:
            contents[content.url] = content

    def _by_contents(
        self, run: Run, contents: Sequence[Content], resource: Json, place: Place, scope: Scope
    ) -> None:
        for content in contents:
            self._walk(run, content, resource, place, scope)

    def _walk(self, run: Run, content: Content, resource: Json, place: Place, scope: Scope) -> None:
        self.walk(run, content, resource, place, scope)
        if not run.with_invariants or not content.constraints:
            return
        if not run.tries(lambda: run.holds(content.constraints, resource, content.type, scope)):
            run.check_invariants(content.constraints, resource, None, content.type, place, scope)

    def inner_resource(self, run: Run, field: Field, value: Json, place: Place, scope: Scope) -> None:
        """A resource inside another, by its own type and by the profiles that its place asks for."""
        if run.depth > MAX_DEPTH:
            run.say("too-deep", place)
            return
        run.depth += 1
        profiles: list[str] = []
        ref = next(iter(field.element.types.values()), None)
        wanted = ref.code if ref is not None else "Resource"
        if ref is not None and len(ref.profiles) == 1:
            profiles = list(ref.profiles)
        self.resource(run, value, place, scope, profiles, field)
        kind = value.get("resourceType")
        if wanted not in ODD and kind != wanted:
            run.say("resource-type-wrong", place, wanted=wanted, found=kind)
        if ref is not None and len(ref.profiles) > 1:
            run.check_alternatives(ref.profiles, value, place, Scope(value, str(kind), scope, place))
        run.depth -= 1


def _identity(run: Run, resource: Json, place: Place) -> None:
    identity = resource.get("id")
    if isinstance(identity, str) and identity and not ID.fullmatch(identity):
        run.say("id-format", (place, "id", "id", -1))


def _element_id(run: Run, _f: Field, value: Any, _s: Any, here: Place, scope: Scope) -> None:
    """An element's id stands once; a definition's are for sdf-16 and sdf-17, a resource's own is apart."""
    holder = here[0] if here else None
    if holder is scope.place or not isinstance(value, str) or scope.type == "StructureDefinition":
        return
    first = scope.ids.setdefault(value, holder)
    if first is not holder and keys(first) != keys(holder):
        run.say("id-duplicate", holder, value=value)


def _narrative(run: Run, _f: Field, value: Any, _s: Any, here: Place, scope: Scope) -> None:
    if isinstance(value, str):
        for rule, detail in narrative_faults(value):
            if rule != "narrative-link" or not _has_id(scope.root.resource, detail):
                run.say(rule, here, detail=detail)


def _has_id(value: Any, wanted: str) -> bool:
    """Whether an element or a contained resource below has the id that a link in the narrative names."""
    if isinstance(value, dict):
        return value.get("id") == wanted or any(_has_id(v, wanted) for v in value.values())
    return isinstance(value, list) and any(_has_id(v, wanted) for v in value)
