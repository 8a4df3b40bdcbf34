"""Dokumenterad överenskommelse: what the patient does, what care does, until when, and whom to ask.

Both directions: a keyword tree becomes an agreement and an agreement a keyword tree. The law is
``read_agreement(keyword_tree(x)) = x`` for every agreement that a reading can give: the texts are the
truth, and the structure is what a reading finds in them.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import field
from itertools import groupby

from adapter.domain.agreement_parts import (
    FixedContact,
    FixedContactCode,
    JointPlan,
    NextStep,
    Responsibility,
    Validity,
)
from adapter.domain.booking import next_step_written, read_next_step
from adapter.domain.contact import (
    contact_way_written,
    fixed_contact_written,
    read_contact_ways,
    read_fixed_contact,
)
from adapter.domain.joint_plan import joint_plan
from adapter.domain.keywords import Keyword, KeywordValue, Role, Vocabulary
from adapter.domain.lines import lines
from adapter.domain.origin import Traced
from adapter.domain.people import ContactWay
from adapter.domain.reading import Place, Read, T
from adapter.domain.validity import read_validity, validity_written
from adapter.domain.when import Moment
from adapter.findings import Finding
from adapter.frozen import dataclass

__all__ = [
    "Agreement",
    "FixedContact",
    "FixedContactCode",
    "JointPlan",
    "NextStep",
    "Responsibility",
    "Validity",
    "contact_way_written",
    "fixed_contact_written",
    "keyword_tree",
    "next_step_written",
    "read_agreement",
    "validity_written",
]


@dataclass(frozen=True, slots=True, kw_only=True)
class Agreement(Traced):
    """The agreement that a note's keyword tree holds."""

    text: tuple[str, ...] = ()  # values of the root keyword itself
    validity: Validity | None = None
    patient_part: tuple[Responsibility, ...] = ()
    care_part: tuple[Responsibility, ...] = ()
    contacts: tuple[FixedContact, ...] = ()
    contact_ways: tuple[ContactWay, ...] = ()
    next_steps: tuple[NextStep, ...] = ()
    joint_plans: tuple[JointPlan, ...] = ()
    unknown: tuple[Keyword, ...] = ()  # keywords under the root that the vocabulary does not know


_AT = "domain.agreement"
_UNKNOWN = (
    "Sökordet är inte känt i överenskommelsen och har sparats oförändrat. "
    "Lägg det i sökordslistan eller använd ett av dess sökord."
)
_TWICE = (
    "Anteckningen har mer än en överenskommelse. Låt den som gäller stå kvar och skicka anteckningen igen."
)
_TOO_MANY = (
    "Överenskommelsen har fler än 1000 rader och tas inte emot. "
    "Kontrollera exporten, korta texten och skicka anteckningen igen."
)
MOST_LINES = 1000  # each becomes a resource; a real agreement has tens
_MISPLACED = "Sökordet står på ett oväntat ställe i överenskommelsen men har lästs. Kontrollera mallen."
_FLAT = (
    "Sökorden stod efter ”Överenskommelse” i stället för under det och har räknats dit. Kontrollera mallen."
)
_CODES = {
    Role.CARE_CONTACT: FixedContactCode.CARE_CONTACT,
    Role.PHYSICIAN: FixedContactCode.PHYSICIAN,
    Role.SOCIAL_CARE_CONTACT: FixedContactCode.SOCIAL_CARE_CONTACT,
    Role.COORDINATING_CONTACT: FixedContactCode.COORDINATING_CONTACT,
}
_ROLES = {code: role for role, code in _CODES.items()}


