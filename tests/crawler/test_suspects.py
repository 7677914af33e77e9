"""Suspects: which deaths are laid to a page, and which are not (docs/decisions/0010-acquittal.md)."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any, Final

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from crawler.frontier.contract import End, Grant, Lease
from crawler.frontier.redis import QUARANTINE_DEATHS, RedisFrontier, State
from crawler.worker import Worker
from tests.crawler.conftest import granted, plan_of
from tests.crawler.test_probes import store_pages

Opened = Callable[..., Awaitable[RedisFrontier]]
LOST: Final = 30  # deaths in a row that are nobody's, before one is laid to the page


async def suspect_of(frontier: RedisFrontier) -> Lease:
    """A page that one worker has died over, granted to another."""
    await granted(frontier, "w1")
    await frontier.release_worker("w1")
    return await granted_alone(frontier)


async def granted_alone(frontier: RedisFrontier, worker: str = "w2") -> Lease:
    """The only grant there is."""
    (lease,) = await granted(frontier, worker)
    return lease


async def died(frontier: RedisFrontier, worker: str = "w2") -> Lease:
    """The worker dies; the grant of the same to the next."""
    assert await frontier.release_worker(worker) == 1
    return await granted_alone(frontier, worker)


async def worker_of(frontier: RedisFrontier) -> Worker:
    """A worker of the round."""
    return Worker(frontier, await frontier.plan(), places=3, worker_id="w2")


async def test_a_death_is_laid_to_a_suspect_at_work_only(open_round: Opened) -> None:
    """Granted, waited for, kept: ten random kills at each are nobody's; what dies while it is read dies of it."""
    frontier = await open_round()
    suspect = await suspect_of(frontier)
    one = await worker_of(frontier)
    for _ in range(10):
        suspect = await died(frontier)
    assert suspect.deaths == 1

    async def kill() -> None:
        await frontier.release_worker("w2")

    for _ in range(10):
        await one.at_work(suspect)
        await one.aside(suspect, kill)
        suspect = await granted_alone(frontier)
    assert suspect.deaths == 1
    for deaths in (2, 3):
        await one.at_work(suspect)
        suspect = await died(frontier)
        assert suspect.deaths == deaths
    assert suspect.deaths == QUARANTINE_DEATHS


async def test_what_follows_a_wait_is_work(open_round: Opened) -> None:
    """The answer is there: decoding, reading and judging it begins."""
    frontier = await open_round()
    suspect = await suspect_of(frontier)
    one = await worker_of(frontier)
    assert await one.aside(suspect, lambda: asyncio.sleep(0, "answer")) == "answer"
    assert (await died(frontier)).deaths == 2


@pytest.mark.parametrize("where", ["waited for", "offered"])
async def test_what_kills_where_nothing_should_is_found_in_the_end(open_round: Opened, where: str) -> None:
    """Each time, in the client or on its way into the store: after so many deaths in a row they are laid to the page."""
    frontier = await open_round()
    page = await granted_alone(frontier)
    deaths = 0
    while page.deaths < QUARANTINE_DEATHS and deaths < 100:
        if where == "offered":
            await frontier.offer(page, [], out_of_scope=0, cut=0)
        page = await died(frontier)
        deaths += 1
    assert deaths == LOST + QUARANTINE_DEATHS


async def test_deaths_that_are_nobodys_are_counted_anew_once_one_is_lived_through(open_round: Opened) -> None:
    """A page that meets a kill every other time is never told from others."""
    frontier = await open_round()
    page = await granted_alone(frontier)
    for _ in range(2 * LOST):
        await frontier.offer(page, [], out_of_scope=0, cut=0)
        page = await died(frontier)
        await frontier.hop(page, page.url, "")
        page = await granted_alone(frontier)
    assert page.deaths == 0


async def test_an_ordinary_page_costs_no_call(open_round: Opened, monkeypatch: pytest.MonkeyPatch) -> None:
    """Only what is watched is told of."""
    frontier = await open_round()
    page = await granted_alone(frontier)
    one = await worker_of(frontier)

    async def told(*_words: object, **_more: object) -> Any:
        raise AssertionError(_words)

    monkeypatch.setattr(frontier._batch, "call", told)
    await one.at_work(page)
    assert await one.aside(page, lambda: asyncio.sleep(0, "answer")) == "answer"


