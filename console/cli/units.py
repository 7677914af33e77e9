"""`caifeng units`: the registry of units."""

from pathlib import Path
from typing import Annotated

import typer

from console.cli import discovering, render
from console.cli.chinese import App
from console.cli.options import AsJson
from rounds import life, registry, services

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


@app.command("list", help="列出单位库。")
def list_(*, as_json: AsJson = False) -> None:
    """List the registry."""
    rows = life.read_registry(services.ensure())
    if as_json:
        render.document([row.model_dump(mode="json") for row in rows])
        return
    if not rows:
        render.say("单位库是空的：用 caifeng units import 文件 导入。")
        return
    cells = ((row.code, row.name, row.province, row.kind, row.portal_url, row.service_url) for row in rows)
    render.show(render.table(f"单位库（{len(rows)} 个）", ("代码", "名称", "省份", "类别", "门户", "服务平台"), cells))
