"""Names with titles: "dr Lind", "Eva Svensson, sjuksköterska", "distriktssköterska Karin Ek"."""

from __future__ import annotations

import re
from functools import lru_cache

from adapter.domain.people import CareUnit, Professional

_WORD = re.compile(r"[A-ZÀ-ÖØ-Þ][^\W\d_]*(?:['’-][^\W\d_]+)*\.?")
_PARTICLES = frozenset(
    {"von", "af", "av", "de", "del", "van", "der", "den", "la", "el", "al", "bin", "ibn", "di", "da"}
)
_NOT_NAMES = frozenset(  # capitals at the beginning of a line about somebody
    {"tidigare", "förra", "fd", "ny", "nya", "blivande", "ej", "inte", "ersätter", "vikarie", "vik", "tf"}
    | {
        "avslutad",
        "slutat",
        "vakant",
        "ingen",
        "okänd",
        "utses",
        "se",
        "via",
        "hos",
        "kontakta",
        "ring",
        "nås",
    }
)
_LONGEST_NAME = 6  # words
_DOCTOR = frozenset({"dr", "doktor"})  # only after these is one word a name: "läkare Norrland" may be a place
_PHYSICIAN = frozenset({"prof", "professor", "docent", "öl"}) | _DOCTOR
_SPECIALIST = frozenset({"specialist", "spec"})
_TITLES = frozenset({"ssk", "dsk", "usk"}) | _PHYSICIAN | _SPECIALIST
_BEFORE_TITLE = frozenset({"leg", "patientansvarig", "namngiven", "ansvarig", "med"})
_FIELDS = ("medicin", "psykiatri", "kirurgi", "geriatrik", "pediatrik", "logi", "rehabilitering")  # endings
_TITLE_ENDINGS = (
    *(
        "sköterska",
        "sköterskan",
        "läkare",
        "läkaren",
        "terapeut",
        "gymnast",
        "kurator",
        "psykolog",
        "dietist",
    ),
    *("logoped", "barnmorska", "handläggare", "assistent", "biträde", "samordnare", "koordinator", "chef"),
    *("apotekare", "kontaktperson"),
)
_UNIT_ENDINGS = (
    *("central", "centralen", "klinik", "kliniken", "mottagning", "mottagningen", "team", "teamet", "enhet"),
    *(
        "enheten",
        "avdelning",
        "avdelningen",
        "sjukvård",
        "sjukvården",
        "sjukhus",
        "sjukhuset",
        "kommun",
        "kommuns",
    ),
    *(
        "region",
        "regionen",
        "hemtjänst",
        "hemtjänsten",
        "boende",
        "boendet",
        "hemmet",
        "omsorg",
        "omsorgen",
        "rehab",
    ),
)
_UNIT_WORDS = frozenset({"vc", "hc", "avd", "avd."})
_AT_SOMEBODY = re.compile(r"\b(?:hos|med)\s+(\S.{0,79})")
_SPLIT = re.compile(r", ?|; ?|\| ?|\( ?|\) ?| (?:[-–—/]|på|vid) ")  # a first sign each: quick to find
_ORGANISATIONS = (
    "kommun",
    "region",
    "regionen",
)  # what a unit may stand beside: "Hemsjukvården, Varbergs kommun"


def professional(text: str) -> Professional | None:
    """Whoever a text names, when it says one name, a title, perhaps a unit, and nothing else."""
    said = [_said(words) for words in map(str.split, _SPLIT.split(" ".join(text.split()))) if words]
    titles, names, units = ([part[n] for part in said if part and part[n]] for n in range(3))
    if None in said or len(names) != 1 or not _are_of_one(titles) or not _is_one_place(units):
        return None
    return _person(names[0], ", ".join(title.rstrip(".") for title in titles), ", ".join(units))


def somebody_in(text: str) -> Professional | None:
    """The one titled person that a line is "hos" or "med": "Återbesök hos dr Lind"."""
    tails = _AT_SOMEBODY.findall(text)
    return _first_in(tails[0]) if len(tails) == 1 else None


@lru_cache(maxsize=1024)  # staff are the same in note after note
def _first_in(text: str) -> Professional | None:
    """The titled person that words begin with, when there is but one in them."""
    if _AT_SOMEBODY.search(text):
        return None
    words = text.split()
    after = _title_end(words, 0)
    names = _leading_name(words[after:]) if after else []
    said = _title_and_name(words[:after] + names)
    if not said or not said[0] or not said[1] or _is_unit(said[1].split()):
        return None
    return _person(said[1], said[0])


