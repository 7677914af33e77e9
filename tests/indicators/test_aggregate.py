"""Values from pages: the laws of the partial, and what each kind makes of its pages."""

import json

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from indicators import catalogue
from indicators.areas import attributed
from indicators.evidence_pages import Evidence, EvidencePage
from indicators.measurement import Measurement, from_document, to_document
from indicators.outcomes import outcome
from indicators.partial import Partial, Rules, climbed, divided, folded
from indicators.partial_form import from_plain, to_plain
from indicators.value_rules import FROM_ELSEWHERE
from indicators.values import Effort, State, Why

RULES = Rules(catalogue.load())
CODES = sorted(RULES.points)
ENOUGH = Effort(pages=500, refused=0, dead=0, finished=True, portal="city.gov.cn")

measurements = st.builds(
    Measurement,
    parts=st.integers(0, 255),
    count=st.integers(0, 40),
    item=st.booleans(),
    total=st.integers(0, 90),
    age=st.none() | st.integers(0, 900),
    lag=st.none() | st.integers(-9, 90),
    years=st.integers(0, 7),
    days=st.lists(st.integers(0, 30), max_size=3).map(tuple),
    yes=st.integers(0, 9),
    every=st.integers(0, 20),
    open=st.integers(0, 3),
    holds=st.booleans(),
    numbers=st.lists(st.floats(1, 60), min_size=2, max_size=2).map(tuple),
    names=st.lists(st.sampled_from(["东湖区", "西城区", "临河县"]), max_size=3).map(tuple),
    bases=st.sampled_from([(), ("2.2.4-M04",)]),
)
evidence = st.builds(
    Evidence,
    code=st.sampled_from(CODES),
    content=st.booleans(),
    confidence=st.sampled_from([0.5, 0.75, 0.9]),
    measured=measurements,
)
keys = st.tuples(st.sampled_from(["city.gov.cn", "rsj.city.gov.cn", "zwfw.city.gov.cn"]), st.integers(0, 30))


@st.composite
def webs(draw: st.DrawFn) -> list[EvidencePage]:
    """Pages of one unit, each key once; some are copies of others."""
    pages = []
    for host, number in draw(st.lists(keys, unique=True, max_size=12)):
        key = f"{host}/{number}"
        copied = draw(st.booleans()) and bool(pages)
        pages.append(
            EvidencePage(
                key=key,
                copy_of=draw(st.sampled_from([page.copy_of for page in pages])) if copied else key,
                host=host,
                depth=draw(st.integers(0, 6)),
                page_type=draw(st.sampled_from(["home", "list", "article", "guide"])),
                facts=draw(st.integers(0, 15)),
                file=draw(st.booleans()),
                readable=draw(st.booleans()),
                dead=draw(st.integers(0, 9)) == 0,
                evidence=tuple(draw(st.lists(evidence, max_size=4, unique_by=lambda each: each.code))),
            )
        )
    return pages


def values(whole: Partial) -> dict[str, object]:
    """Every machine point's outcome."""
    return {code: outcome(point, whole, ENOUGH, "a") for code, point in RULES.points.items()}


@settings(max_examples=40, deadline=None)
@given(webs(), st.randoms())
def test_three_ways_give_one_value(pages, random) -> None:
    """Page after page, by departments, and parted by host: the same values for every point, in any order."""
    shuffled = list(pages)
    random.shuffle(shuffled)
    by_host = {page.host: [other for other in pages if other.host == page.host] for page in pages}
    departments = [{"pages": group[:1], "below": [{"pages": group[1:]}]} for group in by_host.values()]
    whole = values(folded(RULES, pages))
    assert values(folded(RULES, shuffled)) == whole
    assert values(divided(RULES, shuffled)) == whole
    assert values(climbed(RULES, {"below": departments})) == whole


