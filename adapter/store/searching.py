"""A search as a conversation: it asks for rows and gets them, whoever the database is.

``search`` is a generator. It yields ``(sql, values)``, is sent the rows, and returns the Page. It knows SQL
but no driver, so that SQLite (at once) and PostgreSQL (awaited) run the very same search. Nothing it asks
grows with the store when a patient, an identifier or an id is among the criteria.
"""

from __future__ import annotations

from collections.abc import Generator, Iterable, Sequence
from operator import itemgetter
from typing import Any

from adapter.fhir.search_dates import FOREVER, NEVER
from adapter.fhir.search_index import SEARCH_PARAMETERS, parameter
from adapter.ports import Criterion, Include, Page, Query, Row
from adapter.store import marks
from adapter.store.criteria import LAST_LETTER, SQL, Piece, date_condition, fill, word_condition
from adapter.store.led import Led, Targets
from adapter.store.opened import Opened, bare
from adapter.store.terms import field, reference_term, token_range

Rows = list[tuple[Any, ...]]
Asking = Generator[tuple[str, Sequence[Any]], Rows, Any]

MOST_INCLUDED = 5_000  # rows that refer to a page's matches, the newest first
DEEPEST = 8  # steps of an iterated include
TERMS_BETWEEN = SQL["terms_between"]
STRETCH = 64  # numbers before or after a pack's own, where most of what lies in it has its rows
MOST_STRETCHES = 2  # of one step; where there are more, each thing is looked up by its id
_CHUNK = 512  # values in one IN list
_SEQ = itemgetter(3)  # of a found row

# Which criterion narrows most: it drives, the others are looked up for each row that it gives.
_NARROW = ("id", "identifier", "patient", "reference", "string", "token", "date")


def is_narrow(query: Query) -> bool:
    """Whether a criterion keeps the work small whatever the size of the store."""
    return any(_rank(criterion) <= _NARROW.index("patient") for criterion in query.criteria)


def search(query: Query, now: int, led: Led, *, is_together: bool = False) -> Asking:
    """Run a query; ``now`` in milliseconds UTC. Returns the Page.

    ``led`` is the store's own. ``is_together``: nothing stands in two lanes, and what was kept at once is
    soonest found together.
    Raises ValueError when the page mark or the order is not one of ours.
    """
    source = yield from _source(query, now)
    if source is None:
        return Page(matches=(), total=0 if query.with_total else None)
    total = None
    if query.with_total:
        counted = yield SQL["count"].format(source=source.sql), source.values
        total = counted[0][0]
    opened = Opened()
    found, mark = (yield from _matches(query, source)) if query.count else ([], "")
    if query.is_bare:
        return Page(matches=bare(found), next=mark, total=total)
    matches = yield from opened.rows(found)
    included = yield from _included(query, matches, found if is_together else (), opened, led)
    return Page(matches=matches, included=included, next=mark, total=total)


# Criteria -----------------------------------------------------------------------------------------------


def _rank(criterion: Criterion) -> int:
    kind = criterion.kind
    if criterion.param in {"patient", "subject"} or kind == "identifier-of":
        kind = "patient"
    elif kind == "token" and criterion.param == "identifier":
        kind = "identifier"
    return _NARROW.index(kind)


def _source(query: Query, now: int) -> Generator[tuple[str, Sequence[Any]], Rows, Piece | None]:
    """FROM and WHERE of a query; None when nothing can match."""
    criteria = sorted(query.criteria, key=_rank)
    pieces: list[Piece] = []
    for criterion in criteria:
        piece = yield from _condition(query.type, criterion, now, drives=not pieces)
        if piece is None:
            return None
        if not pieces and criterion.kind == "date":  # a date does not drive: walk the type
            pieces.append(Piece(SQL["from_type"], (query.type,)))
        pieces.append(piece)
    pieces = pieces or [Piece(SQL["from_type"], (query.type,))]
    sql, values = " AND ".join(p.sql for p in pieces), tuple(v for p in pieces for v in p.values)
    return Piece(sql, values, pieces[0].seq)


def _condition(
    type_: str, criterion: Criterion, now: int, *, drives: bool
) -> Generator[tuple[str, Sequence[Any]], Rows, Piece | None]:
    if criterion.kind == "date":
        return date_condition(type_, criterion, now)
    if criterion.kind == "id":
        listed = fill("from_ids" if drives else "has_id", criterion.values)
        return Piece(listed.sql, (*listed.values, type_) if drives else listed.values)
    if criterion.kind == "string":
        conditions = word_condition(criterion)
        sql = SQL["from_words" if drives else "has_word"].format(conditions=conditions.sql)
        return Piece(sql, (field(type_, criterion.param), *conditions.values))
    terms = yield from _terms(type_, criterion)
    if not terms:
        return None
    if drives and len(terms) == 1:
        return Piece(SQL["from_term"], (terms[0],), "d.seq")
    return fill("from_terms" if drives else "has_term", terms)


