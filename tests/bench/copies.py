"""Rows of patients who are like one whom the store has kept, made without the store's work.

The store keeps one patient's messages. The rows that come of it are taken apart into what is the same for
everybody and what is one patient's: ids, numbers, the place in the order of all versions, and what follows
from them, hashes and search terms. A test keeps other patients through the store and compares every table.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from itertools import accumulate
from operator import itemgetter
from typing import Any, NamedTuple

import orjson

from adapter.fhir.search_index import Entry, entries
from adapter.store.clockwork import BITS
from adapter.store.compressed import compressed, decompressed
from adapter.store.content import digest_of, opened
from adapter.store.terms import reference_term, token_range

Row = dict[str, Any]  # column and value
Tables = dict[str, list[Row]]
Cell = tuple[str, int]  # what kind of value, and which of them

LANES = 4096
KINDS = ("same", "lane", "at", "seq", "text", "bytes", "pack", "raw", "digest", "term")
NOT_COPIED = frozenset({"audit_chain"})  # each link has the one before in it


def lane_of(index: int) -> int:
    """The lane of a patient."""
    return 1 + index % (LANES - 1)


class Names:
    """What names one patient and what is theirs, in any text; and what stands there for others.

    Ids are spread as those of the adapter are, so that one patient's lie far from each other in an index.
    Every name keeps its length. ``index`` is the patient's own; ``others`` are further names, each with
    what gives another patient's, and ``hashed`` texts whose SHA-256 is named too.
    """

    def __init__(
        self,
        index: int,
        ids: Iterable[str],
        others: Mapping[str, Callable[[int], str]],
        hashed: Iterable[bytes],
    ) -> None:
        self._own = _spread(index)
        named = [*sorted(ids), *others]
        self._ids = [(int(id_[:8], 16), id_[8:]) for id_ in sorted(ids)]
        self._others = list(others.values())
        self.own = {str(key): name for key, name in enumerate(named)}
        self._forms = {name: f"%({key})s" for key, name in self.own.items()}
        self._keys = list(self.own)
        self._any = re.compile("|".join(map(re.escape, self._forms)))
        self._hashed: dict[str, str] = {}  # form of each, by the key of its hash
        for text in hashed:
            key, hash_ = str(len(self.own)), _sha256(text.decode())
            self._hashed[key] = self.form(text.decode())
            self.own[key], self._forms[hash_] = hash_, f"%({key})s"
        self._any = re.compile("|".join(map(re.escape, self._forms)))

    def of(self, index: int) -> dict[str, str]:
        """The names of another patient, by their keys."""
        spread = _spread(index) ^ self._own
        names = [f"{first ^ spread:08x}{rest}" for first, rest in self._ids]
        names += [other(index) for other in self._others]
        known = dict(zip(self._keys, names, strict=True))
        known.update([(key, _sha256(form % known)) for key, form in self._hashed.items()])
        return known

    def form(self, text: str) -> str:
        """A text that is to be filled in with ``%`` and the names of a patient."""
        return self._any.sub(lambda found: self._forms[found[0]], text.replace("%", "%%"))

    def is_in(self, text: str) -> bool:
        """Whether a text names the patient."""
        return self._any.search(text) is not None

    def renamed(self, text: str, index: int) -> str:
        """A text as it is another patient's."""
        return self.form(text) % self.of(index)


def _sha256(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()


def _spread(index: int) -> int:
    """32 bits, others for each index."""
    return index * 0x9E3779B1 & 0xFFFFFFFF


class Term(NamedTuple):
    """How a search term is made from a patient's names."""

    type: str
    entry: Entry
    form: str

    def of(self, names: dict[str, str]) -> bytes:
        """The term."""
        said, param = self.form % names, self.entry.param
        if self.entry.kind == "reference":
            return reference_term(self.type, param, said)
        return token_range(self.type, param, self.entry.value[0], said)[0]


class Copies:
    """One patient's rows, and from them those of others.

    ``lane`` is where the patient is kept, ``at`` the millisecond.
    """

    def __init__(self, tables: Tables, names: Names, lane: int, at: int) -> None:
        self._names, self._lane, self._at = names, lane, at
        self._cells: dict[str, dict[Any, int]] = {kind: {} for kind in KINDS}
        self._packs = {row["seq"]: opened(row["data"]).decode() for row in tables["pack"]}
        self._known = dict(self._known_terms(tables["resource"]))
        cells = {
            table: [[self._cell(table, column, row) for column in row] for row in rows]
            for table, rows in tables.items()
            if rows and table not in NOT_COPIED
        }
        starts = dict(
            zip(KINDS, accumulate((len(self._cells[kind]) for kind in KINDS), initial=0), strict=False)
        )
        self.columns = {table: tuple(tables[table][0]) for table in cells}
        self._rows = {
            table: [itemgetter(*(starts[kind] + number for kind, number in row)) for row in rows]
            for table, rows in cells.items()
        }
        self._forms = {number: names.form(text).encode() for number, text in self._packs.items()}

    def of(self, index: int, at: int) -> Iterator[tuple[str, list[tuple[Any, ...]]]]:
        """The rows of another patient, kept at a millisecond, by table."""
        names, first, cells = self._names.of(index), at << BITS, self._cells
        named = {key.encode(): name.encode() for key, name in names.items()}
        packs = {number: form % named for number, form in self._forms.items()}
        values = [
            *cells["same"],
            *(lane_of(index) for _ in cells["lane"]),
            *(at for _ in cells["at"]),
            *(first + number for number in cells["seq"]),
            *(form % names for form in cells["text"]),
            *(form % named for form in cells["bytes"]),
            *(compressed(packs[number]) for number in cells["pack"]),
            *(compressed(form % named) for form in cells["raw"]),
            *(digest_of(packs[number][place : place + size]) for number, place, size in cells["digest"]),
            *(term.of(names) for term in cells["term"]),
        ]
        for table, rows in self._rows.items():
            yield table, [row(values) for row in rows]

    def _cell(self, table: str, column: str, row: Row) -> Cell:
        """What a value is made of."""
        value = row[column]
        match table, column:
            case _, "seq" | "pack":
                made = "seq", value - (self._at << BITS)
            case _, "lane" if value == self._lane:
                made = "lane", value
            case "period", _ if value == self._at:
                made = "at", value
            case _, "digest":
                made = "digest", (row["pack"], row["place"], row["size"])
            case "pack", "data":
                made = "pack", row["seq"]
            case "inbox", "raw":
                made = "raw", self._names.form(decompressed(value).decode()).encode()
            case "term", "term" if value in self._known:
                made = "term", self._known[value]
            case _:
                made = self._said(value)
        return self._put(*made)

    def _said(self, value: Any) -> tuple[str, Any]:
        """What a value is made of that may hold names."""
        if isinstance(value, bytes) and self._names.is_in(value.decode("latin-1")):
            return "bytes", self._names.form(value.decode()).encode()
        if isinstance(value, str) and self._names.is_in(value):
            return "text", self._names.form(value)
        return "same", value

    def _put(self, kind: str, key: Any) -> Cell:
        found = self._cells[kind]
        return kind, found.setdefault(key, len(found))

    def _known_terms(self, resources: Iterable[Row]) -> Iterator[tuple[bytes, Term]]:
        """The terms that come of the patient's names."""
        for row in resources:
            text = self._packs[row["pack"]].encode()[row["place"] : row["place"] + row["size"]]
            for entry in entries(orjson.loads(text)):
                said = entry.value[-1]
                if entry.kind in {"token", "reference"} and self._names.is_in(said):
                    term = Term(row["type"], entry, self._names.form(said))
                    yield term.of(self._names.own), term
