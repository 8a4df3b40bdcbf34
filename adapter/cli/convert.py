"""``overens convert``: one message in, one result out, nothing kept."""

from __future__ import annotations

import sys
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

import orjson

from adapter.answers import finding_json
from adapter.bootstrap import all_sources
from adapter.cli.fhir_in import bundle_of, is_fhir
from adapter.cli.keywords import keyword_text
from adapter.cli.told import PARKED, WrongUse, finding_text, tell, wrong_use
from adapter.domain.agreement import Agreement, keyword_tree
from adapter.domain.note import Note
from adapter.errors import MappingError, Unparsable
from adapter.fhir import agreement_of, collection
from adapter.mapping import write_message
from adapter.output_check import OutputCheck
from adapter.pipeline import decide
from adapter.ports import State
from adapter.profiles import own_validator
from adapter.rest.report import report as report_of
from adapter.sources import format_of, recognise
from adapter.wire import docbook, json

if TYPE_CHECKING:
    from collections.abc import Mapping

    from adapter.domain.keywords import Keyword, Vocabulary
    from adapter.findings import Finding
    from adapter.pipeline import Decision, Source

COSMIC = "se.cosmic.journal-notes"


@dataclass(frozen=True, slots=True)
class Told:
    """One note with its agreement, whichever way they came in."""

    note: Note
    keywords: tuple[Keyword, ...]


def run_convert(file: str, source_name: str, to: str, report: Path | None) -> int:
    """Convert and print; 0 clean or warnings, 3 parked, 2 wrong use."""
    try:
        raw = _raw(file)
        sources = all_sources()
        if not source_name and is_fhir(raw) and recognise(raw, sources) is None:
            result, findings = _from_fhir(raw, to, sources)
            if report:
                said = {"findings": [*map(finding_json, findings)], "sourceMap": [], "loss": {}}
                _write(report, orjson.dumps(said, option=orjson.OPT_INDENT_2))
            return _told(result, findings)
        source = _source(raw, source_name, sources)
        decision = decide(raw, source, trace=report is not None, check=OutputCheck(own_validator))
        result = _result(decision, to, source, sources)
        if report:
            _write(report, orjson.dumps(report_of(raw, source, decision), option=orjson.OPT_INDENT_2))
    except (WrongUse, MappingError) as problem:
        return wrong_use(str(problem))
    except Unparsable as problem:
        tell(finding_text(problem.finding))
        return PARKED
    return _told(result, decision.findings)


def _from_fhir(raw: bytes, to: str, sources: Mapping[str, Source]) -> tuple[bytes, tuple[Finding, ...]]:
    """The way back: the agreements of a Bundle as keywords, and what is wrong with it."""
    if to == "fhir":
        raise WrongUse("Detta är redan FHIR. Ange --to cosmic, --to docbook eller --to keywords.")
    bundle, findings = bundle_of(raw)
    vocabulary = sources[COSMIC].vocabulary
    try:
        found = agreement_of(bundle)
    except (KeyError, ValueError, TypeError, AttributeError, IndexError, RecursionError):
        found = []  # a Bundle, but not of resources as FHIR has them
    if not found:
        raise WrongUse(
            "Det finns ingen överenskommelse (CarePlan) som går att läsa i denna Bundle. Kontrollera den "
            "med overens validate."
        )
    if all(agreement == Agreement() for _, agreement in found):
        raise WrongUse(
            "Överenskommelsen i denna Bundle är tom, så det finns inga sökord att skriva. Kontrollera den."
        )
    told = [Told(note, (keyword_tree(agreement, vocabulary),)) for note, agreement in found]
    return written(told, to, sources), findings


def _told(result: bytes, findings: tuple[Finding, ...]) -> int:
    """The result on stdout, the findings on stderr, the exit code."""
    for finding in findings:
        tell(finding_text(finding))
    if result:
        sys.stdout.buffer.write(result + b"\n")
        sys.stdout.buffer.flush()
    return PARKED if any(finding.blocking for finding in findings) else 0


def _raw(file: str) -> bytes:
    if file == "-":
        return sys.stdin.buffer.read()
    path = Path(file)
    if path.is_dir():
        raise WrongUse(f"{file} är en mapp. Ange en fil, eller - för standard in.")
    try:
        return path.read_bytes()
    except OSError as problem:
        raise WrongUse(f"{file} går inte att läsa ({problem.strerror}). Kontrollera namnet.") from None


def _write(path: Path, text: bytes) -> None:
    try:
        path.write_bytes(text + b"\n")
    except OSError as problem:
        raise WrongUse(f"{path} går inte att skriva ({problem.strerror}). Välj en annan fil.") from None


def _source(raw: bytes, name: str, sources: Mapping[str, Source]) -> Source:
    """The source that was named, or the one that the message looks like."""
    known = f"De som finns är {', '.join(sources)}."
    if name:
        if name not in sources:
            raise WrongUse(f"Källan {name} finns inte. {known}")
        return sources[name]
    found = recognise(raw, sources)
    if found is None:
        _check_readable(raw, sources)
        raise WrongUse(f"Meddelandet liknar ingen känd källa. {known} Ange en av dem med --source.")
    return sources[found]


def _check_readable(raw: bytes, sources: Mapping[str, Source]) -> None:
    """What no source can read is not unknown but broken: :class:`Unparsable` says where."""
    problems: list[Unparsable] = []
    form = format_of(raw)
    for source in sources.values():
        if form in source.formats:
            try:
                source.parse(raw)
            except Unparsable as problem:
                problems.append(problem)
            else:
                return
    if problems:
        raise problems[0]


def _result(decision: Decision, to: str, source: Source, sources: Mapping[str, Source]) -> bytes:
    """What was kept of a message, in the form asked for; nothing at all when it was parked."""
    if to == "fhir":
        has_result = decision.state in {State.DONE, State.PARTLY}
        return orjson.dumps(collection(decision.resources), option=orjson.OPT_INDENT_2) if has_result else b""
    notes = [
        Told(effect.record, _keywords(effect.record, effect.agreement, source.vocabulary))
        for effect in decision.kept
        if isinstance(effect.record, Note)
    ]
    if decision.kept and not notes:
        raise WrongUse(f"--to {to} går bara med anteckningar; detta är ett meddelande. Använd --to fhir.")
    return written(notes, to, sources) if notes else b""


def _keywords(note: Note, agreement: Agreement | None, vocabulary: Vocabulary) -> tuple[Keyword, ...]:
    """The note's own tree; where it came as one text, the tree of what was read from it."""
    if note.keywords or agreement is None:
        return note.keywords
    return (keyword_tree(agreement, vocabulary),)


def written(notes: list[Told], to: str, sources: Mapping[str, Source]) -> bytes:
    """Notes as keywords (text), as DocBook, or as the list that Cosmic takes."""
    if to == "keywords":
        return "\n\n".join(keyword_text(told.keywords) for told in notes).encode()
    if to == "docbook":
        return "\n".join(docbook.write(told.keywords, told.note.title) for told in notes).encode()
    records = [replace(told.note, keywords=told.keywords, text=None) for told in notes]
    return json.write(write_message(sources[COSMIC].plan, records))
