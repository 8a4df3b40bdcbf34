"""A simulated system of primary care: HL7 v2 over MLLP, both ways, with its own few lines of each.

    python -m tests.demo.hl7v2_system OVERENS_MLLP_PORT PORT

It acknowledges what it is sent, answers a request by the names that the request came with, and repeats what
it sends itself until it is acknowledged.
"""

from __future__ import annotations

import asyncio
import itertools
import sys
from collections.abc import Sequence

from tests.demo.told import Json, now, obey, tell

START, END = b"\x0b", b"\x1c\r"
AGAIN_SECONDS = 0.3
DOCTOR = "SE2321000115-D201^Lind^Anna^^^Dr^^^&1.2.752.129.2.1.4.1&ISO"
UNIT = "SE2321000115-VC07^^^SE2321000115-VG07&1.2.752.129.2.1.4.1&ISO^^^^^Vårdcentralen Håsten"
Segment = list[str]


class System:
    """The requests that it was sent, and the way back."""

    def __init__(self, overens_port: int) -> None:
        self._overens_port = overens_port
        self._request: list[Segment] = []
        self._seen: set[str] = set()
        self._numbers = itertools.count(1)

    async def order(self, said: Json) -> None:
        """Answer the request, or book a time for it."""
        lines = self._scheduling(said) if said["kind"].startswith("S") else self._answer(said)
        await self._send("\r".join(lines) + "\r")

    def _answer(self, said: Json) -> list[str]:
        """RRI^I12: accepted with an answer (A), or a question back (P) that names what is missing."""
        own = [self._msh("RRI^I12^RRI_I12"), f"MSA|AA|{self._control_id()}"]
        own.append(f"RF1|{said['kind']}|||||{self._field('RF1', 6)}")
        own += self._segments("PRD") + self._segments("PID")
        own.append("|".join(self._first("OBR")[:5]))
        own.append(f"NTE|1||{said['text']}")
        own += [
            f"OBX|{n}|ST|saknas^Begärd komplettering^OVERENS||{what}||||||F"
            for n, what in enumerate(said.get("missing", ()), 1)
        ]
        return own

    def _scheduling(self, said: Json) -> list[str]:
        """SIU: a time that is booked (S12) or changed (S13)."""
        asker = self._asker()
        sch = [""] * 27
        sch[0], sch[1], sch[2], sch[7], sch[8] = (
            "SCH",
            "T-77^VC",
            "B-501^VC",
            "ROUTINE",
            "telefon^Telefon^OVERENS",
        )
        sch[15], sch[16], sch[19], sch[20] = asker, DOCTOR, UNIT, DOCTOR
        sch[25], sch[26] = "Booked^Booked^HL70278", self._field("RF1", 6)
        return [
            self._msh(f"SIU^{said['kind']}^SIU_S12"),
            "|".join(sch),
            f"TQ1|1||||||{said['start']}|{said['end']}",
            f"NTE|1||{said['text']}",
            *self._segments("PID"),
            "RGS|1",
            f"AIS|1||11429006^Konsultation^SCT|{said['start']}",
            f"AIP|1||{DOCTOR}|D^Doctor^HL70286",
        ]

    def _msh(self, kind: str) -> str:
        at = now().strftime("%Y%m%d%H%M%S%z")
        number = f"VC-{at}-{next(self._numbers)}"
        return (
            f"MSH|^~\\&|JOURNAL|SE2321000115-VC07|OVERENS|SE2120001249-HSV01|{at}||{kind}|{number}|P|2.5.1"
            "||||||UNICODE UTF-8"
        )

    def _first(self, name: str) -> Segment:
        return next(segment for segment in self._request if segment[0] == name)

    def _field(self, name: str, number: int) -> str:
        return self._first(name)[number]

    def _segments(self, name: str) -> list[str]:
        return ["|".join(segment) for segment in self._request if segment[0] == name]

    def _asker(self) -> str:
        return next(
            segment[4] for segment in self._request if segment[:1] == ["PRD"] and segment[1].startswith("RP")
        )

    def _control_id(self) -> str:
        return self._field("MSH", 9)

    async def _send(self, message: str) -> None:
        """Until it is acknowledged, on a new connection each time."""
        tries = 0
        while True:
            tries += 1
            try:
                reader, writer = await asyncio.open_connection("127.0.0.1", self._overens_port)
                writer.write(START + message.encode() + END)
                acknowledged = (await reader.readuntil(END)).strip(START + END).decode()
                writer.close()
                break
            except (OSError, EOFError):
                await asyncio.sleep(AGAIN_SECONDS)
        msa = next(line.split("|") for line in acknowledged.split("\r") if line.startswith("MSA"))
        tell("answered", status=msa[1], tries=tries, details=acknowledged)

    async def talk(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """Messages in, an acknowledgement for each."""
        try:
            while True:
                frame = await reader.readuntil(END)
                segments = [line.split("|") for line in frame.strip(START + END).decode().split("\r") if line]
                writer.write(START + self._take(segments).encode() + END)
                await writer.drain()
        except (EOFError, ConnectionError):
            pass
        writer.close()

    def _take(self, segments: Sequence[Segment]) -> str:
        msh = segments[0]
        kind, control_id = msh[8], msh[9]
        if kind.startswith("REF^I12"):
            self._request = list(segments)
        is_known = control_id in self._seen
        self._seen.add(control_id)
        notes = [segment[3] for segment in segments if segment[0] == "NTE"]
        tell("got", kind=kind, control_id=control_id, is_known=is_known, notes=notes)
        return f"{self._msh('ACK^' + kind.split('^')[1] + '^ACK')}\rMSA|AA|{control_id}\r"


async def main() -> None:
    """Listen and obey."""
    overens_port, port = map(int, sys.argv[1:])
    system = System(overens_port)
    async with await asyncio.start_server(system.talk, "127.0.0.1", port):
        tell("ready")
        await obey(system.order)


if __name__ == "__main__":
    asyncio.run(main())
