"""When the workers of this machine stop claiming by themselves, and when they go on: kept in the round's journal."""

from __future__ import annotations

import asyncio
import platform
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Final

from crawler.frontier.redis import WorkerInfo
from crawler.reasons import Halt
from pipelines.store.errors import StoreAway, UnknownRound
from pipelines.store.rounds import Entry, RoundBook
from rounds import life
from rounds.services import Services

WHAT: Final[Mapping[str, str]] = {
    Halt.DISK_FULL: "存档所在的卷空间不够",
    Halt.PROXY_AWAY: "出口代理连不上",
    Halt.ARCHIVE_AWAY: "存档写不进去",
}


@dataclass(slots=True)
class Pauses:
    """Looks at what workers report; every machine writes about its own."""

    services: Services
    round_name: str
    machine: str = field(default_factory=platform.node)
    _told: dict[str, str] = field(default_factory=dict)  # reason → where

    async def look(self, workers: Iterable[WorkerInfo]) -> None:
        """Journal what has begun or ended since the last look; where MongoDB is away the next look does."""
        now = {why: where for one in workers if one.machine == self.machine for why, where in one.halts.items()}
        lines = [f"暂停领取网址：{WHAT.get(why, why)}（{now[why]}）" for why in sorted(now.keys() - self._told.keys())]
        lines += [f"接着领取网址：不再是{WHAT.get(why, why)}" for why in sorted(self._told.keys() - now.keys())]
        if lines:
            kept = await asyncio.to_thread(self._journal, lines)
            self._told = now if kept else self._told

    def _journal(self, lines: list[str]) -> bool:
        who = life.operator()
        try:
            with life.store(self.services) as database:
                book = RoundBook(database, url=self.services.mongo_url)
                for line in lines:
                    book.append(self.round_name, Entry(datetime.now(UTC), who, line))
        except StoreAway:
            return False
        except UnknownRound:  # a worker was started by hand upon a queue alone: there is no journal
            return True
        return True
