"""``wire.xml``: the one hardened XML gate."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from adapter.errors import Unparsable
from adapter.wire import xml
from adapter.wire.limits import Limits
from adapter.wire.node import Node
from adapter.wire.xml_refusal import Excess

if TYPE_CHECKING:
    from adapter.findings import Finding

XSI = "http://www.w3.org/2001/XMLSchema-instance"


def refused(raw: bytes, limits: Limits | None = None) -> Finding:
    """The finding that these bytes are refused with."""
    with pytest.raises(Unparsable) as told:
        xml.parse(raw, None, limits or Limits())
    return told.value.finding


def shape(node: Node) -> tuple[object, ...]:
    """What a tree says, without places."""
    return (node.name, node.kind, node.text, node.index, [shape(child) for child in node.children])


def test_every_node_has_line_and_column_of_its_tag() -> None:
    """
    Lines and columns are 1-based, and columns count characters, not bytes.
    """
    root = xml.parse("<a>\n <b>å</b><c/>\n</a>".encode())
    assert [(node.name, node.line, node.column) for node in root.children[0].children] == [
        ("b", 2, 2),
        ("c", 2, 10),
    ]


@pytest.mark.parametrize(
    "inside",
    ["Ta 2<!-- 0 --> mg", "Ta 2<?x 0?> mg", "Ta <![CDATA[2]]> mg", "T&#97; 2 m<!----><?p?>g", "Ta 2 mg"],
)
def test_nothing_inside_a_text_cuts_it(inside: str) -> None:
    """
    Comments, processing instructions, CDATA and references: a dose is at stake.
    """
    assert xml.parse(f"<a>{inside}</a>".encode()).children[0].text == "Ta 2 mg"


def test_names_are_local_in_the_listed_namespaces() -> None:
    """
    Other namespaces stay visible in the name, of elements and of attributes.
    """
    raw = b'<a xmlns="urn:1" xmlns:x="urn:2.0"><x:b x:c="1" d="2"/></a>'
    assert [leaf.where for leaf in xml.parse(raw, frozenset({"urn:1"})).leaves()] == [
        "a.{urn:2.0}b.@{urn:2.0}c",
        "a.{urn:2.0}b.@d",
    ]
    assert [leaf.where for leaf in xml.parse(raw).leaves()] == ["a.b.@c", "a.b.@d"]


def test_a_path_reaches_a_name_with_a_namespace() -> None:
    """
    The dots of a namespace are no steps.
    """
    root = xml.parse(b'<a xmlns:x="urn:2.0"><x:b>1</x:b></a>', frozenset())
    assert [node.text for node in root.all("a.{urn:2.0}b")] == ["1"]


def test_text_between_elements_is_kept_in_text_children() -> None:
    """
    Mixed content loses nothing: each run of text is a child in its place.
    """
    root = xml.parse(b"<a> <b/>x<b/>y<!-- no cut -->z<b/> </a>")
    assert [(node.name, node.text, node.index) for node in root.children[0].children] == [
        ("#text", " ", 0),
        ("b", "", 0),
        ("#text", "x", 1),
        ("b", "", 1),
        ("#text", "yz", 2),
        ("b", "", 2),
        ("#text", " ", 3),
    ]


def test_an_element_with_attributes_keeps_its_text() -> None:
    """
    The text of a leaf stands on the node itself, whatever attributes it has.
    """
    node = xml.parse(b'<value unit="mm">5</value>').children[0]
    assert (node.text, node.children[0].name, node.children[0].text) == ("5", "@unit", "mm")


@pytest.mark.parametrize("said", ["true", "1"])
def test_nil_makes_an_empty_element_null(said: str) -> None:
    """
    xsi:nil on an empty element is a null; elsewhere it is an attribute like others.
    """
    node = xml.parse(f'<a xmlns:i="{XSI}" i:nil="{said}"/>'.encode(), frozenset()).children[0]
    assert (node.kind, node.text, node.children) == ("null", None, [])


def test_nil_never_hides_a_text() -> None:
    """
    A nil element that has content keeps it.
    """
    node = xml.parse(f'<a xmlns:i="{XSI}" i:nil="true">2 mg</a>'.encode()).children[0]
    assert (node.kind, node.text) == ("element", "2 mg")


@pytest.mark.parametrize(
    ("codec", "declared"),
    [
        ("utf-8", "UTF-8"),
        ("utf-8-sig", "utf-8"),
        ("utf-16", "UTF-16"),
        ("latin-1", "ISO-8859-1"),
        ("cp1252", "windows-1252"),
    ],
)
def test_the_declared_encodings_are_read(codec: str, declared: str) -> None:
    """
    UTF-8, UTF-16 with BOM, ISO-8859-1 and Windows-1252 give the same text.
    """
    raw = f'<?xml version="1.0" encoding="{declared}"?><a>Åäö</a>'.encode(codec)
    assert xml.parse(raw).children[0].text == "Åäö"


DECLARED = '<?xml version="1.0" encoding="{}"?><a>{}</a>'
REFUSALS = [
    (b"", "empty-body", 0, 0),
    (b"<a><b>", "truncated", 1, 7),
    (b"<a><b></a>", "not-xml", 1, 9),
    (b"<a>&nbsp;</a>", "not-xml", 1, 4),
    (b"<a>\x00</a>", "not-xml", 1, 4),
    (b"<a>\n&#0;</a>", "not-xml", 2, 1),
    (b"<a/>x", "not-xml", 1, 5),
    (b"<a><![CDATA[x</a>", "not-xml", 1, 4),
    (b"<x:a/>", "not-xml", 1, 1),
    (b"hej", "not-xml", 1, 1),
    (b"<!DOCTYPE a><a/>", "doctype-forbidden", 1, 1),
    (b"<?xml version='1.0'?>\n<!-- <!DOCTYPE b> -->\n <?p?><!DOCTYPE a [<!ENTITY e 'x'>]><a>&e;</a>",
     "doctype-forbidden", 3, 7),
    (b"<a>" * 201 + b"</a>" * 201, "too-deep", 1, 601),
    (b"<a>" + b"<b/>" * 100_001 + b"</a>", "too-large", 1, 400_000),
    (b"<a " + b" ".join(b"a%d='1'" % n for n in range(201)) + b"/>", "too-large", 1, 1),
    (b"<" + b"a" * 1001 + b"/>", "too-large", 1, 1),
    (b"<a>" + b"x" * 10_000_000 + b"</a>", "too-large", 0, 0),
    (DECLARED.format("UTF-7", "+ADw-").encode(), "wrong-charset", 0, 0),
    (DECLARED.format("IBM037", "x").encode("cp037"), "wrong-charset", 0, 0),
    (DECLARED.format("UTF-16", "x").encode(), "wrong-charset", 0, 0),
    (DECLARED.format("UTF-16", "x").encode("utf-16-le"), "wrong-charset", 0, 0),
    (DECLARED.format("UTF-8", "x").encode("utf-16"), "wrong-charset", 0, 0),
    (DECLARED.format("UTF-16", "x").encode("utf-16")[:-1], "wrong-charset", 0, 0),
    (DECLARED.format("ISO-8859-1", "x").encode("utf-8-sig"), "wrong-charset", 0, 0),
    (DECLARED.format("ISO-8859-1", "å").encode(), "wrong-charset", 0, 0),
    (DECLARED.format("UTF-8", "å").encode("latin-1"), "wrong-charset", 1, 42),
    (DECLARED.format("ISO-8859-1", "x – å").encode("cp1252"), "wrong-charset", 1, 49),
    (DECLARED.format("windows-1252", "å\x81").encode("latin-1"), "wrong-charset", 1, 50),
    ("<a>x</a>".encode("utf-32"), "wrong-charset", 0, 0),
]  # fmt: skip


@pytest.mark.parametrize(("raw", "code", "line", "column"), REFUSALS)
def test_what_is_no_message_is_refused_at_its_place(raw: bytes, code: str, line: int, column: int) -> None:
    """
    Each kind of fault has its code, its line and column, and a sentence with a remedy.
    """
    finding = refused(raw)
    assert (finding.code, finding.line, finding.column) == (code, line, column)
    assert finding.blocking
    assert finding.what.endswith(".")


def test_the_sentence_says_what_and_what_to_do() -> None:
    """
    One sentence asserted in full.
    """
    assert refused(b"<!DOCTYPE a><a/>").what == (
        "Rad 1, kolumn 1: dokumenttyp (DOCTYPE) tas inte emot, av säkerhetsskäl. Skicka meddelandet utan den."
    )


def test_the_second_lock_refuses_a_document_type_too() -> None:
    """
    Should a document type ever reach the parser, it stops there.
    """
    with pytest.raises(Excess):
        xml._refuse_late_doctype("a", None, None, 0)


def test_limits_are_an_argument() -> None:
    """
    A gate can be opened or closed for one source.
    """
    assert refused(b"<a><b/></a>", Limits(max_depth=1)).code == "too-deep"
    assert refused(b"<a><b/></a>", Limits(max_nodes=1)).code == "too-large"
    assert refused(b"<a/>", Limits(max_bytes=3)).code == "too-large"


def test_a_tree_is_written_with_its_namespaces() -> None:
    """
    Names in braces get a prefix, declared once on the root.
    """
    raw = f'<a xmlns:x="u:1" xmlns:i="{XSI}"><x:b x:c="1&#10;2">&lt;&#13;</x:b><d i:nil="true"/>t<d/></a>'
    root = xml.parse(raw.encode(), frozenset())
    assert shape(xml.parse(xml.write(root), frozenset())) == shape(root)


def test_what_xml_cannot_hold_is_never_dropped_in_silence() -> None:
    """
    A control character has no form in XML 1.0.
    """
    with pytest.raises(ValueError, match=r"U\+0001"):
        xml.write(Node("a", text="\x01"))
