"""The frontier's transitions, one by one, against every Redis of this machine."""

import asyncio
import time

import pytest

from cleaning.page import LinkKind
from crawler.errors import FrontierAway, UnknownRound
from crawler.frontier.contract import End, Grant, Via
from crawler.frontier.redis import SLICE, RedisFrontier, State
from crawler.plan import HostHours, ScopeRule
from tests.crawler.conftest import granted, link, plan_of


async def test_a_seed_is_asked_for_robots_first_then_granted(open_round) -> None:
    """The first grant of a host is its robots.txt; the page follows once that is answered."""
    frontier = await open_round()
    first = await frontier.claim("w", 10, 0)
    assert [(lease.grant, lease.url) for lease in first.leases] == [(Grant.ROBOTS, "http://www.a.example/robots.txt")]
    await frontier.robots_done(first.leases[0], "User-agent: *\nDisallow: /x\n", 0.0, alive=True)
    assert await frontier.robots_text("a.example") == "User-agent: *\nDisallow: /x\n"
    pages = await frontier.claim("w", 10, 0)
    assert [(lease.grant, lease.url) for lease in pages.leases] == [(Grant.PAGE, "http://www.a.example/")]


async def test_one_grant_at_a_time_per_host(open_round) -> None:
    """A host with many queued pages gives one, until the end of its request is reported."""
    frontier = await open_round()
    (home,) = await granted(frontier)
    await frontier.offer(home, [link(f"http://www.a.example/{n}") for n in range(5)], out_of_scope=0, cut=0)
    assert await granted(frontier) == []
    assert await frontier.fetched(home, alive=True)
    assert len(await granted(frontier)) == 1


async def test_robots_txt_is_asked_for_once_whatever_places_a_host_has(open_round) -> None:
    """No page is granted and no second request is made while its answer is not in."""
    frontier = await open_round(host_concurrency=3, seeds=("http://a.example/", "http://a.example/2"))
    (robots,) = (await frontier.claim("w", 10, 0)).leases
    claim = await frontier.claim("w", 10, 0)
    assert (robots.grant, claim.leases) == (Grant.ROBOTS, ())
    await frontier.robots_done(robots, "", 0.0, alive=True)
    assert [lease.grant for lease in (await frontier.claim("w", 10, 0)).leases] == [Grant.PAGE] * 2


async def test_a_claim_that_gives_nothing_tells_when_a_lease_lapses(open_round) -> None:
    """All there is may be held by a worker that is dead: the others ask again when it comes back."""
    frontier = await open_round(lease_seconds=30.0)
    assert len(await granted(frontier)) == 1
    claim = await frontier.claim("w2", 10, 0)
    assert claim.leases == ()
    assert 25_000 < claim.wait_ms <= 30_000


async def test_the_delay_counts_from_the_end_of_the_last_request(open_round) -> None:
    """With a delay the next grant waits for it, and the claim says how long."""
    frontier = await open_round(delay=30.0, seeds=("http://a.example/", "http://a.example/2"))
    claim = await frontier.claim("w", 10, 0)
    await frontier.robots_done(claim.leases[0], "", 0.0, alive=True)
    claim = await frontier.claim("w", 10, 0)
    assert claim.leases == ()
    assert 29_000 < claim.wait_ms <= 30_000


async def test_every_page_is_followed_by_the_delay(open_round) -> None:
    """After an answer and after none; a grant for which nothing was requested costs no wait."""
    frontier = await open_round(delay=0.3, seeds=("http://a.example/", "http://a.example/2", "http://a.example/3"))
    claim = await frontier.claim("w", 10, 0)
    await frontier.robots_done(claim.leases[0], "", 0.0, alive=True)
    for alive, waits in ((True, True), (False, True), (None, False)):
        await asyncio.sleep(0.35)
        (page,) = (await frontier.claim("w", 10, 0)).leases
        await frontier.fetched(page, alive=alive)
        await frontier.ack(page, End.STORED, depth=0)
        claim = await frontier.claim("w", 0, 0)
        assert (claim.wait_ms > 150) is waits


