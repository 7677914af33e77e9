"""Hosts on one server: their names lead to one address, and they share its places.

| key | type | holds |
|---|---|---|
| `servers` | set | addresses that hosts of the round were found at |
| `sv:{address}` | hash | `hosts` found there, `inflight` requests under way, `next` time one may begin (ms) |
| `sw:{address}` | sorted set | its hosts that have work and a free place, by the time they may be granted next (ms) |
"""

from __future__ import annotations

from dataclasses import dataclass

from crawler.frontier.batch import Batch
from crawler.frontier.contract import Lease


@dataclass(frozen=True, slots=True)
class Server:
    """One address: how many hosts of the round, requests under way, hosts with work that wait for their turn."""

    address: str
    hosts: int
    inflight: int
    waiting: int


class ServerDesk:
    """The transitions that concern servers."""

    def __init__(self, batch: Batch) -> None:
        self._batch = batch

    async def join(self, lease: Lease, address: str) -> bool:
        """The lease's host is at this address.  False when its turn comes later: the lease is gone."""
        return bool(await self._batch.call("join", lease.token, address))

    async def shared(self) -> list[Server]:
        """Addresses with more than one host, most hosts first."""
        prefix, found = self._batch.prefix, []
        for address in await self._batch.command("SMEMBERS", f"{prefix}servers"):
            hosts, inflight = await self._batch.command("HMGET", f"{prefix}sv:{address}", "hosts", "inflight")
            if int(hosts or 0) > 1:
                waiting = await self._batch.command("ZCARD", f"{prefix}sw:{address}")
                found.append(Server(address, int(hosts), int(inflight or 0), int(waiting)))
        return sorted(found, key=lambda server: (-server.hosts, server.address))
