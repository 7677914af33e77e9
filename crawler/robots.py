"""What a host's robots.txt means for us: RFC 9309, read by protego.  Pure."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from protego import Protego

MOST_BYTES: Final = 512 * 1024  # RFC 9309 §2.5 asks for at least 500 KiB to be read
LONGEST_DELAY: Final = 60.0  # seconds; a larger Crawl-delay would keep a host from ever being finished
MOST_REDIRECTS: Final = 5  # RFC 9309 §2.3.1.2
MOST_TRIES: Final = 3


@dataclass(frozen=True, slots=True)
class Rules:
    """A host's rules for our agent."""

    parsed: Protego
    agent: str

    def allows(self, url: str) -> bool:
        """Whether `url` may be fetched."""
        return bool(self.parsed.can_fetch(url, self.agent))

    @property
    def delay(self) -> float:
        """Its Crawl-delay in seconds, within reason."""
        asked = self.parsed.crawl_delay(self.agent)
        return min(float(asked or 0.0), LONGEST_DELAY)


def rules_of(text: str, agent: str) -> Rules:
    """Read a robots.txt; `agent` is the user agent's product token."""
    return Rules(Protego.parse(text), agent)


def product_token(user_agent: str) -> str:
    """`caifeng/0.1 (+https://…)` to `caifeng`."""
    return user_agent.split("/", 1)[0].split(" ", 1)[0]


def text_of(status: int, body: bytes) -> str | None:
    """What an answer for robots.txt says: rules, '' for none (4xx), None when it must be asked again (5xx, 429)."""
    if 200 <= status < 300:
        return body[:MOST_BYTES].decode("utf-8-sig", "replace")  # protego would take a BOM for part of the first field
    if status == 429 or status >= 500:
        return None
    return ""
