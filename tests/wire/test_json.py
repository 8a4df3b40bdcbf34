"""``wire.json``: strict RFC 8259, every digit kept, every refusal with place and remedy."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING

import pytest

from adapter.errors import Unparsable
from adapter.wire import json, xml
from adapter.wire.limits import Limits
from adapter.wire.node import Node

if TYPE_CHECKING:
    from adapter.findings import Finding


def refused(raw: bytes, limits: Limits | None = None) -> Finding:
    """The finding that both readers refuse these bytes with."""
    found = []
    for parse in (json.parse, json.parse_plain):
        with pytest.raises(Unparsable) as told:
            parse(raw, limits or Limits())
        found.append(told.value.finding)
    assert found[0] == found[1]
    return found[0]


def shape(node: Node) -> tuple[object, ...]:
    """What a tree says, without places."""
    return (node.name, node.kind, node.text, node.index, [shape(child) for child in node.children])


NOTE = '{"note": {"records": {"record": [{"keyword": "Å"}, {"keyword": "B", "value": [1.10]}]}}}'.encode()


def test_arrays_become_repeated_children_with_their_index() -> None:
    """
    A JSON array is as many children of its name; each has its index, and paths are dotted names.
    """
    root = json.parse(NOTE)
    assert [node.text for node in root.all("note.records.record.keyword")] == ["Å", "B"]
    assert [leaf.where for leaf in root.leaves()] == [
        "note.records.record[0].keyword",
        "note.records.record[1].keyword",
        "note.records.record[1].value[0]",
    ]


def test_items_of_a_nameless_array_are_called_item() -> None:
    """
    An array at the root, or directly in an array, has children called item.
    """
    root = json.parse(b'[{"a": [[1], []]}]')
    assert [leaf.where for leaf in root.leaves()] == ["item[0].a[0].item[0]"]


@pytest.mark.parametrize("digits", ["1.10", "1E400", "-0", "0.0", "12345678901234567890123", "1e-9"])
def test_numbers_keep_their_digits(digits: str) -> None:
    """
    A number is never a float: 1.10 stays 1.10, through the tree and through plain values.
    """
    raw = f'{{"v":{digits}}}'.encode()
    node = json.parse(raw).children[0]
    assert (node.kind, node.text) == ("number", digits)
    assert digits.encode() in json.write(json.parse(raw))
    assert json.write_plain(json.parse_plain(raw)) == raw


def test_plain_numbers_are_int_or_decimal() -> None:
    """
    Integers are int, decimals are Decimal: they compare and compute as numbers.
    """
    assert json.parse_plain(b"[5, 1.10, true, null]") == [5, Decimal("1.10"), True, None]
    assert json.write_plain([Decimal("2.50")]) == b"[2.50]"


def test_only_finite_decimals_are_written() -> None:
    """
    What is no JSON value is not written as something else.
    """
    with pytest.raises(TypeError):
        json.write_plain([Decimal("NaN")])
    with pytest.raises(TypeError):
        json.write_plain({"a": object()})


def test_a_byte_order_mark_is_accepted() -> None:
    """
    A UTF-8 BOM is not part of the text (RFC 8259 §8.1 lets a reader ignore it).
    """
    assert shape(json.parse(b"\xef\xbb\xbf" + NOTE)) == shape(json.parse(NOTE))


def test_scalars_at_the_root_are_read() -> None:
    """
    Any value may stand alone (RFC 8259 §2).
    """
    assert [(json.parse(raw).kind, json.parse(raw).text) for raw in (b'"a"', b"null", b"true", b"7")] == [
        ("string", "a"),
        ("null", None),
        ("boolean", "true"),
        ("number", "7"),
    ]


REFUSALS = [
    (b"", "empty-body", "", 0, 0),
    (b" \n", "empty-body", "", 0, 0),
    (b"\xef\xbb\xbf", "empty-body", "", 0, 0),
    ('{"a":"å"}'.encode("latin-1"), "wrong-charset", "", 1, 7),
    ('{"a":1}'.encode("utf-16"), "wrong-charset", "", 0, 0),
    ('{"a":1}'.encode("utf-16-le"), "wrong-charset", "", 0, 0),
    ('{"a":1}'.encode("utf-32"), "wrong-charset", "", 0, 0),
    ('{"a":1}'.encode("utf-32-be"), "wrong-charset", "", 0, 0),
    (b'{"a": {"b": 1', "truncated", "a.b", 1, 14),
    (b'{"a": "bc', "truncated", "a", 1, 7),
    (b'{"a":\n NaN}', "not-a-number", "a", 2, 2),
    (b"[1, -Infinity]", "not-a-number", "item[1]", 1, 5),
    (b'{"a":["\\ud83d"]}', "lone-surrogate", "a[0]", 1, 8),
    (b'{"a":["x\\\\\\uDE00"]}', "lone-surrogate", "a[0]", 1, 11),
    (b'{"a":{"b":1,\n"b":1}}', "duplicate-key", "a.b", 2, 5),
    (b'{"a":1} x', "not-json", "a", 1, 9),
    (b'{"a":1,}', "not-json", "a", 1, 8),
    (b"{'a':1}", "not-json", "", 1, 2),
    (b'{"a":"\t"}', "not-json", "a", 1, 7),
    (b'{"a" 1}', "not-json", "", 1, 6),
    (b"[" * 100_000, "too-deep", "", 1, 201),
    (b'{"a":' * 100_000, "too-deep", "", 1, 1001),
]


@pytest.mark.parametrize(("raw", "code", "where", "line", "column"), REFUSALS)
def test_what_is_no_message_is_refused_at_its_place(
    raw: bytes, code: str, where: str, line: int, column: int
) -> None:
    """
    Each kind of fault has its code, its path, line and column, and a sentence.
    """
    finding = refused(raw)
    assert (finding.code, finding.line, finding.column) == (code, line, column)
    assert finding.where == where or code == "not-json"
    assert finding.blocking
    assert finding.what.endswith(".")


def test_the_sentence_says_what_and_what_to_do() -> None:
    """
    One sentence asserted in full: place, fault, reason, remedy.
    """
    assert refused(b'{"a":1,"a":2}').what == (
        "Rad 1, kolumn 12: samma fältnamn står två gånger i samma objekt, och då är det oklart vilket värde "
        "som gäller. Skicka fältet en gång."
    )


@pytest.mark.parametrize("codec", ["utf-16", "utf-32", "utf-16-be"])
def test_the_likely_encoding_is_named(codec: str) -> None:
    """
    A sender who is told "UTF-16" knows what to change.
    """
    assert codec[:6].upper() in refused(NOTE.decode().encode(codec)).what


def test_latin_1_is_named() -> None:
    """
    Bytes that are not UTF-8 are most likely Latin-1 here.
    """
    assert "Latin-1" in refused('{"a":"ö"}'.encode("latin-1")).what


def test_a_large_message_is_refused_before_it_is_read() -> None:
    """
    The size is looked at first; 50 MB costs nothing.
    """
    assert refused(b"\xff" * 50_000_000).code == "too-large"


def test_many_values_are_refused_before_they_are_built() -> None:
    """
    The number of values is counted before anything is built; commas in texts do not count.
    """
    assert refused(b"[" + b"1," * 100_001 + b"1]").code == "too-large"
    assert json.parse_plain(b'["' + b"," * 200_000 + b'"]')


def test_a_number_out_of_reach_is_refused_as_plain_value() -> None:
    """
    An exponent that no decimal can hold stays text in a tree and is refused as a number.
    """
    raw = b'{"a":[1e99999999999999999999]}'
    assert json.parse(raw).children[0].text == "1e99999999999999999999"
    with pytest.raises(Unparsable) as told:
        json.parse_plain(raw)
    assert (told.value.finding.code, told.value.finding.where) == ("not-a-number", "a[0]")


def test_a_deep_text_is_refused_however_deep_the_caller_is() -> None:
    """
    Limits wider than the interpreter's stack still end in a refusal.
    """
    raw = b"[" * 50_000 + b"]" * 50_000
    assert refused(raw, Limits(max_depth=60_000)).code == "too-deep"


def test_an_xml_tree_is_written_as_json() -> None:
    """
    Attributes, texts and repeated names have their members; names that repeat without index are an array.
    """
    root = xml.parse(b'<a k="1">x<b/>y</a>')
    assert json.parse_plain(json.write(root)) == {"a": {"@k": "1", "#text": ["x", "y"], "b": ""}}
    assert json.parse_plain(json.write(xml.parse(b'<a k="1">x</a>'))) == {"a": {"@k": "1", "#text": "x"}}
    twice = Node("", "object", children=[Node("a", text=text) for text in "123"])
    assert json.parse_plain(json.write(twice)) == {"a": ["1", "2", "3"]}


def test_no_value_stands_in_the_sentence() -> None:
    """
    Patient data never stand in what a log may hold.
    """
    finding = refused(b'{"191212121212": 1, "191212121212": 2}')
    assert "1912" not in finding.what
