"""How an element is written, and asked for: one case holds a question, what it finds and what it does not."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, NamedTuple

Json = dict[str, Any]
SYSTEM = "http://a.example"


class Case(NamedTuple):
    """A value of a parameter, the elements of a resource that it finds, and of one that it does not."""

    asked: str
    found: Json
    other: Json


Meanings = Mapping[str, list[Case]]


def at(path: str, value: Any) -> Json:
    """``participant[].actor`` → ``{"participant": [{"actor": value}]}``."""
    for step in reversed(path.split(".")):
        name = step.removesuffix("[]")
        value = {name: [value] if step.endswith("[]") else value}
    return dict(value)


def _pairs(path: str, asked: str, element: Callable[[str], Any]) -> list[Case]:
    return [Case(asked, at(path, element("a")), at(path, element("b")))]


def concept(path: str) -> list[Case]:
    """A CodeableConcept: by system and code, by the code alone; not by the code of another system."""
    return [*_coded(path, lambda coding: {"coding": [{"system": "http://b.example", "code": "x"}, coding]})]


def coding(path: str) -> list[Case]:
    """A Coding, as above."""
    return _coded(path, lambda said: said)


def _coded(path: str, element: Callable[[Json], Json]) -> list[Case]:
    found = at(path, element({"system": SYSTEM, "code": "a"}))
    return [
        Case(f"{SYSTEM}|a", found, at(path, element({"system": SYSTEM, "code": "b"}))),
        Case(f"{SYSTEM}|a", found, at(path, element({"system": "http://c.example", "code": "a"}))),
        Case("a", found, at(path, element({"system": SYSTEM, "code": "A1", "display": "a"}))),
        Case("|a", at(path, element({"code": "a"})), found),
    ]


def code(path: str, found: str = "a", other: str = "b") -> list[Case]:
    """A code, a string or a boolean, as a token."""
    return [Case(found, at(path, found), at(path, other))]


def flag(path: str) -> list[Case]:
    """A boolean."""
    return [Case("true", at(path, True), at(path, False)), Case("false", at(path, False), at(path, True))]


def ident(path: str) -> list[Case]:
    """An Identifier."""

    def element(value: str) -> Json:
        return {"system": SYSTEM, "value": value}

    elsewhere = at(path, {"system": "http://c.example", "value": "a"})
    return [
        *_pairs(path, f"{SYSTEM}|a", element),
        *_pairs(path, "a", element),
        Case(f"{SYSTEM}|a", at(path, element("a")), elsewhere),
    ]


def refs(path: str, *types: str) -> list[Case]:
    """A Reference to any of these types; the same id of another type is another."""

    def to(name: str) -> Json:
        return at(path, {"reference": name})

    cases = [Case(f"{each}/a", to(f"{each}/a"), to(f"{each}/b")) for each in types]
    one = types[0]
    cases.append(Case(f"{one}/a", to(f"{one}/a"), to(f"{'Basic' if one != 'Basic' else 'List'}/a")))
    return cases


def only(path: str, type_: str) -> list[Case]:
    """A Reference of which only those to one type count: also by the bare id."""
    found, other = at(path, {"reference": f"{type_}/a"}), at(path, {"reference": "Group/a"})
    return [*refs(path, type_), Case("a", found, other)]


def moment(path: str) -> list[Case]:
    """A dateTime or an instant, by the day and by what comes after it."""
    day, after = at(path, "2026-02-01T09:14:00+01:00"), at(path, "2026-02-02T00:00:00+01:00")
    return [
        Case("2026-02-01", day, after),
        Case("lt2026-02-02", day, after),
        Case("gt2026-02-01", after, day),
        Case("2026-02-01T08:14:00Z", day, after),
    ]


def day(path: str) -> list[Case]:
    """A date."""
    return [
        Case("1912-12-12", at(path, "1912-12-12"), at(path, "1912-12-13")),
        Case("le1912", at(path, "1912-12-12"), at(path, "1913-01-01")),
    ]


def period(path: str) -> list[Case]:
    """A Period, open or not."""
    spring = at(path, {"start": "2026-03-01", "end": "2026-05-31"})
    autumn = at(path, {"start": "2026-09-01", "end": "2026-11-30"})
    return [
        Case("2026-04", at(path, {"start": "2026-04-02", "end": "2026-04-03"}), autumn),
        Case("ge2026-09", autumn, spring),
        Case("ge2026-09", at(path, {"start": "2026-03-01"}), spring),
        Case("eb2026-06", spring, at(path, {"start": "2026-03-01"})),
    ]


def timing(path: str) -> list[Case]:
    """A Timing, by its events or its bounds."""
    return [
        Case("2026-04-02", at(path, {"event": ["2026-04-02"]}), at(path, {"event": ["2026-04-03"]})),
        Case(
            "2026-04",
            at(path, {"repeat": {"boundsPeriod": {"start": "2026-04-02", "end": "2026-04-03"}}}),
            at(path, {"repeat": {"boundsPeriod": {"start": "2026-05-02", "end": "2026-05-03"}}}),
        ),
    ]


def text(path: str) -> list[Case]:
    """A string, from its beginning, whatever the case and the accents."""
    return [
        Case("alfa", at(path, "Alfa ett"), at(path, "Den alfa")),
        Case("ake", at(path, "Åke"), at(path, "Bo")),
    ]


def uri(path: str) -> list[Case]:
    """A uri, to the letter."""
    return [Case("http://x.example/a", at(path, "http://x.example/a"), at(path, "http://x.example/A"))]


def canonical(path: str) -> list[Case]:
    """A canonical: the whole of it, or without its version."""
    versioned = at(path, "http://x.example/a|2.0")
    return [
        *uri(path),
        Case("http://x.example/a|2.0", versioned, at(path, "http://x.example/a|1.0")),
        Case("http://x.example/a", versioned, at(path, "http://x.example/ab|2.0")),
    ]


def amount(path: str) -> list[Case]:
    """A Quantity, with and without its unit."""
    ucum = "http://unitsofmeasure.org"

    def of(value: float, unit: str = "mg") -> Json:
        return at(path, {"value": value, "system": ucum, "code": unit, "unit": unit})

    return [
        Case("5.4", of(5.4), of(5.5)),
        Case(f"5.4|{ucum}|mg", of(5.4), of(5.4, "g")),
        Case("gt5.4", of(5.5), of(5.4)),
        Case("le5.4||mg", of(5.4), of(5.4, "g")),
    ]


def address(prefix: str) -> dict[str, list[Case]]:
    """The parameters of an address; ``prefix`` is the path of the Address."""
    parts = {"city": "city", "country": "country", "postalcode": "postalCode", "state": "state"}
    whole = [
        Case("alfa", at(prefix, part), at(prefix, {"use": "home", "city": "Beta"}))
        for part in (
            {"line": ["Alfagatan 1"]},
            {"city": "Alfa"},
            {"district": "Alfa"},
            {"state": "Alfa"},
            {"country": "Alfa"},
            {"postalCode": "Alfa"},
            {"text": "Alfagatan 1, Beta"},
        )
    ]
    swapped = [
        Case("alfa", at(prefix, {"city": "Alfa"}), at(prefix, {"state": "Alfa", "city": "Beta"})),
    ]
    return {
        "address": whole,
        **{f"address-{name}": text(f"{prefix}.{element}") for name, element in parts.items()},
        "address-city": [*text(f"{prefix}.city"), *swapped],
        "address-use": code(f"{prefix}.use", "home", "work"),
    }


def contact() -> dict[str, list[Case]]:
    """The parameters of ``telecom``."""

    def way(system: str, value: str) -> Json:
        return at("telecom[]", {"system": system, "value": value})

    return {
        "telecom": [Case("0701", way("fax", "0701"), way("fax", "0702"))],
        "phone": [
            Case("0701", way("phone", "0701"), way("phone", "0702")),
            Case("0701", way("phone", "0701"), way("fax", "0701")),
        ],
        "email": [
            Case("a@x.example", way("email", "a@x.example"), way("email", "b@x.example")),
            Case("a@x.example", way("email", "a@x.example"), way("other", "a@x.example")),
        ],
    }


def person() -> dict[str, list[Case]]:
    """The parameters of the names of somebody."""
    family = at("name[]", {"family": "Alfa", "given": ["Beta"]})
    given = at("name[]", {"family": "Beta", "given": ["Gamma", "Alfa"]})
    spoken = at("name[]", {"text": "Alfa Beta"})
    nobody = at("name[]", {"family": "Beta"})
    return {
        "family": [*text("name[].family"), Case("alfa", family, given)],
        "given": [*text("name[].given[]"), Case("alfa", given, family)],
        "name": [Case("alfa", each, nobody) for each in (family, given, spoken)],
    }
