"""Takes a resource through its plan once: structure, cardinality, formats, slices, checks of each type."""

from __future__ import annotations

from typing import Any

from adapter.validation.extensions import check_extension
from adapter.validation.places import Place
from adapter.validation.plans import UNBOUNDED, Content, Element, Field
from adapter.validation.run import Run, Scope
from adapter.validation.slicing import assign
from adapter.validation.wording import OBJECT, example_of, kind_of

Json = dict[str, Any]


def check_object(  # noqa: C901, PLR0912 one pass over the properties, as fast as it can be
    run: Run, plan: Content, obj: Json, place: Place, scope: Scope
) -> None:
    """Judge one JSON object by a plan."""
    fields = plan.fields
    chosen: dict[int, str] | None = None
    for key, value in obj.items():
        field = fields.get(key)
        if field is None:
            if not _odd_key(run, plan, obj, key, value, place):
                continue
            key = key[1:]  # noqa: PLW2901 the sibling of a primitive without value
            field, value = fields[key], None  # noqa: PLW2901 as above
        element = field.element
        if element.prop.is_choice:
            chosen = {} if chosen is None else chosen
            first = chosen.setdefault(id(element.prop), field.key)
            if first != field.key:
                run.say("choice-many", place, detail=element.name)
        sibling = None
        if field.sibling and field.sibling in obj:
            sibling = obj[field.sibling]
            if sibling is None:
                run.say("value-null", place, detail=field.sibling)
        if field.many:
            _check_list(run, field, value, sibling, place, scope)
        else:
            _check_single(run, field, value, sibling, place, scope)
    for element in plan.required:
        for key in element.keys:
            if key in obj:
                break
        else:
            _missing(run, element, place)


def _missing(run: Run, element: Element, place: Place) -> None:
    owner = element.owner.url
    if element.min:
        run.say("min", place, element=element.path, min=element.min, found=0, profile=owner, source=owner)
    for part in element.slices:
        if part.min and (not element.min or part.min > 0):
            name = f"{element.path}:{part.slice_name}"
            run.say("min", place, element=name, min=part.min, found=0, profile=owner, source=owner)


def _odd_key(  # noqa: PLR0913, PLR0917 a value and where it stands
    run: Run, plan: Content, obj: Json, key: str, value: Any, place: Place
) -> bool:
    """A key that is no field: True when it is the sibling of a primitive that has no value."""
    if key[:1] == "_" and key[1:] in plan.fields and plan.fields[key[1:]].sibling == key:
        if value is None:
            run.say("value-null", place, detail=key)
        return key[1:] not in obj and value is not None
    if key == "resourceType" and plan.known is not None and plan.known.is_resource:
        return False
    if plan.known is not None and (key in plan.known.keys or key[1:] in plan.known.keys):
        _not_in_profile(run, plan, key, place)
    else:
        run.unknown(plan, key, place)
    return False


def _not_in_profile(run: Run, plan: Content, key: str, place: Place) -> None:
    assert plan.known is not None  # noqa: S101 the caller looked
    prop, code = plan.known.keys[key if key in plan.known.keys else key[1:]]
    element = next((e for e in plan.elements if e.prop is prop), None)
    if element is not None and prop.is_choice:
        wanted = ", ".join(element.types)
        run.say("choice-type", place, detail=prop.name, wanted=wanted, found=code, source=plan.url)
    else:
        run.say("element-not-allowed", place, detail=key, profile=plan.url, source=plan.url)


def _check_single(  # noqa: PLR0913, PLR0917 a value and where it stands
    run: Run, field: Field, value: Any, sibling: Any, place: Place, scope: Scope
) -> None:
    if type(value) is list:
        run.say("array-unexpected", (place, field.label, field.key, -1), detail=field.key)
        return
    element = field.element
    here = (place, field.label, field.key, -1)
    if element.max == 0:
        run.say(
            "max",
            here,
            element=element.path,
            max=0,
            found=1,
            profile=element.owner.url,
            source=element.owner.url,
        )
        return
    if element.is_sliced:
        field = assign(run, element, field, [(value, sibling, here)], place, scope)[0]
    check_item(run, field, value, sibling, here, scope)


def _check_list(  # noqa: PLR0913, PLR0917 a value and where it stands
    run: Run, field: Field, values: Any, siblings: Any, place: Place, scope: Scope
) -> None:
    items = _items(run, field, values, siblings, place)
    element = field.element
    count = len(items)
    if count > element.max:
        owner = element.owner.url
        run.say("max", place, element=element.path, max=element.max, found=count, profile=owner, source=owner)
    if count < element.min and (count or values == []):
        owner = element.owner.url
        run.say("min", place, element=element.path, min=element.min, found=count, profile=owner, source=owner)
    if element.is_sliced and items:
        fields = assign(run, element, field, items, place, scope)
        for (value, sibling, here), chosen in zip(items, fields, strict=True):
            check_item(run, chosen, value, sibling, here, scope)
        return
    for value, sibling, here in items:
        check_item(run, field, value, sibling, here, scope)


