"""A message of the dialogue as Lifecare's contract has it (``se.lifecare.message`` version 1, JSON).

The mapping of the source is run backwards, so that whatever it reads is also written; here is only what JSON
has no need of: the elements that XML wraps its lists in (profiles/lifecare-message/README.md).
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from adapter.mapping import write_message
from adapter.wire import json
from adapter.writing.outgoing import unwritable

if TYPE_CHECKING:
    from adapter.domain.consultation import Consultation
    from adapter.domain.people import Person
    from adapter.mapping import Plan
    from adapter.wire.node import Node

MEDIA_TYPE: Final = "application/json"
SOURCE: Final = "se.lifecare.message"  # whose plan it takes
_AT: Final = "writing.lifecare"
_ONLY_ONE: Final = frozenset({"Message", "Client", "PersonId"})  # lists to the mapping, one to the contract
_NUMBER_LENGTH: Final = 12


def lifecare_message(message: Consultation, plan: Plan) -> bytes:
    """The JSON of a message, valid by the contract's schema; read again it says the same.

    Raises ``Unwritable`` when the contract has no words for it: a unit without HSA-id, or not one person with
    a personnummer, samordningsnummer or national reserve number.
    """
    _check(message)
    _check_words(message, plan)
    tree = write_message(plan, [message])
    _unwrap(tree)
    return json.write(tree)


def _check(message: Consultation) -> None:
    for name, unit in (("sender_unit", message.sender_unit), ("receiver_unit", message.receiver_unit)):
        if unit.hsa_id is None:
            what = "Enheten saknar HSA-id, som Lifecare behöver. Ange det och skicka igen med nytt id."
            raise unwritable(message.origin(name), _AT, what)
    if len(message.patients) != 1 or not _is_national(message.patients[0]):
        what = (
            "Lifecare tar emot meddelanden om en enda person, med personnummer, samordningsnummer eller "
            "nationellt reservnummer. Ring mottagaren, eller skicka igen när ett sådant nummer finns."
        )
        raise unwritable(message.origin("patients"), _AT, what)


def _check_words(message: Consultation, plan: Plan) -> None:
    """What the contract has no code for cannot be said with it."""
    status = (message.booking.status,) if message.booking else ()
    said = (("message-type", (message.kind,)), ("booking-status", status))
    for table, values in said:
        for value in values:
            if value not in plan.tables[table].values():
                what = (
                    "Lifecares meddelande har inget ord för detta, så det är inte skickat. Ring mottagaren, "
                    "eller skicka det på annat sätt."
                )
                raise unwritable(message.origin("kind"), _AT, what, value.value)


def _is_national(person: Person) -> bool:
    return len(person.ids) == 1 and len(person.ids[0].key[2]) == _NUMBER_LENGTH and not person.ids[0].key[1]


def _unwrap(node: Node) -> None:
    """Lists without the element around them, and one where the contract has one."""
    for child in node.children:
        _unwrap(child)
        if child.name in _ONLY_ONE:
            child.index = -1
    for child in list(node.children):
        if _is_wrapper(child):
            items = child.children
            for item in items:
                item.name = child.name
            at = node.children.index(child)
            node.children[at : at + 1] = items
    if [child.name for child in node.children] == ["Message"]:
        node.children = node.children[0].children


def _is_wrapper(node: Node) -> bool:
    """Whether a node holds nothing but the items of one list: ``Vitals`` around ``Vital``."""
    return (
        bool(node.children)
        and len({(c.name, c.index < 0) for c in node.children}) == 1
        and (node.children[0].index >= 0)
    )
