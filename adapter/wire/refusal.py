"""How the gates say no: one ``Unparsable`` with place and remedy."""

from __future__ import annotations

from typing import TYPE_CHECKING

from adapter.errors import Unparsable
from adapter.findings import Finding

if TYPE_CHECKING:
    from adapter.wire.limits import Limits


def line_and_column(text: str, offset: int) -> tuple[int, int]:
    """The 1-based line and column (in characters) of an offset."""
    return text.count("\n", 0, offset) + 1, offset - text.rfind("\n", 0, offset)


def refusal(  # noqa: PLR0913 - what a finding holds
    code: str, at: str, what: str, *, where: str = "", value: str = "", place: tuple[int, int] = (0, 0)
) -> Unparsable:
    """What to raise: ``what`` without place; line and column are put in front of it when they are known."""
    line, column = place
    told = f"Rad {line}, kolumn {column}: {what}" if line else what
    return Unparsable(
        Finding(code, where, at, told, value=value[:200], blocking=True, line=line, column=column)
    )


def refuse_size(raw: bytes, limits: Limits, at: str) -> None:
    """Refuse what is empty or larger than the limit, before anything reads it."""
    if len(raw) > limits.max_bytes:
        raise refusal(
            "too-large",
            at,
            f"Meddelandet är {len(raw)} byte, och högst {limits.max_bytes} tas emot. "
            "Dela upp det i flera meddelanden och skicka dem var för sig.",
        )
    if not raw.strip(b" \t\r\n\xef\xbb\xbf"):
        raise refusal(
            "empty-body", at, "Meddelandet är tomt. Kontrollera exporten och skicka meddelandet igen."
        )
