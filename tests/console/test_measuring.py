"""What was measured, told for people: of a page, of a drawn page, of a share."""

from __future__ import annotations

from typing import Any

import pytest

from console.cli import measuring
from indicators.catalogue import load
from indicators.records import PageRole
from indicators.value_rules import FROM_ELSEWHERE, SAMPLED

POINTS = load().points


@pytest.mark.parametrize(
    ("code", "measured", "told"),
    [
        ("1.3.7-M03", {"numbers": [54.0]}, "54 工作日"),
        ("1.3.7-M03", {"numbers": [2.0], "whole": True}, "2 工作日（写明是总的）"),
        ("1.3.7-M03", {}, "没读到数"),
        ("2.3.1-M06", {"numbers": [5.0, 90.0]}, "5 天，办结率 90 %"),
        ("2.2.3-M03", {"numbers": [20.0, 5.0]}, "法定 20，承诺 5"),
        ("1.1.1-M04", {"count": 24, "total": 900}, "24 条，网站自报 900"),
        ("1.1.1-M05", {"age": 30}, "最近的在 30 天前"),
        ("1.1.1-M05", {}, "没读到日期"),
        ("1.1.3-M09", {"parts": 1, "age": 3}, "政策文件，最近的在 3 天前"),
        ("1.2.3-M08", {"parts": 5}, "服务条款、纠错"),
        ("1.2.3-M08", {}, "没有要看的部分"),
        ("1.1.3-M04", {"years": 3}, "2 个年份"),
        ("2.3.1-M01", {"yes": 9, "every": 12}, "9 ÷ 12"),
        ("2.3.1-M03", {"yes": 1, "open": 2}, "超期 1，在办 2"),
        ("2.3.1-M02", {"days": [3, 5]}, "3、5 个工作日"),
        ("1.2.1-M06", {"names": [f"甲{n}县" for n in range(9)]}, "甲0县、甲1县、甲2县、甲3县、甲4县、甲5县、甲6县、甲7县 等 9 个"),
        ("2.2.2-M02", {}, "达到"),
    ],
)  # fmt: skip
def test_a_page_s_numbers_are_told(code: str, measured: dict[str, Any], told: str) -> None:
    """By what the point measures."""
    assert measuring.of_tag(POINTS[code], {"code": code, "measured": measured}, 1) == told


def test_every_point_with_pages_tells_something() -> None:
    """No kind is forgotten; a page that only belongs to the base says so."""
    for point in POINTS.values():
        pages = point.value and point.page_role is not PageRole.NONE and point.value.kind not in FROM_ELSEWHERE
        assert not pages or measuring.of_tag(point, {"code": point.code, "measured": {"names": ["a"]}}, 1), point.code
    assert measuring.of_tag(POINTS["2.2.2-M02"], {"code": "2.2.2-M01"}, 1) == "底数（2.2.2-M01）"
    assert measuring.of_tag(POINTS["2.1.1-M05"], {"code": "2.1.1-M01"}, 2) == "点 2 次"


@pytest.mark.parametrize(
    ("code", "observations", "drawn", "made"),
    [
        ("2.2.2-M02", [[0], [1]], "没有", "1 ÷ 2 页"),
        ("1.1.1-M03", [[3], [5]], "3 ÷ 5 项", "8 ÷ 10（2 页，每页 5 项）"),
        ("2.2.3-M03", [[20.0, 5.0], [10.0, 15.0]], "法定 20，承诺 5", "15 ÷ 30（压缩的 ÷ 法定的）"),
        ("2.3.1-M02", [[3, 5], [4]], "3、5 个工作日", ""),
    ],
)
def test_a_sample_and_its_share_are_told(code: str, observations: list[list[float]], drawn: str, made: str) -> None:
    """What was seen of the first page, and the two numbers all of them make; a median is made of none."""
    point = POINTS[code]
    assert point.value is not None
    assert point.value.kind in SAMPLED
    assert measuring.of_drawn(point, observations[0]) == drawn
    value = {"state": "measured", "value": 0.5, "more": {}, "parts": []}
    assert measuring.division(point, value, [{"observation": each} for each in observations]) == made


@pytest.mark.parametrize(
    ("code", "changes", "made"),
    [
        ("1.1.1-M02", {"parts": ["教育局"]}, "1 ÷ 39"),
        ("1.1.3-M04", {"value": 2 / 3}, "2 ÷ 3 年"),
        ("3.1.1-M09", {"more": {"yes": 3.0, "every": 1200.0}}, "3 ÷ 1,200"),
        ("3.1.2-M06", {}, ""),
        ("1.1.1-M02", {"state": "absent", "value": 0.0}, ""),
    ],
)
def test_a_share_is_told_by_its_two_numbers(code: str, changes: dict[str, Any], made: str) -> None:
    """Parts, years and links; a mean of shares has none, nor what is absent."""
    value = {"state": "measured", "value": 0.5, "more": {}, "parts": [], **changes}
    assert measuring.division(POINTS[code], value, []) == made
