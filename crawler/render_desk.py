"""A worker's choice between HTTP and the browser: what was learned, shared through Redis in few calls.

Of a host everything is read with its first page, and again when `TOLD` pages have shown something or `FRESH` seconds have
gone; in between the worker goes by what it knows.
"""

from __future__ import annotations

import time
from collections import Counter, OrderedDict
from dataclasses import dataclass, field, replace
from typing import Any, Final

from cleaning.page import Media, Reading
from cleaning.patterns import pattern_of
from cleaning.posted import asked
from cleaning.urls import fingerprint
from crawler.decide import CHALLENGE, cookies_of, may_not_wait
from crawler.fetch.handler import Captured
from crawler.fetch.verdict import Sign, Way, cookies_hold, judge, sign_of, signs_of
from crawler.fetch.visit import Visit
from crawler.frontier.contract import GAVE_UP, Lease, Via
from crawler.frontier.redis import RedisFrontier
from crawler.frontier.rendering import Counts, Earned
from crawler.plan import Rendering, RoundPlan
from crawler.revisit import Before, conditions

TOLD: Final = 8
FRESH: Final = 10.0
REMEMBERED: Final = 4096  # hosts
EARNING_EXTRA: Final = 30.0  # seconds beyond the page's own limit that a host's earning may stand
SHARES: Final = 100_000  # a page is a sample or not by its key
WAIT: Final = 0.5  # seconds a page waits while another one earns the cookies it needs


@dataclass(slots=True)
class _Known:
    counts: Counts = field(default_factory=dict)
    of_all: Counter[str] = field(default_factory=Counter)  # `counts` of all templates together, as last read
    earned: Earned | None = None
    news: list[tuple[str, str]] = field(default_factory=list)
    read_at: float = float("-inf")


@dataclass(frozen=True, slots=True)
class Course:
    """How a lease goes: with which cookie, whether under a challenge, and the serial of earned cookies (0 none)."""

    lease: Lease
    cookie: str = ""
    challenged: bool = False
    serial: int = 0
    before: Before | None = None  # the page as an earlier round has it

    def meta(self, plan: RoundPlan) -> dict[str, Any]:
        """What the download handler is told."""
        told = {"cookie": self.cookie, "conditions": conditions(self.before, self.lease.note)}
        if self.lease.via is not Via.BROWSER:
            return told
        visit = Visit(
            plan,
            self.lease.url,
            self.lease.key,
            challenged=self.challenged,
            cookie=self.cookie,
            last=may_not_wait(self.lease, plan),
        )
        return told | {"visit": visit, "host": self.lease.host}


