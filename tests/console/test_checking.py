"""What `round check`, and the summary of a crawl, say of addresses that cannot be had."""

from __future__ import annotations

import re
import ssl
import threading
from collections.abc import Iterator, Mapping
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

from crawler.errors import Broken, FetchError, NotInResolveMap, Refused, TimedOut, TlsFailed, Unresolved
from crawler.exits import Exit
from rounds.check import sentence
from rounds.services import Services
from tests.pipelines.making import HOST, page
from tests.rounds.keeping import keep

LIBRARIES = re.compile(r"0x[0-9a-f]+|SSLContext|Errno|Cannot connect|Connect call|\[SSL|_ssl\.c|None\b")


@pytest.fixture
def plain_port() -> Iterator[int]:
    """The port of a server that speaks HTTP without TLS, and answers 404 to all."""
    yield from _served({})


@pytest.fixture
def home_port() -> Iterator[int]:
    """The port of one that has a home page and nothing else."""
    yield from _served({"/": 200})


def _served(statuses: Mapping[str, int]) -> Iterator[int]:
    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.send_response(statuses.get(self.path, 404))
            self.send_header("Content-Length", "0")
            self.end_headers()

        def log_message(self, *_words: object) -> None:
            """Say nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield server.server_port
    server.shutdown()
    server.server_close()
    thread.join()


def test_round_check_says_in_chinese_why_a_seed_cannot_be_had(caifeng, services_here, round_name, plain_port) -> None:
    """Refused, unknown, no TLS and 404: a word with its code and a clean sentence, in the table and in the JSON."""
    made = caifeng(
        "round", "new", round_name, "--delay", "0", "--organisation", "Test Office", "--contact", "http://o.test/",
        "--site", "http://dead.test/", "--site", "http://gone.test/", "--site", "https://plain.test/", "--site", "http://none.test/",
        "--resolve", "dead.test=127.0.0.1:9", "--resolve", f"plain.test:443=127.0.0.1:{plain_port}",
        "--resolve", f"none.test=127.0.0.1:{plain_port}",
    )  # fmt: skip
    assert made.code == Exit.OK, made.err
    ran = caifeng("round", "check", round_name, "--json")
    assert ran.code == Exit.UNRESOLVED
    told = {seed["host"]: (seed["problem"], seed["detail"]) for seed in ran.json["seeds"]}
    assert told["dead.test"] == ("refused", "连不上：对方拒绝或断开了连接")
    assert told["gone.test"] == ("unresolved", "--resolve 里没有这个主机；给了 --resolve 就不再查别的域名")
    assert told["plain.test"][0] == "tls"
    assert told["plain.test"][1].startswith("建立不了加密连接（https）：站点可能只开了 http")
    shown = caifeng("round", "check", round_name)
    for word in (
        "连接被拒绝或断开（refused）",
        "域名查不到（unresolved）",
        "加密连接失败（tls）",
        "网页不存在或不给看（http-4xx）",
    ):
        assert word in re.sub(r"[│\s]", "", shown.out)
    assert not LIBRARIES.search(shown.out + shown.err + ran.out + ran.err)


@pytest.mark.parametrize(
    ("error", "says"),
    [
        (Unresolved("Cannot connect to host a.test:80 ssl:<ssl.SSLContext object at 0x7f>"), "域名查不到地址"),
        (NotInResolveMap("a.test"), "--resolve 里没有"),
        (Refused("[Errno 111] Connect call failed ('127.0.0.1', 9)"), "连不上"),
        (TimedOut("no whole answer within 20.0 s"), "20 秒内没有完整的答复"),
        (TlsFailed("ssl:<ssl.SSLContext object at 0x7f>"), "建立不了加密连接"),
    ],
)
def test_a_connection_that_fails_is_a_clean_chinese_sentence(error: FetchError, says: str) -> None:
    """Nothing of what the libraries print gets through."""
    said = sentence(error, 20.0)
    assert said.startswith(says)
    assert not LIBRARIES.search(said)


def test_judging_an_address_that_cannot_be_had_says_the_same(caifeng) -> None:
    """`judge URL` uses the word, the code and the sentence of `round check`."""
    ran = caifeng("judge", "http://127.0.0.1:9/", "--organisation", "Test Office", "--contact", "http://o.test/")
    assert ran.code == Exit.NOT_FOUND
    assert "连接被拒绝或断开（refused）：连不上" in ran.err
    assert not LIBRARIES.search(ran.err)


def test_a_page_is_judged_at_the_address_its_name_is_given(caifeng, home_port) -> None:
    """As a round over a rehearsal web reaches it; no name is looked up, and nothing leaves this machine."""
    ran = caifeng("judge", "http://a.test/", "--resolve", f"a.test=127.0.0.1:{home_port}", "--json")
    assert ran.code == Exit.OK, ran.err
    assert ran.json["url"] == "http://a.test/"
    other = caifeng(
        "judge",
        "http://b.test/",
        "--resolve",
        "a.test=127.0.0.1:9",
        "--organisation",
        "Test Office",
        "--contact",
        "http://o.test/",
    )
    assert "--resolve 里没有" in other.err


def test_openssls_own_name_of_the_fault_is_kept() -> None:
    """It tells an administrator what to mend, where our sentence only says that it failed."""
    cause = ssl.SSLError()
    cause.reason = "WRONG_VERSION_NUMBER"
    error = TlsFailed("long text")
    error.__cause__ = cause
    assert sentence(error, 20.0).endswith("（WRONG_VERSION_NUMBER）")


def test_an_answer_that_broke_off_keeps_its_detail() -> None:
    """There are too many ways to break for one sentence."""
    assert (
        sentence(Broken("Data after `Connection: close`"), 20.0)
        == "没有得到完整的答复（Data after `Connection: close`）"
    )


def test_what_the_estimate_rests_on_is_told(caifeng, services_here, tmp_path, home_port) -> None:
    """For how many hosts pages are invented, and which round the others are taken from."""
    here = Services(
        services_here["CAIFENG_REDIS_URL"], services_here["CAIFENG_MONGO_URL"], tmp_path.as_uri(), tmp_path, ""
    )
    keep(here, "R1", page("/a", 1), page("/b", 2))
    sites = ("--site", f"http://www.{HOST}/", "--site", "http://b.gov.cn/")
    resolve = [f"--resolve={host}=127.0.0.1:{home_port}" for host in (f"www.{HOST}", "b.gov.cn")]
    assert caifeng("round", "new", "R2", "--delay", "0", *sites, *resolve).code == Exit.OK
    shown = caifeng("round", "check", "R2").out
    assert "1 个主机按早先的轮次（R1）实际采到的" in shown
    assert "1 个主机没有来历，假定每个 5,000 页" in shown
    told = {one["host"]: one for one in caifeng("round", "check", "R2", "--json").json["hosts"]}
    assert (told[HOST]["pages"], told[HOST]["pages_from"], told[HOST]["round"]) == (2, "round", "R1")
    assert (told["b.gov.cn"]["pages"], told["b.gov.cn"]["pages_from"]) == (5000, "assumed")
