"""Is this code in that value set? Answered offline: yes, no, or cannot be judged here.

https://hl7.org/fhir/R4/valueset.html#compositions
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator
from typing import Any

from adapter.validation.codes import RULES
from adapter.validation.definitions import Definitions

Json = dict[str, Any]
MAX_DEPTH = 12  # value sets that include value sets that include …
WHOLE = ("complete", "example")  # HL7's validator takes examples of a system for all of it
EXTERNAL = ("http://snomed.info/sct", "http://loinc.org")


class CodeSystem:
    """The codes of one system with their parents; ``is_whole`` when all of them are here."""

    __slots__ = ("codes", "fold", "is_whole", "name", "properties", "url")

    def __init__(self, source: Json, supplements: Iterable[Json] = ()) -> None:
        self.url: str = source["url"]
        self.name = str(source.get("name", self.url))
        self.is_whole = source.get("content", "complete") in WHOLE and bool(source.get("concept"))
        self.fold = source.get("caseSensitive") is not True
        self.codes: dict[str, set[str]] = {}
        self.properties: dict[str, list[Json]] = {}
        self._read(source.get("concept") or [], "")
        for extra in supplements:
            self._read(extra.get("concept") or [], "")
        if self.fold:
            for code in list(self.codes):
                self.codes.setdefault(code.lower(), self.codes[code])

    def _read(self, concepts: list[Json], parent: str) -> None:
        for concept in concepts:
            code = concept.get("code", "")
            parents = self.codes.setdefault(code, set())
            if parent:
                parents.add(parent)
            if "display" in concept:
                self.properties.setdefault(code, []).append({"code": "display", "value": concept["display"]})
            for entry in concept.get("property", ()):
                self.properties.setdefault(code, []).append(entry)
                if entry.get("code") in ("parent", "subsumedBy"):
                    parents.add(str(entry.get("valueCode", "")))
            self._read(concept.get("concept") or [], code)

    def has(self, code: str) -> bool:
        """Whether the system has the code, in any case when it does not mind."""
        return code in self.codes or (self.fold and code.lower() in self.codes)

    def is_below(self, code: str, top: str) -> bool:
        """Whether a code is the top one or below it."""
        seen: set[str] = set()
        waiting = [code]
        while waiting:
            at = waiting.pop()
            if at == top:
                return True
            if at not in seen:
                seen.add(at)
                waiting.extend(self.codes.get(at, ()))
        return False


Test = Callable[[str], bool | None]


class ValueSet:
    """A compiled value set: for each system a test of a code."""

    __slots__ = ("closed", "name", "parts", "url")

    def __init__(self, url: str, name: str) -> None:
        self.url, self.name = url, name
        self.parts: list[tuple[str, Test]] = []
        self.closed: list[tuple[str, Test]] = []  # what is taken away

    def has(self, system: str, code: str) -> bool | None:
        """Whether the coding is a member; None when that cannot be judged."""
        verdict = _any(test(code) for s, test in self.parts if s in (system, ""))
        if verdict is False:
            return False
        taken = _any(test(code) for s, test in self.closed if s in (system, ""))
        return False if taken else (None if taken is None and verdict else verdict)

    def has_code(self, code: str) -> bool | None:
        """Whether a bare code is a member with any of the systems."""
        return _any(self.has(s, code) for s in dict.fromkeys(s for s, _ in self.parts))


def _any(answers: Iterable[bool | None]) -> bool | None:
    unsure = False
    for answer in answers:
        if answer:
            return True
        unsure = unsure or answer is None
    return None if unsure else False


class Terminology:
    """Value sets and code systems, compiled when first asked for and kept."""

    def __init__(self, definitions: Definitions) -> None:
        self.definitions = definitions
        self._sets: dict[str, ValueSet] = {}
        self._systems: dict[str, CodeSystem] = {}

    def value_set(self, canonical: str, depth: int = 0) -> ValueSet | None:
        """The value set; None when it is not loaded."""
        if canonical not in self._sets and (source := self.definitions.value_set(canonical)):
            self._sets[canonical] = self._compile(source, depth)
        return self._sets.get(canonical)

    def system(self, url: str) -> CodeSystem | None:
        """The code system; None when it is not loaded."""
        if url not in self._systems and (source := self.definitions.code_system(url)):
            self._systems[url] = CodeSystem(source, self.definitions.supplements(url))
        return self._systems.get(url)

    def known(self, system: str, code: str) -> bool | None:
        """Whether a system has the code; None when the system is not here or not whole."""
        if rule := RULES.get(system):
            return rule(code)
        if system.startswith(EXTERNAL):
            return None
        found = self.system(system)
        if found is None:
            return None
        return True if found.has(code) else (False if found.is_whole else None)

    def _compile(self, source: Json, depth: int) -> ValueSet:
        made = ValueSet(
            source.get("url", ""), source.get("title") or source.get("name") or source.get("url", "")
        )
        compose = source.get("compose") or {}
        expansion = (source.get("expansion") or {}).get("contains")
        if not compose.get("include") and expansion:
            made.parts = list(self._expanded(expansion))
            return made
        if depth > MAX_DEPTH:
            return made
        made.parts = [p for i in compose.get("include") or [] for p in self._part(i, depth)]
        made.closed = [p for i in compose.get("exclude") or [] for p in self._part(i, depth)]
        return made

    def _expanded(self, contains: list[Json]) -> Iterator[tuple[str, Test]]:
        by_system: dict[str, set[str]] = {}
        waiting = list(contains)
        while waiting:
            entry = waiting.pop()
            if "code" in entry and not entry.get("abstract"):
                by_system.setdefault(entry.get("system", ""), set()).add(entry["code"])
            waiting.extend(entry.get("contains") or [])
        for system, codes in by_system.items():
            yield system, _listed(frozenset(codes))

    def _part(self, part: Json, depth: int) -> list[tuple[str, Test]]:
        inner = [self.value_set(str(v), depth + 1) for v in part.get("valueSet") or []]
        system = part.get("system")
        if system is None:
            return [(s, _all_of(inner, s)) for s in _common(inner)]
        test = self._system_test(system, part)
        if not inner:
            return [(system, test)]
        limits = _all_of(inner, system)

        def both(code: str) -> bool | None:
            first, second = test(code), limits(code)
            return (
                False
                if first is False or second is False
                else (None if first is None or second is None else True)
            )

        return [(system, both)]

    def _system_test(self, url: str, part: Json) -> Test:
        if concepts := part.get("concept"):
            codes = frozenset(c.get("code", "") for c in concepts)
            found = self.system(url)
            if found is not None and found.fold:
                folded = frozenset(c.lower() for c in codes)
                return lambda code: code.lower() in folded
            return _listed(codes)
        if filters := part.get("filter"):
            tests = [self._filter(url, f) for f in filters]
            return lambda code: _all(t(code) for t in tests)
        return lambda code: self._in_system(url, code)

    def _in_system(self, url: str, code: str) -> bool | None:
        """Whether a code is in a system that a value set has the whole of: among the codes known here."""
        found = self.known(url, code)
        if found is None and url not in RULES and not url.startswith(EXTERNAL):
            system = self.system(url)
            return False if system is not None and system.codes else None
        return found

    def _filter(self, url: str, spec: Json) -> Test:
        op, prop, value = spec.get("op", ""), spec.get("property", ""), str(spec.get("value", ""))
        system = self.system(url)
        if system is None or not system.codes or url.startswith(EXTERNAL):
            return lambda _: None
        if prop in ("concept", "code") and op in ("is-a", "descendent-of", "is-not-a", "in", "not-in", "="):
            return _hierarchy(system, op, value)
        if prop in ("concept", "code") and op == "generalizes":
            return lambda code: system.has(code) and system.is_below(value, code)
        if op == "regex" and prop in ("concept", "code"):
            pattern = re.compile(value)
            return lambda code: system.has(code) and bool(pattern.fullmatch(code))
        if op in ("=", "exists", "in", "not-in", "regex"):
            return _property(system, op, prop, value)
        return lambda _: None


def _hierarchy(system: CodeSystem, op: str, value: str) -> Test:
    listed = frozenset(v.strip() for v in value.split(","))
    tests: dict[str, Test] = {
        "is-a": lambda code: system.has(code) and system.is_below(code, value),
        "descendent-of": lambda code: system.has(code) and code != value and system.is_below(code, value),
        "is-not-a": lambda code: system.has(code) and not system.is_below(code, value),
        "in": lambda code: code in listed,
        "not-in": lambda code: system.has(code) and code not in listed,
        "=": lambda code: code == value,
    }
    return tests[op]


def _next_to(system: CodeSystem, prop: str, value: str) -> Test:
    """Codes right below or above another, of a system that nests them (codesystem.html: parent and child)."""
    if prop == "parent":
        return lambda code: value in system.codes.get(code, ())
    return lambda code: system.has(code) and code in system.codes.get(value, ())


def _property(system: CodeSystem, op: str, prop: str, value: str) -> Test:
    """A filter by a property; not judged when none of the system's codes has it here."""
    found = {
        code: [_text(p) for p in properties if p.get("code") == prop]
        for code, properties in system.properties.items()
    }
    if not any(found.values()):
        if op == "=" and prop in ("parent", "child"):
            return _next_to(system, prop, value)
        return lambda code: None if system.has(code) else False
    listed = [v.strip() for v in value.split(",")]
    pattern = re.compile(value if op == "regex" else "")
    tests: dict[str, Callable[[list[str]], bool]] = {
        "=": lambda values: value in values,
        "exists": lambda values: bool(values) == (value == "true"),
        "in": lambda values: any(v in listed for v in values),
        "not-in": lambda values: not any(v in listed for v in values),
        "regex": lambda values: any(pattern.fullmatch(v) for v in values),
    }
    return lambda code: system.has(code) and tests[op](found.get(code, []))


def _text(entry: Json) -> str:
    value = next((v for k, v in entry.items() if k.startswith("value")), "")
    return str(value).lower() if isinstance(value, bool) else str(value)


def _listed(codes: frozenset[str]) -> Test:
    return codes.__contains__


def _all(answers: Iterable[bool | None]) -> bool | None:
    unsure = False
    for answer in answers:
        if answer is False:
            return False
        unsure = unsure or answer is None
    return None if unsure else True


def _common(sets: list[ValueSet | None]) -> list[str]:
    known = [s for s in sets if s is not None]
    if len(known) < len(sets):
        return [""]
    return list(dict.fromkeys(system for s in known for system, _ in s.parts))


def _all_of(sets: list[ValueSet | None], system: str) -> Test:
    def check(code: str) -> bool | None:
        return _all(None if s is None else s.has(system, code) for s in sets)

    return check
