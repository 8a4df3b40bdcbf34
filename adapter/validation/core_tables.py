"""FHIR R4 core (4.0.1) as compact tables, read one definition at a time.

The archives are made by ``profiles/build_core_tables.py`` of HL7's definitions (CC0).
"""

from __future__ import annotations

import io
import json
import zipfile
from functools import cached_property
from importlib.resources import files
from typing import Any

Json = dict[str, Any]
BASE = "http://hl7.org/fhir/StructureDefinition/"
RESOURCE_TYPES = "resource-types"  # the member that lists them


class Core:
    """The definitions of R4 core. Holds what it has found; safe to share between threads."""

    def __init__(self) -> None:
        self._read: dict[str, Json] = {}

    @cached_property
    def _structures(self) -> zipfile.ZipFile:
        return _archive("structures")

    @cached_property
    def _extensions(self) -> zipfile.ZipFile:
        return _archive("extensions")

    @cached_property
    def _codes(self) -> zipfile.ZipFile:
        return _archive("codes")

    @cached_property
    def _more_codes(self) -> zipfile.ZipFile:
        return _archive("more-codes")

    def structure(self, url: str) -> Json | None:
        """The StructureDefinition of core with this address, profiles and extensions too."""
        found = self._read.get(url) or _member(self._structures, url) or _member(self._extensions, url)
        return found and self._read.setdefault(url, found)

    def terminology(self, url: str) -> Json | None:
        """The ValueSet or CodeSystem of core with this address."""
        found = self._read.get(url) or _member(self._codes, url) or _member(self._more_codes, url)
        return found and self._read.setdefault(url, found)

    @cached_property
    def resource_types(self) -> frozenset[str]:
        """The names of the resource types of R4 that can stand by themselves."""
        return frozenset(json.loads(self._structures.read(RESOURCE_TYPES)))


def _archive(name: str) -> zipfile.ZipFile:
    data = files("adapter.validation").joinpath("core", f"{name}.zip")
    return zipfile.ZipFile(io.BytesIO(data.read_bytes()))


def _member(archive: zipfile.ZipFile, url: str) -> Json | None:
    try:
        found: Json = json.loads(archive.read(url))
    except KeyError:
        return None
    return found
