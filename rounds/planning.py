"""From what the operator asked to a round's frozen plan.  Pure: no clock, no network, no store.

Scope (the contract's section on it): a portal or an ad-hoc site covers its host, without `www.`, and its subdomains,
never a public suffix; a service platform shared by a province is an exact host; so is an address or a bare host name.
"""

import ipaddress
import math
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Final
from urllib.parse import urlsplit

import tldextract
from w3lib.url import safe_url_string

from crawler.plan import (
    MAX_DEPTH,
    Rendering,
    RenderRule,
    Resolve,
    RobotsException,
    RoundPlan,
    RuleKind,
    ScopeRule,
    UnitPlan,
    map_entry,
)
from rounds.refusals import BadPlan, UnknownUnit
from rounds.registry import UnitRow, host_name, web_url
from rounds.ways import leaves_by_proxy, parse_hours, parse_proxy

PRODUCT: Final = "caifeng/0.1"  # what robots.txt groups and access logs know us by
NAME: Final = re.compile(r"[A-Za-z0-9][A-Za-z0-9_.-]{0,63}")
PREFIX: Final = re.compile(r"([0-9]{1,5})\*")
LOOPBACK_ONLY: Final = "(loopback only)"  # ends the user agent of a round that asks nobody else
EVERY_UNIT: Final = "all"
MAX_HOST_CONCURRENCY: Final = 64  # more grants at once than any one server of ours needs under load tests
SERVER_CONCURRENCY: Final = 4  # hosts of one address asked at once (docs/decisions/0020-servers.md)
DEFAULT_PORTS: Final[Mapping[str, int]] = {"http": 80, "https": 443}
# The public suffix list bundled with tldextract: no download, the same answer on every machine.
SUFFIXES: Final = tldextract.TLDExtract(suffix_list_urls=(), cache_dir=None, include_psl_private_domains=False)


@dataclass(frozen=True, slots=True)
class Wanted:
    """What `round new` was given, before anything is checked."""

    name: str
    units: tuple[UnitRow, ...] = ()
    sites: tuple[str, ...] = ()
    depth: int = 6
    delay: float = 1.0
    host_concurrency: int = 1
    server_concurrency: int = SERVER_CONCURRENCY
    resolve: tuple[str, ...] = ()
    allow_resource_hosts: tuple[str, ...] = ()
    allow_patterns: tuple[str, ...] = ()
    render: tuple[str, ...] = ()
    robots_exceptions: tuple[str, ...] = ()
    hours: tuple[str, ...] = ()
    proxy: str = ""
    samples: str = ""  # what another round's draws are fixed by
    baseline: str = ""  # an earlier round's name; that it exists is the caller's to know
    organisation: str = ""
    contact: str = ""


def make_plan(wanted: Wanted) -> RoundPlan:
    """Return the frozen plan; BadPlan, one sentence, on the first thing that cannot be."""
    check_name(wanted.name)
    _check_numbers(wanted)
    resolve = parse_resolve(wanted.resolve)
    units = (*(unit_plan(row) for row in wanted.units), *site_plans(wanted.sites))
    if not units:
        raise BadPlan("没有要采集的单位：请给出 --units 或 --site")
    seeds = [seed for unit in units for seed in unit.seeds]
    return RoundPlan(
        name=wanted.name,
        units=units,
        depth=wanted.depth,
        delay=wanted.delay,
        host_concurrency=wanted.host_concurrency,
        server_concurrency=wanted.server_concurrency,
        resolve=resolve,
        allow_resource_hosts=tuple(_resource_host(host) for host in wanted.allow_resource_hosts),
        allow_patterns=tuple(_pattern(text) for text in wanted.allow_patterns),
        rendering=tuple(_render_rule(text) for text in wanted.render),
        robots_exceptions=tuple(_robots_exception(text) for text in wanted.robots_exceptions),
        hours=parse_hours(wanted.hours),
        proxy=parse_proxy(wanted.proxy),
        samples=wanted.samples,
        baseline=_baseline(wanted),
        user_agent=user_agent(
            wanted.organisation,
            wanted.contact,
            required=leaves_loopback(seeds, resolve) or leaves_by_proxy(wanted.proxy),
        ),
    )


