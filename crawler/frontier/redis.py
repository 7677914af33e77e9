"""The frontier in Redis: every transition is one Lua script, so a kill leaves no half-made move.

Keys of a round, all behind the prefix `cf:{NAME}:` (one hash slot, so a cluster serves it too):

| key | type | holds |
|---|---|---|
| `plan` `state` `seq` `alone` | string | the frozen plan (JSON); the round's state; the arrival counter; which worker may take suspects |
| `grants` | string | the serial of the last grant; raised by far with every new epoch, so that serials order all grants ever |
| `epoch` | hash | `run_id` of the server, `id` that begins every lease token |
| `settings` | hash | the numbers the scripts need: depth, delay, concurrency, lease, breaker_failures, breaker_ms, buckets, servers, hours (how many entries the next has) |
| `hours` | hash | host, `*.host` or `*` → spans of the day in which it may be asked (`first-last` in minutes, Beijing time) |
| `seen:{bucket}` | set of integers | every URL ever found, with its depth, and whether it was granted (see `ids`) |
| `hosts` | set | every host found |
| `h:{host}` | hash | its ledger counters; `origin inflight next delay slow calm dead robots robots_url robots_tries robots_lost here low parted waits` |
| `b:{band}:{host}` | list | `bucket id/path` of URLs waiting for their first grant; band = 3 × depth + rank |
| `t:{band}:{host}` | list | what came to a parted band after chunks were cut out of it |
| `c:{host}` | sorted set | tokens of its chunks, by band and place in it |
| `s:{token}` | list | a chunk on its way to MongoDB |
| `q:{host}` | sorted set | paths put back at the head of the queue, by when |
| `over` | set | hosts whose lists outgrew their window |
| `spilling` | sorted set | `host␟token` of chunks on their way, by when another worker may take the work over (ms) |
| `wanted` | sorted set | hosts whose next chunk is to be loaded, by when (another) worker may do it (ms) |
| `gone` | sorted set | tokens of chunks that are back, by when they may be removed from MongoDB (ms) |
| `x:{host}` | hash | path → JSON of what a queued or leased entry carries beyond the ordinary |
| `ready` | sorted set | hosts that have work and a free place, by the time they may be granted next (ms) |
| `delayed` | sorted set | `host␟path` waiting for a retry, by due time (ms) |
| `suspects` | sorted set | `host␟path` over which a worker died: granted alone |
| `relinks` | sorted set | `host␟path` of stored pages whose depth fell |
| `l:{token}` | hash | a standing lease: kind, host, path, worker, holds (1 while it occupies its host), safe (1 while a death of the worker is nobody's) |
| `deadlines` | sorted set | token → when the lease returns (ms) |
| `counts` | hash | the round's ledger |
| `robots` | hash | host → its robots.txt as read |
| `workers` | hash | worker → its last report |

In `h:{host}`, `here` counts the entries of its `q`, `b` and `t` keys, no band before `low` holds any, `parted` names the
bands that chunks were cut out of, and `waits` stands while its next entry is in MongoDB.  Chunks: see `spill`.
What is kept of traps, probes, servers, kinds of record, rendering and near copies stands under the same prefix: `traps`,
`probes`, `servers`, `kinds`, `rendering`, `near` of `crawler.frontier`; `server` in `h:{host}` is the host's address, and in `ready` an address behind `␟` stands for its hosts.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any, Final, Self

import orjson

from cleaning.page import LinkKind
from cleaning.urls import canonicalize
from crawler.errors import UnknownRound
from crawler.frontier.batch import Batch, pairs
from crawler.frontier.contract import GAVE_UP, Counts, End, Grant, Lease, Offered, Outlink, Via, Waiting
from crawler.frontier.ids import buckets_for, join_key, origin_of, seen_id, spelling, split_key
from crawler.frontier.kinds import KindBook
from crawler.frontier.near import NearBook
from crawler.frontier.probes import ProbeBook
from crawler.frontier.recent import NEVER, Parted, RecentlySeen
from crawler.frontier.rendering import RenderBook
from crawler.frontier.servers import ServerDesk
from crawler.frontier.spill import KEEP_SECONDS, MINE_SECONDS, SpillDesk
from crawler.frontier.traps import TrapBook
from crawler.plan import RoundPlan

SLICE: Final = 1000  # links per call: Lua's unpack fails near 9,000 arguments, and other callers want their turn
LEDGER: Final = (
    "found", "queued", "delayed", "leased", "relinks", "probes", "stored", "failed", "skipped", "quarantined",
    "too_deep", "out_of_scope", "cut", "spilled",
)  # fmt: skip
QUARANTINE_DEATHS: Final = 3
OTHER_EPOCH: Final = -2  # an offer's answer: what it left out rests on an epoch that has ended


class State(StrEnum):
    """Where a round stands; workers obey it within a second."""

    READY = "ready"
    RUNNING = "running"
    PAUSED = "paused"
    CANCELLED = "cancelled"
    FINISHED = "finished"


@dataclass(frozen=True, slots=True)
class WorkerInfo:
    """A worker as it last reported: `seen` in seconds since the epoch, by Redis's clock."""

    worker: str
    pid: int
    machine: str
    seen: float
    fetched: int
    rendered: int
    busy: int  # leases it holds
    halts: Mapping[str, str] = field(default_factory=dict)  # why it claims nothing now, and where (reasons.Halt)


