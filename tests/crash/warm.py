"""A process that has loaded everything and forks another a line: real processes that start in no time.

    python -m tests.crash.warm

It reads lines of JSON and answers each with the process id: {"port": 8000, "environment": {…}} for a server,
which is ``run_serve`` itself, with its own settings, store, sockets and deciders; {"work": {…}} for a worker
(``worker.py``). What they are spared is the second that importing and compiling take, which would be most of
a campaign of a thousand kills.
"""

from __future__ import annotations

import ctypes
import gc
import json
import os
import signal
import sys
import traceback
from contextlib import suppress
from importlib import import_module
from typing import Any

import uvloop

from adapter.bootstrap import all_sources
from adapter.configured import validator
from tests.crash.worker import work

serve = import_module("adapter.cli.serve")  # the package has a command of the same name
_PR_SET_PDEATHSIG, _PR_SET_CHILD_SUBREAPER = 1, 36


def ask_kernel(option: int, value: int) -> None:
    """prctl(2), where there is one (Linux)."""
    with suppress(AttributeError, OSError):
        ctypes.CDLL(None).prctl(option, value, 0, 0, 0)


def adopt_orphans() -> None:
    """Let deciders whose server was killed become ours, so that nobody is left behind."""
    ask_kernel(_PR_SET_CHILD_SUBREAPER, 1)
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)  # whoever ends is gone at once, no zombies


def be_another(asked: dict[str, Any]) -> None:
    """The forked process's whole life. Never returns."""
    ask_kernel(_PR_SET_PDEATHSIG, signal.SIGKILL)
    signal.signal(signal.SIGCHLD, signal.SIG_DFL)
    os.close(0)
    code = 70
    try:
        if "work" in asked:
            uvloop.run(work(**asked["work"]))
        else:
            os.environ.update(asked["environment"])
            code = serve.run_serve("127.0.0.1", asked["port"])
    except BaseException:  # noqa: BLE001  whatever it was: the log shall tell
        traceback.print_exc()
    finally:
        os._exit(code)


def main() -> None:
    """Fork as told until the input ends."""
    adopt_orphans()
    sources = all_sources()
    serve.all_sources = lambda: sources
    validator()
    gc.freeze()
    print("warm", flush=True)
    for line in iter(sys.stdin.readline, ""):
        pid = os.fork()
        if pid == 0:
            be_another(json.loads(line))
        print(pid, flush=True)


if __name__ == "__main__":
    main()
