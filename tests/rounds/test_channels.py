"""Channels of a round: feeds, searches and exported files, counted by channel, with what nobody has seen."""

from __future__ import annotations

import json
import random
from datetime import UTC, datetime, timedelta
from pathlib import Path

import openpyxl
import pytest

from console.cli import words
from crawler.channels import searx
from crawler.channels.errands import Reply
from crawler.channels.errors import BadAnswer
from crawler.plan import RoundPlan
from crawler.reasons import FailureReason
from indicators import catalogue
from pipelines.store.posts import PostBook
from pipelines.store.reader import RoundReader
from pipelines.store.values import ValueBook
from rehearsal import feeds
from rehearsal.plan import build
from rounds import life
from rounds.audit_values import value_differences
from rounds.channels import Asked, Wanted, _Task, channels, import_accounts, import_posts, questions, words_of
from rounds.coverage_lists import Search
from rounds.demo import plan_of, rehearsal_web
from rounds.explain import explain
from rounds.posts import Gap, gaps, moment
from rounds.refusals import BadInstance, BadTable
from rounds.values import bring_up
from tests.pipelines.making import capture
from tests.rounds.collecting import Graph, collect, collected
from tests.rounds.keeping import UNIT

SEED, UNITS, PAGES = 47, 1, 290
NOW = datetime(2026, 11, 16, tzinfo=UTC)
SINCE = NOW - timedelta(days=92)
DAY = timedelta(days=1)


async def ran(here, name: str, **wanted):
    return await channels(here, name, Wanted(SINCE, **wanted), report=lambda _progress: None, who="test", now=NOW)


@pytest.fixture
async def web(here, tmp_path):
    """A finished collection of one unit, and its web."""
    graph = Graph(build(SEED, UNITS, PAGES))
    async with rehearsal_web(SEED, units=UNITS, pages=PAGES, log=tmp_path / "log") as found:
        plan = plan_of(found, "r", delay=0.0, retry_delays=(), breaker_seconds=0.05)
        await collected(here, graph, plan, collect(graph, "unread", 1.0, random.Random(1)))
        yield found


def table(file: Path, rows: list[dict[str, str]]) -> Path:
    file.write_text("\n".join(json.dumps(row, ensure_ascii=False) for row in rows), encoding="utf-8")
    return file


async def test_accounts_feeds_and_searches_are_counted_by_channel(here, web, tmp_path) -> None:
    """The portal's account is found and polled, a wechat feed is named by hand; posts are judged, copies and gaps told."""
    unit = build(SEED, UNITS, PAGES).units[0]
    wechat = f"{web.feeds}/wechat/mp/{feeds.uid(unit, 'wechat')}"
    named = [{"unit": unit.code, "channel": "wechat", "name": "政务", "feed": wechat}]
    assert import_accounts(here, "r", table(tmp_path / "a.jsonl", named)) == (1, 1)
    first = await ran(here, "r", search=Search(web.search), rsshub=web.feeds)
    posted = feeds.messages(build(SEED, UNITS, PAGES), unit, "weibo")[: feeds.KEPT]
    assert first.accounts == 2
    assert first.counts["weibo"]["posts"] == len(posted) == first.counts["weibo"]["new"]
    assert first.counts["wechat"]["posts"] == feeds.KEPT
    traded = sum(one.text == feeds.TRADE for one in posted)
    twice = sum(one.kind == "again" and one.text != feeds.TRADE for one in posted)
    assert first.counts["weibo"]["verdicts"] == {
        word: number
        for word, number in (("ad", traded), ("duplicate", twice), ("kept", len(posted) - traded - twice))
        if number
    }
    assert first.ledger["found"] == sum(first.ledger[end] for end in ("stored", "failed", "skipped", "quarantined"))
    assert {(gap.account, gap.why) for gap in first.gaps if gap.why == "before"} == {
        (f"{unit.code} weibo {feeds.uid(unit, 'weibo')}", "before"),
        (f"{unit.code} wechat 政务", "before"),
    }
    again = await ran(here, "r", rsshub=web.feeds)
    assert again.counts["weibo"] == first.counts["weibo"] | {"new": 0}
    record = life.get(here, "r")
    assert record.results["channels"]["accounts"] == 2
    # A poll without engines keeps what they answered; values are worked out of both, and walked back.
    assert record.results["channels"]["search_points"] == first.document()["search_points"] != {}
    bring_up(here, record, finished=True, now=NOW)
    with life.store(here) as database:
        values = {one["code"]: one for one in ValueBook(database, "r").find(units=(unit.code,))}
        assert (values["1.2.2-M04"]["state"], values["1.2.2-M04"]["score"]) == ("measured", 1.0)
        assert (values["1.2.2-M07"]["state"], values["1.2.2-M07"]["why"]) == ("unobserved", "not-shown")
        for code, one in first.search_points[unit.code].items():
            state = "unobserved" if one["score"] is None or code == "2.3.3-M08" else "measured"
            assert values[code]["state"] == state, code
        point = catalogue.load().points["1.2.2-M05"]
        told = explain(database, record.plan, record.plan.units[0], point)
        assert {one["channel"] for one in told.heard} == {"wechat"}
        wrong = list(value_differences(database, RoundReader(database, "r")))
        assert [one for one in wrong if one.key.partition(" ")[2] in {"1.2.2-M04", "1.2.2-M05", "1.3.1-M05"}] == []


