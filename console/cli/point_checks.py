"""`caifeng points sample`, `precision`, `coverage`: whether the rules of points are right, told from a round."""

import csv
import io
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Annotated, Any, Final

import typer

from console.cli import render
from console.cli.chinese import App
from console.cli.failing import file_trouble
from console.cli.options import AsJson, RoundName
from console.cli.target import target
from indicators import catalogue
from indicators.evidence import Strength
from indicators.precision import Precision, precision
from pipelines.store.reader import RoundReader
from rounds import life, services
from rounds.point_quality import Coverage, Drawn, coverage, draw, evidenced
from rounds.refusals import BadChoice, BadFile, Problem

COLUMNS: Final = (
    "code", "name", "strength", "url", "title", "units", "zone", "confidence", "snippet", "right", "note",
)  # fmt: skip
# What people write into `right`; an empty cell is a page not yet checked.
_RIGHT: Final[Mapping[str, bool]] = {
    "是": True, "对": True, "1": True, "y": True, "yes": True,
    "否": False, "错": False, "0": False, "n": False, "no": False,
}  # fmt: skip
_WIDEST: Final = 1_000  # pages for one point


def register(app: App) -> None:
    """Add the commands of this file to `caifeng points`."""
    app.command(help="从一轮里为点位抽网页，写成 CSV 给人核对；在 right 一列填 是 或 否。")(sample)
    app.command("precision", help="读核对好的 CSV，算每个点位的准确率和 95% 区间（Wilson）。")(precision_)
    app.command("coverage", help="一轮里哪些点位从没出现过，哪些几乎处处出现。")(coverage_)


def sample(
    name: RoundName,
    *,
    output: Annotated[Path, typer.Option("--output", "-o", help="写到文件（写完才改成这个名字）")],
    point: Annotated[list[str], typer.Option("--point", help="点位代码，可以写多次；不写是这一轮里出现过的全部")] = [],  # noqa: B006  # typer reads the default and makes a list of its own
    n: Annotated[int, typer.Option("--n", min=1, max=_WIDEST, help="每个点位抽几页")] = 30,
    strength: Annotated[Strength | None, typer.Option("--strength", help="只抽内容证据或入口证据")] = None,
    seed: Annotated[str, typer.Option("--seed", help="换一个种子就换一批网页")] = "",
    as_json: AsJson = False,
) -> None:
    """Draw pages for people to check."""
    known = catalogue.load().points
    unknown = sorted(set(point) - set(known))
    if unknown:
        raise BadChoice(f"没有点位 {'、'.join(unknown)}（caifeng points list 可以查看）")
    here = services.ensure()
    life.get(here, name)
    with life.store(here) as database:
        reader = RoundReader(database, name, url=here.mongo_url)
        codes = list(dict.fromkeys(point)) or list(evidenced(reader))
        drawn = draw(reader, codes, n, seed or name, strength)
    names = {code: known[code].name if code in known else "" for code in codes}
    with target(output) as file:
        text = io.TextIOWrapper(file, encoding="utf-8-sig", newline="", write_through=True)
        writer = csv.DictWriter(text, COLUMNS)
        writer.writeheader()
        writer.writerows(_row(one, names[one.code]) for one in drawn)
        text.detach()
    counts = {code: sum(one.code == code for one in drawn) for code in codes}
    if as_json:
        render.document({"round": name, "output": str(output), "drawn": counts})
    else:
        render.note(f"已写 {len(drawn)} 页到 {output}：在 right 一列填 是 或 否，再用 caifeng points precision 计算")


def precision_(
    file: Annotated[Path, typer.Argument(metavar="FILE", help="核对好的 CSV")], *, as_json: AsJson = False
) -> None:
    """Work out precision from a checked file."""
    marks = _marks(file)
    rows = {code: (precision(sum(given), len(given)), blank) for code, (given, blank) in marks.items()}
    if as_json:
        render.document([_document(code, one, blank) for code, (one, blank) in rows.items()])
        return
    heads = ("代码", "证据", "对", "核对", "未核对", "准确率", "95% 区间")
    table = (
        (code, strength, one.right, one.checked, blank, _share(one.share, one), f"{_share(one.low)}—{_share(one.high)}")
        for (code, strength), (one, blank) in rows.items()
    )
    render.show(render.table("规则的准确率", heads, table, numbers=("对", "核对", "未核对")))


