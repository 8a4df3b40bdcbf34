"""Extensions: known, in their place, of the right kind.

https://hl7.org/fhir/R4/extensibility.html
"""

from __future__ import annotations

from typing import Any

from adapter.validation.fhirpath.evaluate import Env, FhirPathError, TooCostly
from adapter.validation.fhirpath.values import Node
from adapter.validation.places import Place
from adapter.validation.plans import Content, Field, Resolved
from adapter.validation.repairs import MOVED
from adapter.validation.run import Run, Scope

Json = dict[str, Any]
NAMES = ("extension", "modifierExtension")
STEPS = 100_000
MANY = 4096  # places that one extension is remembered to fit
CORE_EXTENSION = "http://hl7.org/fhir/StructureDefinition/Extension"


def check_extension(  # noqa: PLR0913, PLR0917 a value and where it stands
    run: Run, field: Field, resolved: Resolved, value: Json, here: Place, scope: Scope
) -> None:
    """Judge one extension by its own definition, and by what the profile says at this place."""
    url = value.get("url")
    _ext_1(run, value, here)
    if not isinstance(url, str) or not url:
        run.say("extension-url-missing", here)
        _walk(run, resolved.contents or [run.engine.compiler.of_type("Extension")], value, here, scope)
        return
    inline = [c for c in resolved.contents if field.element.slice_name or c.type != "Extension"]
    if ":" not in url:
        _relative(run, field, url, here)
        _walk(run, resolved.contents, value, here, scope)
        return
    definition = run.engine.content(url, run, here)
    if definition is None:
        _unknown(run, url, here)
        _walk(run, resolved.contents, value, here, scope)
        return
    if definition.type != "Extension":
        run.say("extension-not-extension", here, url=url, found=definition.type)
        return
    _modifier(run, field, definition, url, here)
    _context(run, url, here, scope)
    run.walk_whole(definition, value, here, scope)
    _walk(run, [c for c in inline if c.url != definition.url], value, here, scope)


def _unknown(run: Run, url: str, here: Place) -> None:
    run.say("extension-unknown", here, severity="information" if run.engine.any_extension else "", url=url)


def _walk(run: Run, contents: list[Content], value: Json, here: Place, scope: Scope) -> None:
    for content in contents:
        run.walk(run, content, value, here, scope)


def _ext_1(run: Run, value: Json, here: Place) -> None:
    has_value = any(k.startswith(("value", "_value")) for k in value)
    if has_value == ("extension" in value):
        run.say("ext-1", here)


def _relative(run: Run, field: Field, url: str, here: Place) -> None:
    """A part of a complex extension has a bare name, which the definition of that extension must list.

    A profile that only walks through the extension (``Communication.payload.extension…``) lists nothing.
    """
    outer = here[0] if here else None
    if outer is None or outer[2] not in NAMES:
        run.say("extension-url-relative", here)
    elif not field.element.slice_name and _is_extension(field):
        _unknown(run, url, here)


def _is_extension(field: Field) -> bool:
    """Whether a field is walked by the definition of an extension, and not by a profile or by core's type."""
    owner = field.element.owner
    return owner.tree.name == "Extension" and owner.url != CORE_EXTENSION


def is_modifier_right(field: Field, definition: Content) -> bool:
    """Whether an extension stands where its definition says: among the modifiers or not."""
    return (field.key == "modifierExtension") == bool(definition.owner.tree.defn.get("isModifier"))


def relative_check(field: Field, url: str) -> Any:
    """The rule of bare names as a quick test."""

    def test(at: Any, _value: Any, here: Place) -> bool:
        _relative(at.run, field, url, here)
        return True

    return test


def context_check(engine: Any, url: str) -> Any:
    """The rule of contexts as a quick test; None when the extension may stand anywhere."""
    source = engine.definitions.structure(url)
    contexts, rules = _contexts(source), source.get("contextInvariant")
    if not rules and _is_anywhere(contexts):
        return None
    right: set[tuple[str, ...]] | None = None
    if not rules and all(c.get("type") == "element" for c in contexts):
        right = set()

    def test(at: Any, _value: Any, here: Place) -> bool:
        way = () if right is None else _way(here, at.scope)
        if right is None or way not in right:
            _context(at.run, url, here, at.scope)
            if right is not None and len(right) < MANY:
                right.add(way)
        return True

    return test


def _way(here: Place, scope: Scope) -> tuple[str, ...]:
    """The type of the resource and the names from an element up to it."""
    steps = [scope.type]
    while here is not None and here is not scope.place:
        steps.append(here[2])
        here = here[0]
    return tuple(steps)


def _contexts(source: Json) -> list[Json]:
    """Where an extension may stand; of one that R4 places wrongly, where R4 itself has it."""
    return MOVED.get(str(source.get("url"))) or source.get("context") or []


def _is_anywhere(contexts: list[Json]) -> bool:
    return not contexts or any(
        c.get("expression") == "Element" and c.get("type") == "element" for c in contexts
    )


