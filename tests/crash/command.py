"""The command line of a set of campaigns: which of them, how large, from which seed.

    python -m PACKAGE [NAME …] [--short] [--seed N] [--sizes NAME=N …]

Without names all of them run. Prints seed and figures, adds one JSON line a campaign to ``.bench/SET.jsonl``,
and ends with 1 when one of them failed.
"""

from __future__ import annotations

import argparse
import asyncio
import tempfile
import time
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING

from tests.crash.campaign import Report

if TYPE_CHECKING:
    from tests.crash.campaigns import Campaign

ROOT = Path(__file__).resolve().parents[2]
Campaigns = Mapping[str, "Campaign"]


def command(name: str, campaigns: Campaigns, loops: Callable[[], asyncio.Runner]) -> int:
    """
    Run what is asked for; ``name`` is that of the set, ``loops`` gives each campaign its event loop.
    """
    asked = _asked(name, campaigns)
    sizes = {each: int(size) for each, _, size in (said.partition("=") for said in asked.sizes)}
    failed = []
    for each in asked.names or campaigns:
        campaign = campaigns[each]
        usual = campaign.short if asked.short else campaign.long
        report = Report(each, asked.seed)
        with loops() as runner:
            runner.run(_run(name, campaign, report, {**usual, **sizes}))
        if not report.is_good:
            failed.append(each)
    if failed:
        print(f"{name}: FAILED: {', '.join(failed)} (again with --seed {asked.seed})")
    return bool(failed)


async def _run(name: str, campaign: Campaign, report: Report, sizes: Mapping[str, int]) -> None:
    """
    One campaign in a folder of its own.
    """
    with tempfile.TemporaryDirectory(prefix=f"overens-{name}-") as folder, report:
        await campaign.run(Path(folder), report, **sizes)
    report.show()
    kept = ROOT / ".bench" / f"{name}.jsonl"
    kept.parent.mkdir(exist_ok=True)
    with kept.open("a", encoding="utf-8") as file:
        file.write(report.line() + "\n")


def _asked(name: str, campaigns: Campaigns) -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=f"make {name}: {', '.join(campaigns)}")
    parser.add_argument("names", nargs="*", metavar="NAME", choices=[*campaigns, []])
    parser.add_argument("--short", action="store_true", help="the sizes that the tests use")
    parser.add_argument("--seed", type=int, default=int(time.time()), help="repeat an earlier run")
    parser.add_argument(
        "--sizes", nargs="+", default=[], metavar="NAME=N", help="other sizes, of one campaign"
    )
    return parser.parse_args()
