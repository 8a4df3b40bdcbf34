"""Says at once that a value is right; whatever it doubts is left to ``walk``, which finds the words.

Nearly all that is judged is right, and to see that needs neither slices by name nor sentences. Plans are
compiled to tests, ``test(at, value, place) -> bool``: True only when ``walk`` would have nothing to say of
the value. The checks of single values are those of ``walk``: in a trial ``Run.say`` raises ``Doubt``.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from adapter.recalled import LONGEST
from adapter.validation.extensions import context_check, is_modifier_right, relative_check
from adapter.validation.places import Place
from adapter.validation.plans import Constraint, Content, Element, Field, Resolved
from adapter.validation.quick_slices import chooser, rules, sliced
from adapter.validation.quick_values import PRIMITIVES, remembered, shorter
from adapter.validation.run import Run, Scope
from adapter.validation.slicing import DEFAULT

Json = dict[str, Any]
Test = Callable[["At", Any, Place], bool]
MOST_URLS = 1_000  # of extensions at one place, that are remembered


class At:
    """What a trial knows besides the value: the run and the resource around."""

    __slots__ = ("run", "scope", "with_invariants")

    def __init__(self, run: Run, scope: Scope) -> None:
        self.run, self.scope, self.with_invariants = run, scope, run.with_invariants


def never(_at: At, _value: Any, _place: Place) -> bool:
    """The test of what only ``walk`` can judge."""
    return False


def _always(_at: At, _value: Any, _place: Place) -> bool:
    return True


class Quick:
    """Compiles plans to tests, each when it is first needed."""

    gives_places = False  # to bare primitives as well, whose tests have no use for them

    def __init__(self, engine: Any) -> None:
        self.engine = engine

    def seen(self, test: Any, _names: frozenset[str] | None = None) -> Any:
        """A test that looks at a value as such: all of it, or only at properties of these names."""
        return test

    def of_constraints(self, constraints: Sequence[Constraint], code: str) -> list[Test]:
        """The test of invariants."""
        return [invariants(constraints, code)] if constraints else []

    def is_right(self, run: Run, content: Content, value: Any, place: Place, scope: Scope) -> bool:
        """Whether a value follows a plan so plainly that nothing can be said of it."""
        test = content.quick or self.of_content(content)
        return run.tries(lambda: test(At(run, scope), value, place))

    def of_content(self, content: Content) -> Test:
        """The test of an object by its plan."""
        if content.quick is None:
            content.quick = self._object(content)
        found: Test = content.quick
        return found

    def _object(self, content: Content) -> Test:
        fields, tests = content.fields, dict[str, Test]()
        beside: dict[tuple[str, bool], Test] = {}  # of primitives: with a value, and without
        if content.known is not None and content.known.is_resource:
            tests["resourceType"] = _always
        required = frozenset(e.name for e in content.required if not e.prop.is_choice)

        def find(key: str, value: Json) -> Test:
            if key in fields:
                return tests.setdefault(key, self._field(fields[key]))
            field = fields.get(key[1:])
            if field is None or field.sibling != key:
                return never
            which = key, field.key in value
            return beside.get(which) or beside.setdefault(which, self._beside(field, has_value=which[1]))

        get = tests.get

        def test(at: At, value: Any, place: Place) -> bool:
            if type(value) is not dict or not value:
                return False
            for key, inner in value.items():
                if not (get(key) or find(key, value))(at, inner, place):
                    return False
            return required <= value.keys() and not (len(value) == 1 and "id" in value)

        return _with_choices(content, test) if any(e.prop.is_choice for e in content.elements) else test

    # one property

    def _field(self, field: Field) -> Test:
        element = field.element
        if field.is_resource or element.max == 0:
            return never
        if element.is_sliced:
            return self._sliced(field)
        item = self._item(field)
        if field.many:
            return _list(field, item)
        is_bare = (
            field.primitive is not None and not field.resolve().checks and not field.resolve().constraints
        )
        if is_bare and not self.gives_places:
            return item
        label, key = field.label, field.key
        return lambda at, value, place: item(at, value, (place, label, key, -1))

    def _item(self, field: Field) -> Test:
        """The test of one value, which takes the value's own place."""
        resolved = field.resolve()
        if resolved.missing or resolved.alternatives or resolved.needs_sibling:
            return never
        if field.primitive is not None:
            parts = [self.seen(PRIMITIVES[field.code])]
        elif field.is_extension:
            parts = [self._extension(field, resolved)]
        elif resolved.contents:
            parts = [self.of_content(c) for c in resolved.contents]
        else:
            return never
        parts += [self.seen(remembered(check, field)) for check in resolved.checks]
        if resolved.contents == [self.engine.compiler.of_type(field.code)] and len(resolved.checks) == 1:
            parts = [shorter(field, self._joined(parts, [], field.code), self.seen)]
        return self._joined(parts, resolved.constraints, field.code)

    def _beside(self, field: Field, *, has_value: bool) -> Test:
        """The test of the object beside a primitive (``_start``); what checks a value looks at that alone."""
        element, resolved = field.element, field.resolve()
        if field.many or element.is_sliced or element.max == 0 or resolved.constraints:
            return never
        if resolved.missing or resolved.alternatives:
            return never
        contents = [self.of_content(c) for c in resolved.contents]
        checks = [] if has_value else resolved.checks
        label, key = field.label, field.key

        def test(at: At, sibling: Any, place: Place) -> bool:
            if type(sibling) is not dict or not sibling or not (has_value or "extension" in sibling):
                return False
            here = (place, label, key, -1)
            for check in checks:
                check(at.run, field, None, sibling, here, at.scope)
            return all(content(at, sibling, here) for content in contents)

        return test

    def _joined(self, parts: Sequence[Test], constraints: list[Constraint], code: str) -> Test:
        """All the tests, and the invariants."""
        parts = [*parts, *self.of_constraints(constraints, code)]
        if len(parts) == 1:
            return parts[0]
        if len(parts) == 2:  # noqa: PLR2004 the usual number, without a loop
            first, second = parts
            return lambda at, value, here: first(at, value, here) and second(at, value, here)

        def every(at: At, value: Any, here: Place) -> bool:
            for part in parts:  # noqa: SIM110 a generator costs more than the tests
                if not part(at, value, here):
                    return False
            return True

        return every

    def _sliced(self, field: Field) -> Test:
        element = field.element
        named = [s for s in element.slices if s.slice_name != DEFAULT]
        default = next((s for s in element.slices if s.slice_name == DEFAULT), None)
        if any(s.is_sliced for s in named):
            return never
        tests = [self._item(s.fields.get(field.key, field)) for s in named]
        rest = self._item(default.fields.get(field.key, field) if default else field)
        if element.rules == "closed" and default is None:
            rest = never
        which = self.seen(chooser(self.engine, element, named, field))
        test: Test = sliced(field, which, [*tests, rest], rules(element, named))
        return test

    # extensions

    def _extension(self, field: Field, resolved: Resolved) -> Test:
        """The test of an extension at one place of a plan, by its url."""
        by_url: dict[str, Test] = {}

        def test(at: At, value: Any, here: Place) -> bool:
            url = value.get("url") if type(value) is dict else None
            if type(url) is not str:
                return False
            found = by_url.get(url)
            if found is None:
                found = self._of_url(field, resolved, url)
                if found is not never and len(by_url) < MOST_URLS and len(url) <= LONGEST:
                    by_url[url] = found
            return found(at, value, here)

        return test

    def _of_url(self, field: Field, resolved: Resolved, url: str) -> Test:
        if ":" not in url:
            return self._joined(
                [_ext_1, relative_check(field, url), *map(self.of_content, resolved.contents)], [], ""
            )
        definition = self.engine.content(url)
        if definition is None or definition.type != "Extension" or not is_modifier_right(field, definition):
            return never
        parts = [_ext_1, self.of_content(definition)]
        if (context := context_check(self.engine, url)) is not None:
            parts.append(self.seen(context))
        if (root := definition.root_field()) is not None:
            parts += [self.seen(remembered(check, root)) for check in self.engine.checks_of(root)]
        parts += [
            self.of_content(c)
            for c in resolved.contents
            if c.url != definition.url and (field.element.slice_name or c.type != "Extension")
        ]
        return self._joined(parts, definition.constraints, "Extension")


