"""What is learned about rendering: laws of the verdict, and how workers share it."""

from __future__ import annotations

import time
from collections import Counter
from dataclasses import replace
from types import SimpleNamespace

import pytest
from hypothesis import given
from hypothesis import strategies as st
from scrapy import Request

from cleaning.read import read
from crawler.fetch.handler import Captured
from crawler.fetch.verdict import ALARM, BEGUN, SAMPLE, SHARE, Ground, Sign, Way, brought, cookies_hold, judge, sign_of
from crawler.frontier.contract import GAVE_UP, Via
from crawler.frontier.redis import RedisFrontier
from crawler.frontier.rendering import Earned
from crawler.items import Capture
from crawler.render_desk import Course, RenderDesk
from tests.crawler.conftest import granted, plan_of

COUNTS = st.fixed_dictionaries({sign: st.integers(0, 300) for sign in (Sign.PLAIN, Sign.DRAWN, Sign.MORE, Sign.SAME)})
NONE: dict[str, int] = {}
PAGE = "<html><head><title>页</title></head><body><div id=app>%s</div><script>fetch('/api').then(fill)</script></body></html>"
TEXT = "<p>市人民政府办公室关于印发办事指南的通知，请各单位遵照执行。</p>" * 8


@given(COUNTS)
def test_the_browser_is_not_sent_where_most_pages_do_without(counts: dict[str, int]) -> None:
    """Learned from whole pages, `browser` means at most 1.2 pages rendered for each that needs it."""
    verdict = judge(counts, NONE)
    needed = counts[Sign.DRAWN] + counts[Sign.MORE]
    if verdict.way is Way.BROWSER and counts[Sign.MORE] < SHARE * (counts[Sign.MORE] + counts[Sign.SAME]):
        assert sum(counts.values()) <= 1.2 * needed
    assert 0.0 < verdict.confidence < 1.0
    assert 0.0 <= verdict.sample <= 0.5


@given(st.integers(BEGUN, 5000), st.integers(0, 30))
def test_samples_grow_rarer_with_every_one_that_shows_nothing(pages: int, elsewhere: int) -> None:
    """Of the template, and of its host; they come again, often, once one has shown something."""
    rates = [judge({Sign.PLAIN: pages, Sign.SAME: same}, {Sign.SAME: elsewhere}).sample for same in range(30)]
    assert rates[0] == pytest.approx(SAMPLE * 2 / (elsewhere + 2))
    assert rates == sorted(rates, reverse=True)
    assert rates[-1] > 0  # a template may change
    of_host = [judge({Sign.PLAIN: pages}, {Sign.SAME: same, Sign.MORE: elsewhere}).sample for same in range(30)]
    assert of_host == sorted(of_host, reverse=True)
    assert of_host[0] == SAMPLE
    assert judge({Sign.PLAIN: pages, Sign.SAME: 3, Sign.MORE: 1}, {Sign.SAME: elsewhere}).sample == ALARM
    assert judge({Sign.PLAIN: BEGUN - 1}, NONE).sample == 0


def test_pages_that_seem_whole_but_are_not() -> None:
    """HTTP's own word does not outweigh what samples have shown."""
    assert judge({Sign.PLAIN: 200, Sign.MORE: 2}, NONE).way is Way.BROWSER
    assert judge({Sign.PLAIN: 200, Sign.MORE: 2, Sign.SAME: 9}, NONE).way is Way.HTTP
    assert judge({Sign.DRAWN: 2}, NONE).way is Way.HTTP  # nothing is learned from two
    assert judge({Sign.DRAWN: 30, Sign.SAME: 30}, NONE).way is Way.HTTP


def test_pages_that_are_drawn_go_to_the_browser_at_once() -> None:
    """From the third page on, and as long as hardly any of the others does without."""
    assert judge({Sign.DRAWN: 3}, NONE).way is Way.BROWSER
    assert judge({Sign.DRAWN: 17, Sign.PLAIN: 3}, NONE).way is Way.BROWSER
    assert judge({Sign.DRAWN: 16, Sign.PLAIN: 4}, NONE).way is Way.HTTP


def test_http_that_is_only_tried_is_no_decision() -> None:
    """Two pages that both were shells: the next is asked over HTTP all the same, and nobody should read that as its way."""
    assert not judge({Sign.DRAWN: 2, Sign.SHELL: 2}, NONE).decided
    assert not judge({Sign.SHELL: 1}, NONE).decided
    assert judge({Sign.PLAIN: 1}, NONE).decided
    assert judge({Sign.DRAWN: 3}, NONE).decided
    assert judge({Sign.PLAIN: 200, Sign.MORE: 2}, NONE).why is Ground.SAMPLES


def test_cookies_that_are_tied_to_the_browser_are_given_up() -> None:
    """Three pages refused with cookies just earned, and none that passed."""
    assert cookies_hold({Sign.BARRED: 2})
    assert not cookies_hold({Sign.BARRED: 3})
    assert cookies_hold({Sign.BARRED: 9, Sign.PASSED: 80})


