"""Settling duplicates."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace

from hypothesis import given, settings
from hypothesis import strategies as st

from cleaning.duplicates import MAX_DISTANCE, PLACES, Candidate, Pair, Settled, may_copy, places_of, settle

PAGE = Candidate(
    key="http://x.gov.cn/a",
    units=("410500",),
    host="x.gov.cn",
    depth=2,
    text_hash="t1",
    simhash=0x0123456789ABCDEF,
    number_hash="n1",
    sha256="s1",
    media="html",
    eligible=True,
)


def relations(pages: Iterable[Candidate]) -> Mapping[str, Settled]:
    """As settled where every two texts that are asked about are the same."""
    return settle(pages, set)


def other(key: str, **changes: object) -> Candidate:
    """A page like the first under another key."""
    return replace(PAGE, key=key, **{"text_hash": key, **changes})


def test_exact_copy_points_to_the_representative() -> None:
    """Equal main text in one unit: the deeper page is the copy."""
    copy = other("http://x.gov.cn/b", text_hash="t1", depth=3)
    assert relations([copy, PAGE]) == {copy.key: Settled(PAGE.key, "exact-copy", 0, ())}


def test_representative_is_official_then_shallow_then_smallest() -> None:
    """The host decides before the depth, the depth before the key."""
    shop = other("http://a.com/a", text_hash="t1", host="a.com", depth=0)
    deep = other("http://x.gov.cn/0", text_hash="t1", depth=5)
    later = other("http://x.gov.cn/z", text_hash="t1", depth=2)
    settled = relations([shop, deep, later, PAGE])
    assert {one: relation.duplicate_of for one, relation in settled.items()} == dict.fromkeys(
        [shop.key, deep.key, later.key], PAGE.key
    )


def test_near_copy_needs_few_bits_and_equal_numbers() -> None:
    """Three bits are near, four are not; other numbers are another page, however near."""
    near = other("b", simhash=PAGE.simhash ^ 0b111, depth=3)
    far = other("c", simhash=PAGE.simhash ^ (0b1111 << 40), depth=3)
    numbered = other("d", number_hash="n2", depth=3)
    assert relations([PAGE, near, far, numbered]) == {near.key: Settled(PAGE.key, "near-copy", 3, ())}


@given(st.integers(1, 2**64 - 1), st.sets(st.integers(0, 63), max_size=MAX_DISTANCE))
def test_near_copies_share_a_place(value: int, bits: set[int]) -> None:
    """Whatever bits differ, one of a near copy's places is one of the page's; no place lies outside the table."""
    near = value ^ sum(1 << bit for bit in bits)
    one, copy = replace(PAGE, simhash=value), other("b", simhash=near or value)
    assert set(places_of(one)) & set(places_of(copy))
    assert all(0 <= place < PLACES for place in places_of(one))
    assert may_copy(copy, one)


def test_pages_without_near_copies_have_no_place() -> None:
    """Short texts, lists and attachments are left out, as in the settling pass."""
    for changes in ({"simhash": 0}, {"page_type": "list"}, {"media": "attachment"}):
        assert places_of(replace(PAGE, **changes)) == ()
        assert not may_copy(other("b"), replace(PAGE, **changes))


def test_near_copies_do_not_drift_along_a_chain() -> None:
    """a-b and b-c are near, a-c are not: c is no copy of a, and b, a copy itself, represents nobody."""
    middle = other("b", simhash=PAGE.simhash ^ 0b111, depth=3)
    end = other("c", simhash=PAGE.simhash ^ 0b111111, depth=4)
    assert set(relations([end, middle, PAGE])) == {middle.key}


def test_texts_of_other_units_are_recorded_and_kept() -> None:
    """Across units a copy is no duplicate: each unit keeps its evidence."""
    elsewhere = other("http://y.gov.cn/a", text_hash="t1", host="y.gov.cn", units=("410600",))
    settled = relations([PAGE, elsewhere])
    assert settled[PAGE.key] == Settled("", "exact-copy", 0, (elsewhere.key,))
    assert settled[elsewhere.key] == Settled("", "exact-copy", 0, (PAGE.key,))


def test_page_of_two_units_is_no_copy_of_a_page_of_one() -> None:
    """A representative must serve every unit the page serves; the other way round it may stand for it."""
    shared = other("b", text_hash="t1", depth=5, units=("410500", "410600"))
    assert relations([PAGE, shared])[shared.key].duplicate_of == ""
    assert relations([replace(PAGE, depth=9), replace(shared, depth=1)])[PAGE.key].duplicate_of == shared.key


def test_attachments_are_compared_by_their_bytes() -> None:
    """Equal files are copies; files without text are not copies of each other for having none."""
    one = other("a.pdf", media="attachment", text_hash="", simhash=0)
    same = other("b.pdf", media="attachment", text_hash="", simhash=0)
    third = other("c.pdf", media="attachment", text_hash="", simhash=0, sha256="s2")
    assert set(relations([one, same, third])) == {same.key}


def test_short_texts_are_copies_only_under_one_title() -> None:
    """A "见附件" stands under hundreds of notices, "暂无内容" in hundreds of columns."""
    first = replace(PAGE, length=5, title="关于甲事的通知")
    second = other("b", text_hash="t1", length=5, title="关于乙事的通知")
    print_view = other("c", text_hash="t1", depth=3, length=5, title="关于甲事的通知 ")
    assert set(relations([first, second, print_view])) == {print_view.key}


def test_lists_are_copies_only_when_equal() -> None:
    """List pages share their frame and most of their words: nearness says nothing."""
    near = other("b", simhash=PAGE.simhash ^ 1, depth=3, page_type="list")
    exact = other("c", text_hash="t1", depth=3, page_type="list")
    assert set(relations([PAGE, near, exact])) == {exact.key}


def test_near_pages_of_other_titles_or_lengths_are_their_own() -> None:
    """A form letter with another name in its title, or with a paragraph more, is another page."""
    first = replace(PAGE, title="关于任命张三的通知", length=900)
    named = other("b", title="关于任命李四的通知", length=900)
    longer = other("c", title="关于任命张三的通知", length=1200)
    assert relations([first, named, longer]) == {}


def test_ineligible_pages_stay_out() -> None:
    """A harmful page is neither a copy nor a representative."""
    assert relations([replace(PAGE, eligible=False), other("b", text_hash="t1")]) == {}


def test_copies_of_a_near_copy_follow_it() -> None:
    """Every relation points to a page that is nobody's copy."""
    near = other("b", simhash=PAGE.simhash ^ 1, depth=3)
    copy = other("c", text_hash="b", simhash=PAGE.simhash ^ 1, depth=4)
    assert relations([PAGE, near, copy])[copy.key] == Settled(PAGE.key, "near-copy", 1, ())


