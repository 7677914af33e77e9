"""Stored rounds made by hand: records as the store step writes them, without a crawl."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from crawler.frontier.contract import Outlink
from crawler.plan import RoundPlan, RuleKind, ScopeRule, UnitPlan
from pipelines.store.records import Ended, draft, whole
from pipelines.store.rounds import Entry, RoundBook
from rounds import life
from rounds.services import Services
from tests.pipelines.making import HOST, key_of, link

NOW = datetime(2026, 11, 30, tzinfo=UTC)
UNIT = UnitPlan(
    code="110000", name="甲市", seeds=(f"http://www.{HOST}/",), scope=(ScopeRule(kind=RuleKind.SUFFIX, host=HOST),)
)


def keep(
    here: Services,
    name: str,
    *items: Ended,
    catalogue: str = "c1",
    units: tuple[UnitPlan, ...] = (UNIT,),
    state: str = "finished",
    clicks: Mapping[str, int] | None = None,
    **plan: Any,
) -> None:
    """Store a round of this name with these ended URLs, at the depth that `clicks` says of their paths, else at 1."""
    with life.store(here) as database:
        made = RoundPlan(name=name, units=units, user_agent="test", **plan)
        book = RoundBook(database, url=here.mongo_url)
        book.create(made, state=state, catalogue=catalogue, entry=Entry(NOW, "test", "新建"))
        if items:
            depths = {key_of(path): depth for path, depth in (clicks or {}).items()}
            database["records"].insert_many([whole(draft(name, item), depths.get(item.lease.key, 1)) for item in items])


def links(*paths: str) -> tuple[Outlink, ...]:
    """Links to pages of the one host."""
    return tuple(link(path) for path in paths)
