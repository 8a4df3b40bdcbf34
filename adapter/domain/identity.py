"""Who somebody is: personnummer and its kin, HSA-id, organisationsnummer.

Rules and OIDs: domain.md §11.1 and §11.2. No message here repeats a number.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable
from datetime import date
from enum import StrEnum
from functools import lru_cache

from adapter.domain.reading import NOWHERE, Place, Read
from adapter.frozen import dataclass


class Oid(StrEnum):
    """The OIDs that identities travel under."""

    PERSONNUMMER = "1.2.752.129.2.1.3.1"
    SAMORDNINGSNUMMER = "1.2.752.129.2.1.3.3"
    NATIONAL_RESERVE = "1.2.752.74.9.1"
    LOCAL = "1.2.752.129.2.1.2.1"
    RESERVE_STOCKHOLM = "1.2.752.97.3.1.3"
    RESERVE_VASTRA_GOTALAND = "1.2.752.113.11.0.2.1.1.1"
    RESERVE_VARMLAND = "1.2.752.74.9.2"
    RESERVE_CLNK = "1.2.752.129.2.1.3.2"
    HSA_ID = "1.2.752.129.2.1.4.1"  # RIV TA
    HSA_ID_HL7_SWEDEN = "1.2.752.29.4.19"  # the same id space
    ORGANISATION = "1.2.752.29.4.3"
    ORGANISATION_HL7_SWEDEN = "2.5.4.97"


class PersonIdKind(StrEnum):
    """The kinds of identity a person can have in Swedish care (domain of numbers, not of FHIR)."""

    PERSONNUMMER = "personnummer"
    SAMORDNINGSNUMMER = "samordningsnummer"
    NATIONAL_RESERVE = "nationellt-reservnummer"
    REGIONAL_RESERVE = "regionalt-reservnummer"
    LOCAL = "lokalt"


_NATIONAL = frozenset(
    {PersonIdKind.PERSONNUMMER, PersonIdKind.SAMORDNINGSNUMMER, PersonIdKind.NATIONAL_RESERVE}
)


@dataclass(frozen=True, slots=True, kw_only=True)
class PersonId:
    """One identity number: ``value`` normalised (12 characters where the kind has them)."""

    kind: PersonIdKind
    value: str
    root: str = ""  # the OID it was sent under; always set for regional and local kinds

    @property
    def key(self) -> tuple[str, str, str]:
        """What makes it the same identity: a national number is itself, whatever it was sent under."""
        return (self.kind, "" if self.kind in _NATIONAL else self.root, self.value)


@dataclass(frozen=True, slots=True, kw_only=True)
class HsaId:
    """An id in the HSA catalogue, the same under both its OIDs. ``is_sound`` is the soft check.

    Letters keep their case; two ids that differ only in case are equal.
    """

    value: str
    is_sound: bool = True

    @property
    def key(self) -> str:
        """The id as it is compared."""
        return self.value.upper()

    def __eq__(self, other: object) -> bool:
        return isinstance(other, HsaId) and self.key == other.key

    def __hash__(self) -> int:
        return hash(self.key)


_AT = "domain.identity"
_HYPHENS = str.maketrans("‐‑‒–−", "-----")
_LONG = re.compile(r"([0-9]{4})([0-9]{2})([0-9]{2})[-+]?([0-9]{4})")
_SHORT = re.compile(r"([0-9]{2})([0-9]{2})([0-9]{2})([-+]?)([0-9]{4})")
_INTERIM = re.compile(r"((?:[0-9]{2})?[0-9]{6})[-+]?([TRSUWXJKLMN][0-9]{3})")
_NRID = re.compile(r"[0-9]{8}[A-HJ-NPR-UX-Z][A-HJ-NPR-UX-Z0-9][0-9]{2}")
_NRID_UNMISTAKABLE = re.compile(r"(?!18|19|20|21)[0-9]{8}[A-HJ-NPR-UX-Z]{2}[0-9]{2}")
_LOCAL = re.compile(r"[^\s\x00-\x1f\x7f](?:[^\x00-\x1f\x7f]{0,62}[^\s\x00-\x1f\x7f])?")
_HSA = re.compile(r"SE[0-9]{10}-[A-Z0-9]+", re.IGNORECASE | re.ASCII)
_HSA_MAX = 31
_HSA_UNSOUND = (
    "HSA-id har inte katalogens form och används som det är. "
    "Kontrollera det i avsändande system: SE, tio siffror, bindestreck, bokstäver A–Z och siffror."
)
_ORGANISATION = re.compile(r"(?:SE|16)?([0-9]{2}[2-9][0-9]{3})-?([0-9]{4})", re.IGNORECASE)
_FIRST_YEAR = 1800
_COORDINATION = 60  # added to the day of birth
_DIGITS = b"0123456789"
_VALUES = bytes.maketrans(_DIGITS, bytes(range(10)))
_WEIGHTED = bytes.maketrans(_DIGITS, bytes(sum(divmod(2 * digit, 10)) for digit in range(10)))
LANES = 1023

_FORM = "Personnumret har fel form. Skriv det med tolv siffror: ÅÅÅÅMMDDNNNN."
_CHECK = "Kontrollsiffran i personnumret stämmer inte. Kontrollera numret mot legitimation och skicka igen."
_DATE = "Födelsedatumet i personnumret finns inte. Kontrollera numret och skicka igen."
_SERIAL = "Födelsenumret 000 finns inte. Kontrollera personnumret och skicka igen."
_FUTURE = "Födelsedatumet i personnumret ligger i framtiden. Kontrollera numret och skicka igen."
_CENTURY = "Personnumret saknar sekel. Skriv det med tolv siffror: ÅÅÅÅMMDDNNNN."
_ROOT = "Numret är inget personnummer och saknar uppgift om vem som gett ut det. Skicka med utgivarens OID."
_RESERVE = "Reservnumret har inte den form som dess OID kräver. Kontrollera numret och skicka igen."
_EMPTY = "Identiteten är tom, för lång eller har otillåtna tecken. Skicka med personens identitet."
_KIND = "Numret är av annat slag än dess OID säger; det har tagits för vad det är. Rätta OID hos avsändaren."
_ORGANISATION_FORM = "Organisationsnumret har fel form eller kontrollsiffra. Skriv det med tio siffror."
_HSA_EMPTY = "HSA-id saknas. Skicka med enhetens eller personens HSA-id."


def luhn(digits: str) -> bool:
    """Whether the last of digits 0 to 9 is the check digit of the others (modulus 10)."""
    plain = digits.encode("ascii")
    total = sum(plain[-2::-2].translate(_WEIGHTED)) + sum(plain[::-2].translate(_VALUES))
    return total % 10 == 0


def person_id(text: str, root: str = "", *, on: date | None = None) -> PersonId:
    """Read an identity number sent under an OID; the number's own form says what it is.

    Ten digits need ``on``, the day they were written, to get a century; without it they are refused.
    A reserve number needs its root. A root that is not known gives a local identity with that root;
    an interim number (T-nummer) is local under the national OID of local ids. Raises ValueError, in
    Swedish, when it is no identity; the text never repeats the number.
    """
    return read_person_id(text, root, on=on).value


def read_person_id(
    text: str, root: str = "", place: Place = NOWHERE, *, on: date | None = None
) -> Read[PersonId]:
    """As ``person_id``, with the finding ``person-id-kind`` when root and form do not agree."""
    text = text.strip()
    reader = _READERS.get(root)
    if reader is None:
        return Read(_local(text, root))
    found = reader(text.translate(_HYPHENS).upper(), root, on)
    if found.kind == _KINDS.get(root, found.kind):
        return Read(found)
    return Read(found, (place.finding("person-id-kind", _AT, _KIND, text),))


def _national(text: str, root: str, on: date | None) -> PersonId:
    """Personnummer or samordningsnummer; else what its letters say it is."""
    long = _LONG.fullmatch(text)
    if long:
        return _birth_number(*long.groups(), root=root, on=on)
    short = _SHORT.fullmatch(text)
    if short:
        year, month, day, sign, serial = short.groups()
        return _birth_number(_century(year, month, day, sign, on), month, day, serial, root=root, on=on)
    if _NRID_UNMISTAKABLE.fullmatch(text):
        return PersonId(kind=PersonIdKind.NATIONAL_RESERVE, value=text, root=root)
    if not root:
        raise ValueError(_ROOT if _NRID.fullmatch(text) or _INTERIM.fullmatch(text) else _FORM)
    return _interim(text)


def _birth_number(  # noqa: PLR0913 - the parts of one number
    year: str, month: str, day: str, serial: str, *, root: str, on: date | None
) -> PersonId:
    if not luhn(year[2:] + month + day + serial):
        raise ValueError(_CHECK)
    if serial.startswith("000"):
        raise ValueError(_SERIAL)
    is_coordination = int(day) > _COORDINATION
    born = _born(int(year), int(month), int(day) - _COORDINATION * is_coordination)
    if on and born > on:
        raise ValueError(_FUTURE)
    kind = PersonIdKind.SAMORDNINGSNUMMER if is_coordination else PersonIdKind.PERSONNUMMER
    return PersonId(kind=kind, value=year + month + day + serial, root=root)


def _born(year: int, month: int, day: int) -> date:
    try:
        born = date(year, month, day)
    except ValueError:
        raise ValueError(_DATE) from None
    if year < _FIRST_YEAR:
        raise ValueError(_DATE)
    return born


def _century(year: str, month: str, day: str, sign: str, on: date | None) -> str:
    """The year with its century: the nearest past one; with ``+`` the person turns 100 or more that year."""
    if on is None:
        raise ValueError(_CENTURY)
    if sign == "+":
        last = on.year - 100
        return str(last - (last - int(year)) % 100)
    nearest = on.year - (on.year - int(year)) % 100
    birthday = f"{month}{int(day) % _COORDINATION:02}" if day.isdigit() else ""
    if nearest == on.year and birthday > f"{on:%m%d}":
        nearest -= 100
    return str(nearest)


def _interim(text: str) -> PersonId:
    """A T-number and its kin: a letter stands where the birth number begins and counts as 1."""
    found = _INTERIM.fullmatch(text)
    if not found or len(found[1]) != len("20000101"):
        raise ValueError(_FORM)
    born, serial = found.groups()
    if not luhn(born[2:] + "1" + serial[1:]):
        raise ValueError(_CHECK)
    _born(int(born[:4]), int(born[4:6]), int(born[6:]) % _COORDINATION)
    return PersonId(kind=PersonIdKind.LOCAL, value=born + serial, root=Oid.LOCAL)


def _national_reserve(text: str, root: str, on: date | None) -> PersonId:
    """NRID; its check character has no published rule, so its form is all that is judged."""
    if _NRID.fullmatch(text):
        return PersonId(kind=PersonIdKind.NATIONAL_RESERVE, value=text, root=root)
    return _national(text, root, on)


def _regional(form: str, check: Callable[[str], bool] | None = None) -> _Reader:
    """A reader of one region's reserve numbers."""
    pattern = re.compile(form)

    def reader(text: str, root: str, on: date | None) -> PersonId:
        value = text.replace("-", "")
        if pattern.fullmatch(value) and (check is None or check(value)):
            return PersonId(kind=PersonIdKind.REGIONAL_RESERVE, value=value, root=root)
        if _LONG.fullmatch(text):
            return _national(text, root, on)
        raise ValueError(_RESERVE)

    return reader


