"""Search parameters: from the names and values of a request to one question for the store.

https://hl7.org/fhir/R4/search.html. Strict: a parameter that is not known is refused, since a
misspelt ``patient`` would otherwise ask for everybody's agreements. ``Prefer: handling=lenient`` leaves
unknown ones out and says so in the answer: it is then the search that the others ask for, judged as that one.
"""

from __future__ import annotations

import difflib
import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import lru_cache

from adapter.fhir.search_index import SEARCH_PARAMETERS, UNIVERSAL_PARAMETERS, parameter
from adapter.fhir.sieve import UNINDEXED_PARAMETERS, Sieve
from adapter.frozen import replace
from adapter.ports import Criterion, Include, Query
from adapter.rest.chains import Chain, Has, is_parameter, read_chain, read_has
from adapter.rest.include import is_include, wanted
from adapter.rest.outcome import Problem
from adapter.rest.sieves import wanted_sieve
from adapter.rest.subset import WHOLE, Subset, asked_subset
from adapter.rest.values import alternatives, criterion, date, identifier, ids, invalid

Pairs = Sequence[tuple[str, str]]

PAGE_MARK = "_page"  # ours: the opaque mark in a next link
CONTROLS = (
    "_count",
    "_sort",
    "_total",
    "_summary",
    "_elements",
    "_include",
    "_revinclude",
    "_format",
    "_pretty",
    PAGE_MARK,
)
_KEPT = ("_count", "_sort", "_total", "_summary", "_elements", "_format", "_pretty")  # in links
_SORTABLE_ALWAYS = ("_lastUpdated", "_id")
_IDENTIFIED = tuple(type_ for type_, known in SEARCH_PARAMETERS.items() if "identifier" in known)
_NAME = re.compile(
    r"(?P<name>[A-Za-z_][A-Za-z-]*)(?::(?:(?P<type>[A-Z][A-Za-z]*)|(?P<modifier>[a-z-]+)))?"
    r"(?:\.(?P<chained>[A-Za-z_].*))?"
)
_UNSEARCHABLE = re.compile(r"[\x00-\x1f\ud800-\udfff]")
_TOTALS = {"none": False, "estimate": True, "accurate": True}


@dataclass(frozen=True, slots=True)
class PageSizes:
    """Matches on a page: when nothing is asked for, and at most."""

    usual: int = 50
    most: int = 500


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """One search, understood. ``shown`` are the parameters that stand in links: never an identity.

    ``persons`` are values of ``patient.identifier`` and its kin (token alternatives, one tuple for each time
    it was given) under the parameter they stand for; the search looks the patients up first. ``steps`` are
    chains, to be looked up as well; ``sieves`` hold for each resource that the query finds.
    """

    query: Query
    shown: tuple[tuple[str, str], ...] = ()
    persons: tuple[tuple[str, tuple[tuple[str | None, str], ...]], ...] = ()
    steps: tuple[Chain | Has, ...] = ()
    sieves: tuple[Sieve, ...] = ()
    ignored: tuple[str, ...] = ()
    is_count_only: bool = False
    part: Subset = WHOLE


