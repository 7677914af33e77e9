"""What workers know together of traps, in a real Redis."""

from cleaning.mirrors import Alias
from cleaning.page import LinkKind
from crawler.frontier.contract import Cut, Outlink
from crawler.frontier.traps import PATTERNS_PER_PAGE, cut_rows


def cut(rule: str, pattern: str, url: str) -> Cut:
    """A cut anchor."""
    return Cut(rule, pattern, Outlink(url, url, LinkKind.ANCHOR))


async def seen(traps, family: str, mark: int, page: str, *, known: bool = False) -> bool:
    """Whether a page repeats."""
    return (await traps.body_seen(family, mark, page, known=known)).repeats


async def test_a_page_is_no_repeat_of_itself(open_round) -> None:
    """Granted again after a kill it must not lose its links; another page that says the same repeats."""
    traps = (await open_round()).traps
    assert not await seen(traps, "a/l", 7, "1", known=False)
    assert not await seen(traps, "a/l", 7, "1", known=False)
    assert await seen(traps, "a/l", 7, "2", known=False)
    assert not await seen(traps, "a/other", 7, "3", known=False)
    assert await seen(traps, "a/l", 8, "4", known=True)


async def test_only_families_that_mostly_repeat_keep_their_cuts(open_round) -> None:
    """Volume alone never cuts: three repeats among a hundred different pages are released, four of five are not."""
    traps = (await open_round()).traps
    for family, fresh, repeats in (("a/list", 97, 3), ("a/loop", 1, 4), ("a/small", 1, 2)):
        for number in range(fresh):
            assert not await seen(traps, family, number, str(number))
        for number in range(repeats):
            assert await seen(traps, family, 0, f"9{number}", known=True)
        await traps.count_cuts(
            "http://a/", cut_rows("http://a/", [cut("repeating-pattern", family, f"http://{family}")])
        )
    assert await traps.families_to_decide() == {"a/list": False, "a/loop": True, "a/small": False}
    await traps.decided(["a/list"])
    assert sorted(await traps.families_to_decide()) == ["a/loop", "a/small"]


async def test_marks_of_a_body_are_bounded(open_round) -> None:
    """A family of any size costs two small keys."""
    frontier = await open_round()
    for number in range(300):
        await frontier.traps.body_seen("a/art", number, str(number), known=False)
    assert await frontier._batch.command("HLEN", frontier._key("pat:a/art:b")) <= 64


async def minted(traps, bare: str, mark: str, page: str, token: str, *links: str) -> int:
    """A page of slot `a ?v` was read."""
    return await traps.minted("a ?v", [bare, mark, page, token], links)


async def test_a_session_mark_is_learned_from_pages_that_say_the_same(open_round) -> None:
    """Two copies whose links bear new tokens teach it; known pages are told by their bare key."""
    traps = (await open_round()).traps
    assert await minted(traps, "1", "70", "11", "101", "201", "202") == 0
    assert await minted(traps, "1", "70", "12", "201", "203", "204") == 0
    assert await minted(traps, "1", "70", "13", "203", "205", "206") == 1
    assert await traps.session_slots() == {"a ?v"}
    assert await traps.minted_pages("a ?v", ["1", "2"]) == ["11", ""]


async def test_stable_names_are_no_session_marks(open_round) -> None:
    """Empty columns that all look alike link to names that were read before: that is a site, not a mint."""
    traps = (await open_round()).traps
    names = [str(100 + number) for number in range(20)]
    told = [await minted(traps, "1", "70", f"9{name}", name, *names) for name in names]
    assert told == [0] * 20
    assert await traps.session_slots() == frozenset()


async def test_one_page_that_says_something_else_speaks_against_a_session_mark(open_round) -> None:
    """For good: the slot chooses pages."""
    traps = (await open_round()).traps
    for number in range(3):
        await minted(traps, "1", "70", f"1{number}", f"10{number}", f"20{number}")
    assert await traps.session_slots() == {"a ?v"}
    assert await minted(traps, "1", "71", "19", "109", "209") == -1
    assert await traps.session_slots() == frozenset()
    assert await minted(traps, "1", "70", "20", "110", "210") == -1


async def test_the_table_of_cuts_keeps_number_and_first_examples(open_round) -> None:
    """By rule and pattern, most first, three examples with their pages; the host is the pattern's."""
    traps = (await open_round()).traps
    for number in range(5):
        cuts = [
            cut("calendar", "a.cn/rl/#", f"http://a.cn/rl/{number}"),
            cut("session-mark", "b.cn ?v", "http://b.cn/x"),
        ]
        await traps.count_cuts(f"http://a.cn/p{number}", cut_rows(f"http://a.cn/p{number}", [*cuts, cuts[0]]))
    rows = await traps.cut_rows()
    assert [(row.rule, row.pattern, row.host, row.number) for row in rows] == [
        ("calendar", "a.cn/rl/#", "a.cn", 10),
        ("session-mark", "b.cn ?v", "b.cn", 5),
    ]
    assert rows[0].first == tuple((f"http://a.cn/rl/{n}", f"http://a.cn/p{n}") for n in range(3))
    assert await traps.cut_counts() == {"calendar": 10, "session-mark": 5}


