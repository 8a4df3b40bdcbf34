"""Which way a receiver is sent to."""

from __future__ import annotations

from adapter.configured import SystemClock
from adapter.domain.routes import Format
from adapter.send.cosmic import CosmicSender
from adapter.send.fhir_message import FhirMessageSender
from adapter.send.lifecare import LifecareSender
from adapter.send.mllp import MllpSender
from adapter.send.receivers import Http, Mllp, Receiver, Receivers
from adapter.send.senders import senders_of

WAYS = {
    "lifecare": (Format.LIFECARE, Http(url="http://127.0.0.1:1/"), LifecareSender),
    "fhir": (Format.FHIR_MESSAGE, Http(url="http://127.0.0.1:1/"), FhirMessageSender),
    "cosmic": (Format.COSMIC_FHIR, Http(url="http://127.0.0.1:1/"), CosmicSender),
    "journal": (Format.HL7V2, Mllp(host="127.0.0.1", port=1), MllpSender),
    "reads": (None, None, None),
}


async def test_each_receiver_is_sent_to_by_its_format() -> None:
    """
    One sender a receiver; who fetches has none.
    """
    receivers = Receivers(
        by_name={
            name: Receiver(name=name, units=(f"SE1-{name}",), format=form, way=way)
            for name, (form, way, _) in WAYS.items()
        }
    )
    made = senders_of(receivers, SystemClock())
    assert {name: type(sender) for name, sender in made.items()} == {
        name: kind for name, (_, _, kind) in WAYS.items() if kind
    }
    for sender in made.values():
        await sender.close()
