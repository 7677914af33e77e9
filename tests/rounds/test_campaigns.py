"""Campaigns: rounds made alike, one value per point by the declared rule, and every disagreement listed."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime, timedelta
from random import Random
from statistics import median_low

import pytest

from crawler.frontier.redis import State as RoundState
from indicators import catalogue
from indicators.values import Effort, Outcome, State
from pipelines.store.values import ValueBook
from rounds import campaigns, life
from rounds.campaign_values import Rule, Said, campaign_value, disagree
from rounds.campaigns import Declared
from rounds.compare import compare
from rounds.gate import What, falls
from rounds.refusals import BadChoice, NoSuchRound, OtherCatalogue, RoundExists, WrongState
from rounds.value_changes import Move
from tests.pipelines.making import page
from tests.rounds.keeping import NOW, UNIT, keep

EFFORT = Effort(100, 0, 0, finished=True, portal="a.gov.cn")
CODES = [point.code for point in catalogue.load().machine()]
ROUNDS = ("C1", "C2", "C3", "C4")


def worked(here, name: str, found: dict[str, Outcome]) -> None:
    """The values of the one unit of a round."""
    with life.store(here) as database:
        ValueBook(database, name).put("110000", found, EFFORT, catalogue="c1", seed=name, at=NOW)


def measured(value: float) -> Outcome:
    return Outcome(State.MEASURED, value=value, score=value / 10)


ABSENT, UNSEEN = Outcome(State.ABSENT, value=0.0, score=0.0), Outcome(State.UNOBSERVED)


@pytest.fixture
def four(here):
    for name in ROUNDS:
        keep(here, name, samples="C1")
    return here


def made(here, **declared):
    campaigns.create(here, "2026", "C1", Declared(**declared), who="me", now=NOW)
    for name in ROUNDS[1:]:
        campaigns.add(here, "2026", name, who="me", now=NOW)
    return campaigns.get(here, "2026")


@pytest.mark.parametrize("rule", list(Rule))
def test_four_rounds_with_planted_disagreements(four, rule) -> None:
    """Every point has the value of the declared rule, and exactly the planted disagreements are listed."""
    rnd = Random(rule)
    planted, expected = set(), {}
    tables: list[dict[str, Outcome]] = [{} for _ in ROUNDS]
    for code in CODES:
        values = [float(rnd.randint(1, 9))] * 4
        if rnd.random() < 0.2:
            values[rnd.randrange(4)] += rnd.randint(1, 5)
            planted.add(code)
        for table, value in zip(tables, values, strict=True):
            table[code] = measured(value)
        expected[code] = {
            Rule.LATEST: values[-1], Rule.ANY: max(values), Rule.MAXIMUM: max(values), Rule.MEDIAN: median_low(values),
        }[rule]  # fmt: skip
    missing, unseen = CODES[0], CODES[1]
    tables[2][missing] = ABSENT
    planted |= {missing}
    tables[3][unseen] = UNSEEN
    for name, table in zip(ROUNDS, tables, strict=True):
        worked(four, name, table)
    campaign = made(four, rule=rule)
    found = {one.code: one for one in campaigns.values(four, campaign)}
    assert set(found) == set(CODES)
    assert {code for code, one in found.items() if one.disagree} - {unseen} == planted - {unseen}
    left = {code: one.value for code, one in found.items() if code not in {missing, unseen}}
    assert left == {code: value for code, value in expected.items() if code in left}
    assert all([each.round for each in one.rounds] == list(ROUNDS) for one in found.values())


def test_rounds_that_did_not_observe_have_no_say() -> None:
    """Latest is the latest observed; absent counts as 0 for the median, below a measured 0; nothing observed stays so."""

    def told(*states: tuple[str, float | None]) -> list[Said]:
        return [Said(f"R{n}", state, value, value) for n, (state, value) in enumerate(states)]

    latest = campaign_value("u", "p", Rule.LATEST, told(("measured", 5.0), ("absent", 0.0), ("unobserved", None)), 0.0)
    assert (latest.state, latest.value, latest.chosen, latest.disagree) == ("absent", 0.0, "R1", True)
    median = campaign_value("u", "p", Rule.MEDIAN, told(("absent", 0.0), ("measured", 4.0), ("measured", 6.0)), 0.0)
    assert (median.value, median.chosen) == (4.0, "R1")
    anyone = campaign_value("u", "p", Rule.ANY, told(("measured", 0.0), ("absent", 0.0)), 0.0)
    assert (anyone.state, anyone.chosen) == ("measured", "R0")
    nobody = campaign_value("u", "p", Rule.ANY, told(("undecidable", None), ("unobserved", None)), 0.0)
    assert (nobody.state, nobody.value, nobody.chosen, nobody.disagree) == ("unobserved", None, "", False)
    assert not disagree(told(("measured", 100.0), ("measured", 95.0)), 0.05)
    assert disagree(told(("measured", 100.0), ("measured", 94.0)), 0.05)


def test_what_differs_is_refused_by_name(four) -> None:
    """Another catalogue, depth, unit, date or draw of samples; an unknown round, campaign, point; a name that is taken."""
    campaigns.create(four, "2026", "C1", Declared(until=NOW + timedelta(days=1)), who="me", now=NOW)
    keep(four, "other-catalogue", catalogue="c2")
    keep(four, "deeper", depth=7)
    keep(four, "drawn-anew")
    keep(four, "wider", units=(UNIT, UNIT.model_copy(update={"code": "120000"})))
    for name, error, said in (
        ("other-catalogue", OtherCatalogue, "retag"), ("deeper", BadChoice, "深度"), ("wider", BadChoice, "120000"),
        ("nowhere", NoSuchRound, "nowhere"), ("drawn-anew", BadChoice, "--samples-of C1"),
    ):  # fmt: skip
        with pytest.raises(error, match=said):
            campaigns.add(four, "2026", name, who="me", now=NOW)
    with pytest.raises(RoundExists, match="2026"):
        campaigns.create(four, "2026", "C1", Declared(), who="me", now=NOW)
    with pytest.raises(NoSuchRound, match="1999"):
        campaigns.get(four, "1999")
    with pytest.raises(BadChoice, match="日期"):
        campaigns.create(four, "late", "C1", Declared(since=NOW + timedelta(days=1)), who="me", now=NOW)
    with pytest.raises(BadChoice, match=r"9\.9\.9"):
        campaigns.create(four, "odd", "C1", Declared(points={"9.9.9-M01": Rule.ANY}), who="me", now=NOW)
    with pytest.raises(BadChoice, match="990000"):
        list(campaigns.values(four, campaigns.get(four, "2026"), units=("990000",)))


@pytest.mark.parametrize(("state", "advice"), [("ready", "caifeng crawl half"), ("paused", "caifeng round resume half"), ("cancelled", "换一轮")])  # fmt: skip
def test_half_a_round_is_refused_unless_it_is_meant(here, state, advice) -> None:
    """As the first round and as a later one; taken knowingly, the journal and the values say so."""
    keep(here, "C1", samples="C1")
    keep(here, "half", samples="C1", state=state)
    with pytest.raises(WrongState, match=advice):
        campaigns.create(here, "2026", "half", Declared(), who="me", now=NOW)
    campaigns.create(here, "2026", "C1", Declared(), who="me", now=NOW)
    with pytest.raises(WrongState, match="--unfinished"):
        campaigns.add(here, "2026", "half", who="me", now=NOW)
    assert campaigns.get(here, "2026").rounds == ("C1",)
    campaign = campaigns.add(here, "2026", "half", who="me", now=NOW, unfinished=True)
    assert "没有采完" in campaign.journal[-1].what
    assert campaigns.without_end(here, campaign) == ["half"]


async def _crawled(here, name: str) -> None:
    """A crawl has begun, and a worker of it reports; the round's document still says ready."""
    async with life.frontier(here, name) as queue:
        await queue.create(life.get(here, name).plan)
        await queue.set_state(RoundState.RUNNING)
        await queue.renew("w", {"pid": 1, "machine": "m", "fetched": 0, "rendered": 0, "busy": 0}, [])


