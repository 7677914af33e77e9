"""Running `round check` with progress, and showing what it found: for `round check` and for `crawl` before a launch."""

import asyncio
from datetime import UTC, datetime
from typing import Final

from console.cli import render, words
from crawler.plan import RoundPlan
from rounds import life
from rounds.check import Check, check
from rounds.services import Services

SLOWEST: Final = 10  # hosts shown by name
PROBLEMS: Final = {**words.FAILURES, **words.SKIPS}  # a seed that robots.txt forbids is a problem of the second kind


def run_check(services: Services, plan: RoundPlan) -> Check:
    """Check a round's seeds, showing progress on stderr, and save the result in the round."""
    with render.err().status("检查入口……") as shown:
        found = asyncio.run(
            check(
                plan, now=datetime.now(UTC), report=lambda done, all_: shown.update(f"检查入口：{done}/{all_} 个主机")
            )
        )
    life.save_check(services, plan.name, found, who=life.operator())
    return found


def show_check(name: str, found: Check, *, on_stderr: bool = False) -> None:
    """Print failures, warnings, the slowest hosts, and the totals with what they rest on."""
    if found.failures:
        rows = (
            (one.url, words.with_code(PROBLEMS, one.problem), one.detail, "、".join(one.units))
            for one in found.failures
        )
        render.show(
            render.table(f"不通的入口（{len(found.failures)}）", ("入口", "原因", "说明", "单位"), rows),
            on_stderr=on_stderr,
        )
    if found.warned:
        warned = ((one.url, "；".join(one.warnings)) for one in found.warned)
        render.show(render.table(f"提醒（{len(found.warned)}）", ("入口", "提醒"), warned), on_stderr=on_stderr)
    total = found.document()["total"]
    hosts = (
        (
            one.host,
            f"{one.pages:,}",
            _source(one.pages_from),
            f"{one.requests:,}",
            _hours(one.hours),
            _hours(one.browser_hours),
            render.size(one.disk_bytes),
        )
        for one in found.hosts[:SLOWEST]
    )
    columns = ("主机", "页面", "依据", "请求", "用时", "浏览器", "磁盘")
    render.show(
        render.table("最慢的主机", columns, hosts, numbers=("页面", "请求", "用时", "浏览器", "磁盘")),
        on_stderr=on_stderr,
    )
    render.say(
        f"{len(found.seeds)} 个入口，{len(found.failures)} 个不通，{len(found.warned)} 个有提醒；"
        f"{total['hosts']} 个主机共约 {total['requests']:,} 次请求，各主机同时进行约需 {_hours(total['hours'])}，"
        f"浏览器 {_hours(total['browser_hours'])}，磁盘 {render.size(total['disk_bytes'])}。",
        on_stderr=on_stderr,
    )
    rest = found.assumptions
    render.say(
        f"估算依据：没有站点地图的主机按 {rest['pages_per_host']:,.0f} 页，{rest['browser_share']:.0%} 的页面要用浏览器，"
        f"每页浏览器 {rest['browser_seconds']:g} 秒、磁盘 {render.size(rest['archive_bytes'])}。",
        on_stderr=on_stderr,
    )
    if found.failures:
        render.say(f"处理后重查，或用 caifeng crawl {name} --accept 照样开始。", on_stderr=on_stderr)


def _source(pages_from: str) -> str:
    return {"sitemap": "站点地图", "assumed": "假定", "seeds": "仅入口"}[pages_from]


def _hours(hours: float) -> str:
    return render.duration(hours * 3600)
