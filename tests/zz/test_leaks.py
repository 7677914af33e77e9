"""The check that ends every process of a run sees what it is there for (`nothing_left_behind` in tests/conftest.py)."""

from __future__ import annotations

import socket
import subprocess
import sys

import psutil

from tests.leaks import left_behind


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
