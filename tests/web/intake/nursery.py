"""Serves a shop for each line it reads, each time in a new process: only the first start is dear."""

from __future__ import annotations

import json
import os
import signal
import sys
from pathlib import Path

from thang.web.serving import Place, serve_shop


def main() -> None:
    """Read folders, and say of each server where it is and by which number it can be killed."""
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)
    for line in sys.stdin:
        if os.fork() == 0:
            serve_shop(Path(line.strip()), Place(port=0), say)


def say(address: str) -> None:
    """One line for whoever asked."""
    sys.stdout.write(json.dumps({"address": address, "process": os.getpid()}) + "\n")
    sys.stdout.flush()


if __name__ == "__main__":
    main()
