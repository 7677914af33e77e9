"""Rounds made and looked at, on a real Redis and MongoDB."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from crawler.errors import FrontierAway
from crawler.frontier.contract import Counts
from crawler.frontier.redis import RedisFrontier, State
from crawler.plan import RoundPlan, RuleKind, ScopeRule, UnitPlan
from rounds import life
from rounds.life import Action
from rounds.refusals import NoSuchRound, RoundExists, Unresolved, WrongState
from rounds.services import Services

NOW = datetime(2026, 10, 1, 8, tzinfo=UTC)


@pytest.fixture
def here(redis_url: str, mongo_url: str, mongo_database: str, tmp_path: Path) -> Iterator[Services]:
    """Services of the test's own database."""
    url = mongo_url.replace("/?", f"/{mongo_database}?", 1)
    return Services(redis_url, url, (tmp_path / "archive").as_uri(), tmp_path, "")


def unit(code: str, *hosts: str) -> UnitPlan:
    """A unit that owns these hosts and their subdomains."""
    scope = tuple(ScopeRule(kind=RuleKind.SUFFIX, host=host) for host in hosts)
    return UnitPlan(code=code, name=code, seeds=tuple(f"http://{host}/" for host in hosts), scope=scope)


def plan(name: str, *units: UnitPlan) -> RoundPlan:
    """A small plan."""
    return RoundPlan(name=name, units=units or (unit("a", "a.test"),))


async def made(here: Services, wanted: RoundPlan) -> None:
    """Create a round."""
    await life.create(here, wanted, catalogue="c1", who="me@here", now=NOW)


async def test_a_round_is_stored_and_queued(here, round_name) -> None:
    """Plan, catalogue, journal in the document; the seeds in the frontier."""
    await made(here, plan(round_name, unit("a", "a.test"), unit("b", "b.test")))
    record = life.get(here, round_name)
    assert (record.state, record.catalogue, record.plan.name) == ("ready", "c1", round_name)
    assert [(entry.at, entry.who) for entry in record.journal] == [(NOW, "me@here")]
    found = await life.status(here, round_name, now=NOW)
    assert (found.state, found.sample.counts.queued) == (State.READY, 2)


async def test_without_redis_nothing_is_stored(here, round_name) -> None:
    """Both or neither: an unreachable frontier leaves no document behind."""
    away = replace(here, redis_url="redis://127.0.0.1:9/0")
    with pytest.raises(FrontierAway):
        await made(away, plan(round_name))
    with pytest.raises(NoSuchRound):
        life.get(here, round_name)


async def test_a_taken_name_leaves_the_first_round_as_it_is(here, round_name) -> None:
    """Neither document nor queue of the first round is touched."""
    await made(here, plan(round_name))
    with pytest.raises(RoundExists, match=round_name):
        await made(here, plan(round_name, unit("z", "z.test")))
    assert set((await life.status(here, round_name, now=NOW)).sample.hosts) == {"a.test"}


async def test_what_an_old_round_left_in_redis_does_not_leak_into_a_new_one(here, round_name) -> None:
    """A queue whose document is gone belongs to nobody."""
    queue = await RedisFrontier.open(here.redis_url, round_name)
    await queue.create(plan(round_name, unit("old", "old.test")))
    await queue.close()
    await made(here, plan(round_name))
    assert set((await life.status(here, round_name, now=NOW)).sample.hosts) == {"a.test"}


async def test_a_lost_queue_is_told_from_an_unknown_round(here, round_name) -> None:
    """The document stands, Redis does not hold the round: another sentence, another code."""
    await made(here, plan(round_name))
    async with life.frontier(here, round_name) as queue:
        await queue.drop()
    with pytest.raises(WrongState, match="Redis"):
        await life.status(here, round_name, now=NOW)


