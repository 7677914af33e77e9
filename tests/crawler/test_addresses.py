"""From host names to addresses: the plan's map first, private addresses never."""

import asyncio
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crawler.errors import NotInResolveMap, PrivateAddress, Unresolved
from crawler.fetch.addresses import (
    PlanResolver,
    browser_arguments,
    browser_rules,
    carried,
    is_private,
    literal,
    own_private_hosts,
)
from crawler.plan import Resolve, RoundPlan, RuleKind, ScopeRule, UnitPlan, map_entry

MAP = (
    Resolve(host="*.hz.test", address="127.0.0.2", to_port=8002),
    Resolve(host="www.hz.test", address="127.0.0.1", to_port=8001),
    Resolve(host="www.hz.test", port=443, address="::1", to_port=8443),
)


def plan_of(*seeds: str, resolve: tuple[Resolve, ...] = ()) -> RoundPlan:
    """A plan of one unit with these seeds."""
    return RoundPlan(name="R", units=(UnitPlan(code="u", name="u", seeds=seeds, scope=()),), resolve=resolve)


async def looked_up(plan: RoundPlan, host: str, port: int) -> list[tuple[str, int]]:
    """(address, port) pairs, or our own error."""
    try:
        found = await PlanResolver(plan).resolve(host, port)
    except OSError as error:
        ours = carried(error)
        assert ours is not None
        raise ours from None
    return [(each["host"], each["port"]) for each in found]


async def test_the_map_gives_address_and_port() -> None:
    """An exact name before a suffix, each port by itself, IPv6 too."""
    plan = plan_of("http://www.hz.test/", resolve=MAP)
    assert await looked_up(plan, "www.hz.test", 80) == [("127.0.0.1", 8001)]
    assert await looked_up(plan, "a.b.hz.test", 80) == [("127.0.0.2", 8002)]
    assert await looked_up(plan, "www.hz.test", 443) == [("::1", 8443)]


@pytest.mark.parametrize(("host", "port"), [("hz.test", 80), ("a.hz.test", 443), ("xhz.test", 80), ("localhost", 80)])
async def test_a_name_outside_the_map_is_not_looked_up(host: str, port: int) -> None:
    """Not even one that the machine would know."""
    with pytest.raises(NotInResolveMap, match=f"{host}:{port}"):
        await looked_up(plan_of("http://www.hz.test/", resolve=MAP), host, port)


def test_the_first_of_two_suffixes_counts() -> None:
    """As the operator gave them."""
    both = (
        Resolve(host="*.b.test", address="1.1.1.1", to_port=1),
        Resolve(host="*.test", address="2.2.2.2", to_port=2),
    )
    assert map_entry(both, "a.b.test", 80) == both[0]
    assert map_entry(both[::-1], "a.b.test", 80) == both[1]
    assert map_entry(both, "test", 80) is None


async def test_names_that_lead_inside_are_refused() -> None:
    """The machine's own name, and decimal or short spellings of loopback, which the system's resolver understands."""
    plan = plan_of("http://www.gov.cn/")
    for host in ("localhost", "127.1", "2130706433", "0x7f000001"):
        with pytest.raises(PrivateAddress, match=r"127\.0\.0\.1|::1"):
            await looked_up(plan, host, 80)


async def test_a_seed_may_be_inside() -> None:
    """The operator named it, so it may be asked; its neighbours may not."""
    plan = plan_of("http://localhost:8000/")
    assert ("127.0.0.1", 8000) in await looked_up(plan, "localhost", 8000)
    resolver = PlanResolver(plan_of("http://127.0.0.1:8000/", "http://[::1]:8000/"))
    resolver.refuse_literal("127.0.0.1", 8000)
    resolver.refuse_literal("::1", 8000)
    with pytest.raises(PrivateAddress):
        resolver.refuse_literal("127.0.0.2", 8000)


async def test_a_name_nobody_knows_is_unresolved() -> None:
    """A label longer than DNS has, so that no packet leaves the machine."""
    with pytest.raises(Unresolved) as caught:
        await looked_up(plan_of("http://www.gov.cn/"), "a" * 64 + ".gov.cn", 80)
    assert not isinstance(caught.value, NotInResolveMap)


def test_literal_addresses_obey_the_same_rules() -> None:
    """Public ones pass; private ones do not; with a map, only those in it."""
    free = PlanResolver(plan_of("http://www.gov.cn/"))
    free.refuse_literal("www.gov.cn", 80)
    free.refuse_literal("8.8.8.8", 80)
    for host in ("127.0.0.1", "10.1.2.3", "169.254.169.254", "::1", "[fe80::1]", "::ffff:10.0.0.1", "0.0.0.0"):
        with pytest.raises(PrivateAddress):
            free.refuse_literal(host, 80)
    with pytest.raises(NotInResolveMap):
        PlanResolver(plan_of("http://www.hz.test/", resolve=MAP)).refuse_literal("8.8.8.8", 80)


