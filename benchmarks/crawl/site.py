"""A static web in the shape of government portals, made up and served from memory by a process of its own.

    python benchmarks/crawl/site.py --pages 1200 --hosts 4

Prints one line `PORT` once it listens.  Hosts are `www.cityN.gov.test:PORT`; each is a tree of 7 levels (0 to 6), pages
have about 30 KB in UTF-8 and 40 links: navigation, a list with dates, one in eight to another host.  The same seed gives
the same web.
"""

from __future__ import annotations

import argparse
import asyncio
import random
import socket
from collections.abc import Callable
from typing import Final, cast

import uvloop

LINKS: Final = 40
ABROAD: Final = 8  # one link in so many leads to another host
SHARES: Final = (0.0, 0.02, 0.08, 0.16, 0.24, 0.26, 0.24)  # pages of each level; level 0 is the home page
SOUP: Final = (
    "国务院 办公厅 关于 印发 通知 人民政府 部委 政务公开 营商环境 优化 改革 行政审批 服务事项 "
    "清单 管理办法 实施细则 数字政府 建设 一网通办 财政 预算 决算 公开 信息 平台 公告 采购 "
    "招标 中标 项目 基层 治理 教育 医疗 卫生 养老 保险 就业 创业 扶持 政策 解读 农业 农村 "
    "乡村振兴 生态 环境 保护 污染 防治 大气 水质 监测 交通 运输 安全生产 监督 检查 应急 管理 "
    "防汛 抗旱 市场 监管 食品 药品 质量 标准 企业 投资 融资 税收 优惠 科技 创新 人才 引进 "
    "知识产权 文化 旅游 体育 民政 救助 残疾人 退役 军人 住房 保障 城市 规划 土地 征收 补偿 "
    "公示 年度 报告 统计 数据 公报 领导 会议 讲话 精神 学习 贯彻 落实 推进 加强 完善 健全 "
    "机制 体系 能力 水平 提升 促进 发展 高质量 全面 深入 组织 实施 协调 部门 责任 单位 工作 "
    "要求 时限 完成 情况 评估 考核 问责 举报 电话 地址 邮箱 来源 发布 日期"
)
WORDS: Final = SOUP.split()
MARKS: Final = ("", "", "", "", "，", "；", "、")
CSS: Final = "".join(
    f".c{n}{{margin:{n}px;color:#{n * 7919 % 0xFFFFFF:06x};background:url(/img/{n}.png)}}\n" for n in range(40)
)
CODE: Final = "".join(f"var v{n}=function(a){{return a*{n}+document.title.length;}};\n" for n in range(40))


def host_name(number: int, port: int) -> str:
    """The name of a host of this web, with its port."""
    return f"www.city{number}.gov.test:{port}"


