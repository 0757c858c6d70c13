"""What stands before the application: against the slow, the oversized and the blown up.

Headers are timed where bytes arrive, in the protocol, for an application sees a request only
once its headers are whole; bodies are measured where they are read, in a middleware.
"""

from thang.web.guard.bodies import BodyGuard
from thang.web.guard.limits import Limits
from thang.web.guard.protocol import guarded

__all__ = ["BodyGuard", "Limits", "guarded"]
