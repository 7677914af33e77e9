"""A capture back from the archive: what was fetched, as it was fetched."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from cleaning.page import ListHead, Media
from crawler.frontier.contract import Via
from crawler.items import Capture
from pipelines.archive_reader import read
from pipelines.errors import RecordMissing
from pipelines.store.records import archive_of


def recapture(page: Mapping[str, Any]) -> Capture:
    """The capture behind a page's record, which needs `FIELDS`.  Raises RecordMissing, RecordBroken, ArchiveAway."""
    main = archive_of(page)
    if main is None:
        raise RecordMissing(why_missing(page))
    found, drawn = read(main), archive_of(page, "dom_archive")
    made = Capture(
        url=page["url"],
        status=page["status"],
        headers=found.headers,
        wire=found.wire,
        body=found.body,
        dom=None,
        via=Via(page["via"]),
        fetched_at=page["fetched_at"].timestamp(),
        elapsed=page["elapsed"],
        address=page["address"],
        list_of=_list_of(page),
    )
    return made if drawn is None else replace(made, dom=read(drawn).body)


def _list_of(page: Mapping[str, Any]) -> ListHead | None:
    """Answers have no title of their own: what their record has is that of their list, which is in no archived byte."""
    if page["media"] != Media.DATA or not page["title"]:
        return None
    return ListHead(page["title"], page["site_title"], tuple(page["column_path"]))


def why_missing(page: Mapping[str, Any]) -> str:
    """Why a page's record names no bytes."""
    pruned = page.get("pruned")
    when = f"was pruned on {pruned['at']:%Y-%m-%d}" if pruned else "has no archive address: nothing was archived of it"
    return f"{page['key']} {when}"


FIELDS = (
    "pruned", "key", "url", "status", "via", "fetched_at", "elapsed", "address", "archive", "dom_archive", "media", "title",
    "site_title", "column_path",
)  # fmt: skip
