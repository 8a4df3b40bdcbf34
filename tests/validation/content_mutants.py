"""Changes of elements, values, codes and references, each aimed at one rule of FHIR."""

# ruff: noqa: ARG001, D103, E501 -- changes of one shape, named by what they do; tables of values

from __future__ import annotations

from copy import deepcopy
from typing import Any

from mutant_places import TYPES, Dice, Json, named, objects, pick

# elements


def drop_element(dice: Dice, resource: Json) -> str | None:
    found = pick(dice, resource, lambda h, _k, _v: isinstance(h, dict))
    if found:
        del found[0][found[1]]
    return found and found[2]


def drop_top_element(dice: Dice, resource: Json) -> str | None:
    key = dice.choice([k for k in resource if k != "resourceType"])
    del resource[key]
    return str(key)


def drop_item(dice: Dice, resource: Json) -> str | None:
    """An item of a list; the list with it when it was the last."""
    found = pick(dice, resource, lambda h, _k, v: isinstance(h, dict) and isinstance(v, list))
    if found is None:
        return None
    items = found[0][found[1]]
    del items[dice.randrange(len(items))]
    if not items:
        del found[0][found[1]]
    return found[2]


def empty_list(dice: Dice, resource: Json) -> str | None:
    found = pick(dice, resource, lambda _h, _k, v: isinstance(v, list))
    if found:
        found[0][found[1]] = []
    return found and found[2]


def double_item(dice: Dice, resource: Json) -> str | None:
    found = pick(dice, resource, lambda h, _k, _v: isinstance(h, list))
    if found:
        found[0].append(deepcopy(found[0][found[1]]))
    return found and found[2]


def many_items(dice: Dice, resource: Json) -> str | None:
    found = pick(dice, resource, lambda h, _k, _v: isinstance(h, list))
    if found:
        found[0].extend(deepcopy(found[0][found[1]]) for _ in range(dice.randrange(2, 6)))
    return found and found[2]


def reverse_items(dice: Dice, resource: Json) -> str | None:
    found = pick(dice, resource, lambda _h, _k, v: isinstance(v, list) and len(v) > 1)
    if found:
        found[0][found[1]].reverse()
    return found and found[2]


def move_element(dice: Dice, resource: Json) -> str | None:
    found = pick(dice, resource, lambda h, _k, _v: isinstance(h, dict))
    target = objects(dice, resource)
    if found is None or target is None or target[0] is found[0]:
        return None
    value = found[0].pop(found[1])
    target[0][found[1]] = value
    return f"{found[2]} to {target[1] or 'the root'}"


def swap_elements(dice: Dice, resource: Json) -> str | None:
    one, two = (pick(dice, resource, lambda h, _k, _v: isinstance(h, dict)) for _ in range(2))
    if one is None or two is None or one[2].startswith(two[2]) or two[2].startswith(one[2]):
        return None
    one[0][one[1]], two[0][two[1]] = two[0][two[1]], one[0][one[1]]
    return f"{one[2]} and {two[2]}"


def unknown_property(dice: Dice, _obj: Json) -> Json:
    name = dice.choice(
        ["foo", "Status", "kommentar", "value", "reference", "valueFoo", "_x", "fhir_comments"]
    )
    return {name: dice.choice(["x", {"text": "x"}, ["x"], 7])}


def null_element(_dice: Dice, _key: Any, _value: Any) -> Any:
    return None


# types and values


def other_shape(dice: Dice, _key: Any, value: Any) -> Any:
    """A primitive to an object or an array, an object to a primitive or an array, an array to an item."""
    if isinstance(value, list):
        return dice.choice([deepcopy(value[0]) if value else "x", {"0": "x"}, "x"])
    if isinstance(value, dict):
        return dice.choice([[deepcopy(value)], "x", 17, True])
    return dice.choice([[value], {"value": value}, {"text": "x"}])


def other_primitive(dice: Dice, _key: Any, value: Any) -> Any:
    if isinstance(value, str):
        return dice.choice([12, True, 1.5, -3])
    if isinstance(value, bool):
        return dice.choice([str(value).lower(), int(value), "ja"])
    return dice.choice([str(value), value + 0.5, -value, value * 10**9, True])


def is_value(_holder: Any, key: Any, value: Any) -> bool:
    return isinstance(value, (str, int, float, bool)) and key != "div"


def shorter_date(dice: Dice, _key: Any, value: str) -> str:
    return dice.choice([value[:4], value[:7], value[:10], value[:13], value[:16], value[:19]])


def wrong_date(dice: Dice, _key: Any, value: str) -> str:
    rest = value[10:]
    return dice.choice([
        value.replace("-", ""), value.replace("T", " "), f"{value[8:10]}/{value[5:7]}/{value[:4]}",
        f"{value[:4]}-13-01{rest}", f"{value[:4]}-02-30{rest}", value + "Z", f"0000-01-01{rest}",
        f"{value[:10]}T24:00:00Z", f"{value[:10]}T10:00:00+15:00", f"{value[:10]}T10:00:00.123456789Z",
    ])  # fmt: skip


