"""Sites of the units: found in a round's pages, weighed by evidence, approved in bulk, in the next round's scope."""

from __future__ import annotations

import random
from datetime import UTC, datetime
from pathlib import Path

import pytest

from cleaning.page import Link, LinkKind
from cleaning.read import read
from crawler.plan import RuleKind
from pipelines.store.proposals import ProposalBook
from rehearsal.plan import World, build
from rounds import life
from rounds.demo import plan_of, rehearsal_web
from rounds.discover import APPROVED, REJECTED, approve, decisions, discover
from rounds.discovery import Clue, Evidence, Owner, Proposal, bare, from_home, from_link, merged
from rounds.planning import exact_rule, unit_plan
from rounds.refusals import BadTable, UnknownUnit
from rounds.registry import UnitRow
from tests.rounds.collecting import Graph, collect, collected

SEED, UNITS = 43, 2
OWNER = Owner("430100", "长沙市", "changsha.gov.cn", "湘ICP备05000618")
NOW = datetime(2026, 11, 30, tzinfo=UTC)


def link(url: str, text: str, kind: LinkKind = LinkKind.ANCHOR) -> Link:
    return Link(url, url, kind, text)


def clues(evidence: list[Evidence]) -> set[Clue]:
    return {one.clue for one in evidence}


@pytest.mark.parametrize(
    ("host", "text", "kind", "expected"),
    [
        ("rsj.changsha.gov.cn", "市人社局", LinkKind.OPTION, {Clue.DOMAIN, Clue.DEPARTMENT, Clue.OFFICIAL}),
        ("csjy.example.com", "长沙市教育局", LinkKind.ANCHOR, {Clue.DEPARTMENT, Clue.UNOFFICIAL}),
        ("data.changsha.gov.cn", "公共数据开放平台", LinkKind.ANCHOR, {Clue.DOMAIN, Clue.SERVICE, Clue.OFFICIAL}),
        ("zhuzhou.gov.cn", "株洲市人民政府", LinkKind.ANCHOR, {Clue.OFFICIAL}),
        ("news.example.com", "本地日报", LinkKind.ANCHOR, {Clue.UNOFFICIAL}),
    ],
)
def test_a_link_says_what_its_words_and_its_domain_say(host, text, kind, expected) -> None:
    """Departments by their names, platforms by theirs; a portal of others is only official."""
    assert clues(from_link(OWNER, host, link(f"http://{host}/", text, kind), "http://p/")) == expected


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        ('<meta name="SiteIDCode" content="4301000012"><title>长沙市人社局</title>', {Clue.CODE, Clue.NAMED}),
        ("<title>长沙县政府</title><p>网站标识码：4301210003</p>", {Clue.CODE_BELOW, Clue.NAMED}),
        ("<title>株洲市人民政府</title><p>网站标识码：4302000001</p>", {Clue.OTHER_CODE, Clue.PORTAL}),
        ("<title>教育</title><p>主办单位：长沙市教育局 湘ICP备05000618号-3</p>", {Clue.ICP, Clue.NAMED}),
        ("<title>新闻</title>", set()),
    ],
)
def test_a_home_page_says_whose_it_is(body, expected) -> None:
    """By the register's number, the ICP number, its title and its organiser."""
    reading = read(f"<html><meta charset=utf-8>{body}".encode(), "http://h/")
    assert clues(from_home(OWNER, reading)) == expected


def test_evidence_counts_once_a_kind_and_a_foreign_code_outweighs_links() -> None:
    """Many links are no more than one; a number of another area refutes them."""
    department = [Evidence(Clue.DEPARTMENT, str(n), "p") for n in range(9)]
    assert Proposal("1", "h", "u", merged(department)).score == 2
    strong = [*department, Evidence(Clue.OFFICIAL, "h", "p"), Evidence(Clue.NAMED, "t", "p")]
    assert Proposal("1", "h", "u", merged(strong)).proposed
    assert not Proposal("1", "h", "u", merged([*strong, Evidence(Clue.OTHER_CODE, "9", "p")])).proposed


