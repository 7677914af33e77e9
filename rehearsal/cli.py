"""`python -m rehearsal serve|truth`."""

import argparse
import asyncio
import datetime as dt
import sys
from collections.abc import Callable, Sequence
from pathlib import Path

import orjson

from rehearsal import changes
from rehearsal.addresses import NEWEST
from rehearsal.arguments import COMMANDS, USAGE_ERROR, Parser
from rehearsal.plan import World, build
from rehearsal.points import truth as points
from rehearsal.server import serve
from rehearsal.truth import rows

PORT_TAKEN = 3


def _shared(add: Callable[..., object]) -> None:
    """The options that say which web it is."""
    add("--seed", type=int, default=1, metavar="整数", help="种子：同一种子得到同样的网站")
    add("--units", type=int, default=5, metavar="整数", help="单位数")
    add("--pages", type=int, default=3200, metavar="整数", help="六次点击以内大约多少页")
    add("--edition", type=int, default=1, metavar="整数", help="第几版：从第 2 版起，与第 1 版相比有改动")
    add("--scripted", type=float, default=0.0, metavar="数字", help="内容全由脚本生成的栏目所占比例，0 到 1")
    add("--guarded", action="store_true", help="加上有防护、限流的主机，和卡死、撑爆、泄漏浏览器的网页")


def _parser() -> Parser:
    parser = Parser(prog="rehearsal", description="演练：带标准答案的模拟政府网站")
    commands = parser.add_subparsers(dest="command", required=True, title=COMMANDS, metavar="命令")

    def command(name: str, told: str) -> Callable[..., object]:
        made = commands.add_parser(name, help=told, description=told)
        _shared(made.options.add_argument)
        return made.options.add_argument

    serving = command("serve", "启动网站，直到收到 SIGTERM 或 Ctrl-C")
    serving("--port", type=int, default=0, metavar="整数", help="http 端口，0 为自动")
    serving("--bind", default="127.0.0.1", metavar="地址", help="监听地址")
    serving("--log", type=Path, metavar="文件", help="请求日志，JSON Lines")
    truth = command("truth", "逐行打印标准答案，JSON Lines")
    truth("--depth", type=int, default=6, metavar="整数", help="点击深度上限")
    truth("--values", action="store_true", help="改为打印各单位各点位的值")
    truth("--on", type=dt.date.fromisoformat, default=NEWEST, metavar="年-月-日", help="采集日，天数从它算起")
    changed = command("changes", "逐行打印这一版与第 1 版的差别，JSON Lines")
    changed("--depth", type=int, default=6, metavar="整数", help="点击深度上限")
    return parser


def _changes(world: World, depth: int) -> None:
    for row in changes.rows(world, depth):
        sys.stdout.buffer.write(orjson.dumps(row) + b"\n")


def _truth(world: World, depth: int) -> None:
    for row in rows(world, depth):
        sys.stdout.buffer.write(orjson.dumps(row) + b"\n")


def _values(world: World, depth: int, on: dt.date) -> None:
    for row in points.rows(world, depth, on):
        sys.stdout.buffer.write(orjson.dumps(row) + b"\n")


def _serve(world: World, args: argparse.Namespace) -> int:
    log = args.log.open("ab") if args.log else None
    try:
        asyncio.run(serve(world, args.bind, args.port, log))
    except OSError as error:
        print(f"无法监听 {args.bind}:{args.port}：{error}。请换一个端口，或用 --port 0 自动选择。", file=sys.stderr)  # noqa: T201
        return PORT_TAKEN
    finally:
        if log:
            log.close()
    return 0


def main(argv: Sequence[str] | None = None) -> int:
    """Runs one command; 0 is success, 2 a bad argument, 3 an address that cannot be listened on."""
    args = _parser().parse_args(argv)
    try:
        world = build(args.seed, args.units, args.pages, args.edition, scripted=args.scripted, guarded=args.guarded)
    except ValueError as error:
        print(f"参数有误：{error}", file=sys.stderr)  # noqa: T201 - the operator's answer
        return USAGE_ERROR
    if args.command == "serve":
        return _serve(world, args)
    if args.command == "changes":
        _changes(world, args.depth)
        return 0
    if args.values:
        _values(world, args.depth, args.on)
    else:
        _truth(world, args.depth)
    return 0
