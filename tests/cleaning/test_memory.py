"""What is remembered from page to page never shows in a result."""

from hypothesis import example, given
from hypothesis import strategies as st

from cleaning.memory import LONG_ENTRIES, LONGEST, remembered
from cleaning.read import read
from cleaning.urls import resolver

BASES = st.builds(
    "{}{}{}".format,
    st.sampled_from(["", "http://", "https://", "HTTP://", "ftp://"]),
    st.sampled_from(["a.gov.cn", "www.a.gov.cn:8080", "b.gov.cn", "", "[::1]"]),
    st.sampled_from(["", "/", "/x/y.html", "/x/", "/x/%2e%2e/z?q=/a/b#f", "/中 文/y", "?q", "//x//y"]),
)
LINKS = st.one_of(
    st.text(alphabet=st.sampled_from("ab/.:?#\\%2e \n\t中hHtTps=&;@[]-_"), max_size=14),
    st.builds(
        "{}{}".format,
        st.sampled_from(["http:", "https:", "http://", "//", "/", "../", "./", "?", "#", "\u200b/", "mailto:"]),
        st.text(alphabet=st.sampled_from("ab/.:?#\\%2e中"), max_size=8),
    ),
)


@given(BASES, LINKS)
@example("https://a.gov.cn/x/y.html", "http:z.html")
@example("http://a.gov.cn/x/y.html", "/\n/b.gov.cn/")
def test_a_link_leads_to_one_page_from_its_place(base, link):
    """Where a link does not need the page's own address, the shorter one resolves it the same way."""
    place = resolver(base).place_of(link)
    if place is not None:
        assert resolver(place).normalize(link) == resolver(base).normalize(link)


def test_only_so_many_texts_are_kept_few_long_ones_and_no_endless_one():
    """An answer is worked out once while it is kept; old texts and endless ones are worked out again."""
    asked = []

    @remembered(2, 3)
    def length(text):
        asked.append(text)
        return len(text)

    assert [length(text) for text in ("abc", "abc", "abcd", "abcd", "x", "y", "abc")] == [3, 3, 4, 4, 1, 1, 3]
    assert asked == ["abc", "abcd", "x", "y", "abc"]
    asked.clear()
    long = [f"{number:04}" for number in range(LONG_ENTRIES)]
    assert {length(text) for text in (*long, "abcd", *long)} == {4}  # each one in its turn is the oldest
    assert asked == [*long, "abcd", *long]
    asked.clear()
    endless = "a" * (LONGEST + 1)
    assert [length(endless), length(endless)] == [len(endless)] * 2
    assert asked == [endless, endless]


def test_pages_of_one_site_do_not_disturb_each_other():
    """The same menus, scripts and names on another page, host or scheme: each page is read as if it were the first."""
    page = (
        "<a href=a.html>甲</a><a href=/b.html>乙</a><a href=//c.gov.cn/>丙</a><a href=?n=1>丁</a><a href=http:d.html>戊</a>"
        "<select onchange='location=this.value'><option value=ef>己</select>"
        "<script>location.href='f.html';createPageHTML(2, 0, 'g', 'html')</script>"
    ).encode()
    bases = ("http://a.gov.cn/", "http://a.gov.cn/x/y.html", "https://a.gov.cn/x/z.html", "http://b.gov.cn/x/")
    names = ("a.html", "ef", "f.html", "g.html", "g_1.html")
    for _ in range(2):
        for base in bases:
            here = base.rpartition("/")[0] + "/"
            urls = {link.url for link in read(page, base).links}
            assert {here + name for name in names} < urls
            assert {base.split("/")[0] + "//c.gov.cn/", here + "d.html" if base[4] == ":" else "http://d.html/"} < urls
            assert base + "?n=1" in urls
