"""One function for each format that a receiver may have."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from adapter.domain.consultation import Consultation, MessageKind
from adapter.domain.routes import Format
from adapter.fhir import names_of
from adapter.frozen import dataclass, replace
from adapter.mapping import Plan
from adapter.writing import cosmic, fhir_message, hl7v2, lifecare
from adapter.writing.outgoing import Outgoing, Written


@dataclass(frozen=True, slots=True, kw_only=True)
class Writers:
    """How letters are written, with what the formats need of the program: Lifecare's plan."""

    lifecare: Plan

    def written(self, letter: Outgoing) -> Written:
        """The letter in its receiver's format; raises ``Unwritable`` when that has no words for it.

        Only for a route with a format: a receiver that fetches for itself is sent nothing.
        """
        assert letter.route.format  # noqa: S101  as the docstring says
        return _WRITERS[letter.route.format](self, letter)


def _lifecare(writers: Writers, letter: Outgoing) -> Written:
    body = lifecare.lifecare_message(letter.message, writers.lifecare)
    return Written(media_type=lifecare.MEDIA_TYPE, body=body)


def _as_named(letter: Outgoing) -> Consultation:
    """The message, in a thread with the names that its request was given: HL7 v2 answers by them alone."""
    requests = (each for each in letter.resources if each["resourceType"] == "ServiceRequest")
    names = names_of(next(requests, {}))
    if letter.message.kind is MessageKind.REQUEST or not names:
        return letter.message
    return replace(letter.message, request_ids=names)


def _hl7v2(_: Writers, letter: Outgoing) -> Written:
    envelope = hl7v2.Envelope(
        control_id=hl7v2.control_id(letter.letter_id), own=letter.own, theirs=letter.route.address
    )
    body = hl7v2.write(
        _as_named(letter),
        envelope,
        is_owners=letter.is_owners,
        as_document=letter.route.has_answers_as_documents,
    )
    return Written(media_type=hl7v2.MEDIA_TYPE, body=body)


def _cosmic(_: Writers, letter: Outgoing) -> Written:
    return Written(media_type=cosmic.MEDIA_TYPE, body=cosmic.cosmic_message(letter))


def _fhir_message(_: Writers, letter: Outgoing) -> Written:
    return Written(media_type=fhir_message.MEDIA_TYPE, body=fhir_message.fhir_message(letter))


_WRITERS: Mapping[Format, Callable[[Writers, Outgoing], Written]] = {
    Format.COSMIC_FHIR: _cosmic,
    Format.FHIR_MESSAGE: _fhir_message,
    Format.LIFECARE: _lifecare,
    Format.HL7V2: _hl7v2,
}
