"""ER7, the vertical bars of HL7 v2 (v2.5.1 §2.5-2.7), to ``Node``. The way back is ``hl7v2_writer``.

The tree is the message's own structure: groups by their names in the standard, segments by theirs, fields
by number with one node for each repetition, components by number (a field has always one), and below them
subcomponents where there are any: ``OBSERVATION.OBR.27.6``. A place is spelt as HL7 people do,
``OBX[2]-5.1``. MSH-1 and MSH-2 are grammar and not in the tree; ``""`` (delete what you have) is a null.
"""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass

from adapter.findings import Finding
from adapter.wire.charset import single_byte_text
from adapter.wire.hl7v2_escapes import CONTROL, Controlled, unescaped
from adapter.wire.hl7v2_header import NULL, Header, Signs, codec_of, read_header, stripped
from adapter.wire.hl7v2_structures import Group, structure_of
from adapter.wire.limits import DEFAULT, Limits
from adapter.wire.node import Node, Remarked
from adapter.wire.refusal import refusal, refuse_size

AT = "wire.hl7v2"
MOST_SEGMENTS = 5_000
MOST_PARTS = 1_000  # fields of a segment, repetitions, components, subcomponents
_NAME = re.compile(r"[A-Z][A-Z0-9]{2}")
_LINE_FEED_ENDS = re.compile(r"\n(?=[A-Z][A-Z0-9]{2}(.))")
_BATCH = frozenset({"FHS", "BHS"})


class Place(Node):
    """A place in an HL7 message: ``where`` is as HL7 people write it, counted from one."""

    __slots__ = ()

    @property
    def where(self) -> str:
        """``PID-3[2].1``, ``OBX[2]-5``; what is first or alone has no number."""
        if self._where or self.parent is None:
            return self._where
        self._where = self._spelt(self.parent)
        return self._where

    def begin(self, first: Place) -> None:
        """Stand where a segment stands."""
        self._where = first._spelt(self)

    def _spelt(self, above: Node) -> str:
        if self.kind == "segment":
            return f"{self.name}[{self.index + 1}]" if self.index >= 0 else self.name
        if self.kind == "field":
            return f"{above.where}-{self.name}" + (f"[{self.index + 1}]" if self.index > 0 else "")
        return above.where if self.kind in {"value", "null"} else f"{above.where}.{self.name}"


class _Message(Remarked, Place):
    """The root: the message, and what its reading has to say."""

    __slots__ = ()


def parse(raw: bytes, limits: Limits = DEFAULT) -> Remarked:
    """The tree of one message, or ``Unparsable``; never a half-read one."""
    refuse_size(raw, limits, AT)
    header = read_header(raw)
    if header is None:
        raise _refused_start(stripped(raw))
    told: list[Finding] = []
    lines = _lines(_decoded(stripped(raw), header, told), header.signs, told)
    reading = _Reading(header, told, limits.max_nodes)
    return reading.message(lines)


def _refused_start(raw: bytes) -> Exception:
    if raw[:3].decode("ascii", "replace") in _BATCH:
        what = "Filen är en bunt (FHS, BHS). Skicka meddelandena ett och ett, vart och ett med sin MSH."
    elif raw.startswith(b"MSH"):
        what = (
            "Skiljetecknen i MSH-1 och MSH-2 går inte att använda: de ska vara fem olika tecken som varken "
            "är bokstäver eller siffror. Skriv MSH|^~\\& först i meddelandet."
        )
    else:
        what = "Meddelandet börjar inte med segmentet MSH. Kontrollera att det är HL7 v2 och skicka igen."
    return refusal("not-hl7", AT, what, where="MSH")


def _decoded(raw: bytes, header: Header, told: list[Finding]) -> str:
    """The text by MSH-18; what says nothing is UTF-8, and Windows-1252 when it cannot be (domain.md §13)."""
    codec = codec_of(header)
    if codec is None:
        what = (
            "Teckenkodningen i MSH-18 tas inte emot. Skriv meddelandet som UTF-8, med UNICODE UTF-8 i MSH-18."
        )
        raise refusal("wrong-charset", AT, what, where="MSH-18", value=header.charset)
    if codec not in {"utf-8", "ascii"}:
        return single_byte_text(raw, codec, f"{header.charset} i MSH-18", AT)
    try:
        return raw.decode(codec)
    except UnicodeDecodeError as problem:
        line, byte = raw.count(b"\r", 0, problem.start) + 1, raw[problem.start]
    if not header.charset:
        return _guessed(raw, line, byte, told)
    what = (
        f"Segment {line}: byten 0x{byte:02X} finns inte i {header.charset}, som MSH-18 säger. Skriv "
        "meddelandet i den teckenkodningen, eller rätta MSH-18."
    )
    raise refusal("wrong-charset", AT, what, where="MSH-18")


