"""`coverage`, `channels`, `units discover` and `units approve` as people run them: what is refused, and a whole way."""

from __future__ import annotations

import asyncio
import csv
import random
import re
from pathlib import Path

import pytest

from crawler.exits import Exit
from pipelines.store.rounds import RoundBook
from pipelines.store.site_coverage import SiteCoverageBook
from rehearsal.plan import World, build
from rounds import life, services
from rounds.coverage import RESULT, Coverage, SiteCoverage, site_document
from rounds.demo import plan_of, rehearsal_web
from rounds.planning import exact_rule
from rounds.recapture import Cells, Estimate, Known
from rounds.registry import UnitRow
from rounds.services import Services
from tests.pipelines.making import HOST
from tests.rounds.collecting import Graph, collect, collected
from tests.rounds.keeping import NOW, keep

SEED, UNITS, PAGES = 53, 2, 580


@pytest.mark.parametrize("name", ["coverage", "channels"])
def test_a_round_that_is_not_there_is_said_so(caifeng, services_here, name) -> None:
    """Before anything is asked."""
    assert caifeng(name, "none", "--json").code == Exit.NOT_FOUND
    assert caifeng(name, "none", "--show").code == Exit.NOT_FOUND
    assert caifeng("units", "discover", "none").code == Exit.NOT_FOUND


def test_what_the_numbers_of_a_coverage_leave_out_is_said(caifeng, services_here) -> None:
    """Pages that count for nothing, and lost ones that no list names: an empty table would contradict the summary."""
    here = services.ensure()
    keep(here, "r")
    known = Known(776, 0, 4, Cells(f=700, fa=80))
    found = Coverage(
        NOW,
        known,
        Estimate(0.97, 0.95, 0.99),
        (SiteCoverage(HOST, (), known, {}, 0, None),),
        {},
        {},
        {},
        0,
        (),
        left_out=6,
    )
    with life.store(here) as database:
        RoundBook(database).save_result("r", RESULT, found.document())
        SiteCoverageBook(database, "r").replace(site_document(site) for site in found.sites)
    told = caifeng("coverage", "r", "--show", "--missing").out
    assert "另存下 6 页不算" in told
    assert "采不到的有 4 个不在任何名单里" in told
    assert "名单列出而缺的网址" not in told
    assert re.search(rf"{HOST}\W+没有名单可比\W+776\W+0\W+4\W+0", told)


def test_an_address_that_is_none_is_refused_before_a_service_starts(caifeng) -> None:
    """A search instance without a scheme, an RSSHub that is no URL."""
    ran = caifeng("coverage", "r", "--search", "s.example", "--json")
    assert ran.code == Exit.BAD_INPUT
    assert "s.example" in ran.json["error"]["message"]
    assert caifeng("channels", "r", "--rsshub", "x", "--json").code == Exit.USAGE


def test_a_table_of_decisions_without_its_column_is_refused(caifeng, services_here, tmp_path) -> None:
    """Named by line and field, also for programs."""
    (tmp_path / "t.csv").write_text("unit,host\n1,a\n", encoding="utf-8")
    ran = caifeng("units", "approve", str(tmp_path / "t.csv"), "--json")
    assert ran.code == Exit.BAD_INPUT
    assert [(one["line"], one["field"]) for one in ran.json["error"]["problems"]] == [(1, "decision")]


async def prepare(here: Services, world: World, tmp_path: Path, work) -> None:
    """A finished collection of the portals and platforms alone, and its web while `work` runs in a thread."""
    async with rehearsal_web(SEED, units=UNITS, pages=PAGES, log=tmp_path / "log") as web:
        plan = plan_of(web, "r", delay=0.0)
        narrow = tuple(one.model_copy(update={"scope": tuple(map(exact_rule, one.seeds))}) for one in plan.units)
        graph = Graph(world)
        plan = plan.model_copy(update={"units": narrow})
        await collected(here, graph, plan, collect(graph, "unread", 1.0, random.Random(1)))
        rows = [UnitRow(code=one.code, name=one.name, portal_url=one.hosts[0].origin + "/") for one in world.units]
        life.save_registry(here, rows, replace=True)
        await asyncio.to_thread(work, web)


def test_sites_are_discovered_edited_and_approved(caifeng, services_here, tmp_path) -> None:
    """Out as a table, a decision written into it, in again: the registry names the site; coverage and channels run as well."""
    world = build(SEED, UNITS, PAGES)
    file = tmp_path / "sites.csv"

    def work(web) -> None:
        assert caifeng("units", "discover", "r", "--output", str(file)).code == Exit.OK
        with file.open(encoding="utf-8-sig", newline="") as lines:
            rows = list(csv.DictReader(lines))
        rows[0]["decision"], rows[1]["decision"] = "是", "否"
        with file.open("w", encoding="utf-8-sig", newline="") as lines:
            table = csv.DictWriter(lines, rows[0])
            table.writeheader()
            table.writerows(rows)
        ran = caifeng("units", "approve", str(file), "--json")
        assert ran.json == {"added": 1, "rejected": 1, "registry_version": 1}
        listed = {one["code"]: one["sites"] for one in caifeng("units", "list", "--json").json}
        assert listed[rows[0]["unit"]] == [rows[0]["url"]]
        told = caifeng("coverage", "r", "--search", web.search, "--questions", "1", "--missing", "--json").json
        assert 0 < told["rate"]["low"] <= told["rate"]["value"] <= told["rate"]["high"] <= 1
        assert len(told["missing"]) == sum(one["missing"] for one in told["sites"])
        assert caifeng("coverage", "r", "--show", "--json").json["rate"] == told["rate"]
        assert "采集率" in caifeng("coverage", "r", "--show", "--missing").out
        channels = caifeng("channels", "r", "--rsshub", web.feeds, "--days", "9999", "--json").json
        assert channels["counts"]["weibo"]["posts"] == 20 * UNITS
        assert "微博" in caifeng("channels", "r", "--show").out

    asyncio.run(prepare(services.ensure(), world, tmp_path, work))