async def test_crawl_delay_and_retry_after_hold_the_host_back(open_round) -> None:
    """A host's own Crawl-delay, and a Retry-After, are waited for where they are longer than the plan's delay."""
    frontier = await open_round(seeds=("http://a.example/", "http://b.example/", "http://b.example/2"))
    claim = await frontier.claim("w", 10, 0)
    by_host = {lease.host: lease for lease in claim.leases}
    await frontier.robots_done(by_host["a.example"], "", 20.0, alive=True)
    await frontier.robots_done(by_host["b.example"], "", 0.0, alive=True)
    (page,) = (await frontier.claim("w", 10, 0)).leases
    assert page.host == "b.example"
    await frontier.fetched(page, alive=True, wait=10.0)
    claim = await frontier.claim("w", 10, 0)
    assert claim.leases == ()
    assert 9_000 < claim.wait_ms <= 10_000


async def test_the_ledger_closes_at_every_step(open_round) -> None:
    """Found = stored + failed + skipped + quarantined + queued + delayed + leased, whatever happens (F1)."""
    frontier = await open_round()

    async def check(**expected: int) -> None:
        counts = await frontier.counts()
        assert counts.difference == 0
        assert {name: getattr(counts, name) for name in expected} == expected

    (home,) = await granted(frontier)
    assert await frontier.waiting() is None
    await check(found=1, leased=1)
    offered = await frontier.offer(home, [link(f"http://a.example/{n}") for n in range(4)], out_of_scope=2, cut=3)
    assert (offered.depth, offered.new) == (0, 4)
    assert await frontier.ack(home, End.STORED, depth=0)
    await check(found=5, queued=4, stored=1, leased=0, out_of_scope=2, cut=3)
    (one,) = await granted(frontier)
    await frontier.defer(one, 30.0, "HTTP 503")
    await check(queued=3, delayed=1)
    waiting = await frontier.waiting()
    assert waiting is not None
    assert (waiting.urls, waiting.first) == (1, waiting.last)
    assert 0 < waiting.last - time.time() <= 30
    for end in (End.FAILED, End.SKIPPED, End.QUARANTINED):
        (lease,) = await granted(frontier)
        await frontier.ack(lease, end, depth=1)
    await check(found=5, stored=1, failed=1, skipped=1, quarantined=1, delayed=1, queued=0)
    assert not (await frontier.counts()).at_rest


async def test_an_ack_is_fenced_by_its_token(open_round) -> None:
    """Once a lease was taken back, its old token ends nothing and changes no counter."""
    frontier = await open_round()
    (old,) = await granted(frontier, "w1")
    assert await frontier.release_worker("w1") == 1
    (new,) = await granted(frontier, "w2")
    assert new.key == old.key
    assert new.token != old.token
    assert new.deaths == 1
    before = await frontier.counts()
    assert not await frontier.ack(old, End.STORED, depth=0)
    assert not await frontier.defer(old, 1.0, "")
    assert await frontier.counts() == before
    assert await frontier.ack(new, End.STORED, depth=0)
    assert not await frontier.ack(new, End.STORED, depth=0)


async def test_a_lease_that_is_not_renewed_returns_and_one_that_is_stays(open_round) -> None:
    """Renewal is per lease: the silent one comes back after its time, the renewed one does not."""
    frontier = await open_round(lease_seconds=0.4, seeds=("http://a.example/", "http://b.example/"))
    first, second = await granted(frontier)
    for _ in range(6):
        await asyncio.sleep(0.1)
        assert await frontier.renew("w", {}, [first.token]) == []
    (returned,) = await granted(frontier, "w2")
    assert returned.key == second.key
    assert await frontier.renew("w", {}, [first.token, second.token]) == [second.token]


async def test_too_deep_links_are_counted_and_never_entries(open_round) -> None:
    """Beyond the depth limit nothing is found; at it, it is."""
    frontier = await open_round(depth=1)
    (home,) = await granted(frontier)
    await frontier.offer(home, [link("http://a.example/1")], out_of_scope=0, cut=0)
    await frontier.ack(home, End.STORED, depth=0)
    (page,) = await granted(frontier)
    offered = await frontier.offer(
        page,
        [link("http://a.example/2"), link("http://a.example/3", LinkKind.REFRESH)],
        out_of_scope=0,
        cut=0,
    )
    assert (offered.depth, offered.new, offered.too_deep) == (1, 1, 1)
    assert (await frontier.counts()).found == 3


