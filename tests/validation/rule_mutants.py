"""The second mutator: each change aims at one rule of FHIR, where the first changes any place at random.

A change takes the dice and a resource that it may alter; it answers where it did so, or nothing when the
resource has no place for it. Both mutators are used by ``differential.py``.
"""

# ruff: noqa: ARG001, D103, E501 -- changes of one shape, named by what they do; tables of values

from __future__ import annotations

from copy import deepcopy
from typing import Any

from content_mutants import (
    double_item,
    drop_element,
    drop_from_coding,
    drop_item,
    drop_top_element,
    empty_list,
    is_concept,
    is_value,
    long_text,
    many_items,
    more_codings,
    move_element,
    null_element,
    odd_text,
    only_text,
    other_code,
    other_primitive,
    other_reference,
    other_shape,
    other_system,
    reverse_items,
    shift_period,
    shorter_date,
    swap_elements,
    to_contained,
    to_identifier,
    typed_reference,
    unknown_property,
    unused_contained,
    wrong_date,
    wrong_display,
)
from mutant_places import TYPES, Change, Dice, Json, adding, is_date, is_text, named, objects, pick, replacing

CORE = "http://hl7.org/fhir/StructureDefinition/"
XHTML = '<div xmlns="http://www.w3.org/1999/xhtml">'


# extensions


def unknown_extension(dice: Dice, obj: Json) -> Json:
    url = dice.choice(["http://example.org/okänd", "http://example.org/x", "okand", "", CORE + "finns-inte"])
    return {"extension": [*obj.get("extension", []), {"url": url, "valueString": "x"}]}


def known_extension(dice: Dice, obj: Json) -> Json:
    """Extensions of core, some at home here and some not, with right and wrong values."""
    name, key, value = dice.choice([
        ("data-absent-reason", "valueCode", "unknown"), ("data-absent-reason", "valueCode", "borta"),
        ("patient-birthPlace", "valueAddress", {"city": "Luleå"}), ("patient-interpreterRequired", "valueBoolean", True),
        ("iso21090-EN-qualifier", "valueCode", "CL"), ("rendering-style", "valueString", "color: red"),
        ("originalText", "valueString", "x"), ("careplan-activity-title", "valueString", "x"),
        ("task-candidateList", "valueReference", {"reference": "Practitioner/1"}), ("humanname-own-name", "valueString", "x"),
        ("humanname-own-name", "valueBoolean", True), ("ordinalValue", "valueDecimal", 1.5),
        ("workflow-episodeOfCare", "valueReference", {"reference": "EpisodeOfCare/1"}),
    ])  # fmt: skip
    return {"extension": [*obj.get("extension", []), {"url": CORE + name, key: value}]}


def modifier_extension(dice: Dice, obj: Json) -> Json:
    made = dice.choice([
        {"url": "http://example.org/m", "valueBoolean": True},
        {"url": CORE + "data-absent-reason", "valueCode": "unknown"},
        {"url": "http://hl7.org/fhir/StructureDefinition/request-doNotPerform", "valueBoolean": True},
        {"url": "http://hl7.org/fhir/StructureDefinition/request-statusReason", "valueCodeableConcept": {"text": "x"}},
    ])  # fmt: skip
    return {"modifierExtension": [made]}


def on_primitive(dice: Dice, resource: Json) -> str | None:
    found = pick(
        dice, resource, lambda h, k, v: isinstance(h, dict) and is_value(h, k, v) and k not in ("id", "url")
    )
    if found is None:
        return None
    holder, key, where = found
    holder[f"_{key}"] = dice.choice([
        {"extension": [{"url": CORE + "data-absent-reason", "valueCode": "unknown"}]}, {"id": "a1"}, {}, "x", None,
        {"extension": [{"url": "http://example.org/x", "valueString": "x"}]}, [{"id": "a1"}], {"foo": 1},
    ])  # fmt: skip
    if dice.random() < 0.4:
        del holder[key]
    return where


def is_extension(obj: Json) -> bool:
    return "url" in obj and any(k.startswith("value") or k == "extension" for k in obj)


def plant_extension(dice: Dice, resource: Json) -> str | None:
    """One of the resource's own extensions at another place, or twice."""
    found, target = objects(dice, resource, is_extension), objects(dice, resource)
    if found is None or target is None:
        return None
    target[0].setdefault("extension", [])
    if not isinstance(target[0]["extension"], list):
        return None
    target[0]["extension"].append(deepcopy(found[0]))
    return f"{found[1]} at {target[1]}"


