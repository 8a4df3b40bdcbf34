"""The CapabilityStatement of the package is that of the server."""

from __future__ import annotations

import json
import runpy
from pathlib import Path

from adapter.rest.metadata import capability_statement

PROFILES = Path(__file__).parents[2] / "profiles"
OWN_WORDS = {"id", "url", "version", "name", "title", "description", "experimental", "publisher"}


def test_the_package_says_what_a_server_says() -> None:
    """
    Equal but for date, kind, what is said of the instance, and how its security is set up.
    """
    compiled = PROFILES / "fsh-generated" / "resources" / "CapabilityStatement-overens-server.json"
    told = json.loads(compiled.read_bytes())
    served = capability_statement("http://127.0.0.1/fhir", "0", "2026")
    del served["rest"][0]["security"]
    of_instance = {"date", "kind", "software", "implementation"}
    assert {k: v for k, v in served.items() if k not in of_instance} == {
        k: v for k, v in told.items() if k not in of_instance | OWN_WORDS
    }


def test_the_fsh_is_made_of_what_a_server_says() -> None:
    """
    Nobody writes it by hand: ``python profiles/capability.py`` makes it again.
    """
    text = runpy.run_path(str(PROFILES / "capability.py"))["text"]()
    assert (PROFILES / "input" / "fsh" / "capability.fsh").read_text(encoding="utf-8") == text
