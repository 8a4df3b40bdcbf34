"""HL7 v2 files for ``overens validate``: read with limits, judged by hl7apy in a child with a time limit.

HL7 v2.5.1 chapter 2: https://www.hl7.org/implement/standards/product_brief.cfm?product_id=144
"""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import adapter
from adapter.validation import Issue

MOST_BYTES = 1_000_000
SECONDS = 15.0
ALTOGETHER = 60.0
_CHARSETS = {"8859/1": "latin-1", "8859/15": "iso-8859-15", "UNICODE": "utf-16", "ASCII": "ascii"}
_ENVELOPE = ("FHS", "BHS", "BTS", "FTS")
_SEGMENT = re.compile(r"[A-Z][A-Z0-9]{2}")
# Events that share the structure of another (HL7 table 0354), for senders who leave MSH-9.3 empty.
_STRUCTURES = {
    **dict.fromkeys(("ADT^A04", "ADT^A08", "ADT^A13"), "ADT_A01"),
    **dict.fromkeys(("ADT^A14", "ADT^A28", "ADT^A31"), "ADT_A05"),
    "ADT^A07": "ADT_A06",
    **dict.fromkeys(("ADT^A10", "ADT^A11"), "ADT_A09"),
    **dict.fromkeys((f"REF^I{n}" for n in (13, 14, 15)), "REF_I12"),
    **dict.fromkeys((f"RRI^I{n}" for n in (13, 14, 15)), "RRI_I12"),
    **dict.fromkeys((f"SIU^S{n}" for n in range(13, 27)), "SIU_S12"),
    **dict.fromkeys((f"MDM^T0{n}" for n in (3, 5, 7, 9)), "MDM_T01"),
    **dict.fromkeys((f"MDM^T{n}" for n in ("04", "06", "08", "10")), "MDM_T02"),
}


@dataclass(frozen=True, slots=True)
class Sentence:
    """How one kind of hl7apy's English is told: rule, issue type, weight, Swedish with {places}."""

    pattern: re.Pattern[str]
    rule: str
    code: str
    severity: str
    sv: str


_ROWS = (  # how hl7apy says it; rule, issue type, weight; how we say it
    (
        r"Error: Missing required child (?P<at>\S+)", "required", "required", "error",
        "{where} saknas men måste finnas. Fyll i det.",
    ),
    (
        r"Error: Child limit exceeded (?P<at>\S+)", "too-many", "structure", "error",
        "{where} förekommer fler gånger än standarden tillåter. Ta bort dem som är för många.",
    ),
    (
        r"Error: Datatype (?P<found>\S+) is not correct for (?P<at>\S+)", "datatype", "value", "error",
        "{where} har inte den form som dess datatyp kräver. Rätta värdet.",
    ),
    (
        r"Error: Invalid children detected for <\w+ (?P<parent>\w+)[^>]*>: (?P<names>.*)",
        "unexpected", "structure", "error",
        "{parent} innehåller något som inte hör hemma där. Ta bort det, eller rätta ordningen och versionen.",
    ),
    (
        r"Error: Unknown element found: None\.<Message", "structure", "not-found", "error",
        "Meddelandetypen i MSH-9 finns inte i denna version av HL7. Rätta MSH-9 eller MSH-12.",
    ),
    (
        r"Error: (Unknown|Invalid) element found: (?P<names>.*)", "unknown", "structure", "error",
        "Här står något som inte finns i denna version av HL7. Ta bort det, eller rätta MSH-12.",
    ),
    (
        r"Warning: Value (?P<value>.*) not in table (?P<table>\S+) in element (?P<at>\S+)",
        "table", "code-invalid", "warning",
        "Koden i {where} finns inte i HL7:s tabell {table}. Välj en ur tabellen, eller kom överens om den.",
    ),
    (
        r"Warning: Exceeded max length \((?P<most>\d+)\) of (?P<at>\S+)", "length", "too-long", "warning",
        "{where} är längre än {most} tecken, så mottagaren kan klippa av det. Korta det.",
    ),
    (
        r"Unreadable: UnsupportedVersion.*", "version", "not-supported", "error",
        "Versionen i MSH-12 finns inte bland dem som kan kontrolleras (2.1-2.8.2). Rätta MSH-12.",
    ),
    (
        r"Unreadable: .*", "unreadable", "structure", "error",
        "Meddelandet går inte att läsa som HL7 v2. Kontrollera MSH-1, MSH-2 och varje segments form.",
    ),
    (
        r".*", "fault", "processing", "warning",
        "Detta kunde inte kontrolleras. Granska det för hand.",
    ),
)  # fmt: skip
_SENTENCES = tuple(Sentence(re.compile(row[0], re.DOTALL), f"hl7v2-{row[1]}", *row[2:]) for row in _ROWS)