class RenderDesk:
    """One worker's."""

    def __init__(self, frontier: RedisFrontier, plan: RoundPlan) -> None:
        self._frontier = frontier
        self._book = frontier.rendering
        self._plan = plan
        self._hosts: OrderedDict[str, _Known] = OrderedDict()
        self._seconds = plan.limits.browser_seconds + EARNING_EXTRA

    async def course(self, lease: Lease) -> Course | None:
        """How this page is to be fetched; None where it has to wait, and was given back."""
        asks = self._plan.rendering_of(lease.host)
        if asks is Rendering.HTTP:
            return Course(
                replace(lease, via=Via.HTTP, note=f"{GAVE_UP}: the plan fetches this host by HTTP"), lease.cookie
            )
        if lease.note.startswith(GAVE_UP) or asked(lease.url) is not None:
            return await self._by_http_alone(lease)
        if asks is Rendering.BROWSER:
            return Course(replace(lease, via=Via.BROWSER, note=lease.note or "plan: this host is rendered"))
        known = await self._of(lease.host)
        if lease.note.startswith(CHALLENGE) or known.earned is not None:
            return await self._under_challenge(lease, known)
        return Course(self._learned(lease, known), lease.cookie)

    async def _by_http_alone(self, lease: Lease) -> Course:
        """A page that the browser cannot have, a form's step among them: with what was earned by others of its host."""
        earned = (await self._of(lease.host)).earned
        if earned is None or earned.over(time.time()):
            return Course(lease, lease.cookie)
        return Course(lease, cookies_of(lease.cookie, earned.cookie), serial=earned.serial)

    def _learned(self, lease: Lease, known: _Known) -> Lease:
        template = pattern_of(lease.key)
        if lease.via is Via.BROWSER or template not in known.counts:
            return lease
        verdict = judge(known.counts[template], known.of_all)
        if verdict.way is Way.BROWSER:
            return replace(lease, via=Via.BROWSER, note=f"learned: {verdict.why}")
        if fingerprint(lease.key) % SHARES < verdict.sample * SHARES:  # whoever fetches it, and however often
            return replace(lease, via=Via.BROWSER, note="sample")
        return lease

    async def _under_challenge(self, lease: Lease, known: _Known) -> Course | None:
        """The host asks for a script to be run: once in the browser, then its cookies over HTTP until they end."""
        holds = _hold(known)
        if not holds:  # a few refusals of ours say little: other workers may have passed many times since we looked
            known.read_at = float("-inf")
            known = await self._of(lease.host)
            holds = _hold(known)
        if holds and (course := self._with_cookies(lease, known)) is not None:
            return course
        if holds and not await self._book.begin_earning(lease.host, self._seconds):
            known.read_at = float("-inf")
            await self._frontier.give_back(lease, seconds=WAIT)
            return None
        known.earned = await self._book.earned(lease.host)  # by another page, maybe, since we looked
        if holds and (course := self._with_cookies(lease, known)) is not None:
            await self._book.end_earning(lease.host, "", 0)
            return course
        serial = known.earned.serial if known.earned is not None else 0
        note = lease.note if lease.note.startswith(CHALLENGE) else f"{CHALLENGE} {serial}: its cookies have ended"
        return Course(replace(lease, via=Via.BROWSER, note=note), challenged=True, serial=serial)

    def _with_cookies(self, lease: Lease, known: _Known) -> Course | None:
        """Over HTTP with what was earned; None where that has ended, or was refused for this page."""
        earned = known.earned
        if earned is None or earned.over(time.time()) or earned.serial <= _refused(lease):
            return None
        plain = replace(lease, via=Via.HTTP) if lease.note.startswith(CHALLENGE) else self._learned(lease, known)
        return Course(plain, cookies_of(lease.cookie, earned.cookie), serial=earned.serial)

    async def visited(self, course: Course, response: Captured | None) -> None:
        """A visit under a challenge has ended: keep what it earned, so that HTTP serves from now on."""
        if not course.challenged:
            return
        passed = response is not None and 200 <= response.capture.status < 300
        cookies = response.request.meta["visit"].cookies if response is not None and response.request else ()
        pairs = "; ".join(f"{one['name']}={one['value']}" for one in cookies) if passed else ""
        times = [one["expires"] for one in cookies if one.get("expires", -1) > 0]
        await self._book.end_earning(course.lease.host, pairs, min(times, default=0))
        known = await self._of(course.lease.host)
        known.read_at = float("-inf")

    async def answered(self, course: Course, *, refused: bool) -> None:
        """HTTP went with earned cookies."""
        if course.serial and course.lease.via is Via.HTTP:
            await self._tell(course.lease.host, "", Sign.BARRED if refused else Sign.PASSED)

    async def read(self, lease: Lease, reading: Reading, sent: Reading | None, drawn: Reading | None) -> None:
        """A page was read: `sent` and `drawn` where it was rendered, else `reading` is what HTTP brought."""
        if reading.media is not Media.HTML or asked(lease.url) is not None:
            return
        if sent is not None and drawn is not None:
            sign = sign_of(sent, drawn)
        elif lease.note.startswith(GAVE_UP) or (reading.shell is not None and reading.shell.code == CHALLENGE):
            return
        else:
            sign = Sign.SHELL if reading.shell is not None else Sign.PLAIN
        await self._tell(lease.host, pattern_of(lease.key), sign)

    async def close(self) -> None:
        """Hand over what was learned and not told yet."""
        for host, known in self._hosts.items():
            if known.news:
                await self._book.learn(host, known.news)

    async def _tell(self, host: str, template: str, sign: Sign) -> None:
        known = await self._of(host)
        known.counts.setdefault(template, Counter())[sign] += 1
        known.news.append((template, sign))

    async def _of(self, host: str) -> _Known:
        known = self._hosts.get(host)
        if known is None:
            known = self._hosts[host] = _Known()
            if len(self._hosts) > REMEMBERED:
                oldest, old = self._hosts.popitem(last=False)
                if old.news:
                    await self._book.learn(oldest, old.news)
        if len(known.news) >= TOLD or time.monotonic() - known.read_at > FRESH:
            known.read_at = time.monotonic()
            news, known.news = known.news, []
            known.counts = await self._book.learn(host, news)
            for template, sign in known.news:  # shown meanwhile
                known.counts.setdefault(template, Counter())[sign] += 1
            known.of_all = signs_of(known.counts.values())
            known.earned = await self._book.earned(host)
        return known


def _hold(known: _Known) -> bool:
    return cookies_hold(known.counts.get("", Counter()))


def _refused(lease: Lease) -> int:
    """The serial of the cookies that this page was refused with; -1 where it was not."""
    if not lease.note.startswith(CHALLENGE):
        return -1
    number = lease.note.removeprefix(CHALLENGE).partition(":")[0].strip()
    return int(number) if number.isdecimal() else 0
