"""`caifeng up`, `down`, `doctor`: the local services."""

from dataclasses import asdict

import typer

from console.cli import render
from console.cli.chinese import App
from console.cli.options import AsJson
from crawler.exits import Exit
from crawler.masking import masked
from rounds import services
from rounds.doctor import Check, examine
from rounds.services import archive

app = App()


@app.command(help="启动本机的 Redis 和 MongoDB（环境变量指定了别处的就只检查），并说出它们在哪里。")
def up(*, as_json: AsJson = False) -> None:
    """Bring the services up and say where they are."""
    here = services.ensure()
    archive.reach(here.archive_url)
    shown = {
        "redis_url": masked(here.redis_url),
        "mongo_url": masked(here.mongo_url),
        "archive": masked(here.archive_url),
        "home": str(here.home),
        "browser": here.browser,
    }
    if as_json:
        render.document(shown)
        return
    words = {"redis_url": "Redis", "mongo_url": "MongoDB", "archive": "存档", "home": "数据目录", "browser": "浏览器"}
    rows = ((words[name], value or "没有装（caifeng doctor 会说怎么装）") for name, value in shown.items())
    render.show(render.table("服务已就绪", ("", "在哪里"), rows))


@app.command(help="停掉本机启动的服务；数据都留着。")
def down(*, as_json: AsJson = False) -> None:
    """Stop the local services; data stays."""
    stopped = services.stop()
    if as_json:
        render.document({"stopped": stopped})
    else:
        render.say(f"已停：{'、'.join(stopped)}。" if stopped else "本机没有在运行的服务。")


@app.command(help="检查本机缺什么、怎么补。缺必需的则以 6 退出。")
def doctor(*, as_json: AsJson = False) -> None:
    """Say what this machine has and lacks."""
    checks = examine()
    missing = [one for one in checks if not one.ok and not one.optional]
    if as_json:
        render.document({"ok": not missing, "checks": [asdict(one) for one in checks]})
    else:
        rows = ((_mark(one), one.name, one.found, one.hint) for one in checks)
        render.show(render.table("", ("", "项目", "现状", "怎么办"), rows))
        render.say("可以开始：caifeng demo" if not missing else f"还缺 {len(missing)} 样，补上再开始。")
    if missing:
        raise typer.Exit(Exit.ENVIRONMENT)


def _mark(check: Check) -> str:
    return "✓" if check.ok else ("·" if check.optional else "✗")