def test_names_are_read_as_departments_carry_them() -> None:
    """The kind of unit is left out, and nothing of the name."""
    assert [bare(name) for name in ("长沙市", "大理白族自治州", "大兴安岭地区", "市")] == [
        "长沙",
        "大理",
        "大兴安岭",
        "市",
    ]


def row(code: str, name: str) -> UnitRow:
    return UnitRow(code=code, name=name, portal_url=f"http://www.p{code}.gov.cn/")


async def proposed(here, world: World, tmp_path: Path, name: str):
    graph = Graph(world)
    async with rehearsal_web(SEED, units=UNITS, pages=580, log=tmp_path / "log") as web:
        plan = plan_of(web, name, delay=0.0)
        narrow = tuple(
            unit.model_copy(update={"scope": tuple(exact_rule(seed) for seed in unit.seeds)}) for unit in plan.units
        )
        plan = plan.model_copy(update={"units": narrow})
        await collected(here, graph, plan, collect(graph, "unread", 1.0, random.Random(1)))
        return await discover(here, name, look=True, report=lambda _progress: None, now=NOW)


async def test_departments_are_found_and_nobody_else(here, tmp_path) -> None:
    """On the rehearsal web, from portals and platforms alone: the departments' hosts are proposed, other units' are not."""
    world = build(SEED, UNITS, 580)
    found = await proposed(here, world, tmp_path, "d")
    true = {(unit.code, host.site) for unit in world.units for host in unit.hosts[1:-1]}
    given = {(one.unit, one.host) for one in found.proposals if one.proposed}
    assert given <= true
    assert (
        given & true == true
    )  # a quarter of them are linked from departments' pages alone, which are looked at in turn
    others = {(world.units[0].code, host.site) for host in world.units[1].hosts}
    assert not others & given


async def test_approved_hosts_are_seeds_and_scope_of_the_next_round(here, tmp_path) -> None:
    """Approved and rejected in one go, journalled; what is approved again changes nothing, a rejection takes it out."""
    world = build(SEED, UNITS, 580)
    found = await proposed(here, world, tmp_path, "e")
    best = found.proposals[0]
    key = (best.unit, best.host)
    with pytest.raises(UnknownUnit):
        approve(here, {key: APPROVED}, who="t", now=NOW)
    life.save_registry(here, [row(unit.code, unit.name) for unit in world.units], replace=True)
    assert approve(here, {key: APPROVED}, who="t", now=NOW) == (1, 1)
    assert approve(here, {key: APPROVED}, who="t", now=NOW)[0] == 0
    kept = next(one for one in life.read_registry(here) if one.code == best.unit)
    plan = unit_plan(kept)
    assert kept.sites == (best.url,)
    assert best.url in plan.seeds
    assert (RuleKind.HOST, best.host) in {(rule.kind, rule.host) for rule in plan.scope}
    assert approve(here, {key: REJECTED}, who="u", now=NOW) == (0, 2)
    assert next(one for one in life.read_registry(here) if one.code == best.unit).sites == ()
    with life.store(here) as database:
        stored = next(one for one in ProposalBook(database).all(units=[best.unit]) if one["host"] == best.host)
    assert [one["decision"] for one in stored["history"]] == [APPROVED, APPROVED, REJECTED]


def test_a_table_of_decisions_is_taken_whole_or_not_at_all() -> None:
    """Unknown hosts, other words and repetitions are named by line."""
    known = {("1", "a"), ("1", "b")}
    right = [(2, {"unit": "1", "host": "a", "decision": "是"}), (3, {"unit": "1", "host": "b", "decision": ""})]
    assert decisions(right, "f", known) == {("1", "a"): APPROVED}
    wrong = [
        (2, {"unit": "1", "host": "a", "decision": "否"}),
        (3, {"unit": "1", "host": "c", "decision": "是"}),
        (4, {"unit": "1", "host": "b", "decision": "也许"}),
        (5, {"unit": "1", "host": "a", "decision": "是"}),
    ]
    with pytest.raises(BadTable) as refused:
        decisions(wrong, "f", known)
    assert [(one.line, one.field) for one in refused.value.problems] == [(3, "host"), (4, "decision"), (5, "host")]
