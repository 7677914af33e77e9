"""URL functions: what is fetchable, what is the same page."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cleaning.errors import NotAKeyError
from cleaning.urls import canonicalize, fingerprint, host_of, key_of, normalize
from tests.cleaning import saved_pages

BASE = "http://www.a.gov.cn/x/y.html?q=1#f"
PIECES = st.sampled_from(
    [
        *"/?#%:@;&=.\\[]() ",
        "..",
        "http://",
        "https:",
        "www.",
        "a.cn",
        ":80",
        "%2e",
        "%41",
        "中",
        "�",
        "\x00",
        "\n",
        "sid=ab12cd34",
        "utm_x=1",
        ";jsessionid=1",
        "(S(a))",
        "//",
        "xn--",
        "mailto:",
        "1.2.3.4",
    ]
)
URLISH = st.one_of(
    st.text(), st.lists(PIECES, max_size=25).map("".join), st.lists(PIECES).map(lambda p: "http://" + "".join(p))
)


@pytest.mark.parametrize(
    ("link", "expected"),
    [
        ("../z.html", "http://www.a.gov.cn/z.html"),
        ("z.html", "http://www.a.gov.cn/x/z.html"),
        ("./z", "http://www.a.gov.cn/x/z"),
        ("/z/", "http://www.a.gov.cn/z/"),
        ("?p=2", "http://www.a.gov.cn/x/y.html?p=2"),
        ("", "http://www.a.gov.cn/x/y.html?q=1"),
        ("#top", "http://www.a.gov.cn/x/y.html?q=1"),
        ("//B.cn/p", "http://b.cn/p"),
        ("HTTPS://B.cn:443", "https://b.cn/"),
        ("http:z.html", "http://www.a.gov.cn/x/z.html"),
        ("http:/z.html", "http://www.a.gov.cn/z.html"),
        ("http:\\\\b.cn\\z?a\\b", "http://b.cn/z?a\\b"),
        ("\\z\\q.html", "http://www.a.gov.cn/z/q.html"),
        (" \n/z.html\t ", "http://www.a.gov.cn/z.html"),
        ("ht\ntp://b.cn/", "http://b.cn/"),
        ("\u3000http://b.cn/\ufeff", "http://b.cn/"),
        ("/政务 公开.html?k=中'x", "http://www.a.gov.cn/%E6%94%BF%E5%8A%A1%20%E5%85%AC%E5%BC%80.html?k=%E4%B8%AD%27x"),
        ("/a%zz%20b", "http://www.a.gov.cn/a%zz%20b"),
        ("/a/./b/%2E%2e/c/..", "http://www.a.gov.cn/a/"),
        ("/../../z", "http://www.a.gov.cn/z"),
        ("http://u:p@b.cn:8080/", "http://b.cn:8080/"),
        ("http://b.cn:0080/", "http://b.cn/"),
        ("http://中国政府.cn/", "http://xn--fiqs8sirgfmh.cn/"),
        ("http://b.cn./", "http://b.cn/"),
        ("http://[::1]:81/", "http://[::1]:81/"),
        ("http://b.cn?x", "http://b.cn/?x"),
        ("www.b.cn/p", "http://www.a.gov.cn/x/www.b.cn/p"),
    ],
)
def test_links_become_fetchable_as_in_a_browser(link, expected):
    """Relative, protocol-relative, damaged and non-ASCII links resolve as a browser resolves them."""
    assert normalize(BASE, link) == expected


@pytest.mark.parametrize(
    "link",
    [
        "mailto:a@b.cn",
        "javascript:void(0)",
        "JavaScript :alert(1)".replace(" ", ""),
        "data:text/html,x",
        "tel:12345",
        "ftp://b.cn/",
        "localhost:80/x",
        "http://",
        "http://?x",
        "http://a b/",
        "http://a..b/",
        "http://1.2.3.999/",
        "http://b.cn:99999/",
        "http://b.cn:0/",
        "http://b.cn:x/",
        "http://[::1/",
        "http://[zz]/",
        "http://" + "a" * 300 + ".cn/",
        "http://%/",
    ],
)
def test_what_is_not_fetchable_is_none(link):
    """Other schemes and hosts no browser accepts give None."""
    assert normalize(BASE, link) is None


def test_without_a_base_only_absolute_links_are_fetchable():
    """An unknown base leaves relative links unresolved instead of guessing a host."""
    assert normalize("", "/a.html") is None
    assert normalize("", "http://b.cn") == "http://b.cn/"


@pytest.mark.parametrize(
    ("url", "key"),
    [
        ("HTTPS://WWW.A.gov.cn:443/a/../B/#x", "http://a.gov.cn/B/"),
        ("http://a.cn:80", "http://a.cn/"),
        ("https://a.cn:8443/x", "http://a.cn:8443/x"),
        ("http://www.cn/", "http://www.cn/"),
        ("http://a.cn/%7Euser/%e4%bD%a0", "http://a.cn/~user/%E4%BD%A0"),
        ("http://a.cn/你", "http://a.cn/%E4%BD%A0"),
        ("http://a.cn/100%", "http://a.cn/100%25"),
        ("http://a.cn/%2f", "http://a.cn/%2F"),
        ("http://a.cn/login;JSESSIONID=1FE2.node1?x=1", "http://a.cn/login?x=1"),
        ("http://a.cn/(S(abc123))/x.aspx", "http://a.cn/x.aspx"),
        ("http://a.cn/x?PHPSESSID=1&ASPSESSIONIDQABC=2&id=3", "http://a.cn/x?id=3"),
        ("http://a.cn/x?sid=9f86d081884c7d65", "http://a.cn/x"),
        ("http://a.cn/x?tdsourcetag=s_pc&utm_source=a&spm=1.2&isappinstalled=0&wd_a=1", "http://a.cn/x"),
        ("http://a.cn/x?from=timeline&id=1", "http://a.cn/x?id=1"),
        ("http://a.cn/x?from=singlemessage&from=groupmessage", "http://a.cn/x"),
        ("http://a.cn/x?&a=1&&b=2&", "http://a.cn/x?a=1&b=2"),
        ("http://a.cn/x?", "http://a.cn/x"),
    ],
)
def test_spellings_of_one_page_have_one_key(url, key):
    """Scheme, www, case of the host, ports, escapes, sessions and tracking marks do not make another page."""
    assert canonicalize(url) == key


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("http://a.cn/A", "http://a.cn/a"),
        ("http://a.cn/a", "http://a.cn/a/"),
        ("http://a.cn/", "http://a.cn/index.html"),
        ("http://a.cn/?a=1&b=2", "http://a.cn/?b=2&a=1"),
        ("http://a.cn/?sid=12", "http://a.cn/"),
        ("http://a.cn/?sid=12", "http://a.cn/?sid=13"),
        ("http://a.cn/?from=search", "http://a.cn/"),
        ("http://a.cn/?id=", "http://a.cn/"),
        ("http://a.cn/?s=a%26b", "http://a.cn/?s=a&b"),
        ("http://a.cn:8080/", "http://a.cn/"),
        ("http://m.a.cn/", "http://a.cn/"),
    ],
)
def test_what_may_choose_another_page_stays(one, other):
    """Path case, trailing slash, index names and all other parameters with their order are kept."""
    assert canonicalize(one) != canonicalize(other)


@settings(deadline=None)
@given(URLISH)
def test_canonicalize_is_idempotent_and_never_raises(text):
    """A key is its own key."""
    key = canonicalize(text)
    assert key is None or canonicalize(key) == key


@settings(deadline=None)
@given(URLISH, URLISH)
def test_normalize_is_stable_and_never_raises(base, link):
    """What is fetchable stays as it is, is ASCII, without fragment, and has the key that canonicalize gives it."""
    url = normalize(base, link)
    if url is not None:
        assert url.isascii()
        assert "#" not in url
        assert normalize("", url) == url
        assert canonicalize(url) == key_of(url)


def test_hosts_and_fingerprints_of_keys():
    """A key's host carries its port; fingerprints are 128 bits and differ."""
    assert host_of("http://a.cn:8080/x") == "a.cn:8080"
    assert fingerprint("http://a.cn/") == fingerprint("http://a.cn/") != fingerprint("http://a.cn/x")
    assert max(fingerprint(f"http://a.cn/{n}").bit_length() for n in range(64)) in range(121, 129)


@pytest.mark.parametrize("text", ["", "a.cn/x", "https://a.cn/", "http://"])
def test_what_is_no_key_is_refused(text):
    """host_of says what was wrong instead of returning an empty host."""
    with pytest.raises(NotAKeyError, match="canonicalize"):
        host_of(text)


def test_real_urls_have_keys():
    """Every URL of the saved pages has a key on its own host."""
    for row in saved_pages.rows():
        if row["url"]:
            key = canonicalize(row["url"])
            assert key
            assert canonicalize(key) == key
            assert host_of(key) in row["url"].lower()
