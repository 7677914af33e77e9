"""A round widened after it was begun: what it stores is what the wider plan would have stored from the start."""

from __future__ import annotations

import asyncio
import itertools
import random
from datetime import UTC, datetime

import pytest
import redis as redis_client
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from cleaning.page import LinkKind
from crawler.frontier.redis import State
from crawler.plan import RoundPlan, RuleKind, ScopeRule, UnitPlan
from pipelines.store.reader import RoundReader
from rounds import life
from rounds.extend import Wider, extend, widen
from rounds.finish import finish
from rounds.life import Action
from rounds.planning import unit_plan
from rounds.recover import recover
from rounds.refusals import BadPlan, WrongState
from rounds.registry import UnitRow
from rounds.services import Services
from tests.rounds.playing import Graph, Hand, silent

NOW = datetime(2026, 10, 1, 8, tzinfo=UTC)
NAMES = itertools.count(1)
SITES = ("a.test", "b.test", "c.test")


def page(node: int) -> str:
    """Nodes are spread over the sites of three units."""
    return f"http://{SITES[node % 3]}/{node}"


def plan_of(name: str, *sites: str, depth: int) -> RoundPlan:
    """One unit per site, its first page the seed; as `site_plans` makes them."""
    units = tuple(
        UnitPlan(
            code=site,
            name=site,
            seeds=(page(SITES.index(site)),),
            scope=(ScopeRule(kind=RuleKind.SUFFIX, host=site),),
        )
        for site in sites
    )
    return RoundPlan(name=name, units=units, depth=depth, delay=0.0)


@st.composite
def graphs(draw: st.DrawFn) -> Graph:
    """Up to 15 pages over three sites, linking within and across them."""
    size = draw(st.integers(3, 15))
    kinds = st.sampled_from([LinkKind.ANCHOR, LinkKind.ANCHOR, LinkKind.REFRESH])
    return {
        page(node): tuple(
            (page(target), kind)
            for target, kind in draw(st.lists(st.tuples(st.integers(0, size - 1), kinds), max_size=4))
        )
        for node in range(size)
    }


def found(here: Services, name: str) -> dict[str, tuple[str, int, tuple[str, ...], tuple[str, ...]]]:
    """Key to end, depth, units and links in scope."""
    with life.store(here) as database:
        reader = RoundReader(database, name)
        every = (reader.record(one["key"]) for one in reader.every(("key",)))
        return {
            one["key"]: (
                one["end"],
                one["depth"],
                tuple(one["units"]),
                tuple(sorted(link["key"] for link in one["outlinks"])),
            )
            for one in every
            if one is not None
        }


WIDER = Wider(sites=(page(1), page(2)), depth=3)


