"""What a reader is told, as plain Swedish sentences: one model for narrative, page and print.

Sentences carry ids, so that each can point at what it was made from. What is missing is said openly.
No number in here is for staff only: every line goes through ``shown`` (agr-tel-1).
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Final

from adapter.domain.agreement import Agreement, FixedContact, FixedContactCode, Validity
from adapter.domain.keywords import Keyword
from adapter.domain.people import ContactWay
from adapter.fhir.contact_point import FOR_THE_PATIENT
from adapter.fhir.page import Section, Sentence, View

Shown = Callable[[str], str]

CONTACT_NAMES: Final = {
    FixedContactCode.CARE_CONTACT: "Fast vårdkontakt",
    FixedContactCode.PHYSICIAN: "Fast läkarkontakt i primärvård",
    FixedContactCode.SOCIAL_CARE_CONTACT: "Fast omsorgskontakt i hemtjänsten",
    FixedContactCode.COORDINATING_CONTACT: "Fast vårdkontakt med övergripande samordningsansvar",
}
_GAPS: Final = (
    ({FixedContactCode.PHYSICIAN}, "Ingen fast läkarkontakt är utsedd."),
    (
        {FixedContactCode.CARE_CONTACT, FixedContactCode.COORDINATING_CONTACT},
        "Ingen fast vårdkontakt är utsedd.",
    ),
    ({FixedContactCode.SOCIAL_CARE_CONTACT}, "Ingen fast omsorgskontakt är utsedd."),
)


def agreement_view(agreement: Agreement, shown: Shown) -> View:
    """The agreement as its patient reads it; ``shown`` takes the staff numbers out of a line."""
    lead = [Sentence("giltighet", validity_sentence(shown, agreement.validity))]
    for number, text in enumerate(agreement.text, 1):
        lead.append(Sentence(f"text-{number}", shown(text)))
    sections = (
        _section(
            "patienten",
            "Patienten ansvarar för",
            [shown(line.text) for line in agreement.patient_part],
            "Det står inte vad patienten ansvarar för.",
        ),
        _section(
            "varden",
            "Vården ansvarar för",
            [shown(line.text) for line in agreement.care_part],
            "Det står inte vad vården ansvarar för.",
        ),
        Section("kontakter", "Fasta kontakter", _contact_sentences(shown, agreement.contacts), is_list=True),
        _section(
            "kontaktvagar",
            "Patienten kan kontakta vården via",
            list(dict.fromkeys(shown(way.text) for way in _open(agreement.contact_ways))),
            "Det står inte hur patienten kan kontakta vården.",
        ),
        _section(
            "planering",
            "Fortsatt planering",
            [shown(step.text) for step in agreement.next_steps],
            "Det finns inga nästa steg eller bokade tider antecknade.",
        ),
        _section("planer", "Sammanhållen planering", [shown(p.text) for p in agreement.joint_plans], ""),
        _section("ovrigt", "Övrigt", [keyword_text(shown, keyword) for keyword in agreement.unknown], ""),
    )
    return View(tuple(lead), tuple(section for section in sections if section.sentences))


def validity_sentence(shown: Shown, validity: Validity | None) -> str:
    """How long the agreement is valid, in one sentence that invents nothing."""
    if validity is None:
        return "Överenskommelse. Det står inte hur länge den gäller."
    start = validity.start.value if validity.start else ""
    end = validity.end.value if validity.end else ""
    if start and end:
        time = start if start == end else f"{start} till {end}"
        return f"Överenskommelse, gäller {time}."
    if end:
        return f"Överenskommelse, gäller till och med {end}."
    until_further_notice = " tills vidare" if validity.is_open_ended else ""
    if start:
        return f"Överenskommelse, gäller från {start}{until_further_notice}."
    if until_further_notice:
        return "Överenskommelse, gäller tills vidare."
    return f"Överenskommelse. Om giltigheten står det: {shown(validity.text)}"


def gap_sentences(contacts: tuple[FixedContact, ...]) -> tuple[str, ...]:
    """Which fixed contacts nobody holds."""
    held = {contact.code for contact in contacts if not contact.is_vacant}
    return tuple(sentence for codes, sentence in _GAPS if not codes & held)


def keyword_text(shown: Shown, keyword: Keyword) -> str:
    """A keyword with its values and what lies under it, on one line."""
    values = [shown(value.text) for value in keyword.values]
    values += [keyword_text(shown, child) for child in keyword.children]
    return f"{shown(keyword.title)}: {'; '.join(values)}" if values else shown(keyword.title)


def _open(ways: tuple[ContactWay, ...]) -> Iterator[ContactWay]:
    return (way for way in ways if way.audience in FOR_THE_PATIENT)


def _contact_sentences(shown: Shown, contacts: tuple[FixedContact, ...]) -> tuple[Sentence, ...]:
    lines = [
        Sentence(f"kontakt-{number}", f"{CONTACT_NAMES[contact.code]}: {shown(contact.text)}")
        for number, contact in enumerate(contacts, 1)
        if not contact.is_vacant
    ]
    gaps = [Sentence(f"saknas-{number}", text) for number, text in enumerate(gap_sentences(contacts), 1)]
    return (*lines, *gaps)


def _section(id_: str, heading: str, lines: list[str], missing: str) -> Section:
    if not lines:
        said = (Sentence(f"{id_}-saknas", missing),) if missing else ()
        return Section(id_, heading, said)
    sentences = [Sentence(f"{id_}-{number}", line) for number, line in enumerate(lines, 1)]
    return Section(id_, heading, tuple(sentences), is_list=True)