@settings(max_examples=40, deadline=None)
@given(webs(), webs(), webs())
def test_merging_is_associative_commutative_and_idempotent(one, two, three) -> None:
    """Partials of overlapping sets of pages, in any grouping; a page that comes twice changes nothing.

    What is kept of them is compared, of which every value is a function.
    """
    a, b, c = (folded(RULES, each) for each in (one, two, three))
    assert to_plain(a.merge(b).merge(c)) == to_plain(a.merge(b.merge(c)))
    assert to_plain(a.merge(b)) == to_plain(b.merge(a))
    assert to_plain(a.merge(a)) == to_plain(a)
    again = folded(RULES, one)
    for page in one:
        again.add(page)
    assert to_plain(again) == to_plain(a)


@settings(max_examples=40, deadline=None)
@given(webs())
def test_states_are_told_apart(pages) -> None:
    """A score stands exactly where a value was measured or found absent; probes and channels wait, whatever the pages."""
    for code, found in values(folded(RULES, pages)).items():
        assert (found.score is not None) is (found.state in {State.MEASURED, State.ABSENT}), code
        assert (found.why is None) is (found.state is State.MEASURED), code
        assert (found.state is State.UNOBSERVED) is (RULES.points[code].value.kind in FROM_ELSEWHERE), code
        assert found.score is None or 0 <= found.score <= 1


@given(measurements)
def test_measurements_survive_storage(found) -> None:
    """What is stored with a tag reads back the same, and nothing is stored for nothing."""
    assert from_document(to_document(found)) == found
    assert to_document(Measurement()) == {}


def page(
    number: int, *found: Evidence, host: str = "city.gov.cn", copy_of: int | None = None, **more: object
) -> EvidencePage:
    key = f"{host}/{number}"
    return EvidencePage(key, key if copy_of is None else f"{host}/{copy_of}", host, 2, evidence=found, **more)


def tag(code: str, *, content: bool = True, **numbers: object) -> Evidence:
    return Evidence(code, content, 0.9, Measurement(**numbers))


def found(code: str, *pages: EvidencePage, effort: Effort = ENOUGH, seed: str = "a"):
    return outcome(RULES.points[code], folded(RULES, pages), effort, seed)


@pytest.mark.parametrize(
    ("effort", "state", "why"),
    [
        (Effort(0, 0, 0, True, ""), State.UNOBSERVED, Why.NO_PAGES),
        (Effort(500, 0, 0, False, ""), State.UNOBSERVED, Why.UNFINISHED),
        (Effort(500, 200, 0, True, ""), State.UNOBSERVED, Why.REFUSED),
        (Effort(29, 0, 0, True, ""), State.UNOBSERVED, Why.NOT_ENOUGH_PAGES),
        (Effort(500, 50, 0, True, ""), State.ABSENT, Why.SEARCHED),
    ],
)
def test_absent_is_said_only_after_a_search(effort, state, why) -> None:
    """Not reached, not finished and refused are never taken for absent."""
    nothing = found("1.1.1-M01", effort=effort)
    assert (nothing.state, nothing.why) == (state, why)
    assert nothing.score == (0.0 if state is State.ABSENT else None)
    there = found("1.1.1-M01", page(1, tag("1.1.1-M01")), effort=effort)
    assert there.state is State.MEASURED, "what was seen was seen, however little else"


def test_an_entry_counts_where_the_catalogue_says_so() -> None:
    """It proves 有无, and never a count: an entry with nothing behind it is absent, for that reason."""
    entry = found("1.1.1-M01", page(1, tag("1.1.1-M01", content=False)))
    assert (entry.value, entry.content) == (1.0, False)
    count = found("1.2.1-M05", page(1, tag("1.2.1-M05", content=False, count=20)))
    assert (count.state, count.why, count.score) == (State.ABSENT, Why.ENTRY_ONLY, 0.0)


@pytest.mark.parametrize("code", ["1.2.1-M06", "1.1.3-M05"])
def test_pages_with_nothing_of_what_is_asked_are_no_mere_entry(code) -> None:
    """A page of names without a name, a grade without any of its parts: the page stands there, and no menu is blamed."""
    shown = found(code, page(1, tag(code)))
    assert (shown.state, shown.why, shown.score, len(shown.best)) == (State.ABSENT, Why.NO_PART, 0.0, 1)


