"""Scopes, what each grants of reading (r) and searching (s), and what requests with them are answered."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

VALID: Final = {
    "patient/*.rs": "rs",
    "patient/CarePlan.rs": "rs",
    "patient/CarePlan.r": "r",
    "user/*.cruds": "rs",
    "system/Communication.cu": "",
    "system/*.rs": "rs",
    "patient/Observation.rs?category="
    "http://terminology.hl7.org/CodeSystem/observation-category|laboratory": "rs",
    "patient/CarePlan.s": "s",
    "openid": "",
    "fhirUser": "",
    "launch/patient": "",
    "offline_access": "",
}
OLD: Final = {
    "patient/CarePlan.read": "patient/CarePlan.rs",
    "patient/CarePlan.write": "patient/CarePlan.cud",
    "patient/*.*": "patient/*.cruds",
}
INVALID: Final = (
    "patient/CarePlan",
    "patient/CarePlan.",
    "patient/CarePlan.sr",
    "patient/CarePlan.rr",
    "patient/CarePlan.dus",
    "patient/CarePlan.R",
    "Patient/CarePlan.rs",
    "patient//CarePlan.rs",
    "patient/careplan.rs",
    "patient/CarePlan.rs#x",
    "patient/CarePlan.rs?",
    "patient/CarePlan.rs?=x",
    "patient/*CarePlan.rs",
    "patient/CarePlan.cruds.rs",
    "*/CarePlan.rs",
    "patient/**.rs",
    "patient/CarePlan.rs,user/*.cruds",
    "patient/CarePlan.rs\tuser/*.cruds",
    "patient/CarePlan.rs\u00a0user/*.cruds",
    "system/*.*s",
    "patient/CarePlan.read.write",
    "patient/\u0421arePlan.rs",
    "user/../system/*.cruds",
)


@dataclass(frozen=True, kw_only=True)
class Asked:
    """One request of patient A: its scope, and what it is answered; ``rows`` are types in their order."""

    scope: str
    path: str
    status: int
    rows: tuple[str, ...] | None = None
    entries: tuple[str, ...] = ()  # of a batch
    states: tuple[int, ...] = ()
    is_patient: bool = True


MEANINGS: Final = (
    Asked(scope="patient/CarePlan.r", path="CarePlan?patient={A}", status=403),
    Asked(scope="patient/CarePlan.s", path="CarePlan/{a1}", status=403),
    Asked(scope="patient/CarePlan.rs", path="Communication/{a2}", status=403),
    Asked(scope="patient/CarePlan.rs", path="CarePlan/{a1}/_history", status=200, rows=("CarePlan",)),
    Asked(
        scope="patient/CarePlan.rs",
        path="CarePlan?_include=CarePlan:care-team",
        status=200,
        rows=("CarePlan",),
    ),
    Asked(
        scope="patient/CarePlan.rs",
        path="",
        status=200,
        entries=("CarePlan/{a1}", "Communication/{a2}"),
        states=(200, 403),
    ),
    Asked(scope="patient/*.rs", path="CarePlan", status=403, is_patient=False),
    Asked(scope="patient/*.rs user/*.rs", path="CarePlan?patient={B}", status=200, rows=()),
    Asked(scope="", path="CarePlan/{a1}", status=403),
)