def _local(text: str, root: str) -> PersonId:
    if not _LOCAL.fullmatch(text):
        raise ValueError(_EMPTY)
    return PersonId(kind=PersonIdKind.LOCAL, value=text, root=root)


_Reader = Callable[[str, str, date | None], PersonId]
_VGR_LETTERS = {"K": "5", "M": "7", "X": "8"}
_READERS: dict[str, _Reader] = {
    "": _national,
    Oid.PERSONNUMMER: _national,
    Oid.SAMORDNINGSNUMMER: _national,
    Oid.NATIONAL_RESERVE: _national_reserve,
    Oid.RESERVE_STOCKHOLM: _regional("99[0-9]{10}", lambda value: luhn(value[4:])),
    Oid.RESERVE_VASTRA_GOTALAND: _regional(
        "[0-9]{8}[KMX][0-9]{3}", lambda value: luhn(value[2:8] + _VGR_LETTERS[value[8]] + value[9:])
    ),
    Oid.RESERVE_VARMLAND: _regional("[0-9]{8}[A-Z]{2}[0-9][0-9A-Z]"),
    Oid.RESERVE_CLNK: _regional("[0-9A-Z]{8,16}"),
}
_KINDS: dict[str, PersonIdKind] = {
    Oid.PERSONNUMMER: PersonIdKind.PERSONNUMMER,
    Oid.SAMORDNINGSNUMMER: PersonIdKind.SAMORDNINGSNUMMER,
    Oid.NATIONAL_RESERVE: PersonIdKind.NATIONAL_RESERVE,
    Oid.RESERVE_STOCKHOLM: PersonIdKind.REGIONAL_RESERVE,
    Oid.RESERVE_VASTRA_GOTALAND: PersonIdKind.REGIONAL_RESERVE,
    Oid.RESERVE_VARMLAND: PersonIdKind.REGIONAL_RESERVE,
    Oid.RESERVE_CLNK: PersonIdKind.REGIONAL_RESERVE,
}


