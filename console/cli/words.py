"""What people read for the codes our records hold.  Programs get the codes themselves; a test keeps each table whole."""

from collections import Counter
from collections.abc import Iterable, Mapping
from typing import Final

from cleaning.documents.document import Note
from cleaning.page import Media, PageType
from cleaning.reasons import ReasonCode
from cleaning.traps import TrapRule
from crawler.channels.record import Channel
from crawler.fetch.verdict import Sign, Way
from crawler.frontier.contract import End, Via
from crawler.frontier.redis import WorkerInfo
from crawler.outlinks import CHAIN_RULE, COPY_RULE, COUNT_RULE, MIRROR_RULE, SESSION_RULE
from crawler.plan import Rendering
from crawler.reasons import FailureReason, Halt, SkipReason
from crawler.revisit import How
from crawler.tally import RecordKind
from indicators.flags import FlagKind
from indicators.values import State
from indicators.values import Why as Unvalued
from pipelines.store.export import What
from pipelines.store.flags import FlagState
from pipelines.store.listed import Source, Standing
from rounds.audit_archive import Left
from rounds.campaign_values import Rule
from rounds.changes import Change, Why
from rounds.discovery import Clue
from rounds.gate import What as Fallen
from rounds.prune import Need
from rounds.schedules import ENDINGS
from rounds.value_changes import Move

