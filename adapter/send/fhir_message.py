"""The FHIR way: a Bundle of type message by POST, answered by another at once (canonical-models §5.2).

Who answers ok has taken responsibility. What cannot be understood as an answer to this very message is tried
again: the receiver knows the message by its MessageHeader.id and does nothing twice.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any, Final

import orjson

from adapter.frozen import dataclass
from adapter.letters import RESEND, Delivered, Manner, TryAgain
from adapter.send.http_way import HttpWay, verdict
from adapter.send.troubles import refused, try_again
from adapter.writing.fhir_message import in_envelope

if TYPE_CHECKING:
    from adapter.letters import Letter, Verdict
    from adapter.ports import Clock
    from adapter.send.http_way import Reply
    from adapter.send.receivers import Http

_CODE = re.compile(r"[a-z-]{1,40}")  # of FHIR's issue types: the receiver's texts may quote the letter
_MOST_CODES: Final = 5
_ANSWERS: Final = ("ok", "transient-error", "fatal-error")  # looked up in order: a code may be anything


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """What an answer says: the code, the message that it is about, and the kinds of its issues."""

    code: str
    of: str
    issues: tuple[str, ...] = ()


class FhirMessageSender:
    """Sends to one receiver."""

    def __init__(self, way: Http, clock: Clock, *, is_medcom_like: bool = False) -> None:
        """Connects when the first letter is sent."""
        self._http = HttpWay(way, clock)
        self._clock = clock
        self.manner = Manner(seconds=self._http.seconds, patience=RESEND if is_medcom_like else None)

    async def deliver(self, letter: Letter, envelope: str) -> Verdict:
        """Send once; Bundle.id and timestamp are the envelope's, all else is as it was written."""
        body = in_envelope(letter.body, envelope, self._clock.now().replace(microsecond=0))
        headers = {"Content-Type": letter.media_type, "Accept": letter.media_type, "X-Request-Id": envelope}
        reply = await self._http.post("", body, headers)
        if isinstance(reply, TryAgain):
            return reply
        return verdict(reply) or _judged(reply, letter, envelope)

    async def close(self) -> None:
        """Let go of the connections."""
        await self._http.close()


def _judged(reply: Reply, letter: Letter, envelope: str) -> Verdict:
    answer = answer_in(reply.body)
    if answer is None:
        return try_again("receiver-garbled", f"HTTP {reply.status}")
    if answer.of not in {letter.id, envelope}:  # FHIR says the first; some say the second
        return try_again("answer-of-another")
    said = " ".join((answer.code, *answer.issues))
    if answer.code == "ok":
        return Delivered(answer=reply.body)
    if answer.code == "transient-error":
        return try_again("receiver-failed", said, reply.after)
    return refused("letter-conflict" if "conflict" in answer.issues else "letter-refused", said)


def answer_in(body: bytes) -> Answer | None:
    """What a Bundle says as an answer; None when it is none."""
    try:
        bundle = orjson.loads(body)
        resources = [entry["resource"] for entry in bundle["entry"]]
        response = resources[0]["response"]
        code, of = response["code"], response["identifier"]
        is_answer = bundle["type"] == "message" and resources[0]["resourceType"] == "MessageHeader"
    except (ValueError, KeyError, TypeError, IndexError):
        return None
    if not is_answer or code not in _ANSWERS or not isinstance(of, str):
        return None
    return Answer(code=code, of=of, issues=_issues(resources[1:]))


def _issues(resources: list[Any]) -> tuple[str, ...]:
    """The kinds of the issues that are told; what is not one of FHIR's is left out."""
    found: list[str] = []
    for resource in resources:
        issues = resource.get("issue") if isinstance(resource, dict) else None
        for issue in issues if isinstance(issues, list) else ():
            code = issue.get("code") if isinstance(issue, dict) else None
            if isinstance(code, str) and _CODE.fullmatch(code):
                found.append(code)
    return tuple(dict.fromkeys(found))[:_MOST_CODES]
