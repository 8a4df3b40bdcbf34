"""Packages of definitions: a folder, an unpacked npm package, a ``.tgz``, or one in ``~/.fhir/packages``.

https://confluence.hl7.org/display/FHIR/NPM+Package+Specification
"""

from __future__ import annotations

import io
import json
import tarfile
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from adapter.validation.xml_reader import read_xml

Json = dict[str, Any]
KINDS = frozenset(
    [
        *("StructureDefinition", "ValueSet", "CodeSystem", "Questionnaire", "SearchParameter", "ConceptMap"),
        "ImplementationGuide",
    ]
)
LIMIT = 256 * 1024 * 1024  # bytes of one unpacked package; HL7's largest is under half of it


@dataclass(frozen=True, slots=True)
class Package:
    """Definitions that belong together. ``skipped`` names each file that could not be read, and why."""

    name: str
    definitions: tuple[Json, ...]
    skipped: tuple[tuple[str, str], ...] = ()
    by_url: dict[str, list[Json]] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        index: dict[str, list[Json]] = {}
        for definition in self.definitions:
            if isinstance(url := definition.get("url"), str):
                index.setdefault(url, []).append(definition)
        object.__setattr__(self, "by_url", index)


def load_package(source: str | Path) -> Package:
    """Read a package from a file, a folder, or ``name#version`` in the user's package cache.

    Raises FileNotFoundError when there is nothing there; a file that is no FHIR definition is skipped.
    """
    path = Path(source)
    if not path.exists() and "#" in str(source):
        path = Path.home() / ".fhir" / "packages" / str(source)
    if not path.exists():
        raise FileNotFoundError(str(source))
    if path.is_dir():
        return package_of(str(source), _folder(path))
    if path.name.endswith((".tgz", ".tar.gz")):
        return package_of(str(source), _tarball(path.read_bytes()))
    return package_of(str(source), [(path.name, path.read_bytes())])


def package_of(name: str, contents: Iterable[tuple[str, bytes]]) -> Package:
    """A package of files in memory: (name, bytes) pairs of JSON or XML, Bundles of definitions too."""
    found: list[Json] = []
    skipped: list[tuple[str, str]] = []
    for filename, raw in contents:
        try:
            found.extend(_definitions(_parse(raw)))
        except (ValueError, RecursionError) as problem:
            skipped.append((filename, str(problem)[:200]))
    return Package(name, tuple(found), tuple(skipped))


def _parse(raw: bytes) -> Json:
    text = raw.lstrip(b"\xef\xbb\xbf \t\r\n")
    if text.startswith(b"<"):
        return read_xml(raw).resource
    parsed = json.loads(raw)
    if not isinstance(parsed, dict):
        raise ValueError("not a JSON object")  # noqa: TRY004 bad content, not a bad type of ours
    return parsed


def _definitions(resource: Json) -> Iterator[Json]:
    if resource.get("resourceType") == "Bundle":
        for entry in resource.get("entry", []):
            if isinstance(entry, dict) and isinstance(inner := entry.get("resource"), dict):
                yield from _definitions(inner)
    elif resource.get("resourceType") in KINDS:
        yield resource


def _folder(path: Path) -> Iterator[tuple[str, bytes]]:
    for file in sorted(path.rglob("*")):
        if file.suffix in (".json", ".xml") and file.name not in ("package.json", ".index.json"):
            yield file.name, file.read_bytes()
        elif file.suffix == ".tgz":
            yield from _tarball(file.read_bytes())


def _tarball(raw: bytes) -> Iterator[tuple[str, bytes]]:
    size = 0
    with tarfile.open(fileobj=io.BytesIO(raw), mode="r:gz") as archive:
        for member in archive:
            name = Path(member.name)
            if not member.isfile() or name.suffix != ".json" or len(name.parts) != 2:  # noqa: PLR2004 package/<file>
                continue
            size += member.size
            if size > LIMIT:
                raise ValueError("the package is too large")
            if name.name not in ("package.json", ".index.json") and (content := archive.extractfile(member)):
                yield name.name, content.read()