@pytest.mark.parametrize(
    ("code", "value"),
    [("1.1.3-M09", None), ("1.3.7-M02", None), ("2.1.1-M05", None), ("2.3.1-M03", None), ("1.2.1-M06", 0.0)],
)
def test_what_is_absent_has_no_days_or_steps(code: str, value: float | None) -> None:
    """0 days would be the best age there is: where nothing stands there is none. A count of nothing is 0."""
    nothing = found(code)
    assert (nothing.state, nothing.value, nothing.score) == (State.ABSENT, value, 0.0)


def test_counts_count_a_copy_once_and_lists_and_items_not_twice() -> None:
    """Per host the greater of list entries and item pages; copies once; the stated total where it is greater."""
    lists = [page(1, tag("2.1.1-M07", count=3)), page(2, tag("2.1.1-M07", count=3), copy_of=1)]
    items = [page(number, tag("2.1.1-M07", count=1, item=True)) for number in (3, 4)]
    assert found("2.1.1-M07", *lists, *items).value == 3
    other = page(1, tag("2.1.1-M07", count=2), host="rsj.city.gov.cn")
    more = found("2.1.1-M07", *lists, *items, other)
    assert (more.value, more.sites, more.concentration) == (5, 2, 0.75)
    assert found("1.1.1-M04", page(1, tag("1.1.1-M04", count=20, total=92))).value == 92


def test_a_page_says_more_of_a_thing_than_its_copies_whichever_comes_first() -> None:
    """Where a copy gives another number, the page's own counts; of two copies the one with the lesser key."""
    own = page(5, tag("2.1.1-M07", count=3))
    copies = [page(number, tag("2.1.1-M07", count=9 - number), copy_of=5) for number in (1, 2)]
    for pages in ([own, *copies], [*copies, own], [copies[0], own, copies[1]]):
        assert found("2.1.1-M07", *pages).value == 3
    assert found("2.1.1-M07", *copies).value == found("2.1.1-M07", *reversed(copies)).value == 8


def test_parts_join_over_pages_and_name_what_was_seen() -> None:
    """数据集合度: a part seen on any page of the unit is there."""
    both = found("1.2.3-M08", page(1, tag("1.2.3-M08", parts=1)), page(2, tag("1.2.3-M08", parts=4)))
    assert (both.value, both.parts) == (0.5, ("服务条款", "纠错"))


def test_freshness_is_the_newest_or_of_parts_the_stalest() -> None:
    """1.1.3-M09 takes the staler of two columns; a column without a date has no value, and scores what `undated` says."""
    fresh = found("1.1.1-M05", page(1, tag("1.1.1-M05", age=700)), page(2, tag("1.1.1-M05", age=30)))
    assert (fresh.value, fresh.score) == (30.0, 1.0)
    columns = found("1.1.3-M09", page(1, tag("1.1.3-M09", parts=1, age=3)), page(2, tag("1.1.3-M09", parts=2, age=97)))
    assert (columns.value, columns.score) == (97.0, pytest.approx(0.5))
    undated = found("1.2.2-M08", page(1, tag("1.2.2-M08")))
    assert (undated.state, undated.value, undated.score) == (State.MEASURED, None, 0.3)


def test_ratios_ask_the_pages_of_their_base() -> None:
    """Share of guides that show it too; without a guide nothing can be told; a narrower base is asked of each page."""
    guides = [page(number, tag("2.2.1-M01"), *([tag("2.2.4-M01")] if number % 4 == 0 else [])) for number in range(8)]
    assert found("2.2.4-M01", *guides).value == 0.25
    assert found("2.2.4-M01").state is State.ABSENT
    paid = [page(20 + n, tag("2.2.1-M01", bases=("2.2.4-M04",)), *([tag("2.2.4-M04")] * n)) for n in range(2)]
    assert found("2.2.4-M04", *guides, *paid).value == 0.5


def test_samples_are_drawn_alike_for_one_seed_and_weigh_the_population() -> None:
    """Fifty of eighty, the same whatever order they came in; another seed draws others; points of one base share them."""
    guides = [page(number, tag("2.2.1-M01"), tag("2.2.3-M01")) for number in range(80)]
    first, again = found("2.2.3-M01", *guides), found("2.2.3-M01", *reversed(guides))
    assert first == again
    assert (len(first.sample), first.population, first.sample[0].weight) == (50, 80, 1.6)
    drawn = {each.key for each in first.sample}
    assert drawn != {each.key for each in found("2.2.3-M01", *guides, seed="b").sample}
    assert drawn == {each.key for each in found("2.2.4-M01", *guides).sample}


