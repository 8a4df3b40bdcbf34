"""Search parameters: what of a resource can be asked for, and the rows that answer it.

https://hl7.org/fhir/R4/searchparameter-registry.html and https://hl7.org/fhir/R4/search.html#table.
One table (``search_table``) says name, kind and element path of every parameter we know; ``entries()`` reads
a resource by it. Parameters over the same element (``patient`` and ``subject``) share their rows.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import lru_cache, partial
from types import MappingProxyType
from typing import Any, NamedTuple

from adapter.fhir.search_dates import FOREVER, NEVER, date_range
from adapter.fhir.search_table import TABLE, UNIVERSAL
from adapter.frozen import dataclass
from adapter.recalled import recalled

Json = dict[str, Any]


class Entry(NamedTuple):
    """One search row.

    ``value`` by kind: token ``(system, code)`` with the canonical system ("" = none), reference
    ``("Type/id",)``, date ``(low, high)`` in milliseconds UTC since 1970, both inclusive, string
    ``(folded,)``.
    """

    param: str
    kind: str
    value: tuple[Any, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Parameter:
    """One search parameter of a type: kind as in FHIR (token, reference, date, string), path in the resource.

    ``rows`` is the parameter whose rows answer it; ``targets`` the types that a reference may lead to (none
    listed = any).
    """

    name: str
    kind: str
    path: str
    targets: tuple[str, ...] = ()
    rows: str = ""


# Systems that mean the same: the first of each line is the one we store and ask by. HSA ids have two OIDs
# (HL7 Sweden's and RIV TA's), identity numbers an OID and HL7 Sweden's URI.
_SAME_SYSTEM = (
    ("urn:oid:1.2.752.29.4.19", "urn:oid:1.2.752.129.2.1.4.1"),
    ("http://electronichealth.se/identifier/personnummer", "urn:oid:1.2.752.129.2.1.3.1"),
    ("http://electronichealth.se/identifier/samordningsnummer", "urn:oid:1.2.752.129.2.1.3.3"),
    ("http://electronichealth.se/identifier/nationelltReservnummer", "urn:oid:1.2.752.74.9.1"),
)
_CANONICAL = {
    name: group[0]
    for group in _SAME_SYSTEM
    for system in group
    for name in (system, system.removeprefix("urn:oid:"))
}
_HYPHENATED = frozenset({_SAME_SYSTEM[1][0], _SAME_SYSTEM[2][0]})  # 19121212-1212 is 191212121212


def _parameters(text: str) -> Iterator[Parameter]:
    for line in text.strip().splitlines():
        name, kind, path, *targets = line.split()
        rows = path[1:] if path.startswith("=") else name
        yield Parameter(name=name, kind=kind, path=path, targets=tuple(targets), rows=rows)


def _resolved(text: str) -> Mapping[str, Parameter]:
    known = {parameter.name: parameter for parameter in _parameters(text)}
    for name, parameter in known.items():
        if parameter.rows != name:
            path = known[parameter.rows].path
            known[name] = Parameter(
                name=name, kind=parameter.kind, path=path, targets=parameter.targets, rows=parameter.rows
            )
    return MappingProxyType(known)


SEARCH_PARAMETERS: Mapping[str, Mapping[str, Parameter]] = MappingProxyType(
    {type_: _resolved(text) for type_, text in TABLE.items()}
)
"""Every parameter of every type, for the CapabilityStatement and for reading queries. ``_id`` and
``_lastUpdated`` are the store's own and not listed; those of all types are in UNIVERSAL_PARAMETERS."""

UNIVERSAL_PARAMETERS: Mapping[str, Parameter] = _resolved(UNIVERSAL)


def parameter(type_: str, name: str) -> Parameter | None:
    """The definition of a parameter, or None when the type has none of that name."""
    return SEARCH_PARAMETERS.get(type_, {}).get(name) or UNIVERSAL_PARAMETERS.get(name)


@recalled(4096)  # names come again
def folded(text: str) -> str:
    """A string as it is stored and asked for: case and accents folded (``Åkerström`` → ``akerstrom``)."""
    plain = unicodedata.normalize("NFKD", text.casefold().translate(_LETTERS))
    return " ".join("".join(c for c in plain if not unicodedata.combining(c)).split())


_LETTERS = str.maketrans({"ø": "o", "æ": "ae", "đ": "d", "ł": "l", "œ": "oe"})