async def test_an_account_known_without_a_feed_takes_one_and_a_feed_named_by_hand_stays(here, web, tmp_path) -> None:
    """The first run knew no hub; the second names one; a third names another and changes nothing."""
    unit = build(SEED, UNITS, PAGES).units[0]
    known = f"{unit.code} weibo {feeds.uid(unit, 'weibo')}"
    assert (await ran(here, "r", poll=False)).without_feed == (known,)
    hub = await ran(here, "r", rsshub=web.feeds)
    assert (hub.without_feed, hub.counts["weibo"]["posts"] > 0) == ((), True)
    named = f"{web.feeds}/weibo/user/1"
    row = {"unit": unit.code, "channel": "weibo", "name": feeds.uid(unit, "weibo"), "feed": named}
    import_accounts(here, "r", table(tmp_path / "a.jsonl", [row]))
    await ran(here, "r", rsshub=web.feeds, poll=False)
    with life.store(here) as database:
        assert [one["feed"] for one in PostBook(database).accounts([unit.code])] == [named]


async def test_search_points_have_a_score_only_where_all_was_answered(here, web) -> None:
    """Every question of every point is asked once; own sites in the first three places count whole."""
    report = await ran(here, "r", search=Search(web.search), poll=False)
    plan = life.get(here, "r").plan
    asked = list(questions(plan))
    unit = plan.units[0]
    assert report.ledger["found"] == len({one.query for one in asked})
    points = report.search_points[unit.code]
    assert {code: one["questions"] for code, one in points.items()} == {
        code: sum(one.code == code for one in asked) for code in {one.code for one in asked}
    }
    # The engine that answers finds nothing for these words while another is silent: not observed, never nought.
    assert any(one["answered"] < one["questions"] for one in points.values())
    assert all(one["score"] is None for one in points.values() if one["answered"] < one["questions"])
    assert any("没有答复" in why for why in report.errors.values())
    assert report.silent == ("google",)


async def test_what_is_broken_is_told_and_nothing_of_it_is_kept(here, web, tmp_path) -> None:
    """A feed that is a page, one that is not there; an instance that speaks HTML ends the run."""
    unit = web.units[0]
    rows = [
        {"unit": unit["code"], "channel": "weibo", "name": "page", "feed": unit["seeds"][0]},
        {"unit": unit["code"], "channel": "weibo", "name": "none", "feed": f"{web.feeds}/weibo/user/1"},
    ]
    import_accounts(here, "r", table(tmp_path / "a.jsonl", rows))
    report = await ran(here, "r")
    assert set(report.errors) == {f"{unit['code']} weibo page", f"{unit['code']} weibo none"}
    assert report.counts["weibo"]["posts"] == 0
    assert {gap.account for gap in report.gaps} == set(report.errors)
    with pytest.raises(BadInstance, match=r"search\.formats"):
        await ran(here, "r", search=Search(unit["seeds"][0]), poll=False)


async def test_a_page_in_place_of_results_is_no_answer(here) -> None:
    """An instance that answers 200 with its HTML has not said that there is nothing."""
    plan = RoundPlan(name="r", units=(UNIT,), user_agent="test")
    with life.store(here) as database:
        task = _Task(plan, PostBook(database, url=here.mongo_url), Wanted(SINCE), NOW)
        task.asked["s.example/search"].append(Asked("110000", "1.3.1-M05", "甲市社保卡"))
        for body in (b"<!DOCTYPE html><html><body>SearXNG</body></html>", b""):
            reply = Reply(
                searx.question("http://s.example/search", "甲市社保卡"), "s.example/search", 1.0, capture("/", body)
            )
            with pytest.raises(BadAnswer, match=r"search\.formats"):
                await task.handle(reply)
        assert task.answered == set()


