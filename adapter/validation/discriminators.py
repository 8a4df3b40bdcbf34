"""A slice's discriminators compiled to one test.

https://hl7.org/fhir/R4/profiling.html#discriminator
"""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

from adapter.validation import fixed
from adapter.validation.elements import Elem
from adapter.validation.fhirpath.evaluate import Env, FhirPathError, TooCostly
from adapter.validation.fhirpath.values import Node
from adapter.validation.model import type_code
from adapter.validation.places import Place
from adapter.validation.plans import RESOURCES, Element
from adapter.validation.run import Run, Scope

Json = dict[str, Any]
Test = Callable[[Run, Any, Any, str, Place, Scope], bool]
NodeTest = Callable[[Run, Any, Place, Scope], bool]
STEPS = 100_000
_STEP = re.compile(r"\.(?![^(]*\))")
_CALL = re.compile(r"(\w+)\((.*)\)")


def matcher(engine: Any, element: Element, part: Element) -> Test:
    """The test of one slice, by the discriminators that it says something of.

    A slice without a usable one matches nothing and says so once.
    """
    if not element.discriminators:
        return _unusable(element, "discriminator", "warning")
    tests = [t for d in element.discriminators if (t := _test(engine, part, d)) is not None]
    if not tests:
        paths = ", ".join(f"{d.get('type')}:{d.get('path')}" for d in element.discriminators)
        return _unusable(element, f"{paths}, {part.slice_name}", "error")
    if len(tests) == 1:
        return tests[0]
    return lambda *args: all(t(*args) for t in tests)


def _unusable(element: Element, detail: str, severity: str) -> Test:
    def test(run: Run, _v: Any, _s: Any, _c: str, here: Place, _scope: Scope) -> bool:
        values = {"element": element.path, "profile": element.owner.url, "detail": detail}
        run.say("slice-discriminator", here, severity=severity, **values)
        return False

    return test


def _test(engine: Any, part: Element, discriminator: Json) -> Test | None:
    path, kind = str(discriminator.get("path", "$this")), discriminator.get("type", "value")
    if path.startswith("$this."):
        path = path.removeprefix("$this.")
    elems = criteria(engine, part.elem, path)
    if kind == "exists":
        return _exists(engine, path, elems)
    if not elems:
        return None
    if kind == "type":
        return _typed(engine, path, elems)
    if kind == "profile":
        return _profiled(engine, path, elems)
    return _valued(engine, path, elems)


def criteria(engine: Any, elem: Elem, path: str) -> list[Elem]:
    """The element definitions of a slice that a discriminator's path leads to."""
    found = [elem]
    if path in ("$this", ""):
        return found
    for step in _STEP.split(path):
        found = [n for e in found for n in _step(engine, e, step)]
    return found


def _step(engine: Any, elem: Elem, step: str) -> list[Elem]:
    if step in ("resolve()", "$this"):
        return _targets(engine, elem) if step == "resolve()" else [elem]
    call = _CALL.fullmatch(step)
    if call and call[1] in ("ofType", "as"):
        return [elem]
    if call and call[1] == "extension":
        url = call[2].strip("'\" ")
        return [s for s in _child(engine, elem, "extension", slices=True) if extension_url(engine, s) == url]
    return _child(engine, elem, step)


def _targets(engine: Any, elem: Elem) -> list[Elem]:
    urls = [u for t in elem.defn.get("type") or () for u in t.get("targetProfile") or ()]
    trees = [engine.trees.tree(u) for u in urls]
    found = [t for t in trees if t is not None]
    for url, tree in zip(urls, trees, strict=True):
        if tree is not None and "target" not in tree.defn:
            twin = tree.copy()
            twin.defn["target"] = url
            found[found.index(tree)] = twin
    return found


def _child(engine: Any, elem: Elem, name: str, *, slices: bool = False) -> list[Elem]:
    children = [elem.children]
    if name not in elem.children:
        for entry in elem.defn.get("type") or ():
            for url in (*(entry.get("profile") or ()), engine.definitions.type_tree_url(type_code(entry))):
                tree = engine.trees.tree(url)
                if tree is not None:
                    children.append(tree.children)
                    break
    for group in children:
        holder = Elem("", {})
        holder.children = group
        found, implied = holder.child(name)
        if found is None and name + "[x]" in group:
            found = group[name + "[x]"]
        if found is not None:
            if slices or (found.slices and _only_slices_speak(found)):
                return found.slices
            inner = found.slice(implied) if implied else None
            return [inner or found]
    return []


def _only_slices_speak(elem: Elem) -> bool:
    """Whether a repeating element says what it must be only in its required slices."""
    if fixed.of(elem.defn, "fixed") is not None or fixed.of(elem.defn, "pattern") is not None:
        return False
    return not elem.children or all(s.defn.get("min") for s in elem.slices)


def extension_url(engine: Any, elem: Elem) -> str:
    """The url that an extension slice stands for."""
    for child in _child(engine, elem, "url"):
        value = fixed.of(child.defn, "fixed") or fixed.of(child.defn, "pattern")
        if isinstance(value, str):
            return value
    return ""


def _nodes(engine: Any, path: str) -> Callable[[Run, Any, Any, str, Scope], list[Any]]:
    """The values of an item that a discriminator's path leads to."""
    if path in ("$this", ""):
        return lambda _run, value, sibling, code, _scope: [Node(value, sibling, code)]
    try:
        compiled = engine.fhirpath(path)
    except FhirPathError:
        return lambda *_: []

    def nodes(run: Run, value: Any, sibling: Any, code: str, scope: Scope) -> list[Any]:
        focus = [Node(value, sibling, code)]
        try:
            found: list[Any] = compiled(Env(run, scope, focus, STEPS), focus)
        except (FhirPathError, TooCostly):
            return []
        return found

    return nodes