def read_agreement(
    keywords: tuple[Keyword, ...], vocabulary: Vocabulary, noted_on: Moment | None = None
) -> Read[Agreement | None]:
    """Find the agreement in a note's keywords, at any depth; None when there is none.

    A second agreement beside the first is a blocking finding (``agreement-twice``): which of them
    counts is not guessed. Keywords that follow a root without children of its own, as flat formats
    send them, are read as its children (``rule-applied``). A keyword given twice joins. More than
    ``MOST_LINES`` lines are a blocking finding (``too-many-lines``).
    """
    roots = list(_roots(keywords, vocabulary, ""))
    if not roots:
        return Read(None)
    root, path, followers = next((found for found in roots if _says(found[0], found[2])), roots[0])
    reading = _Reading(vocabulary, noted_on)
    reading.group(root, path)
    if followers:
        reading.find("rule-applied", _FLAT, root, path)
        for keyword in followers:
            reading.keyword(keyword, f"{path} > {keyword.title}", Role.AGREEMENT)
    for other, other_path, its_followers in roots:
        if other is not root and _says(other, its_followers):
            reading.find("agreement-twice", _TWICE, other, other_path, blocking=True)
    return Read(reading.agreement(root), tuple(reading.findings))


_Root = tuple[Keyword, str, tuple[Keyword, ...]]  # keyword, its path, the siblings that belong to it


def _roots(keywords: tuple[Keyword, ...], vocabulary: Vocabulary, above: str) -> Iterator[_Root]:
    """Every keyword that begins an agreement; inside an agreement none begins."""
    for index, keyword in enumerate(keywords):
        path = f"{above} > {keyword.title}" if above else keyword.title
        if vocabulary.role(keyword.title) is Role.AGREEMENT:
            followers = () if keyword.children else _followers(keywords[index + 1 :], vocabulary)
            yield keyword, path, followers
        elif keyword.children:
            yield from _roots(keyword.children, vocabulary, path)


def _followers(keywords: tuple[Keyword, ...], vocabulary: Vocabulary) -> tuple[Keyword, ...]:
    """The keywords of an agreement that stand right after its root, up to the first other one."""
    for index, keyword in enumerate(keywords):
        if vocabulary.role(keyword.title) in (None, Role.AGREEMENT):
            return keywords[:index]
    return keywords


def _says(keyword: Keyword, followers: tuple[Keyword, ...] = ()) -> bool:
    """Whether a keyword or one under it has a value: an empty template says nothing."""
    said = any(value.text.strip() for value in keyword.values)
    return said or any(_says(child) for child in keyword.children + followers)


