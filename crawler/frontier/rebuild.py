"""A frontier built anew beside the round's own keys, and put in their place when it is whole.

Until then the round's keys stay as they are: a worker that still runs can neither see nor change what is being built, and
a rebuild that was killed is repeated from the start.  At the end a new epoch begins: every lease from before is gone, and
serials of grants go on higher than any, so that its holder's late write is refused as well (`pipelines.store.writer`).
"""

from __future__ import annotations

import secrets
from collections.abc import AsyncIterator, Awaitable, Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from crawler.errors import FrontierError
from crawler.frontier.batch import Batch
from crawler.frontier.contract import Counts, Cut, End, Grant, Lease, Offered, Outlink
from crawler.frontier.ids import buckets_for, join_key, origin_of, seen_id, split_key
from crawler.frontier.probes import Print
from crawler.frontier.redis import RedisFrontier, State, prefix_of
from crawler.frontier.traps import cut_rows
from crawler.plan import RoundPlan

BUILDING: Final = "rebuild:"  # begins the names of keys that are being built
RESTORED_AT_ONCE: Final = 500  # URLs per call: six arguments each, and Redis turns to others in between
MOVED_AT_ONCE: Final = 2_000  # keys per call
RELINKED_AT_ONCE: Final = 200
CENSUS_BUCKETS: Final = 8_192  # per call: some 5 ms


class RebuildLost(FrontierError):
    """Somebody removed the keys of the rebuild under way: another one was begun, or Redis was emptied again."""

    def __init__(self, name: str) -> None:
        super().__init__(
            f"the rebuild of round {name!r} lost its keys in Redis: see that only one runs, then repeat it"
        )


@dataclass(frozen=True, slots=True)
class EndedUrl:
    """A URL that has ended, as its record tells: `url` is the spelling fetched."""

    key: str
    url: str
    end: End
    depth: int


@dataclass(frozen=True, slots=True)
class Source:
    """A record whose links are to be offered: `chain` redirects led to it."""

    key: str
    depth: int
    chain: int
    links: Sequence[Outlink]
    out_of_scope: int = 0
    cut: int = 0
    cuts: Sequence[Cut] = ()  # those of them that are kept

    @property
    def speaks(self) -> bool:
        """Whether offering it changes anything."""
        return bool(self.links or self.out_of_scope or self.cut)