def _exists(engine: Any, path: str, elems: list[Elem]) -> Test | None:
    nodes = _nodes(engine, path)
    if elems and all(str(e.defn.get("max")) == "0" for e in elems):
        return lambda run, v, s, c, _h, scope: not nodes(run, v, s, c, scope)
    if elems and any(e.defn.get("min") for e in elems):
        return lambda run, v, s, c, _h, scope: bool(nodes(run, v, s, c, scope))
    return None


def _typed(engine: Any, path: str, elems: list[Elem]) -> Test:
    codes = frozenset(type_code(t) for e in elems for t in e.defn.get("type") or ())
    if not codes or any("target" in e.defn for e in elems):
        codes = frozenset(str(e.defn.get("path", "")).partition(".")[0] for e in elems)
    if path in ("$this", ""):
        return lambda _r, value, _s, code, _h, _scope: _type(value, code) in codes
    nodes, is_a = _nodes(engine, path), engine.model.is_a

    def test(run: Run, value: Any, sibling: Any, code: str, _here: Place, scope: Scope) -> bool:
        found = nodes(run, value, sibling, code, scope)
        return bool(found) and all(any(is_a(n.code, c) for c in codes) for n in found if type(n) is Node)

    return test


def _type(value: Any, code: str) -> str:
    """The type of an item: that of a resource stands in it."""
    return str(value.get("resourceType")) if code in RESOURCES and isinstance(value, dict) else code


def _profiled(engine: Any, path: str, elems: list[Elem]) -> Test:
    urls = [str(e.defn["target"]) for e in elems if "target" in e.defn]
    urls += [u for e in elems for t in e.defn.get("type") or () for u in t.get("profile") or ()]
    nodes = _nodes(engine, path)
    if not urls:
        return lambda *_: True

    def test(run: Run, value: Any, sibling: Any, code: str, here: Place, scope: Scope) -> bool:  # noqa: PLR0913, PLR0917 a value and where it stands
        found = nodes(run, value, sibling, code, scope)
        return bool(found) and all(any(follows(run, n, u, here, scope) for u in urls) for n in found)

    return test


def follows(run: Run, node: Any, url: str, here: Place, scope: Scope) -> bool:
    """Whether a value is of a profile's type and follows it."""
    content = run.engine.content(url, run, here)
    if content is None or type(node) is not Node:
        return False
    value = node.value if type(node.value) is dict else {}
    kind = value.get("resourceType", node.code)
    if content.type not in (kind, "Resource", "DomainResource"):
        return False
    inner = scope
    if "resourceType" in value and node.value is not scope.resource:
        inner = Scope(node.value, kind, scope, here)
    return run.conforms(content, node.value, here, inner)


def _valued(engine: Any, path: str, elems: list[Elem]) -> Test | None:
    tests = [t for e in elems if (t := _value_test(engine, e)) is not None]
    if len(tests) < len(elems):
        return None
    if path == "url" and len(elems) == 1 and isinstance(url := fixed.of(elems[0].defn, "fixed"), str):
        return lambda _r, value, _s, _c, _h, _scope: type(value) is dict and value.get("url") == url
    nodes = _nodes(engine, path)

    def test(run: Run, value: Any, sibling: Any, code: str, here: Place, scope: Scope) -> bool:  # noqa: PLR0913, PLR0917 a value and where it stands
        found = nodes(run, value, sibling, code, scope)
        return all(any(t(run, n, here, scope) for n in found) for t in tests)

    return test


def _value_test(engine: Any, elem: Elem) -> NodeTest | None:
    defn = elem.defn
    wanted = fixed.of(defn, "fixed")
    part = wanted if wanted is not None else fixed.of(defn, "pattern")
    if part is not None:  # what is more than the fixed value belongs to the slice, and is a fault in it
        fits = fixed.pattern_test(part)
        return lambda _r, node, _h, _s: fits(_plain(node))
    binding = defn.get("binding") or {}
    if binding.get("strength") == "required" and binding.get("valueSet"):
        value_set = engine.terminology.value_set(binding["valueSet"])
        if value_set is not None:
            return lambda _r, node, _h, _s: _member(value_set, _plain(node))
    if str(defn.get("max")) == "0":
        return lambda *_: False
    if inner := [t for c in elem.children.values() if (t := _inner_test(c)) is not None]:
        return lambda r, node, h, s: all(t(r, node, h, s) for t in inner)
    if defn.get("min"):
        return lambda *_: True
    return None


def _inner_test(elem: Elem) -> NodeTest | None:
    """What a required child with a fixed value says of its parent, when the parent itself says nothing."""
    if not elem.defn.get("min"):
        return None
    wanted, part = fixed.of(elem.defn, "fixed"), fixed.of(elem.defn, "pattern")
    if wanted is None and part is None:
        return None
    name, compare = elem.name, fixed.same if wanted is not None else fixed.matches
    value = wanted if wanted is not None else part

    def test(_run: Run, node: Any, _here: Place, _scope: Scope) -> bool:
        inner = _plain(node)
        found = inner.get(name) if isinstance(inner, dict) else None
        return any(compare(value, f) for f in found) if isinstance(found, list) else compare(value, found)

    return test


def _plain(node: Any) -> Any:
    return node.value if type(node) is Node else node


def _member(value_set: Any, value: Any) -> bool:
    if isinstance(value, str):
        return bool(value_set.has_code(value))
    if not isinstance(value, dict):
        return False
    codings = value.get("coding", [value]) if "code" not in value else [value]
    return isinstance(codings, list) and any(
        value_set.has(str(c.get("system", "")), str(c["code"]))
        for c in codings
        if isinstance(c, dict) and "code" in c
    )
