"""`make bench`: every bench in turn, with what is needed to repeat it, kept as one JSON line each.

A bench is a program in this folder that prints a table; a last line that is a JSON object is taken as its
figures. Names given as arguments choose some: `make bench BENCH="decide store"`.
"""

from __future__ import annotations

import json
import os
import platform
import subprocess
import sys
import time
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path

import apsw

HERE = Path(__file__).resolve().parent
ROOT = HERE.parents[1]
KEPT = ROOT / ".bench" / "results.jsonl"
ORDER = ("decide", "validation", "startup", "store", "ingest", "reading", "token_check", "outbox")
LIBRARIES = ("apsw", "fastapi", "orjson", "psycopg", "pydantic", "starlette", "uvicorn", "uvloop")


def commit() -> str:
    """The commit that is measured, with "+" when the tree has changes on top of it."""
    try:
        said = [
            subprocess.run(
                ["git", *words], cwd=ROOT, capture_output=True, text=True, check=True
            ).stdout.strip()
            for words in (
                ("rev-parse", "--short=12", "HEAD"),
                ("status", "--porcelain", "--untracked-files=no"),
            )
        ]
    except (OSError, subprocess.CalledProcessError):
        return "unknown"
    return said[0] + ("+" if said[1] else "")


def conditions() -> dict[str, object]:
    """What a figure depends on: commit, machine and versions."""
    return {
        "commit": commit(),
        "at": datetime.now(UTC).isoformat(timespec="seconds"),
        "python": platform.python_version(),
        "machine": f"{platform.machine()}, {os.cpu_count()} cores",
        "sqlite": apsw.sqlite_lib_version(),
        **{name: version(name) for name in LIBRARIES},
    }


def run(script: Path) -> tuple[int, float, list[str]]:
    """Run one bench, let its lines through as they come; exit code, seconds and lines."""
    start, lines = time.perf_counter(), []
    command = [sys.executable, "-u", str(script)]
    env = {**os.environ, "PYTHONPATH": str(ROOT)}
    with subprocess.Popen(command, cwd=ROOT, env=env, stdout=subprocess.PIPE, text=True) as bench:
        for line in bench.stdout or ():
            lines.append(line.rstrip())
            if not line.startswith("{"):
                print(line, end="", flush=True)
    return bench.returncode, time.perf_counter() - start, lines


def figures(lines: list[str]) -> dict[str, object]:
    """The JSON object in the last line, if the bench ends with one; else its table as text."""
    if lines and lines[-1].startswith("{"):
        found: dict[str, object] = json.loads(lines[-1])
        return found
    return {"table": lines}


def main() -> int:
    """Run what is there (or was asked for), print, keep; 1 when one of them failed."""
    there = {name: HERE / f"{name}.py" for name in ORDER}
    wanted = sys.argv[1:] or [*ORDER]
    said = conditions()
    print("bench: " + ", ".join(f"{name} {value}" for name, value in said.items()))
    KEPT.parent.mkdir(exist_ok=True)
    failed = []
    for name in wanted:
        print(f"\n== {name}", flush=True)
        code, took, lines = run(there[name])
        print(f"({took:.0f} s)")
        if code:
            failed.append(name)
        with KEPT.open("a", encoding="utf-8") as kept:
            line = {"bench": name, "seconds": round(took, 1), "exit": code, **said, **figures(lines)}
            kept.write(json.dumps(line, ensure_ascii=False) + "\n")
    print(f"\nbench: kept in {KEPT.relative_to(ROOT)}" + (f"; failed: {', '.join(failed)}" if failed else ""))
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
