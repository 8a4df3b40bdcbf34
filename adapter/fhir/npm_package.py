"""A FHIR NPM package (https://hl7.org/fhir/R4/packages.html): the definitions of an IG in one file.

What others build on: SUSHI, HL7's validator and HAPI load it. The same definitions give the same bytes.
"""

from __future__ import annotations

import gzip
import tarfile
from collections.abc import Iterable, Mapping
from io import BytesIO
from typing import Any, Final

import orjson

Json = dict[str, Any]

_INDEXED: Final = ("resourceType", "id", "url", "version", "kind", "type", "derivation")
_CORE: Final = {"hl7.fhir.r4.core": "4.0.1"}
_GUIDE: Final = "ImplementationGuide"
_DEFINITIONS: Final = frozenset(
    {
        "CapabilityStatement",
        "CodeSystem",
        "ConceptMap",
        _GUIDE,
        "MessageDefinition",
        "NamingSystem",
        "OperationDefinition",
        "SearchParameter",
        "StructureDefinition",
        "ValueSet",
    }
)


def package_name(guide: Json) -> str:
    """The name of the file as the FHIR package cache writes it, without its end."""
    return f"{guide['packageId']}-{guide['version']}"


def guide_of(files: Mapping[str, bytes]) -> Json:
    """The ImplementationGuide among the files of an IG. Raises ValueError when there is not exactly one."""
    guides = [name for name in files if name.startswith(f"{_GUIDE}-")]
    if len(guides) != 1:
        raise ValueError(f"{len(guides)} files of {_GUIDE}; there must be one")
    guide: Json = orjson.loads(files[guides[0]])
    return guide


def npm_package(files: Mapping[str, bytes]) -> bytes:
    """The bytes of ``package.tgz``; ``files`` are the resources of an IG by file name.

    Definitions lie in ``package/``, examples in ``package/example/``, each folder with its index.
    """
    told = {name: orjson.loads(raw) for name, raw in sorted(files.items())}
    definitions = {name: each for name, each in told.items() if each["resourceType"] in _DEFINITIONS}
    examples = {name: each for name, each in told.items() if name not in definitions}
    members = {
        "package/package.json": _written(_manifest(guide_of(files), definitions)),
        **_folder("package", definitions),
        **_folder("package/example", examples),
    }
    return _archive(members.items())


def _folder(place: str, resources: Mapping[str, Json]) -> dict[str, bytes]:
    index = {"index-version": 1, "files": [_row(name, each) for name, each in resources.items()]}
    written = {f"{place}/{name}": orjson.dumps(each) for name, each in resources.items()}
    return {f"{place}/.index.json": _written(index), **written}


def _row(name: str, resource: Json) -> Json:
    return {"filename": name, **{key: resource[key] for key in _INDEXED if key in resource}}


def _manifest(guide: Json, definitions: Mapping[str, Json]) -> Json:
    """The package.json that https://confluence.hl7.org/display/FHIR/NPM+Package+Specification asks for."""
    others = {part["packageId"]: part["version"] for part in guide.get("dependsOn", ())}
    url = guide["url"].partition(f"/{_GUIDE}/")[0]
    return {
        "name": guide["packageId"],
        "version": guide["version"],
        "tools-version": 3,
        "type": "fhir.ig",
        "license": guide["license"],
        "canonical": url,
        "url": url,
        "title": guide["title"],
        "description": guide["description"],
        "fhirVersions": guide["fhirVersion"],
        "dependencies": {**_CORE, **others},
        "author": guide["publisher"],
        "directories": {"lib": "package", "example": "example"},
        "jurisdiction": "urn:iso:std:iso:3166#SE",
        "keywords": sorted({each["resourceType"] for each in definitions.values()}),
    }


def _written(value: Json) -> bytes:
    return orjson.dumps(value, option=orjson.OPT_INDENT_2) + b"\n"


def _archive(members: Iterable[tuple[str, bytes]]) -> bytes:
    """A gzipped tar in which nothing tells when, where or by whom it was made."""
    whole = BytesIO()
    with (
        gzip.GzipFile(filename="", mode="wb", fileobj=whole, mtime=0) as packed,
        tarfile.open(fileobj=packed, mode="w", format=tarfile.USTAR_FORMAT) as tar,
    ):
        for name, raw in members:
            member = tarfile.TarInfo(name)
            member.size = len(raw)
            tar.addfile(member, BytesIO(raw))
    return whole.getvalue()
