"""Feeds: RSS and Atom by feedparser, JSON Feed 1.x (jsonfeed.org) by ourselves.  Pure: bytes in, posts out."""

from __future__ import annotations

import calendar
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Final
from urllib.parse import urljoin, urlsplit

import feedparser
import orjson

from crawler.channels.errors import BadAnswer
from crawler.channels.record import Channel, Post

MOST_BYTES: Final = 20_000_000  # of a feed; the largest of RSSHub are below 2 MB
VERSION: Final = "https://jsonfeed.org/version/"


@dataclass(frozen=True, slots=True)
class Feed:
    """What a feed holds now: its newest posts, as many as it chooses to keep."""

    title: str
    posts: tuple[Post, ...]
    undated: int  # posts without a date: they cannot be placed in time

    @property
    def span(self) -> tuple[datetime, datetime] | None:
        """Its oldest and newest date; None where no post is dated."""
        dates = [post.published for post in self.posts if post.published is not None]
        return (min(dates), max(dates)) if dates else None


def read_feed(url: str, body: bytes, channel: Channel, account: str) -> Feed:
    """The posts of a feed, each once.  BadAnswer, naming the feed, where the body is none or is torn."""
    if len(body) > MOST_BYTES:
        raise BadAnswer(f"订阅源 {url} 超过 {MOST_BYTES} 字节")
    text = body.lstrip(b"\xef\xbb\xbf \r\n\t")
    if text.startswith(b"{"):
        return _json(url, text, channel, account)
    found = feedparser.parse(body, sanitize_html=False)
    if not found.get("version"):
        what = "网页" if b"<html" in body[:2000].lower() else "别的内容"
        raise BadAnswer(f"订阅源 {url} 答的是{what}，不是 RSS、Atom 或 JSON Feed：检查地址，或换一个源")
    if found.bozo and not isinstance(found.bozo_exception, feedparser.CharacterEncodingOverride):
        raise BadAnswer(f"订阅源 {url} 的内容不完整或写错了（{found.bozo_exception}）：一条也没有采用")
    return _feed(str(found.feed.get("title", "")), [_entry(url, one, channel, account) for one in found.entries])


def _feed(title: str, posts: list[Post]) -> Feed:
    kept: dict[str, Post] = {}
    for post in posts:
        if post.url:
            kept.setdefault(post.url, post)
    return Feed(title, tuple(kept.values()), sum(post.published is None for post in kept.values()))


def _entry(feed: str, entry: Mapping[str, Any], channel: Channel, account: str) -> Post:
    content = entry.get("content") or []
    body = content[0].get("value", "") if content else entry.get("summary", "")
    when = entry.get("published_parsed") or entry.get("updated_parsed")
    published = datetime.fromtimestamp(calendar.timegm(when), UTC) if when else None
    link = entry.get("link") or entry.get("id") or ""
    return Post(channel, account, _web(feed, link), str(entry.get("title", "")), str(body), published)


def _json(url: str, text: bytes, channel: Channel, account: str) -> Feed:
    try:
        found = orjson.loads(text)
        known = str(found["version"]).startswith(VERSION)
        posts = [_item(url, one, channel, account) for one in found["items"]]
        title = str(found.get("title", ""))
    except (orjson.JSONDecodeError, KeyError, TypeError, ValueError, AttributeError) as error:
        raise BadAnswer(f"订阅源 {url} 不是完整的 JSON Feed（{error!r}）：一条也没有采用") from error
    if not known:
        raise BadAnswer(f"订阅源 {url} 的 JSON 不是 JSON Feed（version 是 {found['version']!r}）：一条也没有采用")
    return _feed(title, posts)


def _item(feed: str, item: Mapping[str, Any], channel: Channel, account: str) -> Post:
    when = item.get("date_published") or item.get("date_modified") or ""
    published = datetime.fromisoformat(when) if when else None
    if published is not None and published.tzinfo is None:
        published = None  # the format asks for a zone: without one the moment is not known
    body = item.get("content_html") or item.get("content_text") or ""
    link = item.get("url") or item.get("id") or ""
    return Post(channel, account, _web(feed, str(link)), str(item.get("title") or ""), str(body), published)


def _web(feed: str, link: str) -> str:
    made = urljoin(feed, link) if link else ""
    return made if urlsplit(made).scheme in {"http", "https"} else ""
