"""``wire.plaintext``: flat texts, keyword by keyword."""

from __future__ import annotations

from hypothesis import given, settings
from hypothesis import strategies as st

from adapter.wire import plaintext

WORDS = {"överenskommelse", "giltighet", "sip"}


def known(title: str) -> bool:
    """A vocabulary of three words."""
    return title.strip(" ▼:").casefold() in WORDS


def read(text: str) -> list[tuple[str, list[str], str]]:
    """Title, texts and place of each keyword."""
    found = plaintext.read(text, known, "note.text")
    return [(keyword.title, [value.text for value in keyword.values], keyword.origin()) for keyword in found]


def test_a_known_word_opens_a_keyword() -> None:
    """
    With a colon and text, or alone on its line; unknown words before a colon are text.
    """
    assert read(
        "Mår bra\n\nÖverenskommelse\n Daglig promenad \r\n▼Giltighet: t.o.m. 2026-09-30\nTelefon: 010"
    ) == [
        ("", ["Mår bra"], "note.text#L1"),
        ("Överenskommelse", ["Daglig promenad"], "note.text#L3"),
        ("▼Giltighet", ["t.o.m. 2026-09-30", "Telefon: 010"], "note.text#L5"),
    ]


def test_each_value_knows_its_line() -> None:
    """
    Origins name the line within the text.
    """
    keyword = plaintext.read("SIP:\na\n\nb", known, "w")[0]
    assert keyword.title == "SIP"
    assert [value.origin() for value in keyword.values] == ["w#L2", "w#L4"]


def test_an_empty_text_has_no_keywords() -> None:
    """
    Nothing said is nothing read.
    """
    assert read(" \n\t") == []


LINES = st.lists(st.text() | st.sampled_from(["SIP", "SIP: a", "Giltighet:", ":", " : b", "x: SIP"]))


@settings(deadline=None)
@given(LINES.map("\n".join))
def test_nothing_is_lost(text: str) -> None:
    """
    Titles and texts together are the text, but for white space and the colons after titles.
    """
    said = "".join(title + "".join(values) for title, values, _ in read(text))
    assert _bare(said) == _bare(text)


def _bare(text: str) -> str:
    return "".join(text.replace(":", "").split())
