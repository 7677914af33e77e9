"""`caifeng replay`: a page as archived, shown again without the network."""

import signal
import threading
from pathlib import Path
from typing import Annotated, Any

import typer

from console.cli import render
from console.cli.captures import captured
from console.cli.chinese import App
from console.cli.options import AsJson, RoundName
from rounds import life, replay, services
from rounds.refusals import BadChoice

app = App()


@app.command(name="replay", help="离线重现存下的一个页面：原始字节、脚本和数据都来自存档，不碰网络；到 Ctrl-C 为止。")
def replay_command(
    name: RoundName,
    url: Annotated[str, typer.Argument(metavar="URL", help="网址，哪种写法都行")],
    *,
    output: Annotated[Path | None, typer.Option("--output", "-o", help="不开服务，写到这个新文件夹")] = None,
    dom: Annotated[bool, typer.Option("--dom", help="给浏览器画好的样子，不再运行脚本")] = False,
    port: Annotated[int, typer.Option("--port", min=0, max=65535, help="本机端口；0：任选一个空的")] = 0,
    as_json: AsJson = False,
) -> None:
    """Serve a page from the archive on loopback, or write it out."""
    if output is not None and (dom or port):
        raise BadChoice("--output 写出全部，不和 --dom、--port 一起用")
    here = services.ensure()
    life.get(here, name)
    found = replay.replay_of(captured(here, url, name))
    if dom and found.dom is None:
        raise BadChoice(f"{found.url} 不是用浏览器采的，没有画好的样子：去掉 --dom")
    if output is not None:
        index = replay.write(found, output)
        if as_json:
            render.document({"folder": str(output.resolve()), **index})
        else:
            render.say(
                f"写到 {output}：原始字节、{'渲染后的样子、' if found.dom else ''}脚本和数据 {len(found.pieces)} 个，目录见 index.json"
            )
        return
    _serve(found, port, dom=dom, as_json=as_json)


def _serve(found: replay.Replay, port: int, *, dom: bool, as_json: bool) -> None:
    stop = threading.Event()

    def end(_number: int, _frame: Any) -> None:
        stop.set()

    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, end)
    with replay.serving(found, port, drawn=dom) as (address, asked):
        if as_json:
            pieces = [replay.describe(piece) for piece in found.pieces]
            render.document({"url": found.url, "key": found.key, "address": address, "loaded": pieces})
        else:
            render.say(f"{found.url}\n在 {address} ，脚本和数据 {len(found.pieces)} 个；Ctrl-C 停下")
        stop.wait()
        missing = sorted({target for target, had in asked.targets if not had})
    if not as_json and missing:
        render.say(f"页面要过、存档里没有的 {len(missing)} 个：" + "，".join(missing[:10]))
