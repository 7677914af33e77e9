"""Stored outlinks for relinks: `crawler.ports.OutlinkStore` on MongoDB."""

from __future__ import annotations

import logging
from collections.abc import Sequence

from pymongo.errors import PyMongoError

from crawler.frontier.contract import Outlink
from crawler.ports import OutlinkStore
from pipelines.patience import Patience
from pipelines.store.connect import AsyncStore, connect_async, is_away, without_password
from pipelines.store.records import links_of, record_id
from pipelines.store.writer import RECORDS

logger = logging.getLogger(__name__)


class MongoOutlinks:
    """Waits while MongoDB is away."""

    def __init__(self, mongo_url: str) -> None:
        self._database: AsyncStore = connect_async(mongo_url)
        self._patience = Patience(
            f"MongoDB at {without_password(mongo_url)}",
            logger,
            lambda error: isinstance(error, PyMongoError) and is_away(error),
        )

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

    async def close(self) -> None:
        """Give the connection back."""
        await self._database.client.close()


async def open_outlink_store(mongo_url: str) -> OutlinkStore:
    """The store a worker opens by its dotted name.  Raises BadStoreUrl; does not touch the network yet."""
    return MongoOutlinks(mongo_url)
