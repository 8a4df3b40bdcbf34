"""Which segments of a message belong together (HL7 v2.5.1 chapters 2, 9, 10 and 11).

A structure names its segments, and its groups in parentheses: name, first segment, the rest. Where a
segment belongs is told by the group that is open: the innermost that knows it, else one that it begins.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field

_OBSERVED = "(OBSERVATION OBR NTE (RESULTS_NOTES OBX NTE))"
_PROVIDERS = "(AUTHORIZATION_CONTACT AUT CTD) (PROVIDER_CONTACT PRD CTD)"
_PROCEDURE = "(PROCEDURE PR1 (AUTHORIZATION_CONTACT AUT CTD))"
_VISIT = "(PATIENT_VISIT PV1 PV2)"
_ORDERED = "(COMMON_ORDER ORC (TIMING TQ1 TQ2) OBR NTE)"
_WORDS = {
    "ACK": "MSH SFT MSA ERR",
    "REF_I12": f"MSH SFT RF1 {_PROVIDERS} PID NK1 GT1 (INSURANCE IN1 IN2 IN3) ACC DG1 DRG AL1 {_PROCEDURE} "
    f"{_OBSERVED} {_VISIT} NTE",
    "RRI_I12": f"MSH SFT MSA RF1 {_PROVIDERS} PID ACC DG1 DRG AL1 {_PROCEDURE} {_OBSERVED} {_VISIT} NTE",
    "SIU_S12": "MSH SCH TQ1 NTE (PATIENT PID PD1 PV1 PV2 OBX DG1) (RESOURCES RGS (SERVICE AIS NTE) "
    "(GENERAL_RESOURCE AIG NTE) (LOCATION_RESOURCE AIL NTE) (PERSONNEL_RESOURCE AIP NTE))",
    "MDM_T01": f"MSH SFT EVN PID PV1 {_ORDERED} TXA",
    "MDM_T02": f"MSH SFT EVN PID PV1 {_ORDERED} TXA (OBSERVATION OBX NTE)",
}
_WORD = re.compile(r"[()]|[A-Z0-9_]+")


@dataclass(slots=True)
class Group:
    """A group of segments: those it holds, and the groups in it by the segment that begins them."""

    name: str
    first: str = ""
    segments: set[str] = field(default_factory=set)  # besides the first
    begun_by: dict[str, Group] = field(default_factory=dict)


def structure_of(message_type: str, event: str, said: str) -> Group:
    """The structure of a message by MSH-9, told by its event; a flat one when it is none of ours."""
    named = _BY_EVENT.get(f"{message_type}^{event}") or said or message_type
    return STRUCTURES.get(named) or Group(named)


def structure_name(message_type: str, event: str) -> str:
    """MSH-9.3 of an event (table 0354); empty when it is none of ours."""
    return _BY_EVENT.get(f"{message_type}^{event}", "")


def _compiled(name: str, words: str) -> Group:
    top = Group(name)
    within = [top]
    parts = _WORD.findall(words)
    at = 0
    while at < len(parts):
        if parts[at] == "(":
            group = Group(parts[at + 1], parts[at + 2])
            within[-1].begun_by[parts[at + 2]] = group
            within.append(group)
            at += 3
        elif parts[at] == ")":
            within.pop()
            at += 1
        else:
            within[-1].segments.add(parts[at])
            at += 1
    return top


STRUCTURES = {name: _compiled(name, words) for name, words in _WORDS.items()}
_BY_EVENT = {
    **{f"REF^I{event}": "REF_I12" for event in range(12, 16)},
    **{f"RRI^I{event}": "RRI_I12" for event in range(12, 16)},
    **{f"SIU^S{event}": "SIU_S12" for event in range(12, 27)},
    **{f"MDM^T{event:02}": "MDM_T02" if event % 2 == 0 else "MDM_T01" for event in range(1, 12)},
}