def _modifier(run: Run, field: Field, definition: Content, url: str, here: Place) -> None:
    is_modifier = bool(definition.owner.tree.defn.get("isModifier"))
    if field.key == "modifierExtension" and not is_modifier:
        run.say("extension-not-modifier", here, url=url)
    elif field.key == "extension" and is_modifier:
        run.say("extension-modifier", here, url=url)


def _context(run: Run, url: str, here: Place, scope: Scope) -> None:
    source = run.engine.definitions.structure(url)
    contexts = _contexts(source)
    if _is_anywhere(contexts):
        fits = True
    else:
        names = element_names(run, here, scope)
        fits = any(_fits(run, c, names, here, scope) for c in contexts)
    if not fits:
        wanted = ", ".join(str(c.get("expression")) for c in contexts)
        run.say("extension-context", here[0] if here else None, url=url, wanted=wanted)
    for rule in source.get("contextInvariant") or []:
        _context_invariant(run, rule, url, here, scope)


def _fits(run: Run, context: Json, names: set[str], here: Place, scope: Scope) -> bool:
    expression = str(context.get("expression", ""))
    if context.get("type") == "extension":
        return any(u == expression for u in _around(scope, here))
    if context.get("type") == "fhirpath":
        return _fits_fhirpath(run, expression, here, scope)
    bare = (
        expression.rpartition("#")[2] if expression.startswith("http") and "#" in expression else expression
    )
    return bare in names or bare.removesuffix("[x]") in names


def _around(scope: Scope, here: Place) -> list[Any]:
    """The urls of the extensions that a place is in, the nearest first."""
    found: list[Any] = []
    at = here[0] if here else None
    while at is not None and at is not scope.place:
        if at[2] in NAMES:
            inner = container(scope, (at, "", "", -1))
            found.append(inner.get("url") if isinstance(inner, dict) else None)
        at = at[0]
    return found[:1]


def _fits_fhirpath(run: Run, expression: str, here: Place, scope: Scope) -> bool:
    outer = container(scope, here)
    focus = [Node(scope.resource, None, scope.type)]
    try:
        found = run.engine.fhirpath(expression)(Env(run, scope, focus, STEPS), focus)
    except (FhirPathError, TooCostly):
        return False
    return any(type(n) is Node and (n.value is outer or n.sibling is outer) for n in found) or (
        len(found) == 1 and found[0] is True
    )


def _context_invariant(run: Run, rule: str, url: str, here: Place, scope: Scope) -> None:
    outer = container(scope, here)
    focus = [Node(outer, None, _type_at(run, here[0] if here else None, scope))]
    try:
        found = run.engine.fhirpath(rule)(Env(run, scope, focus, STEPS), focus)
    except (FhirPathError, TooCostly):
        return
    if found and found[0] is False:
        run.say("extension-context", here[0] if here else None, url=url, wanted=rule)


def chain(here: Place, scope: Scope) -> list[tuple[str, str, int]]:
    """The steps (label, key, index) from the resource of the scope to a place."""
    steps: list[tuple[str, str, int]] = []
    while here is not None and here is not scope.place:
        steps.append(here[1:])
        here = here[0]
    return steps[::-1]


def container(scope: Scope, here: Place) -> Any:
    """The object that holds the extension at a place (for a primitive, the object beside its value)."""
    node: Any = scope.resource
    for _, key, index in chain(here, scope)[:-1]:
        found = (
            node.get("_" + key, node.get(key))
            if isinstance(node, dict) and not _is_complex(node, key)
            else node[key]
        )
        node = found if index < 0 or not isinstance(found, list) else found[index]
    return node


def _is_complex(node: Json, key: str) -> bool:
    value = node.get(key)
    sample = value[0] if isinstance(value, list) and value else value
    return isinstance(sample, dict)


def _type_at(run: Run, here: Place, scope: Scope) -> str:
    name = scope.type
    for _, key, _ in chain(here, scope):
        info = run.engine.model.type(name)
        name = info.keys[key][1] if info and key in info.keys else "Element"
    return name


def element_names(run: Run, here: Place, scope: Scope) -> set[str]:
    """All the names of the element that holds the extension: by path, by type, by what that specialises."""
    model = run.engine.model
    steps = chain(here, scope)[:-1]
    name, paths = scope.type, set(_types(model, scope.type))
    for label, key, _ in steps:
        info = model.type(name)
        if info is None or key not in info.keys:
            return paths
        prop, name = info.keys[key]
        stem = prop.name
        ends = {stem, key, stem + "[x]"} if prop.is_choice else {label}
        if "." in name:  # a nested element has its path for a type
            inner = model.type(name)
            own = {name, *_types(model, inner.code if inner else "")}
        else:
            own = set(_types(model, name))
        paths = {f"{p}.{e}" for p in paths for e in ends} | own
    return paths


def _types(model: Any, name: str) -> list[str]:
    found = []
    while name and name not in found:
        found.append(name)
        info = model.type(name)
        name = info.base if info else ""
    return found
