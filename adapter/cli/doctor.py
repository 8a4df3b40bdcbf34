"""``overens doctor``: what is wrong with this installation, and what to do about it."""

from __future__ import annotations

import asyncio
import os
import platform
import shutil
import sys
from dataclasses import dataclass
from pathlib import Path
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from adapter.errors import MappingError, OverensError, SettingError
from adapter.settings import Settings, load_settings

OLDEST_PYTHON = (3, 11)
OLDEST_SQLITE = (3, 51, 3)  # older ones can corrupt a WAL database with two writers
LEAST_FREE_BYTES = 1_000_000_000


@dataclass(frozen=True, slots=True)
class Check:
    """One thing looked at: ``what`` says how it is, and when it is wrong what to do."""

    name: str
    is_well: bool
    what: str


def run_doctor() -> int:
    """Print every check; 0 when all are well, else 1."""
    checks = [*_versions(), *_settings_and_store(), _sources(), _profiles(), _time_zone()]
    for check in checks:
        sys.stdout.write(f"{'ok ' if check.is_well else 'FEL'}  {check.name:<14} {check.what}\n")
    return 0 if all(check.is_well for check in checks) else 1


def _versions() -> list[Check]:
    import apsw  # noqa: PLC0415  a broken build is a finding of ours, not a reason not to start

    from adapter.configured import own_version  # noqa: PLC0415  loaded when asked for

    sqlite = apsw.sqlite_lib_version()
    is_new = tuple(int(part) for part in sqlite.split(".")) >= OLDEST_SQLITE
    oldest = ".".join(map(str, OLDEST_SQLITE))
    return [
        Check("Överens", is_well=True, what=own_version()),
        Check(
            "Python",
            sys.version_info >= OLDEST_PYTHON,
            f"{platform.python_version()} (minst {'.'.join(map(str, OLDEST_PYTHON))})",
        ),
        Check(
            "SQLite",
            is_new,
            sqlite if is_new else f"{sqlite} är för gammal; installera apsw med minst {oldest}.",
        ),
    ]


def _settings_and_store() -> list[Check]:
    try:
        settings = load_settings()
    except SettingError as problem:
        return [Check("Inställningar", is_well=False, what=str(problem))]
    changed = sorted(settings.model_fields_set)
    told = (
        ", ".join(f"OVERENS_{name.upper()}" for name in changed)
        if changed
        else "inget är ändrat från förvalen"
    )
    return [
        Check("Inställningar", is_well=True, what=told),
        _tokens(settings),
        _disk(settings),
        _store(settings),
        _receivers(settings),
    ]


def _receivers(settings: Settings) -> Check:
    from adapter.configured import receivers_of  # noqa: PLC0415  loaded when asked for

    try:
        known = receivers_of(settings).by_name.values()
    except SettingError as problem:
        return Check("Mottagare", is_well=False, what=str(problem))
    told = [f"{r.name} ({r.format or 'REST'}, {r.where}, {len(r.units)} enheter)" for r in known]
    return Check("Mottagare", is_well=True, what="; ".join(told) or "inga; alla hämtar själva")


def _database_file(settings: Settings) -> Path | None:
    scheme, _, rest = settings.database_url.partition(":///")
    return Path(rest) if scheme == "sqlite" else None


def _disk(settings: Settings) -> Check:
    file = _database_file(settings)
    folder = file.absolute().parent if file else Path.cwd()
    if not folder.is_dir():
        return Check(
            "Disk",
            is_well=False,
            what=f"{folder} finns inte. Skapa mappen, eller ändra OVERENS_DATABASE_URL.",
        )
    free = shutil.disk_usage(folder).free
    what = f"{free / 1e9:.1f} GB ledigt i {folder}"
    return Check(
        "Disk", free >= LEAST_FREE_BYTES, what if free >= LEAST_FREE_BYTES else f"{what}. Frigör minst 1 GB."
    )


