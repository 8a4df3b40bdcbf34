"""A note or a message is about one person; with none or two, nobody can tell whose plan it is."""

from __future__ import annotations

from adapter.domain.identity import PersonIdKind
from adapter.domain.people import Person
from adapter.findings import Finding

_AT = "domain.one_patient"
_TWO_PATIENTS = (
    "Två olika personer pekas ut som patient, så inget av det har tagits in. "
    "Kontrollera vem det gäller och skicka igen, en patient i taget."
)
_NO_PATIENT = (
    "Det framgår inte vilken patient det gäller, så inget har tagits in. "
    "Ange patientens personnummer, samordningsnummer eller reservnummer och skicka igen."
)


def not_one_patient(patients: tuple[Person, ...], place: str) -> tuple[Finding, ...]:
    """What parks a record whatever its source: no patient (``patient-missing``) or two (``two-patients``)."""
    ids = [identity for patient in patients for identity in patient.ids]
    if not ids:
        return (Finding("patient-missing", place, _AT, _NO_PATIENT, blocking=True),)
    if len(ids) > 1 and _are_two(patients):
        numbers = ", ".join(sorted({identity.value for identity in ids}))
        where = patients[-1].origin() or place
        return (Finding("two-patients", where, _AT, _TWO_PATIENTS, numbers, blocking=True),)
    return ()


def _are_two(patients: tuple[Person, ...]) -> bool:
    """Whether two personnummer are given, or two persons that share no identity."""
    identities = [{identity.key for identity in patient.ids} for patient in patients if patient.ids]
    everyone = set().union(*identities)
    numbers = [key for key in everyone if key[0] == PersonIdKind.PERSONNUMMER]
    return len(numbers) > 1 or any(not identities[0] & other for other in identities[1:])
