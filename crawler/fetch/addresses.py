"""From a host name to the address that may be asked: the plan's `--resolve` map first, private addresses never.

The same rules serve the HTTP client (as its resolver) and the browser (as its host-resolver-rules).
"""

from __future__ import annotations

import asyncio
import ipaddress
import socket
from typing import Final
from urllib.parse import urlsplit

from aiohttp.abc import AbstractResolver, ResolveResult

from crawler.errors import NotInResolveMap, PrivateAddress, Unresolved
from crawler.plan import RoundPlan, RuleKind, map_entry

NOWHERE: Final = "127.0.0.1:9"  # the discard port: where the browser's requests to foreign hosts are sent to fail
PROXY_NAME: Final = "outbound.invalid:3128"  # what the browser calls our relay to the round's proxy
DNS_SECONDS: Final = 300.0  # how long an answer is kept: a crawl asks one name thousands of times


def literal(host: str) -> ipaddress.IPv4Address | ipaddress.IPv6Address | None:
    """The address a host literally is, if it is one."""
    try:
        return ipaddress.ip_address(host.strip("[]"))
    except ValueError:
        return None


def is_private(address: str) -> bool:
    """Anything that is not an address of the public internet: loopback, private, link-local, multicast, reserved."""
    found = ipaddress.ip_address(address.partition("%")[0])
    return found.is_multicast or not found.is_global


class PlanResolver(AbstractResolver):
    """aiohttp's resolver for one round.  Raises (wrapped in OSError) Unresolved, NotInResolveMap or PrivateAddress."""

    def __init__(self, plan: RoundPlan) -> None:
        self._rules = plan.resolve
        self._own = own_private_hosts(plan)
        self._proxy = urlsplit(plan.proxy).hostname or ""  # the operator named it, wherever it is
        self._kept: dict[tuple[str, int], tuple[float, list[ResolveResult]]] = {}

    async def resolve(
        self, host: str, port: int = 0, family: socket.AddressFamily = socket.AF_UNSPEC
    ) -> list[ResolveResult]:
        """Addresses to try, each with the port to connect to."""
        if self._rules and host != self._proxy:
            rule = map_entry(self._rules, host, port)
            if rule is None:
                message = f"{host}:{port} is not in the round's --resolve map, and no other name is looked up"
                raise _Carrier(NotInResolveMap(message))
            return [_result(host, rule.address, rule.to_port)]
        now = asyncio.get_running_loop().time()
        kept = self._kept.get((host, port))
        if kept and kept[0] > now:
            return kept[1]
        found = await self._look_up(host, port, family)
        self._kept[(host, port)] = (now + DNS_SECONDS, found)
        return found

    async def close(self) -> None:
        """Nothing is held open."""

    def refuse_unmapped(self, host: str, port: int) -> None:
        """A proxy looks names up for us: of a round with a map it is asked for those of the map alone."""
        if self._rules and host not in self._own and map_entry(self._rules, host, port) is None:
            message = f"{host}:{port} is not in the round's --resolve map"
            raise NotInResolveMap(message)

    def refuse_literal(self, host: str, port: int) -> None:
        """Aiohttp does not ask a resolver about literal addresses: the same rules for them, before the request."""
        address = literal(host)
        if address is None or host in self._own:
            return
        if self._rules and map_entry(self._rules, host, port) is None:
            message = f"{host}:{port} is not in the round's --resolve map"
            raise NotInResolveMap(message)
        if is_private(str(address)):
            message = f"{host} is a private address that no seed of the round names"
            raise PrivateAddress(message)

    async def _look_up(self, host: str, port: int, family: socket.AddressFamily) -> list[ResolveResult]:
        loop = asyncio.get_running_loop()
        try:
            infos = await loop.getaddrinfo(host, port, type=socket.SOCK_STREAM, family=family)
        except (OSError, UnicodeError) as error:
            raise _Carrier(Unresolved(f"no address for {host}: {error}")) from error
        addresses = list(dict.fromkeys(str(info[4][0]) for info in infos))
        if host not in self._own | {self._proxy} and any(is_private(address) for address in addresses):
            message = f"{host} leads to the private address {addresses[0]}, which no seed of the round names"
            raise _Carrier(PrivateAddress(message))
        return [_result(host, address, port) for address in addresses]


