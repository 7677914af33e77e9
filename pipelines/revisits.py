"""The earlier round as a worker sees it: `crawler.ports.EarlierRound` on MongoDB and the archive."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Mapping
from typing import Any, Final

from cleaning.page import Judgement
from cleaning.reasons import Reason, ReasonCode, Verdict
from crawler.errors import EarlierLost
from crawler.frontier.contract import End, Via
from crawler.items import Capture, Carried
from crawler.ports import EarlierRound
from crawler.revisit import Before
from indicators.evidence import Strength, Tag
from indicators.judging import judged_by
from pipelines.errors import ArchiveError
from pipelines.recapture import FIELDS as CAPTURED
from pipelines.recapture import recapture
from pipelines.store.connect import AsyncStore, connect_async, patience_with
from pipelines.store.records import PROBE_WHERE, archive_of, header, record_id
from pipelines.store.writer import RECORDS

SETTLED: Final = frozenset(
    {str(ReasonCode.EXACT_COPY), str(ReasonCode.NEAR_COPY)}
)  # reasons that a round adds to a page
_FIELDS: Final = (
    *CAPTURED, "round", "end", "headers", "sha256", "judged_by", "judged", "reasons", "findings", "tags", "unchanged",
)  # fmt: skip

logger = logging.getLogger(__name__)


class StoredRound:
    """Waits while MongoDB is away."""

    def __init__(self, mongo_url: str) -> None:
        self._database: AsyncStore = connect_async(mongo_url)
        self._patience = patience_with(mongo_url, logger)

    async def before(self, round_name: str, key: str) -> Before | None:
        """The page as that round has it; None where it has none that could be told unchanged."""
        page = await self._page(round_name, key)
        return None if page is None else before_of(page)

    async def capture(self, before: Before) -> Capture:
        """The page as it was fetched then.  Raises EarlierLost where the archive does not give it."""
        page = await self._page(before.round, before.key)
        if page is None or page["sha256"] != before.sha256:
            raise EarlierLost(f"{before.key} is no longer in round {before.round} as it was")
        try:
            return await asyncio.to_thread(recapture, page)
        except ArchiveError as error:
            raise EarlierLost(str(error)) from error

    async def close(self) -> None:
        """Give the connection back."""
        await self._database.client.close()

    async def _page(self, round_name: str, key: str) -> Mapping[str, Any] | None:
        records, asked = self._database[RECORDS], {"_id": record_id(round_name, key), "end": str(End.STORED)}
        return await self._patience.until_done(lambda: records.find_one(asked, dict.fromkeys(_FIELDS, 1)))


def before_of(page: Mapping[str, Any]) -> Before | None:
    """A page's record as what may be met again."""
    archive = archive_of(page)
    if archive is None or page.get("dom_archive") or page["via"] != Via.HTTP:
        return None
    held = page.get("unchanged") or {"round": page["round"], "since": page["fetched_at"]}
    return Before(
        round=page["round"],
        key=page["key"],
        etag=header(page["headers"], "etag"),
        modified=header(page["headers"], "last-modified"),
        sha256=page["sha256"],
        archive=archive,
        holder=held["round"],
        since=held["since"].timestamp(),
        carried=carried_of(page) if page.get("judged_by") == judged_by() else None,
    )


def carried_of(page: Mapping[str, Any]) -> Carried:
    """The page's own judgement and tags, without what its round added to them."""
    own = (one for one in page["reasons"] if one["code"] not in SETTLED and one["where"] != PROBE_WHERE)
    judgement = Judgement(Verdict(page["judged"]), tuple(map(_reason, own)), tuple(map(_reason, page["findings"])))
    tags = (
        Tag(one["code"], Strength(one["strength"]), one["confidence"], one["snippet"], one["zone"])
        for one in page["tags"]
    )
    return Carried(judgement, tuple(tags))


def _reason(document: Mapping[str, Any]) -> Reason:
    return Reason(ReasonCode(document["code"]), document["detail"], document["where"], document["weight"])


async def open_earlier_round(mongo_url: str) -> EarlierRound:
    """What a worker opens by its dotted name.  Raises BadStoreUrl; does not touch the network yet."""
    return StoredRound(mongo_url)
