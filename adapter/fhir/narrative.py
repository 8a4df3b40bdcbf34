"""Narrative (https://hl7.org/fhir/R4/narrative.html): a view as XHTML, every text escaped.

The same characters that a FHIR string may hold may stand here: the draft has replaced the others.
"""

from __future__ import annotations

import re
from typing import Final

from adapter.fhir.element import Json
from adapter.fhir.page import Section, Sentence, View

_OPEN: Final = '<div xmlns="http://www.w3.org/1999/xhtml" lang="sv" xml:lang="sv">'
_ILLEGAL = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")


def narrative(view: View) -> Json:
    """Give the ``text`` of a resource."""
    lead = "".join([_paragraph(sentence) for sentence in view.lead])
    sections = "".join([_section(section) for section in view.sections])
    return {"status": "generated", "div": f"{_OPEN}{lead}{sections}</div>"}


def told(*texts: str) -> Json:
    """A narrative of a few plain sentences; the ids are t1, t2 and so on."""
    if len(texts) == 1:
        return {"status": "generated", "div": f'{_OPEN}<p id="t1">{escaped(texts[0])}</p></div>'}
    lead = "".join([f'<p id="t{n}">{escaped(text)}</p>' for n, text in enumerate(texts, 1) if text])
    return {"status": "generated", "div": f"{_OPEN}{lead}</div>"}


def escaped(text: str) -> str:
    """A text as XHTML character data; line breaks stay seen."""
    if "&" in text or "<" in text or ">" in text or '"' in text:  # asking costs half of replacing
        text = text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;").replace('"', "&quot;")
    if text.isprintable():  # no line breaks, nothing illegal: nearly always
        return text
    text = _ILLEGAL.sub("\ufffd", text)
    return text.replace("\r\n", "\n").replace("\r", "\n").replace("\n", "<br/>")


def _section(section: Section) -> str:
    if not section.is_list:
        lines = "".join([_paragraph(sentence) for sentence in section.sentences])
    else:
        items = "".join([f'<li id="{s.id}">{escaped(s.text)}</li>' for s in section.sentences])
        lines = f"<ul>{items}</ul>"
    return f'<h3 id="{section.id}">{escaped(section.heading)}</h3>{lines}'


def _paragraph(sentence: Sentence) -> str:
    return f'<p id="{sentence.id}">{escaped(sentence.text)}</p>'