@dataclass(slots=True)
class _Reading:
    """The parameters of one request, as they are gone through."""

    type: str
    base: str
    criteria: list[Criterion] = field(default_factory=list)
    shown: list[tuple[str, str]] = field(default_factory=list)
    persons: list[tuple[str, tuple[tuple[str | None, str], ...]]] = field(default_factory=list)
    unknown: list[str] = field(default_factory=list)
    steps: list[Chain | Has] = field(default_factory=list)
    sieves: list[Sieve] = field(default_factory=list)

    def take(self, name: str, text: str) -> None:
        """One parameter that filters; a code is what many ask for, and read once."""
        known = SEARCH_PARAMETERS[self.type].get(name)
        if known is None or known.kind != "token" or name == "identifier":
            self._read(name, text)
        elif found := _coded(self.type, name, text):
            self._keep(name, text, found)
        else:
            self._read(name, text)

    def _read(self, name: str, text: str) -> None:
        match = _NAME.fullmatch(name)
        if name.startswith("_has:"):
            self.steps.append(read_has(self.type, name, text))
        elif name == "_id":
            self._keep(name, text, ids(text))
        elif name == "_lastUpdated":
            values = tuple(date(name, part) for part in alternatives(name, text))
            self._keep(name, text, Criterion(param=name, kind="date", values=values))
        elif match is None or not is_parameter(self.type, match["name"]):
            self._leave(name)
        elif match["chained"] or match["type"]:
            self._by_reference(name, match, text)
        elif sieve := wanted_sieve(self.type, match["name"], match["modifier"] or "", text, self.base):
            self.sieves.append(sieve)
            self.shown.append((name, text))
        elif self.type == "Patient" and name == "identifier":
            self.persons.append(("_id", identifier(name, text)))
        elif name == "identifier":
            self._keep(name, text, Criterion(param=name, kind="token", values=identifier(name, text)))
        elif known := parameter(self.type, name):
            self._keep(name, text, criterion(known, text, self.base))
        else:  # _id and _lastUpdated take no modifier
            raise invalid(match["name"], "tillägget finns inte här. Ta bort det.")

    def _by_reference(self, name: str, match: re.Match[str], text: str) -> None:
        """``patient.identifier``, ``subject:Patient.identifier``, ``subject:Patient``, ``care-team.name``."""
        known = parameter(self.type, match["name"])
        type_ = match["type"] or ""
        if (
            known is None
            or known.kind != "reference"
            or (type_ and known.targets and type_ not in known.targets)
        ):
            self._leave(name)
        elif not match["chained"]:
            self._keep(name, text, criterion(known, text, self.base, only=type_))
        elif match["chained"] != "identifier":
            self.steps.append(read_chain(self.type, known.name, type_, match["chained"], text))
        elif "Patient" in ((type_,) if type_ else known.targets):
            self.persons.append((known.name, identifier(name, text)))
        elif not (type_ or known.targets):
            self.steps.append(Chain(known.name, _IDENTIFIED, "identifier", text))
        else:
            values = identifier(name, text)
            self._keep(name, text, Criterion(param=known.name, kind="identifier-of", values=values))

    def _leave(self, name: str) -> None:
        """What is not known; a modifier that a known one has not is refused whatever Prefer says."""
        bare, modifier, _ = name.partition(":")
        if modifier and is_parameter(self.type, bare):
            raise invalid(bare, "tillägget finns inte här. Ta bort det.")
        self.unknown.append(name)

    def _keep(self, name: str, text: str, found: Criterion) -> None:
        self.criteria.append(found)
        self.shown.append((name, text))


@lru_cache(maxsize=256)  # a portal asks for the same again and again
def _coded(type_: str, name: str, text: str) -> Criterion | None:
    """The criterion of a code, None when it takes more to answer it."""
    reading = _Reading(type_, "")
    reading._read(name, text)  # noqa: SLF001  the module's own
    return reading.criteria[0] if reading.criteria else None


@dataclass(frozen=True, slots=True, kw_only=True)
class _Controlled:
    """How the answer is to be: what the parameters that do not filter ask for."""

    includes: tuple[Include, ...]
    revincludes: tuple[Include, ...]
    sort: tuple[tuple[str, bool], ...]
    count: int
    with_total: bool
    is_count_only: bool
    part: Subset
    shown: tuple[tuple[str, str], ...]


@lru_cache(maxsize=256)  # as above
def _controlled(
    type_: str, included: tuple[tuple[str, str], ...], said: tuple[tuple[str, str], ...], sizes: PageSizes
) -> _Controlled:
    controls = dict(said)
    includes, revincludes = wanted(type_, included)
    is_count_only = controls.get("_summary") == "count" or controls.get("_count") == "0"
    return _Controlled(
        includes=includes,
        revincludes=revincludes,
        sort=_sort(type_, controls.get("_sort", "")),
        count=0 if is_count_only else _count(controls.get("_count"), sizes),
        with_total=is_count_only or _total(controls.get("_total", "none")),
        is_count_only=is_count_only,
        part=asked_subset(type_, controls),
        shown=(*included, *((name, controls[name]) for name in _KEPT if name in controls)),
    )