def _guessed(raw: bytes, line: int, byte: int, told: list[Finding]) -> str:
    try:
        text = raw.decode("cp1252")
    except UnicodeDecodeError:
        what = (
            f"Segment {line}: byten 0x{byte:02X} är inte UTF-8, och MSH-18 är tomt. Skriv meddelandet som "
            "UTF-8, eller ange teckenkodningen i MSH-18."
        )
        raise refusal("wrong-charset", AT, what, where="MSH-18") from None
    what = (
        "MSH-18 är tomt och texten är inte UTF-8; den är läst som Windows-1252. Kontrollera att å, ä och ö "
        "blev rätt, och ange teckenkodningen i MSH-18."
    )
    told.append(Finding("charset-guessed", "MSH-18", AT, what))
    return text


def _lines(text: str, signs: Signs, told: list[Finding]) -> list[str]:
    """The segments; a line feed before what looks like one ends the segment before it, with a warning."""
    if "\n" in text:
        text = text.replace("\r\n", "\r")
        text = _LINE_FEED_ENDS.sub(lambda found: "\r" if found[1] == signs.field else found[0], text)
        what = (
            "Segmenten är inte åtskilda med vagnretur (CR) som i HL7, utan med radmatning (LF); de är lästa "
            "ändå. Låt avsändande system skriva CR."
        )
        told.append(Finding("segment-ends", "MSH", AT, what))
    control = CONTROL.search(text)
    if control:
        line = text.count("\r", 0, control.start()) + 1
        what = (
            f"Segment {line}: tecknet U+{ord(control[0]):04X} är ett styrtecken och får inte stå i ett "
            "meddelande. Ta bort det, och kontrollera att meddelandet inte är avbrutet eller hopslaget."
        )
        raise refusal("not-hl7", AT, what)
    if text.count("\r") >= MOST_SEGMENTS * 2:
        raise _too_many(f"fler än {MOST_SEGMENTS} segment", "")
    return text.split("\r")


def _too_many(what: str, where: str) -> Exception:
    told = f"Meddelandet har {what}, som är det mesta som tas emot. Dela upp det i flera meddelanden."
    return refusal("too-large", AT, told, where=where)


