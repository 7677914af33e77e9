"""Running `round check` with progress, and showing what it found: for `round check` and for `crawl` before a launch."""

import asyncio
from collections import Counter
from datetime import UTC, datetime
from typing import Final

from console.cli import render, words
from crawler.plan import RoundPlan
from rounds import life
from rounds.check import Check, HostEstimate, check
from rounds.earlier import earlier
from rounds.services import Services

SOURCES: Final = {"sitemap": "站点地图", "assumed": "假定", "seeds": "仅入口"}
SLOWEST: Final = 10  # hosts shown by name
PROBLEMS: Final = {**words.FAILURES, **words.SKIPS}  # a seed that robots.txt forbids is a problem of the second kind


def run_check(services: Services, plan: RoundPlan) -> Check:
    """Check a round's seeds, showing progress on stderr, and save the result in the round."""
    met = earlier(services, plan)
    with render.err().status("检查入口……") as shown:
        found = asyncio.run(
            check(
                plan,
                now=datetime.now(UTC),
                report=lambda done, all_: shown.update(f"检查入口：{done}/{all_} 个主机"),
                met=met,
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
            _source(one),
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
        f"估算依据：{_basis(found)}。{rest['browser_share']:.0%} 的页面要用浏览器，"
        f"每页浏览器 {rest['browser_seconds']:g} 秒、磁盘 {render.size(rest['archive_bytes'])}，都是假定；"
        f"只算入口所在的主机，别的主机采到才知道。",
        on_stderr=on_stderr,
    )
    if found.failures:
        render.say(f"处理后重查，或用 caifeng crawl {name} --accept 照样开始。", on_stderr=on_stderr)


def _source(one: HostEstimate) -> str:
    return f"轮次 {one.round}" if one.round else SOURCES[one.pages_from]


def _basis(found: Check) -> str:
    """On what the numbers of pages rest, and for how many hosts they are invented."""
    hosts = Counter(one.pages_from for one in found.hosts)
    rounds = "、".join(sorted({one.round for one in found.hosts if one.round}))
    told = {
        "round": f"按早先的轮次（{rounds}）实际采到的",
        "sitemap": "按站点地图",
        "assumed": f"没有来历，假定每个 {found.assumptions['pages_per_host']:,.0f} 页，可能差得很远",
        "seeds": "只算入口",
    }
    return "，".join(f"{hosts[source]} 个主机{how}" for source, how in told.items() if hosts[source])


def _hours(hours: float) -> str:
    return render.duration(hours * 3600)