def test_a_round_that_is_being_crawled_is_to_be_waited_for(here) -> None:
    """Named as `round list` names it, and nobody is sent to crawl it a second time; the journal says the same."""
    keep(here, "half", state="ready")
    asyncio.run(_crawled(here, "half"))
    with pytest.raises(WrongState, match=r"“进行中”.*等它采完") as refused:
        campaigns.create(here, "2026", "half", Declared(), who="me", now=datetime.now(UTC))
    assert "caifeng crawl" not in str(refused.value)
    made = campaigns.create(here, "2026", "half", Declared(), who="me", now=datetime.now(UTC), unfinished=True)
    assert "没有采完：进行中" in made.journal[-1].what


def test_values_are_compared_and_lost_ones_hold_the_round(here) -> None:
    """Up, down, appeared, vanished; what is not observed any more is lost, never absent, and the gate names it."""
    keep(here, "A", page("/a", 1))
    keep(here, "B", page("/a", 1))
    lost = CODES[5:9]
    before = {CODES[0]: measured(3), CODES[1]: measured(3), CODES[2]: ABSENT, CODES[3]: measured(1), CODES[4]: UNSEEN}
    after = {CODES[0]: measured(4), CODES[1]: measured(2), CODES[2]: measured(1), CODES[3]: ABSENT, CODES[4]: ABSENT}
    worked(here, "A", before | dict.fromkeys(lost, measured(1)))
    worked(here, "B", after | dict.fromkeys(lost, UNSEEN))
    found = compare(here, "A", "B")
    moves = {code: one.move for code, one in found.units["110000"].values.items()}
    assert [moves[code] for code in CODES[:6]] == [
        Move.UP, Move.DOWN, Move.APPEARED, Move.VANISHED, Move.SEEN, Move.LOST,
    ]  # fmt: skip
    (fall,) = falls(found)
    assert (fall.what, fall.fell, fall.named) == (What.VALUES, 4, tuple(sorted(lost)))
