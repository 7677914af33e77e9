"""What tests may leave behind in a process: programs it started, and sockets it listens on."""

from __future__ import annotations

import psutil


def left_behind(process: psutil.Process) -> list[str]:
    """A line for each child of the process, however deep, and each socket it listens on; none in a clean one."""
    children = [f"{one.pid} {one.name()} {one.status()}" for one in process.children(recursive=True)]
    sockets = [f"{one.laddr}" for one in process.net_connections() if one.status == psutil.CONN_LISTEN]
    return children + sockets
