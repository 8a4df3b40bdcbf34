"""The FHIR NPM package: complete, indexed, and the same bytes every time."""

from __future__ import annotations

import json
import tarfile
from io import BytesIO
from pathlib import Path

import pytest
from typer.testing import CliRunner

from adapter.cli import commands
from adapter.cli.package import definitions_folder
from adapter.fhir.npm_package import guide_of, npm_package, package_name


@pytest.fixture(scope="module")
def files() -> dict[str, bytes]:
    """
    What the package is made of.
    """
    return {path.name: path.read_bytes() for path in definitions_folder().glob("*.json")}


def unpacked(raw: bytes) -> dict[str, bytes]:
    """
    The members of a package by name.
    """
    with tarfile.open(fileobj=BytesIO(raw)) as tar:
        return {member.name: tar.extractfile(member).read() for member in tar}  # type: ignore[union-attr]


def test_the_same_definitions_give_the_same_bytes(files: dict[str, bytes]) -> None:
    """
    Neither the order of the files nor the time of day is seen in the package.
    """
    turned = dict(reversed(files.items()))
    assert npm_package(files) == npm_package(turned)


def test_the_manifest_says_what_it_is_and_what_it_needs(files: dict[str, bytes]) -> None:
    """
    Name, version, canonical, FHIR version and dependencies are the guide's own.
    """
    manifest = json.loads(unpacked(npm_package(files))["package/package.json"])
    assert (manifest["name"], manifest["version"]) == ("overens.fhir", "0.1.0")
    assert manifest["canonical"] == "https://overens.example/fhir"
    assert manifest["fhirVersions"] == ["4.0.1"]
    assert manifest["dependencies"] == {"hl7.fhir.r4.core": "4.0.1", "hl7se.fhir.base": "1.1.0"}


def test_every_file_is_in_the_index_of_its_folder(files: dict[str, bytes]) -> None:
    """
    Definitions lie in package/, examples in package/example/, and each index lists its folder.
    """
    members = unpacked(npm_package(files))
    for place in ("package", "package/example"):
        listed = {row["filename"] for row in json.loads(members[f"{place}/.index.json"])["files"]}
        there = {name.removeprefix(f"{place}/") for name in members if name.startswith(f"{place}/")}
        assert listed == {n for n in there if "/" not in n} - {".index.json", "package.json"}
    assert len(members) == len(files) + 3
    assert "package/StructureDefinition-overenskommelse.json" in members
    assert "package/example/CarePlan-exempel-overenskommelse.json" in members


def test_a_folder_without_a_guide_is_no_package() -> None:
    """
    Without the ImplementationGuide nobody knows what the package is called.
    """
    with pytest.raises(ValueError, match="0 files of ImplementationGuide"):
        guide_of({})


def test_the_command_writes_the_package_under_its_own_name(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, files: dict[str, bytes]
) -> None:
    """
    Without --out the file is called as the package cache calls it.
    """
    monkeypatch.chdir(tmp_path)
    ended = CliRunner().invoke(commands, ["package"])
    assert ended.exit_code == 0
    written = tmp_path / f"{package_name(guide_of(files))}.tgz"
    assert written.read_bytes() == npm_package(files)


def test_a_place_that_cannot_be_written_is_wrong_use(tmp_path: Path) -> None:
    """
    The command says what is wrong and what to do.
    """
    ended = CliRunner().invoke(commands, ["package", "--out", str(tmp_path / "none" / "p.tgz")])
    assert ended.exit_code == 2
    assert "Välj en annan fil" in ended.stderr