def coverage_(name: RoundName, *, as_json: AsJson = False) -> None:
    """Name the points that never fire and those that fire everywhere."""
    here = services.ensure()
    life.get(here, name)
    loaded = catalogue.load()
    with life.store(here) as database:
        found = coverage(RoundReader(database, name, url=here.mongo_url), loaded)
    if as_json:
        render.document(_coverage(name, found))
        return
    heads = ("代码", "名称", "内容页", "入口页", "主机", "单位", "内容页占比")
    rows = (
        (one.code, loaded.points[one.code].name, one.content, one.chrome, one.hosts, one.units, _share(one.share))
        for one in found.points
        if one.content + one.chrome
    )
    numbers = ("内容页", "入口页", "主机", "单位", "内容页占比")
    render.show(render.table(f"{name}：{found.pages:,} 页的点位", heads, rows, numbers=numbers))
    render.say(f"从没出现（{len(found.never)}）：{'、'.join(found.never) or '无'}")
    render.say(f"几乎处处出现（{len(found.everywhere)}）：{'、'.join(found.everywhere) or '无'}")


def _row(one: Drawn, name: str) -> dict[str, Any]:
    return {
        "code": one.code,
        "name": name,
        "strength": one.strength,
        "url": one.url,
        "title": one.title,
        "units": " ".join(one.units),
        "zone": one.zone,
        "confidence": one.confidence,
        "snippet": one.snippet,
        "right": "",
        "note": "",
    }


def _marks(file: Path) -> dict[tuple[str, str], tuple[list[bool], int]]:
    """What was found right or wrong, and how many pages wait, by code and strength.  A bad file is refused whole."""
    problems: list[Problem] = []
    marks: dict[tuple[str, str], tuple[list[bool], int]] = {}
    known = catalogue.load().points
    for line, row in _lines(file):
        mark, code = row["right"].strip().lower(), row["code"].strip()
        if code not in known:
            problems.append(Problem(line, "code", f"没有点位 {code}"))
        elif mark and mark not in _RIGHT:
            problems.append(Problem(line, "right", f"应是 是 或 否，不是 {row['right']}"))
        else:
            given, blank = marks.get((code, row["strength"]), ([], 0))
            marks[code, row["strength"]] = ([*given, _RIGHT[mark]], blank) if mark else (given, blank + 1)
    if problems:
        raise BadFile(str(file), tuple(problems))
    return dict(sorted(marks.items()))


def _lines(file: Path) -> Iterator[tuple[int, dict[str, str]]]:
    try:
        text = file.read_text(encoding="utf-8-sig")
    except OSError as error:
        raise BadChoice(file_trouble(error)) from error
    except UnicodeDecodeError as error:
        raise BadChoice(f"{file} 不是 UTF-8；用表格软件另存为 CSV UTF-8") from error
    reader = csv.DictReader(io.StringIO(text, newline=""))
    missing = {"code", "strength", "right"} - set(reader.fieldnames or ())
    if missing:
        raise BadFile(str(file), tuple(Problem(1, name, "缺少这一列") for name in sorted(missing)))
    for row in reader:
        yield reader.line_num, {name: row.get(name) or "" for name in ("code", "strength", "right")}


def _share(share: float, one: Precision | None = None) -> str:
    return "" if one is not None and not one.checked else f"{share:.1%}"


def _document(code: tuple[str, str], one: Precision, blank: int) -> dict[str, Any]:
    return {
        "code": code[0],
        "strength": code[1],
        "right": one.right,
        "checked": one.checked,
        "unchecked": blank,
        "precision": round(one.share, 4) if one.checked else None,
        "low": round(one.low, 4),
        "high": round(one.high, 4),
    }


def _coverage(name: str, found: Coverage) -> dict[str, Any]:
    return {
        "round": name,
        "pages": found.pages,
        "points": [
            {
                "code": one.code,
                "content": one.content,
                "chrome": one.chrome,
                "hosts": one.hosts,
                "units": one.units,
                "share": round(one.share, 4),
            }
            for one in found.points
        ],
        "never": list(found.never),
        "everywhere": list(found.everywhere),
    }