def other_extension_value(dice: Dice, resource: Json) -> str | None:
    found = objects(dice, resource, is_extension)
    if found is None:
        return None
    for key in [k for k in found[0] if k.startswith("value")]:
        del found[0][key]
    found[0].update(dice.choice([
        {"valueString": "x"}, {"valueCode": "x"}, {"valueBoolean": True}, {"valueInteger": 1}, {},
        {"valueCoding": {"system": "http://example.org", "code": "x"}}, {"valueReference": {"reference": "Patient/1"}},
        {"valueString": "x", "valueCode": "y"}, {"valueCodeableConcept": {"text": "x"}}, {"valueDateTime": "2020"},
    ]))  # fmt: skip
    return found[1]


def other_choice(dice: Dice, resource: Json) -> str | None:
    """A choice element under the name of another type, the value kept or fitting."""

    def is_choice(h: Any, k: Any, _v: Any) -> bool:
        stems = (
            "value",
            "effective",
            "onset",
            "occurrence",
            "deceased",
            "content",
            "event",
            "timing",
            "scheduled",
        )
        return isinstance(h, dict) and any(
            k.startswith(s) and k[len(s) : len(s) + 1].isupper() for s in stems
        )

    found = pick(dice, resource, is_choice)
    if found is None:
        return None
    holder, key, where = found
    stem = next(s for s in (key[:n] for n in range(1, len(key))) if key[len(s)].isupper())
    name, value = dice.choice([
        ("String", "x"), ("DateTime", "2020-01-01"), ("Quantity", {"value": 1}), ("Boolean", True), ("Coding", {"code": "x"}),
        ("CodeableConcept", {"text": "x"}), ("Reference", {"reference": "Patient/1"}), ("Period", {"start": "2020"}),
    ])  # fmt: skip
    kept = holder.pop(key) if dice.random() < 0.7 else holder[key]
    holder[stem + name] = kept if dice.random() < 0.3 else value
    return where


# resources, profiles, narrative


def other_resource_type(dice: Dice, resource: Json) -> str | None:
    found = objects(dice, resource, lambda o: "resourceType" in o)
    if found:
        found[0]["resourceType"] = dice.choice([*TYPES, "Foo", "patient", "Questionnaire", "Bundle", "", 1])
    return found and found[1]


def drop_resource_type(dice: Dice, resource: Json) -> str | None:
    found = objects(dice, resource, lambda o: "resourceType" in o)
    if found:
        del found[0]["resourceType"]
    return found and found[1]


def other_claim(dice: Dice, resource: Json) -> str | None:
    found = objects(dice, resource, lambda o: isinstance(o.get("meta"), dict) and "profile" in o["meta"])
    if found is None:
        return None
    own = found[0]["meta"]["profile"][0]
    found[0]["meta"]["profile"] = dice.choice([
        [], [own, own], [own + "|1.0"], [own.upper()], [CORE + found[0].get("resourceType", "x")], [CORE + "Patient"],
        [own, CORE + "vitalsigns"], ["http://example.org/finns-inte"], [own, "http://example.org/finns-inte"],
        ["finns-inte"], [CORE + "bp"], [own + "#x"], [CORE + "Extension"],
    ])  # fmt: skip
    return found[1]


def other_id(dice: Dice, _key: Any, value: str) -> str:
    return dice.choice(["å", "a b", "x" * 65, value + "_1", "", "A", "1", value.upper(), "#x"])


def same_id(dice: Dice, resource: Json) -> str | None:
    one, two = objects(dice, resource), objects(dice, resource)
    if one is None or two is None or one[0] is two[0]:
        return None
    one[0]["id"] = two[0]["id"] = "samma"
    return f"{one[1]} and {two[1]}"


def narrative(dice: Dice, text: Json) -> Json:
    return {"div": dice.choice([
        f"{XHTML}</div>", f"{XHTML} </div>", f"{XHTML}<script>x()</script></div>", "<div>utan namnrymd</div>",
        f"{XHTML}<p onclick='x'>x</p></div>", f"{XHTML}<p>x</div>", "text", f"<p{XHTML[4:]}x</p>", f"{XHTML}&nbsp;å</div>",
        f"{XHTML}<a href='javascript:x'>x</a></div>", f"{XHTML}<img src='x.png' alt='x'/></div>", f"{XHTML}<b>x</b></div>",
        f"{XHTML}<form>x</form></div>", f"{XHTML}<table><tr><td colspan='2'>x</td></tr></table></div>",
        f"{XHTML}<!-- x --></div>", f"{XHTML}&foo;</div>", f"{XHTML}<p style='color:red' class='a' lang='sv'>x</p></div>",
        f"{XHTML}<P>x</P></div>", f"{XHTML}<h7>x</h7></div>", f"{XHTML}<iframe/>x</div>", f"{XHTML}<a name='n'>x</a></div>",
    ])}  # fmt: skip


def narrative_status(dice: Dice, _text: Json) -> Json:
    return {"status": dice.choice(["generated", "additional", "empty", "extensions", "annat", "Generated"])}


# bundles


