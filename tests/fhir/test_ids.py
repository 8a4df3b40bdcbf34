"""Resource ids: UUIDv5 of what a thing is."""

from __future__ import annotations

import uuid

from hypothesis import given
from hypothesis import strategies as st

from adapter.fhir.ids import NAMESPACE, resource_id

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