class _Carrier(OSError):
    """Takes one of our errors through aiohttp, which passes only OSError on."""

    def __init__(self, error: Exception) -> None:
        super().__init__(str(error))
        self.error = error


def carried(error: BaseException | None) -> Exception | None:
    """Our own error out of what aiohttp wrapped."""
    while error is not None:
        if isinstance(error, _Carrier):
            return error.error
        inner = getattr(error, "os_error", None)
        error = inner if isinstance(inner, BaseException) and inner is not error else error.__cause__
    return None


def own_private_hosts(plan: RoundPlan) -> frozenset[str]:
    """Seed hosts that are private themselves (a literal address or localhost): the operator named them."""
    hosts = {urlsplit(seed).hostname or "" for unit in plan.units for seed in unit.seeds}
    return frozenset(
        host for host in hosts if host == "localhost" or ((found := literal(host)) and is_private(str(found)))
    )


def browser_arguments(plan: RoundPlan, relay: int = 0) -> tuple[str, ...]:
    """Chromium's arguments that keep it to the plan's hosts: straight to them, or through our relay on port `relay`."""
    proxy, past = (PROXY_NAME, own_private_hosts(plan)) if relay else (NOWHERE, reachable(plan))
    return (
        f"--host-resolver-rules={relay_rules(plan, relay) if relay else browser_rules(plan)}",
        f"--proxy-server={proxy}",
        f"--proxy-bypass-list={';'.join(['<-loopback>', *past])}",
    )


def relay_rules(plan: RoundPlan, port: int) -> str:
    """Behind a proxy the browser looks nothing up but the relay, and that only under a name of ours.

    Were its own address left reachable, a page's script could ask any port there.
    """
    own = [f"EXCLUDE {host}" for host in sorted(own_private_hosts(plan))]
    return ", ".join([f"MAP {PROXY_NAME} 127.0.0.1:{port}", *own, "MAP * ~NOTFOUND"])


def browser_rules(plan: RoundPlan) -> str:
    """The same map as Chromium's --host-resolver-rules; '' when the round has none."""
    if not plan.resolve:
        named = "localhost" in own_private_hosts(plan)
        return "" if named else "MAP localhost ~NOTFOUND, MAP *.localhost ~NOTFOUND"
    rules = sorted(plan.resolve, key=lambda rule: rule.host.startswith("*."))
    shown = [f"MAP {rule.host}:{rule.port} {_bracketed(rule.address)}:{rule.to_port}" for rule in rules]
    shown += [f"EXCLUDE {host}" for host in sorted(own_private_hosts(plan))]
    return ", ".join([*shown, "MAP * ~NOTFOUND"])


def reachable(plan: RoundPlan) -> list[str]:
    """Hosts the browser may connect to, each with its port, `*.` before what has hosts below it.

    Anything else it is sent to a dead proxy for.  Requests can be stopped one by one as well, but not all pass there: a
    redirect's next hop, a socket, a popup, a preloaded page do not.
    """
    names: dict[str, None] = {}
    for rule in (rule for unit in plan.units for rule in unit.scope):
        inner = "*." if rule.kind is RuleKind.SUFFIX else "www."
        names |= dict.fromkeys((rule.host, *_below(inner, rule.host)))
    for host in plan.allow_resource_hosts:
        names |= dict.fromkeys((host, *_below("www.", host)))
    shown = [name if has_port(name) else f"{name}:{port}" for name in names for port in (80, 443)]
    return list(dict.fromkeys(shown))


def _below(inner: str, host: str) -> tuple[str, ...]:
    """An address has nothing below it."""
    return () if literal(urlsplit(f"//{host}").hostname or "") else (f"{inner}{host}",)


def has_port(host: str) -> bool:
    """Whether a canonical host names its port."""
    return host.rpartition("]")[2].rpartition(":")[1] == ":"


def _bracketed(address: str) -> str:
    return f"[{address}]" if ":" in address else address


def _result(host: str, address: str, port: int) -> ResolveResult:
    family = socket.AF_INET6 if ":" in address else socket.AF_INET
    return ResolveResult(hostname=host, host=address, port=port, family=family, proto=0, flags=socket.AI_NUMERICHOST)
