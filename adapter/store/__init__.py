"""Where everything is kept: three stores behind one port (``adapter.ports.Store``).

``keep`` has one meaning, written once in ``keeping``; the stores only look things up and write them down.
"""

from adapter.store.opening import open_store
from adapter.store.preparing import ready

__all__ = ["open_store", "ready"]
