"""`round check`: every seed asked once, politely, before a round is launched; and what the round will cost.

Per host, one request at a time and the plan's delay between them: robots.txt, each seed, the site map.  A seed that
cannot be had is a failure; a bad certificate, a redirect out of scope, unreadable rules are warnings.
"""

import asyncio
import ssl
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass, field, replace
from datetime import datetime
from types import MappingProxyType
from typing import Any, Final
from urllib.parse import urljoin, urlsplit

from cleaning.urls import canonicalize
from crawler.decide import REFUSALS
from crawler.errors import FetchError, NotInResolveMap
from crawler.fetch.decoding import decode
from crawler.fetch.http import Answer, HttpClient
from crawler.plan import RoundPlan, map_entry
from crawler.reasons import FailureReason
from crawler.robots import Rules, product_token, rules_of, text_of
from crawler.scope import Scope
from rounds.planning import DEFAULT_PORTS, canonical_host

HOSTS_AT_ONCE: Final = 16  # each waits on the network most of the time
REQUEST_SECONDS: Final = 20.0  # for a whole answer: government sites that need longer are failures worth knowing
ROBOTS_BYTES: Final = 2_000_000  # decoded; more than this is no robots.txt
SITEMAP_BYTES: Final = 10_000_000  # decoded; larger ones (the protocol allows 50 MB) are not counted

SENTENCES: Final[Mapping[FailureReason, str]] = {
    FailureReason.UNRESOLVED: "域名查不到地址：检查网址，或站点已停用",
    FailureReason.REFUSED: "连不上：对方拒绝或断开了连接",
    FailureReason.TLS: "建立不了加密连接（https）：站点可能只开了 http",
    FailureReason.PRIVATE_ADDRESS: "域名指向内部地址，不采集",
    FailureReason.TOO_LARGE: "答复过大，超过单页上限",
    FailureReason.BAD_ENCODING: "答复的压缩内容解不开",
}

# Assumptions of the estimate, not measurements; each is printed beside the figures that rest on it.
PAGES_PER_HOST: Final = 5_000  # within six clicks of a portal that shows no site map
BROWSER_SHARE: Final = 0.05  # of pages that HTTP alone does not show
ARCHIVE_BYTES: Final = 20_000  # on disk per page: compressed archive record and database record
# Measured with Chromium 156 and a new page per URL: 0.49-0.51 s of one core per rendered page.
BROWSER_SECONDS: Final = 0.5


@dataclass(frozen=True, slots=True)
class SeedReport:
    """What asking one seed showed.  `problem` is empty or a FailureReason (or `robots`); times in seconds."""

    url: str
    host: str
    units: tuple[str, ...]
    address: str = ""
    status: int = 0
    seconds: float = 0.0
    certificate: str = ""  # `valid`, what is wrong with it, or empty for http
    redirect: str = ""
    redirect_in_scope: bool = True
    robots: str = ""  # allowed | denied | none | unreadable
    crawl_delay: float = 0.0
    problem: str = ""
    detail: str = ""
    warnings: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Met:
    """A host in an earlier round: `pages` stored, and `requests`, one for each URL that has ended however it did."""

    round: str
    pages: int
    requests: int


@dataclass(frozen=True, slots=True)
class HostEstimate:
    """What one host will cost; `pages_from` says whether `pages` was counted or is the stated default.

    `round`: what an earlier round stored of it; `sitemap`: what its site map lists; `assumed`; `seeds`: nothing else.
    """

    host: str
    pages: int
    pages_from: str
    requests: int
    hours: float
    browser_hours: float
    disk_bytes: int
    round: str = ""  # the earlier round, where `pages_from` is one


@dataclass(frozen=True, slots=True)
class Check:
    """The whole result, kept in the round's document."""

    at: datetime
    seeds: tuple[SeedReport, ...]
    hosts: tuple[HostEstimate, ...]  # the slowest first
    assumptions: Mapping[str, float] = field(
        default_factory=lambda: {
            "pages_per_host": PAGES_PER_HOST,
            "browser_share": BROWSER_SHARE,
            "browser_seconds": BROWSER_SECONDS,
            "archive_bytes": ARCHIVE_BYTES,
        }
    )

    @property
    def failures(self) -> tuple[SeedReport, ...]:
        """Seeds that could not be had."""
        return tuple(seed for seed in self.seeds if seed.problem)

    @property
    def warned(self) -> tuple[SeedReport, ...]:
        """Seeds that could be had and still want a look."""
        return tuple(seed for seed in self.seeds if seed.warnings and not seed.problem)

    def document(self) -> dict[str, Any]:
        """The result as plain values, totals included."""
        return {
            "at": self.at,
            "failures": len(self.failures),
            "warnings": len(self.warned),
            "seeds": [asdict(seed) for seed in self.seeds],
            "hosts": [asdict(host) for host in self.hosts],
            "total": {
                "hosts": len(self.hosts),
                "requests": sum(host.requests for host in self.hosts),
                "hours": max((host.hours for host in self.hosts), default=0.0),  # hosts go side by side
                "browser_hours": sum(host.browser_hours for host in self.hosts),
                "disk_bytes": sum(host.disk_bytes for host in self.hosts),
            },
            "assumptions": dict(self.assumptions),
        }


