"""``wire.positions``: line and column of places, on demand."""

from __future__ import annotations

import pytest

from adapter.findings import Finding
from adapter.wire import json, xml
from adapter.wire.json_places import end_of, offsets
from adapter.wire.node import Node
from adapter.wire.positions import locate, located, spans

NOTE = b'{"a": 1,\n "b": [ {"c":\n "x"}, 2 ]}'


def test_places_in_json_are_where_the_values_start() -> None:
    """
    1-based; a place within a text or a DocBook is where the text starts.
    """
    assert locate(NOTE, ["a", "b[0].c", "b[1]#L2", "b[0].c#section[0].para[1]", "b", "no"]) == {
        "a": (1, 7),
        "b": (2, 7),
        "b[0].c": (3, 2),
        "b[0].c#section[0].para[1]": (3, 2),
        "b[1]#L2": (3, 8),
    }


def test_places_in_xml_are_where_the_tags_start() -> None:
    """
    With the source's namespaces exactly, without them by local name.
    """
    raw = b'\xef\xbb\xbf<a xmlns:x="u.v">\n <x:b>1</x:b>t</a>'
    assert locate(raw, ["a.{u.v}b#L1", "a.#text[1]"], frozenset()) == {
        "a.{u.v}b#L1": (2, 2),
        "a.#text[1]": (1, 1),
    }
    assert locate(raw, ["a.{u.v}b", "a.b"]) == {"a.{u.v}b": (2, 2), "a.b": (2, 2)}


def test_nothing_is_located_in_what_cannot_be_read() -> None:
    """
    Broken XML has no places; broken JSON has those up to the fault.
    """
    assert locate(b"<a><b></a>", ["a"]) == {}
    assert locate(b'{"a": 1, "b', ["a", "b"]) == {"a": (1, 7)}
    assert locate(b"", []) == {}
    assert locate(b'{"a\\q": 1}', ["a"]) == {}


def test_findings_get_line_and_column() -> None:
    """
    What is known already stays; what cannot be found stays 0.
    """
    told = (
        Finding("x", "b[0].c", "", "."),
        Finding("x", "a", "", ".", line=9, column=9),
        Finding("x", "zz", "", "."),
        Finding("x", "", "", "."),
    )
    assert [(finding.line, finding.column) for finding in located(NOTE, told, json.parse(NOTE))] == [
        (3, 2),
        (9, 9),
        (0, 0),
        (0, 0),
    ]


def test_findings_in_xml_stand_where_the_nodes_of_the_message_stand() -> None:
    """
    Also those above the part of the tree that is the message; what is not in it stays 0.
    """
    raw = b"<a>\n <h/>\n <b><c>1</c><c>2</c></b></a>"
    tree = xml.parse(raw)
    (body,) = tree.all("a.b")
    told = (
        Finding("x", "a.b.c[1]#L1", "", "."),
        Finding("x", "a.h", "", "."),
        Finding("x", "a.b.d", "", "."),
        Finding("x", "a.b", "", ".", line=9, column=9),
    )
    found = located(raw, told, body)
    assert [(finding.line, finding.column) for finding in found] == [(3, 13), (2, 2), (0, 0), (9, 9)]


def test_a_node_finds_its_first() -> None:
    """
    The first node at a path, or none; the dot is the node itself.
    """
    root = Node("", "object", children=[Node("a", text="1"), Node("a", text="2"), Node("b", text=" ")])
    first = root.first("a")
    assert first is not None
    assert first.text == "1"
    assert root.first("c") is None
    assert root.all(".") == [root]
    assert [leaf.text for leaf in root.leaves()] == ["1", "2"]


def test_a_record_stands_on_its_first_to_its_last_line() -> None:
    """
    JSON ends with its bracket, XML with the last line that says something; a text of several lines counts.
    """
    raw = b'\xef\xbb\xbf[\n {"a":\n  {"b": 1}},\n {"a": {"b": 2,\n "c": 3\n }}]\n'
    places = {"item[0].a", "item[1]", "item[7]"}
    assert spans(raw, places, json.parse(raw)) == {"item[0].a": (3, 3), "item[1]": (4, 6)}
    assert spans(raw, {""}, json.parse(raw)) == {"": (1, 6)}
    raw = b"<r>\n<a>\n<b>x\ny</b>\n</a>\n<a>\n<b>z</b></a><a/></r>"
    found = spans(raw, {"r.a[0]", "r.a[1]", "r.a[2]"}, xml.parse(raw))
    assert found == {"r.a[0]": (2, 4), "r.a[1]": (6, 7), "r.a[2]": (7, 7)}


ODD = (
    b'[[1,[2,{"a":[[3]],"item":[{"b":1}\n]}\n]\n]\n]\n ',
    b'{"a":[],"b":{"c":[{}\n]}}',
    b"[[],\n[]]",
    b'{"item":[[{"x":\n1}\n],[\n]]}',
    b'[{"a":1},{"b":[\n1,\n2\n]\n}\n]',
)


@pytest.mark.parametrize("raw", [NOTE, *ODD])
def test_a_value_spans_the_lines_from_its_first_sign_to_its_last(raw: bytes) -> None:
    """
    What ends where the message ends is found from the end, and comes out as when it is read through.
    """
    message = json.parse(raw)
    text = raw.decode()
    pending, places = [message], set[str]()
    while pending:
        places.add(pending[-1].where)
        pending += pending.pop().children
    starts = offsets(text, places)
    assert spans(raw, places, message) == {
        place: (1 + text.count("\n", 0, start), 1 + text.count("\n", 0, end_of(text, start)))
        for place, start in starts.items()
    }
    assert starts
