"""Fixtures of these tests alone."""

from __future__ import annotations

import socket
from collections.abc import Callable, Iterator

import pytest


@pytest.fixture
def occupied() -> Iterator[Callable[..., None]]:
    """Take ports: a listener that accepts and never answers, the worst neighbour."""
    held: list[socket.socket] = []

    def take(*ports: int) -> None:
        for port in ports:
            one = socket.socket()
            one.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            one.bind(("127.0.0.1", port))
            one.listen()
            held.append(one)

    yield take
    for one in held:
        one.close()
