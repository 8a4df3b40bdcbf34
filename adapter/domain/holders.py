"""One current holder of each fixed contact (agr-team-3): more than one is told, and all of them are kept."""

from __future__ import annotations

from typing import Final

from adapter.domain.agreement import Agreement, FixedContact, FixedContactCode
from adapter.findings import Finding

_AT = "domain.holders"
_ALONE: Final = {
    FixedContactCode.PHYSICIAN: "fast läkarkontakt",
    FixedContactCode.SOCIAL_CARE_CONTACT: "fast omsorgskontakt",
}


def doubled_contacts(agreement: Agreement) -> tuple[Finding, ...]:
    """A finding where two share what one should hold, and where nobody coordinates several care contacts."""
    held: dict[FixedContactCode, list[FixedContact]] = {}
    for contact in agreement.contacts:
        if not contact.is_vacant:
            held.setdefault(contact.code, []).append(contact)
    found = [
        _finding(
            contacts[1],
            f"Det står mer än en {_ALONE[code]}. Ta bort den som inte gäller.",
        )
        for code, contacts in held.items()
        if code in _ALONE and len(contacts) > 1
    ]
    care = held.get(FixedContactCode.CARE_CONTACT, [])
    if len(care) > 1 and FixedContactCode.COORDINATING_CONTACT not in held:
        what = (
            "Det står mer än en fast vårdkontakt men ingen med övergripande samordningsansvar. "
            "Skriv vem av dem som samordnar."
        )
        found.append(_finding(care[1], what))
    return tuple(found)


def _finding(contact: FixedContact, what: str) -> Finding:
    return Finding("contact-doubled", contact.origin("text"), _AT, what, contact.text)
