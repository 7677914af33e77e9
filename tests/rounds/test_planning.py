"""From the operator's words to a frozen plan."""

from dataclasses import replace
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crawler.exits import Exit
from crawler.plan import Resolve, RuleKind, ScopeRule
from rounds.planning import (
    Wanted,
    canonical_host,
    leaves_loopback,
    make_plan,
    parse_resolve,
    select,
    unit_plan,
    wide_rule,
)
from rounds.refusals import BadPlan, Refusal, UnknownUnit
from rounds.registry import UnitRow

LOCAL = Wanted(name="r1", sites=("http://a.test/",), resolve=("a.test=127.0.0.1:8080",))
CITY = UnitRow(
    code="130100",
    name="石家庄市",
    short_name="石家庄",
    portal_url="http://www.sjz.gov.cn/",
    portal_alt="http://old.sjz.cn/ (P1)",
    service_url="http://zwfw.hebei.gov.cn/",
    service_scope="province",
)
PROVINCE = UnitRow(code="110000", name="北京市", portal_url="http://www.beijing.gov.cn/")

TODAY = date(2026, 11, 30)


@pytest.mark.parametrize(
    ("url", "kind", "host"),
    [
        ("http://www.sjz.gov.cn/", RuleKind.SUFFIX, "sjz.gov.cn"),
        ("https://WWW.Sjz.GOV.cn/a/b.html", RuleKind.SUFFIX, "sjz.gov.cn"),
        ("http://zwfw.hebei.gov.cn/", RuleKind.SUFFIX, "zwfw.hebei.gov.cn"),
        ("http://a.test:8080/", RuleKind.SUFFIX, "a.test:8080"),
        ("http://a.test:80/", RuleKind.SUFFIX, "a.test"),
        ("https://a.test:443/", RuleKind.SUFFIX, "a.test"),
        ("https://a.test:80/", RuleKind.SUFFIX, "a.test:80"),
        ("http://www.gov.cn/", RuleKind.HOST, "gov.cn"),
        ("http://gov.cn/", RuleKind.HOST, "gov.cn"),
        ("http://com.cn/", RuleKind.HOST, "com.cn"),
        ("http://127.0.0.1:9000/", RuleKind.HOST, "127.0.0.1:9000"),
        ("http://[::1]:9000/", RuleKind.HOST, "[::1]:9000"),
        ("http://localhost:9000/", RuleKind.HOST, "localhost:9000"),
        ("http://政务.cn/", RuleKind.SUFFIX, "xn--zfr164b.cn"),
    ],
)
def test_a_site_covers_its_host_and_subdomains_never_a_public_suffix(url: str, kind: RuleKind, host: str) -> None:
    """The wide rule, over names, ports, addresses and public suffixes."""
    assert wide_rule(url) == ScopeRule(kind=kind, host=host)


def test_a_city_on_a_provincial_platform_gets_that_host_alone() -> None:
    """The platform shared by a province is an exact host; a city's own platform is wide; both are seeds."""
    shared = unit_plan(CITY)
    assert shared.seeds == ("http://www.sjz.gov.cn/", "http://zwfw.hebei.gov.cn/")
    assert shared.scope == (
        ScopeRule(kind=RuleKind.SUFFIX, host="sjz.gov.cn"),
        ScopeRule(kind=RuleKind.SUFFIX, host="old.sjz.cn"),
        ScopeRule(kind=RuleKind.HOST, host="zwfw.hebei.gov.cn"),
    )
    own = unit_plan(CITY.model_copy(update={"service_scope": "city"}))
    assert own.scope[-1] == ScopeRule(kind=RuleKind.SUFFIX, host="zwfw.hebei.gov.cn")


def test_sites_become_units_named_after_their_hosts() -> None:
    """Two spellings of one host are one unit with two seeds; a path, a query and Chinese letters survive escaped."""
    plan = make_plan(
        replace(
            LOCAL,
            sites=("http://a.test", "http://www.a.test/政务?x=1#top", "http://b.test:81/"),
            contact="http://c.test/",
            organisation="Office",
        )
    )
    assert [(unit.code, unit.name) for unit in plan.units] == [("a.test", "a.test"), ("b.test:81", "b.test:81")]
    assert plan.units[0].seeds == ("http://a.test/", "http://www.a.test/%E6%94%BF%E5%8A%A1?x=1")


