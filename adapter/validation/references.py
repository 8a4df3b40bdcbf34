"""References: their form, what they may point at, and whether it is there.

https://hl7.org/fhir/R4/references.html
"""

from __future__ import annotations

import re
from typing import Any

from adapter.validation.core_tables import BASE
from adapter.validation.places import Place
from adapter.validation.plans import Field, TypeRef
from adapter.validation.run import Run, Scope
from adapter.validation.wording import AGGREGATION, joined

Json = dict[str, Any]
_LITERAL = re.compile(
    r"(?:(?P<base>(?:https?|urn):\S*/)|/?)(?P<type>[A-Z][A-Za-z]+)/(?P<id>[A-Za-z0-9\-.]{1,64})(?:/_history/(?P<version>[A-Za-z0-9\-.]{1,64}))?(?:#\S*)?"
)
_ABSOLUTE = re.compile(r"[A-Za-z]+:|#")
_RELATIVE = re.compile(r"[^/]+/[^/]*(?:/_history/[^/]*)?")
_CONDITIONAL = re.compile(r"[A-Za-z]+\?")
_SPACE = re.compile(r"[ \t\n\r]")
TRANSACTIONS = frozenset({"transaction", "batch"})
ANY = frozenset({"Resource", "DomainResource"})
MAX_ID = 64


def reference_check(  # noqa: C901, PLR0912 the signature of all checks; the rules in the order of the chapter
    run: Run, field: Field, value: Any, _sibling: Any, here: Place, scope: Scope
) -> None:
    """Judge one Reference."""
    if type(value) is not dict:
        return
    reference, kind = value.get("reference"), value.get("type")
    if not isinstance(reference, str):
        if reference is None and not value.keys() & {"identifier", "display", "extension", "_reference"}:
            run.say("reference-empty", here)
        if isinstance(kind, str):
            _type_of(run, field, kind, None, here)
        return
    ref = field.element.types.get("Reference")
    if scope.outer is None and kind is None and ref is not None and is_plain(run, ref, reference):
        return
    if not reference or _SPACE.search(reference):
        run.say("reference-invalid", here, value=reference)
        return
    target = run.engine.resolve(scope, reference)
    literal = _LITERAL.fullmatch(reference)
    if scope.root.entry_index >= 0:
        _in_bundle(run, scope.root, reference, literal is not None and not literal["base"], here)
    if reference.startswith("#"):
        if target is None or (reference == "#" and scope.root is scope):  # the whole is meant from inside it
            run.say("ref-1" if len(reference) > 1 else "reference-unresolved", here, value=reference)
        found = target.type if target else ""
    else:
        found = target.type if target else literal["type"] if literal else ""
    if target and literal and target.type != literal["type"] and not reference.startswith("#"):
        run.say("reference-target", here, found=target.type, wanted=literal["type"])
    if not target and literal and found not in run.engine.resource_names:
        found = ""
        if not literal["base"]:
            run.say("reference-invalid", here, severity="warning", value=reference)
    if isinstance(kind, str):
        _type_of(run, field, kind, found, here)
    if ref is None:
        return
    if ref.aggregation:
        _aggregation(run, ref, reference, target, here)
    if found and ref.targets:
        _target(run, ref, found, reference, target, here)


def is_plain(run: Run, ref: TypeRef, reference: str) -> bool:
    """The common case, told fast: ``Patient/123`` of a type that may stand here, outside any Bundle."""
    kind, _, identity = reference.partition("/")
    return (
        ref.target_types is not None
        and kind in (ref.target_types or run.engine.resource_names)
        and not ref.aggregation
        and len(identity) <= MAX_ID
        and identity.isascii()
        and identity.replace("-", "").isalnum()
    )


def _in_bundle(run: Run, entry: Scope, reference: str, is_relative: bool, here: Place) -> None:
    """A reference in a Bundle fits one entry at most, and a relative one has a fullUrl to start from."""
    outer = entry.outer
    if outer is None or outer.bundle is None or reference.startswith("#"):
        return
    found = outer.bundle.find_all(reference, entry)
    if _CONDITIONAL.match(reference) and outer.resource.get("type") in TRANSACTIONS:
        return
    if not _ABSOLUTE.match(reference) and not _RELATIVE.fullmatch(reference):
        run.say("reference-invalid", here, value=reference)
    elif is_relative and not entry.full_url:
        run.say("bundle-full-url-relative-reference", here, value=reference)
    elif len(found) > 1:
        run.say("bundle-reference-many", here, value=reference, found=len(found))


