"""``make security``: the campaigns that try to see, or to break, what they may not.

    python -m tests.security.campaign [NAME …] [--short] [--seed N] [--sizes NAME=N …]

Without names all of them run. Prints seed and figures, adds one JSON line a campaign to
``.bench/security.jsonl``, and ends with 1 when anything leaked, or fell over.
"""

from __future__ import annotations

import argparse
import asyncio
import sys
import tempfile
import time
from pathlib import Path

import structlog

from tests.crash.campaign import Report
from tests.security.campaign.campaigns import CAMPAIGNS

ROOT = Path(__file__).resolve().parents[3]
KEPT = ROOT / ".bench" / "security.jsonl"


async def run(name: str, seed: int, *, is_short: bool, sizes: dict[str, int]) -> bool:
    """One campaign in a folder of its own; whether all was as promised."""
    campaign = CAMPAIGNS[name]
    usual = campaign.short if is_short else campaign.long
    with tempfile.TemporaryDirectory(prefix="overens-security-") as folder, Report(name, seed) as report:
        await campaign.run(Path(folder), report, **{**usual, **sizes})
    report.show()
    KEPT.parent.mkdir(exist_ok=True)
    with KEPT.open("a", encoding="utf-8") as kept:
        kept.write(report.line() + "\n")
    return report.is_good


def main() -> int:
    """Run what is asked for."""
    parser = argparse.ArgumentParser(prog="python -m tests.security.campaign", description=__doc__)
    parser.add_argument(
        "names", nargs="*", metavar="NAME", choices=[*CAMPAIGNS, []], help=", ".join(CAMPAIGNS)
    )
    parser.add_argument("--short", action="store_true", help="the sizes that the tests use")
    parser.add_argument("--seed", type=int, default=int(time.time()), help="repeat an earlier run")
    parser.add_argument(
        "--sizes", nargs="+", default=[], metavar="NAME=N", help="other sizes, of one campaign"
    )
    asked = parser.parse_args()
    structlog.configure(logger_factory=structlog.ReturnLoggerFactory())  # nothing of it between the figures
    sizes = {name: int(size) for name, _, size in (each.partition("=") for each in asked.sizes)}
    failed = []
    for name in asked.names or CAMPAIGNS:
        with asyncio.Runner() as runner:  # the loop whose sockets Python's audit hooks see
            if not runner.run(run(name, asked.seed, is_short=asked.short, sizes=sizes)):
                failed.append(name)
    if failed:
        print(f"security: FAILED: {', '.join(failed)} (again with --seed {asked.seed})")
    return bool(failed)


if __name__ == "__main__":
    sys.exit(main())