@settings(max_examples=10, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(graph=graphs(), seed=st.integers(0, 2**32 - 1), first=st.integers(0, 40), wiped=st.booleans())
def test_extended_is_direct(here, graph: Graph, seed: int, first: int, *, wiped: bool) -> None:
    """Paused anywhere, widened, wiped or not: ends, depths, units and links are those of the wider plan from the start.

    No page is fetched twice.
    """
    direct, name = f"direct{next(NAMES)}", f"extended{next(NAMES)}"

    async def play() -> None:
        chance = random.Random(seed)
        wide = plan_of(direct, *SITES, depth=3)
        await life.create(here, wide, catalogue="c", who="me", now=NOW)
        await Hand(here, wide, graph, chance).work(2000)
        narrow = plan_of(name, SITES[0], depth=1)
        await life.create(here, narrow, catalogue="c", who="me", now=NOW)
        before = Hand(here, narrow, graph, chance)
        await before.work(first)
        await life.change(here, name, Action.PAUSE, who="me", now=NOW)
        done = await extend(here, name, WIDER, who="me", now=NOW, report=silent)
        assert (done.counts.difference, done.state) == (0, State.PAUSED)
        if wiped:
            with redis_client.Redis.from_url(here.redis_url) as client:
                client.flushall()
            await recover(here, name, who="me", now=NOW, report=silent)
        record = life.get(here, name)
        assert (record.plan.version, record.plan.depth, len(record.plan.units)) == (2, 3, 3)
        ended = set(found(here, name))
        after = Hand(here, record.plan, graph, chance)
        await after.work(2000)
        assert found(here, name) == found(here, direct)
        assert not ended & set(after.fetched)
        async with life.frontier(here, name) as frontier:
            counts = await frontier.counts()
            assert counts.at_rest
            assert counts.difference == 0
            assert await frontier.plan() == record.plan

    asyncio.run(play())
    with life.store(here) as database:
        database["records"].delete_many({})


PLAIN = {page(n): ((page(n + 3), LinkKind.ANCHOR), (page(n + 1), LinkKind.ANCHOR)) for n in range(30)}


async def test_a_finished_round_is_ready_again(here, round_name) -> None:
    """Its new seeds are to be checked, the journal tells both steps, the earlier plan is kept."""
    narrow = plan_of(round_name, SITES[0], depth=1)
    await life.create(here, narrow, catalogue="c", who="me", now=NOW)
    await Hand(here, narrow, PLAIN, random.Random(1)).work(2000)
    assert await finish(here, round_name, who="me", now=NOW)
    done = await extend(here, round_name, WIDER, who="you", now=NOW, report=silent)
    assert done.state is State.READY
    assert done.counts.queued > 0
    record = life.get(here, round_name)
    assert record.state == "ready"
    assert "check" not in record.results
    assert [entry.who for entry in record.journal[-2:]] == ["you", "you"]
    assert "新增 2 个单位，深度 1 到 3" in record.journal[-2].what
    with life.store(here) as database:
        assert database["rounds"].find_one({"_id": round_name})["earlier_plans"][0]["depth"] == 1


async def test_a_running_round_is_left_alone(here, round_name) -> None:
    """Refused with what to do first; nothing changes."""
    narrow = plan_of(round_name, SITES[0], depth=1)
    await life.create(here, narrow, catalogue="c", who="me", now=NOW)
    await Hand(here, narrow, PLAIN, random.Random(1)).work(3)
    with pytest.raises(WrongState, match="round pause"):
        await extend(here, round_name, WIDER, who="me", now=NOW, report=silent)
    await life.change(here, round_name, Action.CANCEL, who="me", now=NOW)
    with pytest.raises(WrongState, match="取消"):
        await extend(here, round_name, WIDER, who="me", now=NOW, report=silent)
    assert life.get(here, round_name).plan == narrow


async def test_a_round_whose_workers_are_still_leaving_is_left_alone(here, round_name) -> None:
    """Paused, but a worker was heard of just now: it may hold pages."""
    await life.create(here, plan_of(round_name, SITES[0], depth=1), catalogue="c", who="me", now=NOW)
    async with life.frontier(here, round_name) as frontier:
        await frontier.renew("w", {"pid": 1, "machine": "m", "fetched": 0, "rendered": 0, "busy": 1}, [])
    with pytest.raises(WrongState, match="1 个进程"):
        await extend(here, round_name, WIDER, who="me", now=datetime.now(UTC), report=silent)


async def test_killed_halfway_a_crawl_waits_for_recover(here, round_name) -> None:
    """The plan is stored, the queue is the old one: crawl and resume are refused until recover has done the rest."""
    narrow = plan_of(round_name, SITES[0], depth=1)
    await life.create(here, narrow, catalogue="c", who="me", now=NOW)
    await Hand(here, narrow, PLAIN, random.Random(1)).work(2000)
    await life.change(here, round_name, Action.PAUSE, who="me", now=NOW)

    def killed(_step: str, _done: int, _total: int) -> None:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        await extend(here, round_name, WIDER, who="me", now=NOW, report=killed)
    for refused in (
        life.change(here, round_name, Action.RESUME, who="me", now=NOW),
        life.require_startable(here, round_name),
        extend(here, round_name, WIDER, who="me", now=NOW, report=silent),
    ):
        with pytest.raises(WrongState, match="round recover"):
            await refused
    done = await recover(here, round_name, who="me", now=NOW, report=silent)
    assert done.state is State.PAUSED
    assert await life.change(here, round_name, Action.RESUME, who="me", now=NOW) is State.READY


@pytest.mark.parametrize(
    ("wider", "said"),
    [
        (Wider(), "没有可扩展的"),
        (Wider(depth=0), "只能加深"),
        (Wider(depth=21), "最多 20"),
        (Wider(sites=("http://a.test/9",)), "都有了"),
        (Wider(sites=("ftp://b.test/",)), "ftp"),
        (Wider(depth=2, resolve=("a.test=127.0.0.1:81",)), "和这一轮原来的不同"),
        (Wider(units=(UnitRow(code="110000", name="北京市", portal_url="http://www.beijing.gov.cn/"),)), "谁在采集"),
    ],
)
def test_what_cannot_be_is_refused(wider: Wider, said: str) -> None:
    """One sentence each; the plan stays."""
    plan = plan_of("r1", SITES[0], depth=1).model_copy(
        update={
            "resolve": widen(
                plan_of("r1", SITES[0], depth=1), Wider(depth=2, resolve=("a.test=127.0.0.1:80",))
            ).resolve,
            "user_agent": "caifeng/0.1 (loopback only)",
        }
    )
    with pytest.raises(BadPlan, match=said):
        widen(plan, wider)


def test_a_unit_gets_the_sites_approved_since() -> None:
    """Seeds and scope rules are added to the plan's next version, none is taken away; without any there is nothing to extend."""
    row = UnitRow(code="110000", name="甲市", portal_url="http://www.a.gov.cn/")
    plan = RoundPlan(name="R", units=(unit_plan(row),), user_agent="caifeng")
    with pytest.raises(BadPlan, match="没有可扩展的"):
        widen(plan, Wider(units=(row,)))
    more = widen(plan, Wider(units=(row.model_copy(update={"sites": ("http://rsj.b.cn/",)}),)))
    assert (more.version, more.units[0].seeds) == (2, ("http://www.a.gov.cn/", "http://rsj.b.cn/"))
    assert [(rule.kind, rule.host) for rule in more.units[0].scope] == [
        (RuleKind.SUFFIX, "a.gov.cn"),
        (RuleKind.HOST, "rsj.b.cn"),
    ]
    assert widen(more, Wider(units=(row,), depth=7)).units == more.units