async def test_the_table_of_cuts_is_bounded(open_round) -> None:
    """Beyond 2,000 patterns a rule's further ones share a row, and nothing goes uncounted."""
    traps = (await open_round()).traps
    for start in range(0, 2100, PATTERNS_PER_PAGE):
        cuts = [cut("deep-path", f"a.cn/{n}", f"http://a.cn/{n}") for n in range(start, start + PATTERNS_PER_PAGE)]
        await traps.count_cuts("http://a.cn/", cut_rows("http://a.cn/", cuts))
    rows = await traps.cut_rows()
    assert len(rows) == 2001
    assert (rows[0].pattern, rows[0].number, rows[0].host) == ("", 100, "")
    assert sum(row.number for row in rows) == 2100


async def test_a_mirror_is_told_by_pages_that_agree(open_round) -> None:
    """Six alike, most of what it has shown, hardly one different; else it is another site."""
    traps = (await open_round()).traps
    mirror, other = Alias("jiu.a", "a"), Alias("b.a", "a")
    told = []
    for number in range(8):
        await traps.alike(mirror, str(number), mirrored=False, text=number)
        told.append(await traps.alike(mirror, str(number), mirrored=True, text=number))
    assert told == [False] * 5 + [True] * 3
    assert await traps.alike(mirror, "7", mirrored=True, text=7), "a page read again counts once"
    assert (await traps.places())[mirror] == 8
    for number in range(20):
        await traps.alike(other, str(number), mirrored=False, text=number)
        assert not await traps.alike(other, str(number), mirrored=True, text=number + number % 2)
    assert (await traps.places())[other] == 0


async def test_a_mirror_that_differs_or_has_pages_of_its_own_is_none(open_round) -> None:
    """However many agree: one of ten may differ, and less than half may be without a like under the original."""
    traps = (await open_round()).traps
    differing, larger = Alias("b.a", "a"), Alias("c.a", "a")
    told = []
    await traps.alike(differing, "other", mirrored=False, text=1)
    await traps.alike(differing, "other", mirrored=True, text=2)
    for number in range(10):
        await traps.alike(differing, str(number), mirrored=False, text=number)
        told.append(await traps.alike(differing, str(number), mirrored=True, text=number))
    assert told == [False] * 9 + [True]
    for number in range(6):
        await traps.alike(larger, str(number), mirrored=False, text=number)
        await traps.alike(larger, str(number), mirrored=True, text=number)
    assert (await traps.places())[larger] == 6
    own = [await traps.alike(larger, f"own{number}", mirrored=True, text=number) for number in range(5)]
    assert own == [True] * 4 + [False]
    assert (await traps.places())[larger] == 0, "its pages are asked for again"


async def test_pages_with_one_text_are_told(open_round) -> None:
    """The first page that had it; nothing for a page that was read before, or without a text to speak of."""
    traps = (await open_round()).traps
    assert (await traps.body_seen("a/x", 1, "1", known=False, text=9, key="http://a/x")).alike == ""
    assert (await traps.body_seen("a/x", 1, "1", known=False, text=9, key="http://a/x")).alike == ""
    assert (await traps.body_seen("b/x", 1, "2", known=False, text=9, key="http://b/x")).alike == "http://a/x"
    assert (await traps.body_seen("b/y", 1, "3", known=False)).alike == ""


def test_a_page_with_a_hundred_thousand_links_takes_few_rows() -> None:
    """Every link counts, but a rule's further patterns share a row; families that repeat keep their names."""
    many = [cut("links-per-page", f"a.cn/n?{number}", f"http://a.cn/n?{number}") for number in range(100_000)]
    copies = [cut("repeating-pattern", f"a.cn/l{number}", f"http://a.cn/l{number}") for number in range(300)]
    rows = cut_rows("http://a.cn/", [*many, *copies])
    of_links = [row for row in rows if row.rule == "links-per-page"]
    assert len(of_links) == PATTERNS_PER_PAGE + 1
    assert sum(row.number for row in of_links) == 100_000
    assert (of_links[-1].pattern, of_links[-1].number) == ("", 100_000 - PATTERNS_PER_PAGE)
    assert len([row for row in rows if row.rule == "repeating-pattern"]) == 300
