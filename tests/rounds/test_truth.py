"""The comparison with the truth: each thing that can differ is seen."""

from __future__ import annotations

from dataclasses import replace

from rounds.truth import Asked, StoredPage, TruePage, compare, fetched_twice, politeness_violations

HOME = TruePage(
    "http://www.a.cn/",
    ("http://a.cn/", "https://www.a.cn/"),
    "u",
    0,
    "home",
    True,
    False,
    "kept",
    frozenset({"1.1.1-M01"}),
)
DEEP = TruePage("http://a.cn/7", (), "u", 7, "article", True, False, "kept", frozenset())
DEAD = TruePage("http://a.cn/dead", (), "u", 1, "dead", False, False, "", frozenset())
TRAP = TruePage("http://a.cn/trap", (), "u", 1, "trap", True, False, "", frozenset())
AD = TruePage("http://a.cn/ad", (), "u", 1, "article", True, True, "ad", frozenset())
TRUTH = [HOME, DEEP, DEAD, TRAP, AD]


def stored(url: str, *, depth: int = 1, verdict: str = "kept", points: frozenset[str] = frozenset()) -> StoredPage:
    return StoredPage(url.replace("//www.", "//"), url, depth, verdict, "http", ("u",), points)


RIGHT = [stored("https://www.a.cn/", depth=0, points=frozenset({"1.1.1-M01"})), stored("http://a.cn/ad", verdict="ad")]


def test_a_perfect_round_has_no_difference() -> None:
    """Aliases match; what is too deep, dead or a trap is not asked for."""
    found = compare(TRUTH, RIGHT, [], depth=6, delay=0.1)
    assert (found.stored, found.truth) == (2, 2)
    assert (found.missing, found.extra, found.stored_twice, found.wrong_depth, found.trap_stored) == ((), (), (), (), 0)
    assert found.verdict_accuracy == 1.0
    assert found.verdict_recall == {"ad": 1.0, "kept": 1.0}
    assert found.points["u"].both == found.points["u"].true == 1


def test_points_beyond_the_truth_of_the_pages_are_parted_by_the_truth_of_values() -> None:
    """There, though not what the page was printed for; not said; said to be absent; and what was not found at all."""
    codes = {"1.1.2-M04", "2.3.1-M03", "3.2.1-M01", "2.1.1-M04", "1.1.4-M06"}
    states = {
        ("u", "1.1.2-M04"): "measured", ("u", "2.3.1-M03"): "undecidable", ("u", "3.2.1-M01"): "unobserved",
        ("u", "1.1.4-M06"): "absent", ("other", "2.1.1-M04"): "measured",
    }  # fmt: skip
    pages = [stored("http://a.cn/", depth=0, points=frozenset(codes)), RIGHT[1]]
    found = compare(TRUTH, pages, [], depth=6, delay=0, states=states).points["u"]
    assert (found.true, found.found, found.both) == (1, 5, 0)
    assert found.missed == ("1.1.1-M01",)
    assert found.confirmed == ("1.1.2-M04", "2.3.1-M03")
    assert found.unsaid == ("2.1.1-M04", "3.2.1-M01")
    assert found.denied == ("1.1.4-M06",)


def test_each_difference_is_seen() -> None:
    """Missing, extra, twice, wrong depth, trap, wrong verdict."""
    assert compare(TRUTH, RIGHT[:1], [], depth=6, delay=0).missing == ("http://a.cn/ad",)
    for extra in ("http://a.cn/dead", "http://a.cn/7", "http://b.cn/"):
        found = compare(TRUTH, [*RIGHT, stored(extra)], [], depth=6, delay=0)
        assert (found.extra, found.stored) == ((extra,), 3)
    assert compare(TRUTH, [*RIGHT, stored("http://a.cn/", depth=0)], [], depth=6, delay=0).stored_twice == (HOME.url,)
    assert compare(TRUTH, [stored("http://a.cn/", depth=1), RIGHT[1]], [], depth=6, delay=0).wrong_depth == (HOME.url,)
    assert compare(TRUTH, [*RIGHT, stored("http://a.cn/trap")], [], depth=6, delay=0).trap_stored == 1
    wrong = compare(TRUTH, [RIGHT[0], stored("http://a.cn/ad", verdict="kept")], [], depth=6, delay=0)
    assert wrong.verdict_recall == {"ad": 0.0, "kept": 1.0}
    assert wrong.verdict_accuracy == 0.5


def asked(at: float, *, site: str = "a.cn", kind: str = "document", key: str = "k", browser: bool = False) -> Asked:
    return Asked(at, site, kind, 200, browser, key)


def test_pace_is_start_to_start_per_host_with_robots_and_without_resources() -> None:
    """Pairs below the delay count; another host's and a page's own resources do not."""
    assert politeness_violations([asked(1.0), asked(1.1)], 0.1) == 0
    assert politeness_violations([asked(1.1), asked(1.0)], 0.11) == 1
    assert politeness_violations([asked(1.0), asked(1.05, kind="robots")], 0.1) == 1
    assert politeness_violations([asked(1.0), asked(1.05, kind="resource")], 0.1) == 0
    assert politeness_violations([asked(1.0), asked(1.05, site="b.cn")], 0.1) == 0


def test_asked_twice_counts_each_way_apart() -> None:
    """HTTP and then the browser is an escalation; HTTP twice is a repeat."""
    assert fetched_twice([asked(1.0), asked(2.0, browser=True)]) == ()
    assert fetched_twice([asked(1.0), asked(2.0)]) == ("k",)
    assert fetched_twice([asked(1.0, key=""), asked(2.0, key="")]) == ()


def test_a_page_that_harms_the_browser_may_be_asked_for_again() -> None:
    """It is tried twice in the browser, then taken over HTTP; any other page is asked for once each way."""
    log = [asked(at, key=HOME.url) for at in (1.0, 2.0)]
    assert compare(TRUTH, RIGHT, log, depth=6, delay=0).fetched_twice == (HOME.url,)
    harms = [replace(HOME, features=frozenset({"hangs"})), *TRUTH[1:]]
    assert compare(harms, RIGHT, log, depth=6, delay=0).fetched_twice == ()