@dataclass(slots=True)
class _Reading:
    """One message being read: its signs, what there is to say, and how much more it may hold."""

    header: Header
    told: list[Finding]
    nodes_left: int

    def message(self, lines: list[str]) -> Remarked:
        root = _Message("", "message", line=1)
        header = self.header
        structure = structure_of(header.message_type, header.event, header.component(9, 3))
        opened: list[tuple[Group, Node]] = [(structure, root)]
        numbered = [(number, line) for number, line in enumerate(lines, 1) if line.strip()]
        if len(numbered) > MOST_SEGMENTS:
            raise _too_many(f"fler än {MOST_SEGMENTS} segment", "")
        counts = Counter(line[:3] for _, line in numbered)
        seen: Counter[str] = Counter()
        for number, line in numbered:
            name = self._name(number, line)
            index = seen[name] if counts[name] > 1 else -1
            seen[name] += 1
            segment = Place(name, "segment", index=index, line=number, column=1)
            segment.parent = _parent(opened, segment)
            segment.parent.children.append(segment)
            self._read(segment, line)
        root.findings = tuple(self.told)
        return root

    def _name(self, number: int, line: str) -> str:
        name, sign = line[:3], line[3:4]
        if not _NAME.fullmatch(name) or sign not in {"", self.header.signs.field}:
            what = (
                f"Segment {number} börjar inte med ett segmentnamn (tre tecken, som PID). Skriv radbrytning "
                "i en text som \\.br\\, och kontrollera att meddelandet är helt."
            )
            raise refusal("not-hl7", AT, what)
        if name in _BATCH or (name == "MSH" and number > 1):
            what = f"Segment {number}: ett nytt meddelande börjar inne i detta. Skicka dem ett och ett."
            raise refusal("not-hl7", AT, what, where=name)
        return name

    def _read(self, segment: Place, line: str) -> None:
        signs = self.header.signs
        texts = self._parted(line, signs.field, segment)
        is_header = segment.name == "MSH"
        component, repetition = signs.component, signs.repetition
        subcomponent, escape = signs.subcomponent, signs.escape
        for number, text in enumerate(texts[1 + is_header :], 1 + 2 * is_header):
            if not text:
                continue
            if component in text or repetition in text or subcomponent in text or escape in text:
                self._add_field(segment, str(number), text)
                continue
            node = Place(str(number), "field", None, None, segment, -1, segment.line, 1)
            segment.children.append(node)
            self._add_leaf(node, "1", text, "value")

    def _add_field(self, segment: Place, number: str, text: str) -> None:
        signs = self.header.signs
        empty = signs.component + signs.subcomponent
        repetitions = self._parted(text, signs.repetition, segment)
        for index, repetition in enumerate(repetitions):
            said = repetition.rstrip(empty)
            if not said:
                continue
            at = index if len(repetitions) > 1 else -1
            node = Place(number, "field", None, None, segment, at, segment.line, 1)
            segment.children.append(node)
            if signs.component not in said and signs.subcomponent not in said:
                self._add_leaf(node, "1", said, "value")
                continue
            for part, component in enumerate(self._parted(said, signs.component, segment), 1):
                if component:
                    self._add_component(node, str(part), component)

    def _add_component(self, field: Node, number: str, text: str) -> None:
        sign = self.header.signs.subcomponent
        if sign in text:
            text = text.rstrip(sign)
        if sign not in text:
            if text:
                self._add_leaf(field, number, text, "component")
            return
        node = Place(number, "component", None, None, field, -1, field.line, 1)
        field.children.append(node)
        for part, subcomponent in enumerate(self._parted(text, sign, field), 1):
            if subcomponent:
                self._add_leaf(node, str(part), subcomponent, "subcomponent")

    def _add_leaf(self, above: Node, number: str, text: str, kind: str) -> None:
        node = Place(number, kind, text, None, above, -1, above.line, 1)
        above.children.append(node)
        if text == NULL:
            node.text = None
            node.kind = "null" if kind == "value" else kind
        elif self.header.signs.escape in text:
            node.text = self._unescaped(node, text)

    def _unescaped(self, node: Node, text: str) -> str:
        try:
            meant, is_read = unescaped(text, self.header.signs, codec_of(self.header) or "utf-8")
        except Controlled:
            what = "En escape-sekvens (\\X…\\) står för ett styrtecken, som inte får stå här. Ta bort den."
            raise refusal("not-hl7", AT, what, where=node.where, place=(node.line, 1)) from None
        if not is_read:
            what = (
                "Texten innehåller en escape-sekvens som inte går att läsa, eller ett ensamt escape-tecken, "
                "och är sparad som den står. Skriv \\E\\ för ett omvänt snedstreck."
            )
            self.told.append(Finding("escape-unread", node.where, AT, what, line=node.line, column=1))
        return meant

    def _parted(self, text: str, sign: str, place: Node) -> list[str]:
        """The parts of a text, none too many: counted before any is made."""
        count = text.count(sign)
        self.nodes_left -= count + 1
        if count > MOST_PARTS or self.nodes_left < 0:
            raise _too_many("fler fält, upprepningar eller komponenter än rimligt", place.where)
        return text.split(sign) if count else [text]


def _parent(opened: list[tuple[Group, Node]], segment: Place) -> Node:
    """The node that a segment belongs under: the innermost open group that knows it, else the one open.

    A group's place is that of the segment which begins it.
    """
    name = segment.name
    for depth in range(len(opened) - 1, -1, -1):
        group, node = opened[depth]
        if name in group.begun_by:
            del opened[depth + 1 :]
            begun = group.begun_by[name]
            made = Place(begun.name, "group", parent=node, line=segment.line, column=1)
            made.begin(segment)
            node.children.append(made)
            opened.append((begun, made))
            return made
        if name in group.segments:
            del opened[depth + 1 :]
            return node
    return opened[-1][1]
