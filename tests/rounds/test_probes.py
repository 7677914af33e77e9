"""At rest the whole host speaks: pages stored before its probe are judged, and a print that most pages have is withdrawn."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from cleaning.page import LinkKind
from cleaning.reasons import Verdict
from cleaning.soft404 import print_of
from crawler.frontier.contract import Cut, End, Outlink
from crawler.frontier.probes import Print
from crawler.frontier.redis import RedisFrontier, State
from crawler.outlinks import SOFT_RULE
from crawler.probes import Answered, Probed
from indicators import catalogue
from indicators.evidence import Strength, Tag
from pipelines.store.evidence import evidence_of_host
from pipelines.store.probes import probe_document, probes_of
from pipelines.store.reader import RoundReader
from pipelines.store.records import draft, whole
from rounds import life
from rounds.probes import settle_probes
from rounds.release import release_undecided
from rounds.settle import settle_round
from tests.crawler.sites.crawling import plan_of, services_of
from tests.pipelines.making import HOST, ROUND, judgement, key_of, page, reading
from tests.rounds.test_release import NOW

GONE = "您要找的政务服务事项搬走了，请从办事指南重新找起。"
URL = key_of("/cf0123456789abcdef.html")
FOUND = Print(URL, print_of(URL, "提示", "某县", GONE))


def stored(path: str, text: str = GONE, **changes: object):
    """A page with this text; `absent_like` where a worker has compared it."""
    said = reading(path, text, title="提示", site_title="某县")
    return replace(page(path), reading=said, **changes)


@pytest.fixture
def database(mongo_url: str, mongo_database: str, tmp_path: Path):
    """An empty one, the host's probe in it."""
    services = services_of(tmp_path, "", mongo_url, mongo_database)
    with life.store(services) as opened:
        yield opened


def keep(database, *items, name: str = ROUND) -> None:
    """Pages as workers store them, and the probe that found the host's print."""
    for item in items:
        database["records"].insert_one(whole(draft(name, item), 3))
    probed = Probed(HOST, URL, Answered.SOFT, 200, 1.0, FOUND)
    database["probes"].replace_one({"_id": f"{name} {HOST}"}, probe_document(name, probed), upsert=True)


def verdicts(database) -> dict[str, tuple[str, list[str]]]:
    """Path → verdict, and where its reasons stand."""
    return {
        one["key"].removeprefix(f"http://{HOST}"): (one["verdict"], [reason["where"] for reason in one["reasons"]])
        for one in database["records"].find()
    }


REAL = [stored(f"/w{n}.html", f"{chr(0x4E00 + n)}乡的水渠修好了，{chr(0x5000 + n)}户受益。") for n in range(4)]


def test_pages_stored_before_the_probe_are_judged_alike(database) -> None:
    """Whatever was marked while crawling; worse verdicts stay; a second run changes nothing."""
    spam = stored("/s.html", judgement=judgement(Verdict.HARMFUL))
    keep(database, *REAL, stored("/a/1.html"), stored("/a/2.html", absent_like=URL), spam)
    assert settle_probes(database, ROUND) == 1
    settle_round(database, ROUND)
    found = verdicts(database)
    assert [found[path][0] for path in ("/a/1.html", "/a/2.html", "/s.html", "/w0.html")] == [
        "irrelevant",
        "irrelevant",
        "harmful",
        "kept",
    ]
    assert found["/a/1.html"] == found["/a/2.html"]
    assert found["/a/1.html"][1][0] == "probe"
    assert settle_probes(database, ROUND) == 0


def test_a_print_that_most_pages_have_is_withdrawn(database) -> None:
    """Verdicts given while crawling are taken back."""
    keep(database, *REAL, *(stored(f"/a/{n}.html", absent_like=URL) for n in range(5)))
    assert {verdict for path, (verdict, _) in verdicts(database).items() if path.startswith("/a")} == {"irrelevant"}
    assert settle_probes(database, ROUND) == 5
    assert {verdict for verdict, _ in verdicts(database).values()} == {"kept"}
    assert not any("probe" in where for _, where in verdicts(database).values())
    assert [one.answered for one in probes_of(database, ROUND)] == [Answered.SAME]


async def test_what_a_withdrawn_print_cut_is_followed(
    database, tmp_path: Path, redis_url: str, mongo_url: str, mongo_database: str, round_name: str
) -> None:
    """Without anybody's word, before the round is finished; once."""
    services = services_of(tmp_path, redis_url, mongo_url, mongo_database)
    plan = plan_of(round_name, 1, HOST)
    await life.create(services, plan, catalogue=catalogue.load().version, who="test", now=NOW)
    frontier = await RedisFrontier.open(redis_url, round_name)
    await frontier.set_state(State.RUNNING)
    (robots,) = (await frontier.claim("w", 1, 0)).leases
    await frontier.robots_done(robots, "", 0.0, alive=True)
    (home,) = (await frontier.claim("w", 1, 0)).leases
    minted = Outlink(key_of("/a/0/x.html"), key_of("/a/0/x.html"), LinkKind.ANCHOR)
    cut = Cut(SOFT_RULE, f"{HOST}/a/#.html", minted)
    pages = [stored(f"/a/{n}.html", absent_like=URL, cuts=(cut,)) for n in range(3)]
    links = [Outlink(one.lease.key, one.lease.url, LinkKind.ANCHOR) for one in pages]
    offered = await frontier.offer(home, links, out_of_scope=0, cut=0)
    await frontier.ack(home, End.STORED, depth=offered.depth)
    keep(database, *pages, name=round_name)
    await frontier.probes.restore([(HOST, FOUND)])
    before = (await frontier.counts()).found
    assert await release_undecided(services, round_name) == 1
    assert (await frontier.counts()).found == before + 1
    assert await frontier.probes.of(HOST) is None
    assert await release_undecided(services, round_name) == 0
    await frontier.close()


def test_what_its_host_calls_absent_is_evidence_of_nothing(database) -> None:
    """A page may have been tagged before its host was asked: once marked, its tags are those of an error page."""
    tag = Tag("1.1.2-M01", Strength.CONTENT, 0.9, "权力清单", "title")
    keep(database, *REAL, stored("/a/1.html", tags=(tag,)), replace(page("/b/9.html"), tags=(tag,)))
    settle_probes(database, ROUND)
    found = {one.key: one for _, one in evidence_of_host(RoundReader(database, ROUND), HOST)}
    gone, real = found[key_of("/a/1.html")], found[key_of("/b/9.html")]
    assert (gone.dead, gone.evidence) == (True, ())
    assert (real.dead, [one.code for one in real.evidence]) == (False, ["1.1.2-M01"])
