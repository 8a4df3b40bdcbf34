"""Why a letter was not delivered, in the operator's words: nothing of the letter, and what to do."""

from __future__ import annotations

from datetime import timedelta
from typing import Final

from adapter.letters import Refused, Trouble, TryAgain

# code: what happened, what to do
_TOLD: Final = {
    "receiver-away": (
        "Mottagaren går inte att nå.",
        "Kontrollera att den är igång och att adressen i mottagarfilen stämmer; det görs nya försök.",
    ),
    "receiver-certificate": (
        "Mottagarens certifikat godtas inte, eller så godtar den inte vårt.",
        "Kontrollera ca, certificate och key i mottagarfilen, och när certifikaten går ut.",
    ),
    "receiver-silent": (
        "Mottagaren svarade inte i tid.",
        "Fråga mottagaren, eller höj answer_seconds i mottagarfilen; det görs nya försök.",
    ),
    "receiver-garbled": (
        "Mottagaren bröt förbindelsen eller svarade något som inte går att förstå.",
        "Kontrollera att adressen leder till rätt tjänst, och fråga mottagaren; det görs nya försök.",
    ),
    "receiver-busy": (
        "Mottagaren har för mycket att göra.",
        "Inget behöver göras; nytt försök görs när mottagaren har bett om det.",
    ),
    "receiver-failed": (
        "Mottagaren har ett fel hos sig.",
        "Fråga mottagaren; det görs nya försök.",
    ),
    "receiver-denies": (
        "Mottagaren godtar inte vår inloggning.",
        "Kontrollera nyckel, token och behörighet i mottagarfilen och miljövariablerna, och starta om.",
    ),
    "receiver-moved": (
        "Mottagaren hänvisar till en annan adress, som inte följs.",
        "Fråga mottagaren om den nya adressen, skriv den i mottagarfilen och starta om.",
    ),
    "receiver-address": (
        "Adressen finns inte hos mottagaren.",
        "Rätta adressen i mottagarfilen och starta om.",
    ),
    "answer-of-another": (
        "Mottagaren kvitterade ett annat meddelande än det som skickades.",
        "Fråga mottagaren; det görs nya försök.",
    ),
    "token-refused": (
        "Inloggningen för att få en token gick inte.",
        "Kontrollera oauth i mottagarfilen och hemligheten i miljövariabeln, och starta om.",
    ),
    "letter-refused": (
        "Mottagaren tar inte emot meddelandet som det är.",
        "Ring mottagaren om ärendet. Se mottagarens svar i overens queue show, rätta och skicka igen.",
    ),
    "letter-conflict": (
        "Mottagaren har redan ett annat meddelande med samma id.",
        "Ring mottagaren om ärendet och be avsändaren skicka igen med nytt id.",
    ),
    "letter-not-supported": (
        "Mottagaren har en version som inte tar emot detta.",
        "Be mottagaren uppgradera, och skicka sedan igen med overens queue retry.",
    ),
}
CODES: Final = tuple(_TOLD)
STORE_AWAY: Final = Trouble(code="store-unavailable", cause="Lagret går inte att nå just nu.")


def trouble(code: str, said: str = "") -> Trouble:
    """The trouble of a code; ``said`` is a status or a code of the receiver's, never a text of its own."""
    cause, remedy = _TOLD[code]
    return Trouble(code=code, cause=f"{cause} ({said})" if said else cause, remedy=remedy)


def try_again(code: str, said: str = "", after: timedelta | None = None) -> TryAgain:
    """Not now, for this reason."""
    return TryAgain(trouble=trouble(code, said), after=after)


def refused(code: str, said: str = "") -> Refused:
    """Not this letter, for this reason."""
    return Refused(trouble=trouble(code, said))