async def test_a_shorter_path_lowers_what_is_queued(open_round) -> None:
    """A queued page found again nearer is granted in its new depth band, and offers from there."""
    frontier = await open_round(seeds=("http://a.example/", "http://b.example/"))
    home_a, home_b = sorted(await granted(frontier), key=lambda lease: lease.host)
    await frontier.offer(home_a, [link("http://a.example/1")], out_of_scope=0, cut=0)
    await frontier.ack(home_a, End.STORED, depth=0)
    (page,) = await granted(frontier)
    await frontier.offer(page, [link("http://c.example/deep")], out_of_scope=0, cut=0)
    await frontier.offer(home_b, [link("http://c.example/deep")], out_of_scope=0, cut=0)
    (deep,) = await granted(frontier)
    assert (await frontier.offer(deep, [], out_of_scope=0, cut=0)).depth == 1
    assert (await frontier.counts()).relinks == 0


async def test_a_shorter_path_to_a_stored_page_becomes_a_relink(open_round) -> None:
    """A stored page whose depth falls is granted as a relink, whose links reach one level further (F5)."""
    frontier = await open_round(depth=2, seeds=("http://a.example/", "http://b.example/"))
    home_a, home_b = sorted(await granted(frontier), key=lambda lease: lease.host)
    await frontier.offer(home_a, [link("http://a.example/1")], out_of_scope=0, cut=0)
    await frontier.ack(home_a, End.STORED, depth=0)
    (one,) = await granted(frontier)
    await frontier.offer(one, [link("http://a.example/2")], out_of_scope=0, cut=0)
    await frontier.ack(one, End.STORED, depth=1)
    (two,) = await granted(frontier)
    offered = await frontier.offer(two, [link("http://a.example/3")], out_of_scope=0, cut=0)
    assert offered.too_deep == 1
    await frontier.ack(two, End.STORED, depth=2)
    await frontier.offer(home_b, [link("http://a.example/2")], out_of_scope=0, cut=0)
    await frontier.ack(home_b, End.STORED, depth=0)
    counts = await frontier.counts()
    assert counts.relinks == 1
    assert not counts.at_rest
    (relink,) = await granted(frontier)
    assert (relink.grant, relink.key) == (Grant.RELINK, "http://a.example/2")
    again = await frontier.offer(relink, [link("http://a.example/3")], out_of_scope=0, cut=0)
    assert (again.depth, again.new) == (1, 1)
    assert await frontier.ack(relink, End.STORED, depth=1)
    counts = await frontier.counts()
    assert (counts.relinks, counts.stored, counts.queued, counts.difference) == (0, 4, 1, 0)


async def test_a_relink_asked_for_again_while_its_worker_dies_is_one(open_round) -> None:
    """The depth falls once more before the worker's death is seen: counted twice, the round would never be at rest."""
    frontier = await open_round(seeds=("http://a.example/", "http://b.example/"))
    home, other = sorted(await granted(frontier), key=lambda lease: lease.host)
    await frontier.offer(home, [link("http://a.example/1")], out_of_scope=0, cut=0)
    await frontier.ack(home, End.STORED, depth=0)
    (one,) = await granted(frontier)
    await frontier.offer(one, [link("http://a.example/2")], out_of_scope=0, cut=0)
    await frontier.ack(one, End.STORED, depth=1)
    (two,) = await granted(frontier)
    await frontier.ack(two, End.STORED, depth=2)
    await frontier.offer(other, [link("http://a.example/2")], out_of_scope=0, cut=0)
    await frontier.ack(other, End.STORED, depth=0)
    (relink,) = await granted(frontier, "w1")
    await frontier.seed(["http://a.example/2"])
    assert await frontier.release_worker("w1") == 1
    (again,) = await granted(frontier, "w2")
    assert (again.grant, again.key) == (Grant.RELINK, relink.key)
    await frontier.ack(again, End.STORED, depth=0)
    counts = await frontier.counts()
    assert (counts.relinks, counts.at_rest) == (0, True)


