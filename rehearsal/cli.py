"""`python -m rehearsal serve|truth`."""

import argparse
import asyncio
import datetime as dt
import sys
from collections.abc import Sequence
from pathlib import Path

import orjson

from rehearsal import changes
from rehearsal.addresses import NEWEST
from rehearsal.plan import World, build
from rehearsal.points import truth as points
from rehearsal.server import serve
from rehearsal.truth import rows

USAGE_ERROR = 2
PORT_TAKEN = 3


def _parser() -> argparse.ArgumentParser:
    shared = argparse.ArgumentParser(add_help=False)
    shared.add_argument("--seed", type=int, default=1, help="种子(同一种子得到同样的网站)")
    shared.add_argument("--units", type=int, default=5, help="单位数")
    shared.add_argument("--pages", type=int, default=3200, help="六次点击以内的页数(约)")
    shared.add_argument("--edition", type=int, default=1, help="第几版:从第 2 版起,与第 1 版相比有改动")
    shared.add_argument("--scripted", type=float, default=0.0, help="内容全由脚本生成的栏目所占比例(0 到 1)")
    shared.add_argument("--guarded", action="store_true", help="加上有防护、限流的主机,和卡死、撑爆、泄漏浏览器的网页")
    parser = argparse.ArgumentParser(prog="rehearsal", description="演练:带标准答案的模拟政府网站")
    commands = parser.add_subparsers(dest="command", required=True)
    serving = commands.add_parser("serve", parents=[shared], help="启动网站,直到收到 SIGTERM")
    serving.add_argument("--port", type=int, default=0, help="http 端口,0 为自动")
    serving.add_argument("--bind", default="127.0.0.1", help="监听地址")
    serving.add_argument("--log", type=Path, help="请求日志(JSON Lines)")
    truth = commands.add_parser("truth", parents=[shared], help="逐行打印标准答案(JSON Lines)")
    truth.add_argument("--depth", type=int, default=6, help="点击深度上限")
    truth.add_argument("--values", action="store_true", help="改为打印各单位各点位的值")
    truth.add_argument("--on", type=dt.date.fromisoformat, default=NEWEST, help="采集日,天数从它算起(YYYY-MM-DD)")
    changed = commands.add_parser("changes", parents=[shared], help="逐行打印这一版与第 1 版的差别(JSON Lines)")
    changed.add_argument("--depth", type=int, default=6, help="点击深度上限")
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
        print(f"无法监听 {args.bind}:{args.port}:{error}。请换一个端口,或用 --port 0 自动选择。", file=sys.stderr)  # noqa: T201
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
        print(f"参数有误:{error}", file=sys.stderr)  # noqa: T201 - the operator's answer
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