def _baseline(wanted: Wanted) -> str:
    if wanted.baseline == wanted.name:
        raise BadPlan(f"轮次 {wanted.name} 不能以自己为基准：--baseline 给一个早先的轮次")
    return wanted.baseline


def _pattern(text: str) -> str:
    """The beginning of a URL pattern as `status --traps` prints them, with its host and no scheme."""
    bare = text.strip().removeprefix("http://").removeprefix("https://").removeprefix("www.")
    if "." not in bare.partition("/")[0] or any(letter.isspace() for letter in bare):
        raise BadPlan(f"网址样式 {text!r} 不对：以主机名开头，例如 www.example.gov.cn/rili/")
    return bare


def check_name(name: str) -> None:
    """Raise BadPlan when no round can be called `name`."""
    if not NAME.fullmatch(name):
        raise BadPlan(f"轮次名 {name!r} 不行：只用字母、数字、点、横线、下划线，以字母或数字开头，最长 64 个字符")


def _check_numbers(wanted: Wanted) -> None:
    if not 0 <= wanted.depth <= MAX_DEPTH:
        raise BadPlan(f"深度 --depth 应在 0 到 {MAX_DEPTH} 之间，实为 {wanted.depth}")
    if not math.isfinite(wanted.delay) or wanted.delay < 0:
        raise BadPlan(f"间隔 --delay 应为不小于 0 的秒数，实为 {wanted.delay}")
    _check_server(wanted.server_concurrency)
    if not 1 <= wanted.host_concurrency <= MAX_HOST_CONCURRENCY:
        raise BadPlan(
            f"同一主机并发 --host-concurrency 应在 1 到 {MAX_HOST_CONCURRENCY} 之间，实为 {wanted.host_concurrency}"
        )


def _check_server(number: int) -> None:
    if not 0 <= number <= MAX_HOST_CONCURRENCY:
        raise BadPlan(f"同一服务器并发 --server-concurrency 应在 0 到 {MAX_HOST_CONCURRENCY} 之间，实为 {number}")


def select(registry: Sequence[UnitRow], chosen: Iterable[str], on: date) -> tuple[UnitRow, ...]:
    """Pick units that stood on a day: `all`, a code, a code's first digits with `*` (`13*`), or an exact name; several by comma.

    In registry order, each once.  UnknownUnit names everything that fits nothing, and each unit named by itself that did not
    stand on that day, with who took it over.
    """
    words = [word.strip() for text in chosen for word in text.split(",") if word.strip()]
    unknown = [word for word in words if not any(_fits(row, word) for row in registry)]
    if unknown and not registry:
        raise UnknownUnit("单位库还是空的：先用 caifeng units import 文件 导入单位表")
    if unknown:
        raise UnknownUnit(f"单位库里没有：{'、'.join(unknown)}（caifeng units list 可以查看）")
    gone = [row for row in registry if not row.stood_on(on) and set(words) & {row.code, row.name, row.short_name}]
    if gone:
        raise UnknownUnit(f"{on} 这一天没有：{'；'.join(map(_told, gone))}。要照旧采，用 --as-of 给那时的日期")
    return tuple(row for row in registry if row.stood_on(on) and any(_fits(row, word) for word in words))


def _told(row: UnitRow) -> str:
    """When a unit stood, and who took it over."""
    since = f"{row.valid_from} 起" if row.valid_from else ""
    until = f"到 {row.valid_to} 为止" if row.valid_to else ""
    heir = f"，由 {row.succeeded_by} 承接" if row.succeeded_by else ""
    return f"{row.code} {row.name}（{since}{until}{heir}）"


def _fits(row: UnitRow, word: str) -> bool:
    prefix = PREFIX.fullmatch(word)
    if prefix is not None:
        return row.code.startswith(prefix.group(1))
    return word == EVERY_UNIT or word in {row.code, row.name, row.short_name}


