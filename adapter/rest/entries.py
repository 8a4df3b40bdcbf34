"""The entries of a batch or transaction, read: what each asks for.

https://hl7.org/fhir/R4/http.html#transaction
"""

from __future__ import annotations

import base64
import binascii
import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final

from adapter.rest.outcome import Problem

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

Json = dict[str, Any]
MOST_ENTRIES: Final = 500
METHODS: Final = ("DELETE", "POST", "PUT", "PATCH", "GET", "HEAD")  # in the order of the standard
_ADDRESS = re.compile(r"[A-Za-z$_][A-Za-z0-9_.$/-]*(?:\?.*)?", re.DOTALL)
_HEADERS: Final = (
    ("if-match", "ifMatch"),
    ("if-none-match", "ifNoneMatch"),
    ("if-modified-since", "ifModifiedSince"),
    ("if-none-exist", "ifNoneExist"),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """One entry: ``address`` is below the FHIR base, with its query."""

    number: int
    method: str
    address: str
    full_url: str = ""
    resource: Json = field(default_factory=dict)
    headers: Mapping[str, str] = field(default_factory=dict)

    @property
    def place(self) -> str:
        """Where it stands, as FHIRPath."""
        return f"Bundle.entry[{self.number}]"

    @property
    def type(self) -> str:
        """The type in its address."""
        return self.address.partition("?")[0].split("/")[0]

    @property
    def id(self) -> str:
        """The id in its address, if there is one."""
        return self.address.partition("?")[0].partition("/")[2]

    @property
    def condition(self) -> str | None:
        """The search in its address, if there is one."""
        _, mark, query = self.address.partition("?")
        return query if mark else None

    def patch(self) -> bytes:
        """The patch that a Binary carries. Problem 400 when it does not."""
        try:
            return base64.b64decode(self.resource["data"], validate=True)
        except (KeyError, TypeError, ValueError, binascii.Error):
            what = "En PATCH har sin JSON Patch som data i en Binary (application/json-patch+json)."
            raise Problem(400, "structure", what, where=self.place) from None


def read_entries(bundle: Json, base: str) -> Sequence[Entry]:
    """Every entry in the order given. Problem 400 for one that asks for nothing we can do."""
    found = bundle.get("entry", [])
    if not isinstance(found, list) or len(found) > MOST_ENTRIES:
        what = f"En Bundle har högst {MOST_ENTRIES} poster. Dela upp den."
        raise Problem(400, "too-costly", what, where="Bundle.entry")
    return [_entry(number, entry, base) for number, entry in enumerate(found)]


def _entry(number: int, entry: Any, base: str) -> Entry:
    asked = entry.get("request") if isinstance(entry, dict) else None
    place = f"Bundle.entry[{number}]"
    if not isinstance(asked, dict) or asked.get("method") not in METHODS:
        what = f"Posten saknar request.method; de som går är {', '.join(METHODS)}."
        raise Problem(400, "required", what, where=place)
    address = asked.get("url")
    address = address.removeprefix(f"{base}/").removeprefix("/") if isinstance(address, str) else ""
    if not _ADDRESS.fullmatch(address) or ".." in address:
        what = (
            "Postens request.url är ingen adress under serverns /fhir. Skriv Typ, Typ/id eller Typ?sökning."
        )
        raise Problem(400, "value", what, where=place)
    resource = entry.get("resource")
    full_url = entry.get("fullUrl")
    return Entry(
        number=number,
        method=asked["method"],
        address=address,
        full_url=full_url if isinstance(full_url, str) else "",
        resource=resource if isinstance(resource, dict) else {},
        headers={name: asked[key] for name, key in _HEADERS if isinstance(asked.get(key), str)},
    )
