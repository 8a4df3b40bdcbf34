"""The RIV TA fixtures are what the contract's own XML Schemas allow."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from lxml import etree

from tests.sources.samples import FIXTURES, SHARED

SCHEMAS = SHARED / "reference" / "riv-xsd"
CASES = [case for case in FIXTURES if case.parent.name == "se.riv.care-documentation"]


class _SameFolder(etree.Resolver):
    """The imports keep the paths of their original tree; here all lie beside each other."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def resolve(self, url: str | None, _public: str | None, context: Any) -> Any:
        """The file of that name in the folder."""
        return self.resolve_filename(str(self.folder / Path(url or "").name), context)


def schema(version: str) -> etree.XMLSchema:
    """The response schema of a version of the contract."""
    folder = SCHEMAS / f"description_{version}"
    parser = etree.XMLParser()
    parser.resolvers.add(_SameFolder(folder))
    return etree.XMLSchema(etree.parse(str(folder / f"GetCareDocumentationResponder_{version}.xsd"), parser))


@pytest.mark.skipif(not SCHEMAS.is_dir(), reason="the contract's schemas are not here (OVERENS_SHARED)")
@pytest.mark.parametrize("version", ["3.0", "2.1"])
def test_fixtures_are_valid_by_the_contract(version: str) -> None:
    """
    Also those with a fault in them: their fault is one that the schema cannot see.
    """
    judge = schema(version)
    judged = 0
    for case in CASES:
        (answer,) = etree.parse(str(case)).xpath('//*[local-name()="GetCareDocumentationResponse"]')
        if f"Responder:{version[0]}" in answer.tag:
            judged += 1
            assert judge.validate(etree.ElementTree(etree.fromstring(etree.tostring(answer)))), (
                judge.error_log
            )
    assert judged
