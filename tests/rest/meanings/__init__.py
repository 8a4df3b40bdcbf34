"""What each search parameter of R4 means, for the types that are served.

Written by hand from the search parameter registry (https://hl7.org/fhir/R4/searchparameter-registry.html) and
the resources' own pages: where the element stands in the resource, and of which type it is. Nothing in here
is read from the server's own tables.
"""

from __future__ import annotations

from tests.rest.meanings.forms import Meanings
from tests.rest.meanings.parties import PARTIES
from tests.rest.meanings.planned import PLANNED
from tests.rest.meanings.recorded import RECORDED

MEANINGS: dict[str, Meanings] = {**PLANNED, **RECORDED, **PARTIES}
