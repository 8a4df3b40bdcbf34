"""_include and _revinclude: what is to come along with what matched.

https://hl7.org/fhir/R4/search.html#include
"""

from __future__ import annotations

from functools import lru_cache

from adapter.fhir.search_index import SEARCH_PARAMETERS
from adapter.ports import Include
from adapter.rest.values import invalid

_NAMES = frozenset({"_include", "_revinclude"})
_ITERATE = frozenset({"iterate", "recurse"})  # recurse: as DSTU2 and STU3 wrote it


def is_include(name: str) -> bool:
    """The name, with or without ``:iterate``."""
    return name.partition(":")[0] in _NAMES


@lru_cache(maxsize=256)  # a portal asks for the same again and again
def wanted(type_: str, pairs: tuple[tuple[str, str], ...]) -> tuple[tuple[Include, ...], tuple[Include, ...]]:
    """Includes and reverse includes of a search of one type; :class:`Problem` 400 for what is not known."""
    forward: dict[Include, None] = {}
    reverse: dict[Include, None] = {}
    for name, text in pairs:
        kind, _, modifier = name.partition(":")
        if modifier and modifier not in _ITERATE:
            raise invalid(kind, "bara :iterate går som tillägg.")
        into = forward if kind == "_include" else reverse
        into |= dict.fromkeys(_includes(type_, kind, text, iterate=bool(modifier)))
    return tuple(forward), tuple(reverse)


def includable(type_: str) -> list[str]:
    """``CarePlan:care-team`` …: every reference of a type."""
    return [f"{type_}:{name}" for name, p in SEARCH_PARAMETERS[type_].items() if p.kind == "reference"]


def rev_includable(type_: str) -> list[str]:
    """``Provenance:target`` …: every reference that may lead to a type."""
    return [
        f"{other}:{name}"
        for other, known in SEARCH_PARAMETERS.items()
        for name, p in known.items()
        if p.kind == "reference" and (not p.targets or type_ in p.targets)
    ]


def _includes(type_: str, kind: str, text: str, *, iterate: bool) -> list[Include]:
    source, _, rest = text.partition(":")
    param, _, target = rest.partition(":")
    if text == "*":
        names = rev_includable(type_) if kind == "_revinclude" else includable(type_)
        if iterate:
            names = [name for each in SEARCH_PARAMETERS for name in includable(each)]
        return [Include(type=t, param=p, iterate=iterate) for t, p in (n.split(":") for n in names)]
    known = _references(source) if source in SEARCH_PARAMETERS else []
    if not known or (param != "*" and param not in known) or (target and target not in SEARCH_PARAMETERS):
        raise invalid(kind, f"skriv Typ:parameter. {_help(source, known)}")
    names = known if param == "*" else [param]
    return [Include(type=source, param=name, target=target, iterate=iterate) for name in names]


def _references(type_: str) -> list[str]:
    return [name for name, p in SEARCH_PARAMETERS[type_].items() if p.kind == "reference"]


def _help(source: str, known: list[str]) -> str:
    if known:
        return f"För {source} går {', '.join(known)}."
    return f"Typerna är {', '.join(SEARCH_PARAMETERS)}."
