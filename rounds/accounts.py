"""Accounts of the units: read off the links of their own pages, or handed in as a table."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any, Final
from urllib.parse import unquote, urlsplit

from cleaning.page import Link
from cleaning.read import read
from crawler.channels.record import FEEDS, Channel, account_id
from crawler.errors import CrawlerError
from crawler.plan import RoundPlan
from pipelines.archive_reader import read as read_archive
from pipelines.errors import PipelineError
from pipelines.store.reader import PageFilter, RoundReader
from pipelines.store.records import archive_of, links_of
from rounds.planning import canonical_host
from rounds.refusals import BadTable, Problem
from rounds.registry import web_url

COLUMNS: Final = ("unit", "channel", "name")
MORE: Final = ("url", "feed")
HOSTS: Final[Mapping[str, Channel]] = {
    "weibo.com": Channel.WEIBO,
    "weibo.cn": Channel.WEIBO,
    "e.weibo.com": Channel.WEIBO,
    "m.weibo.cn": Channel.WEIBO,
    "mp.weixin.qq.com": Channel.WECHAT,
}
"""Where accounts live; a post or an article of theirs is no account."""
USER: Final = re.compile(r"/(?:u/)?(\d{6,12})/?")
NAMED: Final = re.compile(r"/(?:n/)?([^/?]{2,40})/?")
PAGES: Final = 40  # of a unit that are read again: those that lead to most accounts
NO_NAME: Final = frozenset({"login", "signup", "share", "u", "p", "n", "home", "s", "profile", "index"})


def read_accounts(reader: RoundReader, plan: RoundPlan, *, rsshub: str) -> Iterator[dict[str, Any]]:
    """Accounts that stored pages of each unit's own seeds link, each once, with the page as evidence.

    `rsshub`: the instance that makes feeds of weibo accounts known by number; empty for none.
    """
    for unit in plan.units:
        own = {canonical_host(seed) for seed in unit.seeds}
        pages = []
        for page in reader.pages(PageFilter(unit=unit.code), ("key", "host", "outlinks")):
            found = sum(urlsplit(link.url).hostname in _SPELLED for link in links_of(page).foreign)
            if found and page["host"] in own:
                pages.append((-found, page["key"]))
        met: dict[str, dict[str, Any]] = {}
        for _, key in sorted(pages)[:PAGES]:
            for account in _of_page(reader, key, unit.code, rsshub):
                met.setdefault(account["_id"], account)
        yield from met.values()


_SPELLED: Final = frozenset({*HOSTS, *(f"www.{host}" for host in HOSTS)})


def _of_page(reader: RoundReader, key: str, unit: str, rsshub: str) -> Iterator[dict[str, Any]]:
    record = reader.records([key], ("url", "archive", "dom_archive", "content_type")).get(key)
    kept = (archive_of(record, "dom_archive") or archive_of(record)) if record else None
    if record is None or kept is None:
        return
    try:
        body = read_archive(kept).body
    except (PipelineError, CrawlerError):
        return  # `caifeng audit` names what cannot be read
    drawn = record["dom_archive"] is not None
    reading = read(body, record["url"], content_type="text/html; charset=utf-8" if drawn else record["content_type"])
    for link in reading.links:
        account = None if link.hidden else account_of(link, unit, record["url"], rsshub=rsshub)
        if account is not None:
            yield account


def account_of(link: Link, unit: str, page: str, *, rsshub: str = "") -> dict[str, Any] | None:
    """The account a link leads to; None for everything else."""
    parts = urlsplit(link.url)
    channel = HOSTS.get((parts.hostname or "").removeprefix("www."))
    if (
        channel is not Channel.WEIBO
    ):  # a WeChat account has no address of its own: articles say nothing of whose they are
        return None
    number = USER.fullmatch(parts.path)
    name = NAMED.fullmatch(unquote(parts.path))
    if number is None and (name is None or name[1].lower() in NO_NAME):
        return None
    shown = "".join(link.text.split()) or (name[1] if name else "")
    feed = f"{rsshub.rstrip('/')}/weibo/user/{number[1]}" if number and rsshub else ""
    known_as = number[1] if number else name[1] if name else ""
    return _row(unit, channel, known_as, shown, link.url, feed, page)


def _row(unit: str, channel: str, name: str, title: str, url: str, feed: str, page: str) -> dict[str, Any]:
    kept = {"unit": unit, "channel": str(channel), "name": name, "title": title, "url": url, "feed": feed, "page": page}
    return {"_id": account_id(unit, channel, name), **kept}


def from_table(rows: Iterable[tuple[int, Mapping[str, str]]], file: str, units: Sequence[str]) -> list[dict[str, Any]]:
    """Accounts of a table.  BadTable names every line that cannot be; then none is taken."""
    problems: list[Problem] = []
    found = {}
    for line, row in rows:
        faults = _faults(line, row, units)
        account = _row(row["unit"], row["channel"], row["name"], row["name"], row["url"], row["feed"], "")
        if account["_id"] in found:
            faults.append(Problem(line, "name", f"帐号 {row['name']} 出现了两次"))
        problems += faults
        found[account["_id"]] = account
    if problems:
        raise BadTable(file, problems)
    return list(found.values())


def _faults(line: int, row: Mapping[str, str], units: Sequence[str]) -> list[Problem]:
    faults = []
    if row["unit"] not in units:
        faults.append(Problem(line, "unit", f"这一轮没有代码为 {row['unit']!r} 的单位"))
    if row["channel"] not in FEEDS:
        faults.append(Problem(line, "channel", f"应为 {'、'.join(FEEDS)}，实为 {row['channel']!r}"))
    if not row["name"]:
        faults.append(Problem(line, "name", "帐号为空"))
    for field in MORE:
        try:
            _ = web_url(row[field]) if row[field] else ""
        except ValueError as error:
            faults.append(Problem(line, field, str(error)))
    return faults
