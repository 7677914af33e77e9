"""What became of one page from one round to the next.  Pure.

"Not observed" is never told as "gone": a page is removed only where its host said so (404, 410, a redirect elsewhere, no
page any more), or where the pages that led to it were seen again and lead there no more.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, Final

from crawler.frontier.contract import End, Via
from crawler.reasons import FailureReason, SkipReason

FIELDS: Final = (
    "url", "host", "units", "end", "depth", "status", "via", "reason", "sha256", "text_hash", "verdict", "tags.code",
    "title", "fetched_at", "at",
)  # fmt: skip
GONE: Final = frozenset({404, 410})


class Change(StrEnum):
    """What became of a page: closed."""

    SAME = "same"
    NEW = "new"
    CHANGED = "changed"
    REMOVED = "removed"
    UNREACHABLE = "unreachable"  # it could not be observed: no statement about the page


class Why(StrEnum):
    """What the change rests on: closed, beside the reasons of failures and skips."""

    TEXT = "text"  # its main text is another
    MARKUP = "markup"  # its bytes are, its main text is not
    GONE = "gone"  # 404 or 410
    UNLINKED = "unlinked"  # nothing that was seen leads to it any more
    BEHIND = "behind"  # what led to it could not be observed
    TOO_DEEP = "too-deep"  # it lies deeper than the round without it was to go
    UNFINISHED = "unfinished"  # the round without it is not done: it may still come to it


@dataclass(frozen=True, slots=True)
class Reach:
    """How far a round looked: `depth` clicks, to the end or not.  What it has no record of within that, it did not meet."""

    depth: int
    finished: bool = True

    def missed(self, depth: int) -> Why | None:
        """Why a page at this depth of the other round may be there all the same; None where nothing speaks for it."""
        if depth > self.depth:
            return Why.TOO_DEEP
        return None if self.finished else Why.UNFINISHED


@dataclass(frozen=True, slots=True)
class Unseen:
    """Keys without a record in the second round that it could not come to: behind something unobserved, or too deep now."""

    behind: frozenset[str] = frozenset()
    deep: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Fate:
    """`why` is a Why, or the reason of the failure or skip that stands in its place; empty where nothing is to be said."""

    change: Change
    why: str = ""


def stored(record: Mapping[str, Any] | None) -> bool:
    """Whether it is a page."""
    return record is not None and record["end"] == End.STORED


def fate_of(
    before: Mapping[str, Any] | None, after: Mapping[str, Any] | None, reach: tuple[Reach, Reach], unseen: Unseen
) -> Fate | None:
    """The fate of a key of which at least one round has a page; None where neither has.

    `reach` is of the first round and of the second.
    """
    if stored(before) and stored(after):
        assert before is not None
        assert after is not None
        return _compared(before, after)
    if stored(after):
        assert after is not None
        unmet = reach[0].missed(after["depth"]) or ""
        return Fate(Change.NEW, unmet if before is None else before["reason"] if unobserved(before) else "")
    if not stored(before):
        return None
    if after is None:
        assert before is not None
        return _unmet(before, reach[1], unseen)
    if unobserved(after):
        return Fate(Change.UNREACHABLE, after["reason"])
    return Fate(Change.REMOVED, Why.GONE if after["end"] == End.FAILED else after["reason"])


def unobserved(record: Mapping[str, Any]) -> bool:
    """Whether an ended URL says nothing about its page: it could not be had, or was not asked for."""
    end = record["end"]
    if end == End.STORED:
        return False
    if end == End.SKIPPED:
        return record["reason"] not in {SkipReason.REDIRECTED, SkipReason.NOT_A_PAGE}
    return not (record["reason"] == FailureReason.HTTP_4XX and record["status"] in GONE)


def verdict_changed(before: Mapping[str, Any] | None, after: Mapping[str, Any] | None) -> bool:
    """Whether both rounds have the page, with different verdicts."""
    return stored(before) and stored(after) and before["verdict"] != after["verdict"]  # type: ignore[index]


def codes_of(record: Mapping[str, Any] | None) -> frozenset[str]:
    """The points a page evidences."""
    return frozenset(tag["code"] for tag in (record or {}).get("tags", ()))


def _unmet(before: Mapping[str, Any], reach: Reach, unseen: Unseen) -> Fate:
    """Of a page that the second round never met: not looked for is told before not linked."""
    if before["key"] in unseen.deep:
        return Fate(Change.UNREACHABLE, Why.TOO_DEEP)
    if why := reach.missed(before["depth"]):
        return Fate(Change.UNREACHABLE, why)
    if before["key"] in unseen.behind:
        return Fate(Change.UNREACHABLE, Why.BEHIND)
    return Fate(Change.REMOVED, Why.UNLINKED)


def _compared(before: Mapping[str, Any], after: Mapping[str, Any]) -> Fate:
    """Bytes decide; where scripts draw the page, the same bytes may show another text."""
    same_text = before["text_hash"] == after["text_hash"]
    drawn = before["via"] == after["via"] == Via.BROWSER
    if before["sha256"] == after["sha256"] and (same_text or not drawn):
        return Fate(Change.SAME)
    return Fate(Change.CHANGED, Why.MARKUP if same_text else Why.TEXT)
