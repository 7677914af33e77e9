"""Free ports on the loopback address."""

from __future__ import annotations

import socket

HOST = "127.0.0.1"


def free(port: int) -> bool:
    """Whether a server could listen on `port` now."""
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((HOST, port))
        except (OSError, OverflowError):
            return False
    return True


def pick(wanted: int = 0) -> int:
    """`wanted` where it is free (so that clients of a restarted server find it again), else any free port."""
    if wanted and free(wanted):
        return wanted
    with socket.socket() as probe:
        probe.bind((HOST, 0))
        return int(probe.getsockname()[1])
