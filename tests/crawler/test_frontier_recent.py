"""What a worker remembers of the seen-set spares calls and never costs a page."""

from collections.abc import Callable

import redis
from hypothesis import given
from hypothesis import strategies as st

from crawler.frontier.batch import Batch
from crawler.frontier.contract import End
from crawler.frontier.recent import RecentlySeen
from crawler.frontier.redis import prefix_of
from tests.crawler.conftest import granted, link

LIMIT = 4
MENU = [link(f"http://a.example/menu/{number}") for number in range(300)]


@given(st.lists(st.tuples(st.integers(0, 9), st.integers(0, 6), st.booleans()), max_size=60), st.integers(1, 5))
def test_only_what_is_known_as_near_or_nearer_is_left_out(steps: list[tuple[int, int, bool]], generation: int) -> None:
    """Whatever was learned and forgotten: a link is left out as known only where it was pushed from no deeper page."""
    recent = RecentlySeen(generation)
    pushed: dict[str, int] = {}
    for number, depth, asks in steps:
        one = link(f"http://a.example/{number}")
        if not asks:
            recent.learn([one], depth, LIMIT)
            if depth + 1 <= LIMIT:
                pushed[one.key] = min(pushed.get(one.key, LIMIT), depth + 1)
            continue
        parted = recent.part([one], depth, LIMIT)
        assert sorted([*parted.sent, *parted.known, *parted.deep], key=repr) == [one]
        assert bool(parted.deep) == (depth + 1 > LIMIT)
        assert not parted.known or pushed[one.key] <= depth + 1


def test_a_page_of_unknown_depth_sends_all() -> None:
    """Without a guess of the page's depth nothing can be left out."""
    recent = RecentlySeen()
    recent.learn(MENU, 0, LIMIT)
    assert list(recent.part(MENU, -1, LIMIT).sent) == MENU


async def test_a_menu_is_sent_once(open_round: Callable[..., object], each_redis_url: str) -> None:
    """The same links of a second page at the same depth cost hardly a byte; the ledger counts each once."""
    frontier = await open_round(seeds=("http://a.example/", "http://b.example/"), host_concurrency=8)
    first, second = await granted(frontier)
    server = redis.Redis.from_url(each_redis_url)
    taken = [server.info("stats")["total_net_input_bytes"]]
    for page in (first, second):
        offered = await frontier.offer(page, MENU, out_of_scope=0, cut=0)
        assert offered.depth == 0
        taken.append(server.info("stats")["total_net_input_bytes"])
    server.close()
    assert taken[2] - taken[1] < (taken[1] - taken[0]) / 10
    assert (await frontier.counts()).found == 2 + len(MENU)


async def test_a_page_that_fell_offers_what_it_left_out(open_round: Callable[..., object]) -> None:
    """A link left out for the page's old depth is offered for the new one: its depth falls with the page's."""
    frontier = await open_round(seeds=("http://a.example/",), depth=LIMIT, host_concurrency=8)
    (home,) = await granted(frontier)
    await frontier.offer(home, [link("http://a.example/1")], out_of_scope=0, cut=0)
    (one,) = await granted(frontier)
    await frontier.offer(one, [link("http://a.example/2"), link("http://a.example/x")], out_of_scope=0, cut=0)
    leases = {lease.key: lease for lease in await granted(frontier)}
    two = leases["http://a.example/2"]
    target = link("http://a.example/y")
    await frontier.offer(leases["http://a.example/x"], [target], out_of_scope=0, cut=0)  # y is known at depth 3
    await frontier.offer(home, [link("http://a.example/2")], out_of_scope=0, cut=0)  # 2 falls to depth 1
    offered = await frontier.offer(two, [target], out_of_scope=0, cut=0)
    assert two.depth == 2
    assert (offered.depth, offered.lowered) == (1, 1)


async def test_what_was_too_deep_is_offered_when_the_page_has_fallen(open_round: Callable[..., object]) -> None:
    """Links beyond the limit are counted and not sent, until the page stands nearer."""
    frontier = await open_round(seeds=("http://a.example/",), depth=2, host_concurrency=8)
    (home,) = await granted(frontier)
    await frontier.offer(home, [link("http://a.example/1")], out_of_scope=0, cut=0)
    (one,) = await granted(frontier)
    await frontier.offer(one, [link("http://a.example/2")], out_of_scope=0, cut=0)
    (two,) = await granted(frontier)
    offered = await frontier.offer(two, [link("http://a.example/3")], out_of_scope=0, cut=0)
    assert (offered.depth, offered.new, offered.too_deep) == (2, 0, 1)
    await frontier.offer(home, [link("http://a.example/2")], out_of_scope=0, cut=0)
    offered = await frontier.offer(two, [link("http://a.example/3")], out_of_scope=0, cut=0)
    assert (offered.depth, offered.new, offered.too_deep) == (1, 1, 0)


async def test_a_new_epoch_ends_what_was_remembered(
    open_round: Callable[..., object], each_redis_url: str, round_name: str
) -> None:
    """Redis lost its last second and came back: links this worker knows of are pushed again."""
    frontier = await open_round(seeds=("http://a.example/", "http://b.example/"), host_concurrency=8)
    first, second = await granted(frontier)
    await frontier.offer(first, MENU, out_of_scope=0, cut=0)
    server = redis.Redis.from_url(each_redis_url)
    for name in server.scan_iter(f"{prefix_of(round_name).replace('{', '?').replace('}', '?')}seen:*"):
        kept = [each for each in server.smembers(name) if int(each) % 50 == 0]  # the seeds, at depth 0
        server.delete(name)
        if kept:
            server.sadd(name, *kept)
    server.close()
    connection = Batch(each_redis_url, prefix_of(round_name), patience=5.0)
    await connection.call("epoch", "another server", "e2")
    await connection.close()
    assert (await frontier.offer(second, MENU, out_of_scope=0, cut=0)).new == len(MENU)
    assert await frontier.ack(second, End.STORED, depth=0)