FAILURES: Final[Mapping[str, str]] = {
    FailureReason.UNRESOLVED: "域名查不到",
    FailureReason.REFUSED: "连接被拒绝或断开",
    FailureReason.TIMEOUT: "超时",
    FailureReason.TLS: "加密连接失败",
    FailureReason.HTTP_4XX: "网页不存在或不给看",
    FailureReason.HTTP_5XX: "网站出错",
    FailureReason.FORBIDDEN: "网站拒绝访问",
    FailureReason.THROTTLED: "网站嫌访问太快",
    FailureReason.TOO_LARGE: "内容过大",
    FailureReason.BAD_ENCODING: "压缩内容解不开",
    FailureReason.BROKEN: "答复中断或不是网页协议",
    FailureReason.PRIVATE_ADDRESS: "指向内部地址",
    FailureReason.DEAD_HOST: "主机一直连不上，不再访问",
    FailureReason.BROWSER: "浏览器打不开",
    FailureReason.REDIRECT_LOOP: "跳转没有尽头",
    FailureReason.ROBOTS_UNREACHABLE: "robots.txt 读不到",
    FailureReason.INTERNAL: "采集程序出错",
    FailureReason.POISON: "屡次使采集进程崩溃，已隔离",
}
WAYS: Final[Mapping[str, str]] = {Way.HTTP: "直接下载", Way.BROWSER: "浏览器"}
RENDERING: Final[Mapping[str, str]] = {
    Rendering.AUTO: "看网页",
    Rendering.HTTP: "只直接下载",
    Rendering.BROWSER: "只用浏览器",
}
SIGNS: Final[Mapping[str, str]] = {
    Sign.PLAIN: "下载即全",
    Sign.SHELL: "下载得空壳",
    Sign.DRAWN: "空壳由浏览器画全",
    Sign.MORE: "看似全而浏览器更多",
    Sign.SAME: "浏览器无所增",
    Sign.PASSED: "凭据通行",
    Sign.BARRED: "凭据被拒",
}
SKIPS: Final[Mapping[str, str]] = {
    SkipReason.REDIRECTED: "跳转到了别处",
    SkipReason.ROBOTS: "robots.txt 不许采集",
    SkipReason.NOT_A_PAGE: "不是网页（图片、样式、脚本等）",
    SkipReason.MIRROR: "镜像，原处有同样的一页",
    SkipReason.TRAP: "排队后才认出的陷阱",
}
TRAPS: Final[Mapping[str, str]] = {
    TrapRule.LONG_URL: "网址过长",
    TrapRule.DEEP_PATH: "路径过深",
    TrapRule.REPEATED_SEGMENT: "路径段重复",
    TrapRule.REPEATED_CYCLE: "路径循环",
    TrapRule.HOST_IN_PATH: "路径里夹着主机名",
    TrapRule.CALENDAR: "日历",
    TrapRule.MINTED_TOKENS: "会话标记堆叠",
    CHAIN_RULE: "跳转不断",
    COUNT_RULE: "一页链接过多",
    COPY_RULE: "同一样式的页面说不出新东西",
    SESSION_RULE: "会话标记：换个标记还是同一页",
    MIRROR_RULE: "镜像",
}
RECORD_KINDS: Final[Mapping[str, str]] = {
    RecordKind.HTTP: "直接请求",
    RecordKind.BROWSER: "浏览器打开",
    RecordKind.ROBOTS: "探路请求",
    RecordKind.PAGES: "页面",
    RecordKind.ATTACHMENTS: "其中附件",
    RecordKind.UNREAD: "附件未读全",
    RecordKind.LINKS: "链接",
    RecordKind.LIST_ROWS: "列表行",
    RecordKind.FIELDS: "表单项",
    RecordKind.TAGS: "证据",
    RecordKind.ARCHIVE_BYTES: "存档字节",
}
SYSTEMS: Final[Mapping[str, str]] = {
    "trs": "拓尔思 TRS",
    "jcms": "大汉 jcms",
    "vsb": "博达 VSB",
    "kaipuyun": "开普云",
    "aspnet": "ASP.NET",
}
ENDS: Final[Mapping[str, str]] = {
    End.STORED: "已存",
    End.FAILED: "失败",
    End.SKIPPED: "跳过",
    End.QUARANTINED: "隔离",
}
HALTS: Final[Mapping[str, str]] = {
    Halt.PROXY_AWAY: "出口代理连不上，暂停领取新网址；请看代理是否在运行，之后自动接着采",
    Halt.DISK_FULL: "磁盘已满，暂停领取新网址；请在存档所在的卷上腾出空间，之后自动接着采",
    Halt.ARCHIVE_AWAY: "存档写不进去，暂停领取新网址；请恢复存储服务，之后自动接着采",
}
LEFT: Final[Mapping[str, str]] = {Left.TORN: "没写完的记录", Left.UNREGISTERED: "传了没登记的文件"}
VIAS: Final[Mapping[str, str]] = {Via.HTTP: "直接请求", Via.BROWSER: "浏览器"}
REASONS: Final[Mapping[str, str]] = {
    ReasonCode.GAMBLING: "赌博",
    ReasonCode.PORNOGRAPHY: "色情",
    ReasonCode.FRAUD: "诈骗、违禁",
    ReasonCode.HIDDEN_LINKS: "暗链或违法外链",
    ReasonCode.INJECTED_TITLE: "标题被篡改",
    ReasonCode.FOREIGN_REDIRECT: "暗中把人引到外站",
    ReasonCode.MARKETING: "商业推销",
    ReasonCode.LISTING: "分类广告",
    ReasonCode.RECRUITMENT_AD: "企业招聘广告",
    ReasonCode.SOFT_404: "页面不存在却答复正常",
    ReasonCode.EMPTY_PAGE: "空页面",
    ReasonCode.NOT_SERVICE: "不是政务服务",
    ReasonCode.SERVICE_CONTENT: "政务服务内容",
    ReasonCode.OFFICIAL_STRUCTURE: "官方网站的样子",
    ReasonCode.ATTACHMENT: "附件或数据",
    ReasonCode.ABOUT_FIGHTING_IT: "是打击、警示这类行为的",
    ReasonCode.EXACT_COPY: "与另一页完全相同",
    ReasonCode.NEAR_COPY: "与另一页几乎相同",
}
PAGE_TYPES: Final[Mapping[str, str]] = {
    PageType.HOME: "首页",
    PageType.LIST: "列表",
    PageType.ARTICLE: "文章",
    PageType.GUIDE: "办事指南",
    PageType.FORM: "表单",
    PageType.INTERACTION: "互动",
    PageType.SEARCH: "搜索",
    PageType.TABLE: "表格",
    PageType.LOGIN: "登录",
    PageType.ERROR: "错误页",
    PageType.ATTACHMENT: "附件",
    PageType.OTHER: "其他",
}
MEDIA: Final[Mapping[str, str]] = {
    Media.HTML: "网页",
    Media.ATTACHMENT: "附件",
    Media.ASSET: "图片、样式、脚本等",
    Media.DATA: "数据",
    Media.EMPTY: "空",
}
NOTES: Final[Mapping[str, str]] = {
    Note.NO_TEXT: "没有文字层（扫描件）",
    Note.CUT: "太长，只存了开头",
    Note.ENCRYPTED: "加了密码，读不到文字",
    Note.BROKEN: "文件损坏，读不到文字",
    Note.TOO_LARGE: "太大，没有读取文字",
    Note.TIMEOUT: "读取超时，没有文字",
    Note.UNSUPPORTED: "这种文件不读取文字",
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
    State.MEASURED: "有值",
    State.ABSENT: "没有",
    State.UNDECIDABLE: "不可判",
    State.UNOBSERVED: "没看到",
}
VALUE_WHYS: Final[Mapping[str, str]] = {
    Unvalued.SEARCHED: "搜遍了",
    Unvalued.ENTRY_ONLY: "只有入口，里面没有",
    Unvalued.NO_PART: "有这样的网页，里面没有要看的",
    Unvalued.NO_BASE: "没有可比的底数",
    Unvalued.TOO_FEW: "样本太少",
    Unvalued.ONLY_ANSWERED: "只公开已答复的",
    Unvalued.NO_PAGES: "一页也没采到",
    Unvalued.NOT_ENOUGH_PAGES: "采到的太少，不能说没有",
    Unvalued.REFUSED: "拒绝我们的太多，不能说没有",
    Unvalued.UNFINISHED: "还没采完",
    Unvalued.NEEDS_PROBE: "要用浏览器探测",
    Unvalued.NEEDS_CHANNEL: "这一轮还没有去问这个渠道（caifeng channels）",
    Unvalued.NO_ACCOUNT: "没找到它自己的帐号，不能说没有",
    Unvalued.NO_FEED: "知道帐号，没有订阅源，看不到发了什么",
    Unvalued.CHANNEL_GAPS: "帐号没有一直看着，有空档",
    Unvalued.NOT_ANSWERED: "问过搜索引擎，没有全部得到答复",
    Unvalued.NOT_ALL_NAMED: "点位没有写全要搜的词，问不全",
    Unvalued.NOT_SHOWN: "现在读的渠道里看不到这个",
}
FLAGS: Final[Mapping[str, str]] = {
    FlagKind.CLASSIFIER: "分类器说证据页与政务无关",
    FlagKind.OUTLIER: "与同类单位相差太远",
    FlagKind.LAST_ROUND: "与上一轮相差太远",
    FlagKind.OWN_COUNT: "与网站自报的数相差太远",
    FlagKind.CONTRADICTION: "与另一个点位矛盾",
}
FLAG_STATES: Final[Mapping[str, str]] = {
    FlagState.OPEN: "待看",
    FlagState.CONFIRMED: "值有错",
    FlagState.DISMISSED: "值没错",
    FlagState.LAPSED: "重算后不再可疑",
}
# What is measured beside a value (`indicators.values.Outcome.more`).
MEASURES: Final[Mapping[str, str]] = {
    "rate": "办结率（%）",
    "lag": "距政策公布（天）",
    "broken": "坏链",
    "counted": "数到的",
    "stated": "网站自报的",
    "yes": "是的",
    "every": "全部",
}
HOWS: Final[Mapping[str, str]] = {How.NOT_MODIFIED: "网站答复没有变（304）", How.SAME_BYTES: "重新下载的字节相同"}
CHANNELS: Final[Mapping[str, str]] = {Channel.SEARCH: "搜索引擎", Channel.WEIBO: "微博", Channel.WECHAT: "微信"}
GAPS: Final[Mapping[str, str]] = {
    "never": "从没取到过",
    "before": "取到的最早一条以前的，没见过",
    "between": "两次取订阅源之间接不上",
    "after": "之后没有取到过",
}
CLUES: Final[Mapping[str, str]] = {
    Clue.DEPARTMENT: "列在部门里",
    Clue.SERVICE: "列为服务或数据平台",
    Clue.DOMAIN: "在门户的域名下",
    Clue.CODE: "网站标识码是本单位的",
    Clue.CODE_BELOW: "网站标识码是下属区县的",
    Clue.OTHER_CODE: "网站标识码是别处的",
    Clue.ICP: "备案号与门户相同",
    Clue.NAMED: "标题或主办单位是本单位",
    Clue.OFFICIAL: "政府域名",
    Clue.UNOFFICIAL: "不是政府域名",
    Clue.PORTAL: "是别的政府的门户",
}
CHANGES: Final[Mapping[str, str]] = {
    Change.SAME: "没变",
    Change.NEW: "新增",
    Change.CHANGED: "改动",
    Change.REMOVED: "撤下",
    Change.UNREACHABLE: "没看到",
}
WHYS: Final[Mapping[str, str]] = {
    Why.TEXT: "正文变了",
    Why.MARKUP: "只有网页代码变了",
    Why.GONE: "网站说没有了（404）",
    Why.UNLINKED: "没有页面再链到它",
    Why.BEHIND: "链到它的页面没看到",
    Why.TOO_DEEP: "超出另一轮的深度，没有去采",
    Why.UNFINISHED: "另一轮还没采完，没采到这里",
}
MOVES: Final[Mapping[str, str]] = {"appeared": "出现", "vanished": "消失", "up": "增多", "down": "减少", "same": "没变"}
VALUE_MOVES: Final[Mapping[str, str]] = {
    Move.SAME: "没变",
    Move.UP: "上升",
    Move.DOWN: "下降",
    Move.APPEARED: "从无到有",
    Move.VANISHED: "从有到无",
    Move.LOST: "看不到了",
    Move.SEEN: "看到了",
}
RUNS: Final[Mapping[str, str]] = {**ENDINGS, "running": "正在做", "skipped": "略过"}
RULES: Final[Mapping[str, str]] = {
    Rule.LATEST: "最近一次",
    Rule.ANY: "有一次就算",
    Rule.MEDIAN: "中位数",
    Rule.MAXIMUM: "最大值",
}
NEEDS: Final[Mapping[str, str]] = {
    Need.EVIDENCE: "证明点位",
    Need.VALUE: "值或样本指到它",
    Need.FINDING: "有害或要告诉站长",
    Need.CARRIED: "后来的轮次沿用它的字节",
}
FALLS: Final[Mapping[str, str]] = {
    Fallen.UNIT: "整个单位",
    Fallen.PAGES: "页面没看到，又没有说法",
    Fallen.FALL: "页面总数大减",
    Fallen.VALUES: "值看不到了",
    Fallen.POINTS: "点位没了证据",
}
EXPORTS: Final[Mapping[str, str]] = {
    "pages": "页面",
    "failures": "失败的网址",
    "evidence": "证据",
    "values": "值",
    "samples": "样本",
}
# Why there may be nothing to export, and what to do next; the round's name goes in.
NOTHING_TO_EXPORT: Final[Mapping[str, str]] = {
    What.PAGES: "还没有采到一页：caifeng status {0}",
    What.FAILURES: "不许采集的、跳转走的不算失败，见 caifeng status {0}",
    What.EVIDENCE: "没有一页是任何点位的证据：caifeng status {0}",
    What.VALUES: "还没有算过值：caifeng values work {0}",
    What.SAMPLES: "没有要抽样的值，或还没有算过：caifeng values work {0}",
}


