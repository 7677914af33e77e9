"""Hosts that answer 200 for what is not there are found out by one request; what answers honestly, or always alike, is left alone."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest

from cleaning.reasons import ReasonCode
from crawler.frontier.redis import RedisFrontier
from crawler.frontier.traps import CutRow
from crawler.outlinks import SOFT_RULE
from crawler.plan import UnitPlan
from crawler.probes import Answered, Probed
from crawler.tally import RecordKind
from indicators import catalogue
from pipelines.store.probes import probes_of
from pipelines.store.reader import PageFilter, RoundReader
from rounds import life
from rounds.finish import finish
from rounds.services import Services
from rounds.supervise import Ending
from tests.crawler.sites import absent
from tests.crawler.sites.crawling import go_on, plan_of, services_of
from tests.crawler.sites.scripted import Asked, serving
from tests.rounds.test_release import NOW

DELAY = 0.05
REAL = {"/", *(f"/w{n}.html" for n in range(1, absent.PAGES + 1))}


@dataclass
class Host:
    """What came of one site: its probe, its stored pages by path, what was cut by the probe, and its log."""

    probed: Probed
    pages: dict[str, dict[str, Any]]
    cut: list[CutRow]
    log: list[Asked]

    @property
    def made_up(self) -> list[Asked]:
        """Requests for the address that does not exist."""
        return [one for one in self.log if self.probed.url.endswith(f".cn{one.target}")]

    @property
    def errors(self) -> set[str]:
        """Pages that are errors by the probe."""
        return {
            path for path, page in self.pages.items() if any(reason["where"] == "probe" for reason in page["reasons"])
        }


def host_of(services: Services, name: str, host: str, rows: list[CutRow], log: list[Asked]) -> Host:
    """Gather it."""
    with life.store(services) as database:
        (probed,) = [one for one in probes_of(database, name) if one.host == host]
        pages = RoundReader(database, name).pages(PageFilter(host=host), ("key", "judged", "verdict", "reasons"))
        by_path = {page["key"].removeprefix(f"http://{host}"): page for page in pages}
    cut = [row for row in rows if row.rule == SOFT_RULE and row.host == host]
    return Host(probed, by_path, cut, [one for one in log if one.host == host])


def check_errors(host: Host) -> None:
    """Every page that is not there is one, those stored before the probe too, and leads nowhere; no real page is."""
    assert host.probed.answered is Answered.SOFT
    assert host.errors == set(host.pages) - REAL
    assert len(host.errors) > absent.DEAD, "one was stored before the probe"
    for path in host.errors:
        page = host.pages[path]
        assert (page["judged"], page["verdict"]) == ("kept", "irrelevant")
        assert page["reasons"][0]["code"] == str(ReasonCode.SOFT_404)
        assert host.probed.url in page["reasons"][0]["detail"]
    assert sum(row.number for row in host.cut) >= absent.DEAD
    assert not any(f"/art/{n}/x1" in path for path in host.pages for n in range(1, absent.DEAD + 1))


@pytest.mark.slow
async def test_made_up_addresses_tell_error_pages(
    tmp_path: Path, redis_url: str, mongo_url: str, mongo_database: str, round_name: str
) -> None:
    """One round over seven hosts ends by itself, each asked once; what its answer says is judged, and nothing else."""
    services = services_of(tmp_path, redis_url, mongo_url, mongo_database)
    with serving(absent.script) as site:
        plan = plan_of(round_name, site.port, *absent.SITES, delay=DELAY)
        (unit,) = plan.units
        unit = UnitPlan(
            code="u1", name="一号", seeds=tuple(f"http://{host}/" for host in absent.SITES), scope=unit.scope
        )
        limits = plan.limits.model_copy(update={"links": 200})
        plan = plan.model_copy(update={"units": (unit,), "limits": limits})
        await life.create(services, plan, catalogue=catalogue.load().version, who="test", now=NOW)
        crawled = await go_on(services, plan)
        log = site.asked()
    assert crawled.ending is Ending.AT_REST
    assert crawled.closed(), crawled.counts
    assert crawled.counts.probes == 0
    assert await finish(services, round_name, who="test", now=NOW)
    frontier = await RedisFrontier.open(redis_url, round_name)
    rows, kinds = await frontier.traps.cut_rows(), await frontier.kinds.total()
    await frontier.close()
    hosts = {name.partition(".")[0]: host_of(services, round_name, name, rows, log) for name in absent.SITES}
    assert {name: len(host.made_up) for name, host in hosts.items()} == dict.fromkeys(hosts, 1) | {"barring": 0}
    assert all(path not in host.pages for host in hosts.values() for path in {one.target for one in host.made_up})
    assert all(set(host.pages) >= REAL for host in hosts.values())
    followed = [one for one in hosts["leading"].log if one.target.startswith("/sorry.jsp?from=/cf")]
    assert (kinds[RecordKind.ROBOTS], len(followed)) == (7 + 6 + 1, 1), "counted as requests that are no pages"
    for host in hosts.values():
        at = [one.at for one in host.log]
        assert min(later - sooner for sooner, later in pairwise(at)) >= 0.9 * DELAY
    check_errors(hosts["polite"])
    check_errors(hosts["leading"])
    assert hosts["polite"].probed.url.endswith(".html"), "as the pages of its host end"
    left_alone = {
        "honest": Answered.HONEST,
        "barring": Answered.BARRED,
        "homely": Answered.SAME,
        "alike": Answered.SAME,
        "silent": Answered.FAILED,
    }
    for name, answered in left_alone.items():
        assert hosts[name].probed.answered is answered
        assert (hosts[name].errors, hosts[name].cut) == (set(), [])