def _with_choices(content: Content, test: Test) -> Test:
    """The test of an object with choices: each in one type, and those there that must be."""
    groups = [_keys(e) for e in content.elements if e.prop.is_choice]
    needed = [_keys(e).keys() for e in content.required if e.prop.is_choice]

    def with_choices(at: At, value: Any, place: Place) -> bool:
        if not test(at, value, place):
            return False
        for keys in groups:
            if len(value) > 1 and len({keys[k] for k in value if k in keys}) > 1:
                return False
        return not needed or not any(keys.isdisjoint(value) for keys in needed)

    return with_choices


def _keys(element: Element) -> dict[str, str]:
    """The JSON names of a choice, those beside primitives too, with the type's own name of each."""
    return {key: f.key for f in element.fields.values() for key in (f.key, f.sibling) if key}


def _ext_1(_at: At, value: Any, _here: Place) -> bool:
    for key in value:
        if key.startswith(("value", "_value")):
            return "extension" not in value
    return "extension" in value


def _list(field: Field, item: Test) -> Test:
    low, high, label, key = max(1, field.element.min), field.element.max, field.label, field.key

    def test(at: At, values: Any, place: Place) -> bool:
        if type(values) is not list or not low <= len(values) <= high:
            return False
        index = 0
        for value in values:
            if not item(at, value, (place, label, key, index)):
                return False
            index += 1  # noqa: SIM113 enumerate makes a tuple more for each
        return True

    return test


def invariants(constraints: Sequence[Constraint], code: str) -> Test:
    """The test of invariants, one after another."""

    def test(at: At, value: Any, _here: Place) -> bool:
        return not at.with_invariants or at.run.holds(constraints, value, code, at.scope)

    return test