def judge_hl7v2(raw: bytes, seconds: float = SECONDS, altogether: float = ALTOGETHER) -> tuple[Issue, ...]:
    """The issues of a file of one or more messages. Never raises for what the file holds.

    ``seconds`` is the longest for one message, ``altogether`` for the file.
    """
    if len(raw) > MOST_BYTES:
        what = f"Filen är större än {MOST_BYTES // 1000} kB, som är det mesta vi granskar. Dela upp den."
        return (_issue("too-long", "too-costly", what, "The file is too large to check."),)
    text, faults = _decoded(raw)
    messages = list(_messages(text))
    if not messages:
        what = "Filen är inget HL7 v2-meddelande: den ska börja med segmentet MSH. Rätta början."
        return (*faults, _issue("no-msh", "structure", what, "Not an HL7 v2 message: no MSH segment."))
    return (*faults, *_each(messages, seconds, time.monotonic() + altogether))


def _each(messages: list[list[tuple[int, str]]], seconds: float, until: float) -> Iterator[Issue]:
    for message in messages:
        left = until - time.monotonic()
        if left <= 0:
            what = "Filen tar för lång tid att granska, och härifrån är den inte kontrollerad. Dela upp den."
            yield _issue("too-costly", "too-costly", what, "Stopped: too costly to check.", message[0][0])
            return
        yield from _judged(message, min(seconds, left))


def _decoded(raw: bytes) -> tuple[str, tuple[Issue, ...]]:
    """The text by MSH-18, UTF-8 when that is empty."""
    raw = raw.strip(b"\x0b\x1c\r\n\t \x00").removeprefix(b"\xef\xbb\xbf")
    fields = re.split(rb"[\r\n]", raw, maxsplit=1)[0].split(raw[3:4] or b"|")
    named = fields[17].split(b"~")[0].decode("ascii", "replace") if len(fields) > 17 else ""  # noqa: PLR2004 MSH-18
    try:
        return raw.decode(_CHARSETS.get(named, "utf-8")), ()
    except UnicodeDecodeError:
        what = f"Texten är inte skriven i teckenkodningen {named or 'UTF-8'}, som MSH-18 säger. Rätta MSH-18."
        return raw.decode("latin-1"), (
            _issue("encoding", "structure", what, "Not in the charset of MSH-18."),
        )


def _messages(text: str) -> Iterator[list[tuple[int, str]]]:
    """Each message as its segments with their lines; the envelope of a batch is left out."""
    message: list[tuple[int, str]] = []
    for number, line in enumerate(re.split(r"\r\n|\r|\n", text), 1):
        if line.startswith("MSH"):
            if message:
                yield message
            message = []
        if line.strip() and not line.startswith(_ENVELOPE) and (message or line.startswith("MSH")):
            message.append((number, line))
    if message:
        yield message


