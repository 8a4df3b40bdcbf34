"""The sources we know: every folder in ``mappings/``, compiled at start-up.

A new source is a new folder; nothing here changes for it.
"""

from __future__ import annotations

import hashlib
import re
from importlib import resources
from importlib.machinery import SourceFileLoader
from pathlib import Path
from types import ModuleType
from typing import TYPE_CHECKING, Any

import yaml

from adapter.domain.keywords import vocabulary
from adapter.envelope import Envelope
from adapter.errors import MappingError, Unparsable
from adapter.mapping import compile_plan
from adapter.pipeline import Source
from adapter.wire import hl7v2, json, soap, xml
from adapter.wire.hl7v2_header import read_header, stripped

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from adapter.domain.keywords import Vocabulary
    from adapter.mapping import Plan
    from adapter.wire.node import Node

KEYWORDS = "keywords/overenskommelse.yaml"
TEXTS = (".yaml", ".py")
_BLANK = b" \t\r\n"
_MARKS = (b"\xef\xbb\xbf", b"\xff\xfe", b"\xfe\xff")


def load_sources(folder: Path | None = None) -> dict[str, Source]:
    """Every source of a folder of mappings by name; without one, those that come with the program.

    Raises MappingError (``<source>/<file>:<line>: …``) for the first mistake in any of them.
    """
    home = folder or mappings_home()
    keywords = _keywords(home).read_text(encoding="utf-8")
    words = _vocabulary(keywords)
    names = sorted(path.parent.name for path in home.glob("*/source.yaml"))
    return {name: _source(home / name, words, keywords) for name in names}


def _source(folder: Path, words: Vocabulary, keywords: str) -> Source:
    """One source from its folder; the shared keywords count among its files."""
    files = {
        path.relative_to(folder).as_posix(): path.read_text(encoding="utf-8")
        for path in sorted(folder.rglob("*"))
        if path.suffix in TEXTS and "__pycache__" not in path.parts
    }
    files[KEYWORDS] = keywords
    plan = compile_plan(folder.name, files, _hooks(folder), words)
    about = plan.about
    return Source(
        name=folder.name,
        title=about.title,
        owner=about.owner,
        version=about.version,
        formats=about.formats,
        parse=parser(plan),
        plan=plan,
        vocabulary=words,
        example=about.example,
        phones=about.phones,
        is_internal=about.is_internal,
        envelope=hl7v2_envelope if about.formats == ("hl7",) else None,
    )


def hl7v2_envelope(raw: bytes) -> Envelope | None:
    """MSH-3, MSH-4 and MSH-10 are what a message of HL7 v2 is known by, whatever else can be read of it."""
    header = read_header(raw)
    if header is None or not header.identity:
        return None
    return Envelope(id=header.identity, content=hashlib.sha256(raw).hexdigest())


def _keywords(home: Path) -> Path:
    """The keyword tree that all sources share; the program's own when the folder has none."""
    there = home / KEYWORDS
    return there if there.exists() else mappings_home() / KEYWORDS


def _vocabulary(keywords: str) -> Vocabulary:
    try:
        return vocabulary(yaml.load(keywords, Loader=yaml.BaseLoader))  # noqa: S506 - texts only
    except (yaml.YAMLError, ValueError) as problem:
        raise MappingError(f"{KEYWORDS}:1: {problem}") from problem


def mappings_home() -> Path:
    """``mappings/`` beside the package in the tree, ``adapter/_mappings`` in a wheel."""
    package = Path(str(resources.files("adapter")))
    for home in (package / "_mappings", package.parent / "mappings"):
        if home.is_dir():
            return home
    raise MappingError("mappings: the folder is missing; install the package again")


def recognise(raw: bytes, sources: Mapping[str, Source]) -> str | None:
    """The source whose own description (``recognised_by``) fits the message, or None.

    ``place`` must say something, ``place=text`` must say just that.
    """
    for name, source in sources.items():
        if source.is_internal or format_of(raw) not in source.formats:
            continue
        try:
            message = source.parse(raw)
        except Unparsable:
            continue
        if any(_has(message, paths) for paths in source.plan.about.recognised_by):
            return name
    return None


def parser(plan: Plan) -> Callable[[bytes], Node]:
    """Bytes to tree as the source writes; the first character tells JSON from XML when it may be both.

    HL7 v2 stands alone: no source has it beside another.
    XML in a SOAP envelope is its Body; a SOAP fault is ``Unparsable``.
    """
    namespaces = frozenset(plan.about.namespaces) | soap.SOAP_NAMESPACES

    def read_xml(raw: bytes) -> Node:
        return soap.body(xml.parse(raw, namespaces))

    if plan.about.formats == ("json",):
        return json.parse
    if plan.about.formats == ("hl7",):
        return hl7v2.parse
    if plan.about.formats == ("xml",):
        return read_xml
    return lambda raw: read_xml(raw) if format_of(raw) == "xml" else json.parse(raw)


def format_of(raw: bytes) -> str:
    """Which of the formats the first characters look like: hl7, xml or json."""
    start = raw[:1000]
    for mark in _MARKS:
        start = start.removeprefix(mark)
    if stripped(start).startswith(b"MSH"):
        return "hl7"
    return "xml" if start.replace(b"\0", b"").lstrip(_BLANK).startswith(b"<") else "json"


def _has(message: Node, paths: tuple[str, ...]) -> bool:
    return all(
        any(_fits(leaf, value) for node in message.all(place) for leaf in node.leaves())
        for place, _, value in (path.partition("=") for path in paths)
    )


def _fits(leaf: Node, value: str) -> bool:
    return not value or leaf.text == value


def _hooks(folder: Path) -> dict[str, Any]:
    """``HOOKS`` of the folder's hooks.py, loaded under a private name."""
    path = folder / "hooks.py"
    if not path.exists():
        return {}
    name = "_overens_hooks_" + re.sub(r"\W", "_", folder.name)
    module = ModuleType(name)
    module.__file__ = str(path)
    try:
        SourceFileLoader(name, str(path)).exec_module(module)
    except Exception as problem:  # whatever a stranger's file raises stops the start with its name
        line = getattr(problem, "lineno", None) or 1
        raise MappingError(f"{folder.name}/hooks.py:{line}: {type(problem).__name__}: {problem}") from problem
    if not hasattr(module, "HOOKS"):
        raise MappingError(f"{folder.name}/hooks.py:1: HOOKS is missing; it names the functions")
    hooks: dict[str, Any] = module.HOOKS
    return hooks
