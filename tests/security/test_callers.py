"""A caller is whom the token names, with the scopes of that context alone."""

from __future__ import annotations

import pytest

from adapter.security import Caller, CallerKind, ClaimNames, caller_of
from adapter.security.callers import OPEN

STAFF = {
    "client_id": "lifecare",
    "employeeHsaId": "SE2120001249-P101",
    "healthCareUnitHsaId": "SE2120001249-HSV01",
    "healthCareProviderHsaId": "SE2120001249-VG01",
    "commissionPurpose": "Vård och behandling",
}


def caller(**claims: object) -> Caller:
    """The caller of some claims, by Inera's names."""
    return caller_of(claims, ClaimNames())


def test_the_narrowest_context_counts() -> None:
    """A token that names a patient is the patient's, though it has scopes for staff and systems as well."""
    mixed = caller(**STAFF, patient="p1", scope="patient/CarePlan.rs user/*.cruds system/*.cruds")
    assert mixed.kind is CallerKind.PATIENT
    assert mixed.may("r", "CarePlan")
    assert not mixed.may("r", "Task")
    assert not mixed.may("u", "CarePlan")


def test_staff_have_person_unit_and_care_giver() -> None:
    """Who, where and for whom: with one of them missing nothing is granted."""
    assert caller(**STAFF, scope="user/CarePlan.rs").may("s", "CarePlan")
    for missing in ("healthCareUnitHsaId", "healthCareProviderHsaId"):
        partly = {name: value for name, value in STAFF.items() if name != missing}
        assert not caller(**partly, scope="user/CarePlan.rs system/*.rs").may("s", "CarePlan")


@pytest.mark.parametrize("scope", ["patient/*.rs", "user/*.rs", "", "openid", 17, ["system/*.rs"], None])
def test_scopes_without_their_claim_grant_nothing(scope: object) -> None:
    """A scope for a patient that is not named, or a claim of the wrong shape, opens no door."""
    assert not caller(client_id="x", scope=scope).may("r", "CarePlan")


def test_a_system_has_the_scopes_of_systems() -> None:
    """No person and no patient: a system, with what it was granted."""
    system = caller(sub="lifecare", scope="system/Communication.c patient/*.rs")
    assert (system.kind, system.client) == (CallerKind.SYSTEM, "lifecare")
    assert system.may("c", "Communication")
    assert not system.may("r", "Communication")


def test_without_tokens_everybody_may() -> None:
    """Only on this machine, where no token settings are needed."""
    assert OPEN.may("d", "CarePlan")


def test_the_names_of_claims_are_settings() -> None:
    """Another ticket service, other names."""
    names = ClaimNames(person="hsa_id", unit="unit", care_giver="provider")
    found = caller_of({"hsa_id": "P", "unit": "U", "provider": "G", "scope": "user/*.rs"}, names)
    assert (found.kind, found.person, found.unit) == (CallerKind.STAFF, "P", "U")