def full_url(dice: Dice, _key: Any, value: str) -> str:
    return dice.choice([
        value + "x", value.upper(), "urn:uuid:x", "Patient/1", "http://example.org/fhir/Patient/1", value[:-1],
        "urn:uuid:6b0b2d2e-8f2c-4f0e-9a51-0e3c1de9e7b1", "", f"{value}/_history/1", value + "#a", "urn:oid:1.2.3",
    ])  # fmt: skip


def drop_entry(dice: Dice, resource: Json) -> str | None:
    entries = resource.get("entry")
    if not entries:
        return None
    at = dice.randrange(len(entries))
    del entries[at]
    return f".entry[{at}]"


def double_entry(dice: Dice, resource: Json) -> str | None:
    entries = resource.get("entry")
    if not entries:
        return None
    at = dice.randrange(len(entries))
    twin = deepcopy(entries[at])
    if dice.random() < 0.5:
        twin["fullUrl"] = "urn:uuid:0a7f7c3a-5d14-4d3c-9a0e-1d9d30b0a111"
    entries.append(twin)
    return f".entry[{at}]"


def shuffle_entries(dice: Dice, resource: Json) -> str | None:
    if len(resource.get("entry", ())) > 1:
        dice.shuffle(resource["entry"])
        return ".entry"
    return None


def bundle_type(dice: Dice, resource: Json) -> str | None:
    if resource.get("resourceType") == "Bundle":
        resource["type"] = dice.choice(
            ["collection", "document", "transaction", "batch", "searchset", "history", "x"]
        )
        return ".type"
    return None


def entry_part(dice: Dice, resource: Json) -> str | None:
    if not resource.get("entry"):
        return None
    entry = dice.choice(resource["entry"])
    entry.update(dice.choice([
        {"request": {"method": "POST", "url": "Patient"}}, {"response": {"status": "200"}}, {"search": {"mode": "match"}},
        {"request": {"method": "GO", "url": "x"}}, {"link": [{"relation": "self", "url": "x"}]}, {"resource": {}},
    ]))  # fmt: skip
    return ".entry"


CHANGES: tuple[Change, ...] = (
    drop_element, drop_element, drop_top_element, drop_item, drop_item, empty_list, double_item, double_item, many_items,
    reverse_items, move_element, swap_elements,
    adding(bool, unknown_property, "unknown_property"),
    replacing(lambda _h, _k, _v: True, null_element, "null_element"),
    replacing(lambda _h, k, _v: k != "div", other_shape, "other_shape"),
    replacing(is_value, other_primitive, "other_primitive"),
    replacing(is_date, shorter_date, "shorter_date"),
    replacing(is_date, wrong_date, "wrong_date"),
    replacing(is_text, odd_text, "odd_text"),
    replacing(is_text, long_text, "long_text"),
    adding(lambda o: "start" in o or "end" in o, shift_period, "shift_period"),
    replacing(named("code", "status", "intent", "use", "priority", "type", "gender"), other_code, "other_code"),
    replacing(named("code", "status", "intent", "use", "valueCode"), other_code, "other_code"),
    replacing(named("system"), other_system, "other_system"),
    replacing(named("system"), other_system, "other_system"),
    adding(lambda o: "code" in o and "system" in o, wrong_display, "wrong_display"),
    adding(lambda o: isinstance(o.get("coding"), list), more_codings, "more_codings"),
    replacing(is_concept, only_text, "only_text"),
    drop_from_coding,
    replacing(named("reference"), other_reference, "other_reference"),
    replacing(named("reference"), other_reference, "other_reference"),
    adding(lambda o: "reference" in o, to_identifier, "to_identifier"),
    adding(lambda o: "reference" in o, typed_reference, "typed_reference"),
    to_contained, unused_contained,
    adding(bool, unknown_extension, "unknown_extension"),
    adding(bool, known_extension, "known_extension"),
    adding(bool, modifier_extension, "modifier_extension"),
    on_primitive, on_primitive, plant_extension, other_extension_value, other_extension_value, other_choice,
    other_resource_type, drop_resource_type, other_claim,
    replacing(named("id"), other_id, "other_id"),
    same_id,
    replacing(named("url"), lambda _d, _k, v: v.swapcase(), "url_case"),
    adding(lambda o: "div" in o, narrative, "narrative"),
    adding(lambda o: "div" in o, narrative_status, "narrative_status"),
    replacing(named("fullUrl"), full_url, "full_url"),
    drop_entry, double_entry, shuffle_entries, bundle_type, entry_part,
)  # fmt: skip


def mutant(dice: Dice, resource: Json) -> tuple[str, str, Json]:
    """One changed copy, with the kind of its change and where it was made."""
    while True:
        made = deepcopy(resource)
        change = dice.choice(CHANGES)
        try:
            where = change(dice, made)
        except (AttributeError, TypeError, KeyError, IndexError):
            continue
        if where is not None and made != resource:
            return change.__name__, f"{resource.get('resourceType')}{where}", made
