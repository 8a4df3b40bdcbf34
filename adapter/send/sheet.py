"""A YAML file of settings as entries that know their line; mistakes are told with file, line and remedy."""

from __future__ import annotations

import difflib
import math
import re
from typing import TYPE_CHECKING, Any, Final
from urllib.parse import SplitResult, urlsplit

import yaml

from adapter.domain.identity import hsa_id
from adapter.errors import SettingError
from adapter.frozen import dataclass

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

LOCAL: Final = frozenset({"127.0.0.1", "::1", "localhost"})
_VARIABLE = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")
_HEADER_VALUE = re.compile(r"[\x21-\x7e]+")
_MOST_SECONDS: Final = 600.0
_LAST_PORT: Final = 65_535


@dataclass(frozen=True, slots=True)
class Entry:
    """One value of the file, with its line: a text, a list of entries, or a table of them."""

    value: Any
    line: int


@dataclass(frozen=True, slots=True)
class Sheet:
    """One file, the environment that its secrets come from, and the way to complain."""

    path: Path
    environment: Mapping[str, str]

    def error(self, line: int, what: str) -> SettingError:
        """A complaint about a line, to raise."""
        return SettingError(f"{self.path.name}:{line}: {what}")

    def parse(self, text: str) -> Entry | None:
        """The whole file; None when it is empty."""
        try:
            root = yaml.compose(text, Loader=yaml.SafeLoader)
        except yaml.YAMLError as problem:
            mark = getattr(problem, "problem_mark", None)
            what = "går inte att läsa som YAML. Kontrollera indrag, kolon och citattecken på raden."
            raise self.error(mark.line + 1 if mark else 1, what) from None
        return None if root is None else self._entry(root)

    def table(self, entry: Entry, words: tuple[str, ...]) -> dict[str, Entry]:
        """The named entries of a table that knows only these words."""
        said = self.names(entry)
        for name, value in said.items():
            if name not in words:
                near = difflib.get_close_matches(name, words, 1)
                meant = (
                    f"Menades {near[0]}?" if near else f"De ord som går är {', '.join(sorted(set(words)))}."
                )
                raise self.error(value.line, f"okänt ord {name!r}. {meant} Rätta ordet eller ta bort raden.")
        return said

    def names(self, entry: Entry) -> dict[str, Entry]:
        """The named entries of a table."""
        if not isinstance(entry.value, dict):
            raise self.error(entry.line, "här ska rader av slaget namn: värde stå. Se docs/receivers.md.")
        return entry.value

    def only(self, said: Mapping[str, Entry], words: tuple[str, ...], what: str) -> None:
        """Complain about the first word that has no use here."""
        for name, entry in said.items():
            if name not in words:
                raise self.error(entry.line, f"{name} används inte av {what}. Ta bort raden.")

    def items(self, entry: Entry | None, line: int) -> list[Entry]:
        """The HSA-ids of a list."""
        if entry is None or not isinstance(entry.value, list) or not entry.value:
            what = (
                "units ska vara en lista med HSA-id på de enheter som mottagaren svarar för. Skriv minst ett."
            )
            raise self.error(entry.line if entry else line, what)
        return entry.value

    def text(self, entry: Entry) -> str:
        """One value."""
        if not isinstance(entry.value, str) or not entry.value.strip():
            raise self.error(entry.line, "här ska ett enda värde stå. Skriv det, eller ta bort raden.")
        return entry.value

    def flag(self, entry: Entry | None) -> bool:
        """True or false; false when nothing is said."""
        if entry is None:
            return False
        if entry.value not in {"true", "false"}:
            raise self.error(entry.line, "här ska true eller false stå. Rätta värdet.")
        return bool(entry.value == "true")

    def _entry(self, node: yaml.Node) -> Entry:
        line = node.start_mark.line + 1
        if isinstance(node, yaml.ScalarNode):
            return Entry(node.value, line)
        if isinstance(node, yaml.SequenceNode):
            return Entry([self._entry(item) for item in node.value], line)
        found: dict[str, Entry] = {}
        for key, value in node.value:
            at = key.start_mark.line + 1
            if not isinstance(key.value, str) or key.value in found:
                raise self.error(at, "namnet står två gånger, eller är inget namn. Låt det stå en gång.")
            found[key.value] = Entry(self._entry(value).value, at)
        return Entry(found, line)

    def seconds(self, entry: Entry) -> float:
        """A time in seconds."""
        try:
            seconds = float(self.text(entry))
        except ValueError:
            seconds = math.nan
        if not 0 < seconds <= _MOST_SECONDS:
            raise self.error(
                entry.line, f"en tid i sekunder, över 0 och högst {_MOST_SECONDS:.0f}. Rätta talet."
            )
        return seconds

    def port(self, entry: Entry) -> int:
        """A port."""
        text = self.text(entry)
        if not text.isascii() or not text.isdigit() or not 0 < int(text) <= _LAST_PORT:
            raise self.error(entry.line, f"port är ett tal från 1 till {_LAST_PORT}. Rätta talet.")
        return int(text)

    def url(self, entry: Entry) -> str:
        """A URL that can be posted to: https, or http to this machine."""
        text = self.text(entry)
        parts = _parts(text)
        if parts is None:
            what = "adressen går inte att använda. Skriv hela, med https://, utan användarnamn och utan #."
            raise self.error(entry.line, what)
        if parts.scheme == "http" and parts.hostname not in LOCAL:
            what = "http:// går bara till den egna datorn. Skriv https://, eller skicka genom en tunnel."
            raise self.error(entry.line, what)
        return text

    def secret(self, entry: Entry) -> str:
        """What the environment variable holds that is named here."""
        name = self.text(entry)
        if not _VARIABLE.fullmatch(name) or name.upper().startswith("OVERENS_"):
            what = (
                "här ska namnet på en miljövariabel stå, inte själva hemligheten, och namnet får inte börja "
                "på OVERENS_. Lägg hemligheten i variabeln och skriv dess namn här."
            )
            raise self.error(entry.line, what)
        found = self.environment.get(name, "")
        if not found:
            raise self.error(
                entry.line, f"miljövariabeln {name} är tom eller saknas. Sätt den och starta igen."
            )
        if not _HEADER_VALUE.fullmatch(found):
            what = (
                f"miljövariabeln {name} har tecken som inte går att skicka, som blanksteg. Sätt den på nytt."
            )
            raise self.error(entry.line, what)
        return found

    def unit(self, entry: Entry) -> str:
        """An HSA-id."""
        text = self.text(entry)
        if not text.strip() or not hsa_id(text).is_sound:
            what = (
                f"{text!r} är inget HSA-id. Skriv SE, tio siffror, bindestreck och bokstäver eller siffror."
            )
            raise self.error(entry.line, what)
        return text.strip()


def _parts(url: str) -> SplitResult | None:
    """A URL that can be posted to, taken apart; None when it is none."""
    try:
        parts = urlsplit(url)
        has_port = parts.port != 0
    except ValueError:
        return None
    is_plain = url.isascii() and url.isprintable() and " " not in url and not parts.fragment
    has_host = bool(parts.hostname) and parts.username is None and parts.password is None
    return parts if parts.scheme in {"https", "http"} and is_plain and has_host and has_port else None