def unit_plan(row: UnitRow) -> UnitPlan:
    """Return a registry unit's seeds (portal, service platform, approved sites) and scope."""
    seeds = [seed_url(row.portal_url)]
    scope = [wide_rule(row.portal_url), *(wide_rule(url) for url in row.portal_alt)]
    if row.service_url:
        seeds.append(seed_url(row.service_url))
        own = row.service_scope == "city"
        scope.append(wide_rule(row.service_url) if own else exact_rule(row.service_url))
    for site in row.sites:  # approved one by one, so each by itself
        seeds.append(seed_url(site))
        scope.append(exact_rule(site))
    return UnitPlan(code=row.code, name=row.name, seeds=tuple(dict.fromkeys(seeds)), scope=tuple(dict.fromkeys(scope)))


def site_plans(sites: Sequence[str]) -> tuple[UnitPlan, ...]:
    """Return one ad-hoc unit per host named, called after it; BadPlan when a site is not an http(s) URL."""
    by_host: dict[str, list[str]] = {}
    for site in sites:
        try:
            web_url(site)
        except ValueError as error:
            raise BadPlan(f"--site {site}：{error}") from error
        seed = seed_url(site)
        by_host.setdefault(canonical_host(seed), []).append(seed)
    return tuple(
        UnitPlan(code=host, name=host, seeds=tuple(dict.fromkeys(seeds)), scope=(wide_rule(seeds[0]),))
        for host, seeds in by_host.items()
    )


def seed_url(url: str) -> str:
    """Return `url` as it is to be fetched: escaped, its host in ASCII, without fragment, with a path."""
    parts = urlsplit(safe_url_string(url))
    return parts._replace(scheme=parts.scheme.lower(), path=parts.path or "/", fragment="").geturl()


def canonical_host(url: str) -> str:
    """Return the URL's host as scope rules name it: lower case, no `www.`, its port only when it is not the default."""
    parts = urlsplit(url)
    host = host_name(parts.hostname or "").removeprefix("www.")
    shown = f"[{host}]" if ":" in host else host
    return shown if parts.port in {None, DEFAULT_PORTS.get(parts.scheme.lower())} else f"{shown}:{parts.port}"


def wide_rule(url: str) -> ScopeRule:
    """Return the rule for a host and its subdomains; for an address, a bare name or a public suffix the host alone."""
    host = canonical_host(url)
    name = host_name(urlsplit(url).hostname or "").removeprefix("www.")
    alone = is_address(name) or "." not in name or SUFFIXES(name).suffix == name
    return ScopeRule(kind=RuleKind.HOST if alone else RuleKind.SUFFIX, host=host)


def exact_rule(url: str) -> ScopeRule:
    """Return the rule for this host alone."""
    return ScopeRule(kind=RuleKind.HOST, host=canonical_host(url))


def is_address(name: str) -> bool:
    """Tell an IP address from a host name."""
    try:
        ipaddress.ip_address(name)
    except ValueError:
        return False
    return True


def parse_resolve(entries: Sequence[str]) -> tuple[Resolve, ...]:
    """Parse `HOST[:PORT]=ADDRESS[:PORT]` entries; BadPlan names the first that cannot be or contradicts another."""
    found: dict[tuple[str, int], Resolve] = {}
    for entry in entries:
        try:
            resolve = resolve_entry(entry)
        except ValueError as error:
            raise BadPlan(
                f"--resolve {entry}：{error}；写法是 主机[:端口]=地址[:端口]，例如 a.gov.cn=127.0.0.1:8080"
            ) from error
        if found.setdefault((resolve.host, resolve.port), resolve) != resolve:
            raise BadPlan(f"--resolve 对 {resolve.host}:{resolve.port} 给了两个不同的地址")
    return tuple(found.values())


def resolve_entry(entry: str) -> Resolve:
    """One entry.  Raises ValueError, in Chinese."""
    left, equals, right = entry.partition("=")
    if not equals:
        raise ValueError("缺少等号")
    host, port = _host_port(left, default=DEFAULT_PORTS["http"])
    wildcard = host.startswith("*.")
    name = host_name(host.removeprefix("*."))
    if is_address(name):
        raise ValueError("等号左边应是主机名，不是地址")
    address, to_port = _host_port(right, default=port)
    try:
        return Resolve(
            host=f"*.{name}" if wildcard else name,
            port=port,
            address=str(ipaddress.ip_address(address)),
            to_port=to_port,
        )
    except ValueError as error:
        raise ValueError(f"等号右边应是 IP 地址（IPv6 加方括号），实为 {address!r}") from error


