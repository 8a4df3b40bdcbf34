"""Code systems that are rules rather than lists: languages, media types, countries' shape, UCUM, OIDs.

Each function answers True (a code of the system), False (none) or None (cannot be judged here).
"""

from __future__ import annotations

import re
from collections.abc import Callable

from adapter.validation.ucum import is_unit

_LANGUAGE = re.compile(
    r"(?:(?:[a-z]{2,3}(?:-[a-z]{3}){0,3}|[a-z]{4}|[a-z]{5,8})(?:-[a-z]{4})?(?:-(?:[a-z]{2}|[0-9]{3}))?"
    r"(?:-(?:[a-z0-9]{5,8}|[0-9][a-z0-9]{3}))*(?:-[0-9a-wy-z](?:-[a-z0-9]{2,8})+)*(?:-x(?:-[a-z0-9]{1,8})+)?"
    r"|x(?:-[a-z0-9]{1,8})+)",
    re.IGNORECASE,
)
_MIME = re.compile(r"[A-Za-z0-9!#$&^_.+*-]+(/[A-Za-z0-9!#$&^_.+*-]+(\s*;.*)?)?", re.DOTALL)
CURRENCIES = frozenset(
    "AED AFN ALL AMD ANG AOA ARS AUD AWG AZN BAM BBD BDT BGN BHD BIF BMD BND BOB BOV BRL BSD BTN BWP BYN BZD CAD CDF "
    "CHE CHF CHW CLF CLP CNY COP COU CRC CUC CUP CVE CZK DJF DKK DOP DZD EGP ERN ETB EUR FJD FKP GBP GEL GGP GHS GIP "
    "GMD GNF GTQ GYD HKD HNL HRK HTG HUF IDR ILS IMP INR IQD IRR ISK JEP JMD JOD JPY KES KGS KHR KMF KPW KRW KWD KYD "
    "KZT LAK LBP LKR LRD LSL LYD MAD MDL MGA MKD MMK MNT MOP MRU MUR MVR MWK MXN MXV MYR MZN NAD NGN NIO NOK NPR NZD "
    "OMR PAB PEN PGK PHP PKR PLN PYG QAR RON RSD RUB RWF SAR SBD SCR SDG SEK SGD SHP SLL SOS SPL SRD SSP STN SVC SYP "
    "SZL THB TJS TMT TND TOP TRY TTD TVD TWD TZS UAH UGX USD USN UYI UYU UZS VEF VND VUV WST XAF XAG XAU XBA XBB XBC "
    "XBD XCD XDR XOF XPD XPF XPT XSU XTS XUA XXX YER ZAR ZMW ZWD ZWL".split()
)


def _currency(code: str) -> bool | None:
    return code in CURRENCIES


def _language(code: str) -> bool | None:
    return bool(_LANGUAGE.fullmatch(code))


def _mime(code: str) -> bool | None:
    return bool(_MIME.fullmatch(code))


def _ucum(code: str) -> bool | None:
    return is_unit(code)


RULES: dict[str, Callable[[str], bool | None]] = {
    "urn:ietf:bcp:47": _language,
    "urn:ietf:bcp:13": _mime,
    "http://unitsofmeasure.org": _ucum,
    "urn:iso:std:iso:4217": _currency,
}