def token(param: str, system: str | None, code: str) -> tuple[str | None, str]:
    """A token in its canonical form, the same for rows and for questions; twice is as good as once.

    Systems that mean the same become one; ``_source`` is split at its fragment, so that
    ``urn:oid:1.2.752.129.2.1.4.1#<HSA id>`` asks for every source of that system.
    """
    if param == "_source":
        return _asked_source(code) if system is None else (system, code)
    return (None, code) if system is None else canonical(system, code)


_LONG_WITH_SIGN = len("19121212-1212")
_HSA = _SAME_SYSTEM[0][0]


def _asked_source(uri: str) -> tuple[str | None, str]:
    place, mark, fragment = uri.partition("#")
    if mark and _CANONICAL.get(place) == _HSA:
        return None, fragment
    return (place, fragment) if mark or ":" in place else (None, place)


def references(resource: Json, param: str) -> tuple[str, ...]:
    """Where a resource's reference parameter leads (``Type/id``); ``*`` is every parameter of the type."""
    found = {
        led_to: None
        for first, rest, types in _ways(resource["resourceType"], param)
        if first in resource
        for element in _walk(resource[first], rest)
        if (led_to := target(element, ())) and (not types or led_to.partition("/")[0] in types)
    }
    return tuple(found)


def patients(resource: Json) -> tuple[str, ...]:
    """The ids of the patients that a resource is about by ``patient`` or ``subject``."""
    found = (*references(resource, "patient"), *references(resource, "subject"))
    return tuple(t.removeprefix("Patient/") for t in dict.fromkeys(found) if t.startswith("Patient/"))


@lru_cache(maxsize=1024)
def _ways(type_: str, param: str) -> list[tuple[str, list[str], tuple[str, ...]]]:
    """The elements of a reference parameter: first name, the others, and the types it leads to."""
    known = SEARCH_PARAMETERS.get(type_, {})
    asked = known.values() if param == "*" else [known[param]] if param in known else []
    paths = [
        (path.split("."), p.targets) for p in asked if p.kind == "reference" for path in p.path.split("|")
    ]
    return [(path[0], path[1:], types) for path, types in paths]


Read = Callable[[Any], list[tuple[Any, ...]]]  # an element → the values of a parameter, some perhaps twice
Reader = Callable[[Any, Any], None]  # an element, rows to add to


class _Place(NamedTuple):
    """An element that parameters are read from: what reads it, and the places below."""

    readers: list[Reader]
    below: dict[str, _Place]


def readers(type_: str, reader: Callable[[Parameter, Read], Reader]) -> dict[str, Reader]:
    """What reads the elements of a type, by name; ``reader`` makes what reads one parameter."""
    tree: dict[str, _Place] = {}
    for known in (*SEARCH_PARAMETERS.get(type_, {}).values(), *UNIVERSAL_PARAMETERS.values()):
        read = _read(known)
        for path in known.path.split("|") if known.rows == known.name else ():
            _place(tree, path.split(".")).readers.append(reader(known, read))
    return {name: _reader(place) for name, place in tree.items()}


def _read(known: Parameter) -> Read:
    if known.name == "_source":
        return _source_token
    return partial(_reference, types=known.targets) if known.targets else _VALUES[known.kind]


def _place(tree: dict[str, _Place], path: list[str]) -> _Place:
    place = tree.setdefault(path[0], _Place([], {}))
    return _place(place.below, path[1:]) if path[1:] else place


def _reader(place: _Place) -> Reader:
    """One reader of an element, or of each when there are several: its parameters and the places below."""
    own, below = place.readers, [(name, _reader(inner)) for name, inner in place.below.items()]
    one = _branch(own, below) if below or len(own) > 1 else own[0]

    def each(value: Any, rows: Any) -> None:
        if type(value) is list:
            for item in value:
                one(item, rows)
        else:
            one(value, rows)

    return each


def _branch(own: list[Reader], below: list[tuple[str, Reader]]) -> Reader:
    """A reader of one element that has several parameters, or some below."""
    if not own and len(below) == 1:
        ((only, read_it),) = below

        def step(item: Any, rows: Any) -> None:
            if type(item) is dict and only in item:
                read_it(item[only], rows)

        return step

    def branch(item: Any, rows: Any) -> None:
        for read in own:
            read(item, rows)
        if type(item) is dict:
            for name, read in below:  # few, unlike the elements of the item
                if name in item:
                    read(item[name], rows)

    return branch


def visit(known: dict[str, Reader], resource: Json, rows: Any) -> None:
    """Let every reader add its rows. Only what is there is looked at: most parameters are not."""
    for name, value in resource.items():
        if name in known:
            known[name](value, rows)


