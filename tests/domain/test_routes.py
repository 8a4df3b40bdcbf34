"""Routes: which receiver answers for a unit."""

from __future__ import annotations

from adapter.domain.identity import hsa_id
from adapter.domain.routes import Format, Route, Routes

LIFECARE = Route(receiver="halland", format=Format.LIFECARE)
ROUTES = Routes(by_unit={"SE2120001249-HSV01": LIFECARE})


def test_a_unit_is_found_by_its_hsa_id_whatever_the_case_of_its_letters() -> None:
    """
    Two HSA-ids that differ only in case are one.
    """
    assert ROUTES.to(hsa_id("se2120001249-hsv01")) is LIFECARE


def test_a_unit_that_nobody_answers_for_has_no_route() -> None:
    """
    Neither an unknown unit nor one without an id goes anywhere.
    """
    assert ROUTES.to(hsa_id("SE2120001249-OTHER")) is None
    assert ROUTES.to(None) is None


def test_without_receivers_everybody_fetches() -> None:
    """
    No configuration is another thing than a unit that is missing from it.
    """
    assert Routes().is_empty
    assert not ROUTES.is_empty
