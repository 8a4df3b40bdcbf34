"""``overens validate``: is it right, where is it wrong, and what to change.

FHIR is judged by :mod:`adapter.validation`, a file that ends with ``.hl7`` by the tables of HL7 v2.
"""

from __future__ import annotations

import sys
import zlib
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path
from tarfile import TarError

from adapter.cli.hl7v2 import judge_hl7v2
from adapter.cli.told import WrongUse, tell, wrong_use
from adapter.cli.verdicts import FORMS, Verdict
from adapter.profiles import PackageCache, definitions_missing, own_packages
from adapter.validation import Issue, Package, Validator, load_package
from adapter.validation.core_tables import Core

MANY = 20  # files; from here on a terminal sees how far it has come


def run_validate(files: Sequence[str], profiles: Sequence[str], packages: Sequence[str], form: str) -> int:
    """Judge and print; 0 all valid, 1 errors, 2 wrong use."""
    try:
        contents = [(name, _raw(name)) for name in files]
        given = [_package(name) for name in packages]
    except WrongUse as problem:
        return wrong_use(str(problem))
    verdicts = _verdicts(contents, profiles, given)
    sys.stdout.buffer.write(FORMS[form](verdicts))
    sys.stdout.buffer.flush()
    return 0 if all(verdict.is_valid for verdict in verdicts) else 1


def _verdicts(
    contents: Sequence[tuple[str, bytes]], profiles: Sequence[str], given: Sequence[Package]
) -> list[Verdict]:
    fhir = [raw for name, raw in contents if not is_hl7v2(name)]
    validator = validator_for(fhir, profiles, given) if fhir else None
    shows_progress = len(contents) >= MANY and sys.stderr.isatty()
    made = []
    for number, (name, raw) in enumerate(contents, 1):
        if shows_progress:
            sys.stderr.write(f"\r{number}/{len(contents)}" + "\n" * (number == len(contents)))
        if is_hl7v2(name) or validator is None:
            issues: tuple[Issue, ...] = judge_hl7v2(raw)
        else:
            issues = validator.validate(raw, profiles)
        made.append(Verdict(name, issues, is_fhir=not is_hl7v2(name)))
    return made


def validator_for(fhir: Sequence[bytes], profiles: Sequence[str], given: Sequence[Package]) -> Validator:
    """Core, what the package cache has of what is named, our own profiles, and what was given: last wins."""
    known = [*own_packages(), *given]
    core = Core()
    cached = _cached(PackageCache(), fhir, profiles, known, core)
    return Validator([cached, *known], core=core, now=datetime.now(UTC))


def _cached(
    cache: PackageCache, fhir: Sequence[bytes], profiles: Sequence[str], known: Sequence[Package], core: Core
) -> Package:
    """What the cache has of what is named but neither known nor core's."""
    if cache.is_empty:
        return Package("", ())
    in_files = (url for raw in fhir for url in cache.named_in(raw))
    named = {*profiles, *in_files, *definitions_missing(known)}

    def is_known(url: str) -> bool:
        return (
            any(url in package.by_url for package in known)
            or core.structure(url) is not None
            or core.terminology(url) is not None
        )

    return cache.package(sorted(named), is_known)


def is_hl7v2(name: str) -> bool:
    """HL7 v2 is known by the end of its name."""
    return name.lower().endswith(".hl7")


def _raw(name: str) -> bytes:
    if name == "-":
        return sys.stdin.buffer.read()
    path = Path(name)
    if path.is_dir():
        raise WrongUse(f"{name} är en mapp. Ange filer, till exempel {path / '*.json'}.")
    try:
        return path.read_bytes()
    except FileNotFoundError:
        raise WrongUse(f"{name} finns inte. Kontrollera namnet.") from None
    except OSError as problem:
        raise WrongUse(f"{name} går inte att läsa ({problem.strerror}). Kontrollera namnet.") from None


def _package(name: str) -> Package:
    try:
        package = load_package(name)
    except FileNotFoundError:
        raise WrongUse(f"Paketet {name} finns inte. Ange en .tgz, en mapp eller namn#version.") from None
    except (OSError, TarError, EOFError, ValueError, zlib.error) as problem:
        raise WrongUse(f"Paketet {name} går inte att läsa ({problem}). Hämta det igen.") from None
    for file, why in package.skipped:
        tell(f"{name}: {file} hoppades över, eftersom den inte går att läsa ({why}).")
    return package
