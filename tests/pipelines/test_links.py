"""The links of a record: packed small, and back as they were."""

from __future__ import annotations

from bson import encode
from hypothesis import given
from hypothesis import strategies as st

from cleaning.page import LinkKind
from cleaning.urls import canonicalize
from crawler.frontier.contract import Outlink
from pipelines.store.links import LETTERS, PageLinks, pack, unpack

PAGE = "http://a.gov.cn/col/col1/index.html"
hosts = st.sampled_from(["a.gov.cn", "www.a.gov.cn", "b.gov.cn:8080", "c.example", "[::1]", "[::1]:81"])
paths = st.text(st.characters(exclude_characters="#\\", exclude_categories=("Cs",)), max_size=30)


@st.composite
def outlinks(draw: st.DrawFn) -> Outlink:
    """Any link a page could spell, with the key it has."""
    url = f"{draw(st.sampled_from(['http', 'https']))}://{draw(hosts)}/{draw(paths)}"
    key = canonicalize(url)
    assert key is not None
    spelled = "".join(letter for letter in url if letter not in "\t\r\n")
    return Outlink(key, spelled, draw(st.sampled_from(list(LinkKind))))


@given(offered=st.lists(outlinks(), max_size=8), foreign=st.lists(outlinks(), max_size=8))
def test_links_come_back_in_their_order(offered: list[Outlink], foreign: list[Outlink]) -> None:
    """Key, spelling, kind and clicks, in scope and beyond."""
    links = PageLinks(tuple(offered), tuple(foreign))
    assert unpack(PAGE, pack(PAGE, links)) == links


def test_every_kind_has_a_letter() -> None:
    """A kind added to the closed set is added here."""
    assert set(LETTERS) == set(LinkKind)
    assert len(set(LETTERS.values())) == len(LinkKind)


def test_forty_links_take_a_few_bytes_each() -> None:
    """At most a sixth of what they take as documents, a list page's own spelling (https, www.) included."""
    made = [
        Outlink(f"http://a.gov.cn/art/2026/7/{n % 28}/art_{n}_{n * 7919}.html", "", LinkKind.ANCHOR) for n in range(40)
    ]
    links = tuple(link._replace(url=link.key.replace("http://", "https://www.")) for link in made)
    documents = encode({"outlinks": [{"key": link.key, "url": link.url, "kind": str(link.kind)} for link in links]})
    assert len(pack(PAGE, PageLinks(links))) * 6 < len(documents)