CANDIDATES = st.lists(
    st.builds(
        Candidate,
        key=st.integers(0, 10**6).map(str),
        units=st.sampled_from([("1",), ("2",), ("1", "2")]),
        host=st.sampled_from(["x.gov.cn", "y.edu.cn", "z.com"]),
        depth=st.integers(0, 6),
        text_hash=st.sampled_from(["", "p", "q", "r", "s"]),
        simhash=st.sampled_from([0, 7, 7 ^ 1, 7 ^ 15, 7 ^ 63, 7 << 30, (7 << 30) ^ 3]),
        number_hash=st.sampled_from(["n", "m"]),
        sha256=st.sampled_from(["g", "h"]),
        media=st.sampled_from(["html", "attachment"]),
        eligible=st.booleans(),
        title=st.sampled_from(["", "t", "u"]),
        length=st.sampled_from([0, 20, 500]),
        page_type=st.sampled_from(["article", "list"]),
    ),
    max_size=30,
    unique_by=lambda one: one.key,
)


@settings(max_examples=300, deadline=None)
@given(CANDIDATES, st.randoms(use_true_random=False))
def test_laws_of_settling(pages: list[Candidate], rng) -> None:
    """Order of input does not matter; representatives stand alone, serve all units, and are truly close."""
    settled = relations(pages)
    shuffled = list(pages)
    rng.shuffle(shuffled)
    assert relations(shuffled) == settled
    by_key = {one.key: one for one in pages}
    for key, relation in settled.items():
        one = by_key[key]
        assert one.eligible
        assert key not in relation.same_as
        if not relation.duplicate_of:
            continue
        master = by_key[relation.duplicate_of]
        assert relation.duplicate_of != key
        assert master.key not in settled or not settled[master.key].duplicate_of
        assert set(one.units) <= set(master.units)
        assert (
            master.media == "attachment"
            or relation.distance == 0
            or (one.simhash ^ master.simhash).bit_count() <= MAX_DISTANCE
        )
        if relation.code == "exact-copy":
            same = one.sha256 == master.sha256 if one.media == "attachment" else one.text_hash == master.text_hash
            assert same


def test_near_fingerprints_of_other_texts_are_no_copy() -> None:
    """The texts have the last word, asked once for all near pairs, the better page first; the next best may stand in."""
    near = other("b", simhash=PAGE.simhash ^ 0b1, depth=3)
    third = other("c", simhash=PAGE.simhash ^ 0b10, depth=4)
    far = other("d", simhash=~PAGE.simhash & (2**64 - 1))
    asked: list[Pair] = []

    def none_of_the_first(pairs: Sequence[Pair]) -> list[Pair]:
        asked.extend(pairs)
        return [pair for pair in pairs if pair[0] != PAGE.key]

    settled = settle([third, near, PAGE, far], none_of_the_first)
    assert sorted(asked) == [(near.key, third.key), (PAGE.key, near.key), (PAGE.key, third.key)]
    assert settled == {third.key: Settled(near.key, "near-copy", 2, ())}
