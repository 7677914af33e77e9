"""`findings`: what a round found tampered with, as people and programs see it."""

from __future__ import annotations

from dataclasses import replace

import pytest

from cleaning.reasons import Reason, ReasonCode, Verdict
from crawler.exits import Exit
from pipelines.store.visits import VisitBook
from rounds import life
from rounds.services import Services
from tests.pipelines.making import HOST, judgement, page
from tests.rounds.keeping import NOW, keep


@pytest.fixture
def stored(services_here, tmp_path) -> None:
    """A round with a page into which links were put, a page of harm that nobody tampered with, and a clean one."""
    here = Services(
        services_here["CAIFENG_REDIS_URL"], services_here["CAIFENG_MONGO_URL"], tmp_path / "archive", tmp_path, ""
    )
    found = (
        Reason(ReasonCode.HIDDEN_LINKS, "off-screen: 6 links, e.g. http://www.q1bet.example/", "hidden", 5.0),
        Reason(ReasonCode.FOREIGN_REDIRECT, "cloaked-redirect: http://www.q1bet.example/", "script", 5.0),
    )
    harmful = judgement(Verdict.HARMFUL)
    keep(
        here,
        "A",
        page("/hacked", 1, judgement=replace(harmful, findings=found)),
        page("/harm", 2, judgement=harmful),
        page("/clean", 3),
    )
    keep(here, "Clean", page("/clean", 1))
    with life.store(here) as database:
        row = {"url": f"http://www.{HOST}/cloaked", "host": HOST, "units": ["110000"], "depth": 1, "title": ""}
        told = {"code": "gambling", "where": "visit", "detail": "gambling-offer: 百家乐", "weight": 6.0}
        VisitBook(database, "B").keep(f"http://{HOST}/cloaked", {**row, "fetched_at": NOW, "findings": [told]})
    keep(here, "B", page("/clean", 1))


def test_findings_are_listed_with_page_reason_and_place(caifeng, stored) -> None:
    """Each finding once for each of the page's units; others have none; the table speaks Chinese."""
    ran = caifeng("findings", "A", "--json")
    assert ran.code == Exit.OK, ran.err
    rows = ran.json["findings"]
    assert {row["url"][-7:] for row in rows} == {"/hacked"}
    assert {(row["code"], row["where"]) for row in rows} == {("hidden-links", "hidden"), ("foreign-redirect", "script")}
    unit = rows[0]["unit"]
    assert len(caifeng("findings", "A", "--unit", unit, "--json").json["findings"]) == 2
    assert caifeng("findings", "A", "--unit", "甲市", "--json").json["findings"] == rows
    unknown = caifeng("findings", "A", "--unit", "nope")
    assert (unknown.code, "没有单位 nope。全部单位：caifeng round show A" in unknown.err) == (Exit.NOT_FOUND, True)
    shown = caifeng("findings", "A").out
    assert ("甲市" in shown, "110000" in shown) == (True, False)
    assert all(word in shown for word in ("疑被篡改", "暗链", "暗中把人引到外站", "脚本"))
    assert all(word in "".join(shown.split()) for word in ("放到屏幕之外", "个链接"))
    assert not any(word in shown for word in ("off-screen", "links, e.g.", "cloaked-redirect"))
    assert rows[0]["detail"].startswith(("off-screen: 6 links", "cloaked-redirect: "))
    assert "没有发现" in caifeng("findings", "Clean").out
    assert caifeng("findings", "Nowhere").code == Exit.NOT_FOUND


def test_what_a_visit_has_found_is_listed(caifeng, stored) -> None:
    """Beside what stands in the records, and said to be what only a search engine's reader is shown."""
    (row,) = caifeng("findings", "B", "--json").json["findings"]
    assert (row["url"], row["where"], row["unit"]) == (f"http://www.{HOST}/cloaked", "visit", "110000")
    assert "搜索引擎访客" in "".join(caifeng("findings", "B").out.split())


def test_a_visit_of_a_round_without_suspicion_asks_nobody(caifeng, stored) -> None:
    """The visit is made first, and says what it came to."""
    ran = caifeng("findings", "Clean", "--visit")
    assert ran.code == Exit.OK, ran.err
    assert "再看了 0 页" in ran.err
