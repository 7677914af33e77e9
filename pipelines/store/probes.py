"""How hosts answered for made-up addresses: collection `probes`, one document per host and round."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Final

from crawler.frontier.probes import Print
from crawler.probes import Answered, Probed
from pipelines.store.connect import Document, Store, reaching
from pipelines.store.records import SCHEMA_VERSION

PROBES: Final = "probes"


def probe_id(round_name: str, host: str) -> str:
    """The `_id`: a round's name holds no blank, so all its probes are one range of ids."""
    return f"{round_name} {host}"


def probe_document(round_name: str, probed: Probed) -> Document:
    """As it is stored; the mark as decimal digits, for MongoDB's integers are signed."""
    found = probed.found
    return {
        "schema_version": SCHEMA_VERSION,
        "round": round_name,
        "host": probed.host,
        "url": probed.url,
        "answered": str(probed.answered),
        "status": probed.status,
        "at": datetime.fromtimestamp(probed.at, UTC),
        "mark": str(found.mark) if found else "",
        "target": found.target if found else "",
        "links": list(found.links) if found else [],
    }


def probes_of(database: Store, round_name: str, *, url: str = "") -> Iterator[Probed]:
    """The probes of a round, by host.  Raises StoreAway."""
    asked = {"_id": {"$gte": probe_id(round_name, ""), "$lt": f"{round_name}!"}}
    with reaching(url or "the configured address"), database[PROBES].find(asked).sort("_id", 1) as cursor:
        yield from map(_probed, cursor)


def set_answered(database: Store, round_name: str, host: str, answered: Answered, *, url: str = "") -> None:
    """What the answer turned out to be, once all pages of its host were read.  Raises StoreAway."""
    with reaching(url or "the configured address"):
        database[PROBES].update_one({"_id": probe_id(round_name, host)}, {"$set": {"answered": str(answered)}})


def _probed(document: Document) -> Probed:
    mark = document["mark"]
    found = Print(document["url"], int(mark), document["target"], tuple(document["links"])) if mark else None
    at = document["at"].replace(tzinfo=UTC).timestamp()
    return Probed(document["host"], document["url"], Answered(document["answered"]), document["status"], at, found)
