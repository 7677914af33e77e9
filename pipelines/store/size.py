"""What a round takes up in MongoDB."""

from __future__ import annotations

from pipelines.store.connect import Store, reaching
from pipelines.store.writer import RECORDS


def bytes_per_record(database: Store, *, url: str = "") -> float:
    """Bytes on disk, indexes included, per record of any round; 0 while there is none.  From counters, whatever the size."""
    with reaching(url or "the configured address"):
        found = database.command("collStats", RECORDS)
    count = int(found.get("count", 0))
    return (found["storageSize"] + found["totalIndexSize"]) / count if count else 0.0