async def check(
    plan: RoundPlan,
    *,
    now: datetime,
    report: Callable[[int, int], None],
    met: Mapping[str, Met] = MappingProxyType({}),
) -> Check:
    """Ask every seed of the plan.  `report(done, all)` is called as hosts come in; `met` is what earlier rounds met.

    Never raises for a bad site.
    """
    groups: dict[str, list[str]] = {}
    for seed in dict.fromkeys(seed for unit in plan.units for seed in unit.seeds):
        groups.setdefault(canonical_host(seed), []).append(seed)
    room = asyncio.Semaphore(HOSTS_AT_ONCE)
    client = HttpClient(plan)
    scope = Scope(plan)
    done = 0

    async def one(host: str, seeds: Sequence[str]) -> tuple[list[SeedReport], HostEstimate]:
        nonlocal done
        async with room:
            answer = await _Host(client, plan, scope, host, met.get(host)).ask(seeds)
        done += 1
        report(done, len(groups))
        return answer

    try:
        answers = await asyncio.gather(*(one(host, seeds) for host, seeds in groups.items()))
    finally:
        await client.close()
    seeds = tuple(seed for reports, _ in answers for seed in reports)
    hosts = sorted((estimate for _, estimate in answers), key=lambda one: (-one.hours, one.host))
    return Check(now, seeds, tuple(hosts))


class _Host:
    """All requests to one host, one after the other."""

    def __init__(self, client: HttpClient, plan: RoundPlan, scope: Scope, host: str, met: Met | None) -> None:
        self._client = client
        self._plan = plan
        self._scope = scope
        self._host = host
        self._met = met
        self._asked = False

    async def ask(self, seeds: Sequence[str]) -> tuple[list[SeedReport], HostEstimate]:
        rules, robots = await self._rules(seeds[0])
        reports = [await self._seed(seed, rules, robots) for seed in seeds]
        alive = any(not one.problem for one in reports)
        listed = await self._listed(seeds[0]) if alive and self._plan.depth and self._met is None else 0
        return reports, estimate(self._plan, self._host, reports, listed, self._met)

    async def _rules(self, seed: str) -> tuple[Rules | None, str]:
        try:
            answer = await self._get(urljoin(seed, "/robots.txt"))
            text = text_of(answer.status, _body(answer, ROBOTS_BYTES))
        except FetchError:
            return None, "unreadable"
        if not text:
            return None, "unreadable" if text is None else "none"
        return rules_of(text, product_token(self._plan.user_agent)), "allowed"

    async def _seed(self, seed: str, rules: Rules | None, robots: str) -> SeedReport:
        units = self._scope.units_of(canonicalize(seed) or "")
        report = SeedReport(seed, self._host, units, robots=robots, crawl_delay=rules.delay if rules else 0.0)
        if rules is not None and not rules.allows(seed):
            return replace(report, robots="denied", problem="robots", detail="robots.txt 不许采集这个入口")
        try:
            answer = await self._get(seed)
        except FetchError as error:
            return replace(report, problem=str(error.reason), detail=sentence(error, REQUEST_SECONDS))
        report = replace(report, status=answer.status, address=answer.address, seconds=round(answer.elapsed, 3))
        if urlsplit(seed).scheme == "https":
            report = replace(report, certificate=await self._certificate(seed, answer.address))
        return self._weighed(report, answer)

    def _weighed(self, report: SeedReport, answer: Answer) -> SeedReport:
        """Add what the answer means: the problem, if it is one, and the warnings."""
        warnings = []
        if report.certificate not in {"", "valid"}:
            warnings.append(f"证书有问题：{report.certificate}")
        if report.robots == "unreadable":
            warnings.append("robots.txt 读不到")
        if report.crawl_delay > self._plan.delay:
            warnings.append(f"站点要求间隔 {report.crawl_delay:g} 秒，比计划的 {self._plan.delay:g} 秒长")
        location = _header(answer, "location")
        if 300 <= answer.status < 400 and location:
            target = urljoin(report.url, location)
            inside = bool(self._scope.units_of(canonicalize(target) or ""))
            report = replace(report, redirect=target, redirect_in_scope=inside)
            if not inside:
                warnings.append(f"跳转到范围之外：{target}")
        problem = status_problem(answer.status)
        detail = f"HTTP {answer.status}" if problem else ""
        return replace(report, problem=problem, detail=detail, warnings=tuple(warnings))

    async def _listed(self, seed: str) -> int:
        """Count the pages a site map names; 0 when there is none to count."""
        try:
            answer = await self._get(urljoin(seed, "/sitemap.xml"))
            body = _body(answer, SITEMAP_BYTES)
        except FetchError:
            return 0
        return body.count(b"<loc>") if answer.status == 200 and b"<urlset" in body else 0

    async def _get(self, url: str) -> Answer:
        """Ask once, the plan's delay after this host's last answer."""
        if self._asked:
            await asyncio.sleep(self._plan.delay)
        self._asked = True
        return await self._client.get(url, seconds=REQUEST_SECONDS)

    async def _certificate(self, seed: str, address: str) -> str:
        """Shake hands once more, verifying: crawling itself takes any certificate.  `valid`, or what is wrong."""
        parts = urlsplit(seed)
        host, port = parts.hostname or "", parts.port or DEFAULT_PORTS["https"]
        entry = map_entry(self._plan.resolve, host, port)
        if entry is not None:
            address, port = entry.address, entry.to_port
        try:
            async with asyncio.timeout(REQUEST_SECONDS):
                _, writer = await asyncio.open_connection(
                    address, port, ssl=ssl.create_default_context(), server_hostname=host
                )
        except ssl.SSLCertVerificationError as error:
            return error.verify_message
        except (OSError, TimeoutError) as error:
            return str(error) or type(error).__name__
        writer.close()
        return "valid"


