"""What tests may leave behind in a process: programs it started, and sockets it listens on or was opening."""

from __future__ import annotations

import asyncio
import socket

import psutil


class ClosingLoop(asyncio.SelectorEventLoop):
    """A loop that closes a socket whose opening was cancelled.

    MongoDB's client (4.20) cancels its monitor when it is closed and forgets the socket the monitor was just opening;
    collected at any later time, it fails whichever test runs then.
    """

    async def sock_connect(self, sock: socket.socket, address: socket._Address) -> None:
        """Open as ever; a cancelled opening leaves nothing."""
        try:
            await super().sock_connect(sock, address)
        except asyncio.CancelledError:
            sock.close()
            raise


def left_behind(process: psutil.Process) -> list[str]:
    """A line for each child of the process, however deep, and each socket it listens on; none in a clean one."""
    children = [f"{one.pid} {one.name()} {one.status()}" for one in process.children(recursive=True)]
    sockets = [f"{one.laddr}" for one in process.net_connections() if one.status == psutil.CONN_LISTEN]
    return children + sockets
