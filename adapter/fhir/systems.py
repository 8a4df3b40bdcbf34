"""Every URL, OID and code that our resources are written with, in one file (canonical-models §1).

Inera's guides are drafts whose addresses may change; HSA-ids travel under two OIDs that are one id space.
"""

from __future__ import annotations

from functools import lru_cache
from typing import Final
from urllib.parse import quote

BASE: Final = "https://overens.example/fhir"

# --- extensions of this project --------------------------------------------------------------------
_EXTENSION: Final = f"{BASE}/StructureDefinition/"
AUDIENCE: Final = _EXTENSION + "malgrupp"  # ContactPoint: code
CONTACT_WAY: Final = _EXTENSION + "kontaktvag"  # CarePlan: Reference
SIGNED_AT: Final = _EXTENSION + "signeringstid"  # CarePlan: dateTime
EMBARGO: Final = _EXTENSION + "embargo"  # any: dateTime
URGENCY: Final = _EXTENSION + "svarstidsniva"  # ServiceRequest: Coding
SEGMENT: Final = _EXTENSION + "segment"  # Communication.payload: complex
CONSENT: Final = _EXTENSION + "samtycke"  # ServiceRequest, Communication: boolean
PLAN_TYPE: Final = _EXTENSION + "plantyp"  # Reference (CarePlan.supportingInfo): Coding
RULE: Final = _EXTENSION + "regel"  # any primitive: code of the rule that filled it in
KEYWORD: Final = _EXTENSION + "sokord"  # Annotation: one keyword with what lies under it
HOURS: Final = _EXTENSION + "oppettid"  # ContactPoint: one row of opening hours
VACANT: Final = _EXTENSION + "vakant"  # Annotation of the roster: a line that says that nobody holds a role
INACTIVE_REASON: Final = _EXTENSION + "inaktiv-orsak"  # DocumentReference: string
OPINION: Final = _EXTENSION + "avvikande-mening"  # DocumentReference.content: whose opinion it is

# --- extensions of FHIR R4 itself ------------------------------------------------------------------
ORIGINAL_TEXT: Final = "http://hl7.org/fhir/StructureDefinition/originalText"
NARRATIVE_LINK: Final = "http://hl7.org/fhir/StructureDefinition/narrativeLink"
ABSENT: Final = "http://hl7.org/fhir/StructureDefinition/data-absent-reason"

# --- code systems of this project ------------------------------------------------------------------
_CODES: Final = f"{BASE}/CodeSystem/"
PLAN_KIND: Final = _CODES + "plan-typ"
URGENCY_CODES: Final = _CODES + "svarstidsniva"
SBAR: Final = _CODES + "sbar"
MESSAGE_EVENT: Final = _CODES + "meddelandehandelse"
KEYWORDS: Final = _CODES + "sokord"
CONTACT_FORM: Final = _CODES + "kontaktform"
VITAL: Final = _CODES + "vitalparameter"
ACVPU: Final = _CODES + "acvpu"
ACCESS: Final = _CODES + "atkomst"
ORIGIN_ACTIVITY: Final = _CODES + "harkomst"
FINDING: Final = _CODES + "iakttagelse"
TEAM_KIND: Final = _CODES + "vardlag"

AGREEMENT_CODE: Final = "dokumenterad-overenskommelse"
PATIENT_PART: Final = "patienten-ansvarar-for"
CARE_PART: Final = "varden-ansvarar-for"
NEXT_STEP: Final = "fortsatt-planering"
OWN_UNIT_ONLY: Final = "endast-egen-enhet"
STAFF_ONLY: Final = "endast-personal"
ROSTER: Final = "fasta-kontakter"
RULE_NOTE_DATE: Final = "anteckningens-datum"  # no start was read; here stands the date of the note
RULE_COUNTED: Final = "raknad-fran-anteckningen"  # the words say no start; the reading counts from the note

# --- code systems of others ------------------------------------------------------------------------
SNOMED: Final = "http://snomed.info/sct"
LOINC: Final = "http://loinc.org"
UCUM: Final = "http://unitsofmeasure.org"
ACT_CODE: Final = "http://terminology.hl7.org/CodeSystem/v3-ActCode"
NOPATIENT: Final = "NOPATIENT"
SE_SECURITY: Final = "http://hl7.se/fhir/ig/base/CodeSystem/SecurityLabel"
PROTECTED: Final = "sekretessmarkering"
AGENT_TYPE: Final = "http://terminology.hl7.org/CodeSystem/provenance-participant-type"
OBSERVATION_CATEGORY: Final = "http://terminology.hl7.org/CodeSystem/observation-category"
ABSENT_REASON: Final = "http://terminology.hl7.org/CodeSystem/data-absent-reason"
TASK_CODE: Final = "http://hl7.org/fhir/CodeSystem/task-code"
FIXED_CONTACT: Final = (
    "https://terminologitjansten.inera.se/inera-kodverksforvaltning/kodverk/kv_typ_av_fast_kontakt"
)
CARE_TEAM_KIND: Final = "https://fhir.inera.se/ig/careteam/CodeSystem/typ-av-careteam-cs"
TYPE_OF_CARE_PLAN: Final = "https://fhir.inera.se/CodeSystem/typeofcareplan-cs"
REQUEST_STATUS: Final = "urn:oid:1.2.752.129.2.2.2.43"  # KV Status framställan
NOTE_TYPE: Final = "urn:oid:1.2.752.129.2.2.2.11"  # KV Anteckningstyp
STAFF_ROLE: Final = "urn:oid:1.2.752.129.2.2.1.4"  # KV Befattning
CARE_PLAN_SNOMED: Final = "734163000"
CONSULTATION_SNOMED: Final = "11429006"

# --- identifiers -----------------------------------------------------------------------------------
PERSONNUMMER: Final = "http://electronichealth.se/identifier/personnummer"
SAMORDNINGSNUMMER: Final = "http://electronichealth.se/identifier/samordningsnummer"
NATIONAL_RESERVE: Final = "http://electronichealth.se/identifier/nationelltReservnummer"
HSA: Final = "urn:oid:1.2.752.29.4.19"  # HL7 Sweden's form; RIV TA's is understood on input
HSA_RIV: Final = "urn:oid:1.2.752.129.2.1.4.1"
SHA256: Final = f"{BASE}/sid/sha256"
MAPPING: Final = f"{BASE}/sid/mappning"
INBOX: Final = f"{BASE}/sid/inkorg"  # our own ids of messages that came


@lru_cache(maxsize=64)  # a source has one system, or a few
def source_uri(source: str, hsa_id: str) -> str:
    """``meta.source`` of what a source system sent (canonical-models §1)."""
    return f"{BASE}/source/{source}#{quote(hsa_id)}" if hsa_id else f"{BASE}/source/{source}"


@lru_cache(maxsize=64)
def own_namespace(owner: str) -> str:
    """The namespace of the ids that one system gives, when the message names no OID for it."""
    return f"{BASE}/sid/{quote(owner)}"
