"""Bundle: search sets and histories, joined from the stored bytes without reading them.

https://hl7.org/fhir/R4/bundle.html
"""

from __future__ import annotations

import uuid
from typing import TYPE_CHECKING
from urllib.parse import quote, urlencode

import orjson

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from adapter.ports import Page, Row


def searchset(base: str, page: Page, links: Mapping[str, str], outcome: bytes = b"") -> bytes:
    """What a search found: matches, then what came along, then our own remarks."""
    prefix = base.encode()
    entries = [_entry(prefix, row, b',"search":{"mode":"match"}}') for row in page.matches]
    entries += [_entry(prefix, row, b',"search":{"mode":"include"}}') for row in page.included]
    if outcome:
        name = str(uuid.uuid5(uuid.NAMESPACE_OID, outcome.decode())).encode()  # it is kept nowhere
        entries.append(
            b'{"fullUrl":"urn:uuid:%b","resource":%b,"search":{"mode":"outcome"}}' % (name, outcome)
        )
    total = b"" if page.total is None else b',"total":%d' % page.total
    return b'{"resourceType":"Bundle","type":"searchset"%b,"link":%b%b}' % (
        total,
        _links(links),
        _all(entries),
    )


def history_bundle(
    base: str, rows: Sequence[Row], links: Mapping[str, str], total: int | None = None
) -> bytes:
    """A page of versions, in the order given; ``total`` of all pages where it is known."""
    prefix = base.encode()
    entries = [
        _entry(
            prefix,
            row,
            b',"request":{"method":"%b","url":"%b"},"response":{"status":"%b","etag":"W/\\"%d\\"","lastModified":"%b"}}'
            % (
                b"POST" if row.version == 1 else b"PUT",
                row.type.encode() if row.version == 1 else f"{row.type}/{row.id}".encode(),
                b"201" if row.version == 1 else b"200",
                row.version,
                row.last_updated.isoformat().encode(),
            ),
        )
        for row in rows
    ]
    counted = b"" if total is None else b',"total":%d' % total
    return b'{"resourceType":"Bundle","type":"history"%b,"link":%b%b}' % (
        counted,
        _links(links),
        _all(entries),
    )


def _entry(prefix: bytes, row: Row, rest: bytes) -> bytes:
    """One entry; ``rest`` closes it. Type and id hold no character that JSON would escape."""
    where = f"{row.type}/{row.id}".encode()
    return b'{"fullUrl":"%b/%b","resource":%b%b' % (prefix, where, row.body, rest)


def _all(entries: Sequence[bytes]) -> bytes:
    """No entry element at all when there is none: FHIR knows no empty arrays."""
    return b',"entry":[' + b",".join(entries) + b"]" if entries else b""


def _links(links: Mapping[str, str]) -> bytes:
    return orjson.dumps([{"relation": relation, "url": url} for relation, url in links.items()])


def page_links(address: str, kept: Sequence[tuple[str, str]], mark: str, page: Page) -> dict[str, str]:
    """``self`` and ``next`` of a page; ``mark`` is its own."""

    def link(at: str) -> str:
        said = urlencode([*kept, *([("_page", at)] if at else [])], safe=":/,", quote_via=quote)
        return f"{address}?{said}" if said else address

    return {"self": link(mark)} | ({"next": link(page.next)} if page.next else {})
