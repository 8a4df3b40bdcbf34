"""Says that a resource is right because one that differs from it only in free texts was.

The quick tests of a resource are run once while it is noted which test looked at which value. All of them
hang on nothing but that value, the place and the run. A resource with the same skeleton therefore goes the
same way through them, and every test gives what it gave, save those that looked at a value with free text
in it: these are asked again. An invariant is not, when its expression names no property that is free.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, NamedTuple

from adapter.validation.fhirpath.evaluate import FhirPathError
from adapter.validation.fhirpath.looks import looks_at
from adapter.validation.fhirpath.parse import parse
from adapter.validation.places import Place, keys
from adapter.validation.plans import Constraint, Content
from adapter.validation.primitives import ID
from adapter.validation.quick import At, Quick, Test, invariants
from adapter.validation.repairs import REPAIRS
from adapter.validation.run import Run, Scope
from adapter.validation.skeleton import Path, Skeleton, free_paths, skeleton

Json = dict[str, Any]
REMEMBERED = 2_000  # skeletons; a few kilobytes each
LARGEST = 20_000  # characters of one; a larger one is not remembered
SELDOM = 50
WITH_RULES_OF_THEIR_OWN = frozenset({"Bundle", "Parameters", "QuestionnaireResponse"})


class Note(NamedTuple):
    """That a test looked at a value, and what it answered; ``names`` when it looks at those alone."""

    test: Test
    names: frozenset[str] | None
    value: Any
    place: Place
    answer: Any


class Again(NamedTuple):
    """The tests to ask again of whatever has a skeleton."""

    texts: tuple[tuple[int, Test], ...]  # of a free text, by its number
    values: tuple[tuple[Path, Test, Place, Any], ...]  # of a value with free text below it


class Noting(At):
    """A trial in which it is noted what was looked at."""

    __slots__ = ("notes",)

    def __init__(self, run: Run, scope: Scope, notes: list[Note]) -> None:
        self.run, self.scope, self.with_invariants = run, scope, run.with_invariants
        self.notes = notes


class NotingQuick(Quick):
    """The quick tests, each of which notes what it looked at."""

    gives_places = True

    def __init__(self, engine: Any) -> None:
        super().__init__(engine)
        self._tests: dict[Content, Test] = {}

    def of_content(self, content: Content) -> Test:
        """The test of an object by its plan."""
        if content not in self._tests:
            self._tests[content] = self._object(content)
        return self._tests[content]

    def seen(self, test: Any, names: frozenset[str] | None = None) -> Any:
        """The test, with a note of what it looked at."""

        def noted(at: Any, value: Any, place: Place) -> Any:
            answer = test(at, value, place)
            at.notes.append(Note(test, names, value, place, answer))
            return answer

        return noted

    def of_constraints(self, constraints: Sequence[Constraint], code: str) -> list[Test]:
        """The test of each invariant by itself."""
        return [self.seen(invariants([c], code), _named_in(c)) for c in constraints]


class Alike:
    """Remembers what is right. Any number of threads may ask."""

    def __init__(self, engine: Any, *, with_invariants: bool = True) -> None:
        self._engine, self._with_invariants = engine, with_invariants
        self._quick = NotingQuick(engine)
        self._known: dict[Skeleton, Again] = {}
        self._in_vain: dict[Skeleton, int] = {}  # how often it was not sure

    def is_right(self, resource: Json) -> bool:
        """Whether nothing can be said of a resource; when it is not sure, the answer is no."""
        shape, texts = skeleton(resource)
        again = self._known.get(shape)
        if again is None:
            return self._is_learned(resource, shape, texts)
        at = self._noting(resource, [])
        return at.run.tries(lambda: _holds_again(again, at, resource, texts))

    def _is_learned(self, resource: Json, shape: Skeleton, texts: list[Any]) -> bool:
        """Whether a resource of a new skeleton is right; one that was not is seldom asked about again."""
        times = self._in_vain.get(shape, 0)
        again = self._learn(resource, texts) if times % SELDOM == 0 else None
        if again is None:
            _keep(self._in_vain, shape, times + 1)
            return False
        _keep(self._known, shape, again)
        return True

    def _noting(self, resource: Json, notes: list[Note]) -> Noting:
        kind = resource["resourceType"]
        run = Run(self._engine, kind, with_invariants=self._with_invariants)
        return Noting(run, Scope(resource, kind, None, None), notes)

    def _learn(self, resource: Json, texts: list[Any]) -> Again | None:
        """Run all tests, with notes. None when the resource may be wrong, or is of a kind with more rules."""
        kind = resource.get("resourceType")
        if kind not in self._engine.resource_names or kind in WITH_RULES_OF_THEIR_OWN:
            return None
        if "contained" in resource or self._engine.is_canonical(resource):
            return None
        at = self._noting(resource, [])
        if not at.run.tries(lambda: self._is_right(at, resource)):
            return None
        return _to_ask(at.notes, resource, texts)

    def _is_right(self, at: Noting, resource: Json) -> bool:
        identity = self._quick.seen(_is_id)
        for content in self._engine.contents(at.run, resource, at.scope.type, None, ()):
            rules = self._quick.of_constraints(content.constraints, content.type)
            for test in (self._quick.of_content(content), *rules):
                if not test(at, resource, None):
                    return False
        return "id" not in resource or bool(identity(at, resource["id"], (None, "id", "id", -1)))


def _keep(known: dict[Skeleton, Any], shape: Skeleton, found: Any) -> None:
    """Remember, and forget the oldest when there are too many; what is large is not for remembering."""
    if len(repr(shape)) > LARGEST:
        return
    if len(known) >= REMEMBERED and shape not in known:
        known.pop(next(iter(known)), None)
    known[shape] = found


def _is_id(_at: Any, value: Any, _place: Place) -> bool:
    return type(value) is str and ID.fullmatch(value) is not None


def _holds_again(again: Again, at: Noting, resource: Json, texts: list[Any]) -> bool:
    for number, test in again.texts:
        if not test(at, texts[number], None):
            return False
    for path, test, place, answer in again.values:
        value: Any = resource
        for step in path:
            value = value[step]
        if test(at, value, place) != answer:
            return False
    return True


def _to_ask(notes: list[Note], resource: Json, texts: list[Any]) -> Again | None:
    """Of what was noted, that which may turn out otherwise with other free texts."""
    paths = free_paths(resource)
    if len(paths) != len(texts):
        return None
    numbers = {path: number for number, path in enumerate(paths)}
    free_names = {next(step for step in reversed(path) if type(step) is str) for path in paths}
    above = {path[:length] for path in paths for length in range(len(path))}
    of_texts: dict[tuple[int, Test], None] = {}
    of_values: dict[tuple[Path, Test], tuple[Place, Any]] = {}
    for note in notes:
        path = _path(resource, note.place)
        if path == ("id",) and note.test is not _is_id:
            continue  # which asks for as much as all the others
        if path in numbers and note.value == texts[numbers[path]]:
            if note.answer:  # else it was right for another reason, which was noted too
                of_texts[numbers[path], note.test] = None
        elif path in above and (note.names is None or _meet(note.names, free_names)):
            of_values[path, note.test] = note.place, note.answer
    return Again(tuple(of_texts), tuple((*of, *found) for of, found in of_values.items()))


def _path(resource: Json, place: Place) -> Path:
    """A place as the way through the JSON: what is inside a primitive lies in the object beside it."""
    path: list[str | int] = []
    *outer, last = keys(place) or ("",)
    value: Any = resource
    for step in outer:
        is_primitive = type(step) is str and not isinstance(value.get(step), (dict, list))
        path.append(f"_{step}" if is_primitive else step)
        value = value[path[-1]]
    return (*path, last) if place else ()


def _meet(names: frozenset[str], free: set[Any]) -> bool:
    """Whether a free property may be meant by a name: that of a choice is where its key begins.

    A reference keeps its type, so that who looks at no more than that does not look at what is free.
    """
    if "reference" in free and "reference/" in names:
        names -= {"reference/"}
    return any(key.startswith(name.removesuffix("/")) for key in free for name in names)


def _named_in(constraint: Constraint) -> frozenset[str] | None:
    """The properties that an invariant looks at; None when that cannot be told."""
    try:
        return looks_at(parse(REPAIRS.get(constraint.expression, constraint.expression)))
    except FhirPathError:
        return None