def _terms(type_: str, criterion: Criterion) -> Generator[tuple[str, Sequence[Any]], Rows, list[bytes]]:
    """The terms that a token or reference criterion accepts."""
    if criterion.kind == "reference":
        return [reference_term(type_, criterion.param, target) for target in criterion.values]
    if criterion.kind == "identifier-of":
        return (yield from _terms_of_identified(type_, criterion))
    return (yield from _token_terms(type_, criterion.param, criterion.values))


def _terms_of_identified(
    type_: str, criterion: Criterion
) -> Generator[tuple[str, Sequence[Any]], Rows, list[bytes]]:
    """``patient.identifier``: who has the identifier, then what refers to them."""
    name = criterion.param.removesuffix(".identifier")
    known = parameter(type_, name)
    targets = (known.targets if known else ()) or tuple(
        t for t, ps in SEARCH_PARAMETERS.items() if "identifier" in ps
    )
    identified: list[bytes] = []
    for target in targets:
        identified += yield from _token_terms(target, "identifier", criterion.values)
    if not identified:
        return []
    listed = fill("referred", identified)
    found = yield listed.sql, listed.values
    return [reference_term(type_, name, f"{type_found}/{id_}") for type_found, id_ in found]


def _token_terms(
    type_: str, param: str, values: Iterable[tuple[str | None, str]]
) -> Generator[tuple[str, Sequence[Any]], Rows, list[bytes]]:
    """Exact terms of tokens; a code without system takes each system that is there."""
    terms: list[bytes] = []
    for system, code in values:
        low, high = token_range(type_, param, system, code)
        if low == high:
            terms.append(low)
            continue
        found = yield TERMS_BETWEEN, (low, high, high)
        terms += [bytes(term) for (term,) in found]
    return terms


# Order and page -----------------------------------------------------------------------------------------


def _matches(query: Query, source: Piece) -> Generator[tuple[str, Sequence[Any]], Rows, tuple[Rows, str]]:
    """The rows of a page and the mark of the next."""
    newest_first = not query.sort or query.sort[0] == ("_lastUpdated", True)
    sql, values = _newest_page(query, source) if newest_first else _sorted_page(query, source)
    found = yield sql, values
    if len(found) <= query.count:
        return found, ""
    found = found[: query.count]
    last = found[-1]
    return found, marks.mark([last[3]] if newest_first else [*last[7:], last[3]])


def _newest_page(query: Query, source: Piece) -> tuple[str, Sequence[Any]]:
    after = Piece("", ())
    if query.after:
        after = Piece(f" AND {source.seq} < ?", tuple(marks.keys(query.after, 1)))
    sql = SQL["page"].format(source=source.sql + after.sql, seq=source.seq)
    return sql, (*source.values, *after.values, query.count + 1)


def _sorted_page(query: Query, source: Piece) -> tuple[str, Sequence[Any]]:
    keys = [_sort_key(query.type, param, descending=down) for param, down in query.sort]
    names = [(f"k{i}", down) for i, (_, down) in enumerate(query.sort)] + [("seq", True)]
    after = _after(names, marks.keys(query.after, len(names))) if query.after else Piece("1 = 1", ())
    sql = SQL["sorted_page"].format(
        keys="".join(f", {key.sql} AS k{i}" for i, key in enumerate(keys)),
        source=source.sql,
        after=after.sql,
        order=", ".join(f"{name} {'DESC' if down else 'ASC'}" for name, down in names),
    )
    key_values = [value for key in keys for value in key.values]
    return sql, (*key_values, *source.values, *after.values, query.count + 1)


def _sort_key(type_: str, param: str, *, descending: bool) -> Piece:
    """What to sort by; what has no value comes last."""
    if param == "_lastUpdated":
        return Piece("r.seq", ())
    if param == "_id":
        return Piece("r.id", ())
    known = parameter(type_, param)
    if known is None or known.kind not in {"date", "string"}:
        raise ValueError(f"{type_} cannot be sorted by {param}")
    number = field(type_, param)
    if known.kind == "date":
        return Piece(f"coalesce({SQL['period_key']}, ?)", (number, 2 * NEVER if descending else 2 * FOREVER))
    return Piece(f"coalesce({SQL['word_key']}, ?)", (number, "" if descending else LAST_LETTER))


