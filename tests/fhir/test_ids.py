"""Resource ids: UUIDv5 of what a thing is."""

from __future__ import annotations

import uuid

from hypothesis import given
from hypothesis import strategies as st

from adapter.fhir.ids import NAMESPACE, resource_id
from adapter.fhir.written import origin_id

PARTS = st.lists(st.text(alphabet=st.characters(exclude_characters="\x1f", codec="utf-8")), min_size=1)


@given(PARTS)
def test_an_id_is_the_standard_uuid5_of_its_parts(parts):
    """
    Anybody can make the same id with a library of their own.
    """
    assert resource_id(*parts) == str(uuid.uuid5(NAMESPACE, "\x1f".join(parts)))


def test_other_parts_give_another_id_though_they_read_the_same_together():
    """
    Note 1 with role 23 is not note 12 with role 3.
    """
    assert resource_id("1", "23") != resource_id("12", "3")


def test_the_origin_of_what_was_made_here_lies_beside_it():
    """
    It begins with the time that the id begins with; the rest comes of the whole id.
    """
    made = "019bb2a4-5f01-7abc-8def-0123456789ab"
    other = made[:-1] + "c"
    origin = uuid.UUID(origin_id(f"Task/{made}"))
    assert origin.bytes[:6] == uuid.UUID(made).bytes[:6]
    assert (origin.version, origin.variant) == (8, uuid.RFC_4122)
    assert len({str(origin), origin_id(f"Task/{other}"), origin_id(f"Appointment/{made}")}) == 3


def test_the_origin_of_what_has_another_id_is_known_by_its_name():
    """
    Ids without a time, as they were given before and are given to what is made under a condition.
    """
    target = "Task/5b0c8f52-44a2-4e3f-9a41-6a4e3c9d1f11"
    assert origin_id(target) == resource_id("Provenance", "create", target)