def test_what_a_page_has_shown() -> None:
    """Links within the site or much text; not a counter, a date or a link to elsewhere."""
    url = "http://a.example/art/1.html"
    sent = read((PAGE % "").encode(), url)
    drawn = read((PAGE % (TEXT + "<a href=/art/2.html>二</a>")).encode(), url)
    whole = read((PAGE % TEXT).encode(), url)
    counted = read((PAGE % (TEXT + "<p>浏览 1234 次</p><a href=http://b.example/>天气</a>")).encode(), url)
    assert sent.shell is not None
    assert sign_of(sent, drawn) is Sign.DRAWN
    assert sign_of(whole, counted) is Sign.SAME
    assert sign_of(whole, drawn) is Sign.MORE
    assert brought(sent, whole)


async def test_workers_share_what_they_learn(each_redis_url: str, round_name: str) -> None:
    """Signs add up over workers; old ones lose their weight; cookies carry a serial and are earned by one at a time."""
    one = await RedisFrontier.open(each_redis_url, round_name)
    other = await RedisFrontier.open(each_redis_url, round_name)
    await one.create(plan_of(round_name))
    await one.rendering.learn("a.example", [("a.example/art/#", "plain")] * 3 + [("a.example/list", "drawn")])
    found = await other.rendering.learn("a.example", [("a.example/art/#", "plain")])
    assert found == {"a.example/art/#": Counter(plain=4), "a.example/list": Counter(drawn=1)}
    await other.rendering.learn("a.example", [("a.example/art/#", "plain")] * 400 + [("a.example/art/#", "more")])
    known = await one.rendering.known()
    assert known["a.example"]["a.example/art/#"] == Counter(plain=202, more=1)
    assert await one.rendering.begin_earning("a.example", 30.0)
    assert not await other.rendering.begin_earning("a.example", 30.0)
    await one.rendering.end_earning("a.example", "pass=1", 0)
    assert await other.rendering.begin_earning("a.example", 30.0)
    await other.rendering.end_earning("a.example", "", 0)  # nothing came of it: what was there stays
    earned = await one.rendering.earned("a.example")
    assert earned is not None
    assert (earned.cookie, earned.serial, earned.over(1e12)) == ("pass=1", 1, False)
    await one.close()
    await other.close()


async def test_earned_cookies_serve_over_http_until_they_end(open_round) -> None:
    """Where their end is known nobody asks with them after it: the browser earns others."""
    frontier = await open_round()
    (home,) = await granted(frontier)
    for ends, serves in ((time.time() - 1, False), (time.time() + 60, True), (0.0, True)):
        await frontier.rendering.end_earning(home.host, "pass=1", ends)
        course = await RenderDesk(frontier, await frontier.plan()).course(home)
        assert (course.cookie, course.lease.via) == (("pass=1", Via.HTTP) if serves else ("", Via.BROWSER))
        assert course.challenged is not serves


async def test_a_step_of_a_form_goes_with_what_others_earned(open_round) -> None:
    """The browser cannot have it, and its host's shield asks it for the cookie all the same."""
    frontier = await open_round()
    (home,) = await granted(frontier)
    await frontier.rendering.end_earning(home.host, "pass=1", 0)
    step = f"{home.url}list.aspx?cid=1&__EVENTTARGET=Pager&__EVENTARGUMENT=2"
    for lease in (replace(home, url=step), replace(home, note=f"{GAVE_UP}: it hangs")):
        course = await RenderDesk(frontier, await frontier.plan()).course(lease)
        assert course is not None
        assert (course.cookie, course.lease.via, course.serial) == ("pass=1", Via.HTTP, 1)


def visited(status: int, *cookies: dict[str, object]) -> Captured:
    """What a visit under a challenge brought, with the cookies the browser holds since."""
    url = "http://www.a.example/"
    response = Captured(url, request=Request(url, meta={"visit": SimpleNamespace(cookies=cookies)}))
    response.capture = Capture(url, status, (), b"", b"", b"", Via.BROWSER, 0.0, 0.0, "")
    return response


async def test_what_a_visit_earned_serves_until_the_first_of_it_ends(open_round) -> None:
    """A visit that was refused all the same earned nothing, whatever cookies it was given."""
    frontier = await open_round()
    (home,) = await granted(frontier)
    desk = RenderDesk(frontier, await frontier.plan())
    course = Course(replace(home, via=Via.BROWSER), challenged=True)
    for response in (visited(412, {"name": "no", "value": "0", "expires": -1}), None):
        await desk.visited(course, response)
        assert await frontier.rendering.earned(home.host) is None
    passed = [
        {"name": "pass", "value": "1", "expires": 2e9},
        {"name": "long", "value": "2", "expires": 3e9},
        {"name": "session", "value": "3", "expires": -1},
    ]
    await desk.visited(course, visited(200, *passed))
    assert await frontier.rendering.earned(home.host) == Earned("pass=1; long=2; session=3", 2e9, 1)


async def test_a_worker_that_ends_hands_over_what_it_has_learned(open_round) -> None:
    """Though it were too little to be told on the way."""
    frontier = await open_round()
    (home,) = await granted(frontier)
    desk = RenderDesk(frontier, await frontier.plan())
    await desk.answered(Course(home, serial=1), refused=True)
    assert await frontier.rendering.known() == {}
    await desk.close()
    assert await frontier.rendering.known() == {home.host: {"": Counter(barred=1)}}
