"""Bundles: fullUrl, ids, what each type asks for, and what refers to what.

https://hl7.org/fhir/R4/bundle.html
"""

from __future__ import annotations

import re
from typing import Any

from adapter.validation.places import Place
from adapter.validation.run import Run, Scope
from adapter.validation.wording import BUNDLES

Json = dict[str, Any]
_REST = re.compile(
    r"(?P<base>https?://\S+/|urn:\S+/)?(?P<type>[A-Z][A-Za-z]+)/(?P<id>[A-Za-z0-9\-.]{1,64})(?:/_history/(?P<version>\S+))?"
)
_ABSOLUTE = re.compile(r"[a-z][a-z0-9]*:.")
URL_OPTIONAL = frozenset({"transaction", "transaction-response", "batch", "batch-response"})
SINGLE = ("subject", "encounter", "custodian")  # references of a Composition that a document must hold
_SEARCH = re.compile(r"/([A-Z][A-Za-z]+)(?:/_search)?(?:\?|$)")
FIRST = {"document": "Composition", "message": "MessageHeader"}


class Index:
    """The resources of a Bundle by fullUrl and by type and id."""

    __slots__ = ("by_name", "by_resource", "by_url", "entries")

    def __init__(self, bundle: Json, scope: Scope, place: Place) -> None:
        self.entries: list[Scope | None] = []
        self.by_url: dict[str, list[Scope]] = {}
        self.by_name: dict[str, list[Scope]] = {}
        self.by_resource: dict[int, Scope] = {}  # by identity of the JSON object, the first of a shared one
        found = bundle.get("entry")
        for index, entry in enumerate(found if isinstance(found, list) else ()):
            self.entries.append(self._entry(entry, index, scope, place))

    def _entry(self, entry: Any, index: int, scope: Scope, place: Place) -> Scope | None:
        resource = entry.get("resource") if isinstance(entry, dict) else None
        if not isinstance(resource, dict) or not isinstance(resource.get("resourceType"), str):
            return None
        here: Place = ((place, "entry", "entry", index), "resource", "resource", -1)
        made = Scope(resource, resource["resourceType"], scope, here)
        made.entry_index = index
        self.by_resource.setdefault(id(resource), made)
        url = entry.get("fullUrl")
        if isinstance(url, str):
            made.full_url = url
            self.by_url.setdefault(url, []).append(made)
        if isinstance(resource.get("id"), str):
            self.by_name.setdefault(f"{made.type}/{resource['id']}", []).append(made)
        return made

    def find(self, reference: str, origin: Scope) -> Scope | None:
        """The entry that a reference means, seen from an entry; None when there is none."""
        return next(iter(self.find_all(reference, origin)), None)

    def is_elsewhere(self, reference: str) -> bool:
        """Whether a relative reference names a resource that is here, whatever its fullUrl says."""
        match = _REST.fullmatch(reference.partition("#")[0])
        return match is not None and not match["base"] and f"{match['type']}/{match['id']}" in self.by_name

    def find_all(self, reference: str, origin: Scope) -> list[Scope]:
        """All the entries that a reference fits; there should be one at most."""
        reference = reference.partition("#")[0] if "#" in reference[1:] else reference
        if reference in self.by_url:
            return self.by_url[reference]
        match = _REST.fullmatch(reference)
        if match is None:
            return []
        name = f"{match['type']}/{match['id']}"
        return [s for s in self._named(name, match["base"], origin) if _is_version(s, match["version"])]

    def _named(self, name: str, base: str | None, origin: Scope) -> list[Scope]:
        if base:
            return self.by_url.get(base + name, [])
        home = _REST.fullmatch(origin.full_url)
        if home is not None and home["base"]:
            found = self.by_url.get(home["base"] + name, [])
            return found or [s for s in self.by_name.get(name, ()) if not s.full_url]
        if origin.full_url.startswith("urn:"):
            return self.by_url.get(f"{origin.full_url.rpartition(':')[0]}:{name.partition('/')[2]}", [])
        return [] if origin.full_url else self.by_name.get(name, [])


