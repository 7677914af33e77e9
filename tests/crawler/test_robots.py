"""robots.txt: what a file means, and how a worker asks for it (RFC 9309)."""

from collections.abc import Awaitable, Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crawler import robots_desk
from crawler.errors import Broken, FetchError, ProxyAway, Refused, TimedOut, TooLarge, Unresolved
from crawler.frontier.contract import Grant, Lease, Via
from crawler.frontier.redis import RedisFrontier
from crawler.items import Capture
from crawler.robots import LONGEST_DELAY, MOST_BYTES, MOST_REDIRECTS, MOST_TRIES, product_token, rules_of, text_of
from crawler.robots_desk import RobotsDesk

Opened = Callable[..., Awaitable[RedisFrontier]]


@pytest.mark.parametrize("status", [400, 401, 403, 404, 410, 451, 499])
def test_a_client_error_allows_all(status: int) -> None:
    """RFC 9309 §2.3.1.3: unavailable, whatever the body says."""
    assert text_of(status, b"User-agent: *\nDisallow: /") == ""


@pytest.mark.parametrize("status", [429, 500, 502, 503, 599])
def test_a_server_error_has_to_be_asked_again(status: int) -> None:
    """§2.3.1.4, and too many requests is no permission to send more."""
    assert text_of(status, b"") is None


@pytest.mark.parametrize("status", [200, 203, 206])
def test_a_success_is_read(status: int) -> None:
    """Its text is the rules."""
    assert text_of(status, "User-agent: *\nDisallow: /政务/".encode()) == "User-agent: *\nDisallow: /政务/"


def allows(text: str | bytes, path: str) -> bool:
    """Whether the file lets `caifeng` fetch `path`."""
    body = text.encode() if isinstance(text, str) else text
    return rules_of(text_of(200, body) or "", "caifeng").allows(f"http://a.gov.cn{path}")


@pytest.mark.parametrize(
    ("text", "path", "allowed"),
    [
        ("", "/x", True),
        ("User-agent: *\nDisallow:", "/x", True),
        ("User-agent: *\nDisallow: /", "/x", False),
        ("User-agent: *\r\nDisallow: /a\r\nAllow: /a/b\r\n", "/a/b/c", True),
        ("User-agent: *\nDisallow: /a\nAllow: /a/b\n", "/a/c", False),
        ("User-agent: *\nDisallow: /\n\nUser-agent: Caifeng\nDisallow: /private", "/x", True),
        ("User-agent: *\nDisallow:\n\nUser-agent: caifeng\nDisallow: /private", "/private/1", False),
        ("User-agent: baiduspider\nDisallow: /", "/x", True),
        ("User-agent: *\nDisallow: /*.jsp$", "/a.jsp", False),
        ("User-agent: *\nDisallow: /*.jsp$", "/a.jsp?x=1", True),
        ("User-agent: *\nDisallow: /政务/", "/%E6%94%BF%E5%8A%A1/1.html", False),
        ("User-agent: *\nDisallow: /%E6%94%BF%E5%8A%A1/", "/%E6%94%BF%E5%8A%A1/1.html", False),
        ("User-agent: *\nDisallow: /政务/", "/%E6%94%BF/1.html", True),
        ("\ufeffUser-agent: *\nDisallow: /a", "/a", False),
        ("<html><body>404 没有找到</body></html>", "/x", True),
        (b"\x00\xff\xfe\x00garbage\n" * 20, "/x", True),
    ],
)
def test_rules(text: str | bytes, path: str, allowed: bool) -> None:  # noqa: FBT001
    """Longest match, groups by product token, wildcards, Chinese paths in either spelling, a BOM, and nonsense."""
    assert allows(text, path) is allowed


@given(st.text(max_size=300), st.text(max_size=60))
def test_no_file_and_no_path_breaks_the_reading(text: str, path: str) -> None:
    """A worker reads what hosts send: any text has an answer and a delay within reason."""
    rules = rules_of("User-agent: *\nCrawl-delay: " + text, "caifeng")
    assert rules.allows("http://a.gov.cn/" + path) in {True, False}
    assert 0.0 <= rules.delay <= LONGEST_DELAY


