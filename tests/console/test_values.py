"""Values, their explanation and the queue of strange ones, through the command."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from crawler.exits import Exit
from crawler.plan import RoundPlan, UnitPlan
from indicators import catalogue
from indicators.evidence import Strength, Tag
from indicators.measurement import Measurement
from indicators.values import Effort, Outcome, State, Why
from pipelines.store.connect import connect
from pipelines.store.rounds import Entry, RoundBook
from pipelines.store.values import ValueBook
from tests.pipelines.making import HOST, ROUND, failure, page
from tests.rounds.test_settle import store


@pytest.fixture
def stored(services_here) -> None:
    """A round of one unit with one list that states far more entries than it holds."""
    url = services_here["CAIFENG_MONGO_URL"]
    plan = RoundPlan(name=ROUND, units=(UnitPlan(code="110000", name="甲市", seeds=(f"http://{HOST}/",), scope=()),))
    database = connect(url)
    now = datetime(2026, 11, 30, tzinfo=UTC)
    version = catalogue.load().version
    RoundBook(database, url=url).create(plan, state="finished", catalogue=version, entry=Entry(now, "t", "新建"))
    database.client.close()
    tag = Tag("1.1.1-M04", Strength.CONTENT, 0.9, "责任清单原文", "text", Measurement(count=24, total=900))
    store(url, page("/list", 1, tags=(tag,)))


def test_a_value_is_worked_out_shown_explained_and_exported(caifeng, stored) -> None:
    """`values NAME` is `values show NAME`; the explanation ends at archived bytes; every value is a line of the export."""
    assert caifeng("values", "work", ROUND, "--json").json["values"] == 186
    shown = caifeng("values", ROUND, "--unit", "甲市", "--point", "1.1.1-M04", "--json").json["values"]
    assert [(row["unit"], row["value"], row["state"]) for row in shown] == [("110000", 900.0, "measured")]
    told = caifeng("explain", "甲市", "1.1.1-M04", "--json").json
    assert told["evidence"][0]["tags"][0]["snippet"] == "责任清单原文"
    assert told["evidence"][0]["archive"]["uri"]
    assert "责任清单原文" in caifeng("explain", "110000", "1.1.1-M04").out
    nothing = caifeng("explain", "甲市", "1.1.2-M01")
    assert "没看到" in nothing.out, "one stored page is no search"
    assert "搜过" in nothing.out
    assert len(caifeng("export", ROUND, "--what", "values").out.splitlines()) == 186
    nowhere = caifeng("export", ROUND, "--what", "values", "-o", "/nonexist/x.jsonl")
    assert (nowhere.code, "没有文件夹 /nonexist：" in nowhere.err) == (Exit.BAD_INPUT, True)
    assert ".part" not in nowhere.err


def test_a_value_of_nought_is_traced(caifeng, services_here, stored) -> None:
    """What each rule asked for and how many pages had it, the part of the JSON and the lines; unasked it is said."""
    url, version = services_here["CAIFENG_MONGO_URL"], catalogue.load().version
    database = connect(url)
    effort = Effort(40, 0, 0, finished=True, portal=HOST)
    absent = {"1.1.4-M05": Outcome(State.ABSENT, Why.SEARCHED, 0.0, 0.0)}
    ValueBook(database, ROUND).put(
        "110000", absent, effort, catalogue=version, seed="R", at=datetime(2026, 11, 30, tzinfo=UTC)
    )
    database.client.close()
    told = caifeng("explain", "甲市", "1.1.4-M05", "--json").json["nought"]
    assert (told["pages"], told["unread"]) == (1, 1), "its archive file was never written"
    assert [one["refuses"] for one in told["rules"][0]["clauses"]] == [False, False, True]
    shown = caifeng("explain", "甲市", "1.1.4-M05").out
    assert "为什么是 0" in shown
    assert "2. 没有一页有 ｜ 要有：链接文字含" in shown
    assert "--trace 0" in caifeng("explain", "甲市", "1.1.4-M05", "--trace", "0").out


def test_what_is_not_there_is_said(caifeng, stored) -> None:
    """No such point, a point of people, no such unit, no value yet."""
    for words in (("explain", "甲市", "9.9.9-M01"), ("explain", "甲市", "1.1.1-H01"), ("explain", "甲市", "1.1.1-M04")):
        assert caifeng(*words).code == Exit.NOT_FOUND
    assert caifeng("values", "show", ROUND, "--unit", "乙市").code != Exit.OK
    assert "还没有值" in caifeng("values", ROUND).out


def test_a_person_decides_on_a_strange_value(caifeng, stored) -> None:
    """900 stated, 24 counted: flagged; a decision needs one side, and is kept."""
    caifeng("values", "work", ROUND)
    assert "没有可疑的值" in caifeng("values", "flags", ROUND).out
    assert caifeng("values", "check", ROUND, "--json").json["flags"] == 1
    (flag,) = caifeng("values", "flags", ROUND, "--state", "open", "--json").json["flags"]
    assert (flag["code"], flag["kind"], flag["found"], flag["expected"]) == ("1.1.1-M04", "own-count", 24.0, 900.0)
    decide = ("values", "decide", ROUND, "甲市", "1.1.1-M04", "own-count")
    assert caifeng(*decide).code == Exit.BAD_INPUT
    assert caifeng(*decide, "--wrong", "--note", "只有第一页", "--json").json["state"] == "confirmed"
    assert caifeng("values", "decide", ROUND, "甲市", "1.1.1-M04", "outlier", "--right").code == Exit.NOT_FOUND
    (kept,) = caifeng("values", "flags", ROUND, "--json").json["flags"]
    assert (kept["state"], kept["note"]) == ("confirmed", "只有第一页")


def test_an_explanation_tells_what_was_measured(caifeng, services_here, stored) -> None:
    """Of each page its numbers, of a share what it is made of, of dead links which; a ratio that no page meets has no site."""
    url = services_here["CAIFENG_MONGO_URL"]

    def tag(code: str, **numbers) -> Tag:
        return Tag(code, Strength.CONTENT, 0.9, "原文", "text", Measurement(**numbers))

    store(
        url,
        page("/total", 2, tags=(tag("1.3.7-M03", numbers=(2.0,), whole=True), tag("1.1.1-M02", parts=0b110))),
        page("/guide", 3, tags=(tag("1.3.7-M03", numbers=(54.0,), age=3), tag("2.2.2-M01"))),
        failure("/gone", 4),
        depths=(1, 2, 1),
    )
    caifeng("values", "work", ROUND)
    told = caifeng("explain", "甲市", "1.3.7-M03").out
    assert "54 工作日" in told
    assert "2 工作日（写明是总的）" in told
    departments = caifeng("explain", "甲市", "1.1.1-M02").out
    assert "2 ÷ 39" in departments
    assert "教育局、科技局" in departments
    for code, division in (("3.1.1-M09", "1 ÷ 4"), ("1.2.1-M07", "1 ÷ 2")):
        links = caifeng("explain", "甲市", code)
        assert division in links.out
        assert "打不开的链接" in links.out
        assert caifeng("explain", "甲市", code, "--json").json["broken"] == [
            {"url": f"http://www.{HOST}/gone", "reason": "timeout"}
        ]
        assert "全部" not in links.out, "told as a division"
    samples = caifeng("explain", "甲市", "2.2.2-M02").out
    assert "0 ÷ 1 页" in samples
    assert "没有" in samples
    assert "[0]" not in samples
    assert "个站点" not in samples


def test_what_else_was_measured_is_told_in_words(caifeng, services_here, stored) -> None:
    """Accounts that were silent too long, of a point told by a channel."""
    database = connect(services_here["CAIFENG_MONGO_URL"])
    quiet = {"1.2.2-M04": Outcome(State.MEASURED, value=30.0, score=0.0, more={"accounts": 2.0, "silent_days": 15.0})}
    effort, at = Effort(4, 0, 0, finished=True, portal=HOST), datetime(2026, 11, 30, tzinfo=UTC)
    ValueBook(database, ROUND).put("110000", quiet, effort, catalogue=catalogue.load().version, seed="R", at=at)
    database.client.close()
    assert "帐号 2，最久不发（天） 15" in caifeng("explain", "甲市", "1.2.2-M04").out