def _said(words: list[str]) -> tuple[str, str, str] | None:
    """Title, name and unit of one part of a line, any of them empty; None when there is anything else."""
    title, name = _title_and_name(words) or ("", "")
    if _is_unit(words) and (name or not title):
        return _with_unit(words)
    return (title, name, "") if title or name else None


def _with_unit(words: list[str]) -> tuple[str, str, str]:
    """A unit, or somebody with a title right before one: "Eva Svensson ssk Borgholms HC"."""
    at = next((n for n, word in enumerate(words) if n and _is_title(word)), 0)
    after = _after_title(words, at) if at else 0
    title, name = _title_and_name(words[:after]) or ("", "")
    is_apart = title and name and words[after:] and not _is_unit(words[:after])
    if is_apart and (words[after][0].isupper() or _is_unit(words[after : after + 1])):
        return title, name, " ".join(words[after:])
    return "", "", " ".join(words)


def _are_of_one(titles: list[str]) -> bool:
    """Whether titles can be those of one person: one of them, or all a physician's, with what it is in."""
    own = [words for words in map(str.split, titles) if not _is_word_of(_SPECIALIST, words[0])]
    return bool(titles) and (len(own) <= 1 or all(map(_is_physician, own)))


def _is_physician(words: list[str]) -> bool:
    return any(_is_word_of(_PHYSICIAN, word) or "läkare" in word.casefold() for word in words)


def _is_one_place(units: list[str]) -> bool:
    """At most one unit, with the organisation it belongs to after it."""
    return not units[1:] or (not units[2:] and units[1].casefold().endswith(_ORGANISATIONS))


def _title_and_name(words: list[str]) -> tuple[str, str] | None:
    """Title and name, either of them empty; None when there is anything else."""
    at = next((n for n, word in enumerate(words) if _is_title(word)), None)
    if at is None:
        return ("", " ".join(words)) if _is_name(words, 2) else None
    first = at - 1 if at and _is_before_title(words[at - 1]) else at
    after = _after_title(words, at)
    names = words[after:] if first == 0 else words[:first]
    if first and after < len(words):
        return None
    title = " ".join(words[first:after])
    if names and not _is_name(names, 1 if title.casefold().rstrip(".") in _DOCTOR else 2):
        return None
    return title, " ".join(names)


def _title_end(words: list[str], first: int) -> int:
    """Where the title that begins at a word ends, as in "leg. läkare i allmänmedicin"; 0 when none begins."""
    at = first + _is_before_title(words[first])
    return _after_title(words, at) if at < len(words) and _is_title(words[at]) else 0


def _after_title(words: list[str], at: int) -> int:
    """The word after a title, and after what it is in."""
    after = [word.casefold() for word in words[at + 1 : at + 4]]
    if after[:1] == ["i"]:
        return at + (4 if after[2:] and after[2].endswith(_FIELDS) and words[at + 3].islower() else 3)
    return at + 2 if after and after[0].endswith(_FIELDS) and words[at + 1].islower() else at + 1


def _is_before_title(word: str) -> bool:
    return _is_word_of(_BEFORE_TITLE, word)


def _is_word_of(known: frozenset[str], word: str) -> bool:
    return word.casefold().rstrip(".") in known


def _leading_name(words: list[str]) -> list[str]:
    """The words of a name that a text begins with."""
    name: list[str] = []
    for word in words:
        plain = word.rstrip(",.;:)")
        if not _WORD.fullmatch(plain) and plain not in _PARTICLES:
            break
        name.append(plain)
        if plain != word:
            break
    return name


def _is_title(word: str) -> bool:
    plain = word.casefold().rstrip(".")
    return plain.endswith(_TITLE_ENDINGS) or plain in _TITLES


def _is_name(words: list[str], least: int) -> bool:
    """Whether words are one name: capitals, with a particle only between them."""
    if not least <= len(words) <= _LONGEST_NAME or words[0] in _PARTICLES or words[-1] in _PARTICLES:
        return False
    if words[0].casefold() in _NOT_NAMES:
        return False
    return all(map(_WORD.fullmatch, words)) or all(_WORD.fullmatch(w) or w in _PARTICLES for w in words)


def _is_unit(words: list[str]) -> bool:
    """Whether one of the words is that of a unit or an organisation."""
    return any(word.endswith(_UNIT_ENDINGS) or word in _UNIT_WORDS for word in map(str.casefold, words))


def _person(name: str, title: str, unit: str = "") -> Professional:
    place = CareUnit(name=unit) if unit else None
    return Professional(name=name.rstrip("."), title=title.rstrip("."), unit=place)