def _store(settings: Settings) -> Check:
    """Open it and write, unless there is none yet: then it is enough that one can be made."""
    file = _database_file(settings)
    if file and not file.exists():
        can = os.access(file.absolute().parent, os.W_OK)
        what = (
            f"{file} finns inte än; skapas vid första starten."
            if can
            else f"{file} går inte att skapa. Ge skrivrätt."
        )
        return Check("Lager", can, what)
    try:
        unlinked = asyncio.run(_write(settings))
    except OverensError as problem:
        return Check("Lager", is_well=False, what=str(problem))
    if unlinked:
        what = f"loggen över åtkomst är ändrad på {unlinked} ställen. Jämför med säkerhetskopian, och utred."
        return Check("Lager", is_well=False, what=what)
    what = "öppnar, rätt schema och tar emot skrivningar; loggen över åtkomst är hel"
    return Check("Lager", is_well=True, what=what)


async def _write(settings: Settings) -> int:
    """Write a row; at how many places the audit log is not as it was written."""
    from adapter.bootstrap import running  # noqa: PLC0415  loaded when asked for

    async with running(settings) as up:
        await up.store.ready()
        return len(await up.store.unlinked())


def _tokens(settings: Settings) -> Check:
    """How callers are known; keys that cannot be had let nobody in."""
    if not settings.token_issuer:
        what = "inga; servern är öppen och lyssnar bara på den här datorn"
        return Check("Åtkomsttoken", is_well=True, what=what)
    from adapter.security.keys import fetch_of, read_keys  # noqa: PLC0415  loaded when asked for

    async def keys_there() -> bytes:
        return await fetch_of(settings.token_keys)()

    try:
        keys = read_keys(asyncio.run(keys_there())).keys
    except Exception as problem:  # noqa: BLE001  whatever stands in the way: nobody comes in
        keys, why = [], type(problem).__name__
    else:
        why = "inga nycklar av rätt sort"
    if not keys:
        what = f"nycklarna går inte att hämta ({why}). Rätta OVERENS_TOKEN_KEYS, eller nå utfärdaren."
        return Check("Åtkomsttoken", is_well=False, what=what)
    what = f"från {settings.token_issuer}, {settings.token_algorithms}, {len(keys)} nycklar"
    return Check("Åtkomsttoken", is_well=True, what=what)


def _sources() -> Check:
    from adapter.bootstrap import all_sources  # noqa: PLC0415  loaded when asked for

    try:
        known = all_sources()
    except MappingError as problem:
        return Check("Källor", is_well=False, what=str(problem))
    return Check("Källor", bool(known), ", ".join(known) or "inga. Installera om paketet.")


def _profiles() -> Check:
    """Our own profiles are there, and each can be used."""
    from adapter.configured import own_version  # noqa: PLC0415  loaded when asked for
    from adapter.profiles import own_packages  # noqa: PLC0415  loaded when asked for
    from adapter.validation import Validator  # noqa: PLC0415  loaded when asked for

    packages = own_packages()
    ours = [d for p in packages[-1:] for d in p.definitions if d["resourceType"] == "StructureDefinition"]
    if not ours:
        return Check("Profiler", is_well=False, what="inga finns. Installera om paketet.")
    broken = Validator(packages).preload([definition["url"] for definition in ours])
    if broken:
        told = ", ".join(url.rpartition("/")[2] for url in broken)
        return Check("Profiler", is_well=False, what=f"{told} går inte att använda. Installera om paketet.")
    what = f"{len(ours)} stycken, version {own_version()}, alla går att använda"
    return Check("Profiler", is_well=True, what=what)


def _time_zone() -> Check:
    try:
        ZoneInfo("Europe/Stockholm")
    except ZoneInfoNotFoundError:
        return Check("Tidszon", is_well=False, what="Europe/Stockholm saknas. Installera paketet tzdata.")
    return Check("Tidszon", is_well=True, what="Europe/Stockholm")
