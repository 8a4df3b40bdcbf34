"""ER7, the bars of HL7 v2: signs, escapes, charsets, structure, limits, and the way back."""

from __future__ import annotations

import os
import random
import sys
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from adapter.errors import Unparsable
from adapter.findings import Finding
from adapter.wire.hl7v2 import parse
from adapter.wire.hl7v2_escapes import escaped
from adapter.wire.hl7v2_header import read_header
from adapter.wire.hl7v2_writer import segments_of, write
from adapter.wire.limits import DEFAULT
from adapter.wire.node import Remarked
from adapter.wire.positions import locate, located, spans

settings.register_profile("hl7v2", deadline=None, max_examples=150)
settings.load_profile("hl7v2")

ROOT = Path(__file__).parents[2]
SHARED = Path(os.environ.get("OVERENS_SHARED", ROOT.parent / "shared"))
CORPUS = SHARED / "corpora" / "hl7v2"
MSH = "MSH|^~\\&|SYS|UNIT|OVERENS|VC|20261102091500+0100||REF^I12^REF_I12|M-1|P|2.5.1"


def message(*lines: str, header: str = MSH, end: str = "\r") -> bytes:
    """The bytes of a message of these segments."""
    return "".join(f"{line}{end}" for line in (header, *lines)).encode()


@contextmanager
def few_steps(most: int) -> Iterator[None]:
    """
    No more calls of functions than these, however busy the machine is.
    """
    calls = Counter[str]()
    before = sys.getprofile()
    sys.setprofile(lambda _, event, __: calls.update((event,)))
    try:
        yield
    finally:
        sys.setprofile(before)
    assert calls["call"] + calls["c_call"] <= most


def refused(raw: bytes) -> Unparsable:
    """What a message is refused with."""
    with pytest.raises(Unparsable) as caught:
        parse(raw)
    assert caught.value.finding.blocking
    return caught.value


def texts(tree: Remarked, path: str) -> list[str | None]:
    """The texts at a place."""
    return [node.text for node in tree.all(path)]


def test_a_place_is_spelt_as_hl7_people_do() -> None:
    """
    Segment, field, repetition and component, counted from one; what is first or alone has no number.
    """
    tree = parse(message("PID|1||a~b^^c&d", "OBR|1", "OBX|1||x", "OBX|2||y^z"))
    assert [leaf.where for leaf in tree.leaves() if not leaf.where.startswith("MSH")] == [
        "PID-1",
        "PID-3",
        "PID-3[2].1",
        "PID-3[2].3.1",
        "PID-3[2].3.2",
        "OBR-1",
        "OBX[1]-1",
        "OBX[1]-3",
        "OBX[2]-1",
        "OBX[2]-3.1",
        "OBX[2]-3.2",
    ]


def test_segments_stand_in_the_groups_of_the_standard() -> None:
    """
    NTE belongs to the OBR or OBX that it follows; a second OBR begins a second OBSERVATION.
    """
    tree = parse(
        message("PRD|RP", "CTD|x", "PRD|RT", "PID|1", "OBR|1", "NTE|1||q", "OBX|1||a", "NTE|1||r", "OBR|2")
    )
    assert texts(tree, "OBSERVATION.NTE.3.1") == ["q"]
    assert texts(tree, "OBSERVATION.RESULTS_NOTES.NTE.3.1") == ["r"]
    assert texts(tree, "OBSERVATION.OBR.1.1") == ["1", "2"]
    assert texts(tree, "PROVIDER_CONTACT.PRD.1.1") == ["RP", "RT"]
    assert texts(tree, "PROVIDER_CONTACT.CTD.1.1") == ["x"]


@pytest.mark.parametrize(("event", "structure"), [("SIU^S12", True), ("SIU^S26", True), ("SIU^S99", False)])
def test_the_event_tells_the_structure_when_the_sender_does_not(event: str, structure: bool) -> None:
    """
    MSH-9.3 may be empty; an event that is none of ours leaves the segments side by side.
    """
    tree = parse(message("SCH|1", "PID|1", "RGS|1", "AIS|1", header=MSH.replace("REF^I12^REF_I12", event)))
    assert bool(tree.all("RESOURCES.SERVICE.AIS")) is structure
    assert bool(tree.all("AIS")) is not structure


