"""A note whose id and version time already stand for other content, and a letter whose id does: set aside."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from adapter.decision import Decision
from adapter.domain.event import Event
from adapter.domain.note import Note
from adapter.envelope import REUSED
from adapter.findings import Finding
from adapter.frozen import replace

if TYPE_CHECKING:
    from collections.abc import Iterable

    from adapter.decision import Effect
    from adapter.ports import Json

AT: Final = "conflicts"
CODE: Final = "id-conflict"
NAMING: Final = frozenset({CODE, REUSED})  # findings whose value is the key that is held
_LETTER = (
    "Ett meddelande med samma id men annat innehåll har redan tagits emot; det första gäller. "
    "Skicka ett ändrat meddelande med ett nytt id."
)
_NOTE = (
    "Anteckningen har redan tagits emot med samma id och versionstid men annat innehåll; den första gäller "
    "och den här har inte tagits in. Skicka den ändrade anteckningen med ny versionstid."
)
_TWICE = (
    "Anteckningen står mer än en gång i meddelandet, med samma id och versionstid men olika innehåll, så "
    "ingen av dem har tagits in. Skicka den som gäller; om båda gäller, ge den ena en annan versionstid."
)


def without_contested(
    effects: tuple[Effect, ...], shared: tuple[Finding, ...], contested: frozenset[str], own_id: str = ""
) -> tuple[tuple[Effect, ...], tuple[Finding, ...]]:
    """Effects and findings, those set aside whose keys the store holds with other content.

    That they are contested is all that is said of them; of a letter, all that is said of the message.
    ``own_id`` is what a message with an envelope is known by.
    """
    is_letter = not any(isinstance(effect.record, Note) for effect in effects)
    own_id = own_id or Decision(sha256="", effects=effects).message_id
    is_whole = is_letter and own_id in contested
    left = tuple(
        replace(effect, resources=(), traces=(), findings=(_told(effect),))
        if is_whole or effect.key in contested
        else effect
        for effect in effects
    )
    if is_whole:
        return left, () if left else (Finding(CODE, "", AT, _LETTER, own_id, blocking=True),)
    return left, shared


def without_contradictions(effects: tuple[Effect, ...]) -> tuple[Effect, ...]:
    """The effects, those set aside that say different things under one key.

    The order of notes in a message tells nothing about which is right, so none of them is taken in.
    """
    if len(effects) < 2:  # noqa: PLR2004  it takes two
        return effects
    contents: dict[str, set[str]] = {}
    for effect in effects:
        contents.setdefault(effect.key, set()).add(effect.content)
    return tuple(
        replace(effect, resources=(), traces=(), findings=(*effect.findings, _told(effect, _TWICE)))
        if len(contents[effect.key]) > 1
        else effect
        for effect in effects
    )


def contested_in(findings: Iterable[Json]) -> frozenset[str]:
    """The keys that kept findings tell were contested."""
    return frozenset(finding["value"] for finding in findings if finding["code"] in NAMING)


def _told(effect: Effect, what: str = "") -> Finding:
    if isinstance(effect.record, Note):
        return Finding(CODE, effect.record.origin(), AT, what or _NOTE, effect.key, blocking=True)
    place = effect.record.origin("event_id" if isinstance(effect.record, Event) else "message_id")
    return Finding(CODE, place, AT, what or _LETTER, effect.key, blocking=True)