async def test_a_depth_that_falls_between_push_and_ack_is_seen_at_the_ack(open_round) -> None:
    """The lease's page was pushed at depth 1, fell to 0 before the ack: a relink makes up for it."""
    frontier = await open_round(seeds=("http://a.example/",))
    (home,) = await granted(frontier)
    await frontier.offer(home, [link("http://b.example/")], out_of_scope=0, cut=0)
    await frontier.ack(home, End.STORED, depth=0)
    (page,) = await granted(frontier)
    pushed = await frontier.offer(page, [link("http://b.example/x")], out_of_scope=0, cut=0)
    await frontier.seed(["http://b.example/"])
    for early in await granted(frontier):  # the spare relink of a page that is leased: nothing stored yet
        assert early.grant is Grant.RELINK
        await frontier.offer(early, [], out_of_scope=0, cut=0)
        await frontier.ack(early, End.STORED, depth=0)
    await frontier.ack(page, End.STORED, depth=pushed.depth)
    relinks = [lease for lease in await granted(frontier) if lease.grant is Grant.RELINK]
    assert [lease.key for lease in relinks] == ["http://b.example/"]


async def test_a_depth_that_falls_between_two_slices_is_seen_at_the_ack(open_round) -> None:
    """The first links went out at the greater depth: the answer names that one, and a relink makes up for them."""
    frontier = await open_round(seeds=("http://a.example/",))
    (home,) = await granted(frontier)
    await frontier.offer(home, [link("http://b.example/")], out_of_scope=0, cut=0)
    await frontier.ack(home, End.STORED, depth=0)
    (page,) = await granted(frontier)
    links = [link(f"http://c.example/{n}") for n in range(SLICE + 1)]
    offered, _ = await asyncio.gather(
        frontier.offer(page, links, out_of_scope=2, cut=3), frontier.seed(["http://b.example/"])
    )
    counts = await frontier.counts()
    assert (offered.depth, offered.new) == (1, SLICE + 1)
    assert (counts.out_of_scope, counts.cut) == (2, 3), "told with every round of the offer, counted once"
    (early,) = (lease for lease in await granted(frontier) if lease.grant is Grant.RELINK)
    await frontier.ack(early, End.STORED, depth=0)
    await frontier.ack(page, End.STORED, depth=offered.depth)
    assert (await frontier.counts()).relinks == 1


async def test_retry_hop_and_browser_keep_the_ledger_entry(open_round) -> None:
    """Each puts the same URL back for a new grant, carrying what was learned."""
    frontier = await open_round()
    (lease,) = await granted(frontier)
    await frontier.defer(lease, 0.01, "HTTP 503")
    await asyncio.sleep(0.05)
    (lease,) = await granted(frontier)
    assert (lease.attempts, lease.note) == (1, "HTTP 503")
    await frontier.hop(lease, "https://www.a.example/", "a=1")
    (lease,) = await granted(frontier)
    assert (lease.hops, lease.url, lease.cookie, lease.attempts) == (1, "https://www.a.example/", "a=1", 1)
    await frontier.escalate(lease, "script-shell: x")
    (lease,) = await granted(frontier)
    assert (lease.via, lease.note, lease.cookie) == (Via.BROWSER, "script-shell: x", "a=1")
    await frontier.descend(lease, "crash")
    (lease,) = await granted(frontier)
    assert lease.via is Via.HTTP
    counts = await frontier.counts()
    assert (counts.found, counts.leased, counts.difference) == (1, 1, 0)


async def test_a_hop_teaches_the_hosts_spelling(open_round) -> None:
    """After http was sent on to https, further pages of the host are asked for there at once."""
    frontier = await open_round(seeds=("http://a.example/x", "http://a.example/y"))
    (lease,) = await granted(frontier)
    await frontier.hop(lease, lease.url.replace("http://", "https://www."), "")
    (lease,) = await granted(frontier)
    await frontier.ack(lease, End.STORED, depth=0)
    (other,) = await granted(frontier)
    assert other.url.startswith("https://www.a.example/")


async def test_returned_leases_are_granted_alone(open_round) -> None:
    """What a worker died over is granted only to a worker that holds nothing else (F3)."""
    frontier = await open_round(seeds=("http://a.example/", "http://b.example/", "http://c.example/"))
    leases = await granted(frontier, "w1")
    assert len(leases) == 3
    await frontier.release_worker("w1")
    assert (await frontier.claim("w2", 10, busy=1)).leases == ()
    alone = await frontier.claim("w2", 10, busy=0)
    assert len(alone.leases) == 1
    assert alone.leases[0].deaths == 1
    assert (await frontier.claim("w3", 10, busy=0)).leases == ()
    await frontier.ack(alone.leases[0], End.STORED, depth=0)
    assert len((await frontier.claim("w2", 10, busy=0)).leases) == 1


