"""JSON to ``Node`` and back, strictly, with every digit kept.

RFC 8259 (https://www.rfc-editor.org/rfc/rfc8259), stricter where it leaves a choice: a name stands once
in an object, and a lone surrogate is no text. The reading is done by the C scanner of the standard library,
whose hooks build the tree; what it says of a fault is put into Swedish in ``json_refusal``.
"""

from __future__ import annotations

from decimal import Decimal, InvalidOperation
from json import JSONDecodeError, JSONDecoder
from typing import Any, NoReturn, Self

import orjson

from adapter.wire import json_refusal
from adapter.wire.charset import utf8_text
from adapter.wire.limits import DEFAULT, Limits
from adapter.wire.node import Node
from adapter.wire.refusal import refuse_size

_AT = json_refusal.AT
_INT64_DIGITS = 18  # an integer of so many digits surely fits what orjson writes


class Number(Decimal):
    """A decimal that is written back as it was read: ``1.10`` and ``1E400`` stay so."""

    __slots__ = ("text",)
    text: str

    def __new__(cls, text: str) -> Self:
        """Make it of its digits; InvalidOperation when the exponent is out of reach."""
        number = super().__new__(cls, text)
        number.text = text
        return number


def parse(raw: bytes, limits: Limits = DEFAULT) -> Node:
    """The tree of a JSON text, or ``Unparsable``; never a half-read one."""
    return _tree(_read(raw, limits, _TREE))


def parse_plain(raw: bytes, limits: Limits = DEFAULT) -> Any:
    """The dicts and lists of a JSON text, as strict as ``parse``.

    Integers up to 18 digits are ``int``; every other number is a ``Number``, a ``Decimal`` that
    ``write_plain`` gives back verbatim (FHIR keeps the precision of a decimal, http://hl7.org/fhir/R4/datatypes.html#decimal).
    """
    return _read(raw, limits, _PLAIN)


def write(node: Node) -> bytes:
    """The tree as indented UTF-8; what ``parse`` reads from it is the same tree."""
    return orjson.dumps(_value(node), option=orjson.OPT_INDENT_2)


def write_plain(value: Any) -> bytes:
    """Dicts and lists as compact UTF-8, numbers as they were read."""
    return orjson.dumps(value, verbatim)


def verbatim(value: object) -> orjson.Fragment:
    """For ``orjson.dumps(default=…)``: a decimal as it was read, any other Decimal in plain digits."""
    if isinstance(value, Number):
        return orjson.Fragment(value.text)
    if isinstance(value, Decimal) and value.is_finite():
        return orjson.Fragment(format(value, "f"))
    raise TypeError(type(value).__name__)


def _read(raw: bytes, limits: Limits, decoder: JSONDecoder) -> Any:
    refuse_size(raw, limits, _AT)
    text = utf8_text(raw, _AT)
    json_refusal.refuse_excess(raw, text, limits)
    try:
        value = decoder.decode(text)
    except JSONDecodeError as problem:
        raise json_refusal.not_json(problem) from None
    except _Constant:
        raise json_refusal.not_a_number(text) from None
    except _Repeated:
        raise json_refusal.duplicate_key(text) from None
    except RecursionError:
        raise json_refusal.too_deep(text, limits) from None
    except InvalidOperation:
        raise json_refusal.number_out_of_reach(text) from None
    if b"\\" in raw and (b"\\ud" in raw or b"\\uD" in raw):
        json_refusal.refuse_lone_surrogates(text)
    return value


class _Constant(Exception):
    """NaN or Infinity was met."""


class _Repeated(Exception):
    """A name stood twice in one object."""


class _Digits(str):
    """A number while the tree is being built."""

    __slots__ = ()


def _refuse_constant(name: str) -> NoReturn:
    raise _Constant(name)


def _object(pairs: list[tuple[str, Any]]) -> Node:
    """One object, its values already read: the scanner works from the inside out."""
    if len(pairs) > 1 and len(dict(pairs)) != len(pairs):
        raise _Repeated
    node = Node("", "object")
    add = node.children.append
    for name, value in pairs:
        kind = type(value)
        if kind is str:
            add(Node(name, "string", value, [], node))
        elif kind is Node:
            value.name = name
            value.parent = node
            add(value)
        elif kind is list and value:
            _add_items(name, value, node)
        else:
            add(_leaf(name, value, node))
    return node


def _add_items(name: str, values: list[Any], parent: Node) -> None:
    for index, value in enumerate(values):
        kind = type(value)
        if kind is Node:
            value.name = name
            value.parent = parent
            child = value
        elif kind is list:
            child = Node(name, "array", None, [], parent)
            _add_items("item", value, child)
        else:
            child = _leaf(name, value, parent)
        child.index = index
        parent.children.append(child)


def _leaf(name: str, value: object, parent: Node | None) -> Node:
    if type(value) is _Digits:
        return Node(name, "number", str(value), [], parent)
    if isinstance(value, str):
        return Node(name, "string", value, [], parent)
    if value is None:
        return Node(name, "null", None, [], parent)
    if isinstance(value, bool):
        return Node(name, "boolean", "true" if value else "false", [], parent)
    return Node(name, "array", None, [], parent)  # an empty array


def _tree(value: Any) -> Node:
    if isinstance(value, Node):
        return value
    root = _leaf("", value, None)
    if isinstance(value, list):
        _add_items("item", value, root)
    return root


def _plain_object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) != len(pairs):
        raise _Repeated
    return found


def _plain_integer(digits: str) -> int | Number:
    return int(digits) if len(digits) <= _INT64_DIGITS and digits != "-0" else Number(digits)


class _Items(list[Any]):
    """The values of one array, told apart from a value that is a list itself."""

    __slots__ = ()


def _value(node: Node) -> Any:
    if node.kind == "array":
        return [_value(child) for child in node.children]
    if node.children:
        return _members(node)
    if node.kind == "number":
        return orjson.Fragment(node.text or "0")
    if node.kind == "boolean":
        return node.text == "true"
    return {} if node.kind in {"object", "document"} else node.text


def _members(node: Node) -> dict[str, Any]:
    """Children by name; those that have an index or share a name become an array."""
    found: dict[str, Any] = {}
    for child in node.children:
        value = _value(child)
        held = found.get(child.name, found)
        if type(held) is _Items:
            held.append(value)
        elif held is not found:
            found[child.name] = _Items([held, value])
        else:
            found[child.name] = _Items([value]) if child.index >= 0 else value
    if node.text:
        found["#text"] = node.text
    return found


_TREE = JSONDecoder(
    object_pairs_hook=_object, parse_float=_Digits, parse_int=_Digits, parse_constant=_refuse_constant
)
_PLAIN = JSONDecoder(
    object_pairs_hook=_plain_object,
    parse_float=Number,
    parse_int=_plain_integer,
    parse_constant=_refuse_constant,
)