async def test_a_stage_of_a_lease_that_is_gone_changes_nothing(open_round: Opened) -> None:
    """Another worker has the page: a late word makes no lease of it again."""
    frontier = await open_round()
    suspect = await suspect_of(frontier)
    await died(frontier)
    assert not await frontier.stage(suspect, safe=False)
    assert [each.worker for each in await frontier.standing()] == ["w2"]
    assert (await died(frontier)).deaths == 1


async def test_the_last_suspect_is_alone_too(open_round: Opened) -> None:
    """While it is in hand its worker is given nothing else, and afterwards as much as any other."""
    frontier = await open_round(seeds=("http://a.example/", "http://b.example/", "http://c.example/"))
    (page,) = await granted(frontier, "w1", want=1)
    await frontier.release_worker("w1")
    suspect = await granted_alone(frontier)
    assert (suspect.key, suspect.deaths) == (page.key, 1)
    assert (await frontier.claim("w2", 10, busy=1)).leases == ()
    assert len(await granted(frontier, "w3", want=1)) == 1
    await frontier.ack(suspect, End.STORED, depth=0)
    assert len(await granted(frontier)) == 1


async def test_a_worker_that_wants_nothing_leaves_suspects_to_others(open_round: Opened) -> None:
    """Its disk is full: it would wait with the page, and keep all others from being tried."""
    frontier = await open_round()
    await granted(frontier, "w1")
    await frontier.release_worker("w1")
    assert (await frontier.claim("w2", 0, busy=0)).leases == ()
    assert (await granted_alone(frontier, "w3")).deaths == 1


async def probe_of(frontier: RedisFrontier, worker: str) -> Lease:
    """The host's probe, granted."""
    (probe,) = (await frontier.claim(worker, 9, 0)).leases
    assert probe.grant is Grant.PROBE
    return probe


async def test_a_probe_that_is_given_back_or_waited_for_has_no_death(open_round: Opened) -> None:
    """Drains in order and random kills, ten of each, do not end it."""
    frontier = await open_round()
    await store_pages(frontier, 50)
    for _ in range(10):
        assert await frontier.give_back(await probe_of(frontier, "w"))
        await probe_of(frontier, "w")
        assert await frontier.release_worker("w") == 1
    assert (await frontier.counts()).probes == 1
    await probe_of(frontier, "w")


STEPS: Final = {"waiting": 0, "working": 1, "lived": 0, "given back": 0}


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(steps=st.lists(st.sampled_from(sorted(STEPS)), max_size=25), seed=st.integers(0, 2**32 - 1))
def test_deaths_are_those_at_work_since_it_was_last_lived_through(
    fresh_redis_url: str, steps: list[str], seed: int
) -> None:
    """Whatever the order; the first one, of a page that was not yet watched, counts wherever it happens."""
    asyncio.run(play(fresh_redis_url, steps, f"suspect{seed}"))


async def play(redis_url: str, steps: list[str], name: str) -> None:
    """One page, and what a row of workers does with it."""
    frontier = await RedisFrontier.open(redis_url, name)
    try:
        await frontier.create(plan_of(name))
        await frontier.set_state(State.RUNNING)
        one = await worker_of(frontier)
        page, deaths = await granted_alone(frontier), 0
        for step in steps:
            await one.at_work(page)
            if step == "lived":
                await frontier.escalate(page, "shell")
                page, deaths = await granted_alone(frontier), 0
            elif step == "given back":
                await frontier.give_back(page)
                page = await granted_alone(frontier)
            else:
                await frontier.stage(page, safe=step == "waiting" and page.watched)
                deaths += STEPS[step] or int(not page.watched)
                page = await died(frontier)
            assert page.deaths == deaths
        counts = await frontier.counts()
        assert (counts.found, counts.leased, counts.difference) == (1, 1, 0)
    finally:
        await frontier.drop()
        await frontier.close()