def test_the_plan_carries_every_option() -> None:
    """What was asked for is what workers will read."""
    plan = make_plan(
        replace(
            LOCAL,
            depth=0,
            delay=0.0,
            host_concurrency=3,
            allow_resource_hosts=("CDN.test",),
            units=(CITY,),
            organisation="City Office",
            contact="https://o.test/about",
        )
    )
    assert (plan.depth, plan.delay, plan.host_concurrency) == (0, 0.0, 3)
    assert plan.allow_resource_hosts == ("cdn.test",)
    assert plan.user_agent == "caifeng/0.1 (+https://o.test/about; City Office)"
    assert [unit.code for unit in plan.units] == ["130100", "a.test"]
    assert plan.resolve == (Resolve(host="a.test", port=80, address="127.0.0.1", to_port=8080),)


@pytest.mark.parametrize(
    ("entry", "expected"),
    [
        ("a.test=127.0.0.1", ("a.test", 80, "127.0.0.1", 80)),
        ("a.test=127.0.0.1:8080", ("a.test", 80, "127.0.0.1", 8080)),
        ("A.Test:443=127.0.0.1:8443", ("a.test", 443, "127.0.0.1", 8443)),
        ("a.test:443=127.0.0.1", ("a.test", 443, "127.0.0.1", 443)),
        ("*.a.test=[::1]:8080", ("*.a.test", 80, "::1", 8080)),
        ("a.test=[::1]", ("a.test", 80, "::1", 80)),
    ],
)
def test_resolve_is_read_as_curl_reads_it(entry: str, expected: tuple[str, int, str, int]) -> None:
    """Without a port http only; without a target port the same port; IPv6 in brackets; wildcards."""
    (found,) = parse_resolve([entry])
    assert (found.host, found.port, found.address, found.to_port) == expected


@pytest.mark.parametrize(
    "entry",
    [
        "a.test",
        "a.test=",
        "=127.0.0.1",
        "a.test=b.test",
        "a.test:0=127.0.0.1",
        "a.test:x=127.0.0.1",
        "a.test=127.0.0.1:99999",
        "a.test=[::1",
        "a.test=::1",
        "*.=127.0.0.1",
        "127.0.0.1=127.0.0.1",
        "a.*.test=127.0.0.1",
        "a.test=127.0.0.1:",
        "a.test=[::1]x",
    ],
)
def test_a_malformed_resolve_is_refused_by_name(entry: str) -> None:
    """The sentence names the entry and shows the right form."""
    with pytest.raises(BadPlan) as caught:
        parse_resolve([entry])
    assert f"--resolve {entry}" in str(caught.value)
    assert "主机[:端口]=地址[:端口]" in str(caught.value)


def test_contradicting_resolve_entries_are_refused_and_repeated_ones_are_one() -> None:
    """The same entry twice is harmless; two addresses for one name are not."""
    assert len(parse_resolve(["a.test=127.0.0.1", "a.test=127.0.0.1"])) == 1
    with pytest.raises(BadPlan, match="两个不同的地址"):
        parse_resolve(["a.test=127.0.0.1", "a.test=127.0.0.2"])


@pytest.mark.parametrize(
    ("seeds", "resolve", "leaves"),
    [
        (["http://a.test/"], ["a.test=127.0.0.1:1"], False),
        (["http://a.test/"], ["*.test=[::1]:1"], False),
        (["http://127.0.0.1:8080/", "http://localhost/"], [], False),
        (["http://[::1]/"], [], False),
        (["http://a.test/"], [], True),
        (["https://a.test/"], ["a.test=127.0.0.1:1"], True),
        (["http://a.test/", "http://b.test/"], ["a.test=127.0.0.1:1"], True),
        (["http://a.test/"], ["a.test=10.0.0.1:1"], True),
        (["http://10.0.0.1/"], [], True),
    ],
)
def test_a_crawl_stays_on_loopback_only_when_every_seed_and_address_does(
    seeds: list[str], resolve: list[str], *, leaves: bool
) -> None:
    """The rule that decides whether the operator must say who they are."""
    assert leaves_loopback(seeds, parse_resolve(resolve)) is leaves


