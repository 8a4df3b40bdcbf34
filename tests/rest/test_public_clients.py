"""Clients that others keep work unchanged: fhirpy and fhirclient read, search, page and create."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from fhirclient.client import FHIRClient
from fhirclient.models.appointment import Appointment
from fhirclient.models.bundle import Bundle
from fhirclient.models.careplan import CarePlan
from fhirpy import AsyncFHIRClient, SyncFHIRClient
from fhirpy.base.exceptions import OperationOutcome, ResourceNotFound

from tests.rest.test_server import COSMIC, NOTE, Server

if TYPE_CHECKING:
    from collections.abc import Iterator

Json = dict[str, Any]
BOOKED: Json = {
    "resourceType": "Appointment",
    "status": "booked",
    "start": "2026-03-12T10:00:00+01:00",
    "end": "2026-03-12T10:30:00+01:00",
    "participant": [{"actor": {"display": "Tolvan Tolvansson"}, "status": "accepted"}],
}


@pytest.fixture(scope="module")
def base(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The FHIR base of a running server with an agreement in it."""
    server = Server(tmp_path_factory.mktemp("clients"))
    assert server.client.post(COSMIC, content=NOTE).status_code == 201
    yield f"{server.address}/fhir"
    server.stop()


def test_fhirpy_reads_searches_and_pages(base: str) -> None:
    """
    Its own search grammar, chained too, and every page that the links lead to.
    """
    client = SyncFHIRClient(base)
    plan = client.resources("CarePlan").search(status="active").include("CarePlan", "care-team").first()
    assert client.reference("CarePlan", plan.id).to_resource().serialize() == plan.serialize()
    assert not client.resources("CarePlan").search(patient__family="nobody").fetch()
    tasks = client.resources("Task").search(patient=plan["subject"]["reference"])
    whole = tasks.limit(100).fetch()
    paged = tasks.limit(1).fetch_all()
    assert {task.id for task in paged} == {task.id for task in whole}
    assert len(paged) == len(whole) > 1
    with pytest.raises(ResourceNotFound):
        client.reference("CarePlan", "none").to_resource()


def test_fhirpy_creates_and_is_told_what_is_wrong(base: str) -> None:
    """
    Created under our id, found again; a fault is the client's own exception.
    """
    client = SyncFHIRClient(base)
    booked = client.resource("Appointment", **{k: v for k, v in BOOKED.items() if k != "resourceType"})
    booked.save()
    assert booked.id
    found = client.resources("Appointment").search(_id=booked.id).get()
    assert found["start"] == BOOKED["start"]
    with pytest.raises(OperationOutcome):
        client.resource("Appointment", status="nonsense").save()


async def test_fhirpy_works_asynchronously_too(base: str) -> None:
    """
    Get-or-create has its condition in the address: one alone is made.
    """
    client = AsyncFHIRClient(base)
    said = {k: v for k, v in BOOKED.items() if k != "resourceType"}
    said["identifier"] = [{"system": "urn:booking", "value": "17"}]
    for is_first in (True, False):
        resource = client.resource("Appointment", **said)
        made, created = (
            await client.resources("Appointment").search(identifier="urn:booking|17").get_or_create(resource)
        )
        assert made["start"] == BOOKED["start"]
        assert created is is_first


def test_fhirclient_reads_searches_and_pages(base: str) -> None:
    """
    Its models take what we say, the CapabilityStatement and every page too.
    """
    client = FHIRClient(settings={"app_id": "test", "api_base": base})
    assert client.prepare() or client.server.capabilityStatement.fhirVersion == "4.0.1"
    plans = list(CarePlan.where(struct={"status": "active"}).perform_resources_iter(client.server))
    assert CarePlan.read(plans[0].id, client.server).as_json() == plans[0].as_json()
    bundle = client.server.request_json("Task?_count=1")
    seen = []
    while bundle:
        page = Bundle(bundle)
        seen += [entry.resource.id for entry in page.entry or ()]
        address = next((link.url for link in page.link if link.relation == "next"), "")
        bundle = client.server.request_json(address) if address else None
    assert len(seen) == len(set(seen)) > 1


def test_fhirclient_creates(base: str) -> None:
    """
    A model of its own is posted and read back.
    """
    client = FHIRClient(settings={"app_id": "test", "api_base": base})
    told = Appointment(BOOKED).create(client.server)
    assert told is not None
    found = Appointment.read(told["id"], client.server)
    assert found.status == "booked"
