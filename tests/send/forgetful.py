"""A receiver of notifications in a process of its own that loses some, sees the gap, and asks for the rest.

``python -m tests.send.forgetful 2 3`` takes events 2 and 3 and forgets them. It says ``port N``, then a line
for each event that it knows of: JSON with its number, what changed, and how it came.
"""

from __future__ import annotations

import json
import sys
import urllib.request
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from typing import Any

Json = dict[str, Any]


def events(bundle: Json) -> Iterator[tuple[int, str]]:
    """
    Number and address of each event that a Bundle tells.
    """
    for parameter in bundle["entry"][0]["resource"]["parameter"]:
        if parameter["name"] == "notification-event":
            said = {part["name"]: part for part in parameter["part"]}
            yield int(said["event-number"]["valueString"]), said["focus"]["valueReference"]["reference"]


def own_address(bundle: Json) -> str:
    """
    Where the subscription is that a Bundle tells of.
    """
    parameters = bundle["entry"][0]["resource"]["parameter"]
    (found,) = [each for each in parameters if each["name"] == "subscription"]
    return str(found["valueReference"]["reference"])


def tell(number: int, focus: str, by: str) -> None:
    """
    One line to whoever started us.
    """
    print(json.dumps({"number": number, "focus": focus, "by": by}), flush=True)


class Receiver(BaseHTTPRequestHandler):
    """
    Takes whatever comes; what it loses it answers as well as anything else.
    """

    lost = frozenset(map(int, sys.argv[1:]))
    last = 0

    def do_POST(self) -> None:
        """
        A notification.
        """
        bundle = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        for number, focus in events(bundle):
            if number in self.lost:
                continue
            if number > Receiver.last + 1:
                self.catch_up(own_address(bundle), Receiver.last + 1, number - 1)
            tell(number, focus, "notification")
            Receiver.last = number
        self.send_response(200)
        self.send_header("Content-Length", "0")
        self.end_headers()

    def catch_up(self, subscription: str, first: int, last: int) -> None:
        """
        Ask for what is missing by its numbers.
        """
        url = f"{subscription}/$events?eventsSinceNumber={first}&eventsUntilNumber={last}"
        with urllib.request.urlopen(url, timeout=20) as answer:  # noqa: S310  our own server
            for number, focus in events(json.load(answer)):
                tell(number, focus, "$events")

    def log_message(self, format: str, *args: Any) -> None:  # noqa: A002  the library's name
        """
        Nothing.
        """


if __name__ == "__main__":
    server = HTTPServer(("127.0.0.1", 0), Receiver)
    print(f"port {server.server_address[1]}", flush=True)
    server.serve_forever()
