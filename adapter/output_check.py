"""The check that the shell gives to ``decide``: each resource by R4 and by the profile that it claims."""

from __future__ import annotations

from collections.abc import Callable
from functools import cached_property
from typing import TYPE_CHECKING

import orjson

from adapter.fhir import is_shared

if TYPE_CHECKING:
    from adapter.ports import Json
    from adapter.validation import Alike, Issue, Validator

# The same unit and its staff stand in note after note: right once is right again.
RECURRING = frozenset({"Organization", "Practitioner", "PractitionerRole"})
REMEMBERED = 2_000  # resources; about a kilobyte each


class OutputCheck:
    """Answers with the errors of a resource. Any number of threads may ask."""

    def __init__(self, make_validator: Callable[[], Validator], *, with_invariants: bool = True) -> None:
        self._make_validator = make_validator
        self._with_invariants = with_invariants
        self._right: set[bytes] = set()

    def __call__(self, resource: Json) -> tuple[Issue, ...]:
        """The errors; what is less than an error does not stop a resource."""
        if resource["resourceType"] not in RECURRING or not is_shared(resource):
            return self._errors(resource)
        content = orjson.dumps(resource)
        if content in self._right:
            return ()
        errors = self._errors(resource)
        if not errors:
            if len(self._right) >= REMEMBERED:
                self._right.clear()
            self._right.add(content)
        return errors

    def _errors(self, resource: Json) -> tuple[Issue, ...]:
        if self._alike.is_right(resource):
            return ()
        issues = self._validator.validate(resource, with_invariants=self._with_invariants)
        return tuple(issue for issue in issues if issue.is_error)

    @cached_property
    def _alike(self) -> Alike:
        return self._validator.alike(with_invariants=self._with_invariants)

    @cached_property
    def _validator(self) -> Validator:
        """Made at the first resource: whoever never makes one does not wait for it."""
        return self._make_validator()