async def test_a_host_whose_worker_died_waits_its_delay_all_the_same(open_round) -> None:
    """The request may have gone out the moment before: another worker asks no sooner than after any other."""
    frontier = await open_round(delay=30.0)
    assert len((await frontier.claim("w1", 10, 0)).leases) == 1
    assert await frontier.release_worker("w1") == 1
    claim = await frontier.claim("w2", 10, 0)
    assert claim.leases == ()
    assert 29_000 < claim.wait_ms <= 30_000


async def test_suspects_of_a_worker_that_died_over_one_are_anothers(open_round) -> None:
    """At once: it was the only one that was given any."""
    frontier = await open_round(seeds=("http://a.example/", "http://b.example/"))
    assert len(await granted(frontier, "w1")) == 2
    assert await frontier.release_worker("w1") == 2
    (first,) = (await frontier.claim("w2", 10, busy=0)).leases
    assert await frontier.release_worker("w2") == 1
    (other,) = (await frontier.claim("w3", 10, busy=0)).leases
    assert {first.host, other.host} == {"a.example", "b.example"}


async def test_a_page_whose_links_are_offered_is_no_suspect(open_round) -> None:
    """Reading and judging it are past: the worker died of something else, and three such deaths quarantine nothing."""
    frontier = await open_round()
    (page,) = await granted(frontier, "w1")
    await frontier.offer(page, [link("http://a.example/1")], out_of_scope=0, cut=0)
    assert await frontier.release_worker("w1") == 1
    again = await granted(frontier, "w2")
    assert [(lease.key, lease.deaths) for lease in again] == [(page.key, 0)]


async def test_a_suspect_waits_for_its_hosts_next_time(open_round) -> None:
    """Its host asked for half a minute before the worker died over the page."""
    frontier = await open_round()
    (page,) = await granted(frontier, "w1")
    await frontier.fetched(page, alive=True, wait=30.0)
    assert await frontier.release_worker("w1") == 1
    assert (await frontier.claim("w2", 10, busy=0)).leases == ()


async def test_a_suspect_waits_for_its_hosts_hours(open_round) -> None:
    """They ended after the page was granted; the suspect of a host that may be asked is granted."""
    frontier = await open_round(seeds=("http://a.example/", "http://b.example/"))
    assert len(await granted(frontier, "w1")) == 2
    assert await frontier.release_worker("w1") == 2
    plan = plan_of(frontier.round_name)
    in_six_hours = int(time.time() / 60 + 14 * 60) % 1440  # minutes of the day in Beijing
    closed = HostHours(host="a.example", spans=((in_six_hours, (in_six_hours + 60) % 1440),))
    await frontier.configure(plan.model_copy(update={"hours": (closed,)}))
    (suspect,) = (await frontier.claim("w2", 10, busy=0)).leases
    assert suspect.host == "b.example"
    await frontier.ack(suspect, End.STORED, depth=0)
    assert (await frontier.claim("w2", 10, busy=0)).leases == ()


async def test_a_suspect_that_a_worker_lived_through_is_acquitted(open_round) -> None:
    """Random kills over a slow page do not add up to a quarantine: after a deferred try its deaths are forgotten."""
    frontier = await open_round()
    await granted(frontier, "w1")
    await frontier.release_worker("w1")
    (suspect,) = (await frontier.claim("w2", 10, busy=0)).leases
    assert suspect.deaths == 1
    await frontier.defer(suspect, 0.001, "timeout")
    await asyncio.sleep(0.02)
    (again,) = await granted(frontier, "w2")
    assert (again.deaths, again.attempts) == (0, 1)


async def test_a_dead_host_waits_longer_and_longer(open_round) -> None:
    """After the breaker's number of unreachable answers in a row the host is left alone for its time."""
    frontier = await open_round(
        seeds=[f"http://a.example/{n}" for n in range(6)], breaker_failures=3, breaker_seconds=40.0
    )
    for _ in range(3):
        (lease,) = await granted(frontier)
        await frontier.fetched(lease, alive=False)
        await frontier.ack(lease, End.FAILED, depth=0)
    claim = await frontier.claim("w", 10, 0)
    assert claim.leases == ()
    assert 35_000 < claim.wait_ms <= 40_000


