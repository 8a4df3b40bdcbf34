"""Narrative: the subset of XHTML that FHIR allows.

https://hl7.org/fhir/R4/narrative.html
"""

# ruff: noqa: SIM905 -- words in a row

from __future__ import annotations

import re
from xml.parsers import expat

from adapter.recalled import recalled
from adapter.validation.xml_tree import XHTML

ELEMENTS = frozenset(
    """
p br div h1 h2 h3 h4 h5 h6 a span b em i strong small big tt dfn q var abbr acronym cite blockquote hr address
bdo kbd sub sup ul ol li dl dt dd pre table caption colgroup col thead tr tfoot tbody th td
code samp img map area
""".split()
)
EVERYWHERE = frozenset(
    """
title style class id lang xml:lang dir accesskey tabindex
span width align valign char charoff abbr axis headers scope rowspan colspan
""".split()
)
SOME = {
    "a": frozenset("href name rel rev charset type hreflang shape coords".split()),
    "img": frozenset("src alt longdesc height usemap ismap border".split()),
    "map": frozenset({"name"}),
    "area": frozenset("shape coords href nohref alt".split()),
    "q": frozenset({"cite"}),
    "blockquote": frozenset({"cite"}),
    "pre": frozenset({"space"}),
    "table": frozenset("summary border frame rules cellspacing cellpadding".split()),
    "td": frozenset({"nowrap"}),
}
INSIDE = {
    "li": frozenset({"ul", "ol"}),
    "tr": frozenset({"table", "thead", "tfoot", "tbody"}),
    "td": frozenset({"tr", "thead", "tfoot"}),
    "th": frozenset({"tr", "thead", "tfoot"}),
    "dt": frozenset({"dl"}),
    "dd": frozenset({"dl"}),
    "col": frozenset({"colgroup", "table"}),
} | dict.fromkeys(["colgroup", "caption", "thead", "tbody", "tfoot"], frozenset({"table"}))
ONLY = {
    "ul": frozenset({"li"}),
    "ol": frozenset({"li"}),
    "dl": frozenset({"dd", "dt"}),
    "map": frozenset({"area"}),
    "table": frozenset("caption colgroup col thead tbody tfoot tr".split()),
    "tr": frozenset({"td", "th"}),
} | dict.fromkeys(["tbody", "thead", "tfoot"], frozenset({"tr"}))
INLINE = frozenset(
    "a b em i strong small big sub sup code tt dfn q var abbr acronym cite bdo kbd samp".split()
)
# What holds lines of text, the blocks that may not stand in it, and those that p may not hold besides.
LINES = INLINE | frozenset("span p h1 h2 h3 h4 h5 h6 pre address caption dd dt".split())
BLOCKS = frozenset("div pre table ul ol".split())
PARTS = BLOCKS | {"blockquote", "p"}
LEAVES = frozenset({"br", "hr", "img", "col", "area"})
REFUSED = frozenset({"javascript", "vbscript", "urn"})
_URL = re.compile(r"[\w;?:@&=+$.,/%~#\[\]!'()*|-]+|data:[^,]*,[^,]+")
_ENTITY = re.compile(r"&(?!amp;|lt;|gt;|quot;|apos;|#\d+;|#x[0-9a-fA-F]+;)(\w+);?")
ENTITIES = frozenset({"nbsp"})
LIMIT = 5_000_000
SHAPED = 50_000  # characters up to which a text is told by its shape
_WORDS = re.compile(r">\s*[^<>&\s][^<>&]*<")
_ID = re.compile(r' id="[^"<>&]+"')
_LIKE = re.compile(r'(<(\w+)(?: id="")?>x</\2>)\1+')


class _Reader:
    def __init__(self) -> None:
        self.faults: list[tuple[str, str]] = []
        self.has_content = False
        self.ids: set[str] = set()
        self.links: list[str] = []
        self.path: list[str] = []

    def start(self, name: str, attributes: dict[str, str]) -> None:
        namespace, _, local = name.rpartition(" ")
        if not self.path and (namespace != XHTML or local != "div"):
            self.faults.append(("narrative-root", name))
        elif namespace != XHTML or local not in ELEMENTS:
            self.faults.append(("narrative-element", local))
        elif self.path:
            self.place(local)
        if local == "img":
            self.has_content = True
        self.path.append(local)
        allowed = SOME.get(local, EVERYWHERE)
        for attribute, value in attributes.items():
            bare = attribute.rpartition(" ")[2]
            if bare not in EVERYWHERE and bare not in allowed:
                self.faults.append(("narrative-attribute", f"{local}.{bare}"))
            if bare in ("id", "name"):
                self.ids.add(value)
            elif bare in ("href", "src"):
                self.link(local, bare, value)

    def place(self, local: str) -> None:
        """What stands in what: cells in rows, items in lists, no blocks in a paragraph."""
        outer = self.path[-1]
        above = set(self.path)
        is_misplaced = (
            outer not in INSIDE.get(local, (outer,))
            or local not in ONLY.get(outer, (local,))
            or outer in LEAVES
            or (local in BLOCKS and not above.isdisjoint(LINES))
            or (local in PARTS and "p" in above)
            or (local in INLINE and local in above)
        )
        if is_misplaced:
            self.faults.append(("narrative-place", f"{outer}/{local}"))

    def link(self, local: str, attribute: str, value: str) -> None:
        if value.startswith("#"):
            self.links += [value[1:]] if value != "#" else []
        elif not _URL.fullmatch(value) or value.strip().partition(":")[0].lower() in REFUSED:
            self.faults.append(("narrative-attribute", f"{local}.{attribute}={value[:40]}"))

    def end(self, _name: str) -> None:
        self.path.pop()

    def text(self, data: str) -> None:
        if data.strip():
            self.has_content = True
            if self.path[-1] in ONLY or self.path[-1] in LEAVES:
                self.faults.append(("narrative-place", f"{self.path[-1]}/text"))

    def doctype(self, *_: object) -> None:
        self.faults.append(("narrative-xml", "DOCTYPE"))
        raise ValueError

    def instruction(self, *_: object) -> None:
        self.faults.append(("narrative-xml", "processing instruction"))


def narrative_faults(text: str) -> tuple[tuple[str, str], ...]:
    """What is wrong with a ``text.div``: (rule, detail) pairs, none when it is right."""
    if text.isprintable() and len(text) < SHAPED and not _of_shape(_shape(text)):
        return ()
    return _faults(text)


def _shape(text: str) -> str:
    """The markup with any words as one, any id as none, and like siblings as one: few texts differ in it."""
    shape = _WORDS.sub(">x<", text)
    if ' id="' in shape:
        shape = _ID.sub(' id=""', shape)
    return _LIKE.sub(r"\1", shape) if "<li" in shape else shape


@recalled(256)
def _of_shape(shape: str) -> bool:
    """Whether a text of this shape may have faults; a link hangs on the ids, so its text is read whole."""
    return "href=" in shape or "src=" in shape or bool(_faults(shape))


def _faults(text: str) -> tuple[tuple[str, str], ...]:
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
    reader.faults += [("narrative-link", link) for link in reader.links if link not in reader.ids]
    return tuple(dict.fromkeys(reader.faults))
