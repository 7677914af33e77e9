"""Links that were cut, as they stand with their pages."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from typing import Final

from crawler.frontier.contract import Cut, End
from crawler.outlinks import MIRROR_RULE
from crawler.reasons import SkipReason
from pipelines.store.connect import Document, Store, reaching
from pipelines.store.links import PageLinks, pack
from pipelines.store.records import links_of, record_id
from pipelines.store.writer import RECORDS

_FIELDS: Final = ("key", "url", "content_type", "cut_links", "cut", "outlinks", "archive", "dom_archive")


def cut_pages(database: Store, round_name: str, rule: str = "", *, url: str = "") -> Iterator[Document]:
    """Pages of a round on which links were cut (by this rule), in key order; those with more than are kept always."""
    asked: Document = {
        "_id": {"$gte": f"{round_name} ", "$lt": f"{round_name}!"},
        "end": str(End.STORED),
        "cut": {"$gt": 0},
    }
    if rule:
        # Conditions are tried in any order: outcomes, which have neither field, must pass through this one as well.
        more = {"$expr": {"$gt": ["$cut", {"$size": {"$ifNull": ["$cut_links", []]}}]}}
        asked["$or"] = [{"cut_links.rule": rule}, more]
    with reaching(url), database[RECORDS].find(asked, dict.fromkeys(_FIELDS, 1)).sort("_id", 1) as cursor:
        yield from cursor


def cut_totals(database: Store, round_name: str, *, url: str = "") -> dict[str, int]:
    """Cut links that are kept with the round's pages, and queued URLs that ended as cut, by rule.

    The same are counted as they are cut (`TrapBook.cut_counts`); here stand those that were not released since, and of
    each page the first `MAX_CUTS`.
    """
    within = {"$gte": f"{round_name} ", "$lt": f"{round_name}!"}
    of_pages: list[Document] = [
        {"$match": {"_id": within, "cut": {"$gt": 0}}},
        {"$unwind": "$cut_links"},
        {"$group": {"_id": "$cut_links.rule", "n": {"$sum": 1}}},
    ]
    named = {"$arrayElemAt": [{"$split": ["$detail", ": "]}, 0]}  # a mirror's detail is the address of its like
    rule = {"$cond": [{"$eq": ["$reason", str(SkipReason.MIRROR)]}, MIRROR_RULE, named]}
    of_queued: list[Document] = [
        {"$match": {"_id": within, "end": str(End.SKIPPED), "reason": {"$in": [SkipReason.TRAP, SkipReason.MIRROR]}}},
        {"$group": {"_id": rule, "n": {"$sum": 1}}},
    ]
    total: Counter[str] = Counter()
    for pipeline in (of_pages, of_queued):
        with reaching(url), database[RECORDS].aggregate(pipeline) as cursor:
            total.update({row["_id"]: row["n"] for row in cursor})
    return dict(sorted(total.items()))


def move_to_outlinks(database: Store, round_name: str, page: Document, cuts: Sequence[Cut], *, url: str = "") -> None:
    """The links of these cuts were offered: they are outlinks of their page from now on.  `page` is as `cut_pages` has it."""
    keys = {cut.link.key for cut in cuts}
    links = links_of(page)
    known = {link.key for link in links.offered}
    moved = tuple(cut.link for cut in cuts if cut.link.key not in known)
    change = {
        "outlinks": pack(page["key"], PageLinks((*links.offered, *moved), links.foreign)),
        "cut_links": [one for one in page["cut_links"] if one["key"] not in keys],
        "cut": max(0, page["cut"] - len(keys)),
    }
    # Fetched again meanwhile, the page has another list of its own, and nothing is to be moved.
    asked = {"_id": record_id(round_name, page["key"]), "cut": page["cut"], "outlinks": page["outlinks"]}
    with reaching(url):
        database[RECORDS].update_one(asked, {"$set": change})