def _host_port(text: str, *, default: int) -> tuple[str, int]:
    if text.startswith("["):
        host, closed, rest = text[1:].partition("]")
        if not closed or (rest and not rest.startswith(":")):
            raise ValueError("方括号不成对")
        colon, port = rest[:1], rest[1:]
    else:
        host, colon, port = text.partition(":")
    if not colon:
        return host, default
    if not (port.isascii() and port.isdigit() and 1 <= int(port) <= 65535):
        raise ValueError(f"端口应在 1 到 65535 之间，实为 {port!r}")
    return host, int(port)


def leaves_loopback(seeds: Sequence[str], resolve: Sequence[Resolve]) -> bool:
    """Tell whether a crawl from these seeds could send anything to another machine.

    It cannot when every address of the resolve map is a loopback one and every seed is in the map or itself loopback:
    with a map no other name is looked up, and without one a seed that is a loopback address has no subdomains.
    """
    if any(not ipaddress.ip_address(entry.address).is_loopback for entry in resolve):
        return True
    return not all(_stays(seed, resolve) for seed in seeds)


def _stays(seed: str, resolve: Sequence[Resolve]) -> bool:
    parts = urlsplit(seed)
    host = parts.hostname or ""
    port = parts.port or DEFAULT_PORTS[parts.scheme]
    if is_address(host):
        return ipaddress.ip_address(host).is_loopback
    return host == "localhost" or map_entry(tuple(resolve), host, port) is not None


def user_agent(organisation: str, contact: str, *, required: bool) -> str:
    """Return the user agent: who collects, and where to complain.  BadPlan when `required` and not said, or unsayable."""
    organisation, contact = organisation.strip(), contact.strip()
    if not organisation and not contact and not required:
        return f"{PRODUCT} {LOOPBACK_ONLY}"
    if not organisation or not contact:
        raise BadPlan(
            "要访问本机以外的网站，先说明是谁在采集：用 --organisation 和 --contact，"
            "或环境变量 CAIFENG_ORGANISATION 和 CAIFENG_CONTACT（联系网址）"
        )
    if not (organisation.isascii() and organisation.isprintable()) or set(organisation) & set("()"):
        raise BadPlan(f"机构名 {organisation!r} 要写进请求头，只能用不带括号的英文或拼音")
    try:
        web_url(contact)
    except ValueError as error:
        raise BadPlan(f"联系网址 --contact 不行：{error}") from error
    return f"{PRODUCT} (+{seed_url(contact)}; {organisation})"


def _resource_host(host: str) -> str:
    try:
        return host_name(host)
    except ValueError as error:
        raise BadPlan(f"--allow-resource-host {host}：{error}") from error


def _render_rule(text: str) -> RenderRule:
    host, _, how = text.partition("=")
    if how not in set(Rendering):
        raise BadPlan(
            f"--render {text}：写成 主机=怎样，怎样是 {'、'.join(Rendering)} 之一，例如 zwfw.example.gov.cn=browser"
        )
    below = "*." if host.startswith("*.") else ""
    return RenderRule(host=below + _host_of("--render", text, host.removeprefix("*.")), how=Rendering(how))


def _robots_exception(text: str) -> RobotsException:
    host, _, permission = text.partition("=")
    if not permission.strip():
        raise BadPlan(
            f"--robots-exception {text}：写成 主机=许可，许可写明谁、何时、怎样同意，例如 www.example.gov.cn=办公室3月2日来函"
        )
    return RobotsException(host=_host_of("--robots-exception", text, host), permission=permission.strip())


def _host_of(option: str, text: str, host: str) -> str:
    """A host as keys name it: without `www.`, with its port where that is not 80."""
    name, _, port = host.partition(":")
    if port and not (port.isdecimal() and 0 < int(port) < 65536):
        raise BadPlan(f"{option} {text}：端口 {port} 不是 1 到 65535 的数字")
    try:
        name = host_name(name).removeprefix("www.")
    except ValueError as error:
        raise BadPlan(f"{option} {text}：{error}") from error
    return f"{name}:{int(port)}" if port and int(port) != 80 else name