def odd_text(dice: Dice, _key: Any, value: str) -> str:
    return dice.choice(["", " ", value + " ", " " + value, value + "\n", "\t", value + "\u00a0", "\u200b"])


def long_text(_dice: Dice, _key: Any, value: str) -> str:
    return value * (300 // max(1, len(value)) + 1)


def shift_period(dice: Dice, period: Json) -> Json:
    return dice.choice([
        {"start": "2030-01-01", "end": "2020-01-01"}, {"start": "2020-01", "end": "2020-01-15"},
        {"end": "1999-12-31"}, {"start": "2020-01-01T10:00:00+01:00", "end": "2020-01-01T08:30:00Z"},
    ])  # fmt: skip


# codes


def other_code(dice: Dice, _key: Any, value: str) -> str:
    return dice.choice(
        [value.upper(), value + "1", "unknown", "active", "73211009", "entered-in-error", "final", "X"]
    )


def other_system(dice: Dice, _key: Any, value: str) -> str:
    return dice.choice([
        "http://snomed.info/sct", "http://loinc.org", "http://example.org/codes", "urn:oid:1.2.752.129.2.1.4.1",
        value.replace("http:", "https:"), value + "/", value.rpartition("/")[2], "urn:ietf:rfc:3986",
        "http://terminology.hl7.org/CodeSystem/v3-ActCode", "urn:oid:1.2.x", value.upper(),
    ])  # fmt: skip


def wrong_display(dice: Dice, coding: Json) -> Json:
    return {"display": dice.choice(["Fel text", "Wrong", coding.get("display", "x") + "!"])}


def more_codings(dice: Dice, concept: Json) -> Json:
    extra = dice.choice([
        {"system": "http://example.org/own", "code": "x"}, {"system": "http://snomed.info/sct", "code": "73211009"},
        {"code": "x"}, {"display": "x"}, {"system": "http://snomed.info/sct"}, {"system": "http://loinc.org", "code": "1-1"},
        {"system": "http://terminology.hl7.org/CodeSystem/v3-ActCode", "code": "finns-inte"},
    ])  # fmt: skip
    at = dice.choice([0, 1])
    return {"coding": [*concept["coding"][:at], extra, *concept["coding"][at:]]}


def only_text(_dice: Dice, _key: Any, _value: Any) -> Any:
    return {"text": "fri text"}


def is_concept(_holder: Any, _key: Any, value: Any) -> bool:
    return isinstance(value, dict) and isinstance(value.get("coding"), list)


def drop_from_coding(dice: Dice, resource: Json) -> str | None:
    found = objects(dice, resource, lambda o: "code" in o and "system" in o)
    if found:
        del found[0][dice.choice(["code", "system"])]
    return found and found[1]


# references


def other_reference(dice: Dice, _key: Any, value: str) -> str:
    kind, _, number = value.rpartition("/")
    return dice.choice([
        f"{dice.choice(TYPES)}/{number}", f"{kind}/finns-inte", f"http://example.org/fhir/{value}", "#borta",
        "urn:uuid:00000000-0000-4000-8000-000000000000", "urn:uuid:x", f"{value}/_history/1", f"/{value}",
        number, f"{kind.lower()}/{number}", f"{kind}/å", f"{value}?x=1", "", "#",
    ])  # fmt: skip


def to_identifier(dice: Dice, reference: Json) -> Json:
    reference.pop("reference")
    kind = dice.choice(["Patient", "Practitioner", "Foo", ""])
    typed = {"type": kind} if kind else {}
    return {"identifier": {"system": "http://example.org/n", "value": "1"}} | typed


def typed_reference(dice: Dice, _reference: Json) -> Json:
    return {
        "type": dice.choice(["Patient", "Organization", "Practitioner", "Nonsense", "http://example.org/x"])
    }


def to_contained(dice: Dice, resource: Json) -> str | None:
    found = pick(dice, resource, named("reference"))
    if found is None:
        return None
    kind = found[0][found[1]].partition("/")[0] if dice.random() < 0.5 else dice.choice(TYPES)
    found[0][found[1]] = "#c1"
    resource.setdefault("contained", []).append({"resourceType": kind, "id": "c1"})
    return f"{found[2]} {kind}"


def unused_contained(dice: Dice, resource: Json) -> str | None:
    inner = {"resourceType": dice.choice(["Patient", "Organization", "Foo"]), "id": "c9"}
    resource.setdefault("contained", []).append(
        inner | dice.choice([{}, {"meta": {"versionId": "1"}}, {"x": 1}])
    )
    return inner["resourceType"]
