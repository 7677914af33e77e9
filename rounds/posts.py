"""Posts as they are judged and kept, and what their polls leave unseen.  Pure."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from html import escape
from typing import Any, Final
from zoneinfo import ZoneInfo

from cleaning.duplicates import Candidate, settle
from cleaning.page import Reading
from cleaning.read import read
from cleaning.reasons import Verdict
from cleaning.urls import canonicalize
from cleaning.verdict import judge
from crawler.channels.record import FEEDS, Channel, Post
from indicators.tagging import Tagger
from pipelines.store.records import reason_document
from rounds.refusals import BadTable, Problem

CHINA: Final = ZoneInfo("Asia/Shanghai")  # where a date in an export without a zone was written
COLUMNS: Final = ("channel", "unit", "account", "url", "published", "title", "text")
MAX_TEXT: Final = 100_000  # characters of a post that are kept


@dataclass(frozen=True, slots=True)
class Gap:
    """A time in which an account may have posted what nobody has seen."""

    account: str
    since: datetime
    until: datetime
    why: str  # `before`: nothing older was ever seen; `between`: two polls did not meet; `after`: nobody has looked since


def post_id(post: Post, unit: str, round_name: str) -> str:
    """A post is one for its unit, whenever it is seen; a result is one for its round and question."""
    key = canonicalize(post.url) or post.url
    return (
        f"{round_name} {unit} {post.account} {key}"
        if post.channel is Channel.SEARCH
        else f"{post.channel} {unit} {key}"
    )


def judged(
    post: Post, unit: str, round_name: str, tagger: Tagger, *, seen: datetime, owner: str = ""
) -> dict[str, Any]:
    """A post through the same reading, verdict and tags as a page; `owner` is whose account it is, empty for a result."""
    reading = reading_of(post, owner)
    judgement = judge(reading)
    harmful = judgement.verdict is Verdict.HARMFUL
    tags = () if harmful else tagger.tag(reading, (post.published or seen).date()).tags
    return {
        "_id": post_id(post, unit, round_name),
        "round": round_name if post.channel is Channel.SEARCH else "",
        "channel": str(post.channel),
        "unit": unit,
        "account": post.account,
        "url": post.url,
        "key": canonicalize(post.url) or post.url,
        "title": post.title,
        "text": reading.text[:MAX_TEXT],
        "text_hash": reading.text_hash,
        "simhash": f"{reading.simhash & 0xFFFF_FFFF_FFFF_FFFF:016x}",
        "number_hash": reading.number_hash,
        "published": post.published,
        "place": post.place,
        "engines": list(post.engines),
        "judged": str(judgement.verdict),
        "verdict": str(judgement.verdict),
        "reasons": [reason_document(reason) for reason in judgement.reasons],
        "duplicate_of": "",
        "tags": [
            {"code": tag.code, "strength": str(tag.strength), "confidence": tag.confidence, "snippet": tag.snippet, "zone": tag.zone}
            for tag in tags
        ],
        "seen": seen,
    }  # fmt: skip


def reading_of(post: Post, owner: str = "") -> Reading:
    """What a post says, read as a page of nothing but itself.

    A page's frame says whose it is; a post's does not.  Its account is registered for the unit, so the owner stands
    where a page of the owner has it: at the end of the head title and in the footer.
    """
    body = post.body if "<" in post.body else f"<p>{escape(post.body)}</p>"
    title, whose = escape(post.title), escape(f"{owner}人民政府") if owner else ""
    foot = f"<div class=footer><p>主办单位：{whose}</p></div>" if owner else ""
    head = f"<meta charset=utf-8><title>{title}{'-' if owner else ''}{whose}</title>"
    page = f"<html><head>{head}</head><body><article><h1>{title}</h1>{body}</article>{foot}</body></html>"
    return read(page.encode("utf-8", "replace"), post.url, content_type="text/html; charset=utf-8")


def copies(rows: Sequence[Mapping[str, Any]]) -> dict[str, str]:
    """Which posts of one unit and channel are exact copies, by the rules for pages; near ones are left: posts are short."""
    candidates = [
        Candidate(
            key=row["_id"],
            units=(row["unit"],),
            host="",
            depth=0,
            text_hash=row["text_hash"],
            simhash=0,
            number_hash="",
            sha256="",
            media="html",
            eligible=row["judged"] == Verdict.KEPT,
            title=row["title"],
            length=len(row["text"]),
        )
        for row in rows
    ]
    settled = settle(candidates, lambda _pairs: ())
    return {key: one.duplicate_of for key, one in settled.items() if one.duplicate_of and one.code == "exact-copy"}


def gaps(account: str, polls: Sequence[Mapping[str, Any]], since: datetime, until: datetime) -> list[Gap]:
    """The times between `since` and `until` that the polls (oldest first) leave unseen.

    A poll shows everything from its feed's oldest post to the moment it was asked.  Where the next one's oldest post is
    younger than that moment and none of its posts was known, something may have been pushed out of the feed unseen.
    """
    found: list[Gap] = []
    seen: datetime | None = None
    for poll in polls:
        if poll["error"] or poll["oldest"] is None:
            continue
        if seen is None:
            found.append(Gap(account, since, poll["oldest"], "before"))
        elif poll["oldest"] > seen and poll["new"] == poll["posts"]:
            found.append(Gap(account, seen, poll["oldest"], "between"))
        seen = max(seen or poll["oldest"], poll["at"])
    found.append(Gap(account, seen or since, until, "after" if seen else "never"))
    clipped = (replace(gap, since=max(gap.since, since), until=min(gap.until, until)) for gap in found)
    return [gap for gap in clipped if gap.since < gap.until]


def from_table(rows: Iterable[tuple[int, Mapping[str, str]]], file: str, units: set[str]) -> list[tuple[str, Post]]:
    """Posts of an exported table with their units.  BadTable names every line that cannot be; then none is taken."""
    problems: list[Problem] = []
    found: list[tuple[str, Post]] = []
    for line, row in rows:
        faults = _faults(line, row, units)
        problems += faults
        if not faults:
            when = moment(row["published"])
            found.append(
                (
                    row["unit"],
                    Post(Channel(row["channel"]), row["account"], row["url"], row["title"], row["text"], when),
                )
            )
    if problems:
        raise BadTable(file, problems)
    return found


def _faults(line: int, row: Mapping[str, str], units: set[str]) -> list[Problem]:
    faults = []
    if row["channel"] not in FEEDS:
        faults.append(Problem(line, "channel", f"应为 {'、'.join(FEEDS)}，实为 {row['channel']!r}"))
    if row["unit"] not in units:
        faults.append(Problem(line, "unit", f"这一轮没有代码为 {row['unit']!r} 的单位"))
    if not row["account"]:
        faults.append(Problem(line, "account", "帐号为空"))
    if canonicalize(row["url"]) is None:
        faults.append(Problem(line, "url", f"不是网址：{row['url']!r}"))
    if moment(row["published"]) is None:
        faults.append(Problem(line, "published", f"应为日期和时间（2026-11-30 08:00），实为 {row['published']!r}"))
    if not row["title"] and not row["text"]:
        faults.append(Problem(line, "text", "标题和正文都为空"))
    return faults


def moment(text: str) -> datetime | None:
    """A date and time of an export; without a zone it is China's.  None where it is none."""
    try:
        found = datetime.fromisoformat(text.replace("/", "-"))
    except ValueError:
        return None
    return (found if found.tzinfo is not None else found.replace(tzinfo=CHINA)).astimezone(UTC)
