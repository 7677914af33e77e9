"""A search engine over the simulated web, behind the JSON interface of SearXNG.

What it has indexed is what engines have: more of what lies near the home page and of what is old, little of
attachments and of applications that scripts draw, and some addresses that are gone or have moved.  A question gets at
most `DEEPEST` pages of `PER_PAGE` results, the best known first.
"""

import json
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any, Final
from urllib.parse import parse_qs, urlsplit

from rehearsal import pages
from rehearsal.addresses import Ref, canonical, date_of, path_of
from rehearsal.chance import number
from rehearsal.plan import Host, World
from rehearsal.truth import Found, walk

HOST: Final = "sousuo.example"
PER_PAGE: Final = 10
DEEPEST: Final = 10
REACH: Final = 8
"""Clicks to which the engine's own crawler went."""

CHANCES: Final = {0: 0.95, 1: 0.75, 2: 0.55, 3: 0.45, 4: 0.35, 5: 0.3, 6: 0.25, 7: 0.2, 8: 0.2}
"""Of being indexed, by clicks from the home page."""

KINDS: Final = {"attachment": 0.25, "list": 0.6, "redirect": 0.25, "dead": 0.3}
"""What the kind of a page leaves of that chance."""

BARRED: Final = b"User-agent: *\nAllow: /info/en/about\nDisallow: /stats\nDisallow: /*?*q=*\n"
"""robots.txt as SearXNG ships it."""


@dataclass(frozen=True, slots=True)
class Entry:
    """One indexed address."""

    url: str
    site: str
    title: str
    content: str
    rank: float


def _lot(*parts: object) -> float:
    return number("search", *parts) % 10_000 / 10_000


@dataclass
class Engine:
    """The index, built when it is first asked."""

    world: World
    down: tuple[str, ...] = field(default=("google", "timeout"))

    @cached_property
    def entries(self) -> tuple[Entry, ...]:
        """Everything indexed, the best known first."""
        found = [entry for page in walk(self.world, REACH).values() if (entry := self._entry(page)) is not None]
        found += [entry for host in self.world.hosts for entry in self._removed(host)]
        return tuple(sorted(found, key=lambda entry: (entry.rank, entry.url)))

    def _entry(self, page: Found) -> Entry | None:
        host, ref, seed = page.place.host, page.place.ref, self.world.seed
        if host is None or ref is None or page.kind in {"robots", "trap", "stalled", "loop", "flapping-dead"}:
            return None
        chance = CHANCES[page.depth] * KINDS.get(page.kind, 1.0) * (0.4 if page.needs_browser else 1.0)
        chance *= 0.6 + 0.8 * _lot(seed, "host", host.site)  # engines know some hosts better than others
        if ref.kind == "item" and ref.b < 2:
            chance *= 0.4  # too young
        if _lot(seed, "page", page.place.key) > chance:
            return None
        outline = pages.outline(self.world, host, ref)
        title = outline.title if outline is not None else "页面"
        rank = page.depth + 2.0 * _lot(seed, "rank", page.place.key)
        return Entry(canonical(page.place), host.site, f"{title}-{host.title}", f"{title} {host.title}", rank)

    def _removed(self, host: Host) -> list[Entry]:
        """Articles the engine has not yet seen to be gone."""
        out = []
        for column in host.columns:
            for k in range(column.count, column.count + 1 + column.count // 15):
                if _lot(self.world.seed, "removed", host.site, column.index, k) < 0.5:
                    path = path_of(self.world, host, Ref("item", column.index, k))
                    day = date_of(self.world.seed, host.site, column.index, k)
                    out.append(Entry(host.origin + path, host.site, f"{column.name} {day}", host.title, 6.0))
        return out

    def find(self, query: str, page: int) -> list[Entry]:
        """Results of one page of answers; `site:` and further words must all hold."""
        words = query.split()
        sites = [word.removeprefix("site:").removeprefix("www.") for word in words if word.startswith("site:")]
        plain = [word for word in words if not word.startswith("site:")]
        hits = [
            entry
            for entry in self.entries
            if all(entry.site == site or entry.site.endswith("." + site) for site in sites)
            and all(word in entry.title or word in entry.content for word in plain)
        ]
        return hits[: PER_PAGE * DEEPEST][(page - 1) * PER_PAGE : page * PER_PAGE] if page >= 1 else []

    def answer(self, target: str) -> tuple[int, str, bytes]:
        """Status, type and body for a request to the engine's host."""
        parts = urlsplit(target)
        asked = {name: values[0] for name, values in parse_qs(parts.query).items()}
        if parts.path == "/robots.txt":
            return 200, "text/plain", BARRED
        if parts.path != "/search":
            return 404, "text/html; charset=utf-8", b"<html><body>404</body></html>"
        if asked.get("format") != "json":  # what an instance answers that was not told to speak JSON
            return 200, "text/html; charset=utf-8", b"<!DOCTYPE html><html><body>SearXNG</body></html>"
        query, page = asked.get("q", ""), asked.get("pageno", "1")
        found = self.find(query, int(page) if page.isdecimal() else 1)
        body = {
            "query": query,
            "number_of_results": 0,
            "results": [_result(entry, place) for place, entry in enumerate(found, 1)],
            "answers": [],
            "corrections": [],
            "infoboxes": [],
            "suggestions": [],
            "unresponsive_engines": [list(self.down)],
        }
        return 200, "application/json", json.dumps(body, ensure_ascii=False).encode()


def _result(entry: Entry, place: int) -> dict[str, Any]:
    parts = urlsplit(entry.url)
    return {
        "url": entry.url,
        "title": entry.title,
        "content": entry.content,
        "publishedDate": None,
        "thumbnail": "",
        "engine": "bing",
        "template": "default.html",
        "parsed_url": [parts.scheme, parts.netloc, parts.path, "", parts.query, ""],
        "engines": ["bing", "baidu"],
        "positions": [place],
        "score": round(1.0 / place, 4),
        "category": "general",
    }
