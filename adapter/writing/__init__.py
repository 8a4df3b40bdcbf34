"""Domain to what receivers take: one module a format, called by ``Writers``. Pure, as all of the core."""

from adapter.writing.outgoing import Outgoing, Unwritable, Written, unwritable
from adapter.writing.writers import Writers

__all__ = ["Outgoing", "Unwritable", "Writers", "Written", "unwritable"]
