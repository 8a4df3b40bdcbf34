"""One answer against its question: type, options, limits, and whether the question was asked at all."""

from __future__ import annotations

import re
from decimal import Decimal
from typing import Any

from adapter.validation.fhirpath.evaluate import Env, FhirPathError, TooCostly
from adapter.validation.fhirpath.operators import order
from adapter.validation.fhirpath.patterns import search
from adapter.validation.fhirpath.values import CALENDAR, SCALE, Node, plain
from adapter.validation.places import Place
from adapter.validation.run import Run, Scope, truth

Json = dict[str, Any]
BASE = "http://hl7.org/fhir/StructureDefinition/"
SDC = "http://hl7.org/fhir/uv/sdc/StructureDefinition/sdc-questionnaire-"
STEPS = 100_000
TYPES: dict[str, frozenset[str]] = {
    "boolean": frozenset({"Boolean"}),
    "decimal": frozenset({"Decimal"}),
    "integer": frozenset({"Integer"}),
    "date": frozenset({"Date"}),
    "dateTime": frozenset({"DateTime"}),
    "time": frozenset({"Time"}),
    "string": frozenset({"String"}),
    "text": frozenset({"String"}),
    "url": frozenset({"Uri"}),
    "attachment": frozenset({"Attachment"}),
    "reference": frozenset({"Reference"}),
    "quantity": frozenset({"Quantity"}),
    "choice": frozenset({"Coding", "Date", "Time", "Integer", "String"}),
    "open-choice": frozenset({"Coding", "Date", "Time", "Integer", "String"}),
}
_TYPE = re.compile(r"(?:^|/)([A-Z][A-Za-z]+)/[A-Za-z0-9\-.]+")


def value_of(holder: Json) -> tuple[str, Any]:
    """The type's suffix and the value of ``value[x]``; empty when there is none."""
    return next(((k[5:], v) for k, v in holder.items() if k.startswith("value") and len(k) > 5), ("", None))  # noqa: PLR2004 the word


def extension(holder: Json, *urls: str) -> Any:
    """The value of the first extension of these urls."""
    extensions = holder.get("extension")
    for found in extensions if isinstance(extensions, list) else ():
        if isinstance(found, dict) and found.get("url") in urls:
            return value_of(found)[1]
    return None


def check_answer(run: Run, question: Json, answer: Json, here: Place) -> None:
    """Judge one answer."""
    kind, value = value_of(answer)
    asked, link = str(question.get("type")), question.get("linkId")
    if not kind:
        return
    if kind not in TYPES.get(asked, frozenset({kind})):
        run.say("answer-type", here, value=link, wanted=asked, found=kind)
        return
    if not _is_option(run, question, kind, value):
        run.say("answer-option", here, value=link)
    for fault in _limits(run, question, kind, value):
        run.say(fault, here, value=link)


def _is_option(run: Run, question: Json, kind: str, value: Any) -> bool:
    options = [value_of(o) for o in question.get("answerOption") or () if isinstance(o, dict)]
    if options and question.get("type") == "open-choice" and kind == "String":
        return True
    if options:
        return any(k == kind and _same(v, value) for k, v in options)
    url = question.get("answerValueSet")
    if not isinstance(url, str) or (value_set := run.engine.terminology.value_set(url)) is None:
        return True
    if kind == "Coding" and isinstance(value, dict):
        return value_set.has(str(value.get("system", "")), str(value.get("code", ""))) is not False
    return not (kind == "String" and value_set.has_code(str(value)) is True)


def _same(option: Any, value: Any) -> bool:
    if isinstance(option, dict) and isinstance(value, dict):
        return all(option.get(k) == value.get(k) for k in ("system", "code"))
    return bool(option == value)


def _limits(run: Run, question: Json, kind: str, value: Any) -> list[str]:
    found: list[str] = []
    if kind in ("String", "Uri") and isinstance(value, str):
        longest, shortest = question.get("maxLength"), extension(question, BASE + "minLength")
        if (isinstance(longest, int) and len(value) > longest) or (
            isinstance(shortest, int) and len(value) < shortest
        ):
            found.append("answer-length")
        pattern = extension(question, BASE + "regex")
        if isinstance(pattern, str) and not _matches(pattern, value):
            found.append("answer-format")
    code = kind[:1].lower() + kind[1:]
    low, high = extension(question, BASE + "minValue"), extension(question, BASE + "maxValue")
    if (low is not None and _order(value, low, code) < 0) or (
        high is not None and _order(value, high, code) > 0
    ):
        found.append("answer-range")
    places = extension(question, BASE + "maxDecimalPlaces")
    if isinstance(places, int) and isinstance(value, Decimal) and -int(value.as_tuple().exponent) > places:
        found.append("answer-range")
    if isinstance(value, dict):
        found += _structured(run, question, kind, value)
    return found


