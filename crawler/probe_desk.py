"""A worker's dealings with probes: asks a host for an address that does not exist, and compares pages with the answer."""

from __future__ import annotations

import logging
import time
from collections.abc import Mapping
from typing import Any, Final

from cleaning.page import Media, Reading
from cleaning.read import read
from cleaning.soft404 import print_of
from cleaning.urls import canonicalize, normalize
from crawler.frontier.contract import Lease
from crawler.frontier.ids import split_key
from crawler.frontier.probes import Print
from crawler.frontier.redis import RedisFrontier
from crawler.items import Capture, header
from crawler.plan import RoundPlan
from crawler.ports import OutlinkStore
from crawler.probes import HONEST, MOST_HOPS, MOST_LINKS, Answered, Likes, Probed, is_error
from crawler.robots_desk import RobotsDesk
from crawler.scope import Scope

REMEMBERED: Final = 1_000  # prints, some 10 KB each

log = logging.getLogger(__name__)


class ProbeDesk:
    """Every lease ends with the host's probe done, or asked once more behind a redirect."""

    def __init__(self, frontier: RedisFrontier, plan: RoundPlan, store: OutlinkStore, robots: RobotsDesk) -> None:
        self._frontier = frontier
        self._plan = plan
        self._scope = Scope(plan)
        self._store = store
        self._robots = robots
        self._prints: dict[str, Print] = {}

    async def refused(self, lease: Lease) -> bool:
        """Whether the address must not be asked for; then the probe is over."""
        rules = await self._robots.rules(lease.host)
        barred = rules is not None and not rules.allows(lease.url)
        if rules is not None and not barred and lease.host_failures < self._plan.breaker_gives_up:
            return False
        await self._frontier.fetched(lease, alive=None)
        await self._done(lease, Answered.BARRED if barred else Answered.FAILED)
        return True

    async def answered(self, lease: Lease, capture: Capture) -> None:
        """An answer came."""
        await self._frontier.fetched(lease, alive=True)
        if 300 <= capture.status < 400:
            await self._led_on(lease, capture)
        elif capture.status in HONEST:
            await self._done(lease, Answered.HONEST, capture.status)
        elif 200 <= capture.status < 300:
            await self._compare(lease, capture)
        else:
            await self._done(lease, Answered.FAILED, capture.status)

    async def failed(self, lease: Lease, *, alive: bool) -> None:
        """No answer came: the host has no print, and is not asked again for one."""
        await self._frontier.fetched(lease, alive=alive)
        await self._done(lease, Answered.FAILED)

    async def like(self, lease: Lease, reading: Reading) -> Print | None:
        """The print of the host's answer to what is not there, where this page is another such answer."""
        if not lease.soft or reading.media is not Media.HTML or reading.fault:
            return None
        found = self._prints.get(lease.host) or await self._frontier.probes.of(lease.host)
        if found is None:
            return None
        if len(self._prints) >= REMEMBERED:
            self._prints.pop(next(iter(self._prints)))
        self._prints[lease.host] = found
        mark = print_of(lease.key, reading.title, reading.site_title, reading.text)
        return found if mark == found.mark and is_error(found, {"key": lease.key}) else None

    async def _led_on(self, lease: Lease, capture: Capture) -> None:
        location = header(capture.headers, "location")
        target = normalize(lease.url, location) if location else None
        key = canonicalize(target) if target else None
        if target is None or key is None or split_key(key)[0] != lease.host or lease.attempts >= MOST_HOPS:
            await self._done(lease, Answered.FAILED, capture.status)
        elif split_key(key)[1] == "/":
            await self._done(lease, Answered.SAME, capture.status)
        else:
            await self._frontier.probes.again(lease, target)

    async def _compare(self, lease: Lease, capture: Capture) -> None:
        """The host says that it has the page: look whether its stored pages can be told from that answer."""
        reading = read(capture.body, capture.url, content_type=header(capture.headers, "content-type"))
        key = canonicalize(lease.url) or lease.key
        mark = print_of(key, reading.title, reading.site_title, reading.text)
        if not mark or reading.media is not Media.HTML or reading.shell is not None or reading.fault:
            await self._done(lease, Answered.MUTE, capture.status)
            return
        inside = (link.key for link in reading.links if self._scope.units_of(link.key))
        links = tuple(dict.fromkeys(inside))[:MOST_LINKS]
        found = Print(lease.key, mark, key if key != lease.key else "", links)
        likes = Likes()
        for record in await self._records(lease.host):
            likes.add(found, record)
        await self._done(lease, Answered.SOFT if likes.telling else Answered.SAME, capture.status, found)

    async def _records(self, host: str) -> list[Mapping[str, Any]]:
        return list(await self._store.first_pages(self._plan.name, host))

    async def _done(self, lease: Lease, answered: Answered, status: int = 0, found: Print | None = None) -> None:
        """Kept with the round first: killed in between, the same address is asked once more."""
        log.info("%s, which does not exist, was asked for: %s (%d)", lease.key, answered.value, status)
        await self._store.keep_probe(
            self._plan.name, Probed(lease.host, lease.key, answered, status, time.time(), found)
        )
        await self._frontier.probes.done(lease, found if answered is Answered.SOFT else None)