def _is_version(scope: Scope, version: str | None) -> bool:
    meta = scope.resource.get("meta")
    return version is None or (isinstance(meta, dict) and meta.get("versionId") == version)


def check_bundle(run: Run, scope: Scope, place: Place) -> None:
    """Judge a Bundle as a whole."""
    bundle, index = scope.resource, scope.bundle
    found = bundle.get("entry")
    entries = [e if isinstance(e, dict) else {} for e in found] if isinstance(found, list) else []
    kind = str(bundle.get("type"))
    if kind in FIRST:
        _first(run, entries, kind, place)
    _full_urls(run, entries, kind, place)
    relations = [x.get("relation") for x in _dicts(bundle.get("link"))]
    for i, relation in enumerate(relations):
        if relation in relations[:i]:
            run.say("bundle-link-twice", (place, "link", "link", i), value=relation)
    if kind == "searchset":
        _search(run, bundle, entries, place)
    if kind in FIRST and index.entries and index.entries[0] is not None:
        _must_be_here(run, index, index.entries[0])
        _links(run, index, kind)


def _first(run: Run, entries: list[Json], kind: str, place: Place) -> None:
    wanted = FIRST[kind]
    if not entries:
        run.say("bundle-empty-document", place, type=BUNDLES.get(kind, kind), wanted=wanted)
        return
    resource = entries[0].get("resource")
    here: Place = (place, "entry", "entry", 0)
    if not isinstance(resource, dict):
        run.say("bundle-first-missing", here, type=BUNDLES.get(kind, kind), wanted=wanted)
    elif resource.get("resourceType") != wanted:
        run.say(
            "bundle-first",
            here,
            type=BUNDLES.get(kind, kind),
            wanted=wanted,
            found=resource.get("resourceType"),
        )


def _full_urls(run: Run, entries: list[Json], kind: str, place: Place) -> None:
    seen: set[tuple[str, str]] = set()
    for i, entry in enumerate(entries):
        here: Place = (place, "entry", "entry", i)
        resource, url = entry.get("resource"), entry.get("fullUrl")
        if not isinstance(resource, dict):
            continue
        if url is None and kind not in URL_OPTIONAL:
            run.say("bundle-full-url-missing", here)
        if not isinstance(url, str):
            continue
        meta = resource.get("meta")
        version = str(meta.get("versionId", "")) if isinstance(meta, dict) else ""
        if kind != "history" and (url, version) in seen:
            run.say("bundle-full-url-duplicate", here, value=url)
        seen.add((url, version))
        _same_id(run, resource, url, here)


def _same_id(run: Run, resource: Json, url: str, here: Place) -> None:
    identity, kind = resource.get("id"), resource.get("resourceType")
    if not _ABSOLUTE.match(url):
        run.say("bundle-full-url-relative", here, value=url)
        return
    match = _REST.fullmatch(url)
    if (
        not url.startswith(("http:", "https:"))
        or match is None
        or match["type"] not in run.engine.resource_names
    ):
        return
    if match["version"]:
        return  # bdl-8 says it
    if not isinstance(identity, str):
        run.say("bundle-full-url-no-id", here, url=url)
    elif match["id"] != identity or match["type"] != kind:
        run.say("bundle-full-url-id", here, value=f"{kind}/{identity}", url=url)


def _links(run: Run, index: Index, kind: str) -> None:
    """Every entry of a message or document is reached from the first (either way round)."""
    edges: dict[int, set[int]] = {}
    for number, scope in enumerate(index.entries):
        if scope is None:
            continue
        for reference in references_of(scope.resource):
            target = index.find(reference, scope)
            if target is not None:
                edges.setdefault(number, set()).add(target.entry_index)
                edges.setdefault(target.entry_index, set()).add(number)
            elif index.is_elsewhere(reference):
                run.say("bundle-reference-base", scope.place, value=reference)
    reached, waiting = {0}, [0]
    while waiting:
        for other in edges.get(waiting.pop(), set()) - reached:
            reached.add(other)
            waiting.append(other)
    for number, scope in enumerate(index.entries):
        if scope is not None and number not in reached and scope.place is not None:
            run.say("bundle-unlinked", scope.place[0], severity="error" if kind == "document" else "")


