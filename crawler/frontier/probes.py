"""What a round knows of hosts that answer 200 for what is not there.

In `h:{host}`: `probe` (`wanted`, `asked`, `done`; absent until enough pages are stored, see ack.lua), `probe_url`,
`probe_tries`, `probe_deaths` and `probe_lost` (deaths that were nobody's) while it is under way, `probe_ext` and `probe_votes` (the ending its address will have), `soft`
(1 while the host has a print).  The hash `soft`, behind the round's prefix, holds host → JSON of its print.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

import orjson

from crawler.frontier.batch import Batch
from crawler.frontier.contract import Lease


@dataclass(frozen=True, slots=True)
class Print:
    """How a host answered for the made-up `url`, perhaps by a redirect to the page `target` (a key): `mark` as `cleaning.soft404` has it."""

    url: str
    mark: int
    target: str = ""
    links: tuple[str, ...] = ()  # keys of links on that answer: its frame's


class ProbeBook:
    """The transitions that concern probes."""

    def __init__(self, batch: Batch) -> None:
        self._batch = batch

    async def again(self, lease: Lease, url: str) -> bool:
        """The made-up address led on to `url`, which is asked next, after the host's delay."""
        return bool(await self._batch.call("probed", lease.token, url, ""))

    async def done(self, lease: Lease, found: Print | None) -> bool:
        """The answer is in; with a print, pages of the host granted from now on are compared with it."""
        return bool(await self._batch.call("probed", lease.token, "", _json(found) if found else ""))

    async def of(self, host: str) -> Print | None:
        """The print of a host, if it has one."""
        text = await self._batch.command("HGET", self._key("soft"), host)
        if text is None:
            return None
        kept = orjson.loads(text)
        return Print(kept["url"], int(kept["mark"]), kept["target"], tuple(kept["links"]))

    async def hush(self, host: str) -> None:
        """Pages of the host are not compared any more; its print stays until `forget`."""
        await self._batch.command("HDEL", self._key(f"h:{host}"), "soft")

    async def forget(self, host: str) -> None:
        """The print says nothing after all."""
        await self._batch.command("HDEL", self._key("soft"), host)

    async def restore(self, asked: Iterable[tuple[str, Print | None]]) -> None:
        """Hosts whose probe was answered before Redis lost it, with their prints."""
        for host, found in asked:
            await self._batch.command("HSET", self._key(f"h:{host}"), "probe", "done")
            if found is not None:
                await self._batch.command("HSET", self._key("soft"), host, _json(found))
                await self._batch.command("HSET", self._key(f"h:{host}"), "soft", 1)

    def _key(self, name: str) -> str:
        return self._batch.prefix + name


def _json(found: Print) -> str:
    kept = {"url": found.url, "mark": str(found.mark), "target": found.target, "links": found.links}
    return orjson.dumps(kept).decode()
