"""The keyword tree (sökordsträd) of a journal note, and the vocabulary that knows its words.

Which words mean which part of an agreement stands in ``mappings/keywords/overenskommelse.yaml``,
the same for every source and in both directions.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator, Mapping
from enum import StrEnum
from typing import Any

from adapter.domain.origin import Traced
from adapter.frozen import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class KeywordValue(Traced):
    """One value under a keyword, verbatim. ``kind`` is the sender's word for its type."""

    text: str
    kind: str = "Text"


@dataclass(frozen=True, slots=True, kw_only=True)
class Keyword(Traced):
    """One keyword (sökord) with its values and the keywords under it; titles as written."""

    title: str
    values: tuple[KeywordValue, ...] = ()
    children: tuple[Keyword, ...] = ()
    tool: str = "Text"  # keywordToolType
    units: tuple[str, ...] = ()
    ranges: tuple[str, ...] = ()
    secrecy_levels: tuple[str, ...] = ()


class Role(StrEnum):
    """What a keyword means in an agreement (canonical-models §3)."""

    AGREEMENT = "agreement"
    VALIDITY = "validity"
    VALID_UNTIL = "valid-until"  # "Gäller till": the title itself says that the date is an end
    PATIENT_PART = "patient-part"
    CARE_PART = "care-part"
    CARE_CONTACT = "care-contact"
    PHYSICIAN = "physician"
    SOCIAL_CARE_CONTACT = "social-care-contact"
    COORDINATING_CONTACT = "coordinating-contact"
    CONTACT_WAYS = "contact-ways"
    NEXT_STEPS = "next-steps"
    JOINT_PLANS = "joint-plans"
    JOINT_PLAN = "joint-plan"  # the title is the plan's name: "SIP", "Självvald inläggning"


_MARKS = re.compile(  # "?" is what a narrower charset makes of the others
    "^[\\s?▼▽▾▿▸▹►▶⏷⌄˅∨✓✔☑☐□■•●▪◦‣·*>»›–—\ufe0e\ufe0f-]+|[\\s:;.…*▼▾✓✔☑\ufe0e\ufe0f]+$"
)
_LEADING = " ▼▽▾▸▹►▶✓✔☑•●▪◦‣·*–—-"  # those that templates use


def normalise(title: str) -> str:
    """A title as it is compared: NFC, single spaces, no marks before or colon after, case folded.

    Signs that cannot be seen, as a soft hyphen or a zero-width space, are no part of it.
    """
    seen = title if title.isprintable() else "".join(s for s in title if unicodedata.category(s) != "Cf")
    plain = " ".join(unicodedata.normalize("NFC", seen).split())
    return unicodedata.normalize("NFC", _MARKS.sub("", plain).casefold())


@dataclass(frozen=True, slots=True, kw_only=True)
class Vocabulary:
    """The words of the agreement's keywords: role of a title, and title of a role in a region."""

    roles: Mapping[str, Role]  # by normalised title
    exact: Mapping[str, Role]  # by title as the regions write it: the quick way
    titles: Mapping[Role, Mapping[str, str]]  # by role, then by regional variant
    parents: Mapping[Role, frozenset[Role]]
    variants: tuple[str, ...]

    def role(self, title: str) -> Role | None:
        """The role of a title, however it is written; None when it is not known."""
        exact = self.exact
        return exact.get(title) or exact.get(title.lstrip(_LEADING)) or self.roles.get(normalise(title))

    def title(self, role: Role, variant: str) -> str:
        """The title of a role as a region writes it; ValueError for a region that is not known."""
        if variant not in self.variants:
            known = ", ".join(self.variants)
            raise ValueError(f"{variant!r} is no regional variant of the keywords; known: {known}")
        return self.titles[role][variant]

    def knows(self, title: str) -> bool:
        """Whether a title is one of ours."""
        return self.role(title) is not None

    def belongs(self, role: Role, parent: Role) -> bool:
        """Whether a keyword may stand directly under another."""
        return parent in self.parents[role]


def vocabulary(data: Mapping[str, Any]) -> Vocabulary:
    """Build the vocabulary from the parsed keyword file (all scalars are strings).

    ``{"variants": [name], "keywords": {role: {"under": [role], "titles": {variant: title},
    "synonyms": [title]}}}``. Raises ValueError that names the word, role or variant that is wrong.
    """
    variants = tuple(data.get("variants") or ())
    keywords: Mapping[str, Mapping[str, Any]] = data.get("keywords") or {}
    known = {role.value: role for role in Role}
    _same("role", set(known), set(keywords))
    roles: dict[str, Role] = {}
    titles: dict[Role, Mapping[str, str]] = {}
    parents: dict[Role, frozenset[Role]] = {}
    for name, entry in keywords.items():
        role = known[name]
        titles[role] = entry.get("titles") or {}
        _same(f"regional variant of {name}", set(variants), set(titles[role]))
        for title in _words(entry):
            if roles.setdefault(normalise(title), role) is not role:
                raise ValueError(f"the keyword {title!r} means both {roles[normalise(title)]} and {role}")
        under = entry.get("under") or ()
        _same(f"parent of {name}", set(under) & set(known), set(under))
        parents[role] = frozenset(known[parent] for parent in under)
    exact = {title: role for role, by_variant in titles.items() for title in by_variant.values()}
    return Vocabulary(roles=roles, exact=exact, titles=titles, parents=parents, variants=variants)


def _words(entry: Mapping[str, Any]) -> Iterator[str]:
    yield from (entry.get("titles") or {}).values()
    yield from entry.get("synonyms") or ()


def _same(what: str, wanted: set[str], given: set[str]) -> None:
    """Raise ValueError that names what is missing or not known."""
    if given - wanted:
        raise ValueError(f"unknown {what}: {', '.join(sorted(given - wanted))}")
    if wanted - given:
        raise ValueError(f"missing {what}: {', '.join(sorted(wanted - given))}")
