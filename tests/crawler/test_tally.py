"""Counts by kind of record: what a page adds, and how workers hand them over."""

from cleaning.read import read
from crawler.frontier.contract import Grant, Lease, Via
from crawler.items import ArchiveRef, Capture, PageItem
from crawler.tally import RecordKind, Tally

URL = "http://a.example/l.html"
BODY = """<html><body><ul><li><a href="/1">甲</a></li><li><a href="/2">乙</a></li><li><a href="/3">丙</a></li></ul>
<form action="/s"><input name="q"><input name="w"></form></body></html>""".encode()


def lease(host: str = "a.example", via: Via = Via.HTTP) -> Lease:
    """A grant."""
    return Lease("t-1", Grant.PAGE, host, URL, URL, via=via)


def item() -> PageItem:
    """A stored page with three links, a list and a form."""
    capture = Capture(URL, 200, (), BODY, BODY, None, Via.HTTP, 0.0, 0.1, "127.0.0.1")
    return PageItem(lease(), capture, read(BODY, URL), (), ("u1",), archive=ArchiveRef("file:///x", 0, 321))


def test_a_page_adds_what_it_holds() -> None:
    """Links, rows, fields and bytes; what it does not hold is 0."""
    tally = Tally()
    tally.page(item())
    tally.asked(lease())
    tally.asked(lease("b.example", Via.BROWSER))
    tally.robots(lease("b.example"))
    counted = tally.taken()
    assert counted["b.example"] == {RecordKind.BROWSER: 1, RecordKind.ROBOTS: 1}
    mine = counted["a.example"]
    assert (mine[RecordKind.PAGES], mine[RecordKind.HTTP], mine[RecordKind.ATTACHMENTS]) == (1, 1, 0)
    assert (mine[RecordKind.LINKS], mine[RecordKind.FIELDS], mine[RecordKind.ARCHIVE_BYTES]) == (3, 2, 321)
    assert tally.taken() == {}
    tally.put_back(counted)
    assert tally.taken() == counted


async def test_counts_add_up_over_workers_and_hosts(open_round) -> None:
    """The round's are the sum of the hosts'."""
    kinds = (await open_round()).kinds
    await kinds.add({"a": {"pages": 2, "links": 40}, "b": {"pages": 1, "tags": 0}})
    await kinds.add({"a": {"pages": 3}})
    assert await kinds.total() == {"pages": 6, "links": 40}
    assert await kinds.of_hosts(["a", "b", "c"]) == {"a": {"pages": 5, "links": 40}, "b": {"pages": 1}, "c": {}}
