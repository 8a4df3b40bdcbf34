"""Laws of the wire that hold for every tree and every text (generated)."""

from __future__ import annotations

import json as stdlib_json
from contextlib import suppress
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from adapter.errors import Unparsable
from adapter.wire import json, xml
from adapter.wire.node import Node, segment, steps
from adapter.wire.positions import locate

settings.register_profile("wire", deadline=None, max_examples=150)
settings.load_profile("wire")

TEXT = st.text(st.characters(exclude_categories=["Cs"]))
XML_TEXT = st.text(
    st.characters(
        exclude_categories=["Cs", "Cc"],
        include_characters="\t\n\r\x85",
        exclude_characters="\ufffe\uffff",
    )
)
NAMES = st.sampled_from(["a", "b", "a.b", "a[0]", "", "#text", "{u.v}c", "d\\", '"', "item", "@k", "å"])
NUMBERS = st.from_regex(r"-?(0|[1-9][0-9]{0,20})(\.[0-9]{1,5})?([eE][+-]?[0-9]{1,3})?", fullmatch=True)


def jsons() -> st.SearchStrategy[Any]:
    """JSON texts, built as texts so that numbers keep their digits."""
    leaves = st.one_of(TEXT.map(stdlib_json.dumps), NUMBERS, st.sampled_from(["true", "false", "null"]))
    return st.recursive(
        leaves,
        lambda inner: st.one_of(
            st.lists(inner, max_size=4).map(lambda items: f"[{', '.join(items)}]"),
            st.dictionaries(NAMES, inner, max_size=4).map(
                lambda pairs: (
                    "{\n" + ", ".join(f"{stdlib_json.dumps(k)}: {v}" for k, v in pairs.items()) + "}"
                )
            ),
        ),
        max_leaves=20,
    )


@st.composite
def elements(draw: st.DrawFn, depth: int = 3) -> str:
    """XML elements as texts, with attributes, mixed content, comments, instructions and CDATA."""
    name = draw(st.sampled_from(["a", "b", "a.b", "x:c"]))
    attribute = draw(st.sampled_from(["", ' k="1"', ' x:k="2" k="3"', ' l="&#10;"']))
    count = draw(st.integers(0, 4)) if depth else 0
    inner = [draw(elements(depth=depth - 1)) for _ in range(count)]
    between = [
        draw(st.sampled_from(["", "\n ", "t", " u ", "<!--c-->", "<?p i?>v", "<![CDATA[<]]>"])) for _ in inner
    ]
    mixed = "".join(text + child for text, child in zip(between, inner, strict=True))
    return f"<{name}{attribute}>{mixed}{'' if inner else draw(st.sampled_from(['', 'x', ' y ']))}</{name}>"


def documents() -> st.SearchStrategy[bytes]:
    """Whole documents with one namespace besides none."""
    return elements().map(lambda inner: f'<r xmlns:x="urn:x.y">{inner}</r>'.encode())


def shape(node: Node) -> tuple[object, ...]:
    """What a tree says, without places."""
    return (node.name, node.kind, node.text, node.index, [shape(child) for child in node.children])


def below(node: Node) -> list[Node]:
    """Every node below one, in document order."""
    return [found for child in node.children for found in (child, *below(child))]


@given(jsons())
def test_a_json_tree_is_read_back_as_it_was_written(text: str) -> None:
    """
    Parse ∘ write ∘ parse = parse, digits and all.
    """
    tree = json.parse(text.encode())
    assert shape(json.parse(json.write(tree))) == shape(tree)


@given(jsons())
def test_plain_json_is_read_back_as_it_was_written(text: str) -> None:
    """
    Dicts and lists come back the same, and say the same as the standard reader's.
    """
    value = json.parse_plain(text.encode())
    again = json.write_plain(value)
    assert json.write_plain(json.parse_plain(again)) == again
    assert stdlib_json.loads(again) == stdlib_json.loads(text)


@given(documents())
def test_an_xml_tree_is_read_back_as_it_was_written(raw: bytes) -> None:
    """
    Parse ∘ write ∘ parse = parse, with mixed content and namespaces.
    """
    tree = xml.parse(raw, frozenset())
    assert shape(xml.parse(xml.write(tree), frozenset())) == shape(tree)


@given(XML_TEXT)
def test_any_text_goes_through_xml_unchanged(text: str) -> None:
    """
    Text and attribute keep every character, line breaks and carriage returns too.
    """
    root = Node("", "document")
    root.children.append(Node("a", text=text, children=[Node("@k", "attribute", text)]))
    element = xml.parse(xml.write(root)).children[0]
    assert (element.text, element.children[0].text) == (text, text)


@given(
    st.lists(XML_TEXT, min_size=1), st.lists(st.sampled_from(["<!-- - -->", "<?p ?>", "<!---->"]), min_size=1)
)
def test_what_is_inserted_into_a_text_never_changes_it(parts: list[str], noise: list[str]) -> None:
    """
    Comments, processing instructions and CDATA splits anywhere in a text give the same text.
    """
    split = "".join(
        (_cdata(part) if at % 2 else part.translate(ESCAPES)) + noise[at % len(noise)]
        for at, part in enumerate(parts)
    )
    assert xml.parse(f"<a>{split}</a>".encode()).children[0].text == "".join(parts)


ESCAPES = str.maketrans({"&": "&amp;", "<": "&lt;", ">": "&gt;", "\r": "&#13;"})


def _cdata(text: str) -> str:
    halves = text.split("\r")
    return "&#13;".join("<![CDATA[" + half.replace("]]>", "]]]]><![CDATA[>") + "]]>" for half in halves)


@given(jsons())
def test_json_places_are_unique_and_located(text: str) -> None:
    """
    No two nodes share a path, and the scan on demand finds each value where it starts.
    """
    raw = text.encode()
    nodes = below(json.parse(raw))
    wheres = [node.where for node in nodes]
    assert len(set(wheres)) == len(wheres)
    found = locate(raw, wheres)
    assert set(found) == set(wheres)
    lines = text.split("\n")
    for node in nodes:
        line, column = found[node.where]
        rest = "\n".join([lines[line - 1][column - 1 :], *lines[line:]])
        assert _starts_with(rest, node)


def _starts_with(rest: str, node: Node) -> bool:
    if node.kind in {"object", "array"}:
        return rest.startswith("{" if node.kind == "object" else "[")
    value, _ = stdlib_json.JSONDecoder(parse_int=str, parse_float=str).raw_decode(rest)
    return value in (node.text, node.text == "true")


@given(documents())
def test_xml_places_are_unique_and_located(raw: bytes) -> None:
    """
    No two nodes share a path, and each is found at the line and column of its tag.
    """
    nodes = below(xml.parse(raw, frozenset()))
    assert len({node.where for node in nodes}) == len(nodes)
    found = locate(raw, [node.where for node in nodes], frozenset())
    assert found == {node.where: (node.line, node.column) for node in nodes}


@given(st.lists(TEXT | NAMES, min_size=1))
def test_a_path_of_names_is_taken_apart_again(names: list[str]) -> None:
    """
    Whatever the names hold, their path has as many steps.
    """
    assert steps(".".join(map(segment, names))) == names or "#text" in "".join(names)


@given(st.binary(max_size=200))
def test_any_bytes_are_read_or_refused(raw: bytes) -> None:
    """
    No input makes a gate do anything but read or refuse.
    """
    for parse in (json.parse, json.parse_plain, xml.parse):
        with suppress(Unparsable):
            parse(raw)
    assert set(locate(raw, ["a"])) <= {"a"}