def references_of(value: Any) -> list[str]:
    """Every literal reference below a value."""
    found: list[str] = []
    waiting = [value]
    while waiting:
        at = waiting.pop()
        if type(at) is dict:
            for name, inner in at.items():
                if name == "reference" and type(inner) is str:
                    found.append(inner)
                elif type(inner) in (dict, list):
                    waiting.append(inner)
        elif type(at) is list:
            waiting.extend(i for i in at if type(i) in (dict, list))
    return found


def _must_be_here(run: Run, index: Index, first: Scope) -> None:
    """What the first entry of a document or message refers to is in the Bundle."""
    resource, place = first.resource, first.place
    if first.type == "MessageHeader":
        _each(run, index, first, resource.get("focus"), place, "focus")
    if first.type != "Composition":
        return
    for name in SINGLE:
        _each(run, index, first, resource.get(name), place, name)
    _each(run, index, first, resource.get("author"), place, "author")
    for i, attester in enumerate(_dicts(resource.get("attester"))):
        _each(run, index, first, attester.get("party"), (place, "attester", "attester", i), "party")
    for i, event in enumerate(_dicts(resource.get("event"))):
        _each(run, index, first, event.get("detail"), (place, "event", "event", i), "detail")
    waiting: list[tuple[Any, Place]] = [(resource.get("section"), place)]
    while waiting:
        sections, around = waiting.pop()
        for i, section in enumerate(_dicts(sections)):
            here: Place = (around, "section", "section", i)
            _each(run, index, first, section.get("entry"), here, "entry")
            waiting.append((section.get("section"), here))


def _dicts(value: Any) -> list[Json]:
    return [v for v in value if isinstance(v, dict)] if isinstance(value, list) else []


def _each(run: Run, index: Index, first: Scope, value: Any, place: Place, name: str) -> None:  # noqa: PLR0913, PLR0917 a value and where it stands
    many = isinstance(value, list)
    for i, reference in enumerate(value if isinstance(value, list) else [value]):
        text = reference.get("reference") if isinstance(reference, dict) else None
        if not isinstance(text, str) or text.startswith("#"):
            continue
        here: Place = (place, name, name, i if many else -1)
        found = index.find_all(text, first)
        if not found:
            run.say("bundle-reference", here, value=text)
        elif len(found) > 1:
            run.say("bundle-reference-many", here, value=text, found=len(found))


def _search(run: Run, bundle: Json, entries: list[Json], place: Place) -> None:
    """A searchset: every entry has a resource with an id, of the type that was searched."""
    urls = [str(x.get("url", "")) for x in _dicts(bundle.get("link")) if x.get("relation") == "self"]
    match = _SEARCH.search(urls[0]) if urls else None
    wanted = match[1] if match and match[1] in run.engine.resource_names else ""
    for i, entry in enumerate(entries):
        here: Place = (place, "entry", "entry", i)
        resource, search = entry.get("resource"), entry.get("search")
        mode = search.get("mode") if isinstance(search, dict) else None
        if not isinstance(resource, dict):
            run.say("bundle-search-resource", here)
            continue
        inner: Place = (here, "resource", "resource", -1)
        kind = resource.get("resourceType")
        if mode == "outcome":
            if kind != "OperationOutcome":
                run.say("resource-type-wrong", inner, wanted="OperationOutcome", found=kind)
            continue
        if "id" not in resource:
            run.say("bundle-search-id", inner)
        if mode == "match" and wanted and kind != wanted:
            run.say("resource-type-wrong", inner, wanted=wanted, found=kind)
