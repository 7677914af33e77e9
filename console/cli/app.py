"""The root of the `caifeng` command.

Each command's file is imported when the command is run, not before: `status` answers in under a second because it
never loads the judging rules, and `judge` never loads a database client.
"""

import contextlib
import os
import sys
from collections.abc import Mapping
from importlib import import_module
from typing import Any, Final

from typer.core import TyperCommand, TyperGroup
from typer.main import get_command, get_group

from console.cli.chinese import LISTING, App
from console.cli.failing import Root

# Every command of the root, the file it is in, and what it does in a line of 80 columns: `--help` loads none of them.
COMMANDS: Final[Mapping[str, tuple[str, str]]] = {
    "demo": ("console.cli.demo", "演练一整轮：模拟的政府网站群，真实地采，再和真相比对"),
    "up": ("console.cli.services", "启动本机的 Redis 和 MongoDB，并说出它们在哪里"),
    "down": ("console.cli.services", "停掉本机启动的服务；数据都留着"),
    "doctor": ("console.cli.services", "检查本机缺什么、怎么补"),
    "units": ("console.cli.units", "单位库：导入、查看、发现和批准更多站点"),
    "round": ("console.cli.rounds", "轮次：新建、检查、查看、暂停、恢复、取消、扩展、重建"),
    "crawl": ("console.cli.crawl", "在本机开几个进程采集，直到这一轮完成"),
    "status": ("console.cli.status", "一轮的进度：各状态的数目、速度、剩余时间"),
    "audit": ("console.cli.inspect", "核账：账目、记录、存档的字节是否一致"),
    "coverage": ("console.cli.coverage", "采集率：估计采到了几成，列出已知缺的"),
    "channels": ("console.cli.channels", "其他渠道：搜索引擎、微博、微信"),
    "page": ("console.cli.captures", "一个页面的采集记录；--diff 比较它的两次采集"),
    "find": ("console.cli.captures", "按单位、主机、判定、点位、日期找页面"),
    "findings": ("console.cli.findings", "疑被篡改的页面：暗链、被改的标题、暗中跳转"),
    "replay": ("console.cli.replay", "离线重现存下的一个页面"),
    "campaign": ("console.cli.campaign", "采集任务：为一份报告服务的几轮采集"),
    "compare": ("console.cli.compare", "比较两轮：页面、判定、点位的变化"),
    "gate": ("console.cli.compare", "发布前的关口：无故减少就扣下"),
    "judge": ("console.cli.judge", "判一个页面：为什么保留或不保留，采集到哪些点位"),
    "retag": ("console.cli.retag", "重判：用现在的规则和目录重新判存档的页面"),
    "prune": ("console.cli.prune", "清理存档：证明不了什么的页面，字节不再保留"),
    "retry": ("console.cli.crawl", "把失败的（或被隔离的）网址重新排队"),
    "values": ("console.cli.values", "各单位各点位的值：看、算、核"),
    "explain": ("console.cli.explain", "一个值是怎么来的：从值走回证据、网页、存档的字节"),
    "export": ("console.cli.export", "导出一轮的页面、失败的网址、证据、值或样本"),
    "schedule": ("console.cli.schedule", "日程：到时候自己新建、采集、算值、核账、过关口、导出"),
    "points": ("console.cli.points", "点位目录：查看、检查、在网页上试，抽样核对规则准不准"),
    "rehearsal": ("console.cli.rehearsal", "演练：模拟的政府网站群和它的真相"),
}


class Lazy(Root):
    """Finds a command by its name, and loads the file it is in."""

    def list_commands(self, ctx: Any) -> list[str]:
        """Return the names in the order of the table."""
        del ctx
        return list(COMMANDS)

    def get_command(self, ctx: Any, cmd_name: str) -> Any:
        """Return the command or group of this name; None when there is none.  For a list of them its line is enough."""
        if LISTING in ctx.meta:
            return TyperCommand(cmd_name, short_help=COMMANDS[cmd_name][1])
        return command(cmd_name)


def command(name: str) -> TyperCommand | TyperGroup | Any | None:
    """Return the command or the group called `name`, loaded."""
    if name not in COMMANDS:
        return None
    loaded = get_group(import_module(COMMANDS[name][0]).app)
    found = loaded.commands.get(name)
    if found is not None:
        return found
    loaded.name = name
    return loaded


app = App(cls=Lazy, no_args_is_help=True, pretty_exceptions_enable=False)


@app.callback(help="采风：采集地方政府网上服务的证据。先试 caifeng demo；出了问题看 caifeng doctor。")
def root() -> None:
    """Hold the commands together."""


def main() -> None:
    """Run the command line; the process ends with a code of `crawler.exits`."""
    code = 0
    try:
        get_command(app)()
    except SystemExit as ended:
        code = int(ended.code or 0)
    for stream in (sys.stdout, sys.stderr):
        with contextlib.suppress(OSError, ValueError):
            stream.flush()
    # All is written and closed; Python's own way out would wait half a second more for MongoDB's monitor threads.
    os._exit(code)


if __name__ == "__main__":
    main()