def _type_of(run: Run, field: Field, kind: str, found: str | None, here: Place) -> None:
    """The stated type may stand here and is that of the target (None: there is no reference, "": it is unknown)."""  # noqa: E501 see the line
    ref = field.element.types.get("Reference")
    wanted = target_types(run, ref, here) if ref else frozenset()
    if wanted and kind not in wanted:
        weight = "warning" if found is None and kind in run.engine.resource_names else ""
        run.say("reference-type", here, severity=weight, found=kind, wanted=", ".join(sorted(wanted)))
    elif found and kind != found:
        run.say("reference-type", here, found=kind, wanted=found)


def target_types(run: Run, ref: TypeRef, here: Place) -> frozenset[str]:
    """The resource types that a reference may point at; empty when any, or when that is not known."""
    if ref.target_types is None:
        ref.target_types = _read_targets(run, ref, here)
    return ref.target_types


def _read_targets(run: Run, ref: TypeRef, here: Place) -> frozenset[str]:
    found: set[str] = set()
    for url in ref.targets:
        if url.removeprefix(BASE) in run.engine.resource_names:
            found.add(url.removeprefix(BASE))
        elif url.removeprefix(BASE) in ANY:
            return frozenset()
        elif (content := run.engine.content(url, run, here)) is not None:
            found.add(content.type)
        else:
            return frozenset()
    return frozenset(found)


def _target(  # noqa: PLR0913, PLR0917 a value and where it stands
    run: Run, ref: TypeRef, found: str, reference: str, target: Scope | None, here: Place
) -> None:
    wanted = target_types(run, ref, here)
    if wanted and found not in wanted:
        run.say("reference-target", here, found=found, wanted=", ".join(sorted(wanted)))
        return
    if target is None:
        return
    if _plain(ref, found):
        return
    profiles = [u for u in ref.targets if u.removeprefix(BASE) not in run.engine.resource_names]
    fitting = [c for u in profiles if (c := run.engine.content(u, run, here)) is not None and c.type == found]
    if fitting and not any(run.conforms(c, target.resource, target.place, target) for c in fitting):
        run.say("reference-profile", here, value=reference, wanted=", ".join(c.url for c in fitting))


def _plain(ref: TypeRef, found: str) -> bool:
    return BASE + found in ref.targets or any(BASE + name in ref.targets for name in ANY)


def _aggregation(run: Run, ref: TypeRef, reference: str, target: Scope | None, here: Place) -> None:
    mode = "contained" if reference.startswith("#") else "bundled" if target is not None else "referenced"
    fits = mode in ref.aggregation or (mode == "bundled" and "referenced" in ref.aggregation)
    if not fits:
        wanted = joined([AGGREGATION[m] for m in ref.aggregation if m in AGGREGATION])
        run.say("reference-aggregation", here, found=AGGREGATION[mode], wanted=wanted)


def canonical_check(run: Run, _field: Field, value: Any, _sibling: Any, here: Place, scope: Scope) -> None:
    """A canonical is absolute, or a fragment that is contained here."""
    if type(value) is not str or not value:
        return
    if value.startswith("#"):
        if run.engine.resolve(scope, value) is None:
            run.say("reference-unresolved", here, severity="warning", value=value)
    elif ":" not in value:
        run.say("canonical-absolute", here)


def resolve(scope: Scope, reference: str) -> Scope | None:
    """The resource that a reference means, from inside the scope: contained, or in a Bundle around it."""
    if reference.startswith("#"):
        return _contained(scope.root, reference[1:])
    outer: Scope | None = scope
    entry: Scope = scope.root
    while outer is not None:
        if outer.bundle is not None:
            found: Scope | None = outer.bundle.find(reference, entry)
            if found is not None:
                return found
            entry = outer
        outer = outer.outer
    return None


def _contained(root: Scope, identity: str) -> Scope | None:
    if not identity:
        return root
    holders = root.resource.get("contained")
    for index, inner in enumerate(holders if isinstance(holders, list) else ()):
        if isinstance(inner, dict) and inner.get("id") == identity:
            place = (root.place, "contained", "contained", index)
            made = Scope(inner, str(inner.get("resourceType", "")), root, place)
            made.root = root
            return made
    return None
