"""Hosts that guard themselves: a shield that asks a script for a cookie, and a limit to requests in a while.

In every unit of a guarded web the first department stands behind a shield, the second behind a limit.  robots.txt, what pages
load and what their scripts fetch are free of both.
"""

from collections import defaultdict, deque
from dataclasses import dataclass, field
from typing import Final

from rehearsal.chance import token
from rehearsal.plan import Host, World

COOKIE: Final = "__guard"
LASTS: Final = 60
"""Seconds a cookie passes for; the script says so to the browser."""

MOST: Final = 8
"""Pages a limited host gives in SPAN seconds; then it asks to be left alone for REST."""

SPAN: Final = 2.0
REST: Final = 1

SCRIPT: Final = """<!DOCTYPE html><html><head><meta charset="utf-8"><title></title></head><body><script>
(function () { var t = "%s", n = 0, i; for (i = 0; i < t.length; i++) { n = (n * 31 + t.charCodeAt(i)) %% 99991; }
document.cookie = "%s=" + t + "-" + n + "; path=/; max-age=%d"; setTimeout(function () { location.reload(); }, 120); })();
</script></body></html>"""


def guard_of(world: World, host: Host) -> str:
    """What stands before a host's pages: shield, limit or nothing."""
    if not world.guarded or host.role != "department":
        return ""
    return {1: "shield", 2: "limit"}.get(world.units[host.unit].hosts.index(host), "")


def shield_status(host: Host) -> int:
    """The status that a host's shield answers with."""
    return 521 if host.unit % 2 else 412


def _sum(text: str) -> int:
    total = 0
    for letter in text:
        total = (total * 31 + ord(letter)) % 99991
    return total


def challenge(world: World, host: Host, now: float) -> bytes:
    """The page whose script makes the cookie."""
    made = f"{int(now)}.{token(8, world.seed, 'guard', host.site, int(now))}"
    return (SCRIPT % (made, COOKIE, LASTS)).encode()


def passes(world: World, host: Host, cookies: str, now: float) -> bool:
    """Whether a Cookie header carries what the script made, not longer ago than it lasts."""
    given = dict(part.strip().partition("=")[::2] for part in cookies.split(";")).get(COOKIE, "")
    text, _, total = given.partition("-")
    at, _, mark = text.partition(".")
    if not at.isdecimal() or not 0 <= now - int(at) < LASTS + 1:
        return False
    return mark == token(8, world.seed, "guard", host.site, int(at)) and total == str(_sum(text))


@dataclass(slots=True)
class Limiter:
    """When each limited host gave its last pages: state, like a server's."""

    given: defaultdict[str, deque[float]] = field(default_factory=lambda: defaultdict(deque))

    def admits(self, host: Host, now: float) -> bool:
        """Whether one more page may be given now."""
        times = self.given[host.site]
        while times and now - times[0] > SPAN:
            times.popleft()
        if len(times) >= MOST:
            return False
        times.append(now)
        return True