async def test_resumed_with_workers_waiting_it_runs_on(here, round_name) -> None:
    """A worker heard of lately is waiting for work: running.  Without one a crawl has to be started: ready."""
    await made(here, plan(round_name))
    await life.change(here, round_name, Action.PAUSE, who="me", now=NOW)
    async with life.frontier(here, round_name) as queue:
        await queue.renew(
            "w1", {"pid": 1, "machine": "m", "seen": NOW.timestamp(), "fetched": 0, "rendered": 0, "busy": 0}, []
        )
    seen = (await life.status(here, round_name, now=datetime.now(UTC))).workers
    assert [worker.worker for worker in seen] == ["w1"]
    assert await life.change(here, round_name, Action.RESUME, who="me", now=datetime.now(UTC)) is State.RUNNING
    await life.change(here, round_name, Action.PAUSE, who="me", now=NOW)
    later = datetime.now(UTC) + timedelta(hours=1)
    assert await life.change(here, round_name, Action.RESUME, who="me", now=later) is State.READY


async def test_a_round_is_being_crawled_while_workers_report(here, round_name) -> None:
    """Its document still says ready when a crawl has begun, and its queue says running when the crawl was broken off."""
    await made(here, plan(round_name))
    record = life.get(here, round_name)
    assert await life.state_now(here, record, now=NOW) is State.READY
    async with life.frontier(here, round_name) as queue:
        await queue.set_state(State.RUNNING)
        await queue.renew("w", {"pid": 1, "machine": "m", "fetched": 0, "rendered": 0, "busy": 0}, [])
        (worker,) = await queue.workers()
        seen = datetime.fromtimestamp(worker.seen, UTC)
    assert life.get(here, round_name).state == State.READY
    assert await life.state_now(here, record, now=seen) is State.RUNNING
    assert await life.state_now(here, record, now=seen + timedelta(hours=1)) is State.READY
    paused = replace(record, state=State.PAUSED)
    assert await life.state_now(here, paused, now=seen) is State.PAUSED
    away = replace(here, redis_url="redis://127.0.0.1:9/0")
    assert await life.state_now(away, record, now=seen) is State.READY


async def test_the_average_pace_counts_from_the_last_launch(here, round_name) -> None:
    """Nothing ended since the launch is no pace; time left then follows politeness alone."""
    await made(here, plan(round_name))
    await life.launched(here, round_name, workers=1, who="me", now=NOW)
    async with life.frontier(here, round_name) as queue:
        await queue.set_state(State.RUNNING)
    found = await life.status(here, round_name, now=NOW + timedelta(seconds=10))
    assert (found.pace.pages_per_second, found.pace.seconds_left) == (0.0, 1.0)


async def test_a_check_with_failures_stops_a_launch_unless_accepted(here, round_name) -> None:
    """The seeds are named; `--accept` and a clean check both let it pass."""
    await made(here, plan(round_name))
    record = life.get(here, round_name)
    failed = {"url": "http://a.test/", "problem": "refused", "detail": "no"}
    bad = replace(record, results={"check": {"seeds": [failed, {**failed, "problem": ""}]}})
    with pytest.raises(Unresolved, match=r"http://a\.test/"):
        life.require_checked(bad, accept=False)
    life.require_checked(bad, accept=True)
    life.require_checked(replace(record, results={"check": {"seeds": [{**failed, "problem": ""}]}}), accept=False)


def test_a_host_of_two_units_counts_for_both(round_name) -> None:
    """Units share what they share; a host nobody claims counts for none."""
    wanted = plan(round_name, unit("a", "a.test", "shared.test"), unit("b", "b.test", "shared.test"))
    hosts = {
        "a.test": Counts(found=1),
        "x.a.test": Counts(found=2),
        "shared.test": Counts(found=4),
        "none.test": Counts(found=8),
    }
    assert [(one.code, one.hosts, one.counts.found) for one in life.unit_counts(wanted, hosts)] == [
        ("a", 3, 7),
        ("b", 1, 4),
    ]
