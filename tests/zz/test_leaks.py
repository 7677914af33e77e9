"""The check that ends every process of a run sees what it is there for (`nothing_left_behind` in tests/conftest.py)."""

from __future__ import annotations

import asyncio
import socket
import subprocess
import sys

import psutil
import pytest

from tests.leaks import ClosingLoop, left_behind


def test_a_child_is_seen():
    """A program still running, and one that has ended and was not waited for."""
    before = left_behind(psutil.Process())
    with subprocess.Popen([sys.executable, "-c", "input()"], stdin=subprocess.PIPE) as child:
        found = set(left_behind(psutil.Process())) - set(before)
        assert [line.split()[0] for line in found] == [str(child.pid)]
    assert left_behind(psutil.Process()) == before


def test_a_listening_socket_is_seen():
    """Until it is closed."""
    before = left_behind(psutil.Process())
    with socket.create_server(("127.0.0.1", 0)) as listening:
        found = set(left_behind(psutil.Process())) - set(before)
        assert [str(listening.getsockname()[1]) in line for line in found] == [True]
    assert left_behind(psutil.Process()) == before


async def opening_is_cancelled(sock: socket.socket) -> None:
    """Cancel the opening of a socket to a port nobody listens on, before its refusal is read."""
    sock.setblocking(False)
    opening = asyncio.ensure_future(asyncio.get_running_loop().sock_connect(sock, ("127.0.0.1", 1)))
    await asyncio.sleep(0)
    opening.cancel()
    with pytest.raises(asyncio.CancelledError):
        await opening


@pytest.mark.parametrize(("loop", "left_open"), [(ClosingLoop, False), (asyncio.SelectorEventLoop, True)])
def test_a_cancelled_opening_leaves_no_socket(loop, left_open):
    """The usual loop leaves it, which is why the tests do not run on it."""
    with asyncio.Runner(loop_factory=loop) as runner, socket.socket() as sock:
        runner.run(opening_is_cancelled(sock))
        assert (sock.fileno() != -1) is left_open


async def test_tests_run_on_the_closing_loop():
    """Those of coroutines, all of them."""
    assert isinstance(asyncio.get_running_loop(), ClosingLoop)