def read_parameters(
    type_: str, pairs: Pairs, base: str, sizes: PageSizes, *, is_lenient: bool = False
) -> Asked:
    """The question that the parameters ask of one type; :class:`Problem` 400 when they cannot be followed."""
    reading = _Reading(type_, base)
    controls: dict[str, str] = {}
    included: list[tuple[str, str]] = []
    for name, text in pairs:
        _check_text(name, text)
        if is_include(name):
            included.append((name, text))
        elif name in CONTROLS:
            controls[name] = text
        else:
            reading.take(name, text)
    if reading.unknown and not is_lenient:
        raise _unknown(reading)
    after = controls.pop(PAGE_MARK, "")
    how = _controlled(type_, tuple(included), tuple(controls.items()), sizes)
    query = Query(
        type=type_,
        criteria=tuple(reading.criteria),
        includes=how.includes,
        revincludes=how.revincludes,
        sort=how.sort,
        count=how.count,
        after=after,
        with_total=how.with_total,
    )
    return Asked(
        query=query,
        shown=(*reading.shown, *how.shown),
        persons=tuple(reading.persons),
        steps=tuple(reading.steps),
        sieves=tuple(reading.sieves),
        ignored=tuple(reading.unknown),
        is_count_only=how.is_count_only,
        part=how.part,
    )


def with_patients(asked: Asked, found: Sequence[tuple[str, Sequence[str]]]) -> Asked:
    """The same question with the patients' ids in the place of their identities, in the links too."""
    criteria, shown = list(asked.query.criteria), list(asked.shown)
    for name, patient_ids in found:
        if name == "_id":
            criteria.append(Criterion(param="_id", kind="id", values=tuple(patient_ids)))
            shown.append(("_id", ",".join(patient_ids)))
        else:
            values = tuple(f"Patient/{id_}" for id_ in patient_ids)
            criteria.append(Criterion(param=name, kind="reference", values=values))
            shown.append((name, ",".join(values)))
    return replace(
        asked, query=replace(asked.query, criteria=tuple(criteria)), shown=tuple(shown), persons=()
    )


def known_names(type_: str) -> list[str]:
    """Every search parameter that filters this type."""
    own = SEARCH_PARAMETERS[type_]
    chained = [f"{name}.identifier" for name in ("patient", "subject") if name in own]
    more = UNINDEXED_PARAMETERS.get(type_, {})
    return sorted({*own, *chained, *more, *UNIVERSAL_PARAMETERS, "_source", *_SORTABLE_ALWAYS})


def _check_text(name: str, text: str) -> None:
    if _UNSEARCHABLE.search(name) or _UNSEARCHABLE.search(text):
        what = "En sökparameter innehåller tecken som inte går att söka på. Ta bort dem."
        raise Problem(400, "invalid", what)


def shown_name(name: str) -> str:
    """The name of a parameter as an answer may say it: one that may be a value of somebody's is not said."""
    bare = _bare(name)
    return bare if re.fullmatch(r"[A-Za-z_-]{1,40}", bare) else "(ett namn)"


def _bare(name: str) -> str:
    return name.partition(":")[0].partition(".")[0]


def _unknown(reading: _Reading) -> Problem:
    """400, with the nearest that is known."""
    names = known_names(reading.type)
    near = difflib.get_close_matches(_bare(reading.unknown[0]), names, n=1)
    hint = f"Menades {near[0]}? " if near else ""
    what = f"okänd för {reading.type}. {hint}De som går: {', '.join(names)}, {', '.join(CONTROLS[:-1])}."
    shown = shown_name(reading.unknown[0])
    return Problem(400, "not-supported", f"Sökparametern {shown}: {what}", where=shown)


def _count(text: str | None, sizes: PageSizes) -> int:
    if text is None:
        return min(sizes.usual, sizes.most)
    if not (text.isascii() and text.isdecimal()):
        raise invalid("_count", "ange ett heltal, 0 eller mer.")
    return min(int(text[:9]), sizes.most)


def _total(text: str) -> bool:
    if text not in _TOTALS:
        raise invalid("_total", "ange none, estimate eller accurate.")
    return _TOTALS[text]


def _sort(type_: str, text: str) -> tuple[tuple[str, bool], ...]:
    if not text:
        return ()
    asked = [(name.removeprefix("-"), name.startswith("-")) for name in alternatives("_sort", text)]
    for name, _ in asked:
        known = parameter(type_, name)
        if name not in _SORTABLE_ALWAYS and (known is None or known.kind != "date"):
            raise invalid("_sort", f"går att sortera på {', '.join(sortable(type_))}.")
    return tuple(asked)


def sortable(type_: str) -> list[str]:
    """What a search of the type can be sorted by: times alone, as page marks hold what is sorted by."""
    own = [name for name, p in SEARCH_PARAMETERS[type_].items() if p.kind == "date"]
    return sorted([*own, *_SORTABLE_ALWAYS])
