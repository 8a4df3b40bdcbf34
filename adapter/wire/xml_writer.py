"""``Node`` to XML: what the gate reads from it is the same tree."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from adapter.wire.node import Node

_XSI = "http://www.w3.org/2001/XMLSchema-instance"
_XML = "http://www.w3.org/XML/1998/namespace"
_NAME = re.compile(r"@?(?:\{([^{}]*)\})?(.+)", re.DOTALL)
_ILLEGAL = re.compile("[\0-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")
# \r must be a reference, or a reader makes it \n (XML 1.0 §2.11); in attributes \t and \n too (§3.3.3).
_IN_TEXT = str.maketrans({"&": "&amp;", "<": "&lt;", ">": "&gt;", "\r": "&#13;"})
_IN_ATTRIBUTE = _IN_TEXT | str.maketrans({'"': "&quot;", "\t": "&#9;", "\n": "&#10;"})


def write(node: Node) -> bytes:
    """A tree as UTF-8 XML with declaration; the nameless document root, or an element, can be given.

    Raises ValueError on a character that XML cannot hold (a control character, half a surrogate pair):
    it is never dropped in silence.
    """
    element = node.children[0] if node.kind == "document" else node
    prefixes: dict[str, str] = {_XML: "xml"}
    _collect(element, prefixes)
    declared = "".join(
        f' xmlns:{prefix}="{escaped_attribute(namespace)}"'
        for namespace, prefix in prefixes.items()
        if prefix != "xml"
    )
    parts = ['<?xml version="1.0" encoding="UTF-8"?>\n']
    _write(element, prefixes, declared, parts)
    return "".join(parts).encode()


def escaped(text: str) -> str:
    """A text as it stands between tags; ValueError on what XML cannot hold."""
    _refuse_illegal(text)
    return text.translate(_IN_TEXT)


def escaped_attribute(text: str) -> str:
    """A text as it stands within double quotes; ValueError on what XML cannot hold."""
    _refuse_illegal(text)
    return text.translate(_IN_ATTRIBUTE)


def _refuse_illegal(text: str) -> None:
    found = _ILLEGAL.search(text)
    if found:
        raise ValueError(f"U+{ord(found[0]):04X} cannot stand in XML")


def _collect(node: Node, prefixes: dict[str, str]) -> None:
    """Give every namespace in use a prefix; all are declared on the root."""
    namespace = _split(node.name)[0]
    if namespace and namespace not in prefixes:
        prefixes[namespace] = f"n{len(prefixes)}"
    if node.kind == "null":
        prefixes.setdefault(_XSI, "xsi")
    for child in node.children:
        _collect(child, prefixes)


def _split(name: str) -> tuple[str, str]:
    found = _NAME.fullmatch(name)
    return (found[1] or "", found[2]) if found else ("", name)


def _qualified(name: str, prefixes: dict[str, str]) -> str:
    namespace, local = _split(name)
    return f"{prefixes[namespace]}:{local}" if namespace else local


def _write(node: Node, prefixes: dict[str, str], declared: str, parts: list[str]) -> None:
    name = _qualified(node.name, prefixes)
    parts.append(f"<{name}{declared}")
    if node.kind == "null":
        parts.append(f' {prefixes[_XSI]}:nil="true"')
    for child in node.children:
        if child.name.startswith("@"):
            value = escaped_attribute(child.text or "")
            parts.append(f' {_qualified(child.name, prefixes)}="{value}"')
    parts.append(">" + escaped(node.text or ""))
    for child in node.children:
        if child.name == "#text":
            parts.append(escaped(child.text or ""))
        elif not child.name.startswith("@"):
            _write(child, prefixes, "", parts)
    parts.append(f"</{name}>")
