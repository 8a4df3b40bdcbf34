"""Bundle (https://hl7.org/fhir/R4/bundle.html): the resources of one message as a collection."""

from __future__ import annotations

from collections.abc import Iterable

from adapter.fhir.element import Json, element
from adapter.fhir.systems import BASE


def collection(resources: Iterable[Json]) -> Json:
    """A Bundle in which the relative references of the resources resolve; each resource once."""
    once = {f"{resource['resourceType']}/{resource['id']}": resource for resource in resources}
    entries = [{"fullUrl": f"{BASE}/{target}", "resource": resource} for target, resource in once.items()]
    return element(resourceType="Bundle", type="collection", entry=entries)