def _after(names: list[tuple[str, bool]], keys: list[Any]) -> Piece:
    """Rows after a mark: greater in the first key, or equal there and greater in the next, and so on."""
    parts: list[str] = []
    values: list[Any] = []
    for i, (name, down) in enumerate(names):
        equal = "".join(f"{before} = ? AND " for before, _ in names[:i])
        parts.append(f"({equal}{name} {'<' if down else '>'} ?)")
        values += keys[: i + 1]
    return Piece(" OR ".join(parts), tuple(values))


# Includes -----------------------------------------------------------------------------------------------


def _included(
    query: Query, newest: list[Row], near: Iterable[tuple[Any, ...]], opened: Opened, led: Led
) -> Generator[tuple[str, Sequence[Any]], Rows, list[Row]]:
    """What the matches refer to and what refers to them, each once; of each step the newest first.

    ``near`` are rows of the matches where what they refer to may be found beside them.
    """
    seen = {(r.type, r.id) for r in newest}
    included: list[Row] = []
    includes, revincludes = query.includes, query.revincludes
    for _ in range(DEEPEST):
        if not newest or not (includes or revincludes):
            break
        rows = yield from _led_to(newest, near, includes, seen, led)
        rows += yield from _referring(newest, revincludes)
        new = {r[:2]: r for r in sorted(rows, key=_SEQ) if r[:2] not in seen}
        newest, near = (yield from opened.rows(sorted(new.values(), key=_SEQ, reverse=True))), ()
        seen.update(new)
        included += newest
        includes = tuple(include for include in includes if include.iterate)
        revincludes = tuple(include for include in revincludes if include.iterate)
    return included


def _led_to(
    rows: list[Row],
    near: Iterable[tuple[Any, ...]],
    includes: Sequence[Include],
    seen: set[tuple[str, str]],
    led: Led,
) -> Generator[tuple[str, Sequence[Any]], Rows, Rows]:
    wanted: dict[tuple[str, str], None] = {}
    for row in rows if includes else ():
        asked = [include for include in includes if include.type == row.type]
        if asked:
            _targets(led.targets(row, [include.param for include in asked]), asked, wanted)
    left = [name for name in wanted if name not in seen]
    led_to = (yield from _beside(near, left)) if left else []
    there = {r[:2] for r in led_to}
    ids = [name[1] for name in left if name not in there]
    for i in range(0, len(ids), _CHUNK):
        listed = fill("by_ids", ids[i : i + _CHUNK])
        led_to += yield listed.sql, listed.values
    return [r for r in led_to if r[:2] in wanted]


def _beside(
    near: Iterable[tuple[Any, ...]], wanted: Sequence[tuple[str, str]]
) -> Generator[tuple[str, Sequence[Any]], Rows, Rows]:
    """Those of what is wanted that were kept with rows, and so have numbers on the same side of their pack's.

    Most of what a plan refers to is there: one stretch of the table, and no walk down an index for each.
    """
    starts = {row[6] if row[3] > row[6] else row[6] - STRETCH for row in near}
    if len(starts) > MOST_STRETCHES or len(wanted) > _CHUNK:
        return []
    beside: Rows = []
    for start in starts:
        listed = fill("beside", [id_ for _, id_ in wanted])
        beside += yield listed.sql, (start, start + STRETCH, *listed.values, len(wanted))
    return beside


def _targets(led_to: Targets, includes: Iterable[Include], wanted: dict[tuple[str, str], None]) -> None:
    """Add what the includes lead to: type and id. What no search finds, none brings."""
    for include, targets in zip(includes, led_to, strict=True):
        for target in targets:
            type_, _, id_ = target.rpartition("/")
            if type_ in SEARCH_PARAMETERS and include.target in {"", type_}:
                wanted[type_, id_] = None


def _referring(
    rows: list[Row], revincludes: Sequence[Include]
) -> Generator[tuple[str, Sequence[Any]], Rows, Rows]:
    terms = [
        reference_term(include.type, name, f"{found.type}/{found.id}")
        for include in revincludes
        for name in _reference_names(include)
        for found in rows
        if include.target in {"", found.type}
    ]
    referring: Rows = []
    for i in range(0, len(terms), _CHUNK):
        listed = fill("by_terms" if len(terms) > 1 else "by_term", terms[i : i + _CHUNK])
        referring += yield listed.sql, (*listed.values, MOST_INCLUDED)
    return referring


def _reference_names(include: Include) -> list[str]:
    """The parameter, or for ``*`` every reference of the type that has rows of its own."""
    if include.param != "*":
        return [include.param]
    known = SEARCH_PARAMETERS.get(include.type, {}).values()
    return [p.name for p in known if p.kind == "reference" and p.rows == p.name]
