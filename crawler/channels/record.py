"""The one record of all channels: a post of an account, or a result of a search."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Final


class Channel(StrEnum):
    """Where something was seen that is no page of the unit's own sites."""

    SEARCH = "search"
    WEIBO = "weibo"
    WECHAT = "wechat"


FEEDS: Final = (Channel.WEIBO, Channel.WECHAT)  # whose accounts have feeds


def account_id(unit: str, channel: str, name: str) -> str:
    """The `_id` of a unit's account."""
    return f"{unit} {channel} {name}"


@dataclass(frozen=True, slots=True)
class Post:
    """One post or one result; `body` is HTML or plain text as it came, `published` has a zone or is None (not told)."""

    channel: Channel
    account: str  # the account's name, or the query
    url: str
    title: str
    body: str
    published: datetime | None = None
    place: int = 0  # among the results, from 1; 0 for posts
    engines: tuple[str, ...] = ()  # that gave a result
