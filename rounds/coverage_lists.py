"""What others name on the sites of a round: asking for site maps and search results, and looking at what is named.

Each answer is kept before the next is asked for; a run that was killed goes on (see `crawler.channels.errands`).
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Final
from urllib.parse import urljoin, urlsplit

from cleaning.media import ATTACHMENT_ENDINGS, asset_url, ending_of
from cleaning.page import Media, PageType, Reading
from cleaning.read import read
from cleaning.reasons import ReasonCode
from cleaning.sitemaps import SiteMap, read_sitemap, robots_sitemaps
from cleaning.traps import trap_rule
from cleaning.urls import canonicalize
from cleaning.verdict import judge
from crawler.channels import searx
from crawler.channels.errands import Reply
from crawler.channels.errors import BadAnswer
from crawler.frontier.ids import split_key
from crawler.items import Capture, header
from crawler.reasons import FailureReason
from crawler.scope import Scope
from pipelines.store.listed import Found, Listed, ListedBook, Source, Standing

SITEMAP: Final = "/sitemap.xml"
# Where government sites put a page 网站地图 that their templates no longer link; asked where there is no sitemap.xml.
MAP_PAGES: Final = ("/wzdt.html", "/sitemap.html", "/wzdt/", "/map.html")
MOST_FILES: Final = 500  # of one index: 25 million URLs; more are not asked for
# Words that any site's pages hold, so that a question for them draws from other corners of the index than `site:` alone.
WORDS: Final = ("", "通知", "办理", "公开", "工作", "服务", "关于", "2026")
NO_PAGE: Final = frozenset({ReasonCode.SOFT_404, ReasonCode.EMPTY_PAGE})


@dataclass(frozen=True, slots=True)
class Search:
    """How search engines are asked: the instance, its engines (none: its own choice), questions per host."""

    instance: str
    engines: tuple[str, ...] = ()
    questions: int = 3

    @property
    def host(self) -> str:
        """As the frontier names it."""
        return split_key(canonicalize(self.instance) or self.instance)[0]

    def seeds(self, hosts: Iterable[str]) -> Iterator[str]:
        """The first page of each question; the words are taken in turn, so that none is asked for on every host."""
        for host in hosts:
            for word in WORDS[: max(1, self.questions)]:
                query = f"site:{host} {word}".strip()
                yield searx.question(self.instance, query, engines=self.engines)


@dataclass(slots=True)
class Lists:
    """Keeps what site maps, pages 网站地图 and search engines name.  `known` are hosts' map pages that the crawl has found."""

    book: ListedBook
    scope: Scope
    robots: dict[str, str]  # host to its robots.txt, as the round read it
    search: Search | None = None
    known: frozenset[str] = frozenset()  # keys of map pages that the crawl has found: no list of their own
    answered: int = 0  # questions with an answer
    silent: set[str] = field(default_factory=set)  # engines that did not answer

    def seeds(self, origins: dict[str, str]) -> Iterator[str]:
        """What is asked first: each host's site map, those its robots.txt names, and the questions."""
        for host, origin in origins.items():
            yield urljoin(origin, SITEMAP)
            yield from (url for url in robots_sitemaps(self.robots.get(host, "")) if self._own(url))
        if self.search is not None:
            yield from self.search.seeds(origins)

    async def handle(self, reply: Reply) -> Sequence[str]:
        """Keep what the reply names; answers what to ask next."""
        host, path = split_key(reply.key)
        if self.search is not None and host == self.search.host:
            return self._searched(reply)
        if reply.capture is None:
            return self._instead(path, reply) if path == SITEMAP else ()
        if path in MAP_PAGES:
            return self._mapped(reply, reply.capture)
        found = read_sitemap(reply.capture.body)
        if found is None:
            return self._instead(path, reply) if path == SITEMAP else ()
        return self._listed(found, reply.at)

    def _own(self, url: str) -> bool:
        key = canonicalize(url)
        return key is not None and bool(self.scope.units_of(key))

    def _instead(self, path: str, reply: Reply) -> Sequence[str]:
        """No site map where it should be: it may have moved, or there is a page for people."""
        if reply.target and self._own(reply.target) and split_key(canonicalize(reply.target) or "")[1] != path:
            return (reply.target,)
        pages = [urljoin(reply.url, one) for one in MAP_PAGES]
        return [url for url in pages if (canonicalize(url) or "") not in self.known]

    def _listed(self, found: SiteMap, at: float) -> Sequence[str]:
        self._keep(found.pages, Source.SITEMAP, at)
        return [url for url in found.maps[:MOST_FILES] if self._own(url)]

    def _mapped(self, reply: Reply, capture: Capture) -> Sequence[str]:
        """Links of a page for people; a site that answers everything with a page names nothing by it."""
        reading = read(capture.body, reply.url, content_type=header(capture.headers, "content-type"))
        if reading.media is Media.HTML and not _no_page(reading) and "地图" in reading.title + reading.site_title:
            self._keep([link.url for link in reading.links], Source.MAP, reply.at)
        return ()

    def _searched(self, reply: Reply) -> Sequence[str]:
        assert self.search is not None
        if reply.reason in {FailureReason.FORBIDDEN, FailureReason.HTTP_4XX} or reply.target:
            place = urlsplit(reply.url).netloc
            raise BadAnswer(f"搜索实例 {place} 不给 JSON（{reply.detail or reply.target}）：{searx.MEND}")
        if reply.capture is None:
            return ()
        found = searx.read_answer(reply.url, reply.capture.body)
        self.answered += 1
        self.silent |= set(found.silent)
        self._keep([hit.url for hit in found.hits], Source.SEARCH, reply.at)
        if not found.hits or found.page >= searx.MOST_PAGES:
            return ()
        return (searx.question(self.search.instance, found.query, found.page + 1, engines=self.search.engines),)

    def _keep(self, urls: Iterable[str], source: Source, at: float) -> None:
        rows = {}
        for url in urls:
            key = canonicalize(url)
            if key is None or asset_url(url) or trap_rule(url):
                continue
            units = self.scope.units_of(key)
            if units:
                rows[key] = Listed(key, url, split_key(key)[0], units, source, attachment=is_attachment(key))
        if rows:
            self.book.add(rows.values(), at=at)