def _items(run: Run, field: Field, values: Any, siblings: Any, place: Place) -> list[tuple[Any, Any, Place]]:
    """The values of a repeating element with their siblings and places."""
    here = (place, field.label, field.key, -1)
    if values is None and siblings is None:
        run.say("value-null", here, detail=field.key)
        return []
    for which in (values, siblings):
        if which is not None and type(which) is not list:
            run.say("array-expected", here, detail=field.key)
            return []
    if values == [] or siblings == []:
        run.say("array-empty", here, severity="warning" if field.primitive else "", detail=field.key)
        if not values and not siblings:
            return []
    label, key = field.label, field.key
    if siblings is None:
        found: list[tuple[Any, Any, Place]] = []
        for i, v in enumerate(values):
            if v is None:
                run.say("array-null", (place, label, key, i), detail=key)
            else:
                found.append((v, None, (place, label, key, i)))
        return found
    return _paired(run, field, values or [], siblings, place)


def _paired(
    run: Run, field: Field, values: list[Any], siblings: list[Any], place: Place
) -> list[tuple[Any, Any, Place]]:
    found: list[tuple[Any, Any, Place]] = []
    label, key = field.label, field.key
    for i in range(max(len(values), len(siblings))):
        value = values[i] if i < len(values) else None
        sibling = siblings[i] if i < len(siblings) else None
        here = (place, label, key, i)
        if value is None and sibling is None:
            run.say("array-null", here, detail=key)
        else:
            found.append((value, sibling, here))
    return found


def check_item(  # noqa: C901, PLR0912, PLR0913, PLR0917 a value and where it stands
    run: Run, field: Field, value: Any, sibling: Any, here: Place, scope: Scope
) -> None:
    """Judge one value by its field: its form, its content, then the checks and invariants."""
    resolved = field.resolved or field.resolve()
    primitive = field.primitive
    if primitive is not None:
        if value is not None:
            if rule := primitive(value):
                _bad_primitive(run, field, rule, value, here)
                if rule == "json-type":
                    return
        elif sibling is None:
            run.say("value-null", here, detail=field.key)
            return
        if sibling is not None:
            _check_sibling(run, resolved.contents, value, sibling, here, scope)
        elif resolved.needs_sibling:
            for content in resolved.contents:
                check_object(run, content, {}, here, scope)
    elif type(value) is not dict:
        rule = "value-null" if value is None else "array-unexpected" if type(value) is list else "json-type"
        run.say(rule, here, wanted=OBJECT, found=kind_of(value), detail=field.key)
        return
    elif not value:
        run.say("object-empty", here)
    elif field.is_resource:
        run.enter_resource(field, value, here, scope)
    else:
        if len(value) == 1 and "id" in value:
            run.say("ele-1", here)
        if field.is_extension:
            check_extension(run, field, resolved, value, here, scope)
        else:
            for content in resolved.contents:
                check_object(run, content, value, here, scope)
            if resolved.alternatives:
                run.check_alternatives(resolved.alternatives, value, here, scope)
    if resolved.missing:
        for url in resolved.missing:
            run.say("profile-unknown", here, url=url)
    for check in resolved.checks:
        check(run, field, value, sibling, here, scope)
    if resolved.constraints and run.with_invariants:
        run.check_invariants(resolved.constraints, value, sibling, field.code, here, scope)


def _check_sibling(  # noqa: PLR0913, PLR0917 a value and where it stands
    run: Run, contents: list[Content], value: Any, sibling: Any, here: Place, scope: Scope
) -> None:
    if type(sibling) is not dict:
        run.say("json-type", here, wanted=OBJECT, found=kind_of(sibling))
        return
    if not sibling:
        run.say("object-empty", here)
    if value is None and "extension" not in sibling:
        run.say("ele-1", here)
    for content in contents:
        check_object(run, content, sibling, here, scope)


def _bad_primitive(run: Run, field: Field, rule: str, value: Any, here: Place) -> None:
    example = example_of(field.code)
    if rule == "json-type":
        run.say(rule, here, wanted=example, found=kind_of(value))
    else:
        run.say(rule, here, type=field.code, example=example)


__all__ = ["UNBOUNDED", "check_item", "check_object"]