def test_a_segment_of_the_senders_own_is_kept_as_leaves() -> None:
    """
    Z segments and what the structure does not know stand where they were sent.
    """
    tree = parse(message("ZZZ|1", "PRD|RP", "ZPD|Ja^Nej", "PID|1", "QQQ|x"))
    assert texts(tree, "ZZZ.1.1") == ["1"]
    assert texts(tree, "PROVIDER_CONTACT.ZPD.1.2") == ["Nej"]
    assert [name for name, _ in segments_of(tree)] == ["MSH", "ZZZ", "PRD", "ZPD", "PID", "QQQ"]


def test_the_senders_own_signs_are_used() -> None:
    """
    MSH-1 and MSH-2 say which signs part the message.
    """
    tree = parse(b"MSH#*!?%#A*B!C#\rPID#a?F?b#1%2*3?S?4\r")
    assert texts(tree, "MSH.3.2") == ["B"]
    assert texts(tree, "PID.1.1") == ["a#b"]
    assert texts(tree, "PID.2.1.2") == ["2"]
    assert texts(tree, "PID.2.2") == ["3*4"]


@pytest.mark.parametrize(
    "raw",
    [
        b"",
        b" \r\n",
        b"PID|1\r",
        b"MSH",
        b"MSH|^~",
        b"MSH|||||x\r",
        b"MSH\r^~\\&|x\r",
        b"MSHA^~\\&Ax\r",
        b"MSH|^^\\&|x\r",
        b"MSH|^~\\&&|x\r",
        b"FHS|^~\\&|A\rMSH|^~\\&|B\r",
        b"{}",
        b"<a/>",
        b"MSH|^~\\&|A\rMSH|^~\\&|B\r",
        b"MSH|^~\\&|A\rp|1\r",
        b"MSH|^~\\&|A\rPIDX|1\r",
        b"MSH|^~\\&|A\x0bB\r",
        b"MSH|^~\\&|A\x00\r",
        b"MSH|^~\\&|\x1cB\r",
        b"MSH|^~\\&|A\\X1C\\B\r",
        b"\xff\xfeM\x00S\x00H\x00",
    ],
)
def test_what_is_no_message_is_refused_in_swedish(raw: bytes) -> None:
    """
    Nothing half-read comes out, and the sentence ends with what to do.
    """
    assert refused(raw).finding.what.endswith(".")


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        (r"a\F\b\S\c\T\d\R\e\E\f\P\g", "a|b^c&d~e\\f#g"),
        (r"rad 1\.br\rad 2\.sp2\x\.sk 3\y\.in+4\z", "rad 1\nrad 2\n\nx   yz"),
        (r"\H\fet\N\ text", "fet text"),
        (r"\XC3A5\ra\X0D\b\X0D0A\c", "åra\nb\nc"),
        (r"C:\fil", r"C:\fil"),
        (r"a\Zx\b\T\c", r"a\Zx\b&c"),
        (r"\XE5\x", r"\XE5\x"),
        ("slut\\", "slut\\"),
        (r"\C2842\a", r"\C2842\a"),
    ],
)
def test_escapes_are_read_and_what_is_no_escape_stays(written: str, meant: str) -> None:
    """
    HL7 v2.5.1 §2.7. Local escapes, other charsets and lone signs stay as they stand, with a finding.
    """
    tree = parse(message(f"NTE|1||{written}"))
    assert texts(tree, "NTE.3.1") == [meant]
    has_unread = "\\" in meant and written.count("\\E\\") == 0
    assert [finding.code for finding in tree.findings] == (["escape-unread"] if has_unread else [])
    assert all(finding.where == "NTE-3" for finding in tree.findings)


@pytest.mark.parametrize(
    ("named", "codec"),
    [
        ("", "utf-8"),
        ("UNICODE UTF-8", "utf-8"),
        ("8859/1", "latin-1"),
        ("8859/15", "iso8859-15"),
        ("8859/4", "iso8859-4"),
    ],
)
def test_the_charset_is_that_of_msh_18(named: str, codec: str) -> None:
    """
    Table 0211; empty is UTF-8.
    """
    raw = message("NTE|1||åäö é", header=f"{MSH}||||||{named}").decode().encode(codec)
    tree = parse(raw)
    assert texts(tree, "NTE.3.1") == ["åäö é"]
    assert tree.findings == ()


def test_an_unsaid_charset_that_is_not_utf_8_is_read_as_windows_1252_with_a_warning() -> None:
    """
    domain.md §13: Swedish senders with an empty MSH-18 often write Latin-1.
    """
    tree = parse(message("NTE|1||räksmörgås – ja").decode().encode("cp1252"))
    assert texts(tree, "NTE.3.1") == ["räksmörgås – ja"]
    assert [finding.code for finding in tree.findings] == ["charset-guessed"]
    assert refused(message().rstrip(b"\r") + b"|\x81\xe5\r").finding.code == "wrong-charset"


