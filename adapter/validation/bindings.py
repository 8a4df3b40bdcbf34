"""Bindings: whether the codes are in the value sets that the definition binds.

https://hl7.org/fhir/R4/terminologies.html
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from typing import Any

from adapter.validation.places import Place
from adapter.validation.plans import Binding, Field, ItemCheck
from adapter.validation.primitives import ABSOLUTE
from adapter.validation.repairs import LATER_CODES
from adapter.validation.run import Run, Scope
from adapter.validation.terminology import Terminology, ValueSet

Json = dict[str, Any]
CODED = frozenset({"code", "string", "uri", "url", "canonical", "Coding", "CodeableConcept", "Quantity"})
LANGUAGES = "urn:ietf:bcp:47"
UCUM = "http://unitsofmeasure.org"
WELL_KNOWN = (
    "http://snomed.info/sct",
    "http://loinc.org",
    UCUM,
    "http://www.nlm.nih.gov/research/umls/rxnorm",
)
FHIR = tuple(
    f"{scheme}://{host}"
    for scheme in ("http", "https")
    for host in ("hl7.org/fhir", "www.hl7.org/fhir", "build.fhir.org")
)
OUTSIDE = tuple(
    f"{FHIR[0]}/{name}"
    for name in ("sid/icd-", "sid/cvx", "sid/ndc", "sid/srt", "sid/mvx", "sid/cpt", "test")
)


QUANTITIES = frozenset({"Quantity", "Age", "Duration", "Distance", "Count", "SimpleQuantity"})


def binding_check(field: Field, terminology: Terminology) -> list[ItemCheck]:
    """The checks of a field's binding, of those beside it, and of its codings' own systems."""
    binding = field.element.binding
    found = _checks(field, binding, terminology)
    for extra in binding.additional if binding else ():
        found += _checks(field, extra, terminology)
    return found


def _checks(field: Field, binding: Binding | None, terminology: Terminology) -> list[ItemCheck]:
    code = field.code
    if code == "Coding":
        return [_Coding(binding, terminology, field).check]
    if code in QUANTITIES:
        return [_Unit(binding, terminology, field).check]
    if binding is None or code not in CODED or not (binding.value_set or binding.max_value_set):
        return []
    if binding.strength == "example" and not binding.max_value_set:
        return []
    return [
        _Concept(binding, terminology, field).check
        if code == "CodeableConcept"
        else _Code(binding, terminology, field).check
    ]


class _Bound(ABC):
    """A binding with its value sets, looked up when first used."""

    def __init__(self, binding: Binding | None, terminology: Terminology, field: Field) -> None:
        self.binding, self.terminology, self.source = binding, terminology, field.element.owner.url
        self.strength = binding.strength if binding else ""
        self.is_uri, self.is_code = field.code == "uri", field.code in ("code", "string")
        self.in_concept = field.key == "coding"
        self._set: ValueSet | None = None
        self._max: ValueSet | None = None
        self._is_ready = False

    @property
    def wanted(self) -> ValueSet | None:
        if not self._is_ready and self.binding is not None:
            binding = self.binding
            self._max = self.terminology.value_set(binding.max_value_set) if binding.max_value_set else None
            self._set = self.terminology.value_set(binding.value_set) if binding.value_set else None
            self._is_ready = True
        return self._set

    @property
    def url(self) -> str:
        return self.binding.value_set if self.binding else ""

    @staticmethod
    @abstractmethod
    def key_of(value: Any) -> Any:
        """All of a value that the verdict depends on."""

    @property
    def is_lenient(self) -> bool:
        """Whether the system's form is only warned of: in a concept, and where a value set is judged."""
        return self.in_concept or (self.strength not in ("", "example") and self.wanted is not None)

    def judge(self, run: Run, here: Place, shown: str, answer: bool | None) -> None:
        """Say what a binding's answer means for its strength."""
        if answer is False:
            values = {"value": shown, "set": self.url, "source": self.source}
            if self.strength == "required":
                run.say("code-required", here, **values)
            elif self.strength == "extensible":
                run.say("code-extensible", here, **values)
        elif answer is None and self.strength in ("required", "extensible"):
            run.say("code-unjudged", here, value=shown)

    def missing_set(self, run: Run, here: Place) -> bool:
        """Whether the value set is not loaded; says so when it matters."""
        if self.wanted is not None or self.binding is None or not self.url:
            return self.wanted is None
        if self.terminology.definitions.code_system(self.url) is not None:
            run.say("value-set-is-system", here, set=self.url)
            return True
        if self.strength in ("required", "extensible"):
            run.say("value-set-unknown", here, set=self.url)
        return True


