"""The indexes: the fewest that serve the queries of this room.

`_id` ("round key") serves one record, a round's records in key order, and every capture of a page in known rounds.
"""

from __future__ import annotations

from typing import Final

from pymongo import ASCENDING, IndexModel

from pipelines.store.connect import Store
from pipelines.store.writer import RECORDS

_RECORDS: Final = (
    # counts by end, host and verdict from the index alone; lists of failures; pages of one verdict or host
    IndexModel(
        [("round", ASCENDING), ("end", ASCENDING), ("host", ASCENDING), ("verdict", ASCENDING)], name="round_end_host"
    ),
    # earlier pages with the same text, while crawling
    IndexModel(
        [("round", ASCENDING), ("text_hash", ASCENDING)],
        name="round_text_hash",
        partialFilterExpression={"end": "stored"},
    ),
)


def ensure(database: Store) -> None:
    """Create what is missing; cheap when nothing is."""
    database[RECORDS].create_indexes(list(_RECORDS))