def test_a_long_file_is_read_to_the_limit() -> None:
    """§2.5: at least 500 KiB count; what stands behind them does not."""
    filler = b"# filler\n" * (600_000 // 9)
    head, tail = b"User-agent: *\nDisallow: /head\n", b"Disallow: /tail\n"
    assert len(head + filler) > MOST_BYTES >= 500 * 1024
    body = head + filler + tail
    assert not allows(body, "/head")
    assert allows(body, "/tail")
    assert not allows(head + filler[: 490 * 1024] + b"\n" + tail, "/tail")


@pytest.mark.parametrize(
    ("value", "seconds"), [("2", 2.0), ("0.5", 0.5), ("86400", LONGEST_DELAY), ("soon", 0.0), ("-3", 0.0), ("nan", 0.0)]
)
def test_crawl_delay_is_honoured_within_reason(value: str, seconds: float) -> None:
    """A host may slow us down, not stop the round."""
    assert rules_of(f"User-agent: *\nCrawl-delay: {value}\n", "caifeng").delay == seconds


@pytest.mark.parametrize(
    ("agent", "token"),
    [("caifeng", "caifeng"), ("caifeng/0.1 (某局; +https://x.cn)", "caifeng"), ("caifeng bot", "caifeng")],
)
def test_the_product_token(agent: str, token: str) -> None:
    """The part of the user agent that robots.txt groups name."""
    assert product_token(agent) == token


# -- the desk: robots grants of a real frontier ------------------------------------------------------------------------


class Asking:
    """One host's robots.txt asked for until the frontier is satisfied; `turns` are the leases it took."""

    def __init__(self, frontier: RedisFrontier, desk: RobotsDesk) -> None:
        self.frontier, self.desk, self.turns = frontier, desk, list[Lease]()

    async def run(self, answer: Callable[[Lease], tuple[int, dict[str, str], bytes] | FetchError]) -> Lease:
        """Answer robots grants until a page is granted; that page."""
        while len(self.turns) < 20:
            claim = await self.frontier.claim("w", 1, 0)
            for lease in claim.leases:
                if lease.grant is not Grant.ROBOTS:
                    return lease
                self.turns.append(lease)
                got = answer(lease)
                if isinstance(got, FetchError):
                    await self.desk.failed(lease, got)
                else:
                    await self.desk.answered(lease, capture(lease, *got))
        pytest.fail("robots.txt is asked for again and again")


def capture(lease: Lease, status: int, headers: dict[str, str], body: bytes) -> Capture:
    """An HTTP answer."""
    return Capture(lease.url, status, tuple(headers.items()), body, body, None, Via.HTTP, 0.0, 0.0, "127.0.0.1")


@pytest.fixture
async def asking(open_round: Opened) -> Asking:
    """A round of one host, its robots.txt not asked for yet."""
    frontier = await open_round(retry_delays=(0.001,))
    return Asking(frontier, RobotsDesk(frontier, await frontier.plan()))


async def test_rules_and_delay_are_shared_through_redis(asking: Asking) -> None:
    """Another worker's desk knows them without asking."""
    text = "User-agent: *\nDisallow: /no\nCrawl-delay: 0.2\n"
    page = await asking.run(lambda _lease: (200, {}, text.encode()))
    other = RobotsDesk(asking.frontier, await asking.frontier.plan())
    rules = await other.rules(page.host)
    assert rules is not None
    assert not rules.allows("http://a.example/no")
    assert rules.delay == 0.2
    assert len(asking.turns) == 1


async def test_a_server_error_is_asked_three_times_then_bars_the_host(asking: Asking) -> None:
    """Until then no page is granted; after it every page knows why."""
    page = await asking.run(lambda _lease: (503, {}, b""))
    assert len(asking.turns) == MOST_TRIES
    assert await asking.desk.rules(page.host) is None


async def test_timeouts_are_asked_three_times_too(asking: Asking) -> None:
    """A server that does not answer robots.txt gives no permission."""
    page = await asking.run(lambda _lease: TimedOut("late"))
    assert len(asking.turns) == MOST_TRIES
    assert await asking.desk.rules(page.host) is None


async def test_a_passing_error_leaves_nothing_behind(asking: Asking) -> None:
    """The second answer counts."""
    answers = iter([(500, {}, b""), (200, {}, b"User-agent: *\nDisallow: /no")])
    page = await asking.run(lambda _lease: next(answers))
    rules = await asking.desk.rules(page.host)
    assert rules is not None
    assert not rules.allows("http://a.example/no")
    assert rules.allows("http://a.example/yes")


async def test_a_server_that_names_a_time_is_not_asked_sooner(asking: Asking) -> None:
    """Its Retry-After is longer than the plan's own delay between two tries."""
    (lease,) = (await asking.frontier.claim("w", 1, 0)).leases
    await asking.desk.answered(lease, capture(lease, 503, {"Retry-After": "20"}, b""))
    claim = await asking.frontier.claim("w", 1, 0)
    assert claim.leases == ()
    assert 19_000 < claim.wait_ms <= 20_000


async def die_over_robots(asking: Asking, times: int) -> None:
    """So many workers end, one after the other, while they ask for robots.txt."""
    for _ in range(times):
        (lease,) = (await asking.frontier.claim("w", 1, 0)).leases
        assert lease.grant is Grant.ROBOTS
        await asking.frontier.release_worker("w")


async def test_a_robots_txt_that_kills_bars_its_host_in_the_end(asking: Asking) -> None:
    """Thirty restarts, and one more; then its pages know why they are not asked for."""
    await die_over_robots(asking, 31)
    page = await asking.run(lambda _lease: pytest.fail("it was asked for once more"))
    assert await asking.desk.rules(page.host) is None


async def test_random_kills_over_robots_txt_do_not_add_up(asking: Asking) -> None:
    """An answer between them, even one that sends elsewhere, begins the count anew."""
    await die_over_robots(asking, 30)
    (lease,) = (await asking.frontier.claim("w", 1, 0)).leases
    await asking.desk.answered(lease, capture(lease, 301, {"Location": "http://www.a.example/robots.txt"}, b""))
    await die_over_robots(asking, 30)
    page = await asking.run(lambda _lease: (200, {}, b""))
    assert await asking.desk.rules(page.host) is not None


async def test_a_proxy_that_is_away_costs_the_host_no_try(asking: Asking, monkeypatch: pytest.MonkeyPatch) -> None:
    """The host was never asked; once the proxy is back one answer of its own that passes bars nothing."""
    monkeypatch.setattr(robots_desk, "PROXY_SECONDS", 0.0)
    away = [ProxyAway("no proxy") for _ in range(MOST_TRIES)]
    answers = iter([*away, (503, {}, b""), (200, {}, b"User-agent: *\nDisallow: /no")])
    page = await asking.run(lambda _lease: next(answers))
    rules = await asking.desk.rules(page.host)
    assert rules is not None
    assert not rules.allows("http://a.example/no")


@pytest.mark.parametrize("error", [Broken("torn in the middle"), TooLarge("endless")])
async def test_a_file_that_cannot_be_read_whole_gives_no_permission(asking: Asking, error: FetchError) -> None:
    """The server is there: what it forbids is not known, so everything is barred."""
    page = await asking.run(lambda _lease: error)
    assert len(asking.turns) == MOST_TRIES
    assert await asking.desk.rules(page.host) is None


@pytest.mark.parametrize("error", [Refused("refused"), Unresolved("no such name")])
async def test_where_no_server_answers_its_pages_tell(asking: Asking, error: FetchError) -> None:
    """The pages are granted and fail, or not, by their own reason."""
    page = await asking.run(lambda _lease: error)
    rules = await asking.desk.rules(page.host)
    assert rules is not None
    assert rules.allows(page.url)


async def test_redirects_are_followed_within_the_host(asking: Asking) -> None:
    """Scheme and www. are folded: the further request is a grant of the same host."""

    def answer(lease: Lease) -> tuple[int, dict[str, str], bytes]:
        if lease.url.startswith("http://"):
            return 301, {"Location": "https://www.a.example/robots.txt"}, b""
        return 200, {}, b"User-agent: *\nDisallow: /no"

    page = await asking.run(answer)
    rules = await asking.desk.rules(page.host)
    assert [lease.url for lease in asking.turns][-1] == "https://www.a.example/robots.txt"
    assert rules is not None
    assert not rules.allows("http://a.example/no")


@pytest.mark.parametrize("location", ["http://b.example/robots.txt", "", "javascript:0"])
async def test_redirects_elsewhere_are_not(asking: Asking, location: str) -> None:
    """Another host's rules are not this host's, and nothing is requested there."""
    page = await asking.run(lambda _lease: (302, {"Location": location}, b""))
    rules = await asking.desk.rules(page.host)
    assert rules is not None
    assert rules.allows(page.url)
    assert {lease.host for lease in asking.turns} == {"a.example"}


async def test_five_redirects_are_the_end(asking: Asking) -> None:
    """§2.3.1.2: then the file counts as unavailable."""
    page = await asking.run(lambda lease: (302, {"Location": f"/robots{lease.attempts}.txt"}, b""))
    assert len(asking.turns) == MOST_REDIRECTS + 1
    assert await asking.desk.rules(page.host) is not None
