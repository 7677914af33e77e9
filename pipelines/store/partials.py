"""What the pages of each host amount to, kept so that only hosts with new pages are folded again: `partials`.

One head per host (`round host`), written last: it says from which records the bodies beside it (`round host unit`) were
made.  Whoever changes records without a new grant (marks, tags) forgets their hosts first.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from dataclasses import asdict, dataclass
from typing import Any, Final

import orjson
import zstandard
from pymongo import ReplaceOne

from pipelines.store.connect import Document, Store, reaching
from pipelines.store.records import MAX_RECORD_BYTES, SCHEMA_VERSION
from pipelines.store.writer import RECORDS

PARTIALS: Final = "partials"
_LEVEL: Final = 3  # of zstd, as for links


@dataclass(frozen=True, slots=True)
class Made:
    """From which records and by which catalogue a host was folded.

    A new or a fetched again record has a greater serial, one reopened is missing, one that came nearer has a lesser depth.
    """

    records: int
    serial: int  # the greatest of them
    depths: int  # their sum
    catalogue: str


def standing(database: Store, round_name: str, catalogue: str, *, url: str = "") -> dict[str, Made]:
    """What each host's records are now."""
    asked: list[Document] = [
        {"$match": {"round": round_name}},
        {"$group": {"_id": "$host", "n": {"$sum": 1}, "serial": {"$max": "$serial"}, "depths": {"$sum": "$depth"}}},
    ]
    with reaching(url or "the configured address"), database[RECORDS].aggregate(asked, allowDiskUse=True) as cursor:
        return {row["_id"]: Made(row["n"], row["serial"], row["depths"], catalogue) for row in cursor}


def kept(database: Store, round_name: str, *, url: str = "") -> dict[str, Made]:
    """What each kept host was made from."""
    asked = {"_id": {"$gte": f"{round_name} ", "$lt": f"{round_name}!"}, "made": {"$exists": True}}
    with reaching(url or "the configured address"), database[PARTIALS].find(asked, {"made": 1, "host": 1}) as cursor:
        return {row["host"]: Made(**row["made"]) for row in cursor}


def units_of_host(database: Store, round_name: str, host: str, *, url: str = "") -> set[str]:
    """The units the host was folded for."""
    with reaching(url or "the configured address"):
        return set(database[PARTIALS].distinct("unit", {"_id": _bodies(round_name, host)}))


def keep(
    database: Store, round_name: str, host: str, made: Made, bodies: Mapping[str, dict[str, Any]], *, url: str = ""
) -> bool:
    """Put a host's partials, by unit, in the place of its former ones; False, and nothing kept, where one is too large."""
    shared = {"schema_version": SCHEMA_VERSION, "round": round_name, "host": host}
    packed = {
        unit: zstandard.ZstdCompressor(level=_LEVEL).compress(orjson.dumps(body)) for unit, body in bodies.items()
    }
    writes = [
        ReplaceOne({"_id": f"{round_name} {host} {unit}"}, {**shared, "unit": unit, "body": body}, upsert=True)
        for unit, body in packed.items()
    ]
    with reaching(url or "the configured address"):
        forget(database, round_name, (host,), url=url)
        if any(len(body) > MAX_RECORD_BYTES for body in packed.values()):
            return False
        for write in writes:
            database[PARTIALS].bulk_write([write])
        database[PARTIALS].replace_one({"_id": f"{round_name} {host}"}, {**shared, "made": asdict(made)}, upsert=True)
    return True


def bodies_of_unit(
    database: Store, round_name: str, unit: str, *, url: str = ""
) -> Iterator[tuple[str, dict[str, Any]]]:
    """Host and partial of everything kept for a unit, by host."""
    asked = {"_id": {"$gte": f"{round_name} ", "$lt": f"{round_name}!"}, "unit": unit}
    with reaching(url or "the configured address"), database[PARTIALS].find(asked).sort("_id", 1) as cursor:
        for row in cursor:
            yield row["host"], orjson.loads(zstandard.ZstdDecompressor().decompress(row["body"]))


def forget(database: Store, round_name: str, hosts: Collection[str], *, url: str = "") -> None:
    """Forget hosts whose records are about to change otherwise than by a grant.

    Heads go first, so that a death between the two leaves bodies nobody trusts.
    """
    with reaching(url or "the configured address"):
        database[PARTIALS].delete_many({"_id": {"$in": [f"{round_name} {host}" for host in hosts]}})
        for host in hosts:
            database[PARTIALS].delete_many({"_id": _bodies(round_name, host)})


def forget_round(database: Store, round_name: str, *, url: str = "") -> None:
    """Forget all hosts: the whole round is about to be judged anew."""
    with reaching(url or "the configured address"):
        heads = {"_id": {"$gte": f"{round_name} ", "$lt": f"{round_name}!"}}
        database[PARTIALS].delete_many({**heads, "made": {"$exists": True}})
        database[PARTIALS].delete_many(heads)


def _bodies(round_name: str, host: str) -> Document:
    return {"$gte": f"{round_name} {host} ", "$lt": f"{round_name} {host}!"}
