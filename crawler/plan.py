"""A round's frozen plan: what every worker needs to know, written once at launch, read by all."""

from __future__ import annotations

from enum import StrEnum
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field

MAX_DEPTH = 20


class Frozen(BaseModel):
    """Refuses unknown fields and changes."""

    model_config = ConfigDict(frozen=True, extra="forbid")


class RuleKind(StrEnum):
    """What a scope rule compares."""

    HOST = "host"  # this host exactly
    SUFFIX = "suffix"  # this host and its subdomains
    PATH = "path"  # this host, and a path prefix
    AREA = "area"  # this host, and an area code among the query's values or the path's segments


class ScopeRule(Frozen):
    """One typed rule.  `host` is canonical: lower case, without `www.`, with its port when it is not the default."""

    kind: RuleKind
    host: str
    value: str = ""  # the path prefix or the area code


class UnitPlan(Frozen):
    """One unit of the round: its seeds (fetchable URLs) and what counts as its own."""

    code: str
    name: str
    seeds: tuple[str, ...]
    scope: tuple[ScopeRule, ...]


class Limits(Frozen):
    """What one page may cost."""

    body_bytes: int = 20_000_000  # as received
    decoded_bytes: int = 60_000_000  # after content-decoding
    links: int = 20_000  # followed per page; the rest are counted
    page_seconds: float = 60.0  # HTTP, start to end of body
    browser_seconds: float = 45.0
    redirects: int = 10


class Resolve(Frozen):
    """One `--resolve HOST[:PORT]=ADDRESS[:PORT]` entry; `host` may start with `*.`."""

    host: str
    port: int = 80
    address: str
    to_port: int


class Rendering(StrEnum):
    """How the pages of a host are fetched."""

    AUTO = "auto"  # by what its pages show
    HTTP = "http"  # never in the browser: what HTTP brings is stored as it is
    BROWSER = "browser"  # always


class RenderRule(Frozen):
    """One `--render HOST=HOW` entry; `host` is canonical and may start with `*.`: it and all below it."""

    host: str
    how: Rendering


class HostHours(Frozen):
    """One `--hours` entry: when a host may be asked, in minutes of the day, Beijing time.

    `host` is canonical, `*.` and a host for it and all below it, or `*` for every host; a span that ends where it begins, or
    before, goes over midnight.
    """

    host: str
    spans: tuple[tuple[Annotated[int, Field(ge=0, lt=1440)], Annotated[int, Field(ge=0, le=1440)]], ...]


class RobotsException(Frozen):
    """A host whose robots.txt bars nothing in this round: its owner has permitted it, and `permission` says when and how."""

    host: str
    permission: Annotated[str, Field(min_length=1)]


class RoundPlan(Frozen):
    """Everything a worker needs.  Written by `rounds`, frozen in MongoDB, copied to Redis."""

    name: Annotated[str, Field(pattern=r"^[A-Za-z0-9][A-Za-z0-9_.-]{0,63}$")]
    units: tuple[UnitPlan, ...]
    depth: Annotated[int, Field(ge=0, le=MAX_DEPTH)] = 6
    delay: Annotated[float, Field(ge=0)] = 1.0  # seconds from the end of one grant of a host to the next
    host_concurrency: Annotated[int, Field(ge=1)] = 1
    server_concurrency: Annotated[int, Field(ge=0)] = 0  # hosts asked at once on one address; 0: each host by itself
    resolve: tuple[Resolve, ...] = ()
    allow_resource_hosts: tuple[str, ...] = ()
    allow_patterns: tuple[str, ...] = ()  # URL patterns that begin so (host first) are never cut as traps
    baseline: str = ""  # an earlier round: what has not changed since is neither fetched nor archived again
    samples: str = ""  # the round whose name fixes which pages are drawn for samples; empty: its own
    user_agent: str = "caifeng"
    lease_seconds: float = 60.0
    retry_delays: tuple[float, ...] = (30.0, 300.0)  # one deferred pass each
    retry_after_cap: float = 600.0  # seconds a server may ask us to stay away
    breaker_failures: int = 5  # unreachable in a row: then the host waits, longer each time
    breaker_seconds: float = 60.0
    breaker_gives_up: int = 8  # unreachable in a row: its queued URLs fail as `dead-host` without a request
    browser_pages: int = 4  # at once per worker
    rendering: tuple[RenderRule, ...] = ()
    robots_exceptions: tuple[RobotsException, ...] = ()
    hours: tuple[HostHours, ...] = ()
    proxy: str = ""  # http://host:port through which everything beyond the round's own private seeds is asked
    limits: Limits = Limits()
    version: Annotated[int, Field(ge=1)] = 1  # one more with every extension of the round
    schema_version: int = 1

    def rendering_of(self, host: str) -> Rendering:
        """How this host is fetched: an exact rule before a `*.` one, the nearest of these first."""
        found = [rule for rule in self.rendering if rule.host == host or _below(host, rule.host)]
        return max(found, key=lambda rule: (rule.host == host, len(rule.host))).how if found else Rendering.AUTO

    def unit_called(self, asked: str) -> UnitPlan | None:
        """The unit of this code or name."""
        return next((unit for unit in self.units if asked in {unit.code, unit.name}), None)

    def permitted(self, host: str) -> bool:
        """Whether the owner of this host has permitted what its robots.txt bars."""
        return any(one.host == host for one in self.robots_exceptions)


def map_entry(rules: tuple[Resolve, ...], host: str, port: int) -> Resolve | None:
    """The `--resolve` entry for a host and port; an exact one before a `*.` one."""
    for rule in rules:
        if rule.port == port and rule.host == host:
            return rule
    for rule in rules:
        if rule.port == port and rule.host.startswith("*.") and host.endswith(rule.host[1:]):
            return rule
    return None


def _below(host: str, rule: str) -> bool:
    return rule.startswith("*.") and (host == rule[2:] or host.endswith(rule[1:]))
