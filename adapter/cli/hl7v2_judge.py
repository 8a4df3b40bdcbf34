"""The child process that judges one HL7 v2 message with hl7apy: text on stdin, faults as JSON on stdout.

``python -m adapter.cli.hl7v2_judge``. It may take too long or too much memory, so it limits itself, and
its parent ends it. hl7apy tells its faults as sentences without a place; each is therefore asked for again
of every segment and field, and belongs to the innermost that tells it.
"""

from __future__ import annotations

import json
import os
import resource
import sys
import tempfile
from collections import Counter
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any

from hl7apy import load_reference  # type: ignore[import-untyped]  # it has no types
from hl7apy.consts import VALIDATION_LEVEL  # type: ignore[import-untyped]
from hl7apy.core import is_base_datatype  # type: ignore[import-untyped]
from hl7apy.exceptions import (  # type: ignore[import-untyped]
    ChildNotFound,
    HL7apyException,
    MaxLengthReached,
)
from hl7apy.factories import datatype_factory  # type: ignore[import-untyped]
from hl7apy.parser import parse_message  # type: ignore[import-untyped]
from hl7apy.validation import Validator  # type: ignore[import-untyped]

MEMORY_BYTES = 1_000_000_000
Fault = tuple[str, str, int, str, int]  # what hl7apy says, segment, which of them, field, which repetition


def main() -> None:
    """Judge what comes on stdin."""
    with suppress(ValueError, OSError):  # a lower limit stands already
        resource.setrlimit(resource.RLIMIT_AS, (MEMORY_BYTES, MEMORY_BYTES))
    told = list(faults(sys.stdin.buffer.read().decode()))
    sys.stdout.write(json.dumps(told))


def faults(text: str) -> Iterator[Fault]:
    """Every fault of one message with its place."""
    try:
        message = parse_message(text, validation_level=VALIDATION_LEVEL.TOLERANT, find_groups=True)
    except HL7apyException as problem:
        yield f"Unreadable: {type(problem).__name__}: {problem}", "MSH", 1, "", 0
        return
    left = _said_of(message)
    yield from _unknown(text, message.version)
    counts: Counter[str] = Counter()
    told: set[str] = set()
    for segment in _segments(message):
        counts[segment.name] += 1
        of_segment = _said_of(segment)
        told |= of_segment.keys()
        yield from _of_segment(segment, counts[segment.name], of_segment)
        yield from _values(segment, counts[segment.name])
    for said in left.keys() - told:
        yield said, "", 0, "", 0


def _of_segment(segment: Any, which: int, left: Counter[str]) -> Iterator[Fault]:
    counts: Counter[str] = Counter()
    for field in segment.children if left else ():
        counts[field.name] += 1
        of_field = _said_of(field) & left
        left -= of_field
        for said in of_field.elements():
            yield said, segment.name, which, str(field.name), counts[field.name]
    for said in left.elements():
        yield said, segment.name, which, "", 0


def _unknown(text: str, version: str) -> Iterator[Fault]:
    """Segments that this version does not have; hl7apy passes over some of them."""
    counts: Counter[str] = Counter()
    for name in (line[:3] for line in text.split("\r") if line):
        counts[name] += 1
        try:
            if not name.startswith("Z"):
                load_reference(name, "Segment", version)
        except ChildNotFound:
            yield "Error: Unknown element found: segment", name, counts[name], "", 0


def _values(segment: Any, which: int) -> Iterator[Fault]:
    """Values that are not of their datatype, such as a date with letters; hl7apy only tells when strict."""
    counts: Counter[str] = Counter()
    for field in segment.children:
        counts[field.name] += 1
        kind = segment.obx_2.to_er7() if field.name == "OBX_5" else ""
        for at, datatype, value in _leaves(field, str(field.name), kind):
            if value not in {"", '""'} and not _is_of(datatype, value, segment.version):
                said = f"Error: Datatype {datatype} is not correct for {at}"
                yield said, segment.name, which, str(field.name), counts[field.name]


def _leaves(element: Any, at: str, kind: str = "") -> Iterator[tuple[str, str, str]]:
    if kind or not element.children or is_base_datatype(element.datatype, element.version):
        yield at, kind or str(element.datatype), element.to_er7()
        return
    for child in element.children:
        yield from _leaves(child, f"{element.name}.{child.name}")


def _is_of(datatype: str, value: str, version: str) -> bool:
    if not is_base_datatype(datatype, version):
        return True
    try:
        datatype_factory(datatype, value, version, VALIDATION_LEVEL.STRICT)
    except MaxLengthReached:
        return True  # told as such already
    except (HL7apyException, ValueError, ArithmeticError):
        return False
    return True


def _segments(element: Any) -> Iterator[Any]:
    for child in element.children:
        if child.classname == "Segment":
            yield child
        else:
            yield from _segments(child)


def _said_of(element: Any) -> Counter[str]:
    """The lines of hl7apy's report on an element; it writes them to a file alone."""
    handle, name = tempfile.mkstemp()
    os.close(handle)
    report = Path(name)
    try:
        Validator.validate(element, report_file=name)
    except HL7apyException:
        pass  # the first fault; the report has them all
    except (AttributeError, KeyError, TypeError, ValueError, IndexError) as problem:
        return Counter([f"Fault: {type(problem).__name__}"])
    finally:
        lines = report.read_text(encoding="utf-8").splitlines()
        report.unlink()
    return Counter(lines)


if __name__ == "__main__":
    main()
