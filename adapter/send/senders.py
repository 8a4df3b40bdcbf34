"""The way to each receiver, by its format."""

from __future__ import annotations

from typing import TYPE_CHECKING

from adapter.domain.routes import Format
from adapter.send.cosmic import CosmicSender
from adapter.send.fhir_message import FhirMessageSender
from adapter.send.lifecare import LifecareSender
from adapter.send.mllp import MllpSender
from adapter.send.receivers import Mllp

if TYPE_CHECKING:
    from adapter.letters import Sender
    from adapter.ports import Clock
    from adapter.send.receivers import Receiver, Receivers


def senders_of(receivers: Receivers, clock: Clock) -> dict[str, Sender]:
    """A sender for each receiver that is sent to, by its name. None of them connects yet."""
    return {
        name: sender
        for name, receiver in receivers.by_name.items()
        if (sender := _sender(receiver, clock)) is not None
    }


def _sender(receiver: Receiver, clock: Clock) -> Sender | None:
    if isinstance(receiver.way, Mllp):
        return MllpSender(receiver.way, is_medcom_like=receiver.is_medcom_like)
    if receiver.way is None or receiver.format is Format.FHIR_SUBSCRIPTION:
        return None
    if receiver.format is Format.COSMIC_FHIR:
        return CosmicSender(receiver.way, clock, is_medcom_like=receiver.is_medcom_like)
    if receiver.format is Format.FHIR_MESSAGE:
        return FhirMessageSender(receiver.way, clock, is_medcom_like=receiver.is_medcom_like)
    return LifecareSender(receiver.way, clock, is_medcom_like=receiver.is_medcom_like)
