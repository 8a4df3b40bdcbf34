"""Where definitions come from besides core: our own profiles, and the user's FHIR package cache.

https://confluence.hl7.org/display/FHIR/FHIR+Package+Cache
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import datetime
from functools import cached_property
from importlib import resources
from pathlib import Path
from typing import Any

from adapter.validation import Package, Validator, load_package

Json = dict[str, Any]
COMPILED = "fsh-generated/resources"
_ADDRESS = re.compile(rb"https?://[^\s\"'<>|]+|urn:[a-z0-9]+:[^\s\"'<>|]+")
_OF_R4 = re.compile(r"4\.0(\.|$)")
_CORE = re.compile(r"hl7\.fhir\.r\d+b?\.(core|expansions|examples|search|corexml|elements)#")


def own_packages() -> list[Package]:
    """What ours build on, then ours."""
    if (home := _home()) is None:
        return []
    dependencies = sorted((home / "dependencies").glob("*/"))
    return [load_package(folder) for folder in (*dependencies, home / COMPILED)]


def own_examples() -> list[Json]:
    """The examples of our profiles: each is right by the profile that it claims."""
    home = _home()
    files = sorted((home / COMPILED).glob("*-exempel-*.json")) if home else ()
    return [json.loads(file.read_bytes()) for file in files]


def _home() -> Path | None:
    """``profiles/`` in the tree, ``adapter/_profiles`` in a wheel."""
    package = Path(str(resources.files("adapter")))
    homes = (package / "_profiles", package.parent / "profiles")
    return next((home for home in homes if (home / COMPILED).is_dir()), None)


def own_validator(now: Callable[[], datetime] | None = None) -> Validator:
    """A validator that knows core, our own profiles, and by a clock what the time is."""
    return Validator(own_packages(), now=now)


class PackageCache:
    """The packages that FHIR tools keep in ``~/.fhir/packages``; a definition is read when it is named.

    What is not for R4, lacks its index, or cannot be read is passed over.
    """

    def __init__(self, home: Path | None = None) -> None:
        self.home = home or Path.home() / ".fhir" / "packages"

    @property
    def is_empty(self) -> bool:
        """There is nothing to be found in it."""
        return not self._files

    def package(self, urls: Iterable[str], is_known: Callable[[str], bool]) -> Package:
        """The definitions of these addresses and of all that they build on, save those that are known."""
        found: dict[str, Json] = {}
        waiting = list(urls)
        while waiting:
            url = waiting.pop().partition("|")[0]
            if url in found or url not in self._files or is_known(url):
                continue
            if (definition := self._read(url)) is not None:
                found[url] = definition
                waiting += _needs(definition)
        return Package(str(self.home), tuple(found.values()))

    def named_in(self, raw: bytes) -> list[str]:
        """The profiles and extensions of the cache whose addresses stand in an instance."""
        told = {match.decode(errors="replace") for match in set(_ADDRESS.findall(raw))}
        return sorted(url for url in told if self._files.get(url, ("", ""))[0] == "StructureDefinition")

    def _read(self, url: str) -> Json | None:
        try:
            found = json.loads(Path(self._files[url][1]).read_bytes())
        except (OSError, ValueError, RecursionError):
            return None
        return found if isinstance(found, dict) and "resourceType" in found else None

    @cached_property
    def _files(self) -> dict[str, tuple[str, str]]:
        """Address → (type, file); where two packages have it, that of the later name and version."""
        return {
            row["url"]: (str(row.get("resourceType")), str(folder / str(row.get("filename"))))
            for folder in self._folders()
            for row in _rows(folder / ".index.json")
            if isinstance(row.get("url"), str)
        }

    def _folders(self) -> Iterator[Path]:
        if not self.home.is_dir():
            return
        for folder in sorted(self.home.iterdir()):
            if not _CORE.match(folder.name) and _is_for_r4(folder / "package" / "package.json"):
                yield folder / "package"


def _is_for_r4(about: Path) -> bool:
    said = _json(about)
    versions = said.get("fhirVersions") or said.get("fhir-version-list") or []
    return any(_OF_R4.match(str(version)) for version in versions if isinstance(versions, list))


def _rows(index: Path) -> list[Json]:
    files = _json(index).get("files")
    return [row for row in files if isinstance(row, dict)] if isinstance(files, list) else []


def _json(path: Path) -> Json:
    try:
        found = json.loads(path.read_bytes())
    except (OSError, ValueError, RecursionError):
        return {}
    return found if isinstance(found, dict) else {}


_NAMES = frozenset(
    {"baseDefinition", "profile", "targetProfile", "valueSet", "system", "supplements", "derivedFrom"}
)


def _needs(definition: Any) -> list[str]:
    """The addresses that a definition builds on, wherever they stand in it."""
    found: list[str] = []
    waiting = [definition]
    while waiting:
        value = waiting.pop()
        if isinstance(value, list):
            waiting += value
        elif isinstance(value, dict):
            for name, part in value.items():
                if name in _NAMES:
                    found += [
                        url for url in (part if isinstance(part, list) else [part]) if isinstance(url, str)
                    ]
                waiting.append(part)
    return found


def definitions_missing(packages: Sequence[Package]) -> list[str]:
    """The addresses that given definitions build on."""
    return [url for package in packages for definition in package.definitions for url in _needs(definition)]