class Web:
    """All pages of all hosts, by host and path."""

    def __init__(self, pages: int, hosts: int, port: int, *, seed: int = 7) -> None:
        self._draw = random.Random(seed)
        self._hosts = hosts
        self._port = port
        each = pages // hosts
        self._levels = _levels(each)
        self.pages: dict[tuple[bytes, bytes], bytes] = {}
        for host in range(hosts):
            children = self._children()
            for number in range(each):
                key = (host_name(host, port).encode(), _path(number, self._levels).encode())
                self.pages[key] = self._page(number, children[number]).encode()

    def _children(self) -> list[list[int]]:
        below: list[list[int]] = [[] for _ in self._levels]
        at: dict[int, list[int]] = {}
        for number, level in enumerate(self._levels):
            at.setdefault(level, []).append(number)
        for level in range(6):
            for place, number in enumerate(at.get(level + 1, [])):
                below[at[level][place % len(at[level])]].append(number)
        return below

    def _page(self, number: int, children: list[int]) -> str:
        draw = self._draw
        targets = [_path(child, self._levels) for child in children]
        while len(targets) < LINKS:
            path = _path(draw.randrange(len(self._levels)), self._levels)
            abroad = len(targets) % ABROAD == 0 and self._hosts > 1
            targets.append(f"http://{host_name(draw.randrange(self._hosts), self._port)}{path}" if abroad else path)
        title = self._text(18)
        menu = "".join(
            f'<li class="nav-item c{n % 40}"><a href="{to}" title="栏目{n}" target="_blank">{self._text(6)}</a></li>\n'
            for n, to in enumerate(targets[:12])
        )
        listed = "".join(
            f'<li><span class="date">2026-{n % 12 + 1:02d}-{n % 28 + 1:02d}</span><a href="{to}">{self._text(16)}</a></li>\n'
            for n, to in enumerate(targets[12:])
        )
        body = "".join(
            '<p style="text-indent:2em;line-height:2" class="MsoNormal"><span style="font-family:仿宋;font-size:16pt">'
            f"{self._text(draw.randrange(90, 220))}。</span></p>\n"
            for _ in range(draw.randrange(14, 38))
        )
        day = f"2026-{number % 12 + 1:02d}-{number % 28 + 1:02d}"
        return (
            f'<!DOCTYPE html>\n<html lang="zh-CN"><head><meta charset="utf-8"><title>{title}_某市人民政府</title>'
            f'<meta name="PubDate" content="{day} 10:00"><meta name="ContentSource" content="市政府办公室">'
            f"<style>{CSS}</style><script>{CODE}</script></head><body>"
            f'<div class="header"><div class="logo"></div><ul class="nav">{menu}</ul></div>'
            '<div class="position">当前位置：首页 &gt; 政务公开</div>'
            f'<div class="article"><h1>{title}</h1><div class="info">来源：市政府办公室 发布时间：{day}</div>'
            f'<div id="zoom" class="TRS_Editor">{body}</div></div><div class="list"><ul>{listed}</ul></div>'
            '<div class="footer">版权所有 某市人民政府办公室 ICP备12345678号</div></body></html>'
        )

    def _text(self, length: int) -> str:
        words = self._draw.choices(WORDS, k=length // 2 + 1)
        marks = self._draw.choices(MARKS, k=len(words))
        return "".join(word + mark for word, mark in zip(words, marks, strict=True))[:length]


def some_pages(number: int) -> list[tuple[bytes, str]]:
    """Body and address of so many pages, the same ones each time: for what is to be read again and again."""
    pages = list(Web(200, 4, 8080).pages.items())[:number]
    return [(body, f"http://{host.decode()}{path.decode()}") for (host, path), body in pages]


def _levels(pages: int) -> list[int]:
    levels = [0]
    for level, share in enumerate(SHARES[1:], start=1):
        levels += [level] * max(1, round(share * pages))
    return (levels + [6] * pages)[:pages]


def _path(number: int, levels: list[int]) -> str:
    if number == 0:
        return "/"
    return f"/c{number % 97:02d}/art/2026/{number % 12 + 1:02d}/{levels[number]}/t{number}.html"


class Server(asyncio.Protocol):
    """Just enough HTTP/1.1: GET requests on kept connections."""

    def __init__(self, page_at: Callable[[tuple[bytes, bytes]], bytes | None]) -> None:
        self._page_at = page_at  # by host and path
        self._held = b""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """A client came."""
        self._transport = cast("asyncio.Transport", transport)

    def data_received(self, data: bytes) -> None:
        """Answer every request that is whole."""
        self._held += data
        while b"\r\n\r\n" in self._held:
            head, _, self._held = self._held.partition(b"\r\n\r\n")
            lines = head.split(b"\r\n")
            host = next((line[5:].strip() for line in lines if line[:5].lower() == b"host:"), b"")
            target = lines[0].split(b" ")[1]
            if target.startswith(b"http://"):  # as a proxy is asked; wget2 leaves the port out
                _, _, host, path = target.split(b"/", 3)
                target = b"/" + path
                port = self._transport.get_extra_info("sockname")[1]
                host = host if b":" in host else b"%b:%d" % (host, port)
            body = self._page_at((host, target))
            status = b"200 OK" if body is not None else b"404 Not Found"
            body = body if body is not None else b"not found"
            self._transport.write(
                b"HTTP/1.1 %b\r\nServer: static\r\nContent-Type: text/html; charset=utf-8\r\n"
                b"Last-Modified: Mon, 02 Mar 2026 08:00:00 GMT\r\nContent-Length: %d\r\n\r\n%b"
                % (status, len(body), body)
            )


async def serve(pages: int, hosts: int) -> None:
    """Listen on a free port of loopback until the process is ended."""
    listening = socket.create_server(("127.0.0.1", 0), backlog=512)
    port = listening.getsockname()[1]
    web = Web(pages, hosts, port)
    server = await asyncio.get_running_loop().create_server(lambda: Server(web.pages.get), sock=listening)
    size = sum(map(len, web.pages.values())) / len(web.pages)
    print(port, len(web.pages), round(size), flush=True)
    await server.serve_forever()


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--pages", type=int, default=1200)
    parser.add_argument("--hosts", type=int, default=4)
    given = parser.parse_args()
    uvloop.run(serve(given.pages, given.hosts))
