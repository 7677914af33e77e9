"""`compare`, `gate`, `page --diff` and `find` as people and programs run them."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import pytest

from cleaning.reasons import Verdict
from crawler.exits import Exit
from crawler.items import ArchiveRef, PageItem
from crawler.reasons import FailureReason
from pipelines.archive import encode
from rounds.services import Services
from tests.pipelines.making import capture, failure, judgement, page, reading
from tests.rounds.keeping import keep

PAGE = "<html><body class='{0}'><form action='/s' method='get'><input name='q'></form><script src='/{0}.js'></script><p>会议由{0}主持。各部门参加。</p></body></html>"


@pytest.fixture
def stored(services_here, tmp_path) -> Services:
    """Two small rounds with archived bytes: one page edited, one gone, one verdict changed."""
    here = Services(
        services_here["CAIFENG_REDIS_URL"], services_here["CAIFENG_MONGO_URL"], tmp_path / "archive", tmp_path, ""
    )

    def said(name: str, round_: str) -> PageItem:
        body = PAGE.format(name).encode()
        item = page("/hy", 1, capture=capture("/hy", body), reading=reading("/hy", f"会议由{name}主持。各部门参加。"))
        file = Path(tmp_path / f"{round_}.warc.gz")
        data = encode(item.capture)[0].data
        file.write_bytes(data)
        return replace(item, archive=ArchiveRef(file.as_uri(), 0, len(data)))

    keep(here, "A", said("张明", "A"), page("/gone", 2), page("/ad", 3))
    keep(here, "B", said("张宏", "B"), failure("/gone", 2), page("/ad", 3, judgement=judgement(Verdict.AD)))
    return here


def test_compare_as_table_as_json_and_as_lines(caifeng, stored, tmp_path) -> None:
    """The table is Chinese, the document whole, the file of changes has a row per page that differs."""
    lines = tmp_path / "changes.jsonl"
    ran = caifeng("compare", "A", "B", "--json", "--changes", str(lines))
    assert ran.code == Exit.OK, ran.err
    total = ran.json["total"]
    assert {name: total[name] for name in ("before", "after", "same", "changed", "unreachable", "removed", "new")} == {
        "before": 3, "after": 2, "same": 1, "changed": 1, "unreachable": 1, "removed": 0, "new": 0,
    }  # fmt: skip
    assert total["verdicts"] == [{"before": "kept", "after": "ad", "pages": 1}]
    assert ran.json["units"]["110000"]["name"] == "甲市"
    rows = [json.loads(line) for line in lines.read_text().splitlines()]
    assert [(row["key"][-3:], row["change"]) for row in rows] == [
        ("/ad", "same"),
        ("one", "unreachable"),
        ("/hy", "changed"),
    ]
    shown = caifeng("compare", "A", "B").out
    assert all(word in shown for word in ("没看到", "超时（timeout）", "正文变了", "广告", "甲市"))
    assert caifeng("compare", "A", "Nowhere").code == Exit.NOT_FOUND
    assert caifeng("compare", "A", "A").code == Exit.BAD_INPUT


def test_the_gate_lets_a_small_fall_pass_and_says_so(caifeng, stored) -> None:
    """One of three pages is a fall of the round by more than a tenth; with a reason it passes."""
    ran = caifeng("gate", "B", "--against", "A", "--json")
    assert (ran.code, ran.json["held"], [one["what"] for one in ran.json["falls"]]) == (
        Exit.DIFFERENCES,
        True,
        ["fall"],
    )
    assert "扣下" in caifeng("gate", "B").out
    opened = caifeng("gate", "B", "--accept", "已核实")
    assert (opened.code, "已放行" in opened.out) == (Exit.OK, True)


def test_the_gate_tells_of_a_shallower_or_unfinished_round_and_advises_what_helps(caifeng, stored) -> None:
    """Retrying brings back what failed, not what lies too deep: extending does; an unfinished round is to be finished."""
    deep = {f"/{n}": 4 for n in range(20)}
    keep(stored, "deep", page("/hy", 30), *(page(path, n) for n, path in enumerate(deep)), clicks=deep, depth=6)
    keep(stored, "flat", page("/hy", 30), depth=2)
    keep(stored, "part", page("/hy", 30), depth=6, state="running")
    ran = caifeng("gate", "flat", "--against", "deep")
    assert "深度不同（6 和 2）" in ran.err
    assert ("round extend flat --depth 6" in ran.out, "retry" in ran.out) == (True, False)
    assert "没有去采 20" in "".join(ran.out.split("│"))
    told = caifeng("gate", "flat", "--json").json
    assert (told["depths"], told["mendable"], told["falls"][0]["whys"]) == ([6, 2], False, {"too-deep": 20})
    ran = caifeng("gate", "part", "--against", "deep")
    assert "part 还没有完成" in ran.err
    assert ("caifeng crawl part" in ran.out, "retry" in ran.out) == (True, False)
    assert "caifeng retry B" in caifeng("gate", "B", "--against", "A").out


def test_two_captures_of_a_page(caifeng, stored) -> None:
    """Bytes, elements, scripts, forms and text apart; the letter that changed is marked in its sentence."""
    found = caifeng("page", "http://www.a.gov.cn/hy", "--diff", "A", "B", "--json").json
    assert (found["bytes"]["equal"], found["bytes"]["sizes"][0]) == (False, found["bytes"]["sizes"][1])
    assert found["elements"] == {"removed": ["body.张明"], "added": ["body.张宏"]}
    assert found["scripts"] == {"removed": ["/张明.js"], "added": ["/张宏.js"]}
    assert found["forms"] == {"removed": [], "added": []}
    assert [piece["op"] for piece in found["text"][0]] == ["same", "removed", "added", "same"]
    shown = caifeng("page", "http://www.a.gov.cn/hy", "--diff", "A", "B").out
    assert "会议由张【-明-】【+宏+】主持。" in shown
    assert "表单：相同" in shown
    assert caifeng("page", "http://www.a.gov.cn/gone", "--diff", "A", "B").code == Exit.NOT_FOUND
    assert caifeng("page", "http://www.a.gov.cn/hy", "--all", "--diff", "A", "B").code == Exit.BAD_INPUT
    assert "采到 2 次" in caifeng("page", "http://www.a.gov.cn/hy", "--all").out


def test_pages_are_found_by_what_they_are(caifeng, stored) -> None:
    """Each filter restricts; the newest round is looked in; days are Chinese days."""
    assert [row["url"][-3:] for row in caifeng("find", "--verdict", "ad", "--json").json] == ["/ad"]
    assert caifeng("find", "--verdict", "广告", "--json").json == caifeng("find", "--verdict", "ad", "--json").json
    assert len(caifeng("find", "--round", "A", "--point", "1.1.2-M01", "--json").json) == 3
    assert len(caifeng("find", "--round", "A", "--limit", "2", "--json").json) == 2
    everything = caifeng("find", "--json").json
    assert everything
    assert caifeng("find", "--unit", "甲市", "--json").json == everything
    assert caifeng("find", "--unit", "110000", "--json").json == everything
    assert caifeng("find", "--host", "www.a.gov.cn", "--since", "2026-11-18", "--until", "2026-11-19", "--json").json
    assert caifeng("find", "--since", "2026-11-20", "--json").json == []
    assert caifeng("find", "--since", "2026-11-20", "--until", "2026-11-19").code == Exit.BAD_INPUT
    assert "没有这样的页面" in caifeng("find", "--verdict", "harmful").out
    unknown = caifeng("find", "--unit", "nope")
    assert (unknown.code, "没有单位 nope。全部单位：caifeng round show B" in unknown.err) == (Exit.NOT_FOUND, True)


def test_what_an_unfinished_round_has_not_come_to_has_not_vanished(caifeng, stored) -> None:
    """The table's head says that a round is unfinished; the point is told as not observed, and the unit by its name."""
    keep(stored, "half", page("/hy", 1, tags=()), state="running")
    ran = caifeng("compare", "A", "half")
    assert "A → half（half 还没有采完：没采到的算没看到）" in ran.out
    assert "消失 " not in ran.out.split("以及没看到的")[1]
    (point,) = caifeng("compare", "A", "half", "--json").json["total"]["points"].values()
    assert (point["before"], point["unobserved"], point["change"]) == (3, 2, "unobserved")
    assert "点位没看到" in ran.out
    (point,) = caifeng("compare", "half", "A", "--json").json["total"]["points"].values()
    assert (point["after"], point["unmet"], point["change"]) == (3, 2, "seen")
    keep(stored, "less", page("/hy", 1, tags=()))
    (point,) = caifeng("compare", "less", "A", "--json").json["total"]["points"].values()
    assert (point["after"], point["unmet"], point["change"]) == (3, 0, "appeared")
    gone = (failure(path, n, reason=FailureReason.HTTP_4XX, status=404) for n, path in ((2, "/gone"), (3, "/ad")))
    keep(stored, "whole", page("/hy", 1, tags=()), *gone)
    (point,) = caifeng("compare", "A", "whole", "--json").json["total"]["points"].values()
    assert (point["unobserved"], point["change"]) == (0, "vanished")


def test_the_gate_names_units(caifeng, stored) -> None:
    """By name for people, by code for programs."""
    keep(stored, "many", *(page(f"/{n}", n) for n in range(20)))
    keep(stored, "none", page("/0", 0), *(failure(f"/{n}", n) for n in range(1, 20)))
    ran = caifeng("gate", "none", "--against", "many")
    assert "甲市" in ran.out
    assert "110000" not in ran.out
    assert {one["unit"] for one in caifeng("gate", "none", "--json").json["falls"]} == {"", "110000"}