class Rebuild:
    """One rebuild: `begin`, `restore` all that has ended, `offer` all links, `relink` until nothing is left, `install`."""

    def __init__(self, redis_url: str, plan: RoundPlan) -> None:
        self._plan = plan
        self._buckets = buckets_for(len(plan.units))
        self._home = prefix_of(plan.name)
        self._prefix = f"{self._home}{BUILDING}{secrets.token_hex(4)}:"
        self._batch = Batch(redis_url, self._prefix, patience=60.0)
        self._frontier = RedisFrontier(self._batch, plan.name)
        self._epoch = ""
        self._spelled: dict[str, bool] = {}  # host → whether its spelling is a stored page's

    async def close(self) -> None:
        """Remove what was built and not installed, and give the connection back."""
        await self._remove(lambda name: name.startswith(self._prefix))
        await self._batch.close()

    async def begin(self, allowed: Iterable[str] = ()) -> None:
        """Write the plan's numbers, and the patterns released for good; nothing of the round's own is touched."""
        await self._frontier.configure(self._plan)
        self._epoch = str(await self._batch.command("HGET", f"{self._prefix}epoch", "id"))
        for pattern in allowed:
            await self._frontier.traps.allow(pattern)

    async def probed(self, asked: Iterable[tuple[str, Print | None]]) -> None:
        """Hosts that were asked for their made-up address: they are not asked again, and keep their prints."""
        await self._frontier.probes.restore(asked)

    async def restore(self, ended: Sequence[EndedUrl]) -> None:
        """Enter URLs that have ended; all of them, before anything is offered.  Raises RebuildLost."""
        for start in range(0, len(ended), RESTORED_AT_ONCE):
            args: list[str | float] = []
            for one in ended[start : start + RESTORED_AT_ONCE]:
                host, _ = split_key(one.key)
                place = seen_id(one.key, self._buckets)
                args += [place.bucket, place.member, host, one.end.value, one.depth, self._spelling_of(host, one)]
            if int(await self._batch.call("restore", *args)) < 0:
                raise RebuildLost(self._plan.name)

    async def seed(self) -> None:
        """Queue the plan's seeds, those that have ended aside."""
        await self._frontier.seed(seed for unit in self._plan.units for seed in unit.seeds)

    async def offer(self, source: Source) -> Offered:
        """Offer a record's links at its depth as it stands now.  Raises RebuildLost."""
        lease = Lease(
            token=f"{self._epoch}-0",
            grant=Grant.RELINK,
            host=split_key(source.key)[0],
            key=source.key,
            url=source.key,
            chain=source.chain,
            depth=source.depth,
        )
        offered = await self._frontier.offer(lease, source.links, out_of_scope=source.out_of_scope, cut=source.cut)
        if offered.depth < 0:
            raise RebuildLost(self._plan.name)
        await self._frontier.traps.count_cuts(source.key, cut_rows(source.key, source.cuts))
        return offered

    async def count(self, kinds: Mapping[str, Mapping[str, int]]) -> None:
        """Counts by kind of record, by host."""
        await self._frontier.kinds.add(kinds)

    async def recall(self, families: Mapping[str, tuple[int, int]]) -> None:
        """Families whose links stay cut while most of their pages repeat (see `TrapBook.recall`)."""
        await self._frontier.traps.recall(families)

    async def relink(self, answer: Callable[[Sequence[str]], Awaitable[Sequence[int]]]) -> int:
        """Let `answer` offer the links of pages whose depth fell, until there are none; returns how many there were.

        `answer` gets keys and gives the depths the links were offered at.
        """
        done = 0
        while entries := await self._batch.command("ZRANGE", f"{self._prefix}relinks", 0, RELINKED_AT_ONCE - 1):
            places = [entry.split("\x1f", 1) for entry in entries]
            keys = [join_key(host, path) for host, path in places]
            args: list[str | float] = []
            for key, (host, path), depth in zip(keys, places, await answer(keys), strict=True):
                place = seen_id(key, self._buckets)
                args += [place.bucket, place.member, host, path, depth]
            await self._batch.call("relinked", *args)
            done += len(keys)
        return done

    async def counts(self) -> Counts:
        """The ledger built so far."""
        return await self._frontier.counts()

    async def install(self, *, serial: int, state: State) -> None:
        """Put it in the place of the round's keys: grants go on behind `serial`, workers find the round in `state`.

        Raises RebuildLost.  Killed halfway it leaves a round without a state, which no worker touches.
        """
        if not await self._batch.command("EXISTS", f"{self._prefix}settings"):
            raise RebuildLost(self._plan.name)
        await self._batch.command("SET", f"{self._prefix}grants", serial)
        await self._batch.command("SET", f"{self._prefix}plan", self._plan.model_dump_json())
        await self._batch.command("SET", f"{self._prefix}state", state.value)
        await self._batch.call("rested")
        last = ("plan", "settings", "state")  # in this order: claims need the state, offers the settings
        await self._batch.command("UNLINK", *(self._home + name for name in reversed(last)))
        await self._remove(lambda name: not name.startswith(self._prefix))
        names = [name.removeprefix(self._prefix) async for name in self._names() if name.startswith(self._prefix)]
        moving = [name for name in names if name not in last]
        for start in range(0, len(moving), MOVED_AT_ONCE):
            await self._batch.call("install", self._home, *moving[start : start + MOVED_AT_ONCE])
        await self._batch.call("install", self._home, *last)

    async def _remove(self, which: Callable[[str], bool]) -> None:
        doomed = [name async for name in self._names() if which(name)]
        for start in range(0, len(doomed), MOVED_AT_ONCE):
            await self._batch.command("UNLINK", *doomed[start : start + MOVED_AT_ONCE])

    async def _names(self) -> AsyncIterator[str]:
        """Every key of the round and of its rebuilds, some perhaps twice."""
        cursor = "0"
        pattern = self._home.replace("{", "\\{").replace("}", "\\}") + "*"
        while True:
            cursor, names = await self._batch.command("SCAN", cursor, "MATCH", pattern, "COUNT", 1000)
            for name in names:
                yield name
            if str(cursor) == "0":
                return

    def _spelling_of(self, host: str, one: EndedUrl) -> str:
        """What the host's scheme and `www.` are learned from: its first stored page, or else its first URL."""
        stored = one.end is End.STORED
        known = self._spelled.get(host)
        if known or (known is False and not stored):
            return ""
        self._spelled[host] = stored
        return origin_of(one.url)


@dataclass(frozen=True, slots=True)
class Census:
    """What stands in Redis, counted: `missing` names keys without which the round cannot go on."""

    missing: tuple[str, ...]
    plan_version: int
    seen: int
    delayed: int
    here: int  # entries queued, by the counters of the hosts
    standing: int  # and by what stands


async def census(redis_url: str, name: str) -> Census:
    """Count a round's frontier, whatever is left of it."""
    batch = Batch(redis_url, prefix_of(name), patience=10.0)
    try:
        home = prefix_of(name)
        needed = ("plan", "settings", "state", "counts", "hosts")
        there = [await batch.command("EXISTS", home + each) for each in needed]
        missing = tuple(each for each, yes in zip(needed, there, strict=True) if not yes)
        if missing:
            return Census(missing, 0, 0, 0, 0, 0)
        plan = RoundPlan.model_validate_json(await batch.command("GET", f"{home}plan"))
        buckets = int(await batch.command("HGET", f"{home}settings", "buckets"))
        found = [0, 0, 0, 0]
        for first in range(0, buckets, CENSUS_BUCKETS):
            answer = await batch.call("census", first, min(first + CENSUS_BUCKETS, buckets) - 1)
            found = [found[0] + int(answer[0]), int(answer[1]), *(max(found[at], int(answer[at])) for at in (2, 3))]
        return Census((), plan.version, *found)
    finally:
        await batch.close()
