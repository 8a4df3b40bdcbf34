"""What nobody sees of what is kept about a person whose identity is protected: where they are.

Skyddade personuppgifter (sekretessmarkering, skyddad folkbokföring): no address or number, as an element or
in words, no place where the person is to be, no relative or unit that leads there. Who answers for a record
stays: it is opened and blocked by that. Only a system that is trusted with everything is given all
(canonical-models §1, Protected identity).
"""

from __future__ import annotations

import re
from base64 import b64decode, b64encode
from typing import Any, Final

from adapter.domain.phone import national
from adapter.domain.protected import places_in
from adapter.domain.staff_numbers import without_numbers

Json = dict[str, Any]

HIDDEN: Final = "(uppgift visas inte)"
_PERSON: Final = frozenset({"contact", "generalPractitioner", "managingOrganization", "photo", "text"})
_LEFT_OUT: Final = {
    "Patient": _PERSON,
    "RelatedPerson": _PERSON,
    "Location": frozenset({"name", "alias", "description", "text"}),
}
_PLACES: Final = frozenset(
    {"address", "telecom", "position", "location", "locationReference", "valueAddress", "valueContactPoint"}
)
_NEEDED: Final = frozenset({"actor", "member"})  # a participant without one is none
_CONTACT_SYSTEMS: Final = frozenset({"phone", "fax", "email", "pager", "url", "sms", "other"})
_FOR_MACHINES: Final = frozenset(
    {"code", "contentType", "hash", "id", "meta", "reference", "resourceType", "system", "uri", "url"}
)
_A_TIME: Final = re.compile(r"\d{4}(-\d\d(-\d\d(T[\d:.]+(Z|[+-]\d\d:\d\d))?)?)?")
_A_TEXT: Final = re.compile(r"text/.+|application/(.+\+)?(json|xml)")
_ENCODINGS: Final = ("utf-8", "utf-16", "latin-1")
_SHORTEST: Final = 4  # characters of a word in an address
_GONE: Final = object()


def without_whereabouts(resource: Json, person: Json, *, has_files: bool) -> Json:
    """A copy of a resource as others see it; ``person`` is the protected Patient that it is about.

    Without ``has_files`` no file stays whose words cannot be read.
    """
    secrets = _Secrets()
    _left(person, secrets)
    secrets.has_taken = False
    left: Json = _left(resource, secrets)
    if secrets.has_taken:
        left.pop("text", None)  # a narrative tells what the elements told
    _listen(left, secrets)
    shown: Json = _masked(left, secrets, has_files=has_files)
    return shown


class _Secrets:
    """What must not be said in words: numbers (national digits, e-mail in small letters) and addresses."""

    def __init__(self) -> None:
        self.numbers: set[str] = set()
        self.words: set[str] = set()
        self.has_taken = False

    def take(self, value: Any) -> None:
        """Everything that an element said which is left out."""
        self.has_taken = True
        if isinstance(value, str):
            self._take(value.strip())
        elif isinstance(value, dict):
            for name, inner in value.items():
                if name not in _FOR_MACHINES | {"use", "type", "extension", "period", "country"}:
                    self.take(inner)
        elif isinstance(value, list):
            for inner in value:
                self.take(inner)

    def _take(self, text: str) -> None:
        if "@" in text:
            self.numbers.add(text.casefold())
        elif digits := national(text) if re.fullmatch(r"[\d\s()+/–.-]{5,}", text) else "":
            self.numbers.add(digits)
        elif len(text) >= _SHORTEST:
            self.words.add(text)

    def mask(self, text: str) -> str:
        """A text without them."""
        for word in sorted(self.words, key=len, reverse=True):
            text = re.sub(rf"(?<!\w){re.escape(word)}(?!\w)", HIDDEN, text, flags=re.IGNORECASE)
        return without_numbers(text, self.numbers)


def _left(value: Any, secrets: _Secrets) -> Any:
    """What is left of a value without the elements that say where somebody is."""
    if isinstance(value, list):
        items = [_left(inner, secrets) for inner in value]
        return [inner for inner in items if inner is not _GONE] or _GONE
    if not isinstance(value, dict):
        return value
    if _is_place(value):
        secrets.take(value)
        return _GONE
    hidden = _PLACES | _LEFT_OUT.get(value.get("resourceType", ""), frozenset())
    kept: Json = {}
    for name, inner in value.items():
        left = _left(inner, secrets)
        if name in _PLACES:
            secrets.take(inner)
        elif name in hidden:
            secrets.has_taken |= name != "text"
        elif left is not _GONE:
            kept[name] = left
        elif name in _NEEDED:
            return _GONE
    return kept or _GONE


def _is_place(value: Json) -> bool:
    """A way to reach somebody, or a reference to a place."""
    if value.get("system") in _CONTACT_SYSTEMS and "value" in value:
        return True
    target = value.get("reference")
    return value.get("type") == "Location" or (isinstance(target, str) and "Location" in target.split("/"))


def _listen(value: Any, secrets: _Secrets, name: str = "") -> None:
    """Take up the numbers and addresses that stand in words."""
    if isinstance(value, str):
        if _is_said(name, value):
            secrets.numbers.update(places_in(value))
    elif isinstance(value, dict):
        for inner_name, inner in value.items():
            if inner_name != "meta":
                words = [words for words, _ in _readings(value)] if inner_name == "data" else inner
                _listen(words, secrets, inner_name)
    elif isinstance(value, list):
        for inner in value:
            _listen(inner, secrets, name)


def _masked(value: Any, secrets: _Secrets, *, has_files: bool, name: str = "") -> Any:
    if isinstance(value, str):
        return secrets.mask(value) if _is_said(name, value) else value
    if isinstance(value, list):
        return [_masked(inner, secrets, has_files=has_files, name=name) for inner in value]
    if not isinstance(value, dict):
        return value
    is_number = isinstance(value.get("system"), str) and isinstance(value.get("value"), str)
    kept = {
        inner_name: inner
        if inner_name in {"data", "meta"} or (is_number and inner_name == "value")
        else _masked(inner, secrets, has_files=has_files, name=inner_name)
        for inner_name, inner in value.items()
    }
    return _file(kept, secrets, has_files=has_files) if "data" in value else kept


def _file(attachment: Json, secrets: _Secrets, *, has_files: bool) -> Json:
    """An attachment with its words masked; one whose words cannot be read stays or goes as it is."""
    kept = {name: value for name, value in attachment.items() if name not in {"data", "hash", "size"}}
    readings = _readings(attachment)
    for words, encoding in readings:
        masked = secrets.mask(words)
        if masked != words:
            return kept | {"data": b64encode(masked.encode(encoding, "replace")).decode()}
    return attachment if readings or has_files else kept


def _readings(attachment: Json) -> list[tuple[str, str]]:
    """The text of an attachment, in each encoding that it can be read in; none when it is no text.

    What it says of its encoding is not relied on: a reader may see through it.
    """
    if not _A_TEXT.fullmatch(str(attachment.get("contentType", "")).partition(";")[0].strip().lower()):
        return []
    found: list[tuple[str, str]] = []
    for encoding in _ENCODINGS:
        try:
            words = b64decode(str(attachment["data"]), validate=False).decode(encoding)
        except ValueError:
            continue
        found.append((words, encoding))
    return found


def _is_said(name: str, text: str) -> bool:
    """Words for people, not what a program reads."""
    return name not in _FOR_MACHINES and not _A_TIME.fullmatch(text)