class _Code(_Bound):
    """A bare code, string or uri."""

    @staticmethod
    def key_of(value: Any) -> Any:
        return value

    def check(self, run: Run, _field: Field, value: Any, _sibling: Any, here: Place, _scope: Scope) -> None:
        if value is None and self.strength == "required":
            run.say("code-missing", here, set=self.url, source=self.source)
        if type(value) is not str or not value:
            return
        wanted = self.wanted
        if self._max is not None and self._max.has_code(value) is False:
            run.say("code-max", here, value=value, set=self._max.url, source=self.source)
        if wanted is None:
            self.missing_set(run, here)
            return
        answer = wanted.has_code(value)
        if answer is False and self.strength != "required" and self._is_foreign(value, wanted):
            run.say("code-unknown", here, value=value)
        elif answer is not True:
            self.judge(run, here, value, answer)

    def _is_foreign(self, value: str, wanted: ValueSet) -> bool:
        """Whether the set is of one code system that has no such code: a bare code means nothing then."""
        if not (self.is_code or (self.is_uri and ":" not in value)):
            return False
        systems = [s for s, _ in wanted.parts]
        if len(set(systems)) != 1 or value in LATER_CODES.get(systems[0], ()):
            return False
        return self.terminology.known(systems[0], value) is False


def _system_and_code(value: Any) -> Any:
    return value.get("system"), value.get("code")


class _Coding(_Bound):
    """A Coding."""

    key_of = staticmethod(_system_and_code)

    def check(self, run: Run, _field: Field, value: Any, _sibling: Any, here: Place, _scope: Scope) -> None:
        if type(value) is not dict:
            return
        own_system(run, self.terminology, value, here, in_concept=self.in_concept, is_lenient=self.is_lenient)
        if self.binding is None:
            return
        code = value.get("code")
        system = _system(value)
        if not isinstance(code, str) or not system:
            return  # nothing to look for; a code without system is told above
        if self.strength not in ("required", "extensible") and not self.binding.max_value_set:
            return
        wanted = self.wanted
        if self._max is not None and self._max.has(system, code) is False:
            run.say("code-max", here, value=f"{system}#{code}", set=self._max.url, source=self.source)
        if not self.missing_set(run, here) and wanted is not None:
            self.judge(run, here, f"{system}#{code}", wanted.has(system, code))


class _Concept(_Bound):
    """A CodeableConcept: one of its codings is enough."""

    @staticmethod
    def key_of(value: Any) -> Any:
        return tuple([(c.get("system"), c.get("code")) for c in value.get("coding", ())])

    def check(self, run: Run, _field: Field, value: Any, _sibling: Any, here: Place, _scope: Scope) -> None:
        if type(value) is not dict or self.binding is None:
            return
        found = value.get("coding")
        codings = [c for c in found if type(c) is dict] if type(found) is list else []
        if self.strength not in ("required", "extensible") and not self.binding.max_value_set:
            return
        pairs = [(_system(c), c["code"]) for c in codings if isinstance(c.get("code"), str)]
        wanted = self.wanted
        if self._max is not None and pairs and _most(self._max, pairs) is False:
            run.say("code-max", here, value=_shown(pairs), set=self._max.url, source=self.source)
        if not pairs:
            is_needed = self.strength == "required" or (
                self.strength == "extensible" and self._max is not None
            )
            if value and self.wanted is not None and is_needed:
                run.say("code-missing", here, set=self.url, source=self.source)
            return
        if not self.missing_set(run, here) and wanted is not None:
            self.judge(run, here, _shown(pairs), _best(wanted, pairs))


