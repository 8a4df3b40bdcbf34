"""The validator: packages in, then any number of resources, from any number of threads.

>>> from adapter.validation import Validator
>>> [issue.rule for issue in Validator().validate({"resourceType": "Patient", "gender": "x"})]
['code-required']
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any

from adapter.validation.alike import Alike
from adapter.validation.core_tables import Core
from adapter.validation.engine import Engine
from adapter.validation.issues import Issue
from adapter.validation.messages import RULES
from adapter.validation.packages import Package
from adapter.validation.reading import Source, read
from adapter.validation.wording import in_english

Json = dict[str, Any]


class Validator:
    """Judges FHIR R4 resources by core, by the profiles that they claim, and by those asked for.

    ``packages``: definitions besides core's; a later package wins over an earlier. ``core``: share one
    between validators to read its tables once. ``any_extension``: only remark on extensions that are not
    known. ``now``: the moment for FHIRPath's ``now()``, or a clock; without it that function is empty.
    """

    def __init__(
        self,
        packages: Sequence[Package] = (),
        *,
        core: Core | None = None,
        any_extension: bool = False,
        now: Callable[[], datetime] | datetime | None = None,
    ) -> None:
        self.engine = Engine(packages, core or Core(), any_extension=any_extension, moment=now)

    def validate(
        self, source: Json | bytes, profiles: Sequence[str] = (), *, with_invariants: bool = True
    ) -> tuple[Issue, ...]:
        """Judge one resource: a JSON tree, or the bytes of its JSON or XML form.

        ``profiles`` are canonical addresses that it shall follow besides those it claims itself. Never
        raises for what the source holds: that is told as issues. Lines and columns only for bytes.
        """
        if not isinstance(source, (bytes, bytearray)):
            return self._judge(Source(source), profiles, with_invariants=with_invariants)
        found = read(bytes(source), self.engine.model)
        if found.resource is None and found.faults:  # without faults it is JSON's null
            return tuple(_fault(*f) for f in found.faults)
        return self._judge(found, profiles, with_invariants=with_invariants)

    def _judge(self, source: Source, profiles: Sequence[str], *, with_invariants: bool) -> tuple[Issue, ...]:
        run = self.engine.judge(source, profiles, with_invariants=with_invariants)
        issues = run.result()
        return tuple(_placed(i, source) for i in issues) if issues and source.is_placed else issues

    def alike(self, *, with_invariants: bool = True) -> Alike:
        """What tells sooner that a resource is right, when many differ only in their texts."""
        return Alike(self.engine, with_invariants=with_invariants)

    def preload(self, profiles: Sequence[str]) -> tuple[str, ...]:
        """Compile profiles now rather than at the first resource; gives those that cannot be used."""
        return tuple(url for url in profiles if self.engine.content(url) is None)


def _fault(rule: str, detail: str, line: int, column: int) -> Issue:
    entry = RULES[rule]
    values = {"detail": detail, "version": detail.rpartition(" ")[2]}
    severity = "fatal" if entry.severity == "error" else entry.severity
    return Issue(
        severity,
        entry.code,
        rule,
        "",
        entry.sv.format_map(values),
        entry.en.format_map(in_english(values)),
        line,
        column,
    )


def _placed(issue: Issue, source: Source) -> Issue:
    line, column = source.place_of(issue.keys)
    return replace(issue, line=line, column=column)