@dataclass(frozen=True, slots=True)
class Standing:
    """A lease that stands: who holds it, for what, and whether its request is under way."""

    token: str
    worker: str
    grant: Grant
    key: str
    fetching: bool


@dataclass(frozen=True, slots=True)
class Claim:
    """What a claim gave: grants, or how long to wait for some (ms, -1 unknown)."""

    state: State
    leases: tuple[Lease, ...]
    wait_ms: int
    at_rest: bool


@dataclass(frozen=True, slots=True)
class _Pushed:
    """What a row of offers gave, and the least depth of the page that was read on the way (below 0: refused)."""

    offered: Offered
    lowest: int


def _both(one: Offered, more: Offered) -> Offered:
    return Offered(
        max(one.depth, more.depth), one.new + more.new, one.lowered + more.lowered, one.too_deep + more.too_deep
    )


def prefix_of(round_name: str) -> str:
    """Every key of a round begins with this."""
    return f"cf:{{{round_name}}}:"


def _counts(fields: Mapping[str, str]) -> Counts:
    return Counts(**{name: int(fields.get(name, 0)) for name in LEDGER})


def _lease(document: dict[str, Any]) -> Lease:
    host, path = document["host"], document["path"]
    return Lease(
        token=document["token"],
        grant=Grant(document["grant"]),
        host=host,
        key=join_key(host, path),
        url=document.get("url") or spelling(document.get("origin", "h"), host, path),
        via=Via(document.get("via", "http")),
        attempts=int(document.get("attempts", 0)),
        deaths=int(document.get("deaths", 0)),
        hops=int(document.get("hops", 0)),
        chain=int(document.get("chain", 0)),
        note=document.get("note", ""),
        cookie=document.get("cookie", ""),
        host_failures=int(document.get("dead", 0)),
        depth=int(document.get("depth", -1)),
        soft=bool(document.get("soft", False)),
    )


def _extras(lease: Lease, **changes: Any) -> str:
    kept = {
        "via": lease.via.value,
        "attempts": lease.attempts,
        "deaths": lease.deaths,
        "hops": lease.hops,
        "chain": lease.chain,
        "note": lease.note,
        "cookie": lease.cookie,
    } | changes
    plain = {"via": "http", "attempts": 0, "deaths": 0, "hops": 0, "chain": 0, "note": "", "cookie": "", "url": ""}
    return orjson.dumps({name: value for name, value in kept.items() if value != plain[name]}).decode()


