"""How the web answers: failures, silences, redirects, robots, the log; and that bytes repeat."""

import http.client
import ssl
import time
import zipfile
from io import BytesIO
from urllib.parse import urlsplit

import pytest

from rehearsal import feeds, search, truth
from rehearsal.addresses import Ref, canonical, path_of
from rehearsal.answers import Answers
from rehearsal.plan import build
from tests.rehearsal.conftest import Served

SIZE = (7, 2, 760)


@pytest.fixture(scope="module")
def found():
    return truth.walk(build(*SIZE), 6)


def ask(about, url, method="GET", timeout=10.0, **headers):
    """Status, headers and body of one request."""
    parts = urlsplit(url)
    host, port = about[parts.scheme].split(":")
    if parts.scheme == "https":
        link = http.client.HTTPSConnection(host, int(port), timeout=timeout, context=ssl._create_unverified_context())
    else:
        link = http.client.HTTPConnection(host, int(port), timeout=timeout)
    try:
        target = parts.path + (f"?{parts.query}" if parts.query else "")
        link.request(method, target, headers={"Host": parts.netloc, **headers})
        answer = link.getresponse()
        return answer.status, {name.lower(): value for name, value in answer.getheaders()}, answer.read()
    finally:
        link.close()


def one(found, feature, kind=None):
    """The address of the first page with a feature."""
    named = sorted(key for key, page in found.items() if feature in page.features and kind in {None, page.kind})
    return canonical(found[named[0]].place)


def test_the_announcement_names_hosts_and_ports(small):
    """Units, seeds and a resolve entry on both ports for every host, bare and www., for the search engine and the feeds."""
    about = small.about
    hosts = {host.removeprefix("www.") for unit in about["units"] for host in unit["hosts"]}
    entries = {entry.split("=")[0] for entry in about["resolve"]}
    names = {f"{www}{host}" for host in hosts for www in ("", "www.")} | {search.HOST, feeds.HOST}
    assert {f"{name}:{port}" for name in names for port in (80, 443)} == entries
    assert all(len(unit["hosts"]) >= 4 and len(unit["seeds"]) == 2 for unit in about["units"])


def test_stored_pages_answer_200(small, found):
    """A sample of the stored set over every kind of page: 200, and bytes equal to another process's."""
    answers = Answers(build(*SIZE))
    quick = [
        page
        for page in found.values()
        if page.stored and not {"slow", "flapping-500", "flapping-503"} & {*page.features}
    ]
    for page in sorted(quick, key=lambda page: page.place.key)[::9]:
        url = canonical(page.place)
        status, _, body = ask(small.about, url)
        parts = urlsplit(url)
        here = answers.reply(parts.scheme, parts.netloc, parts.path + (f"?{parts.query}" if parts.query else ""))
        assert (status, body) == (200, here.body), url


def test_flapping_pages_recover(found):
    """A flapping 503 asks to come back in one second, and answers 200 at the third request."""
    answers = Answers(build(*SIZE))
    parts = urlsplit(one(found, "shortcut"))
    target = parts.path + (f"?{parts.query}" if parts.query else "")
    first, second, third = (answers.reply(parts.scheme, parts.netloc, target) for _ in range(3))
    assert ("Retry-After", "1") in first.headers
    assert [first.status, second.status, third.status] == [503, 503, 200]


def test_a_stalled_page_never_ends(small, found):
    """The head or half a body comes, then nothing; the request is logged once the client has gone."""
    url = one(found, "stalled")
    with pytest.raises((TimeoutError, http.client.IncompleteRead)):
        ask(small.about, url, timeout=1.0, **{"User-Agent": "leaver"})
    assert small.requests_of("leaver", 1)[0]["key"] == url


@pytest.mark.parametrize(
    ("feature", "status"), [("dead-410", 410), ("always-500", 500), ("redirect-301", 301), ("redirect-loop", 302)]
)
def test_statuses_are_as_the_truth_says(small, found, feature, status):
    """Dead pages and redirects answer with their status."""
    assert ask(small.about, one(found, feature))[0] == status


def test_https_hosts_redirect_http_to_the_same_path(small, found):
    """A host that is https only sends http there; the two are one page in the truth."""
    url = one(found, "https-only")
    status, headers, _ = ask(small.about, url.replace("https://", "http://"))
    assert (status, headers["location"]) == (301, url)


