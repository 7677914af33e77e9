"""Stored outlinks for relinks, and what probes and lists need: `crawler.ports.OutlinkStore` on MongoDB."""

from __future__ import annotations

import logging
from collections.abc import Mapping, Sequence
from typing import Any, Final

from crawler.frontier.contract import End, Outlink
from crawler.ports import OutlinkStore
from crawler.probes import FIELDS, Probed
from pipelines.store.connect import AsyncStore, connect_async, patience_with
from pipelines.store.lists import LISTS, list_document, list_fields, list_id
from pipelines.store.probes import PROBES, probe_document, probe_id
from pipelines.store.records import links_of, record_id
from pipelines.store.writer import RECORDS

FIRST_PAGES: Final = 200  # of a host, compared with its answer to a made-up address: some 1 MB of text

logger = logging.getLogger(__name__)


class MongoOutlinks:
    """Waits while MongoDB is away."""

    def __init__(self, mongo_url: str) -> None:
        self._database: AsyncStore = connect_async(mongo_url)
        self._patience = patience_with(mongo_url, logger)

    async def outlinks(self, round_name: str, key: str) -> Sequence[Outlink]:
        """The stored in-scope outlinks of a page or of a redirect; empty when the URL ended without any."""
        records = self._database[RECORDS]
        found = await self._patience.until_done(
            lambda: records.find_one({"_id": record_id(round_name, key)}, {"key": 1, "outlinks": 1})
        )
        return links_of(found).offered if found else ()

    async def lower_depth(self, round_name: str, key: str, depth: int) -> None:
        """Set the record's depth to `depth` where it is greater."""
        records = self._database[RECORDS]
        await self._patience.until_done(
            lambda: records.update_one(
                {"_id": record_id(round_name, key), "depth": {"$gt": depth}}, {"$set": {"depth": depth}}
            )
        )

    async def first_pages(self, round_name: str, host: str) -> Sequence[Mapping[str, Any]]:
        """The first stored pages of a host by depth: its doors, and what they lead to."""
        asked = {"round": round_name, "end": str(End.STORED), "host": host}
        records = self._database[RECORDS]
        return await self._patience.until_done(
            lambda: (
                records.find(asked, dict.fromkeys(FIELDS, 1)).sort([("depth", 1), ("_id", 1)]).limit(FIRST_PAGES)
            ).to_list()
        )

    async def keep_probe(self, round_name: str, probed: Probed) -> None:
        """Keep how a host answered; repeating it replaces it."""
        document, probes = probe_document(round_name, probed), self._database[PROBES]
        await self._patience.until_done(
            lambda: probes.replace_one({"_id": probe_id(round_name, probed.host)}, document, upsert=True)
        )

    async def keep_list(self, round_name: str, name: str, fields: Mapping[str, str]) -> None:
        """Keep what asking for a list's pages needs; repeating it replaces it."""
        document, lists = list_document(round_name, name, fields), self._database[LISTS]
        await self._patience.until_done(lambda: lists.replace_one({"_id": document["_id"]}, document, upsert=True))

    async def kept_list(self, round_name: str, name: str) -> Mapping[str, str] | None:
        """What was kept under this name; None when nothing was."""
        lists = self._database[LISTS]
        found = await self._patience.until_done(lambda: lists.find_one({"_id": list_id(round_name, name)}))
        return list_fields(found) if found else None

    async def close(self) -> None:
        """Give the connection back."""
        await self._database.client.close()


async def open_outlink_store(mongo_url: str) -> OutlinkStore:
    """The store a worker opens by its dotted name.  Raises BadStoreUrl; does not touch the network yet."""
    return MongoOutlinks(mongo_url)
