"""Bundles: fullUrl, ids, what each type asks for, and what refers to what. https://hl7.org/fhir/R4/bundle.html"""

from __future__ import annotations

import re
from typing import Any

from adapter.validation.places import Place
from adapter.validation.run import Run, Scope

Json = dict[str, Any]
_REST = re.compile(r"(?P<base>https?://\S+/|urn:\S+/)?(?P<type>[A-Z][A-Za-z]+)/(?P<id>[A-Za-z0-9\-.]{1,64})(?:/_history/(?P<version>\S+))?")
FIRST = {"document": "Composition", "message": "MessageHeader"}


class Index:
    """The resources of a Bundle by fullUrl and by type and id."""

    __slots__ = ("by_name", "by_url", "entries")

    def __init__(self, bundle: Json, scope: Scope, place: Place) -> None:
        self.entries: list[Scope | None] = []
        self.by_url: dict[str, list[Scope]] = {}
        self.by_name: dict[str, list[Scope]] = {}
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
        url = entry.get("fullUrl")
        if isinstance(url, str):
            made.full_url = url
            self.by_url.setdefault(url, []).append(made)
        if isinstance(resource.get("id"), str):
            self.by_name.setdefault(f"{made.type}/{resource['id']}", []).append(made)
        return made

    def find(self, reference: str, origin: Scope) -> Scope | None:
        """The entry that a reference means, seen from an entry."""
        reference = reference.partition("#")[0] if "#" in reference[1:] else reference
        if reference in self.by_url:
            return self.by_url[reference][0]
        match = _REST.fullmatch(reference)
        if match is None:
            return None
        name = f"{match['type']}/{match['id']}"
        if match["base"]:
            return next(iter(self.by_url.get(match["base"] + name, ())), None)
        home = _REST.fullmatch(origin.full_url)
        if home is not None and home["base"]:
            found = self.by_url.get(home["base"] + name)
            if found:
                return found[0]
            return next((s for s in self.by_name.get(name, ()) if not s.full_url), None)
        return next(iter(self.by_name.get(name, ())), None)


def check_bundle(run: Run, scope: Scope, place: Place) -> None:
    """Judge a Bundle as a whole."""
    bundle, index = scope.resource, scope.bundle
    found = bundle.get("entry")
    entries = [e if isinstance(e, dict) else {} for e in found] if isinstance(found, list) else []
    kind = bundle.get("type")
    if kind in FIRST:
        _first(run, entries, kind, place)
    _full_urls(run, entries, kind, place)
    if kind in FIRST and index.entries and index.entries[0] is not None:
        _links(run, index, kind)


def _first(run: Run, entries: list[Json], kind: str, place: Place) -> None:
    wanted = FIRST[kind]
    if not entries:
        run.say("bundle-empty-document", place, type=kind, wanted=wanted)
        return
    resource = entries[0].get("resource")
    here: Place = (place, "entry", "entry", 0)
    if not isinstance(resource, dict):
        run.say("bundle-first-missing", here, type=kind, wanted=wanted)
    elif resource.get("resourceType") != wanted:
        run.say("bundle-first", here, type=kind, wanted=wanted, found=resource.get("resourceType"))


def _full_urls(run: Run, entries: list[Json], kind: Any, place: Place) -> None:
    seen: set[tuple[str, str]] = set()
    for i, entry in enumerate(entries):
        here: Place = (place, "entry", "entry", i)
        resource, url = entry.get("resource"), entry.get("fullUrl")
        if not isinstance(resource, dict):
            continue
        if url is None:
            _without_url(run, entry, kind, here)
            continue
        if not isinstance(url, str):
            continue
        meta = resource.get("meta")
        version = str(meta.get("versionId", "")) if isinstance(meta, dict) else ""
        if kind != "history" and (url, version) in seen:
            run.say("bundle-full-url-duplicate", here, value=url)
        seen.add((url, version))
        _same_id(run, resource, url, here)


def _without_url(run: Run, entry: Json, kind: Any, here: Place) -> None:
    del run, entry, kind, here


def _same_id(run: Run, resource: Json, url: str, here: Place) -> None:
    identity, kind = resource.get("id"), resource.get("resourceType")
    if ":" not in url:
        run.say("bundle-full-url-relative", here, value=url)
        return
    if not url.startswith(("http:", "https:")) or not isinstance(identity, str):
        return
    match = _REST.fullmatch(url)
    if match is not None and (match["type"] == kind or match["type"] in run.engine.resource_names):
        if match["id"] != identity or match["type"] != kind:
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
    reached, waiting = {0}, [0]
    while waiting:
        for other in edges.get(waiting.pop(), set()) - reached:
            reached.add(other)
            waiting.append(other)
    for number, scope in enumerate(index.entries):
        if scope is not None and number not in reached and scope.place is not None:
            run.say("bundle-unlinked", scope.place[0])


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