def test_gzip_and_head(small, found):
    """A gzip host compresses when asked to; HEAD has the same length and no body."""
    url = one(found, "gzip", "home")
    _, headers, body = ask(small.about, url, **{"Accept-Encoding": "gzip"})
    status, plain, nothing = ask(small.about, url, "HEAD")
    assert headers["content-encoding"] == "gzip"
    assert body[:2] == b"\x1f\x8b"
    assert (status, nothing) == (200, b"")
    assert "content-encoding" not in plain


@pytest.mark.parametrize(
    ("end", "magic"),
    [
        ("pdf", b"%PDF-"),
        ("doc", b"\xd0\xcf\x11\xe0"),
        ("zip", b"PK\x03\x04"),
        ("docx", b"PK\x03\x04"),
        ("xlsx", b"PK\x03\x04"),
    ],
)
def test_attachments_are_real_files(small, found, end, magic):
    """The bytes are of the type the name says; archives open and are whole."""
    _, _, body = ask(small.about, one(found, f"attachment-{end}"))
    assert body.startswith(magic)
    if magic[:2] == b"PK":
        assert zipfile.ZipFile(BytesIO(body)).testzip() is None


def test_misdeclared_pages_decode_only_as_what_they_are(small, found):
    """GBK declared as UTF-8 is no UTF-8; UTF-8 declared as gb2312 is UTF-8."""
    _, _, gbk = ask(small.about, one(found, "charset-gbk-as-utf8", "list"))
    _, _, utf8 = ask(small.about, one(found, "charset-utf8-as-gb2312", "list"))
    assert b"charset=utf-8" in gbk
    assert b"charset=gb2312" in utf8
    assert "政务服务便民热线" in gbk.decode("gb18030")
    assert "政务服务便民热线" in utf8.decode("utf-8")
    with pytest.raises(UnicodeDecodeError):
        gbk.decode("utf-8")


def test_robots_bars_what_the_truth_bars(small, found):
    """The file of a barred page's host disallows its directory."""
    parts = urlsplit(one(found, "robots"))
    status, _, body = ask(small.about, f"{parts.scheme}://{parts.netloc}/robots.txt")
    assert status == 200
    assert b"Disallow: /oa/" in body


def test_the_log_tells_pages_robots_and_resources_apart(small, found):
    """Each request is logged when it ends, with kind, site and the truth's key."""
    url = one(found, "session-parameter")
    parts = urlsplit(url)
    origin = f"{parts.scheme}://{parts.netloc}"
    for path in ("/robots.txt", "/js/site.js"):
        ask(small.about, origin + path, **{"User-Agent": "logged"})
    ask(small.about, url, **{"User-Agent": "logged", "Sec-Fetch-Dest": "document"})
    rows = sorted(small.requests_of("logged", 3), key=lambda row: row["t"])
    assert [row["kind"] for row in rows] == ["robots", "resource", "document"]
    assert [row["browser"] for row in rows] == [False, False, True]
    assert rows[2]["key"] == url
    assert rows[2]["site"] == parts.hostname.removeprefix("www.")
    assert rows[2]["t"] <= rows[2]["end"]


def test_a_million_pages_start_at_once(tmp_path):
    """Nothing is stored: pages of the last column of a million-page web are answered by their number alone."""
    served = Served(tmp_path, "--seed", "9", "--pages", "1000000")
    try:
        world = build(9, 5, 1_000_000)
        host = world.hosts[0]
        last = host.columns[-1]
        assert len(host.columns) * last.count > 30_000
        assert (
            ask(served.about, host.origin + path_of(world, host, Ref("column", last.index, last.pages - 1)))[0] == 200
        )
        assert ask(served.about, host.origin + path_of(world, host, Ref("column", last.index, last.pages)))[0] == 404
    finally:
        assert served.stop() == 0


def test_hosts_of_other_webs_are_refused(small):
    """A Host header that is none of ours gets no page."""
    assert ask(small.about, "http://www.other.example/")[0] == 421


def test_stopping_is_prompt(tmp_path):
    """SIGTERM ends the process with code 0 although a connection is open."""
    served = Served(tmp_path, "--units", "1", "--pages", "300")
    host, port = served.about["http"].split(":")
    link = http.client.HTTPConnection(host, int(port))
    link.connect()
    start = time.monotonic()
    assert served.stop() == 0
    assert time.monotonic() - start < 8
    link.close()