@dataclass(slots=True)
class Looks:
    """Looks at pages that are named and that the round has not found."""

    book: ListedBook

    async def handle(self, reply: Reply) -> Sequence[str]:
        """Keep whether there is a page."""
        self.book.place([self._found(reply)])
        return ()

    def _found(self, reply: Reply) -> Found:
        key = reply.key
        if reply.barred:
            return Found(key, Standing.BARRED, "robots", looked=True)
        if reply.target:
            return Found(key, Standing.GONE, "redirected", looked=True)
        if reply.capture is None:
            gone = reply.reason in {FailureReason.HTTP_4XX, FailureReason.REDIRECT_LOOP}
            return Found(key, Standing.GONE if gone else Standing.UNKNOWN, str(reply.reason or ""), looked=True)
        reading = read(reply.capture.body, reply.url, content_type=header(reply.capture.headers, "content-type"))
        if reading.media is Media.ASSET:
            return Found(key, Standing.GONE, "not-a-page", looked=True)
        if _no_page(reading):
            return Found(key, Standing.GONE, "soft-404", looked=True)
        return Found(key, Standing.ALIVE, looked=True)


def is_attachment(url: str) -> bool:
    """By its address alone: of what nobody has stored there is nothing else."""
    return ending_of(url) in ATTACHMENT_ENDINGS


def _no_page(reading: Reading) -> bool:
    """Whether a page only says that there is none."""
    codes = {reason.code for reason in judge(reading).reasons}
    return reading.page_type is PageType.ERROR or bool(codes & NO_PAGE)
