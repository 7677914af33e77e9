"""When and through what a round asks its hosts: `--hours` and `--proxy`, from words to the plan.  Pure."""

from __future__ import annotations

import ipaddress
import re
from collections.abc import Sequence
from typing import Final
from urllib.parse import urlsplit

from crawler.hours import DAY, EVERY
from crawler.plan import HostHours
from rounds.refusals import BadPlan
from rounds.registry import host_name

_SPAN: Final = re.compile(r"(\d{1,2}):(\d{2})-(\d{1,2}):(\d{2})")
_SHAPE: Final = "写成 主机=22:00-06:00，几段用逗号隔开；不写主机就是所有主机，*.主机 是它和它下面的"


def parse_hours(entries: Sequence[str]) -> tuple[HostHours, ...]:
    """`[HOST=]HH:MM-HH:MM[,…]` entries, Beijing time; BadPlan names the first that cannot be or comes twice."""
    found: dict[str, HostHours] = {}
    for entry in entries:
        host, _, spans = entry.rpartition("=")
        rule = HostHours(host=_host(entry, host.strip()), spans=tuple(_span(entry, one) for one in spans.split(",")))
        if found.setdefault(rule.host, rule) is not rule:
            raise BadPlan(f"--hours 给了 {rule.host} 两次：几段时间用逗号写在一起")
    return tuple(found.values())


def _host(entry: str, host: str) -> str:
    if host in {"", EVERY}:
        return EVERY
    below = "*." if host.startswith("*.") else ""
    name, colon, port = host.removeprefix("*.").partition(":")
    try:
        name = host_name(name).removeprefix("www.")
    except ValueError as error:
        raise BadPlan(f"--hours {entry}：{error}；{_SHAPE}") from error
    if colon and not (port.isdecimal() and 0 < int(port) < 65536):
        raise BadPlan(f"--hours {entry}：端口 {port} 不是 1 到 65535 的数字")
    return f"{below}{name}" + (f":{int(port)}" if colon and int(port) != 80 else "")


def _span(entry: str, text: str) -> tuple[int, int]:
    match = _SPAN.fullmatch(text.strip())
    if match is None:
        raise BadPlan(f"--hours {entry}：{text.strip()!r} 不是一段时间；{_SHAPE}")
    hours = [int(each) for each in match.groups()]
    first, last = hours[0] * 60 + hours[1], hours[2] * 60 + hours[3]
    if hours[1] > 59 or hours[3] > 59 or first >= DAY or last > DAY or first == last:
        raise BadPlan(f"--hours {entry}：{text.strip()} 应在 00:00 到 24:00 之间，头尾不同；{_SHAPE}")
    return first, last


def parse_proxy(text: str) -> str:
    """`http://host:port`, empty for none.  BadPlan; its message shows no password."""
    if not text:
        return ""
    parts = urlsplit(text)
    try:
        port = parts.port
    except ValueError:
        port = 0
    if parts.username or parts.password:
        raise BadPlan("--proxy 不能带用户名和密码：轮次的设置谁都看得到。请用一个不要密码的代理（例如本机转一道）")
    if parts.scheme != "http" or not parts.hostname or not port or parts.path.strip("/") or parts.query:
        raise BadPlan(f"--proxy {text}：写成 http://主机:端口，例如 http://10.0.0.8:3128")
    shown = f"[{parts.hostname}]" if ":" in parts.hostname else parts.hostname
    return f"http://{shown}:{port}"


def leaves_by_proxy(text: str) -> bool:
    """Whether the proxy is on another machine: what is asked through it leaves this one."""
    host = urlsplit(parse_proxy(text)).hostname or ""
    try:
        return bool(host) and not ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host != "localhost"
