"""Narrative: the subset of XHTML that FHIR allows. https://hl7.org/fhir/R4/narrative.html"""

from __future__ import annotations

import re
from functools import lru_cache
from xml.parsers import expat

from adapter.validation.xml_tree import XHTML

ELEMENTS = frozenset(
    "p br div h1 h2 h3 h4 h5 h6 a span b em i strong small big tt dfn q var abbr acronym cite blockquote hr address bdo "
    "kbd sub sup ul ol li dl dt dd pre table caption colgroup col thead tr tfoot tbody th td code samp img map area "
    "ins del font label u s strike center".split()
) - {"font", "label", "u", "s", "strike", "center"}
EVERYWHERE = frozenset({"title", "style", "class", "id", "lang", "dir", "accesskey", "tabindex", "xml:lang", "idref"})
TABLE = frozenset({"span", "width", "align", "valign", "char", "charoff", "abbr", "axis", "headers", "scope", "rowspan", "colspan", "border", "cellpadding", "cellspacing", "summary", "frame", "rules", "bgcolor", "nowrap", "height"})  # noqa: E501 one list
SOME: dict[str, frozenset[str]] = {
    "a": frozenset({"href", "name", "rel", "rev", "charset", "type", "hreflang", "target"}),
    "img": frozenset({"src", "alt", "longdesc", "width", "height", "usemap", "ismap", "border", "align"}),
    "map": frozenset({"name"}),
    "area": frozenset({"shape", "coords", "href", "nohref", "alt"}),
    "bdo": frozenset({"dir"}),
    "q": frozenset({"cite"}),
    "blockquote": frozenset({"cite"}),
    "ins": frozenset({"cite", "datetime"}),
    "del": frozenset({"cite", "datetime"}),
    "pre": frozenset({"space", "width"}),
    "ul": frozenset({"type", "compact"}),
    "ol": frozenset({"type", "start", "compact"}),
    "li": frozenset({"type", "value"}),
    "hr": frozenset({"align", "noshade", "size", "width"}),
    "br": frozenset({"clear"}),
    "div": frozenset({"align"}),
    "p": frozenset({"align"}),
} | dict.fromkeys(("table", "caption", "colgroup", "col", "thead", "tr", "tfoot", "tbody", "th", "td"), TABLE)
_ENTITY = re.compile(r"&(?!amp;|lt;|gt;|quot;|apos;|#\d+;|#x[0-9a-fA-F]+;)(\w+);?")
ENTITIES = frozenset({"nbsp"})
LIMIT = 5_000_000


class _Reader:
    def __init__(self) -> None:
        self.faults: list[tuple[str, str]] = []
        self.depth = 0
        self.has_content = False
        self.ids: set[str] = set()
        self.links: list[str] = []

    def start(self, name: str, attributes: dict[str, str]) -> None:
        namespace, _, local = name.rpartition(" ")
        if self.depth == 0 and (namespace != XHTML or local != "div"):
            self.faults.append(("narrative-root", name))
        elif namespace != XHTML or local not in ELEMENTS:
            self.faults.append(("narrative-element", local))
        if local == "img":
            self.has_content = True
        self.depth += 1
        allowed = SOME.get(local, EVERYWHERE)
        for attribute, value in attributes.items():
            bare = attribute.rpartition(" ")[2]
            if bare not in EVERYWHERE and bare not in allowed:
                self.faults.append(("narrative-attribute", f"{local}.{bare}"))
            elif bare in ("href", "src") and value.strip().lower().startswith(("javascript:", "vbscript:")):
                self.faults.append(("narrative-attribute", f"{local}.{bare}"))

    def end(self, _name: str) -> None:
        self.depth -= 1

    def text(self, data: str) -> None:
        if not self.has_content and data.strip():
            self.has_content = True

    def doctype(self, *_: object) -> None:
        self.faults.append(("narrative-xml", "DOCTYPE"))
        raise ValueError

    def instruction(self, *_: object) -> None:
        self.faults.append(("narrative-xml", "processing instruction"))


@lru_cache(maxsize=256)
def narrative_faults(text: str) -> tuple[tuple[str, str], ...]:
    """What is wrong with a ``text.div``: (rule, detail) pairs, none when it is right."""
    if len(text) > LIMIT:
        return (("narrative-xml", "too long"),)
    reader = _Reader()
    if "&" in text and (found := _ENTITY.search(text)):
        return (("narrative-entity", found.group()),)
    parser = expat.ParserCreate(namespace_separator=" ")
    parser.StartElementHandler, parser.EndElementHandler = reader.start, reader.end
    parser.CharacterDataHandler, parser.StartDoctypeDeclHandler = reader.text, reader.doctype
    parser.ProcessingInstructionHandler = reader.instruction
    try:
        parser.Parse(text.encode("utf-8", "surrogatepass"), True)
    except (expat.ExpatError, ValueError) as problem:
        if not reader.faults:
            reader.faults.append(("narrative-xml", str(problem)))
        return tuple(reader.faults)
    if not reader.has_content:
        reader.faults.append(("txt-2", ""))
    return tuple(dict.fromkeys(reader.faults))
