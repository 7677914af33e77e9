"""`findings`: what a round found tampered with, as people and programs see it."""

from __future__ import annotations

from dataclasses import replace

import pytest

from cleaning.reasons import Reason, ReasonCode, Verdict
from crawler.exits import Exit
from rounds.services import Services
from tests.pipelines.making import judgement, page
from tests.rounds.keeping import keep


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
    assert (unknown.code, "没有单位 nope（caifeng round show A" in unknown.err) == (Exit.NOT_FOUND, True)
    shown = caifeng("findings", "A").out
    assert all(word in shown for word in ("疑被篡改", "暗链", "暗中把人引到外站", "脚本"))
    assert all(word in "".join(shown.split()) for word in ("放到屏幕之外", "个链接"))
    assert not any(word in shown for word in ("off-screen", "links, e.g.", "cloaked-redirect"))
    assert rows[0]["detail"].startswith(("off-screen: 6 links", "cloaked-redirect: "))
    assert "没有发现" in caifeng("findings", "Clean").out
    assert caifeng("findings", "Nowhere").code == Exit.NOT_FOUND
