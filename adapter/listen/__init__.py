"""Where messages arrive by other ways than HTTP."""

from adapter.listen.clients import ClientLimits
from adapter.listen.intake import Intake, sources_by_type
from adapter.listen.mllp import MllpLimits, MllpListener

__all__ = ["ClientLimits", "Intake", "MllpLimits", "MllpListener", "sources_by_type"]