class RedisFrontier:
    """All transitions of one round.  Implements `contract.Frontier`; raises UnknownRound where there is no plan."""

    def __init__(self, batch: Batch, round_name: str) -> None:
        self._batch = batch
        self.round_name = round_name
        self._prefix = batch.prefix
        self._buckets = 0
        self._limit = -1  # clicks; read with the number of buckets
        self._recent = RecentlySeen()
        self.traps = TrapBook(batch)
        self.kinds = KindBook(batch)
        self.near = NearBook(batch)
        self.probes = ProbeBook(batch)
        self.servers = ServerDesk(batch)
        self.rendering = RenderBook(batch)

    @classmethod
    async def open(cls, redis_url: str, round_name: str, *, patience: float | None = 10.0) -> Self:
        """Connect.  Workers pass `patience=None`: they wait for Redis rather than give up."""
        return cls(Batch(redis_url, prefix_of(round_name), patience=patience), round_name)

    async def close(self) -> None:
        """Give the connection back."""
        await self._batch.close()

    # -- the round's life --------------------------------------------------------------------------------------------

    async def create(self, plan: RoundPlan) -> None:
        """Write the plan and queue the seeds.  Repeating it changes nothing."""
        await self.configure(plan)
        await self._batch.command("SET", self._key("state"), State.READY, "NX")
        await self.seed(seed for unit in plan.units for seed in unit.seeds)
        await self._batch.command("SET", self._key("plan"), plan.model_dump_json())

    async def configure(self, plan: RoundPlan) -> None:
        """Write the numbers the scripts need."""
        self._buckets = buckets_for(len(plan.units))
        settings: dict[str, float] = {
            "depth": plan.depth,
            "delay": plan.delay * 1000,
            "concurrency": plan.host_concurrency,
            "lease": plan.lease_seconds * 1000,
            "breaker_failures": plan.breaker_failures,
            "breaker_ms": plan.breaker_seconds * 1000,
            "buckets": self._buckets,
            "servers": plan.server_concurrency,
            "hours": len(plan.hours),
        }
        words = [str(word) for item in settings.items() for word in item]
        await self._batch.command("HSET", self._key("settings"), *words)
        spans = [word for rule in plan.hours for word in (rule.host, " ".join(f"{a}-{b}" for a, b in rule.spans))]
        if spans:
            await self._batch.command("HSET", self._key("hours"), *spans)

    async def seed(self, urls: Iterable[str]) -> int:
        """Queue canonicalisable URLs at depth 0; answers how many were new."""
        await self._bucket_count()
        args: list[str | float] = ["", "", 0, 0, "", -1, 0, ""]
        for url in urls:
            key = canonicalize(url)
            if key is not None:
                args += self._link_args(Outlink(key, url, LinkKind.REDIRECT), 0)
        answer = await self._batch.call("offer", *args)
        return int(answer[1])

    async def plan(self) -> RoundPlan:
        """The frozen plan; raises UnknownRound."""
        text = await self._batch.command("GET", self._key("plan"))
        if text is None:
            raise self._unknown()
        await self._bucket_count()
        return RoundPlan.model_validate_json(text)

    async def drop(self) -> None:
        """Remove every key of the round."""
        cursor = "0"
        pattern = self._prefix.replace("{", "\\{").replace("}", "\\}") + "*"
        while True:
            cursor, keys = await self._batch.command("SCAN", cursor, "MATCH", pattern, "COUNT", 1000)
            if keys:
                await self._batch.command("UNLINK", *keys)
            if str(cursor) == "0":
                return

    async def state(self) -> State:
        """Where the round stands; raises UnknownRound."""
        got = await self._batch.command("GET", self._key("state"))
        if got is None:
            raise self._unknown()
        return State(got)

    async def set_state(self, state: State) -> None:
        """Workers see it with their next claim."""
        await self._batch.command("SET", self._key("state"), state.value)

    async def counts(self) -> Counts:
        """The round's ledger, from counters."""
        return _counts(pairs(await self._batch.command("HGETALL", self._key("counts"))))

    async def waiting(self) -> Waiting | None:
        """What waits for its next try; None where nothing does."""
        key = self._key("delayed")
        ends = [await self._batch.command("ZRANGE", key, at, at) for at in (0, -1)]
        due = [await self._batch.command("ZSCORE", key, end[0]) for end in ends if end]
        if len(due) < len(ends) or None in due:
            return None  # the last of it was taken up this moment
        first, last = (float(at) / 1000 for at in due)
        return Waiting(int(await self._batch.command("ZCARD", key)), first, last)

    async def hosts(self) -> list[str]:
        """Every host found so far, sorted."""
        return sorted(await self._batch.command("SMEMBERS", self._key("hosts")))

    async def host_counts(self) -> Mapping[str, Counts]:
        """The ledger of each host, from its counters."""
        return {
            host: _counts(pairs(await self._batch.command("HGETALL", self._key(f"h:{host}"))))
            for host in await self.hosts()
        }

    async def workers(self) -> Sequence[WorkerInfo]:
        """Workers by their last report."""
        found = pairs(await self._batch.command("HGETALL", self._key("workers")))
        return [WorkerInfo(worker=worker, **orjson.loads(report)) for worker, report in sorted(found.items())]

    async def standing(self) -> Sequence[Standing]:
        """Every lease that stands now, oldest deadline first.  Bounded by the places of the workers."""
        found = []
        for token in await self._batch.command("ZRANGE", self._key("deadlines"), 0, -1):
            kept = await self._batch.command(
                "HMGET", self._key(f"l:{token}"), "worker", "kind", "host", "path", "holds"
            )
            if kept[0] is not None:
                found.append(Standing(token, kept[0], Grant(kept[1]), join_key(kept[2], kept[3]), kept[4] == "1"))
        return found

    async def release_worker(self, worker: str) -> int:
        """Return all leases of a worker that was seen to die."""
        return int(await self._batch.call("release", worker))

    async def requeue(self, key: str, end: End) -> bool:
        """Make an ended URL queued again."""
        host, path = split_key(key)
        place = seen_id(key, await self._bucket_count())
        return bool(await self._batch.call("requeue", end.value, place.bucket, place.member, host, path))

    # -- the worker's transitions ------------------------------------------------------------------------------------
    # defer, hop, escalate and descend acquit a suspect: a worker lived through its request.

    async def claim(self, worker: str, want: int, busy: int) -> Claim:
        """Ask for up to `want` grants, telling how many leases are held.  Raises UnknownRound where Redis lost the round."""
        answer = await self._batch.call("claim", worker, want, busy)
        if answer[0] is None:
            raise self._unknown()
        leases = tuple(_lease(orjson.loads(text)) for text in answer[3:])
        return Claim(State(answer[0]), leases, int(answer[1]), bool(answer[2]))

    async def fetched(self, lease: Lease, *, alive: bool | None, wait: float = 0.0, slow: bool = False) -> bool:
        """The grant's request ended: `alive` None when nothing was requested; `wait` seconds by Retry-After; `slow`: too fast."""
        flag = -1 if alive is None else int(alive)
        return bool(await self._batch.call("fetched", lease.token, flag, int(wait * 1000), int(slow)))

    async def stage(self, lease: Lease, *, safe: bool) -> bool:
        """Whether a death of the worker is nobody's from now on, or may be the doing of what the lease stands for."""
        return bool(await self._batch.call("stage", lease.token, int(safe)))

    async def defer(self, lease: Lease, seconds: float, note: str) -> bool:
        """Try again later, as one more deferred pass."""
        extras = _extras(lease, attempts=lease.attempts + 1, note=note, deaths=0)
        return await self._again(lease, max(1, int(seconds * 1000)), extras, "")

    async def give_back(self, lease: Lease, *, seconds: float = 0.0) -> bool:
        """Return it untouched: the worker is leaving, or cannot begin it for so long."""
        return await self._again(lease, int(seconds * 1000), _extras(lease), "")

    async def hop(self, lease: Lease, url: str, cookie: str) -> bool:
        """The server asked for another spelling of the same page, or set a cookie first."""
        same_path = split_key(url.replace("https://", "http://", 1))[1] == split_key(lease.key)[1]
        origin = origin_of(url) if same_path else ""
        extras = _extras(lease, hops=lease.hops + 1, url=url, cookie=cookie, deaths=0)
        return await self._again(lease, 0, extras, origin)

    async def escalate(self, lease: Lease, why: str) -> bool:
        """Grant it again for the browser."""
        return await self._again(lease, 0, _extras(lease, via=Via.BROWSER.value, note=why, deaths=0), "")

    async def descend(self, lease: Lease, why: str) -> bool:
        """The browser gave up on it: grant it once more over HTTP, to be stored as it is."""
        extras = _extras(lease, via=Via.HTTP.value, note=f"{GAVE_UP}: {why}", deaths=0)
        return await self._again(lease, 0, extras, "")

    async def robots_done(self, lease: Lease, text: str, delay: float, *, alive: bool) -> bool:
        """A host's rules are known: `text` as read ('' allows all), `delay` its Crawl-delay in seconds."""
        return bool(
            await self._batch.call("robots", lease.token, "done", text, int(delay * 1000), "", 0, int(alive), 0)
        )

    async def robots_again(self, lease: Lease, url: str, wait: float, *, alive: bool) -> bool:
        """Ask for a host's rules once more: at `url` after a redirect, or after `wait` seconds."""
        tries = lease.attempts + 1
        return bool(
            await self._batch.call("robots", lease.token, "unknown", "", 0, url, tries, int(alive), int(wait * 1000))
        )

    async def robots_text(self, host: str) -> str:
        """What `robots_done` kept."""
        return str(await self._batch.command("HGET", self._key("robots"), host) or "")

    async def renew(self, worker: str, report: Mapping[str, Any], tokens: Sequence[str]) -> list[str]:
        """Heartbeat; answers the tokens that no longer stand."""
        return list(await self._batch.call("renew", worker, orjson.dumps(report).decode(), *tokens))

    async def offer(self, lease: Lease, links: Sequence[Outlink], *, out_of_scope: int, cut: int) -> Offered:
        """Push a page's links, in slices of `SLICE`.  Idempotent.  `depth` is -1 when the page is not known any more."""
        await self._bucket_count()
        self._recent.enter(lease.token.rpartition("-")[0])
        guess = lease.depth
        parted = self._recent.part(links, guess, self._limit)
        offered = Offered(-1, 0, 0, 0)
        while True:
            found = await self._push(lease, parted, guess, out_of_scope, cut)
            offered = _both(offered, found.offered)
            if found.offered.depth >= 0:
                out_of_scope = cut = 0  # they are counted
            if found.lowest == OTHER_EPOCH:
                self._recent.clear()
                guess, parted = -1, Parted(links, (), ())
            elif 0 <= found.lowest < guess:  # it has fallen: what was left out for the greater depth may matter now
                guess = found.lowest
                parted = self._recent.part([*parted.known, *parted.deep], guess, self._limit)
            else:
                return offered

    async def _push(self, lease: Lease, parted: Parted, guess: int, out_of_scope: int, cut: int) -> _Pushed:
        """One round of offers: the links to be sent, in slices, with what was left out told once."""
        parent = seen_id(lease.key, self._buckets)
        epoch = lease.token.rpartition("-")[0] if guess >= 0 else ""
        counted: list[str | float] = [out_of_scope, cut, epoch, guess, len(parted.deep), lease.token]
        depth, lowest, new, lowered, deep = -1, NEVER, 0, 0, 0
        for start in range(0, max(len(parted.sent), 1), SLICE):
            links = parted.sent[start : start + SLICE]
            args: list[str | float] = [parent.bucket, parent.member, *counted]
            for link in links:
                args += self._link_args(link, 0 if link.cost else lease.chain + 1)
            answer = [int(number) for number in await self._batch.call("offer", *args)]
            lowest = min(lowest, answer[0])
            if answer[0] < 0:
                break
            if epoch:
                self._recent.learn(links, answer[0], self._limit)
            # Each slice reads the depth anew; the ack compares with the first, so that a fall in between relinks.
            depth = max(depth, answer[0])
            new, lowered, deep = new + answer[1], lowered + answer[2], deep + answer[3]
            counted = [0, 0, epoch, guess, 0, ""]
        return _Pushed(Offered(depth, new, lowered, deep), lowest)

    async def ack(self, lease: Lease, end: End, *, depth: int) -> bool:
        """End a lease after its record is stored."""
        place = seen_id(lease.key, await self._bucket_count())
        return bool(await self._batch.call("ack", lease.token, end.value, depth, place.bucket, place.member))

    def spill_desk(self, window: int, *, mine: float = MINE_SECONDS, keep: float = KEEP_SECONDS) -> SpillDesk:
        """For the worker's task that keeps queues within `window` entries a host."""
        return SpillDesk(self._batch, window, mine=mine, keep=keep)

    # -- inside ------------------------------------------------------------------------------------------------------

    def _unknown(self) -> UnknownRound:
        return UnknownRound(
            f"Redis holds no round named {self.round_name!r}: create it with `caifeng round new`, "
            "or rebuild it with `caifeng round recover` where Redis lost it"
        )

    def _key(self, name: str) -> str:
        return self._prefix + name

    async def _bucket_count(self) -> int:
        if not self._buckets or self._limit < 0:
            buckets, limit = await self._batch.command("HMGET", self._key("settings"), "buckets", "depth")
            self._buckets, self._limit = int(buckets or 0), int(limit or 0)
            if not self._buckets:
                raise self._unknown()
        return self._buckets

    def _link_args(self, link: Outlink, chain: int) -> list[str | float]:
        host, path = split_key(link.key)
        place = seen_id(link.key, self._buckets)
        return [place.bucket, place.member, host, path, link.cost, origin_of(link.url), chain, link.rank]

    async def _again(self, lease: Lease, due_ms: int, extras: str, origin: str) -> bool:
        return bool(await self._batch.call("again", lease.token, due_ms, extras, origin))