def _structured(run: Run, question: Json, kind: str, value: Json) -> list[str]:
    if kind == "Quantity":
        return _quantity(run, question, value)
    if kind == "Attachment":
        allowed = [
            value_of(e)[1]
            for e in question.get("extension") or ()
            if str(e.get("url", "")).endswith("/mimeType")
        ]
        return ["answer-format"] if allowed and value.get("contentType") not in allowed else []
    if kind == "Reference":
        match = _TYPE.search(str(value.get("reference", "")))
        wanted = [
            value_of(e)[1]
            for e in question.get("extension") or ()
            if str(e.get("url", "")).endswith("referenceResource")
        ]
        if match and (match[1] not in run.engine.resource_names or (wanted and match[1] not in wanted)):
            return ["answer-reference"]
    return []


def _quantity(run: Run, question: Json, value: Json) -> list[str]:
    found: list[str] = []
    for name, sign in (("minQuantity", -1), ("maxQuantity", 1)):
        limit = extension(question, SDC + name, BASE + name)
        if isinstance(limit, dict):
            compared = _compare_quantities(value, limit)
            if compared is None or compared == sign:
                found.append("answer-range")
    units = [
        value_of(e)[1]
        for e in question.get("extension") or ()
        if str(e.get("url", "")).endswith("questionnaire-unitOption")
    ]
    if units and not any(_same(u, value) for u in units):
        found.append("answer-unit")
    url = extension(question, BASE + "questionnaire-unitValueSet")
    value_set = run.engine.terminology.value_set(url) if isinstance(url, str) else None
    if (
        value_set is not None
        and value_set.has(str(value.get("system", "")), str(value.get("code", ""))) is False
    ):
        found.append("answer-unit")
    return found


def _compare_quantities(value: Json, limit: Json) -> int | None:
    if "code" not in value or "code" not in limit or value.get("system") != limit.get("system"):
        return None
    one, two = (SCALE.get(CALENDAR.get(str(q["code"]), str(q["code"]))) for q in (value, limit))
    if value["code"] == limit["code"]:
        factor_one = factor_two = Decimal(1)
    elif one is None or two is None or one[0] != two[0]:
        return None
    else:
        factor_one, factor_two = one[1], two[1]
    a = Decimal(str(value.get("value", 0))) * factor_one
    b = Decimal(str(limit.get("value", 0))) * factor_two
    return -1 if a < b else int(a > b)


def _matches(pattern: str, value: str) -> bool:
    try:
        return search(pattern, value)
    except (FhirPathError, TooCostly):
        return True


def _order(value: Any, limit: Any, code: str) -> int:
    a, b = plain(Node(value, None, code)), plain(Node(limit, None, code))
    try:
        return order(a, b) or 0
    except FhirPathError:
        return 0


def is_enabled(run: Run, scope: Scope, question: Json) -> bool:
    """Whether the conditions of a question hold for the answers given."""
    kanta = "http://phr.kanta.fi/StructureDefinition/fiphr-ext-questionnaire-enablewhen"
    if isinstance(text := extension(question, kanta), str):
        return _expression(run, scope, text)
    expression = extension(
        question, SDC + "enableWhenExpression", BASE + "questionnaire-enableWhenExpression"
    )
    if isinstance(expression, dict) and isinstance(text := expression.get("expression"), str):
        return _expression(run, scope, text)
    found = question.get("enableWhen")
    conditions = [c for c in found if isinstance(c, dict)] if isinstance(found, list) else []
    if not conditions:
        return True
    verdicts = [_holds(scope.resource, c) for c in conditions]
    return any(verdicts) if question.get("enableBehavior") == "any" else all(verdicts)


def _expression(run: Run, scope: Scope, text: str) -> bool:
    focus = [Node(scope.resource, None, scope.type)]
    try:
        return truth(run.engine.fhirpath(text)(Env(run, scope, focus, STEPS), focus))
    except (FhirPathError, TooCostly):
        return True


def _holds(response: Json, condition: Json) -> bool:
    wanted = next((v for k, v in condition.items() if k.startswith("answer")), None)
    code = next((k[6:7].lower() + k[7:] for k in condition if k.startswith("answer")), "")
    answers = [
        value_of(a)[1]
        for i in _items(response.get("item"), condition.get("question"))
        for a in i.get("answer") or ()
    ]
    operator = condition.get("operator")
    if operator == "exists":
        return bool(answers) == wanted
    if operator == "=":
        return any(_same(wanted, a) for a in answers)
    if operator == "!=":
        return not any(_same(wanted, a) for a in answers)
    tests = {">": lambda o: o > 0, "<": lambda o: o < 0, ">=": lambda o: o >= 0, "<=": lambda o: o <= 0}
    test = tests.get(str(operator))
    return test is not None and any(test(_order(a, wanted, code)) for a in answers)


def _items(items: Any, link: Any) -> list[Json]:
    found: list[Json] = []
    for item in items if isinstance(items, list) else ():
        if isinstance(item, dict):
            found += [item] if item.get("linkId") == link else []
            found += _items(item.get("item"), link)
            for answer in item.get("answer") or ():
                found += _items(answer.get("item"), link) if isinstance(answer, dict) else []
    return found
