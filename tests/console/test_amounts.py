"""Values are shown in their unit: a share of 0.95 is 95 percent, nowhere 0.95 %."""

from __future__ import annotations

import pytest

from console.cli.amounts import measured, of_point, told_apart, valued
from indicators.catalogue import load


@pytest.mark.parametrize(
    ("value", "unit", "shown"),
    [
        (0.95, "%", "95 %"), (1.0, "%", "100 %"), (0.0, "%", "0 %"), (1 / 3, "%", "33.3 %"), (0.007, "%", "0.7 %"),
        (1.0, "有/无", "有"), (0.0, "有/无", "无"), (1240.0, "条", "1,240 条"), (2.5, "天", "2.500 天"), (None, "%", "—"),
        (3.0, "", "3"),
    ],
)  # fmt: skip
def test_a_value_is_shown_in_its_unit(value: float | None, unit: str, shown: str) -> None:
    """Shares, yes and no, counts and times."""
    assert measured(value, unit) == shown


def test_a_point_knows_its_unit() -> None:
    """Every point that is a share is shown as percent; a code the catalogue has lost is shown as a bare number."""
    shares = [point.code for point in load().points.values() if point.unit == "%" and point.value is not None]
    assert shares
    assert {of_point(code, 0.5) for code in shares} == {"50 %"}
    assert of_point("9.9.9-M99", 0.5) == "0.500"


def test_what_has_no_value_says_its_state() -> None:
    """In words."""
    assert valued("1.1.1-M04", "absent", None) == "没有"


def test_values_side_by_side_show_what_differs() -> None:
    """Two shares that round to the same percent have digits enough; equal ones stay short; an absent 0 is no measured 0."""
    share = next(point.code for point in load().points.values() if point.unit == "%" and point.value is not None)
    assert told_apart(share, [("measured", 0.0081), ("measured", 0.0084)]) == ["0.81 %", "0.84 %"]
    assert told_apart(share, [("measured", 0.0081), ("measured", 0.0081)]) == ["0.8 %", "0.8 %"]
    assert told_apart("9.9.9-M99", [("measured", 0.50001), ("unobserved", None)]) == ["0.500", "没看到"]
    assert told_apart(share, [("measured", 0.0), ("absent", 0.0)]) == ["0 %", "没有"]
