"""`caifeng points`: reading the catalogue, trying a point on a page, and counting precision."""

from __future__ import annotations

import pytest

from crawler.exits import Exit

LETTER = """<html><head><meta charset="utf-8"><title>市长信箱-某某市人民政府</title></head><body><h1>市长信箱</h1>
<form action="/xx" method="post"><input name="title"><textarea name="content"></textarea></form></body></html>"""


def test_points_are_listed_by_indicator_and_method(caifeng) -> None:
    """All 257; one indicator's; and those no page speaks for."""
    assert len(caifeng("points", "list", "--json").json) == 257
    some = caifeng("points", "list", "--indicator", "3.2", "--json").json
    assert {one["code"].split("-")[0] for one in some} == {"3.2.1", "3.2.2"}
    silent = caifeng("points", "list", "--without-rules", "--json").json
    assert len(silent) == 39
    assert all(one["rules"] == 0 and one["value"] for one in silent)
    assert {one["method"] for one in caifeng("points", "list", "--method", "serp", "--json").json} == {"serp"}


@pytest.mark.parametrize(("option", "code"), [("--indicator", Exit.NOT_FOUND), ("--method", Exit.BAD_INPUT)])
def test_a_filter_that_names_nothing_is_refused(caifeng, option, code) -> None:
    """Neither lists nothing as if that were the answer."""
    assert caifeng("points", "list", option, "9.9").code == code


def test_a_point_is_shown_whole(caifeng) -> None:
    """Its rules as sentences, its sources by document."""
    ran = caifeng("points", "show", "1.1.2-M01")
    assert ran.code == Exit.OK
    assert "要有：" in ran.out
    assert "中办发〔2015〕21号" in ran.out
    assert "规则怎么读" in ran.out
    assert "« 和 » 是一项" in caifeng("points", "show", "2.2.2-M02").out
    shown = caifeng("points", "show", "1.3.7-M03", "--json").json
    assert {"document": "国办发〔2018〕32号", "place": "", "note": "8.5个工作日:登记5、刻章1、发票2"} in shown[
        "citations"
    ]
    assert shown["clauses"][0]["need"]


def test_lint_passes_on_the_whole_catalogue(caifeng) -> None:
    """257 points, nothing a person must look at."""
    ran = caifeng("points", "lint", "--json")
    assert ran.code == Exit.OK
    assert (ran.json["indicators"], ran.json["points"], ran.json["machine"], ran.json["problems"]) == (31, 257, 186, [])


def test_a_point_is_tried_on_a_page(caifeng, tmp_path) -> None:
    """Each clause says whether it holds and by what; a point that no page speaks for says what does."""
    file = tmp_path / "a.html"
    file.write_text(LETTER, encoding="utf-8")
    ran = caifeng("points", "test", str(file), "2.1.1-M01", "--url", "http://www.mou.gov.cn/szxx/")
    assert ran.code == Exit.OK, ran.err
    assert "找到" in ran.out.splitlines()[0]
    rules = caifeng("points", "test", str(file), "2.1.1-M01", "--json").json["rules"]
    assert any(one["holds"] for one in rules)
    assert any(clause["shown"] == "市长信箱" for one in rules for clause in one["clauses"])
    assert caifeng("points", "test", str(file), "1.1.1-M01").out.startswith("1.1.1-M01 责任清单栏目有无：没找到")
    assert "没有网页规则" in caifeng("points", "test", str(file), "1.2.2-M02").err
    assert caifeng("points", "test", str(tmp_path / "none.html"), "2.1.1-M01").code == Exit.BAD_INPUT


def test_precision_is_counted_by_point_and_strength(caifeng, tmp_path) -> None:
    """Marks in Chinese and in figures; empty cells wait."""
    file = tmp_path / "checked.csv"
    rows = [
        "code,strength,right",
        *(["1.1.1-M01,content,是"] * 9),
        "1.1.1-M01,content,否",
        "1.1.1-M01,content,",
        "2.2.1-M02,chrome,0",
    ]
    file.write_text("\ufeff" + "\n".join(rows), encoding="utf-8")
    first, second = caifeng("points", "precision", str(file), "--json").json
    assert (first["right"], first["checked"], first["unchecked"], first["precision"]) == (9, 10, 1, 0.9)
    assert (first["low"], first["high"]) == (0.5958, 0.9821)
    assert (second["code"], second["strength"], second["precision"]) == ("2.2.1-M02", "chrome", 0.0)
    assert "90.0%" in caifeng("points", "precision", str(file)).out


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("code,strength,right\n1.1.1-M01,content,maybe\n", "第 2 行 right"),
        ("code,strength,right\n9.9.9-M01,content,是\n", "第 2 行 code"),
        ("code,strength\n1.1.1-M01,content\n", "right：缺少这一列"),
    ],
)
def test_a_file_with_a_wrong_mark_is_refused_whole(caifeng, tmp_path, text, said) -> None:
    """The line and column are named, nothing is counted."""
    file = tmp_path / "checked.csv"
    file.write_text(text, encoding="utf-8")
    ran = caifeng("points", "precision", str(file))
    assert ran.code == Exit.BAD_INPUT
    assert said in ran.err
