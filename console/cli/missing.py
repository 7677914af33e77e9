"""What to say, and where to look next, when a URL or a unit is asked for that no round has."""

from collections.abc import Iterable

from crawler.frontier.ids import split_key
from crawler.plan import RoundPlan
from rounds.nearest import Nearest, like
from rounds.refusals import NoSuchPage, UnknownUnit


def no_such_page(url: str, key: str, round_name: str, found: Nearest, *, only: bool) -> NoSuchPage:
    """No record of a page in this round, or (`only` is false) in any, of which this is the newest."""
    where = f"轮次 {round_name} " if only else "各轮次都"
    host = split_key(key)[0]
    steps = []
    if not found.in_scope:
        steps.append(f"它不在轮次 {round_name} 的范围里（caifeng round show {round_name}）")
    if found.urls:
        steps.append(f"同一主机上最接近的：{'　'.join(found.urls)}")
        steps.append(f"这个主机的全部页面：caifeng find --round {round_name} --host {host}")
    elif found.in_scope:
        steps.append(f"主机 {host} 还没有结束的网址，也许还在排队：caifeng status {round_name}")
    if found.hosts:
        steps.append(
            f"这一轮里名字相近的主机：{'、'.join(found.hosts)}（caifeng find --round {round_name} --host 主机）"
        )
    return NoSuchPage(f"{where}没有采到过 {url}（规范写法 {key}）。{'；'.join(steps)}")


def no_such_unit(asked: str, plans: Iterable[RoundPlan], where: str, show: str) -> UnknownUnit:
    """No unit of this code or name; `where` is what was looked through, `show` the command that lists its units."""
    if "://" in asked:
        return UnknownUnit(f"{asked} 是网址，这里要单位的代码或名称；看一个网页用 caifeng page {asked}")
    known = {word: unit for plan in plans for unit in plan.units for word in (unit.code, unit.name)}
    near = dict.fromkeys(known[word] for word in like(asked, known))
    meant = f"是不是 {'、'.join(f'{unit.name}（{unit.code}）' for unit in near)}？" if near else ""
    return UnknownUnit(f"{where}里没有单位 {asked}。{meant}全部单位：{show}")