def entries(resource: Json) -> tuple[Entry, ...]:
    """The search rows of a resource, each once. An element that cannot be read gives none."""
    rows: dict[Entry, None] = {}
    visit(_entry_readers(resource["resourceType"]), resource, rows)
    return tuple(rows)


@lru_cache(maxsize=64)
def _entry_readers(type_: str) -> dict[str, Reader]:
    def reader(known: Parameter, read: Read) -> Reader:
        def add(element: Any, rows: dict[Entry, None]) -> None:
            rows.update((Entry(known.name, known.kind, value), None) for value in read(element))

        return add

    return readers(type_, reader)


def _walk(value: Any, path: Sequence[str]) -> list[Any]:
    """Every element at a path below a value, lists laid flat."""
    found = value if type(value) is list else [value]
    for name in path:
        found = [element[name] for element in found if type(element) is dict and name in element]
        if any(type(value) is list for value in found):
            found = [leaf for value in found for leaf in (value if type(value) is list else (value,))]
    return found


def _token(element: Any) -> list[tuple[Any, ...]]:
    """CodeableConcept, Coding, Identifier, code, uri or boolean → (system, code)."""
    if type(element) is str:
        return [("", element)]
    if type(element) is bool:
        return [("", "true" if element else "false")]
    return [canonical(system, code) for system, code in coded(element)] if type(element) is dict else []


def coded(element: Json) -> list[tuple[str, str]]:
    """What a CodeableConcept, Coding or Identifier says, as it stands there: (system, code) of each."""
    return [
        (coding.get("system", ""), code)
        for coding in element.get("coding") or (element,)
        if type(code := coding.get("code") or coding.get("value")) is str
    ]


def _source_token(uri: str) -> list[tuple[Any, ...]]:
    """A source is its place and the system (HSA id) behind the #."""
    place, _, fragment = uri.partition("#")
    return [(_CANONICAL.get(place, place), fragment)]


def canonical(system: str, code: str) -> tuple[str, str]:
    """A token's system and code as rows hold them; twice is as good as once."""
    system = _CANONICAL.get(system, system)
    if system in _HYPHENATED and len(code) == _LONG_WITH_SIGN:
        code = code.replace("-", "").replace("+", "")
    return system, code


def target(element: Any, types: tuple[str, ...]) -> str:
    """Where a literal reference leads, without its version; "" when to none of these types.

    Without types, and to another server, all lead.
    """
    text = element.get("reference") if type(element) is dict else None
    if type(text) is not str:
        return ""
    if types and text.partition("/")[0] not in types and ":" not in text:
        return ""
    return led(text)


def led(text: str) -> str:
    """Where the words of a reference lead, without its version; contained ones (``#x``) lead nowhere."""
    if text[:1] == "#":
        return ""
    return text.partition("/_history/")[0] if "/_history/" in text else text


def _reference(element: Any, types: tuple[str, ...] = ()) -> list[tuple[Any, ...]]:
    found = target(element, types)
    return [(found,)] if found else []


def _date(element: Any) -> list[tuple[Any, ...]]:
    """date, dateTime, instant, Period or Timing → (low, high)."""
    try:
        if type(element) is str:
            return [date_range(element)]
        if type(element) is not dict:
            return []
        if "start" in element or "end" in element:
            return [_period(element)]
    except ValueError:
        return []
    bounds = element.get("repeat", {}).get("boundsPeriod")
    return [found for each in (*element.get("event", ()), bounds) if each for found in _date(each)]


def _period(element: Json) -> tuple[int, int]:
    low = date_range(element["start"])[0] if "start" in element else NEVER
    return low, date_range(element["end"])[1] if "end" in element else FOREVER


def _string(element: Any) -> list[tuple[Any, ...]]:
    """A string, or each part of a HumanName."""
    if isinstance(element, str):
        return [(folded(element),)]
    if type(element) is not dict:
        return []
    parts = (element.get("family"), *element.get("given", ()), element.get("text"))
    return [(folded(part),) for part in parts if type(part) is str]


_VALUES: dict[str, Callable[[Any], list[tuple[Any, ...]]]] = {
    "token": _token,
    "reference": _reference,
    "date": _date,
    "string": _string,
}


def values_of(kind: str, element: Any) -> list[tuple[Any, ...]]:
    """The values of one element, as the rows of a parameter of that kind would hold them."""
    return _VALUES[kind](element)