@pytest.mark.parametrize(
    ("address", "private"),
    [
        ("8.8.8.8", False), ("2001:4860:4860::8888", False), ("127.0.0.1", True), ("10.0.0.1", True),
        ("172.31.0.1", True), ("192.168.1.1", True), ("100.64.0.1", True), ("169.254.0.1", True), ("0.0.0.0", True),
        ("255.255.255.255", True), ("224.0.0.1", True), ("239.1.1.1", True), ("::", True), ("::1", True),
        ("fe80::1%eth0", True), ("fd00::1", True), ("ff02::1", True), ("::ffff:192.168.0.1", True),
    ],
)  # fmt: skip
def test_what_is_private(address: str, private: bool) -> None:  # noqa: FBT001
    """Everything that is not one machine of the public internet."""
    assert is_private(address) is private


@given(st.ip_addresses())
def test_every_address_is_told(address: Any) -> None:
    """In or out, and read back from its text."""
    assert is_private(str(address)) in {True, False}
    assert literal(str(address)) == address
    assert literal(f"[{address}]") == address


def test_own_hosts_are_the_seeds_that_are_inside() -> None:
    """A public name or address of a seed frees nothing."""
    plan = plan_of("http://127.0.0.1:1/", "http://localhost/", "http://8.8.8.8/", "http://a.gov.cn/", "http://[::1]/")
    assert own_private_hosts(plan) == {"127.0.0.1", "localhost", "::1"}


def test_the_browser_gets_the_same_map() -> None:
    """Exact names first, brackets where Chromium wants them, everything else is not found."""
    assert browser_rules(plan_of("http://www.hz.test/", resolve=MAP)) == (
        "MAP www.hz.test:80 127.0.0.1:8001, MAP www.hz.test:443 [::1]:8443, MAP *.hz.test:80 127.0.0.2:8002, "
        "MAP * ~NOTFOUND"
    )


def test_the_browser_without_a_map_keeps_off_this_machine() -> None:
    """Unless a seed names it."""
    assert browser_rules(plan_of("http://a.gov.cn/")) == "MAP localhost ~NOTFOUND, MAP *.localhost ~NOTFOUND"
    assert browser_rules(plan_of("http://localhost:8000/")) == ""
    assert "EXCLUDE 127.0.0.1" in browser_rules(plan_of("http://127.0.0.1:8000/", resolve=MAP))


def test_the_browser_connects_to_the_scope_alone() -> None:
    """Suffixes with their subdomains, exact hosts with www., allowed resources; each on its own ports; no loopback."""
    rules = (
        ScopeRule(kind=RuleKind.SUFFIX, host="hz.gov.cn"),
        ScopeRule(kind=RuleKind.AREA, host="zw.cn", value="3301"),
        ScopeRule(kind=RuleKind.HOST, host="[::1]:8000"),
    )
    unit = UnitPlan(code="u", name="u", seeds=(), scope=rules)
    plan = RoundPlan(name="R", units=(unit, unit), allow_resource_hosts=("cdn.cn:81",))
    assert _bypassed(browser_arguments(plan)) == [
        "<-loopback>", "hz.gov.cn:80", "hz.gov.cn:443", "*.hz.gov.cn:80", "*.hz.gov.cn:443",
        "zw.cn:80", "zw.cn:443", "www.zw.cn:80", "www.zw.cn:443", "[::1]:8000",
        "cdn.cn:81", "www.cdn.cn:81",
    ]  # fmt: skip


async def test_an_answer_is_kept_for_a_while(monkeypatch: pytest.MonkeyPatch) -> None:
    """A crawl asks one name thousands of times, the system's resolver once."""
    asked = []
    loop = asyncio.get_running_loop()
    original = loop.getaddrinfo

    async def counted(*args: Any, **words: Any) -> Any:
        asked.append(args)
        return await original(*args, **words)

    monkeypatch.setattr(loop, "getaddrinfo", counted)
    resolver = PlanResolver(plan_of("http://localhost/"))
    assert await resolver.resolve("localhost", 80) == await resolver.resolve("localhost", 80)
    assert len(asked) == 1


def _bypassed(arguments: tuple[str, ...]) -> list[str]:
    (given,) = [one for one in arguments if one.startswith("--proxy-bypass-list=")]
    return given.partition("=")[2].split(";")
