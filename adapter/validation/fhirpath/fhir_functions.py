"""FHIR's own functions.

https://hl7.org/fhir/R4/fhirpath.html#functions
"""

from __future__ import annotations

from typing import Any

from adapter.validation.fhirpath.evaluate import Env, FhirPathError
from adapter.validation.fhirpath.operators import single
from adapter.validation.fhirpath.types import system_type
from adapter.validation.fhirpath.values import Node, plain

Items = list[Any]


def _has_value(_env: Env, focus: Items) -> Items:
    if len(focus) != 1:
        return [False]
    item = focus[0]
    return [item.value is not None and type(item.value) is not dict if type(item) is Node else True]


def _get_value(_env: Env, focus: Items) -> Items:
    if len(focus) != 1:
        return []
    value = plain(focus[0])
    return [] if value is None or type(value) is Node else [value]


def _extension(env: Env, focus: Items, url: Items) -> Items:
    wanted = single(url)
    found: Items = []
    for item in focus:
        if type(item) is not Node:
            continue
        holder = item.value if type(item.value) is dict else item.sibling
        inner = holder.get("extension") if type(holder) is dict else None
        for extension in inner if type(inner) is list else ():
            if type(extension) is dict and extension.get("url") == wanted:
                found.append(Node(extension, None, "Extension"))
    env.spend(len(found))
    return found


def _resolve(env: Env, focus: Items) -> Items:
    found: Items = []
    for item in focus:
        if type(item) is Node and type(item.value) is dict:
            reference = item.value.get("reference")
        else:
            reference = plain(item)
        if (
            isinstance(reference, str)
            and (target := env.run.engine.resolve(env.scope, reference)) is not None
        ):
            found.append(Node(target.resource, None, target.type))
    return found


def _member_of(env: Env, focus: Items, url: Items) -> Items:
    wanted = single(url)
    if len(focus) != 1 or not isinstance(wanted, str):
        return []
    item = focus[0]
    answer = env.run.engine.member_of(item.value if type(item) is Node else item, wanted)
    if answer is None:
        raise FhirPathError(f"the value set {wanted} cannot be judged here")
    return [answer]


def _conforms_to(env: Env, focus: Items, url: Items) -> Items:
    wanted = single(url)
    if len(focus) != 1 or not isinstance(wanted, str):
        return []
    return [env.run.engine.follows(env.run, focus[0], wanted, env.scope)]


def _type(_env: Env, focus: Items) -> Items:
    found: Items = []
    for item in focus:
        if type(item) is Node:
            info = {"namespace": "FHIR", "name": item.code}
        else:
            info = {"namespace": "System", "name": system_type(item)}
        found.append(Node(info, None, ""))
    return found


def _html_checks(env: Env, focus: Items) -> Items:
    return [env.run.engine.is_narrative(single(focus[:1]) or "")]


def _same(_env: Env, focus: Items, *_: Items) -> Items:
    return focus


def _comparable(_env: Env, focus: Items, other: Items) -> Items:
    from adapter.validation.fhirpath.values import Quantity, comparable  # noqa: PLC0415 rare

    one, two = single(focus), single(other)
    return [type(one) is Quantity and type(two) is Quantity and comparable(one, two) is not None]


def _subsumes(env: Env, focus: Items, other: Items) -> Items:
    one, two = single(focus), single(other)
    if type(one) is not Node or type(two) is not Node:
        return []
    return [env.run.engine.subsumes(one.value, two.value)]


def _subsumed_by(env: Env, focus: Items, other: Items) -> Items:
    return _subsumes(env, other, focus)


FHIR: dict[str, Any] = {
    "hasValue": (_has_value, 0, 0),
    "getValue": (_get_value, 0, 0),
    "extension": (_extension, 1, 1),
    "resolve": (_resolve, 0, 0),
    "memberOf": (_member_of, 1, 1),
    "conformsTo": (_conforms_to, 1, 1),
    "type": (_type, 0, 0),
    "htmlChecks": (_html_checks, 0, 0),
    "htmlChecks2": (_html_checks, 0, 0),
    "checkModifiers": (_same, 0, 9),
    "comparable": (_comparable, 1, 1),
    "subsumes": (_subsumes, 1, 1),
    "subsumedBy": (_subsumed_by, 1, 1),
}