@dataclass(slots=True)
class _Reading:
    """One pass over one agreement's keywords."""

    vocabulary: Vocabulary
    noted_on: Moment | None
    findings: list[Finding] = field(default_factory=list)
    text: list[str] = field(default_factory=list)
    validity: list[tuple[str, Place]] = field(default_factory=list)
    patient_part: list[Responsibility] = field(default_factory=list)
    care_part: list[Responsibility] = field(default_factory=list)
    contacts: list[FixedContact] = field(default_factory=list)
    contact_ways: dict[str, tuple[ContactWay, ...]] = field(default_factory=dict)
    next_steps: list[NextStep] = field(default_factory=list)
    joint_plans: list[JointPlan] = field(default_factory=list)
    unknown: list[Keyword] = field(default_factory=list)
    count: int = 0  # lines read so far

    def group(self, keyword: Keyword, path: str) -> None:
        """The root, or a root title inside it that groups other keywords."""
        self.text += (value.text for value in keyword.values if value.text.strip())
        for child in keyword.children:
            self.keyword(child, f"{path} > {child.title}", Role.AGREEMENT)

    def keyword(self, keyword: Keyword, path: str, parent: Role) -> None:
        """One keyword under the root, and those under it."""
        role = self.vocabulary.role(keyword.title)
        if role is None:
            self.unknown.append(keyword)
            self.find("unknown-keyword", _UNKNOWN, keyword, path)
            return
        if not self.vocabulary.belongs(role, parent):
            self.find("keyword-misplaced", _MISPLACED, keyword, path)
        if role is Role.AGREEMENT:
            self.group(keyword, path)
            return
        for line, where in lines(keyword):
            self.count += 1
            if self.count > MOST_LINES:
                break
            self.line(role, keyword.title, line, Place(where, path))
        for child in keyword.children:
            self.keyword(child, f"{path} > {child.title}", role)

    def line(self, role: Role, title: str, line: str, place: Place) -> None:
        """One line under a keyword."""
        if role is Role.PATIENT_PART:
            self.patient_part.append(Responsibility(text=line, origins={"": place.where}))
        elif role is Role.CARE_PART:
            self.care_part.append(Responsibility(text=line, origins={"": place.where}))
        elif role in _CODES:
            self.contacts.append(self.keep(read_fixed_contact(line, _CODES[role], place)))
        elif role is Role.CONTACT_WAYS:
            if line not in self.contact_ways:
                self.contact_ways[line] = self.keep(read_contact_ways(line, place))
        elif role is Role.NEXT_STEPS:
            self.next_steps.append(self.keep(read_next_step(line, self.noted_on, place)))
        elif role is Role.JOINT_PLANS:
            self.joint_plans.append(joint_plan(line, place))
        elif role is Role.JOINT_PLAN:
            self.joint_plans.append(joint_plan(f"{title.strip().rstrip(':')}: {line}", place))
        else:
            self.validity.append((line if role is Role.VALIDITY else _until(line), place))

    def keep(self, read: Read[T]) -> T:
        """The value of a reading; its findings are ours."""
        self.findings += read.findings
        return read.value

    def find(self, code: str, what: str, keyword: Keyword, path: str, *, blocking: bool = False) -> None:
        """Say something about a keyword as a whole."""
        place = Place(keyword.origin("title"), path)
        self.findings.append(place.finding(code, _AT, what, keyword.title, blocking=blocking))

    def agreement(self, root: Keyword) -> Agreement:
        """What was read."""
        if self.count > MOST_LINES:
            self.find("too-many-lines", _TOO_MANY, root, root.title, blocking=True)
        validity = None
        if self.validity:
            text = "\n".join(line for line, _ in self.validity)
            validity = self.keep(read_validity(text, self.noted_on, self.validity[0][1]))
        return Agreement(
            text=tuple(self.text),
            validity=validity,
            patient_part=tuple(self.patient_part),
            care_part=tuple(self.care_part),
            contacts=tuple(self.contacts),
            contact_ways=tuple(way for ways in self.contact_ways.values() for way in ways),
            next_steps=tuple(self.next_steps),
            joint_plans=tuple(self.joint_plans),
            unknown=tuple(self.unknown),
            origins={"": root.origin()},
        )


def _until(line: str) -> str:
    """A line under "Gäller till", whose title says that its date is an end."""
    read = read_validity(line).value
    return line if read.start or read.end or read.is_open_ended else f"till {line}"


def keyword_tree(agreement: Agreement, vocabulary: Vocabulary, variant: str = "kalmar") -> Keyword:
    """The agreement as a region's keyword tree: one value a line, only keywords that say something.

    Raises ValueError for a region that is not known.
    """

    def keyword(role: Role, texts: Iterable[str], children: tuple[Keyword, ...] = ()) -> tuple[Keyword, ...]:
        values = tuple(KeywordValue(text=text) for text in texts)
        if not values and not children:
            return ()
        return (Keyword(title=vocabulary.title(role, variant), values=values, children=children),)

    contacts = tuple(
        made
        for code, run in groupby(agreement.contacts, key=lambda contact: contact.code)
        for made in keyword(_ROLES[code], _texts(run))
    )
    validity = agreement.validity.text.split("\n") if agreement.validity else ()
    children = (
        *keyword(Role.VALIDITY, validity),
        *keyword(Role.PATIENT_PART, _texts(agreement.patient_part)),
        *keyword(Role.CARE_PART, _texts(agreement.care_part), contacts),
        *keyword(Role.CONTACT_WAYS, dict.fromkeys(_texts(agreement.contact_ways))),
        *keyword(Role.NEXT_STEPS, _texts(agreement.next_steps)),
        *keyword(Role.JOINT_PLANS, _texts(agreement.joint_plans)),
        *agreement.unknown,
    )
    return Keyword(
        title=vocabulary.title(Role.AGREEMENT, variant),
        values=tuple(KeywordValue(text=text) for text in agreement.text),
        children=children,
    )


_Line = Responsibility | FixedContact | ContactWay | NextStep | JointPlan


def _texts(parts: Iterable[_Line]) -> Iterator[str]:
    return (part.text for part in parts)
