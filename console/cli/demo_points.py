"""What a demonstration found of points, and what those are that only it or only the truth has."""

from collections import Counter
from collections.abc import Iterable, Mapping
from typing import Final

from console.cli import render
from indicators import catalogue
from rounds.truth import PointsOfUnit

_COLUMNS: Final = ("单位", "采到", "真相", "都有", "多出：真相证实", "多出：真相没说", "多出：真相否认", "没采到")
WHY_MORE: Final = (
    "采到的为什么比真相多：真相只写每一页是为哪个点位造的，而一页常常也证明别的点位，例如权力清单页同时给出条目量。"
    "“真相证实”的，真相的另一半（caifeng rehearsal truth --values）说这个单位有；“真相没说”的，真相不作断言。"
)


def show_points(points: Mapping[str, PointsOfUnit], names: Mapping[str, str]) -> None:
    """The table, and in sentences what its last columns are made of."""
    rows = (
        (
            names.get(unit, unit), one.found, one.true, one.both,
            len(one.confirmed), len(one.unsaid), len(one.denied), len(one.missed),
        )
        for unit, one in points.items()
    )  # fmt: skip
    render.show(render.table("各单位采到的点位", _COLUMNS, rows, numbers=_COLUMNS[1:]))
    if any(one.found > one.both for one in points.values()):
        render.say(WHY_MORE)
    for word, codes in (
        ("真相否认的，多半是规则判错了", [code for one in points.values() for code in one.denied]),
        ("没采到的", [code for one in points.values() for code in one.missed]),
    ):
        if codes:
            render.say(f"{word}：{'、'.join(_named(codes))}")


def _named(codes: Iterable[str]) -> Iterable[str]:
    """Each point once, by name, with how many units it is of."""
    known = catalogue.load().points
    for code, units in sorted(Counter(codes).items()):
        point = known[code]
        derived = "" if point.rules else "，由别的点位算出，不标在网页上"
        yield f"{code} {point.name}（{units} 个单位{derived}）"
