"""The main job by the command line, as a user does it: convert, back again, demo, a server that dies.

Standard library only; run by `.ci/run` after `make install`.
"""

from __future__ import annotations

import json
import os
import socket
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
OVERENS = str(ROOT / ".venv" / "bin" / "overens")
SOURCE = "se.cosmic.journal-notes"
NOTE = ROOT / "fixtures" / SOURCE / "kalmar-agreement.json"
PATIENCE_SECONDS = 30


def say(done: str) -> None:
    """One line for each thing that was seen to work."""
    print(f"smoke: {done}", flush=True)


def expect(holds: object, otherwise: str) -> None:
    """Stop with a sentence unless it holds."""
    if not holds:
        sys.exit(f"smoke: {otherwise}")


def overens(*words: str, given: bytes = b"") -> bytes:
    """Run a command; its standard output. Stops when it fails."""
    done = subprocess.run([OVERENS, *words], input=given, capture_output=True, check=False, timeout=300)
    expect(done.returncode == 0, f"overens {' '.join(words)}: exit {done.returncode}\n{done.stderr.decode()}")
    return done.stdout


def titles(records: list[dict[str, object]]) -> set[str]:
    """All keywords of a note, to any depth."""
    found: set[str] = set()
    for record in records:
        found.add(str(record["keyword"]))
        found |= titles(record.get("record") or [])  # type: ignore[arg-type]
    return found


def keywords(cosmic: bytes) -> set[str]:
    """All keywords of a list of journal notes."""
    extracts = json.loads(cosmic)[0]["journalNoteEHRExtract"]
    return {title for extract in extracts for title in titles(extract["note"]["records"]["record"])}


def there_and_back() -> None:
    """A note becomes a Bundle with a CarePlan, and the Bundle becomes its keywords again."""
    bundle = overens("convert", str(NOTE))
    types = [entry["resource"]["resourceType"] for entry in json.loads(bundle)["entry"]]
    expect("CarePlan" in types, f"no CarePlan among {types}")
    say(f"convert made {len(types)} resources")
    back = keywords(overens("convert", "--to", "cosmic", "-", given=bundle))
    expect("Överenskommelse" in back, f"the way back gave {sorted(back)}")
    say(f"convert --to cosmic gave {len(back)} keywords back")


def demo() -> None:
    """Every fixture that a sender may send, through the real API on an empty store."""
    table = overens("demo", "--once", "--port", "0").decode()
    paths = [path for path in (ROOT / "fixtures").glob("*/*") if path.suffix in {".hl7", ".json", ".xml"}]
    messages = [path for path in paths if path.parent.name != "overens.event"]  # what we tell ourselves
    missing = [path.name for path in messages if ".expected" not in path.name and path.name not in table]
    expect(not missing, f"not in the table of overens demo: {missing}")
    say("demo sent every fixture")


@contextmanager
def server(folder: str, port: int) -> Iterator[subprocess.Popen[bytes]]:
    """A server on a store in the folder, ready to serve."""
    env = {**os.environ, "OVERENS_DATABASE_URL": f"sqlite:///{folder}/overens.db"}
    with subprocess.Popen(
        [OVERENS, "serve", "--port", str(port)], env=env, stderr=subprocess.DEVNULL
    ) as process:
        try:
            until = time.monotonic() + PATIENCE_SECONDS
            while time.monotonic() < until and call(port, "/readyz")[0] != 200:
                time.sleep(0.05)
            yield process
        finally:
            process.kill()


def call(port: int, path: str, body: bytes | None = None) -> tuple[int, dict[str, str], bytes]:
    """One request: status, headers and body; status 0 when nobody answers."""
    headers = {"Content-Type": "application/json"} if body else {}
    request = urllib.request.Request(f"http://127.0.0.1:{port}{path}", data=body, headers=headers)
    try:
        with urllib.request.urlopen(request, timeout=10) as answer:
            return answer.status, dict(answer.headers), answer.read()
    except urllib.error.HTTPError as answer:
        return answer.code, dict(answer.headers), answer.read()
    except OSError:
        return 0, {}, b""


def kept_through_a_crash() -> None:
    """What was acknowledged is served after the process was killed, and the same message has effect once."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = int(probe.getsockname()[1])
    search = "/fhir/CarePlan?patient.identifier=http://electronichealth.se/identifier/personnummer%7C"
    search += json.loads(NOTE.read_bytes())[0]["journalNoteEHRExtract"][0]["patient"]["patientID"][
        "extension"
    ]
    with tempfile.TemporaryDirectory(prefix="overens-smoke-") as folder:
        with server(folder, port):
            status, _, body = call(port, f"/messages/{SOURCE}", NOTE.read_bytes())
            expect(status == 201, f"the message was answered with {status}: {body.decode()}")
        with server(folder, port):
            status, headers, _ = call(port, f"/messages/{SOURCE}", NOTE.read_bytes())
            said = {name.lower(): value for name, value in headers.items()}
            expect(status == 200 and said.get("x-duplicate") == "true", f"sent again: {status} {headers}")
            status, _, body = call(port, search)
            found = json.loads(body).get("entry", []) if status == 200 else []
            expect(len(found) == 1, f"{search}: {status}, {len(found)} found")
    say("serve kept the message through a kill, and took it once")


there_and_back()
demo()
kept_through_a_crash()