def test_the_operator_must_say_who_they_are_before_leaving_loopback() -> None:
    """On loopback nobody is asked; elsewhere both words are, and the contact is a web address."""
    assert make_plan(LOCAL).user_agent == "caifeng/0.1 (loopback only)"
    away = replace(LOCAL, resolve=())
    for organisation, contact, words in [
        ("", "", "CAIFENG_ORGANISATION"),
        ("Office", "", "CAIFENG_CONTACT"),
        ("", "http://c.test/", "CAIFENG_ORGANISATION"),
        ("市局", "http://c.test/", "拼音"),
        ("Office\r\nX: y", "http://c.test/", "拼音"),
        ("Office", "c.test", "--contact"),
    ]:
        with pytest.raises(BadPlan) as caught:
            make_plan(replace(away, organisation=organisation, contact=contact))
        assert words in str(caught.value)


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"name": ""}, "轮次名"),
        ({"name": "2026 Q4"}, "轮次名"),
        ({"name": "../x"}, "轮次名"),
        ({"name": "x" * 65}, "轮次名"),
        ({"name": "x\n"}, "轮次名"),
        ({"depth": -1}, "--depth"),
        ({"depth": 21}, "--depth"),
        ({"delay": -0.1}, "--delay"),
        ({"delay": float("nan")}, "--delay"),
        ({"delay": float("inf")}, "--delay"),
        ({"host_concurrency": 0}, "--host-concurrency"),
        ({"host_concurrency": 65}, "--host-concurrency"),
        ({"sites": ()}, "--site"),
        ({"sites": ("ftp://a.test/",)}, "ftp://a.test/"),
        ({"sites": ("a.test",)}, "http"),
        ({"sites": ("http://",)}, "主机名"),
        ({"allow_resource_hosts": ("a b",)}, "--allow-resource-host"),
        ({"render": ("a.gov.cn",)}, "--render"),
        ({"render": ("a.gov.cn=sometimes",)}, "browser"),
        ({"render": ("a b=http",)}, "--render"),
        ({"robots_exceptions": ("a.gov.cn=",)}, "--robots-exception"),
    ],
)
def test_what_cannot_be_is_refused_in_one_sentence(change: dict[str, object], words: str) -> None:
    """Each bad argument is named; the exit code is that of bad input."""
    with pytest.raises(Refusal) as caught:
        make_plan(replace(LOCAL, **change))
    assert words in str(caught.value)
    assert "\n" not in str(caught.value)
    assert caught.value.exit is Exit.BAD_INPUT


def test_units_are_chosen_by_code_prefix_name_or_all() -> None:
    """In registry order, each once, whatever was said twice."""
    rows = (PROVINCE, CITY)
    for words in (["all"], ["13*,北京市"], ["石家庄", "110000", "石家庄市"], ["1*"]):
        assert select(rows, words, TODAY) == rows
    assert select(rows, ["130100"], TODAY) == (CITY,)


def test_a_unit_is_chosen_for_the_days_on_which_it_stood() -> None:
    """An abolished city is in the historic list and not in today's; named by itself it is told with who took it over."""
    heir = UnitRow(code="370100", name="济南市", portal_url="http://www.jinan.gov.cn/")
    gone = UnitRow(
        code="371200",
        name="莱芜市",
        portal_url="http://www.laiwu.gov.cn/",
        valid_to="2018-12-31",
        succeeded_by="370100",
    )
    new = UnitRow(
        code="370199", name="新区", portal_url="http://x.gov.cn/", valid_from="2019-01-01", valid_to="2020-01-01"
    )
    rows = (heir, gone, new)
    assert select(rows, ["all"], date(2018, 12, 31)) == (heir, gone)
    assert select(rows, ["37*"], date(2019, 1, 1)) == (heir, new)
    assert select(rows, ["37*"], TODAY) == (heir,)
    with pytest.raises(UnknownUnit, match="371200 莱芜市（到 2018-12-31 为止，由 370100 承接）"):
        select(rows, ["370100", "莱芜市"], TODAY)


def test_an_unknown_unit_is_named() -> None:
    """All unknown words at once; an empty registry gets advice instead."""
    with pytest.raises(UnknownUnit, match="130999、南北市") as caught:
        select((CITY,), ["130100,130999", "南北市"], TODAY)
    assert caught.value.exit is Exit.NOT_FOUND
    with pytest.raises(UnknownUnit, match="units import"):
        select((), ["all"], TODAY)