def _judged(message: list[tuple[int, str]], seconds: float) -> Iterator[Issue]:
    lines: dict[tuple[str, int], int] = {}
    seen: dict[str, int] = {}
    for line, text in message:
        name = text[:3]
        if not _SEGMENT.fullmatch(name):
            what = "Raden börjar inte med ett segmentnamn (tre tecken, som PID). Rätta eller ta bort den."
            yield _issue("segment", "structure", what, "The line does not begin with a segment name.", line)
            return
        seen[name] = seen.get(name, 0) + 1
        lines[name, seen[name]] = line
    whole = "\r".join([_with_structure(message[0][1]), *(line for _, line in message[1:])])
    try:
        told = _asked(whole, seconds)
    except subprocess.TimeoutExpired:
        what = f"Kontrollen avbröts efter {seconds:.0f} sekunder. Dela upp meddelandet."
        yield _issue("too-costly", "too-costly", what, "Stopped: too costly to check.", message[0][0])
        return
    if told is None:
        what = "Meddelandet går inte att kontrollera: för stort eller för trasigt. Granska det för hand."
        yield _issue("unreadable", "structure", what, "The message cannot be checked.", message[0][0])
        return
    issues: dict[tuple[str, str, int], Issue] = {}
    for said, segment, which, field, repetition in told:
        at = lines.get((segment, which), message[0][0])
        name = f"{segment}[{which}]" if seen.get(segment, 1) > 1 else segment
        issue = _told(said, name, field, repetition, at)
        issues.setdefault((issue.rule, issue.expression, at), issue)
    yield from sorted(issues.values(), key=lambda issue: issue.line)


def _asked(text: str, seconds: float) -> list[tuple[str, str, int, str, int]] | None:
    """What the child says; None when it broke. Raises TimeoutExpired; it is ended then."""
    command = [sys.executable, "-P", "-m", "adapter.cli.hl7v2_judge"]  # -P: nothing of the folder we stand in
    paths = [str(Path(adapter.__file__).parents[1]), *filter(None, [os.environ.get("PYTHONPATH")])]
    env = {**os.environ, "PYTHONPATH": os.pathsep.join(paths)}
    done = subprocess.run(  # noqa: S603  our own module
        command,
        input=text.encode(errors="replace"),
        capture_output=True,
        timeout=seconds,
        env=env,
        check=False,
    )
    if done.returncode:
        return None
    return [tuple(fault) for fault in json.loads(done.stdout)]


def _with_structure(header: str) -> str:
    """MSH with MSH-9.3 filled in where the sender left it out and the event shares another's structure."""
    bar, caret = header[3:4], header[4:5]
    fields = header.split(bar) if bar else []
    if len(fields) > 8 and caret:  # noqa: PLR2004  MSH-9
        parts = fields[8].split(caret)
        shared = _STRUCTURES.get("^".join(parts[:2]))
        if shared and len(parts) == 2:  # noqa: PLR2004  type and event alone
            fields[8] = caret.join([*parts, shared])
    return bar.join(fields) if fields else header


def _told(said: str, segment: str, field: str, repetition: int, line: int) -> Issue:
    sentence = next(s for s in _SENTENCES if s.pattern.match(said))
    found = sentence.pattern.match(said)
    values = {k: v or "" for k, v in (found.groupdict() if found else {}).items()}
    at = values.get("at", "").rstrip(":")
    where = _place(segment, field, repetition, at)
    told = sentence.sv.format(**{**values, "where": where or "Något"})
    english = re.sub(r"^(Error|Warning): ", "", said)
    if sentence.rule == "hl7v2-table":
        english = f"Code not in table {values['table']} in {where}"
    return Issue(sentence.severity, sentence.code, sentence.rule, where, told, english, line, 1)


def _place(segment: str, field: str, repetition: int, at: str) -> str:
    """``PID-3[2].1`` of segment, field (``PID_3``), repetition and hl7apy's ``PID_3.CX_1``."""
    parent, _, child = at.rpartition(".")
    if not segment:  # the message's own: a segment or group that is missing or too many
        return child or at
    number = field.rpartition("_")[2]
    if not field:
        number = child.rpartition("_")[2] if "_" in child else ""
        return f"{segment}-{number}" if number else segment
    place = f"{segment}-{number}" + (f"[{repetition}]" if repetition > 1 else "")
    if parent == field and "_" in child:
        return f"{place}.{child.rpartition('_')[2]}"
    if "_" in parent:  # a component and its part: CX_4.HD_1
        return f"{place}.{parent.rpartition('_')[2]}.{child.rpartition('_')[2]}"
    return place


def _issue(rule: str, code: str, sv: str, en: str, line: int = 0) -> Issue:
    return Issue("error", code, f"hl7v2-{rule}", "", sv, en, line, 1 if line else 0)