class _Unit(_Bound):
    """A Quantity: its unit's code."""

    key_of = staticmethod(_system_and_code)

    def check(self, run: Run, field: Field, value: Any, _sibling: Any, here: Place, _scope: Scope) -> None:
        if type(value) is not dict:
            return
        code, system = value.get("code"), _system(value)
        if system and not system.startswith(ABSOLUTE):
            run.say("coding-system-relative", here, severity="error")
        if is_beside_a_system(system):
            run.say("coding-system-unknown", here, value=system)
        if isinstance(code, str) and system and self.terminology.known(system, code) is False:
            # HL7's validator looks at the units of Quantity alone
            severity = "error" if field.code in ("Quantity", "SimpleQuantity") else "warning"
            run.say("code-unknown", here, severity=severity, value=f"{system}#{code}")
        if self.binding is None or not self.url:
            return
        wanted = self.wanted
        if not isinstance(code, str):
            if self.strength == "required" and wanted is not None:
                run.say("code-missing", here, severity="warning", set=self.url, source=self.source)
            return
        if not self.missing_set(run, here) and wanted is not None:
            answer = wanted.has(system, code)
            if self._max is not None and self._max.has(system, code) is False:
                run.say("code-max", here, value=f"{system}#{code}", set=self._max.url, source=self.source)
            self.judge(run, here, f"{system}#{code}", answer)


def _system(coding: Json) -> str:
    system = coding.get("system")
    return system if isinstance(system, str) else ""


def _most(wanted: ValueSet, pairs: list[tuple[str, str]]) -> bool | None:
    """As ``_best``, but a code without system may be of any system."""
    answers = [wanted.has(s, c) if s else wanted.has_code(c) for s, c in pairs]
    return True if True in answers else None if None in answers else False


def _best(wanted: ValueSet, pairs: list[tuple[str, str]]) -> bool | None:
    answers = [wanted.has(s, c) for s, c in pairs]
    return True if True in answers else None if None in answers else False


def _shown(pairs: list[tuple[str, str]]) -> str:
    return ", ".join(f"{s}#{c}" for s, c in pairs)


def own_system(  # noqa: PLR0913 where the coding stands and how strictly to take it
    run: Run, terminology: Terminology, coding: Json, here: Place, *, in_concept: bool, is_lenient: bool
) -> None:
    """What a coding must keep to whatever it is bound to: a code of its own system, if that is known."""
    code, system = coding.get("code"), coding.get("system")
    if not isinstance(system, str) or not system:
        if isinstance(code, str):
            run.say("coding-system-missing", here)
        return
    if not system.startswith(ABSOLUTE):
        run.say("coding-system-relative", here, severity="warning" if is_lenient else "error")
        return
    if not isinstance(code, str) or not code:
        known = terminology.system(system) if code is None and in_concept else None
        if (
            known is not None and known.is_whole
        ):  # as HL7's validator has it: the code is what the system is for
            run.say("code-unknown", here, value=f"{system}#")
        return
    answer = terminology.known(system, code)
    if answer is False and system != LANGUAGES:  # HL7's validator looks at languages where they are bound
        run.say("code-unknown", here, value=f"{system}#{code}")
    elif answer is None and not is_lenient and is_no_system(terminology, system):
        run.say("coding-system-unknown", here, value=system)
    elif answer is None and terminology.definitions.value_set(system) is not None:
        run.say("coding-system-value-set", here, severity="warning" if is_lenient else "error", value=system)


def is_beside_a_system(system: str) -> bool:
    """Whether an address begins like that of a well-known system, and is another."""
    return any(system.startswith(known) and system != known for known in WELL_KNOWN)


def is_no_system(terminology: Terminology, system: str) -> bool:
    """Whether an address can be no system's: FHIR's own where there is none, or beside a known one."""
    return is_beside_a_system(system) or (
        system.startswith(FHIR)
        and not system.startswith(OUTSIDE)
        and terminology.definitions.code_system(system) is None
        and terminology.definitions.value_set(system) is None
    )
