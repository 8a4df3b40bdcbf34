"""Answers against their Questionnaire, when it is loaded.

https://hl7.org/fhir/R4/questionnaireresponse.html#notes
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from adapter.validation.answers import check_answer, is_enabled
from adapter.validation.places import Place
from adapter.validation.run import Run, Scope

Json = dict[str, Any]
DONE = frozenset({"completed", "amended"})


def check_response(run: Run, scope: Scope, place: Place) -> None:
    """Judge a QuestionnaireResponse by the Questionnaire that it names; says nothing when that is not here."""  # noqa: E501 see the line
    response = scope.resource
    named = response.get("questionnaire")
    if not isinstance(named, str):
        return
    if named.startswith("#"):
        target = run.engine.resolve(scope, named)
        questionnaire = target.resource if target else None
    else:
        questionnaire = run.engine.definitions.questionnaire(named)
    if questionnaire is not None:
        _Form(run, scope, questionnaire).level(questionnaire.get("item"), response.get("item"), place)


def dicts(value: Any) -> list[Json]:
    """The objects of a list; nothing when it is none."""
    return [v for v in value if isinstance(v, dict)] if isinstance(value, list) else []


def below(items: Any) -> Iterator[Json]:
    """Every item of a questionnaire or response, however deep."""
    for item in dicts(items):
        yield item
        yield from below(item.get("item"))
        for answer in dicts(item.get("answer")):
            yield from below(answer.get("item"))


class _Form:
    def __init__(self, run: Run, scope: Scope, questionnaire: Json) -> None:
        self.run, self.scope = run, scope
        self.links = {str(i.get("linkId")) for i in below(questionnaire.get("item"))}
        self.is_done = str(scope.resource.get("status")) in DONE

    def level(self, asked: Any, given: Any, place: Place) -> None:
        """One level of items: each is known, in order, and the required ones are there."""
        questions = {str(q.get("linkId")): (i, q) for i, q in enumerate(dicts(asked))}
        last = -1
        found: dict[Any, list[tuple[Json, Place]]] = {}
        for i, item in enumerate(dicts(given)):
            here: Place = (place, "item", "item", i)
            link = str(item.get("linkId"))
            if link not in questions:
                rule = "answer-misplaced" if link in self.links else "answer-unknown"
                self.run.say(rule, here, value=link)
                continue
            if questions[link][0] < last:
                self.run.say("answer-order", here, value=link)
            last = questions[link][0]
            found.setdefault(link, []).append((item, here))
        for link, (_, question) in questions.items():
            self.question(question, found.get(link, []), place)

    def question(self, question: Json, items: list[tuple[Json, Place]], place: Place) -> None:
        link, kind = question.get("linkId"), question.get("type")
        enabled = is_enabled(self.run, self.scope, question)
        if not items:
            if question.get("required") and enabled and kind != "display":
                severity = "" if self.is_done else "information"
                self.run.say("answer-required", place, severity=severity, value=link)
            return
        if not enabled:
            self.run.say("answer-disabled", items[0][1], value=link)
        if len(items) > 1 and not question.get("repeats"):
            self.run.say("answer-once", items[1][1], value=link)
        for item, here in items:
            self.item(question, item, here)

    def item(self, question: Json, item: Json, here: Place) -> None:  # noqa: C901 one branch a kind
        kind, link = question.get("type"), question.get("linkId")
        answers = dicts(item.get("answer"))
        text = item.get("text")
        if isinstance(text, str) and isinstance(question.get("text"), str) and text != question["text"]:
            self.run.say("answer-text", here, value=link)
        if kind == "group":
            if answers:
                self.run.say("answer-in-group", here, value=link)
            if question.get("required") and not item.get("item") and self.is_done:
                self.run.say("answer-required", here, value=link)
            self.level(question.get("item"), item.get("item"), here)
            return
        if kind == "display":
            if answers or item.get("item"):
                self.run.say("answer-in-display", here, value=link)
            return
        if item.get("item"):
            self.run.say("answer-item-outside", here, value=link)
        if len(answers) > 1 and not question.get("repeats"):
            self.run.say("answer-once", here, value=link)
        if not answers and question.get("required") and self.is_done:
            self.run.say("answer-required", here, value=link)
        for i, answer in enumerate(answers):
            inner: Place = (here, "answer", "answer", i)
            check_answer(self.run, question, answer, inner)
            if question.get("item") or answer.get("item"):
                self.level(question.get("item"), answer.get("item"), inner)
