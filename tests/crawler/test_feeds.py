"""Feeds: the same posts from RSS, Atom and JSON Feed; what is none, or torn, is refused by name."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import orjson
import pytest

from crawler.channels.errors import BadAnswer
from crawler.channels.feeds import read_feed
from crawler.channels.record import Channel, Post
from rehearsal import feeds
from rehearsal.plan import build

URL = "http://dingyue.example/weibo/user/1"
RSS = """<?xml version="1.0" encoding="UTF-8"?><rss version="2.0"><channel><title>发布</title>
<item><title>一</title><description><![CDATA[<p>停水通知</p>]]></description><link>http://weibo.com/1/a</link>
<pubDate>Sun, 15 Nov 2026 09:00:00 +0800</pubDate></item>
<item><title>二</title><description>没有日期</description><link>/1/b</link></item>
<item><title>一</title><link>http://weibo.com/1/a</link></item></channel></rss>""".encode()


def test_a_post_has_its_moment_its_words_and_its_address() -> None:
    """Times come in UTC, relative links whole, repeated entries once; a post without a date is counted as such."""
    found = read_feed(URL, RSS, Channel.WEIBO, "1")
    first = Post(
        Channel.WEIBO, "1", "http://weibo.com/1/a", "一", "<p>停水通知</p>", datetime(2026, 11, 15, 1, tzinfo=UTC)
    )
    assert found.posts[0] == first
    assert [post.url for post in found.posts] == ["http://weibo.com/1/a", "http://dingyue.example/1/b"]
    assert found.undated == 1
    assert found.span == (first.published, first.published)


def test_the_three_formats_say_the_same() -> None:
    """Of one account of the rehearsal: addresses, titles and moments."""
    world = build(5, 1, 290)
    unit = world.units[0]
    number = feeds.uid(unit, "weibo")
    rss, item = (
        read_feed(URL, feeds.answer(world, f"/{path}/{number}")[2], Channel.WEIBO, number)
        for path in ("weibo/user", "json")
    )
    told = [(post.url, post.title, post.published) for post in rss.posts]
    assert told == [(post.url, post.title, post.published) for post in item.posts]
    assert told == [(one.url, one.title, one.at) for one in feeds.messages(world, unit, "weibo")[: feeds.KEPT]]
    atom = read_feed(URL, feeds.answer(world, f"/wechat/mp/{feeds.uid(unit, 'wechat')}")[2], Channel.WECHAT, "x")
    wechat = feeds.messages(world, unit, "wechat")[: feeds.KEPT]
    assert [(post.url, post.published) for post in atom.posts] == [(one.url, one.at) for one in wechat]
    assert all(one.text in post.body for one, post in zip(wechat, atom.posts, strict=True))


def test_an_empty_feed_is_a_feed() -> None:
    """It says nothing of time."""
    found = read_feed(
        URL, b'<?xml version="1.0"?><rss version="2.0"><channel><title>x</title></channel></rss>', Channel.WEIBO, "1"
    )
    assert (found.posts, found.span) == ((), None)


def test_a_json_date_without_a_zone_is_no_moment() -> None:
    """The format asks for one."""
    item = {"id": "http://w/1", "content_text": "x", "date_published": "2026-11-30T08:00:00"}
    body = orjson.dumps({"version": "https://jsonfeed.org/version/1", "items": [item]})
    assert read_feed(URL, body, Channel.WECHAT, "1").undated == 1


@pytest.mark.parametrize(
    "body",
    [
        b"<!DOCTYPE html><html><body>login</body></html>", b"", b"plain", RSS[:330], b"{", b"{}",
        b'{"version": "https://jsonfeed.org/version/1"}', b'{"version": "2", "items": []}',
        b'{"version": "https://jsonfeed.org/version/1", "items": [{"date_published": "yesterday"}]}',
        b'{"version": "https://jsonfeed.org/version/1", "items": [3]}',
    ],
)  # fmt: skip
def test_a_broken_feed_is_refused_whole_and_by_name(body) -> None:
    """Nothing of it is kept, what came before the break included."""
    with pytest.raises(BadAnswer, match=r"dingyue\.example"):
        read_feed(URL, body, Channel.WEIBO, "1")


def test_moments_compare_across_zones() -> None:
    """China's morning is UTC's night."""
    found = read_feed(URL, RSS, Channel.WEIBO, "1")
    assert found.posts[0].published - datetime(2026, 11, 15, tzinfo=UTC) == timedelta(hours=1)
