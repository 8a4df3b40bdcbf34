"""Other plans by their words: "SIP", "samordnad rehabiliteringsplan", "självvald inläggning"."""

from __future__ import annotations

import re
import unicodedata

from adapter.domain.agreement_parts import JointPlan
from adapter.domain.reading import NOWHERE, Place

# TypeOfCarePlan (RIV TA GetCarePlans 2); "självvald inläggning" has no code there. Before each stands what is
# looked for first: one of its words.
_TYPES = (
    ("SPLPTLRV", "enligt", re.compile(r"samordnad plan enligt (?:lpt|lrv)")),
    ("SPU", "utskrivning", re.compile(r"samordnad plan vid utskrivning|utskrivningsplan")),
    ("SIP", "sip", re.compile(r"\bsip(?:en|:en)?\b")),
    ("SIP", "individuell", re.compile(r"samordnad(?:e)? individuell(?:a)? plan")),
    ("SVP", "vårdplan", re.compile(r"standardiserad(?:e)? vårdplan")),
    ("RP", "rehab", re.compile(r"rehab(?:iliterings)?plan")),
    ("HP", "habiliteringsplan", re.compile(r"(?<!re)habiliteringsplan")),
    ("GP", "genomförandeplan", re.compile(r"genomförandeplan")),
    ("VP", "vårdplan", re.compile(r"(?<!standardiserad )(?<!standardiserade )\bvårdplan")),
)


def joint_plan(text: str, place: Place = NOWHERE) -> JointPlan:
    """One line about another plan; its type when the words name exactly one."""
    return JointPlan(text=text, plan_type=_plan_type(text), origins={"": place.where})


def _plan_type(text: str) -> str:
    plain = unicodedata.normalize("NFC", text).casefold()
    if "plan" not in plain and "sip" not in plain:
        return ""
    plain = " ".join(plain.split())
    types = {code for code, word, words in _TYPES if word in plain and words.search(plain)}
    return types.pop() if len(types) == 1 else ""