@pytest.mark.parametrize(
    ("named", "octets"),
    [
        ("UNICODE UTF-8", b"\xe5"),
        ("ASCII", b"\xe5"),
        ("8859/1", "å".encode()),
        ("8859/1", b"\x93"),
        ("EBCDIC", b"a"),
        ("UNICODE UTF-16", b"a"),
    ],
)
def test_bytes_that_are_not_what_the_charset_says_are_refused(named: str, octets: bytes) -> None:
    """
    Nothing is guessed once the sender has said how it writes; UTF-8 under another name is seen too.
    """
    raw = message("NTE|1||{}", header=f"{MSH}||||||{named}").replace(b"{}", octets)
    assert refused(raw).finding.code == "wrong-charset"


@pytest.mark.parametrize("end", ["\n", "\r\n"])
def test_lines_instead_of_carriage_returns_are_read_with_a_warning(end: str) -> None:
    """
    Files are often saved so. A line feed within a text is a line of it.
    """
    tree = parse(message("NTE|1||en\ntvå", "NTE|2||tre", end=end))
    assert texts(tree, "NTE.3.1") == ["en\ntvå", "tre"]
    assert [finding.code for finding in tree.findings] == ["segment-ends"]
    assert [node.line for node in tree.children] == [1, 2, 3]


@pytest.mark.parametrize(
    "line",
    [
        "NTE|1||x\r" * 20_000,
        "PID|1||" + "1~" * 100_000,
        "PID|1||" + "1^" * 100_000,
        "PID|1||" + "1&" * 100_000,
        "PID" + "|" * 100_000,
        ("OBX" + "|x^y" * 400 + "\r") * 200,
    ],
)
def test_a_message_of_too_many_parts_is_refused(line: str) -> None:
    """
    Counted while they are made, so that no more of them are than may be.
    """
    with few_steps(5 * DEFAULT.max_nodes):
        assert refused(message(line)).finding.code == "too-large"


def test_a_long_text_with_many_escapes_is_read_in_linear_time() -> None:
    """
    Five megabytes of text are nothing to stop at, and each of 20,000 escapes is a few steps.
    """
    with few_steps(10 * 20_000):
        tree = parse(message("NTE|1||" + "x" * 5_000_000, "NTE|2||" + "\\T\\" * 20_000))
    assert [len(text or "") for text in texts(tree, "NTE.3.1")] == [5_000_000, 20_000]


def test_a_place_is_found_at_its_segment() -> None:
    """
    The line of a finding is the number of the segment.
    """
    raw = message("PID|1||a", "OBR|1", "OBX|1||x")
    tree = parse(raw)
    assert locate(raw, ["OBX-3", "PID", "QQQ-1"]) == {"OBX-3": (4, 1), "PID": (2, 1)}
    assert spans(raw, {""}, tree) == {"": (1, 4)}
    finding = refused(message("NTE|1||\\X00\\")).finding
    assert (finding.where, finding.line) == ("NTE-3", 2)
    assert located(raw, [Finding("x", "OBX-3", "", "")], tree)[0].line == 4


def test_the_header_tells_who_sends_and_how_to_answer() -> None:
    """
    Identity is MSH-3, MSH-4 and MSH-10 as sent; MSH-15 and MSH-16 ask for enhanced acknowledgements.
    """
    header = read_header(message(header=f"{MSH}|||AL|NE||8859/1"))
    assert header is not None
    assert (header.message_type, header.event, header.version) == ("REF", "I12", "2.5.1")
    assert (header.identity, header.control_id) == ("SYS|UNIT|M-1", "M-1")
    assert (header.accept_wanted, header.application_wanted, header.is_enhanced) == ("AL", "NE", True)
    assert header.charset == "8859/1"
    other = read_header(b"MSH#*!?%#SYS*1#UNIT#####REF#M-1\r")
    assert other is not None
    assert (other.identity, other.is_enhanced, other.version) == ("SYS^1|UNIT|M-1", False, "")


def test_a_header_without_control_id_has_no_identity() -> None:
    """
    Nothing is the same message as another when it has no id.
    """
    header = read_header(MSH.replace("M-1", "").encode())
    assert header is not None
    assert header.identity == ""


