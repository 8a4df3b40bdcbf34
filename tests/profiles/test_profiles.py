"""The compiled profiles: complete, ours in words, and fresh."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

from adapter.fhir import profiles, systems
from adapter.validation.invariants import in_both

if TYPE_CHECKING:
    import pytest

OWN = f"{systems.BASE}/StructureDefinition/"
# The invariants of the canonical models; rules of ours beside them have letters or later numbers.
REQUIRED = {
    *(f"agr-msg-{number}" for number in range(1, 7)),
    *("agr-ack-1", "agr-plan-1", "agr-plan-2", "agr-team-1", "agr-team-2", "agr-team-3"),
    *("agr-appt-1", "agr-appt-2", "agr-task-1", "agr-riv-1", "agr-id-1", "agr-prov-1"),
    *("agr-urg-1", "agr-urg-2", "agr-tel-1", "agr-loss-1"),
}


def rules(definitions: dict[str, Any]) -> dict[str, dict[str, Any]]:
    """
    Every invariant of ours by its id.
    """
    own = [definition for url, definition in definitions.items() if url.startswith(OWN)]
    elements = [element for definition in own for element in definition["differential"]["element"]]
    return {rule["key"]: rule for element in elements for rule in element.get("constraint", ())}


def test_each_resource_claims_one_profile_and_that_is_defined(
    built: list[dict[str, Any]], definitions: dict[str, Any]
) -> None:
    """
    meta.profile names one of our definitions, of the resource's type.
    """
    assert built
    for resource in built:
        (claimed,) = resource["meta"]["profile"]
        assert claimed.startswith(OWN)
        assert definitions[claimed]["type"] == resource["resourceType"]


def test_every_profile_in_the_table_is_there(definitions: dict[str, Any]) -> None:
    """
    The table of adapter/fhir/profiles.py names nothing that was not compiled.
    """
    named = {value for name, value in vars(profiles).items() if name.isupper() and not name.startswith("_")}
    claimed = {url for url in named if isinstance(url, str) and url.startswith(OWN)}
    assert claimed
    assert claimed <= definitions.keys()


def test_every_extension_of_ours_is_defined(definitions: dict[str, Any]) -> None:
    """
    An address of an extension in systems.py has its definition, with its context.
    """
    used = {value for value in vars(systems).values() if isinstance(value, str) and value.startswith(OWN)}
    for url in used - {OWN}:
        assert definitions[url]["type"] == "Extension"
        assert definitions[url]["context"]


def test_every_code_system_of_ours_is_defined(profiles_home: Path) -> None:
    """
    An address of a code system in systems.py has its CodeSystem.
    """
    prefix = f"{systems.BASE}/CodeSystem/"
    used = {value for value in vars(systems).values() if isinstance(value, str) and value.startswith(prefix)}
    files = (profiles_home / "fsh-generated/resources").glob("CodeSystem-*.json")
    there = {json.loads(file.read_text(encoding="utf-8"))["url"] for file in files}
    assert used - {prefix} <= there


def test_every_profile_has_an_example(profiles_home: Path, definitions: dict[str, Any]) -> None:
    """
    A profile without an example is a guess.
    """
    files = (profiles_home / "fsh-generated/resources").glob("*-exempel-*.json")
    shown = {url for file in files for url in json.loads(file.read_text(encoding="utf-8"))["meta"]["profile"]}
    own = {
        url
        for url, definition in definitions.items()
        if url.startswith(OWN) and definition["type"] != "Extension"
    }
    assert own <= shown


def test_every_invariant_of_the_models_is_a_rule(definitions: dict[str, Any]) -> None:
    """
    The canonical models' invariants are FHIRPath on some profile, told in Swedish and in English.
    """
    found = rules(definitions)
    assert found.keys() >= REQUIRED
    for rule in found.values():
        assert rule["expression"]
        told = in_both(rule)
        assert told.endswith(".")
        assert told.en.endswith(".")
        assert told != told.en


def test_every_invariant_has_a_file_that_passes_and_one_that_fails(
    definitions: dict[str, Any], profiles_home: Path
) -> None:
    """
    Both files claim a profile that has the rule, itself or in a part of a Bundle.
    """
    found = {key for key in rules(definitions) if key.startswith("agr-")}
    names = {path.name for path in (profiles_home / "invariants").iterdir()}
    assert names == {f"{key}.{kind}.json" for key in found for kind in ("pass", "fail")}
    for path in (profiles_home / "invariants").iterdir():
        resource = json.loads(path.read_text(encoding="utf-8"))
        assert resource["meta"]["profile"][0] in definitions


def test_snapshots_tell_nothing_in_the_words_of_others(definitions: dict[str, Any]) -> None:
    """
    An element that we did not describe says where it is described.
    """
    for definition in definitions.values():
        own = {element["id"] for element in definition["differential"]["element"] if "definition" in element}
        for element in definition["snapshot"]["element"]:
            if element["id"] not in own:
                assert element["definition"].startswith("FHIR R4: "), (definition["id"], element["id"])
            assert not {"comment", "requirements", "mapping", "alias"} & element.keys()


def test_no_committed_file_names_a_package_registry(profiles_home: Path) -> None:
    """
    Where packages come from is the user's own setting.
    """
    host = re.compile(r"https?://(registry\.|packages2?\.)")
    paths = [
        path for path in profiles_home.rglob("*") if path.suffix in {".json", ".yaml", ".fsh", ".py", ".md"}
    ]
    assert not [path for path in paths if host.search(path.read_text(encoding="utf-8"))]


def test_the_check_without_node_says_so_in_one_line(
    profiles_home: Path, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """
    Whoever has no Node is told what was left out, and nothing fails.
    """
    monkeypatch.setenv("PATH", str(tmp_path))
    run = subprocess.run(  # noqa: S603  our own script
        [sys.executable, str(profiles_home / "build.py"), "--check"],
        capture_output=True,
        text=True,
        check=True,
    )
    assert run.stdout == "profiles: left out, no node and no npm (SUSHI needs Node 20 or later)\n"