def sentence(error: FetchError, seconds: float) -> str:
    """Why an address could not be had within `seconds`, in Chinese; the libraries' words only where they say more."""
    if isinstance(error, NotInResolveMap):
        return "--resolve 里没有这个主机；给了 --resolve 就不再查别的域名"
    if error.reason is FailureReason.TIMEOUT:
        return f"{seconds:g} 秒内没有完整的答复"
    known = SENTENCES.get(error.reason)
    if error.reason is not FailureReason.TLS:
        return known or f"没有得到完整的答复（{error or type(error).__name__}）"
    cause: BaseException | None = error
    while cause is not None and not isinstance(cause, ssl.SSLError):
        cause = cause.__cause__
    named = getattr(cause, "reason", None)  # OpenSSL's own name, such as WRONG_VERSION_NUMBER
    return f"{known}（{named}）" if named else str(known)


def _header(answer: Answer, name: str) -> str:
    return next((value for key, value in answer.headers if key.lower() == name), "")


def _body(answer: Answer, limit: int) -> bytes:
    return decode(answer.wire, _header(answer, "content-encoding"), limit)


def status_problem(status: int) -> str:
    """Return the failure an HTTP status is for a seed; empty when the crawl can begin there."""
    if status < 400:
        return ""
    if status in REFUSALS:
        return str(FailureReason.FORBIDDEN)
    if status == 429:
        return str(FailureReason.THROTTLED)
    return str(FailureReason.HTTP_4XX if status < 500 else FailureReason.HTTP_5XX)


def estimate(
    plan: RoundPlan, host: str, reports: Sequence[SeedReport], listed: int, met: Met | None = None
) -> HostEstimate:
    """Return what a host will cost.  Nothing but its seeds when the depth is 0 or none of them could be had.

    What an earlier round met goes before the site map, which names what its owner put there: parts, or too much.
    """
    alive = [one for one in reports if not one.problem]
    before = met if alive and plan.depth else None
    if not alive or plan.depth == 0:
        pages, source = len(reports), "seeds"
    elif before is not None:
        pages, source = before.pages, "round"
    elif listed:
        pages, source = listed, "sitemap"
    else:
        pages, source = PAGES_PER_HOST, "assumed"
    requests = (pages if before is None else before.requests) + 1  # and robots.txt
    answer = max((one.seconds for one in alive), default=0.0)
    pause = max(plan.delay, *(one.crawl_delay for one in reports))
    rendered = pages * BROWSER_SHARE if alive else 0.0
    seconds = requests * (pause + answer) / plan.host_concurrency
    return HostEstimate(
        host=host,
        pages=pages,
        pages_from=source,
        requests=requests,
        hours=round(seconds / 3600, 3),
        browser_hours=round(rendered * BROWSER_SECONDS / 3600, 3),
        disk_bytes=pages * ARCHIVE_BYTES if alive else 0,
        round="" if before is None else before.round,
    )
