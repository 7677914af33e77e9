"""What people read for the codes our records hold.  Programs get the codes themselves; a test keeps each table whole.

The codes stand here as texts, not as members of the closed sets they belong to: those live in every room, and a command
would load all of them to word one sentence.
"""

from collections import Counter
from collections.abc import Iterable, Mapping
from typing import Final, Protocol

from console.cli.causes import cause

FAILURES: Final[Mapping[str, str]] = {
    "unresolved": "域名查不到",
    "refused": "连接被拒绝或断开",
    "timeout": "超时",
    "tls": "加密连接失败",
    "http-4xx": "网页不存在或不给看",
    "http-5xx": "网站出错",
    "forbidden": "网站拒绝访问",
    "throttled": "网站嫌访问太快",
    "too-large": "内容过大",
    "bad-encoding": "压缩内容解不开",
    "broken": "答复中断或不是网页协议",
    "private-address": "指向内部地址",
    "dead-host": "主机一直连不上，不再访问",
    "browser": "浏览器打不开",
    "redirect-loop": "跳转没有尽头",
    "robots-unreachable": "robots.txt 读不到",
    "internal": "采集程序出错",
    "poison": "屡次使采集进程崩溃，已隔离",
}
WAYS: Final[Mapping[str, str]] = {"http": "直接下载", "browser": "浏览器"}
RENDERING: Final[Mapping[str, str]] = {
    "auto": "看网页",
    "http": "只直接下载",
    "browser": "只用浏览器",
}
SIGNS: Final[Mapping[str, str]] = {
    "plain": "下载即全",
    "shell": "下载得空壳",
    "drawn": "空壳由浏览器画全",
    "more": "看似全而浏览器更多",
    "same": "浏览器无所增",
    "passed": "凭据通行",
    "barred": "凭据被拒",
}
GROUNDS: Final[Mapping[str, str]] = {
    "pages": "几乎每页都要浏览器",
    "samples": "看似全的，抽查多半不全",
    "tried": "没有看出非用浏览器不可",
}
SKIPS: Final[Mapping[str, str]] = {
    "redirected": "跳转到了别处",
    "robots": "robots.txt 不许采集",
    "not-a-page": "不是网页（图片、样式、脚本等）",
    "mirror": "镜像，原处有同样的一页",
    "trap": "排队后才认出的陷阱",
}
TRAPS: Final[Mapping[str, str]] = {
    "long-url": "网址过长",
    "deep-path": "路径过深",
    "repeated-segment": "路径段重复",
    "repeated-cycle": "路径循环",
    "host-in-path": "路径里夹着主机名",
    "calendar": "日历",
    "minted-tokens": "会话标记堆叠",
    "redirect-chain": "跳转不断",
    "links-per-page": "一页链接过多",
    "repeating-pattern": "同一样式的页面说不出新东西",
    "session-mark": "会话标记：换个标记还是同一页",
    "mirror": "镜像",
}
RECORD_KINDS: Final[Mapping[str, str]] = {
    "http": "直接请求",
    "browser": "浏览器打开",
    "robots": "探路请求",
    "pages": "页面",
    "attachments": "其中附件",
    "unread": "附件未读全",
    "links": "链接",
    "list_rows": "列表行",
    "fields": "表单项",
    "tags": "证据",
    "archive_bytes": "存档字节",
}
SYSTEMS: Final[Mapping[str, str]] = {
    "trs": "拓尔思 TRS",
    "jcms": "大汉 jcms",
    "vsb": "博达 VSB",
    "kaipuyun": "开普云",
    "aspnet": "ASP.NET",
}
ENDS: Final[Mapping[str, str]] = {
    "stored": "已存",
    "failed": "失败",
    "skipped": "跳过",
    "quarantined": "隔离",
}
HALTS: Final[Mapping[str, str]] = {
    "proxy-away": "出口代理连不上，暂停领取新网址；请看代理是否在运行，之后自动接着采",
    "disk-full": "磁盘已满，暂停领取新网址；请在存档所在的卷上腾出空间，之后自动接着采",
    "archive-away": "存档写不进去，暂停领取新网址；请恢复存储服务，之后自动接着采",
}
LEFT: Final[Mapping[str, str]] = {"torn": "没写完的记录", "unregistered": "传了没登记的文件"}
VIAS: Final[Mapping[str, str]] = {"http": "直接请求", "browser": "浏览器"}
REASONS: Final[Mapping[str, str]] = {
    "gambling": "赌博",
    "pornography": "色情",
    "fraud": "诈骗、违禁",
    "hidden-links": "暗链或违法外链",
    "injected-title": "标题被篡改",
    "foreign-redirect": "暗中把人引到外站",
    "marketing": "商业推销",
    "listing": "分类广告",
    "recruitment-ad": "企业招聘广告",
    "soft-404": "页面不存在却答复正常",
    "empty-page": "空页面",
    "not-service": "不是政务服务",
    "service-content": "政务服务内容",
    "official-structure": "官方网站的样子",
    "attachment": "附件或数据",
    "about-fighting-it": "是打击、警示这类行为的",
    "exact-copy": "与另一页完全相同",
    "near-copy": "与另一页几乎相同",
}
MEDIA: Final[Mapping[str, str]] = {
    "html": "网页",
    "attachment": "附件",
    "asset": "图片、样式、脚本等",
    "data": "数据",
    "empty": "空",
}
NOTES: Final[Mapping[str, str]] = {
    "no-text": "没有文字层（扫描件）",
    "cut": "太长，只存了开头",
    "encrypted": "加了密码，读不到文字",
    "broken": "文件损坏，读不到文字",
    "too-large": "太大，没有读取文字",
    "timeout": "读取超时，没有文字",
    "unsupported": "这种文件不读取文字",
}
# Where in a page a reason (`cleaning.reasons.Reason.where`) or a tag (`indicators.evidence.Tag.zone`) stands.
PLACES: Final[Mapping[str, str]] = {
    "title": "标题",
    "text": "正文",
    "links": "链接",
    "link": "链接",
    "hidden": "隐藏处",
    "url": "网址",
    "column": "栏目",
    "meta": "元信息",
    "script": "脚本",
    "structure": "页面结构",
    "body": "整个页面",
    "visit": "以搜索引擎访客的身份再看时",
    "table": "表格",
    "list": "列表",
    "form": "表单",
    "chrome": "页眉页脚导航",
}
STRENGTHS: Final[Mapping[str, str]] = {"content": "内容", "chrome": "入口"}
VALUE_STATES: Final[Mapping[str, str]] = {
    "measured": "有值",
    "absent": "没有",
    "undecidable": "不可判",
    "unobserved": "没看到",
}
VALUE_WHYS: Final[Mapping[str, str]] = {
    "searched": "搜遍了",
    "entry-only": "只有入口，里面没有",
    "no-part": "有这样的网页，里面没有要看的",
    "no-base": "没有可比的底数",
    "too-few": "样本太少",
    "only-answered": "只公开已答复的",
    "no-pages": "一页也没采到",
    "not-enough-pages": "采到的太少，不能说没有",
    "refused": "拒绝我们的太多，不能说没有",
    "unfinished": "还没采完",
    "needs-probe": "要用浏览器探测",
    "needs-channel": "这一轮还没有去问这个渠道（caifeng channels）",
    "no-account": "没找到它自己的帐号，不能说没有",
    "no-feed": "知道帐号，没有订阅源，看不到发了什么",
    "channel-gaps": "帐号没有一直看着，有空档",
    "not-answered": "问过搜索引擎，没有全部得到答复",
    "not-all-named": "点位没有写全要搜的词，问不全",
    "not-shown": "现在读的渠道里看不到这个",
}
FLAGS: Final[Mapping[str, str]] = {
    "classifier": "分类器说证据页与政务无关",
    "outlier": "与同类单位相差太远",
    "last-round": "与上一轮相差太远",
    "own-count": "与网站自报的数相差太远",
    "contradiction": "与另一个点位矛盾",
}
FLAG_STATES: Final[Mapping[str, str]] = {
    "open": "待看",
    "confirmed": "值有错",
    "dismissed": "值没错",
    "lapsed": "重算后不再可疑",
}
# What is measured beside a value (`indicators.values.Outcome.more`).
MEASURES: Final[Mapping[str, str]] = {
    "rate": "办结率（%）",
    "lag": "距政策公布（天）",
    "broken": "坏链",
    "counted": "数到的",
    "stated": "网站自报的",
    "yes": "达到的",
    "every": "全部",
    "accounts": "帐号",
    "silent_days": "最久不发（天）",
}
HOWS: Final[Mapping[str, str]] = {"not-modified": "网站答复没有变（304）", "same-bytes": "重新下载的字节相同"}
CHANNELS: Final[Mapping[str, str]] = {"search": "搜索引擎", "weibo": "微博", "wechat": "微信"}
GAPS: Final[Mapping[str, str]] = {
    "never": "从没取到过",
    "before": "取到的最早一条以前的，没见过",
    "between": "两次取订阅源之间接不上",
    "after": "之后没有取到过",
}
CLUES: Final[Mapping[str, str]] = {
    "department": "列在部门里",
    "service": "列为服务或数据平台",
    "domain": "在门户的域名下",
    "code": "网站标识码是本单位的",
    "code-below": "网站标识码是下属区县的",
    "other-code": "网站标识码是别处的",
    "icp": "备案号与门户相同",
    "named": "标题或主办单位是本单位",
    "official": "政府域名",
    "unofficial": "不是政府域名",
    "portal": "是别的政府的门户",
}
CHANGES: Final[Mapping[str, str]] = {
    "same": "没变",
    "new": "新增",
    "changed": "改动",
    "removed": "撤下",
    "unreachable": "没看到",
}
WHYS: Final[Mapping[str, str]] = {
    "text": "正文变了",
    "markup": "只有网页代码变了",
    "gone": "网站说没有了（404）",
    "unlinked": "没有页面再链到它",
    "behind": "链到它的页面没看到",
    "too-deep": "超出另一轮的深度，没有去采",
    "unfinished": "另一轮还没采完，没采到这里",
}
MOVES: Final[Mapping[str, str]] = {
    "appeared": "出现",
    "vanished": "消失",
    "unobserved": "没看到",
    "seen": "看到了",
    "up": "增多",
    "down": "减少",
    "same": "没变",
}
VALUE_MOVES: Final[Mapping[str, str]] = {
    "same": "没变",
    "up": "上升",
    "down": "下降",
    "appeared": "从无到有",
    "vanished": "从有到无",
    "lost": "看不到了",
    "seen": "看到了",
}
RUNS: Final[Mapping[str, str]] = {
    "done": "已完成",
    "held": "被关口扣下了",
    "failed": "没有做完",
    "running": "正在做",
    "skipped": "略过",
}
RULES: Final[Mapping[str, str]] = {
    "latest": "最近一次",
    "any": "有一次就算",
    "median": "中位数",
    "maximum": "最大值",
}
NEEDS: Final[Mapping[str, str]] = {
    "evidence": "证明点位",
    "value": "值或样本指到它",
    "finding": "有害或要告诉站长",
    "carried": "后来的轮次沿用它的字节",
}
FALLS: Final[Mapping[str, str]] = {
    "unit": "整个单位",
    "pages": "页面没看到，又没有说法",
    "fall": "页面总数大减",
    "values": "值看不到了",
    "points": "点位没了证据",
}
EXPORTS: Final[Mapping[str, str]] = {
    "pages": "页面",
    "failures": "失败的网址",
    "evidence": "证据",
    "values": "值",
    "samples": "样本",
}
# The columns of `caifeng export`, as CSV has them with --chinese; docs/export-columns.md says what each holds.
COLUMNS: Final[Mapping[str, str]] = {
    "url": "网址",
    "key": "规范网址",
    "host": "主机",
    "units": "单位",
    "unit": "单位代码",
    "depth": "深度",
    "status": "状态码",
    "verdict": "判定",
    "reasons": "判定理由",
    "findings": "疑被篡改",
    "duplicate_of": "重复于",
    "same_as": "别单位同文",
    "family": "近似组",
    "title": "标题",
    "text": "正文",
    "published": "发布日期",
    "source": "来源",
    "language": "语言",
    "page_type": "页面类型",
    "media": "媒体",
    "charset": "编码",
    "sha256": "内容指纹",
    "simhash": "近似指纹",
    "points": "点位",
    "fetched_at": "采集时间",
    "via": "方式",
    "archive": "存档",
    "end": "结局",
    "reason": "原因",
    "detail": "细节",
    "attempts": "尝试次数",
    "at": "时间",
    "code": "点位代码",
    "strength": "强度",
    "confidence": "把握",
    "snippet": "原文",
    "zone": "位置",
    "measured": "测得",
    "state": "状态",
    "why": "缘由",
    "value": "值",
    "score": "得分",
    "more": "另测得",
    "content": "有内容页",
    "parts": "见到的部分",
    "sites": "站点数",
    "concentration": "集中度",
    "population": "总体",
    "sampled": "抽样数",
    "best": "证据页",
    "searched": "搜索范围",
    "catalogue": "目录版本",
    "observation": "观察",
    "weight": "代表",
    "seed": "种子",
}
# Why there may be nothing to export, and what to do next; the round's name goes in.
NOTHING_TO_EXPORT: Final[Mapping[str, str]] = {
    "pages": "还没有采到一页：caifeng status {0}",
    "failures": "不许采集的、跳转走的不算失败，见 caifeng status {0}",
    "evidence": "没有一页是任何点位的证据：caifeng status {0}",
    "values": "还没有算过值：caifeng values work {0}",
    "samples": "没有要抽样的值，或还没有算过：caifeng values work {0}",
}