def why(code: str) -> str:
    """What a page's change rests on: a Why, or the reason of the failure or skip in its place."""
    return WHYS.get(code) or with_code({**FAILURES, **SKIPS}, code)


SOURCES: Final[Mapping[str, str]] = {
    Source.SITEMAP: "网站地图文件",
    Source.MAP: "网站地图页",
    Source.SEARCH: "搜索引擎",
}
STANDINGS: Final[Mapping[str, str]] = {
    Standing.STORED: "已存",
    Standing.PENDING: "找到了，还没采",
    Standing.LOST: "找到了，采不到",
    Standing.DEEP: "比这一轮深一层",
    Standing.CUT: "当陷阱、镜像没有跟进",
    Standing.BARRED: "robots.txt 不许采集",
    Standing.GONE: "没有这一页了",
    Standing.ALIVE: "有这一页，没找到",
    Standing.UNCHECKED: "没找到，还没去看",
    Standing.UNKNOWN: "没找到，去看没有答复",
}


def trouble(text: str) -> str:
    """Why something asked beside the pages brought nothing: `code: detail`, the code in words."""
    code, colon, detail = text.partition(": ")
    known = {**FAILURES, **SKIPS}
    return f"{with_code(known, code)}{colon and '：'}{detail}" if code in known else text


def with_code(table: Mapping[str, str], code: str) -> str:
    """The word with its code, which options and exports take; the bare code where the table has none."""
    word = table.get(code)
    return f"{word}（{code}）" if word else code


def halt_lines(workers: Iterable[WorkerInfo]) -> list[str]:
    """One sentence for each reason why processes claim nothing now: what is wrong, where, and for how many of them."""
    found = Counter((why, detail) for one in workers for why, detail in one.halts.items())
    return [f"{HALTS.get(why, why)}（{detail}；{number} 个进程）" for (why, detail), number in sorted(found.items())]
