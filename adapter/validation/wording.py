"""The words that fill a sentence's places, in both tongues."""

from __future__ import annotations

from decimal import Decimal
from typing import Any


class Word(str):
    """A Swedish word with its English twin."""

    __slots__ = ("en",)
    en: str


def word(sv: str, en: str) -> Word:
    """A word for both sentences."""
    made = Word(sv)
    made.en = en
    return made


def in_english(values: dict[str, Any]) -> dict[str, Any]:
    """The places of the English sentence."""
    return {k: v.en if isinstance(v, Word) else v for k, v in values.items()}


OBJECT = word("ett objekt {…}", "an object {…}")
_OTHER = word("ett värde av rätt form", "a value of the right form")
_KINDS: dict[type, Word] = {
    str: word("en text", "a text"),
    bool: word("true eller false", "true or false"),
    dict: word("ett objekt {…}", "an object {…}"),
    list: word("en lista […]", "a list […]"),
    type(None): word("null", "null"),
}
_NUMBER = word("ett tal", "a number")
_EXAMPLES = {
    "boolean": word("true eller false, utan citattecken", "true or false, without quotes"),
    "integer": word("ett heltal, till exempel 12", "a whole number, such as 12"),
    "unsignedInt": word("ett heltal från 0", "a whole number from 0"),
    "positiveInt": word("ett heltal från 1", "a whole number from 1"),
    "decimal": word("ett tal, till exempel 1.5", "a number, such as 1.5"),
    "date": word("ÅÅÅÅ, ÅÅÅÅ-MM eller ÅÅÅÅ-MM-DD", "YYYY, YYYY-MM or YYYY-MM-DD"),
    "dateTime": word("ÅÅÅÅ-MM-DD eller ÅÅÅÅ-MM-DDThh:mm:ss+01:00", "YYYY-MM-DD or YYYY-MM-DDThh:mm:ss+01:00"),
    "instant": word("ÅÅÅÅ-MM-DDThh:mm:ss+01:00", "YYYY-MM-DDThh:mm:ss+01:00"),
    "time": word("hh:mm:ss", "hh:mm:ss"),
    "id": word(
        "1–64 tecken: A–Z, a–z, 0–9, bindestreck och punkt",
        "1–64 characters: A–Z, a–z, 0–9, hyphen and full stop",
    ),
    "oid": word("urn:oid: följt av siffror och punkter", "urn:oid: and digits with full stops"),
    "uuid": word("urn:uuid: följt av ett UUID med små bokstäver", "urn:uuid: and a UUID in small letters"),
    "base64Binary": word("base64", "base64"),
    "uri": word("en adress utan mellanslag", "an address without spaces"),
    "url": word("en adress utan mellanslag", "an address without spaces"),
    "canonical": word("en adress utan mellanslag", "an address without spaces"),
    "code": word("en kod inom citattecken", "a code in quotes"),
    "string": word("en text inom citattecken", "a text in quotes"),
    "markdown": word("en text inom citattecken", "a text in quotes"),
    "xhtml": word("XHTML inom citattecken", "XHTML in quotes"),
}
BUNDLES = {"document": word("dokument", "document"), "message": word("meddelande", "message")}
AGGREGATION = {
    "contained": word("inbäddat (contained)", "contained"),
    "bundled": word("i samma Bundle", "bundled"),
    "referenced": word("utanför", "referenced"),
}


def kind_of(value: Any) -> Word:
    """What a JSON value is, in words."""
    if isinstance(value, (int, float, Decimal)) and not isinstance(value, bool):
        return _NUMBER
    return _KINDS.get(type(value), _OTHER)


def example_of(code: str) -> Word:
    """How a value of a primitive type is written."""
    return _EXAMPLES.get(code, _OTHER)


def joined(words: list[Word]) -> Word:
    """Words in a row."""
    return word(" eller ".join(words), ", ".join(w.en for w in words))
