"""Settings come from the environment, are all documented, and a wrong one stops the start."""

from __future__ import annotations

from pathlib import Path

import pytest

from adapter.cli.serve import decider_count
from adapter.configured import mllp_tls, output_check
from adapter.errors import SettingError
from adapter.output_check import OutputCheck
from adapter.settings import Settings, load_settings, settings_page

PAGE = Path(__file__).parents[2] / "docs" / "settings.md"


@pytest.fixture(autouse=True)
def nothing_set(monkeypatch: pytest.MonkeyPatch) -> None:
    """No setting of whoever runs the tests takes part."""
    for name in Settings.model_fields:
        monkeypatch.delenv(f"OVERENS_{name.upper()}", raising=False)


def test_nothing_needs_to_be_set() -> None:
    """
    Without any setting: this machine only, data in the working folder.
    """
    settings = load_settings()
    assert (settings.host, settings.port, settings.database_url) == (
        "127.0.0.1",
        8000,
        "sqlite:///overens.db",
    )


def test_a_variable_with_the_prefix_is_read(monkeypatch: pytest.MonkeyPatch) -> None:
    """
    OVERENS_PORT is the port.
    """
    monkeypatch.setenv("OVERENS_PORT", "8123")
    assert load_settings().port == 8123


def test_the_command_line_goes_over_the_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    """
    ``--port`` wins; an option that was not given leaves the variable alone.
    """
    monkeypatch.setenv("OVERENS_PORT", "8123")
    assert load_settings(port=9000, host=None).port == 9000


def test_a_misspelt_variable_stops_the_start_and_the_near_ones_are_named(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """
    A setting that nobody reads is worse than none.
    """
    monkeypatch.setenv("OVERENS_DATABSE_URL", "sqlite:///elsewhere.db")
    with pytest.raises(SettingError, match="Menades OVERENS_DATABASE_URL"):
        load_settings()


def test_the_variables_of_the_tests_are_left_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    """
    OVERENS_TEST_* and OVERENS_SHARED are not the program's.
    """
    monkeypatch.setenv("OVERENS_TEST_POSTGRES", "postgresql://localhost/test")
    monkeypatch.setenv("OVERENS_SHARED", "/somewhere")
    load_settings()


def test_a_value_that_cannot_be_used_is_named_but_not_shown(monkeypatch: pytest.MonkeyPatch) -> None:
    """
    The variable stands in the sentence, its value does not: it may hold a password.
    """
    monkeypatch.setenv("OVERENS_PORT", "secret-word")
    with pytest.raises(SettingError, match="OVERENS_PORT") as caught:
        load_settings()
    assert "secret-word" not in str(caught.value)


@pytest.mark.parametrize("host", ["0.0.0.0", "::", "192.168.1.5", "overens.example", "127.0.0.1.example"])  # noqa: S104
def test_an_open_server_never_leaves_the_machine(host: str) -> None:
    """
    Without token settings any other address refuses to start, and says what to do.
    """
    with pytest.raises(SettingError, match=r"127\.0\.0\.1"):
        load_settings(host=host)


@pytest.mark.parametrize("host", ["127.0.0.1", "::1", "localhost"])
def test_the_machines_own_addresses_are_allowed(host: str) -> None:
    """
    All three names of this machine.
    """
    assert load_settings(host=host).host == host


def test_settings_cannot_be_changed_afterwards() -> None:
    """
    Read once, the same for everybody.
    """
    with pytest.raises(ValueError, match="frozen"):
        load_settings().port = 1  # type: ignore[misc]


def test_the_page_of_settings_is_up_to_date() -> None:
    """
    ``docs/settings.md`` is what the class says; make it again with ``python -m adapter.settings``.
    """
    assert PAGE.read_text(encoding="utf-8") == settings_page()


def test_every_setting_is_described() -> None:
    """
    A setting without a description is one nobody can use.
    """
    assert [name for name, field in Settings.model_fields.items() if not field.description] == []


@pytest.mark.parametrize(("said", "invariants"), [("all", True), ("structure", False)])
def test_how_what_is_made_is_judged_can_be_set(said: str, invariants: object) -> None:
    """
    With the rules across elements, or without them.
    """
    check = output_check(Settings.model_validate({"check_output": said}))
    assert isinstance(check, OutputCheck)
    assert check._with_invariants is invariants


def test_what_is_made_need_not_be_judged() -> None:
    """
    ``off`` leaves it out; without a setting everything is judged.
    """
    assert output_check(Settings(check_output="off")) is None
    assert Settings().check_output == "all"


@pytest.mark.parametrize(
    ("said", "cores", "count"), [("auto", 2, 2), ("auto", 64, 4), ("auto", None, 1), ("0", 2, 0), ("7", 2, 7)]
)
def test_deciders_are_one_for_each_core_unless_said(
    said: str, cores: int | None, count: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    """
    At most four by themselves; a number counts as it is.
    """
    monkeypatch.setenv("OVERENS_DECIDERS", said)
    monkeypatch.setattr("os.cpu_count", lambda: cores)
    assert decider_count(load_settings()) == count


TLS = {"mllp_certificate": "a.pem", "mllp_key": "a.key"}
BOUND = {**TLS, "mllp_client_ca": "ca.pem", "mllp_clients": {"kommun.example": "SE2120001249-HSV01"}}


def test_hl7_v2_is_not_taken_over_mllp_unless_it_is_asked_for() -> None:
    """
    Plain MLLP never leaves the machine.
    """
    assert load_settings().mllp_port is None
    settings = load_settings(mllp_port=2575)
    assert (settings.mllp_port, settings.mllp_host) == (2575, "127.0.0.1")


@pytest.mark.parametrize(
    "given",
    [
        {"mllp_port": 2575, "mllp_host": "0.0.0.0"},  # noqa: S104  that is what is refused
        {"mllp_port": 2575, "mllp_host": "10.0.0.1", **TLS},
        {"mllp_certificate": "a.pem"},
        {"mllp_key": "a.key"},
        {"mllp_client_ca": "ca.pem", "mllp_clients": {"a": "b"}},
        {**TLS, "mllp_client_ca": "ca.pem"},
        {**TLS, "mllp_clients": {"a": "b"}},
        {"mllp_port": 70_000},
    ],
)
def test_mllp_that_could_be_reached_by_strangers_stops_the_start(given: dict[str, object]) -> None:
    """
    Over TLS, with client certificates that are bound to who may send, or on this machine alone.
    """
    with pytest.raises(SettingError):
        load_settings(**given)


def test_mllp_over_tls_may_be_reached_from_elsewhere() -> None:
    """
    With all four settings any address will do.
    """
    assert load_settings(mllp_port=2575, mllp_host="10.0.0.1", **BOUND).mllp_clients == BOUND["mllp_clients"]


def test_certificates_that_cannot_be_read_stop_the_start(tmp_path: Path) -> None:
    """
    The sentence names the settings to look at, and no file's content.
    """
    assert mllp_tls(load_settings()) is None
    broken = tmp_path / "a.pem"
    broken.write_text("no certificate")
    for name in (str(broken), str(tmp_path / "missing.pem")):
        with pytest.raises(SettingError, match="OVERENS_MLLP_CERTIFICATE"):
            mllp_tls(load_settings(mllp_certificate=name, mllp_key=name))
