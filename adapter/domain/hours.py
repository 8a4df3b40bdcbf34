"""Opening hours in words: "vardagar 08.00–16.30", "mån–fre 8-17", "dygnet runt"."""

from __future__ import annotations

import re
from collections.abc import Iterator

from adapter.domain.people import Hours
from adapter.frozen import dataclass

_NAMES = ("måndag", "tisdag", "onsdag", "torsdag", "fredag", "lördag", "söndag")
_GROUPS = {
    "vard": (1, 2, 3, 4, 5),
    "alla": (1, 2, 3, 4, 5, 6, 7),
    "varje": (1, 2, 3, 4, 5, 6, 7),
    "daglig": (1, 2, 3, 4, 5, 6, 7),
    "helg": (6, 7),
}
_DAY = r"(?:mån|tis|ons|tors?|fre|lör|sön)(?:dag)?(?:ar)?\.?"
_NAMED_DAYS = rf"{_DAY}(?:\s?(?:[-–—,]|och|till|&)\s?{_DAY}){{0,6}}"
_DAYS = rf"(?:vardagar|vardag|vard\.?(?!\w)|alla dagar|varje dag|dagligen|helger|{_NAMED_DAYS})"
_CLOCK = r"(?:kl(?:ockan|\.)?\s?)?([0-9]{1,2})(?:[.:]([0-9]{2}))?"
_HOURS = re.compile(
    rf"(?<!\w)(?=[vadhmtofls])(?:(?:helgfri\w*\s)?(?P<days>{_DAYS})[,:]?\s{_CLOCK}\s?(?:[-–—]|till)\s?{_CLOCK}(?![0-9.:]*[0-9])"
    r"|(?P<always>dygnet runt))"
)
_DAYS_LAST = re.compile(  # "8.00-9.00 vardagar"
    rf"(?<![\w.:,–—-]){_CLOCK}\s?(?:[-–—]|till)\s?{_CLOCK},?\s(?:helgfri\w*\s)?(?P<days>{_DAYS})(?!\w)"
)
_NOT_OPEN = re.compile(r"(?:stängt?|stängda?|inte|ej|aldrig|utom)\s?[:,]?\s?\Z")
_MEASURE = re.compile(  # "8-16 tabletter" are no hours
    r"\s?(?:mg|µg|g|ml|dl|mmol|ie|e|st|tabl\w*|minut\w*|min|timm\w*|tim|km|kg|glas|gånger|ggr|steg)\b"
)
_ONE_DAY = re.compile(rf"(?P<sep>[-–—]|till)?\s?(?P<day>{_DAY})")
_A_WORD = re.compile("dag|vard|dygnet|helg|mån|tis|ons|tor|fre|lör|sön")  # one quick look first
_LAST_HOUR, _LAST_MINUTE = 23, 59
_CUE = 16  # how far before hours the word is looked for that says that nothing is open then


@dataclass(frozen=True, slots=True)
class SaidHours:
    """Opening hours from ``start`` to ``end`` in a text."""

    hours: Hours
    start: int
    end: int


def hours_in(text: str) -> Iterator[SaidHours]:
    """Every opening hours that can surely be read in a text; a time without days is none.

    Where a line says when it is closed, the hours beside it are not read either: they would be too many.
    """
    plain = text.lower()
    if not _A_WORD.search(plain):
        return
    if len(plain) != len(text):  # İ: places would not agree
        plain = text
    said = list(_HOURS.finditer(plain))
    days_last = [] if said else list(_DAYS_LAST.finditer(plain))
    if any(
        _NOT_OPEN.search(plain[max(found.start() - _CUE, 0) : found.start()]) for found in said + days_last
    ):
        return
    for found in said:
        hours = Hours(weekdays=_GROUPS["alla"]) if found["always"] else _hours(found, found.groups()[1:5])
        if hours and not _MEASURE.match(plain, found.end()):
            yield SaidHours(hours, found.start(), found.end())
    for found in days_last:
        hours = _hours(found, found.groups()[:4])
        if hours:
            yield SaidHours(hours, found.start(), found.end())


def _hours(found: re.Match[str], clocks: tuple[str, ...]) -> Hours | None:
    days = _weekdays(found["days"])
    opens, closes = _clock(clocks[0], clocks[1]), _clock(clocks[2], clocks[3])
    if not days or not opens or not closes or opens >= closes:
        return None
    return Hours(weekdays=days, opens=opens, closes=closes)


def _clock(hour: str, minute: str | None) -> str:
    if int(hour) > _LAST_HOUR or int(minute or 0) > _LAST_MINUTE:
        return ""
    return f"{hour:0>2}:{minute or '00'}"


def _weekdays(words: str) -> tuple[int, ...]:
    """ISO weekdays of "vardagar", "mån–fre", "mån, ons och fre"; empty when the span runs backwards."""
    for group, days in _GROUPS.items():
        if words.startswith(group):
            return days
    days_said: list[int] = []
    for found in _ONE_DAY.finditer(words):
        day = next(n for n, name in enumerate(_NAMES, start=1) if name.startswith(found["day"][:3]))
        if found["sep"] and day <= days_said[-1]:
            return ()
        days_said += range(days_said[-1] + 1, day + 1) if found["sep"] else (day,)
    return tuple(dict.fromkeys(days_said))