async def test_exported_posts_are_taken_whole_or_not_at_all(here, web, tmp_path) -> None:
    """From a workbook; the same file twice is once; a table with a fault is named line by line and leaves nothing."""
    code = web.units[0]["code"]
    columns = ["channel", "unit", "account", "url", "published", "title", "text"]
    right = [
        "wechat",
        code,
        "政务",
        "http://mp.weixin.qq.com/s/1",
        "2026-11-10 08:00",
        "停水",
        "东湖区明日停水，请储水。",
    ]

    def book(name: str, rows: list[list[str]], names: list[str] = columns) -> Path:
        made = openpyxl.Workbook()
        made.active.append(names)
        for row in rows:
            made.active.append(row)
        made.save(tmp_path / name)
        return tmp_path / name

    assert import_posts(here, "r", book("a.xlsx", [right]), now=NOW) == (1, 1)
    assert import_posts(here, "r", book("a.xlsx", [right]), now=NOW) == (1, 0)
    wrong = [[*right[:3], "http://mp.weixin.qq.com/s/2", *right[4:]], ["qq", "1", "", "x", "gestern", "", ""]]
    with pytest.raises(BadTable) as refused:
        import_posts(here, "r", book("b.xlsx", wrong), now=NOW)
    assert {(one.line, one.field) for one in refused.value.problems} == {
        (3, field) for field in ("channel", "unit", "account", "url", "published", "text")
    }
    with pytest.raises(BadTable) as refused:
        import_posts(here, "r", book("c.xlsx", [right[:5]], columns[:5]), now=NOW)
    assert {one.field for one in refused.value.problems} == {"title", "text"}
    with life.store(here) as database:
        kept = list(PostBook(database).posts(["wechat"], units=[code], since=SINCE, until=NOW))
    assert [(one["title"], one["published"]) for one in kept] == [("停水", datetime(2026, 11, 10, tzinfo=UTC))]


def poll(at: int, oldest: int | None, posts: int = 20, new: int = 20, error: str = ""):
    """A poll on day `at` whose feed goes back to day `oldest`."""
    return {
        "at": SINCE + at * DAY, "oldest": None if oldest is None else SINCE + oldest * DAY,
        "posts": posts, "new": new, "error": error,
    }  # fmt: skip


@pytest.mark.parametrize(
    ("polls", "expected"),
    [
        ([], [(0, 92, "never")]),
        ([poll(60, None, error="timeout")], [(0, 92, "never")]),
        ([poll(92, -1)], []),
        ([poll(92, 60)], [(0, 60, "before")]),
        ([poll(30, -5), poll(92, 29)], []),
        ([poll(30, -5), poll(92, 40, new=19)], []),  # one of its posts was known: they meet
        ([poll(30, -5), poll(92, 40)], [(30, 40, "between")]),
        ([poll(30, -5), poll(60, None, error="HTTP 503"), poll(92, 29)], []),  # a failure that is made good
        ([poll(30, -5)], [(30, 92, "after")]),
        ([poll(50, None, posts=0, new=0)], [(0, 92, "never")]),  # an empty feed shows nothing
    ],
)
def test_gaps_are_the_times_that_no_poll_shows(polls, expected) -> None:
    """Before the first, between two that do not meet, after the last."""
    found = gaps("a", polls, SINCE, NOW)
    assert found == [Gap("a", SINCE + since * DAY, SINCE + until * DAY, why) for since, until, why in expected]


async def test_what_an_errand_did_not_bring_is_told_by_its_own_cause(here) -> None:
    """A feed that robots.txt forbids has not been sent elsewhere; each cause is a code of ours, which the command words."""
    plan = RoundPlan(name="r", units=(UNIT,), user_agent="test")
    replies = {
        "barred": ({"barred": True, "detail": "barred by robots.txt"}, "robots"),
        "late": ({"reason": FailureReason.TIMEOUT, "detail": "after 20 s"}, "timeout: after 20 s"),
    }
    with life.store(here) as database:
        task = _Task(plan, PostBook(database, url=here.mongo_url), Wanted(SINCE), NOW)
        for name, (told, why) in replies.items():
            task.feeds[name].append({"_id": name, "unit": "110000", "channel": "weibo", "name": name})
            await task.handle(Reply(f"http://{name}/", name, 1.0, **told))
            assert task.errors[name] == why
            assert [one["error"] for one in task.book.polls(name)] == [why]
    assert words.trouble("robots") == "robots.txt 不许采集（robots）"
    assert words.trouble("timeout: after 20 s") == "超时（timeout）：after 20 s"
    assert words.trouble("没有结果，而 google 没有答复") == "没有结果，而 google 没有答复"


def test_words_and_moments_are_read_as_written() -> None:
    """A search point's words; an export's times are China's where they name no zone."""
    assert words_of("检索 市名+失业登记、市名+创业培训 4个词,前10条") == ("失业登记", "创业培训")
    assert moment("2026/11/30 08:00") == datetime(2026, 11, 30, tzinfo=UTC)
    assert moment("2026-11-30T08:00:00+00:00") == datetime(2026, 11, 30, 8, tzinfo=UTC)
    assert moment("gestern") is None
