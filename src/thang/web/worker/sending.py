"""What the worker does about messages: it sends what is due, a portion at a time."""

from __future__ import annotations

import structlog

from thang.model import ThangError
from thang.web.worker.bench import Bench

PORTION = 100  # messages between two looks at what else there is to do

log = structlog.get_logger("thang.worker")


def send_what_is_due(bench: Bench) -> None:
    """Send a portion of what is due. What keeps all of it back (settings that are wrong, a secret
    that is not there) is said on the settings page, and never stops the worker.
    """
    try:
        if bench.shop.anything_due():
            bench.shop.send(limit=PORTION)
    except ThangError:
        log.info("nothing sent", why="see the channels in the settings")
    except Exception:
        log.exception("sending failed")