WORDS = st.text(
    st.characters(exclude_categories=["Cs", "Cc"], include_characters="\t\n|^~\\&#"), min_size=1, max_size=12
).filter(lambda text: text != '""')
SUB = (
    st.lists(st.one_of(st.just(""), WORDS), min_size=1, max_size=3)
    .filter(lambda parts: len(parts) > 1 and parts[-1] != "")
    .map(tuple)
)
COMPONENTS = (
    st.lists(st.one_of(st.just(""), WORDS, st.just('""'), SUB), min_size=2, max_size=4)
    .filter(lambda parts: parts[-1] != "")
    .map(tuple)
)
REPETITIONS = st.lists(st.one_of(WORDS, st.just('""'), COMPONENTS), min_size=1, max_size=3)
FIELDS = st.dictionaries(st.integers(3, 12), REPETITIONS, max_size=4)
SEGMENTS = st.lists(
    st.tuples(st.sampled_from(["PID", "NTE", "OBX", "OBR", "PRD", "ZZZ"]), FIELDS), max_size=6
)


@given(FIELDS, SEGMENTS)
def test_what_is_written_reads_the_same(header: dict, segments: list) -> None:
    """
    parse(write(x)) = x, whatever signs the texts hold.
    """
    said = [("MSH", {**header, 9: [("REF", "I12", "REF_I12")]}), *segments]
    assert segments_of(parse(write(said))) == said


@given(WORDS)
def test_an_escaped_text_holds_no_sign_that_parts(text: str) -> None:
    """
    What is written in a field cannot break out of it.
    """
    assert not set(escaped(text)) & set("|^~&\r\n")


@pytest.mark.skipif(not CORPUS.is_dir(), reason="the shared corpora are not here")
def test_real_messages_are_read_and_written_back() -> None:
    """
    Every message of the corpus that begins as one: read, written, read again to the same.
    """
    read = 0
    for raw in (path.read_bytes() for path in sorted(CORPUS.rglob("*.hl7"))):
        if b"MSH" not in raw[:8]:
            continue
        try:
            tree = parse(raw)
        except Unparsable as problem:
            assert problem.finding.what  # noqa: PT017  told, not broken
            continue
        assert segments_of(parse(write(segments_of(tree)))) == segments_of(tree)
        read += 1
    assert read > 100


def mutated(raw: bytes, rnd: random.Random) -> bytes:
    """A message with one to six faults of the kinds that senders and lines make."""
    told = bytearray(raw)
    signs = [
        b"|",
        b"^",
        b"&",
        b"~",
        b"\\",
        b"\r",
        b"\x0b",
        b"\x1c\r",
        b"\x00",
        b"\\X",
        b"\\.br\\",
        b"\xc3",
        b"\xff",
    ]
    for _ in range(rnd.randint(1, 6)):
        at = rnd.randrange(max(1, len(told)))
        kind = rnd.randint(0, 7)
        if kind == 0:
            told[at : at + 1] = bytes([rnd.randrange(256)])
        elif kind == 1:
            del told[at : at + rnd.randint(1, 40)]
        elif kind == 2:
            told[at:at] = rnd.choice(signs) * rnd.choice([1, 1, 2, 50])
        elif kind == 3:
            del told[at:]
        elif kind == 4:
            told[at:at] = told[max(0, at - 80) : at] * rnd.randint(1, 5)
        elif kind == 5:
            told[3:8] = bytes(rnd.sample(range(33, 127), 5))
        elif kind == 6:
            lines = bytes(told).split(b"\r")
            rnd.shuffle(lines)
            told = bytearray(b"\r".join(lines))
        else:
            told[at:at] = "åäö".encode("latin-1")
    return bytes(told)


def test_a_damaged_message_is_read_or_refused_and_never_breaks_us() -> None:
    """
    Mutants of one message end as a tree or as Unparsable, in few steps: each is a call of a function.
    """
    rnd = random.Random(7)  # noqa: S311  the same mutants each time
    own = message(
        "RF1||A||||R-1^X", "PRD|RP|Ek^Karin", "PID|1||191212121212", "OBR|1||||", "NTE|1||Hej\\T\\du"
    )
    for _ in range(1500):
        raw = mutated(own, rnd)
        try:
            with few_steps(20 * len(raw)):
                tree = parse(raw)
        except Unparsable as problem:
            assert problem.finding.what.endswith(".")  # noqa: PT017  told, not broken
        else:
            assert segments_of(parse(write(segments_of(tree)))) == segments_of(tree)
