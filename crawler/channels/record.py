"""The one record of all channels: a post of an account, or a result of a search."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum


class Channel(StrEnum):
    """Where something was seen that is no page of the unit's own sites."""

    SEARCH = "search"
    WEIBO = "weibo"
    WECHAT = "wechat"


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