@given(st.from_regex(r"[a-z][a-z0-9]{0,8}(\.[a-z][a-z0-9]{0,8}){1,3}", fullmatch=True), st.integers(1, 65535))
def test_canonical_host_is_stable(host: str, port: int) -> None:
    """Law: naming a canonical host again changes nothing, and `www.` never matters."""
    once = canonical_host(f"http://{host}:{port}/x")
    assert canonical_host(f"http://{once}/") == once
    if not host.startswith("www."):
        assert canonical_host(f"http://www.{host}:{port}/") == once


def test_hosts_are_rendered_as_told() -> None:
    """An exact host before a suffix, the nearest suffix first; what nobody names is left to what its pages show."""
    told = ("*.city.gov.cn=http", "*.zw.city.gov.cn=browser", "www.a.zw.city.gov.cn=auto")
    plan = make_plan(Wanted("R", sites=("http://127.0.0.1/",), render=told))
    hosts = ("city.gov.cn", "b.city.gov.cn", "zw.city.gov.cn", "a.zw.city.gov.cn", "b.zw.city.gov.cn", "other.gov.cn")
    assert [str(plan.rendering_of(host)) for host in hosts] == ["http", "http", "browser", "auto", "browser", "auto"]


def test_a_robots_exception_carries_its_permission() -> None:
    """For that host alone."""
    given = ("www.city.gov.cn=办公室3月2日来函=同意",)
    plan = make_plan(Wanted("R", sites=("http://127.0.0.1/",), robots_exceptions=given))
    assert plan.robots_exceptions[0].permission == "办公室3月2日来函=同意"
    assert plan.permitted("city.gov.cn")
    assert not plan.permitted("a.city.gov.cn")


def test_a_host_with_a_port_can_be_told_how_it_is_fetched() -> None:
    """Sites on loopback have ports, and keys carry them; port 80 is nobody's own."""
    told = ("127.0.0.1:8080=http", "www.a.test:80=browser")
    plan = make_plan(Wanted("R", sites=("http://127.0.0.1:8080/",), render=told))
    assert plan.rendering_of("127.0.0.1:8080") == "http"
    assert plan.rendering_of("a.test") == "browser"
    with pytest.raises(BadPlan, match="端口"):
        make_plan(Wanted("R", sites=("http://127.0.0.1/",), render=("a.test:x=http",)))


def test_hours_and_proxy_become_part_of_the_plan() -> None:
    """Spans in minutes of Beijing's day, hosts as keys name them; a proxy without a password, and who collects is asked."""
    wanted = Wanted(
        name="R", sites=("http://127.0.0.1:8000/",),
        hours=("22:00-06:00", "*.hz.gov.cn=00:30-07:15,12:00-13:00", "www.a.gov.cn:8080=01:00-24:00"),
        proxy="http://127.0.0.1:3128",
    )  # fmt: skip
    plan = make_plan(wanted)
    assert {one.host: one.spans for one in plan.hours} == {
        "*": ((1320, 360),), "*.hz.gov.cn": ((30, 435), (720, 780)), "a.gov.cn:8080": ((60, 1440),),
    }  # fmt: skip
    assert plan.proxy == "http://127.0.0.1:3128"
    with pytest.raises(BadPlan, match="谁在采集"):
        make_plan(replace(wanted, proxy="http://10.0.0.8:3128"))


@pytest.mark.parametrize(
    "text", ["25:00-26:00", "a b=01:00-02:00", "x.cn=", "x.cn=01:00", "01:00-01:00", "01:60-02:00"]
)
def test_hours_that_cannot_be_are_refused(text: str) -> None:
    """By what was written, with how to write it."""
    with pytest.raises(BadPlan, match="--hours"):
        make_plan(Wanted(name="R", sites=("http://127.0.0.1/",), hours=(text,)))
    with pytest.raises(BadPlan, match="两次"):
        make_plan(Wanted(name="R", sites=("http://127.0.0.1/",), hours=("01:00-02:00", "*=03:00-04:00")))


@pytest.mark.parametrize(
    "text", ["10.0.0.8:3128", "socks5://h:1", "http://h", "http://u:tr0ub4dor@h:1", "http://h:99999"]
)
def test_a_proxy_that_cannot_be_is_refused(text: str) -> None:
    """And no password is repeated."""
    with pytest.raises(BadPlan, match="--proxy") as refused:
        make_plan(Wanted(name="R", sites=("http://127.0.0.1/",), proxy=text))
    assert "tr0ub4dor" not in str(refused.value)
