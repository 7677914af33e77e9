"""Feeds of the cities' accounts, as an RSSHub instance would make them: RSS, Atom and JSON Feed.

Each unit has a weibo and a wechat account.  A feed keeps the newest posts only; some are advertisements, some are posted
twice under two addresses.
"""

import datetime as dt
import json
from dataclasses import dataclass
from email.utils import format_datetime
from html import escape
from typing import Final

from rehearsal.addresses import NEWEST
from rehearsal.chance import number, pick
from rehearsal.plan import Unit, World

HOST: Final = "dingyue.example"
POSTS: Final = 60
KEPT: Final = 20
"""Posts a feed shows of the `POSTS` there are."""

ZONE: Final = dt.timezone(dt.timedelta(hours=8))
LINES: Final = (
    "社保卡丢了怎么补办？带上身份证到就近网点，或在政务服务网在线申请，五个工作日内寄到家。办理进度可在线查询。",
    "本周六上午人民医院开展免费义诊，挂号、缴费、取药全流程有志愿者引导，请市民提前预约，携带医保电子凭证。",
    "小学入学报名今天开始，网上登记后请按通知时间到校核验户口簿、房产证明等材料，咨询电话见各区教育局网站。",
    "受管网施工影响，东湖区部分路段明日九时至十七时停水，请提前储水，恢复时间以供水热线答复为准。",
    "公积金提取业务已开通网上办理，租房、购房、退休均可线上申请，材料齐全的当日受理、三日内到账。",
    "市长信箱本月收到来信一百余件，办结率百分之九十六，平均答复时间三天，群众满意度持续提高。",
)
TRADE: Final = (
    "全场五折起，扫码加微信领取优惠券，限时抢购，厂家直销包邮到家，欢迎加盟代理，咨询电话一三九零零零零零零零零。"
)


@dataclass(frozen=True, slots=True)
class Message:
    """One post."""

    url: str
    title: str
    text: str
    at: dt.datetime
    kind: str  # plain | trade | again


def uid(unit: Unit, channel: str) -> str:
    """The account's number."""
    return f"{5_000_000_000 + int(unit.code) * 10 + (1 if channel == 'wechat' else 0)}"


def messages(world: World, unit: Unit, channel: str) -> list[Message]:
    """All posts of an account, the newest first."""
    out: list[Message] = []
    for n in range(POSTS):
        lot = number(world.seed, "post", unit.index, channel, n)
        day = NEWEST - dt.timedelta(days=n)
        at = dt.datetime.combine(day, dt.time(8 + lot % 10, lot % 60), ZONE)
        kind = "trade" if lot % 15 == 0 else "again" if n % 7 == 6 else "plain"
        text = (
            TRADE
            if kind == "trade"
            else f"{unit.name}：{pick(LINES, world.seed, 'line', unit.index, channel, n)}（第{n + 1}期）"
        )
        title = f"{unit.name}发布{day.month}月{day.day}日"
        if kind == "again":
            title, text = out[-1].title, out[-1].text
        out.append(Message(f"http://{_home(channel)}/{uid(unit, channel)}/{n:04d}", title, text, at, kind))
    return out


def _home(channel: str) -> str:
    return "weibo.com" if channel == "weibo" else "mp.weixin.qq.com/s"


def answer(world: World, target: str) -> tuple[int, str, bytes]:
    """Status, type and body: `/weibo/user/UID` is RSS, `/wechat/mp/UID` Atom, `/json/UID` a JSON Feed of the weibo account."""
    path = target.partition("?")[0].strip("/").split("/")
    if path == ["robots.txt"]:
        return 404, "text/plain", b""
    channel = "wechat" if path[0] == "wechat" else "weibo"
    unit = next((one for one in world.units if uid(one, channel) == path[-1]), None)
    if unit is None:
        return 404, "text/html; charset=utf-8", b"<html><body>404</body></html>"
    shown = messages(world, unit, channel)[:KEPT]
    if path[0] == "json":
        return 200, "application/feed+json", _json(unit, shown)
    if channel == "wechat":
        return 200, "application/atom+xml; charset=utf-8", _atom(unit, shown)
    return 200, "application/rss+xml; charset=utf-8", _rss(unit, shown)


def _rss(unit: Unit, shown: list[Message]) -> bytes:
    rows = "".join(
        f"<item><title>{escape(one.title)}</title><description><![CDATA[<p>{one.text}</p>]]></description>"
        f"<link>{one.url}</link><guid>{one.url}</guid><pubDate>{format_datetime(one.at)}</pubDate></item>"
        for one in shown
    )
    head = f'<?xml version="1.0" encoding="UTF-8"?><rss version="2.0"><channel><title>{unit.name}发布的微博</title>'
    return f"{head}<link>http://weibo.com/</link>{rows}</channel></rss>".encode()


def _atom(unit: Unit, shown: list[Message]) -> bytes:
    rows = "".join(
        f'<entry><title>{escape(one.title)}</title><id>{one.url}</id><link href="{one.url}"/>'
        f"<updated>{one.at.isoformat()}</updated><published>{one.at.isoformat()}</published>"
        f'<content type="html">{escape(f"<p>{one.text}</p>")}</content></entry>'
        for one in shown
    )
    head = '<?xml version="1.0" encoding="utf-8"?><feed xmlns="http://www.w3.org/2005/Atom">'
    return f"{head}<title>{unit.name}发布</title><id>{unit.code}</id>{rows}</feed>".encode()


def _json(unit: Unit, shown: list[Message]) -> bytes:
    items = [
        {
            "id": one.url,
            "url": one.url,
            "title": one.title,
            "content_text": one.text,
            "date_published": one.at.isoformat(),
        }
        for one in shown
    ]
    body = {"version": "https://jsonfeed.org/version/1.1", "title": f"{unit.name}发布", "items": items}
    return json.dumps(body, ensure_ascii=False).encode()