def lane(identity: PersonId) -> int:
    """The patient's lane, 1 to 1023, the same in every process; 0 is for reference data."""
    digest = hashlib.blake2b("|".join(identity.key).encode(), digest_size=8).digest()
    return int.from_bytes(digest, "big") % LANES + 1


def hsa_id(text: str) -> HsaId:
    """Read an HSA-id; one that breaks the catalogue's rule is kept and marked as not sound.

    Raises ValueError only when there is nothing to keep.
    """
    value = text.strip()
    if not value:
        raise ValueError(_HSA_EMPTY)
    return _short_hsa_id(value) if len(value) <= _HSA_MAX else HsaId(value=value, is_sound=False)


@lru_cache(maxsize=4096)  # units and staff are the same in message after message
def _short_hsa_id(value: str) -> HsaId:
    return HsaId(value=value, is_sound=bool(_HSA.fullmatch(value)))


def read_hsa_id(text: str, place: Place = NOWHERE) -> Read[HsaId]:
    """The same, with the finding ``hsa-id-unsound`` when the id breaks the rule."""
    read = hsa_id(text)
    if read.is_sound:
        return Read(read)
    return Read(read, (place.finding("hsa-id-unsound", _AT, _HSA_UNSOUND, read.value),))


def organisation_number(text: str) -> str:
    """The ten digits of an organisationsnummer, with or without hyphen, ``16`` or ``SE`` before it."""
    found = _ORGANISATION.fullmatch(text.strip().translate(_HYPHENS))
    if not found or not luhn(found[1] + found[2]):
        raise ValueError(_ORGANISATION_FORM)
    return found[1] + found[2]
