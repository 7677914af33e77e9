"""A worker's dealings with robots.txt: asks, re-asks and remembers, through the frontier's robots grants."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from typing import Final

from cleaning.urls import canonicalize, normalize
from crawler.decide import retry_after
from crawler.errors import FetchError, PrivateAddress, ProxyAway, Refused, TlsFailed, Unresolved
from crawler.frontier.contract import Lease
from crawler.frontier.ids import split_key
from crawler.frontier.redis import RedisFrontier
from crawler.items import Capture, header
from crawler.plan import RoundPlan
from crawler.robots import MOST_REDIRECTS, MOST_TRIES, Rules, product_token, rules_of, text_of

UNREACHABLE: Final = "# unreachable"  # kept in place of rules that could not be read: everything is barred
NO_SERVER: Final = (Unresolved, PrivateAddress, Refused, TlsFailed)
PROXY_SECONDS: Final = 2.0  # until a host is asked that the round's proxy did not take us to
REMEMBERED: Final = 4096  # hosts; a worker of a whole round sees a few thousand


class RobotsDesk:
    """Rules of hosts, shared by the workers of a round through Redis, parsed once per worker."""

    def __init__(self, frontier: RedisFrontier, plan: RoundPlan) -> None:
        self._frontier = frontier
        self._plan = plan
        self._agent = product_token(plan.user_agent)
        self._known: dict[str, Rules | None] = {}

    async def rules(self, host: str) -> Rules | None:
        """The rules of a host whose robots.txt was asked for; None when it could not be read."""
        if host not in self._known:
            if len(self._known) >= REMEMBERED:
                self._known.pop(next(iter(self._known)))
            text = await self._frontier.robots_text(host)
            self._known[host] = None if text == UNREACHABLE else rules_of(text, self._agent)
        return self._known[host]

    async def answered(self, lease: Lease, capture: Capture) -> None:
        """An answer came for robots.txt."""
        if 300 <= capture.status < 400:
            await self._redirected(lease, header(capture.headers, "location"))
            return
        text = text_of(capture.status, capture.body)
        if text is None:
            cap = self._plan.retry_after_cap
            asked = retry_after(header(capture.headers, "retry-after"), datetime.now(UTC), cap)
            await self._try_again(lease, alive=True, wait=asked)
            return
        rules = rules_of(text, self._agent)
        await self._frontier.robots_done(lease, text, rules.delay, alive=True)

    async def failed(self, lease: Lease, error: BaseException) -> None:
        """No answer came.  Where there is no server there are no rules: its pages will tell what is wrong.

        A server that is there, but whose file is torn, endless or late, is asked again and then barred (RFC 9309 §2.3.1.4).
        """
        if isinstance(error, ProxyAway):  # the host was not asked: no try of its is spent
            untried = replace(lease, attempts=lease.attempts - 1)
            await self._frontier.robots_again(untried, lease.url, PROXY_SECONDS, alive=True)
        elif isinstance(error, NO_SERVER):
            await self._frontier.robots_done(lease, "", 0.0, alive=False)
        else:
            await self._try_again(lease, alive=isinstance(error, FetchError) and error.alive)

    async def _redirected(self, lease: Lease, location: str) -> None:
        """Follow within the host (scheme and www. folded); rules of another host are not this host's."""
        target = normalize(lease.url, location)
        key = canonicalize(target) if target else None
        if target is None or key is None or split_key(key)[0] != lease.host or lease.attempts >= MOST_REDIRECTS:
            await self._frontier.robots_done(lease, "", 0.0, alive=True)
        else:
            await self._frontier.robots_again(lease, target, 0.0, alive=True)

    async def _try_again(self, lease: Lease, *, alive: bool, wait: float = 0.0) -> None:
        if lease.attempts + 1 < MOST_TRIES:
            own = self._plan.retry_delays[0] if self._plan.retry_delays else 0.0
            await self._frontier.robots_again(lease, lease.url, max(own, wait), alive=alive)
        else:
            await self._frontier.robots_done(lease, UNREACHABLE, 0.0, alive=alive)
