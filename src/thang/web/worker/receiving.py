"""What the worker does about live sources: it maps what came, and asks for what is due."""

from __future__ import annotations

import structlog

from thang.model import ThangError
from thang.web.worker.bench import Bench

REQUESTS = 10  # to all platforms together, between two looks at what else there is to do

log = structlog.get_logger("thang.worker")


def map_what_came(bench: Bench) -> None:
    """Make events of what platforms told. Whatever is wrong, it waits and stops nobody."""
    try:
        while bench.shop.map_what_came():
            pass
    except ThangError:
        log.info("nothing mapped", why="see the sources")
    except Exception:
        log.exception("mapping failed")


def pull_what_is_due(bench: Bench) -> bool:
    """Ask platforms a few times; whether there may be more to ask at once."""
    try:
        return bench.shop.pull(REQUESTS) == REQUESTS
    except ThangError:
        log.info("nothing pulled", why="see the sources")
    except Exception:
        log.exception("pulling failed")
    return False
