"""A frontier that is built anew: how its first grants begin."""

from crawler.frontier.rebuild import Rebuild
from crawler.frontier.redis import RedisFrontier, State
from tests.crawler.conftest import plan_of


async def test_hosts_of_a_rebuilt_frontier_wait_one_delay(each_redis_url: str, round_name: str) -> None:
    """A worker from before the loss may have asked any of them just now."""
    rebuild = Rebuild(each_redis_url, plan_of(round_name, delay=30.0))
    await rebuild.begin()
    await rebuild.seed()
    await rebuild.install(serial=7, state=State.RUNNING)
    await rebuild.close()
    frontier = await RedisFrontier.open(each_redis_url, round_name)
    claim = await frontier.claim("w", 10, 0)
    assert claim.leases == ()
    assert 29_000 < claim.wait_ms <= 30_000
    await frontier.close()
