"""Who may see a contact way (målgrupp), told by the words around it; in doubt nobody outside.

The agreement is the patient's own text, so a number in it is the patient's unless the words say
otherwise (canonical-models §9, agr-tel-1).
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable

from adapter.domain.people import Audience
from adapter.domain.reading import Place
from adapter.findings import Finding

_AT = "domain.audience"
_MUNICIPAL = re.compile(
    r"kommun(?:ens|al|ala)?\s?(?:leg\w*\s)?(?:sjuksköters|ssk|arbetsterapeut|fysioterapeut|personal|legitimerad)"
    r"|kommunsjuksköters|(?:för|till|av)\s(?:hem)?sjukvårdens\s(?:sjuksköters|personal)|vårdgranne|läkarlinje"
)
_RESTRICTED = re.compile(r"direktn|endast|enbart|bara|får (?:inte|ej)|linje|vårdgranne|för kommun")
_INTERNAL = re.compile(
    r"\bintern(?:t|a|n\w*)?\b|(?:får|ska|skall|bör) (?:inte|ej|aldrig) (?:lämnas|ges|delges|spridas)"
    r"|(?:lämnas?|ges?) (?:inte|ej|aldrig) ut|(?:delas|sprids|utlämnas) (?:inte|ej|aldrig)\b"
    r"|(?:inte|ej|aldrig|inga) .{0,40}(?:lämnas? ut|ges? ut|utlämnas|spridas)"
    r"|(?:inte|ej) (?:till|för|avsedd för) patient"
    r"|(?:endast|enbart|bara) (?:för |till )?(?:vård)?personal|för (?:vård)?personal\b|personalnummer"
    r"|hemlig|sekretess|konfidentiell|kollegor|bakjour|konsultlinje"
)
_DOUBTFUL = re.compile(
    r"direktn(?:r|um)|dir\.? ?n(?:r|um)|direkttelefon|direktlinje|\bjour\b|jourläkar|läkarjour|\bpersonal\b"
    r"|kortnummer|anknytning|\bankn\b|sökare"
)
_NOT_PATIENT = re.compile(r"(?:inte|ej|aldrig) .{0,30}patient")
_FOR_PATIENT = re.compile(r"(?:för|till) patient(?:en|er|erna)?\b")
_RELATIVE = re.compile(
    r"(?:för|till) (?:\w+ )?(?:anhörig|närstående)|(?:anhöriga|närstående)(?: kan| når|:)|anhörignummer"
)
_PATIENT = re.compile(r"patient|(?:för|till) dig\b|\bdu\b")
_UNSURE = (
    "Det framgår inte om kontaktvägen får visas för patienten, så den visas inte. "
    "Skriv ”för patienten” eller ”endast för personal” på raden."
)
_A_WORD = re.compile(  # one quick look first, by first letters: most lines have none of these
    "k(?:ommun|onfid|olleg|ortnummer)|s(?:jukvårdens|prid|ekretess|ökare)|l(?:inje|ämna)|d(?:el(?:ge|a)s|ir)"
    "|p(?:atient|ersonal)|an(?:kn|hörig)|vårdgranne|intern|ges? |hemlig|jour|närstående"
)


def audience(text: str) -> tuple[Audience, bool]:
    """Who may see the numbers of a line, and whether that is sure; not sure is always internal."""
    plain = unicodedata.normalize("NFC", text).casefold()
    if not _A_WORD.search(plain):
        return Audience.PATIENT, True
    plain = " ".join(plain.split())
    return next((said for rule, said in _RULES if rule(plain)), (Audience.PATIENT, True))


def _is_municipal(text: str) -> bool:
    return bool(_MUNICIPAL.search(text) and _RESTRICTED.search(text))


def _is_relatives(text: str) -> bool:
    return bool(_RELATIVE.search(text) and not _PATIENT.search(text))


_RULES: tuple[tuple[Callable[[str], object], tuple[Audience, bool]], ...] = (  # the first that holds decides
    (_is_municipal, (Audience.MUNICIPAL_LICENSED, True)),
    (_INTERNAL.search, (Audience.INTERNAL, True)),
    (_NOT_PATIENT.search, (Audience.INTERNAL, False)),
    (_FOR_PATIENT.search, (Audience.PATIENT, True)),
    (_DOUBTFUL.search, (Audience.INTERNAL, False)),
    (_is_relatives, (Audience.RELATIVE, True)),
)


def unsure(text: str, place: Place) -> Finding:
    """The finding about a line whose audience is in doubt."""
    return place.finding("audience-unsure", _AT, _UNSURE, text)
