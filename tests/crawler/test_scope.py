"""Which units claim a URL, by the plan's typed rules."""

import pytest

from crawler.plan import RoundPlan, RuleKind, ScopeRule, UnitPlan
from crawler.scope import Scope

HOST, SUFFIX, PATH, AREA = RuleKind.HOST, RuleKind.SUFFIX, RuleKind.PATH, RuleKind.AREA


def scope_of(*units: tuple[str, RuleKind, str, str]) -> Scope:
    """A scope of (code, kind, host, value); a code named twice has two rules."""
    rules: dict[str, list[ScopeRule]] = {}
    for code, kind, host, value in units:
        rules.setdefault(code, []).append(ScopeRule(kind=kind, host=host, value=value))
    plans = tuple(UnitPlan(code=code, name=code, seeds=(), scope=tuple(scope)) for code, scope in rules.items())
    return Scope(RoundPlan(name="R", units=plans))


@pytest.mark.parametrize(
    ("kind", "host", "value", "key", "claimed"),
    [
        (HOST, "zwfw.gov.cn", "", "http://zwfw.gov.cn/", True),
        (HOST, "zwfw.gov.cn", "", "http://zwfw.gov.cn/a/b?c=d", True),
        (HOST, "zwfw.gov.cn", "", "http://sub.zwfw.gov.cn/", False),
        (HOST, "zwfw.gov.cn", "", "http://zwfw.gov.cn:8080/", False),
        (HOST, "zwfw.gov.cn:8080", "", "http://zwfw.gov.cn:8080/", True),
        (HOST, "127.0.0.1:80", "", "http://127.0.0.1/", False),
        (HOST, "[::1]:8000", "", "http://[::1]:8000/x", True),
        (SUFFIX, "hz.gov.cn", "", "http://hz.gov.cn/", True),
        (SUFFIX, "hz.gov.cn", "", "http://a.b.hz.gov.cn/", True),
        (SUFFIX, "hz.gov.cn", "", "http://xhz.gov.cn/", False),
        (SUFFIX, "hz.gov.cn", "", "http://gov.cn/", False),
        (SUFFIX, "hz.gov.cn", "", "http://hz.gov.cn.evil.com/", False),
        (SUFFIX, "hz.test:8080", "", "http://a.hz.test:8080/", True),
        (SUFFIX, "hz.test:8080", "", "http://a.hz.test/", False),
        (PATH, "p.gov.cn", "/hz/", "http://p.gov.cn/hz/a", True),
        (PATH, "p.gov.cn", "/hz/", "http://p.gov.cn/hz", False),
        (PATH, "p.gov.cn", "/hz/", "http://p.gov.cn/nb/hz/", False),
        (PATH, "p.gov.cn", "/hz/", "http://q.gov.cn/hz/", False),
        (AREA, "p.gov.cn", "330100", "http://p.gov.cn/list?area=330100&p=2", True),
        (AREA, "p.gov.cn", "330100", "http://p.gov.cn/330100/list", True),
        (AREA, "p.gov.cn", "330100", "http://p.gov.cn/list?area=3301001", False),
        (AREA, "p.gov.cn", "330100", "http://p.gov.cn/a330100/list", False),
        (AREA, "p.gov.cn", "330100", "http://p.gov.cn/list?330100=1", False),
    ],
)
def test_each_kind_of_rule(kind: RuleKind, host: str, value: str, key: str, claimed: bool) -> None:  # noqa: FBT001
    """A rule claims what its kind says, whole labels, segments and values only."""
    assert scope_of(("u", kind, host, value)).units_of(key) == (("u",) if claimed else ())


def test_a_shared_host_belongs_to_each_unit_that_names_it() -> None:
    """Cities sharing their province's platform are told apart by area code; the platform's own unit claims all."""
    scope = scope_of(
        ("province", HOST, "zw.gov.cn", ""), ("hz", AREA, "zw.gov.cn", "3301"), ("nb", AREA, "zw.gov.cn", "3302")
    )
    assert scope.units_of("http://zw.gov.cn/item?area=3302") == ("province", "nb")
    assert scope.units_of("http://zw.gov.cn/about") == ("province",)


def test_units_come_in_the_plans_order_each_once() -> None:
    """Neither the kind of the rule nor the length of its host decides the order, and two rules name a unit once."""
    scope = scope_of(
        ("first", SUFFIX, "gov.cn", ""),
        ("second", HOST, "a.b.gov.cn", ""),
        ("third", SUFFIX, "b.gov.cn", ""),
        ("second", SUFFIX, "a.b.gov.cn", ""),
    )
    assert scope.units_of("http://a.b.gov.cn/") == ("first", "second", "third")


def test_the_browser_may_load_from_hosts_a_rule_could_claim() -> None:
    """A host is loadable as soon as some URL of it could be in scope; look-alikes are not."""
    scope = scope_of(("u", SUFFIX, "hz.gov.cn", ""), ("v", AREA, "zw.gov.cn", "3301"))
    assert scope.claims_host("static.hz.gov.cn")
    assert scope.claims_host("zw.gov.cn")
    assert not scope.claims_host("static.zw.gov.cn")
    assert not scope.claims_host("hz.gov.cn:8080")
    assert not scope.claims_host("xhz.gov.cn")
    assert not scope.claims_host("")
