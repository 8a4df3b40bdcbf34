"""COSMIC's FHIR API: each resource of a letter is created under the condition that it is not there already.

There is no transaction, so that a try may end half way; the next one begins anew, and what is there is found
by its identifier. Errors come in three shapes (the gateway's, the application's and FHIR's), and a gateway
that has enough says in words for how long.
"""

from __future__ import annotations

import re
from datetime import timedelta
from typing import TYPE_CHECKING, Any, Final

import orjson

from adapter.frozen import replace
from adapter.letters import RESEND, Delivered, Manner, TryAgain
from adapter.send.http_way import HttpWay, Reply, verdict
from adapter.send.troubles import refused, try_again

if TYPE_CHECKING:
    from adapter.letters import Letter, Verdict
    from adapter.ports import Clock
    from adapter.send.receivers import Http

_SECONDS = re.compile(r"\b([0-9]{1,4}) seconds\b")
_CODE = re.compile(r"[a-z-]{1,40}")
_MANY_THERE: Final = 412  # the condition fits more than one
_MOST_RESOURCES: Final = 3  # of a letter
_FIRST_ERROR, _LAST_ERROR = 400, 599


class CosmicSender:
    """Sends to one installation."""

    def __init__(self, way: Http, clock: Clock, *, is_medcom_like: bool = False) -> None:
        """Connects when the first letter is sent."""
        self._http = HttpWay(replace(way, url=way.url.rstrip("/")), clock)
        seconds = self._http.seconds * _MOST_RESOURCES
        self.manner = Manner(seconds=seconds, patience=RESEND if is_medcom_like else None)

    async def deliver(self, letter: Letter, envelope: str) -> Verdict:
        """Create what is not there of it, in its order; the first that fails ends the try."""
        answers: list[bytes] = []
        for entry in orjson.loads(letter.body)["entry"]:
            failed = await self._create(entry, envelope, letter.media_type, answers)
            if failed:
                return failed
        return Delivered(answer=b"\n".join(answers))

    async def close(self) -> None:
        """Let go of the connections."""
        await self._http.close()

    async def _create(
        self, entry: dict[str, Any], envelope: str, media_type: str, answers: list[bytes]
    ) -> Verdict | None:
        headers = {
            "Content-Type": media_type,
            "Accept": media_type,
            "If-None-Exist": entry["request"]["ifNoneExist"],
            "X-Request-Id": envelope,
        }
        reply = await self._http.post(f"/{entry['request']['url']}", orjson.dumps(entry["resource"]), headers)
        if isinstance(reply, TryAgain):
            return reply
        status, after, codes = told_in(reply)
        if status == _MANY_THERE:
            return refused("letter-conflict", f"HTTP {status}")
        failed = verdict(replace(reply, status=status, after=reply.after or after), " ".join(codes))
        if failed:
            return failed
        if reply.body and "json" not in reply.media_type:
            return try_again("receiver-garbled", f"HTTP {reply.status}")
        answers.append(reply.body)
        return None


def told_in(reply: Reply) -> tuple[int, timedelta | None, tuple[str, ...]]:
    """The status, the wait that is asked for, and the kinds of issues, whichever of the three shapes it has.

    A gateway may answer a request of its own accord: then the status in the body counts.
    """
    try:
        body = orjson.loads(reply.body)
    except orjson.JSONDecodeError:
        return reply.status, None, ()
    if not isinstance(body, dict):
        return reply.status, None, ()
    if body.get("resourceType") == "OperationOutcome":
        return reply.status, None, _issues(body.get("issue"))
    said = body.get("statusCode", body.get("status") if "error" in body else None)
    words = body.get("message") if isinstance(body.get("message"), str) else ""
    found = _SECONDS.search(words or "")
    after = timedelta(seconds=int(found[1])) if found else None
    if isinstance(said, int) and _FIRST_ERROR <= said <= _LAST_ERROR and reply.is_ok:
        return said, after, ()
    return reply.status, after, ()


def _issues(issues: Any) -> tuple[str, ...]:
    codes = (
        [each.get("code") for each in issues if isinstance(each, dict)] if isinstance(issues, list) else []
    )
    return tuple(dict.fromkeys(code for code in codes if isinstance(code, str) and _CODE.fullmatch(code)))[:5]