def why(code: str) -> str:
    """What a page's change rests on: a Why, or the reason of the failure or skip in its place."""
    return WHYS.get(code) or with_code({**FAILURES, **SKIPS}, code)


SOURCES: Final[Mapping[str, str]] = {
    "sitemap": "网站地图文件",
    "map": "网站地图页",
    "search": "搜索引擎",
}
STANDINGS: Final[Mapping[str, str]] = {
    "stored": "已存",
    "pending": "找到了，还没采",
    "lost": "找到了，采不到",
    "deep": "比这一轮深一层",
    "cut": "当陷阱、镜像没有跟进",
    "barred": "robots.txt 不许采集",
    "gone": "没有这一页了",
    "alive": "有这一页，没找到",
    "unchecked": "没找到，还没去看",
    "unknown": "没找到，去看没有答复",
}


def trouble(text: str) -> str:
    """Why something asked beside the pages brought nothing: `code: detail`, the code in words."""
    code, colon, detail = text.partition(": ")
    known = {**FAILURES, **SKIPS}
    return f"{with_code(known, code)}{colon and '：'}{cause(detail)}" if code in known else text


def with_code(table: Mapping[str, str], code: str) -> str:
    """The word with its code, which options and exports take; the bare code where the table has none."""
    word = table.get(code)
    return f"{word}（{code}）" if word else code


class Halted(Protocol):
    """A process that may not claim anything now: why, and where."""

    @property
    def halts(self) -> Mapping[str, str]:
        """Reason → detail."""


def halt_lines(workers: Iterable[Halted]) -> list[str]:
    """One sentence for each reason why processes claim nothing now: what is wrong, where, and for how many of them."""
    found = Counter((why, detail) for one in workers for why, detail in one.halts.items())
    return [f"{HALTS.get(why, why)}（{detail}；{number} 个进程）" for (why, detail), number in sorted(found.items())]