def test_letters_show_their_days_and_those_still_waiting() -> None:
    """A median from ten letters on; where only answered ones are shown nothing can be told of the rate."""
    letters = [page(number, tag("2.3.1-M02", days=(number,))) for number in range(1, 12)]
    assert found("2.3.1-M02", *letters).value == 6
    assert found("2.3.1-M02", *letters[:9]).why is Why.TOO_FEW
    answered = found("2.3.1-M01", page(1, tag("2.3.1-M01", yes=12, every=12)))
    assert (answered.state, answered.why, answered.score) == (State.UNDECIDABLE, Why.ONLY_ANSWERED, None)
    waiting = found("2.3.1-M01", page(1, tag("2.3.1-M01", yes=9, every=12, open=3)))
    assert waiting.value == 0.75
    late = found("2.3.1-M03", page(1, tag("2.3.1-M03", yes=1, open=2)))
    assert (late.value, late.score) == (1, 0.5)


def test_sites_are_told_by_all_their_pages() -> None:
    """Dead links, meta tags, department sites that lead to the platform, attachments: from every URL of the unit."""
    pages = [
        page(1, page_type="home", facts=1),
        page(2, page_type="article", facts=4),
        page(3, dead=True),
        page(4, file=True),
        page(5, file=True, readable=False),
        page(1, host="rsj.city.gov.cn", facts=8),
        page(1, host="jyj.other.gov.cn"),
        page(1, host="zwfw.city.gov.cn"),
    ]
    assert found("3.1.1-M09", *pages).value == 1 / 8
    assert found("3.1.2-M06", *pages).value == 0.5
    assert found("2.2.2-M03", *pages).value == 0.5
    assert found("1.2.1-M02", *pages).value == 0.5
    assert found("1.2.1-M03", *pages).value == 0.5
    assert found("1.2.1-M02", page(1)).why is Why.NO_BASE


def test_number_of_the_newest_page_and_fewest_clicks() -> None:
    """A statement is the newest page's; the way to a mailbox is the shortest."""
    old = page(1, tag("2.3.1-M06", age=400, numbers=(9.0, 80.0)))
    new = page(2, tag("2.3.1-M06", age=20, numbers=(5.0, 90.0)))
    stated = found("2.3.1-M06", old, new)
    assert (stated.value, dict(stated.more), stated.score) == (5.0, {"rate": 90.0}, pytest.approx(0.95))
    assert found("2.1.1-M05", page(1, tag("2.1.1-M01"))).value == 2


@settings(max_examples=30, deadline=None)
@given(webs())
def test_a_partial_can_be_kept(pages) -> None:
    """As JSON and back: the same values."""
    whole = folded(RULES, pages)
    kept = from_plain(RULES, json.loads(json.dumps(to_plain(whole))))
    assert values(kept) == values(whole)
    assert json.dumps(to_plain(kept)) == json.dumps(to_plain(whole))


@pytest.mark.parametrize(
    ("key", "whose"),
    [
        ("zwfw.hebei.gov.cn/item?areaCode=130100", ("130100",)),
        ("zwfw.hebei.gov.cn/item?areaCode=130102000000", ("130100",)),
        ("zwfw.hebei.gov.cn/130200/guide/7.html", ("130200",)),
        ("zwfw.hebei.gov.cn/item?areaCode=130000", ("130100", "130200")),
        ("zwfw.hebei.gov.cn/art/201907/t20190710_1234567.html", ("130100", "130200")),
    ],
)
def test_a_shared_platform_s_page_is_the_city_s_it_names(key, whose) -> None:
    """By the area code in its address; a page that names none serves all."""
    assert attributed(("130100", "130200"), key) == whose
    assert attributed(("130100",), "zwfw.hebei.gov.cn/item?areaCode=130200") == ("130100",)
