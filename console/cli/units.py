"""`caifeng units`: the registry of units."""

from pathlib import Path
from typing import Annotated

import typer

from console.cli import discovering, render
from console.cli.chinese import App
from console.cli.options import AsJson, AsOf
from rounds import life, registry, services
from rounds.registry import UnitRow

app = App(no_args_is_help=True, help="单位库：导入、查看、发现和批准更多站点")
app.command("discover", help=discovering.DISCOVER)(discovering.discover)
app.command("approve", help=discovering.APPROVE)(discovering.approve)


@app.command("import", help="导入单位表：整个文件都对才导入，有一处错就一个也不导入，并逐行逐列指出。")
def import_(
    file: Annotated[Path, typer.Argument(metavar="FILE", help="UTF-8 的 CSV，至少有 code、name、portal_url 三列")],
    *,
    replace: Annotated[
        bool, typer.Option("--replace", help="用这个文件取代整个单位库；不给则并入，代码相同的被取代")
    ] = False,
    as_json: AsJson = False,
) -> None:
    """Import a units file whole, or refuse it whole."""
    rows = registry.read_units(file)
    total = life.save_registry(services.ensure(), rows, replace=replace)
    if as_json:
        render.document({"imported": len(rows), "total": total})
    else:
        render.say(f"导入 {len(rows)} 个单位，单位库现有 {total} 个。")


@app.command("list", help="列出单位库；撤销了的单位也留着，--as-of 只列那一天有的。")
def list_(*, as_of: AsOf = None, as_json: AsJson = False) -> None:
    """List the registry."""
    rows = life.read_registry(services.ensure())
    if as_of is not None:
        rows = tuple(row for row in rows if row.stood_on(as_of.date()))
    if as_json:
        render.document([row.model_dump(mode="json") for row in rows])
        return
    if not rows:
        render.say("单位库是空的：用 caifeng units import 文件 导入。")
        return
    columns = ("代码", "名称", "省份", "类别", "门户", "服务平台", "有效")
    cells = ((row.code, row.name, row.province, row.kind, row.portal_url, row.service_url, _stood(row)) for row in rows)
    render.show(render.table(f"单位库（{len(rows)} 个）", columns, cells))


def _stood(row: UnitRow) -> str:
    """When it stood, where that is not ever since; and who took it over."""
    span = f"{row.valid_from or ''}—{row.valid_to or ''}" if row.valid_from or row.valid_to else ""
    return f"{span}（{row.succeeded_by} 承接）" if row.succeeded_by else span
