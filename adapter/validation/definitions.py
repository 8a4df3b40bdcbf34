"""Finds definitions by canonical address: in the loaded packages first, then in R4 core."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cached_property
from typing import Any

from adapter.validation.core_tables import BASE, Core
from adapter.validation.packages import Package

Json = dict[str, Any]


class Definitions:
    """Look-up over packages (the last one loaded wins) and core."""

    def __init__(self, packages: Sequence[Package], core: Core) -> None:
        self.packages = tuple(reversed(packages))
        self.core = core

    def structure(self, canonical: str) -> Json | None:
        """The StructureDefinition at ``url`` or ``url|version``; None when there is none."""
        url, _, version = canonical.partition("|")
        return self._loaded(url, version, "StructureDefinition") or self.core.structure(url)

    def value_set(self, canonical: str) -> Json | None:
        """The ValueSet at ``url`` or ``url|version``."""
        return self._terminology(canonical, "ValueSet")

    def code_system(self, canonical: str) -> Json | None:
        """The CodeSystem at ``url`` or ``url|version``."""
        return self._terminology(canonical, "CodeSystem")

    def questionnaire(self, canonical: str) -> Json | None:
        """The Questionnaire at ``url`` or ``url|version``; core has none."""
        url, _, version = canonical.partition("|")
        return self._loaded(url, version, "Questionnaire")

    @cached_property
    def everywhere(self) -> dict[str, list[str]]:
        """The profiles that loaded guides want of every resource of a type (ImplementationGuide.global)."""
        found: dict[str, list[str]] = {}
        for package in self.packages:
            for definition in package.definitions:
                if definition["resourceType"] == "ImplementationGuide":
                    for rule in definition.get("global") or ():
                        found.setdefault(str(rule.get("type")), []).append(str(rule.get("profile")))
        return found

    def supplements(self, system: str) -> list[Json]:
        """The loaded CodeSystems that add to this one."""
        return [
            d
            for p in self.packages
            for d in p.definitions
            if d.get("content") == "supplement" and str(d.get("supplements", "")).split("|")[0] == system
        ]

    def type_tree_url(self, code: str) -> str:
        """The address of a type's own definition."""
        return code if "://" in code else BASE + code

    def _terminology(self, canonical: str, kind: str) -> Json | None:
        url, _, version = canonical.partition("|")
        if found := self._loaded(url, version, kind):
            return found
        found = self.core.terminology(url)
        return found if found and found["resourceType"] == kind else None

    def _loaded(self, url: str, version: str, kind: str) -> Json | None:
        for package in self.packages:
            for definition in package.by_url.get(url, ()):
                if definition["resourceType"] == kind and version in ("", definition.get("version", "")):
                    return definition
        return None
