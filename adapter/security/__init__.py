"""Who asks, and what they may see. One place decides, for every way out of the house.

``scopes`` is the grammar of SMART's scopes, ``tokens`` judges an access token by the keys of its issuer, and
``callers`` makes a caller of its claims. Everything fails closed: what cannot be read grants nothing.
"""

from adapter.security.callers import Caller, CallerKind, ClaimNames, caller_of
from adapter.security.scopes import Scope, granted, read_scopes
from adapter.security.tokens import TokenRefused, Trust, verified

__all__ = [
    "Caller",
    "CallerKind",
    "ClaimNames",
    "Scope",
    "TokenRefused",
    "Trust",
    "caller_of",
    "granted",
    "read_scopes",
    "verified",
]