async def test_a_dead_host_is_left_alone_eight_times_as_long_at_most(open_round) -> None:
    """Or a host that was away for an hour would not be asked again for days."""
    frontier = await open_round(
        seeds=[f"http://a.example/{n}" for n in range(6)], host_concurrency=6, breaker_failures=1, breaker_seconds=10.0
    )
    leases = await granted(frontier)
    assert len(leases) == 6
    for lease in leases:
        await frontier.fetched(lease, alive=False)
        await frontier.defer(lease, 3600.0, "refused")
    await frontier.seed(["http://a.example/more"])
    claim = await frontier.claim("w", 10, 0)
    assert claim.leases == ()
    assert 75_000 < claim.wait_ms <= 80_000


async def test_pause_grants_nothing_and_resume_goes_on(open_round) -> None:
    """Workers see the state with their next claim."""
    frontier = await open_round()
    await frontier.set_state(State.PAUSED)
    claim = await frontier.claim("w", 10, 0)
    assert (claim.state, claim.leases) == (State.PAUSED, ())
    await frontier.set_state(State.RUNNING)
    assert len(await granted(frontier)) == 1


async def test_requeue_makes_an_ended_url_queued_again(open_round) -> None:
    """`caifeng retry`: failed becomes queued, once."""
    frontier = await open_round()
    (lease,) = await granted(frontier)
    await frontier.ack(lease, End.FAILED, depth=0)
    assert await frontier.requeue(lease.key, End.FAILED)
    assert not await frontier.requeue(lease.key, End.FAILED)
    assert not await frontier.requeue("http://a.example/unknown", End.FAILED)
    counts = await frontier.counts()
    assert (counts.failed, counts.queued, counts.difference) == (0, 1, 0)
    assert len(await granted(frontier)) == 1


async def test_a_requeued_url_finds_its_hosts_failures_forgotten(open_round) -> None:
    """A host that was given up would fail its pages again before any of them is asked for."""
    frontier = await open_round()
    (lease,) = await granted(frontier)
    for _ in range(3):
        await frontier.fetched(lease, alive=False)
    await frontier.ack(lease, End.FAILED, depth=0)
    assert await frontier.requeue(lease.key, End.FAILED)
    (again,) = await granted(frontier)
    assert again.host_failures == 0


async def test_offering_again_finds_nothing_new(open_round) -> None:
    """Offers are idempotent: a page fetched twice counts its links once; 2,500 links pass in slices."""
    frontier = await open_round()
    (home,) = await granted(frontier)
    links = [link(f"http://a.example/{n}") for n in range(2500)]
    assert (await frontier.offer(home, links, out_of_scope=0, cut=0)).new == 2500
    assert (await frontier.offer(home, links, out_of_scope=0, cut=0)).new == 0
    assert (await frontier.counts()).found == 2501


async def test_two_rounds_do_not_touch_each_other(each_redis_url: str) -> None:
    """The same URLs in two rounds are two ledgers; dropping one leaves the other whole."""
    first = await RedisFrontier.open(each_redis_url, "one")
    second = await RedisFrontier.open(each_redis_url, "one.2")
    for frontier in (first, second):
        await frontier.create(plan_of(frontier.round_name))
    await first.drop()
    assert (await second.counts()).found == 1
    with pytest.raises(UnknownRound, match="one"):
        await first.plan()
    assert (await second.plan()).name == "one.2"
    await second.drop()
    await first.close()
    await second.close()


async def test_an_absent_redis_is_named_without_its_password() -> None:
    """The error says which URL, what was tried and what to do."""
    frontier = await RedisFrontier.open("redis://:secret@127.0.0.1:1/0", "x", patience=0.1)
    with pytest.raises(FrontierAway, match=r"127\.0\.0\.1:1") as caught:
        await frontier.counts()
    assert "secret" not in str(caught.value)
    await frontier.close()


def test_scope_rule_refuses_unknown_fields() -> None:
    """A plan is refused whole when it says something nobody reads."""
    with pytest.raises(ValueError, match="extra"):
        ScopeRule.model_validate({"kind": "host", "host": "a.example", "weight": 1})
