"""The catalogue's codes and clauses in Chinese, for pages and screens that officials read."""

from collections.abc import Iterator, Mapping
from types import MappingProxyType
from typing import Final

from indicators.records import Clause, Pattern, Place, Shape, Words, Zone
from indicators.texts import clues
from indicators.value_rules import Condition, Part, ValueKind

LEVELS: Final[Mapping[str, str]] = MappingProxyType(
    {"government": "本级政府", "department": "部门", "both": "政府或部门"}
)
CHANNELS: Final[Mapping[str, str]] = MappingProxyType(
    {
        "website": "政府网站",
        "service-platform": "政务服务平台",
        "probe": "探测",
        "app": "客户端",
        "wechat": "微信",
        "weibo": "微博",
        "open-data-portal": "数据开放平台",
        "search-engine": "搜索引擎",
    }
)
METHODS: Final[Mapping[str, str]] = MappingProxyType(
    {
        "manual": "人工",
        "structural-detect": "页面结构",
        "crawl-tag": "页面判定",
        "crawl-count": "页面计数",
        "interactive-probe": "交互探测",
        "social-feed": "社交媒体",
        "serp": "搜索结果",
    }
)
ROLES: Final[Mapping[str, str]] = MappingProxyType(
    {"proof": "一页即证据", "sample": "一页是样本之一", "none": "单页不能作证"}
)
STRENGTHS: Final[Mapping[str, str]] = MappingProxyType({"content": "内容", "chrome": "入口"})
KINDS: Final[Mapping[ValueKind, str]] = MappingProxyType(
    {
        ValueKind.EXISTS: "有没有",
        ValueKind.GRADE: "最好的一档",
        ValueKind.PARTS: "全单位见到的部分占比",
        ValueKind.ELEMENTS: "抽样页要素平均占比",
        ValueKind.YEARS: "应有年份占比",
        ValueKind.COUNT: "去重计数",
        ValueKind.NAMES: "不同名称数",
        ValueKind.FRESHNESS: "最近日期距采集日",
        ValueKind.RATIO: "样本中达到的占比",
        ValueKind.TALLY: "条目中达到的占比",
        ValueKind.OVERDUE: "超期仍未办的条目",
        ValueKind.MEDIAN_DAYS: "中位工作日",
        ValueKind.NUMBER: "页面写明的数",
        ValueKind.SAVED: "压缩掉的时限占比",
        ValueKind.CLICKS: "最少点击数",
        ValueKind.ONE_LOGIN: "登录归一占比",
        ValueKind.LINKED_SITES: "链接到平台的部门站占比",
        ValueKind.OWN_DOMAIN: "用门户域名的部门站占比",
        ValueKind.ENTRIES_ALIVE: "可打开的入口占比",
        ValueKind.DEAD_SHARE: "死链占比",
        ValueKind.MARKED_PAGES: "有规定标签的页面占比",
        ValueKind.READABLE_FILES: "有效附件占比",
        ValueKind.PROBE: "由探测给出",
        ValueKind.CHANNEL: "由社交媒体或搜索渠道给出",
    }
)
ZONES: Final[Mapping[Zone, str]] = MappingProxyType(
    {
        Zone.TITLE: "标题",
        Zone.COLUMN: "栏目",
        Zone.TEXT: "正文",
        Zone.HEADERS: "表头",
        Zone.LINKS: "链接文字",
        Zone.FORMS: "表单",
        Zone.URL: "网址",
        Zone.META: "元标签",
        Zone.SITE: "站点名",
        Zone.HREFS: "站外链接",
        Zone.MARKS: "图片脚本名",
        Zone.CHROME: "页眉页脚导航",
    }
)
_PLACES: Final[Mapping[Place, str]] = MappingProxyType(
    {Place.ANYWHERE: "含", Place.START: "以此开头：", Place.END: "以此结尾：", Place.WHOLE: "正是"}
)
_SHAPES: Final[Mapping[str, str]] = MappingProxyType(
    {
        "page_type": "页面类型是",
        "form": "有表单",
        "inner": "正文里有表单",
        "language": "语言是",
        "publisher": "发布者是",
        "min_rows": "表格行数至少",
        "min_items": "列表条数至少",
        "min_links": "链接数至少",
        "min_text": "正文字数至少",
        "max_text": "正文字数至多",
    }
)
PAGE_TYPES: Final[Mapping[str, str]] = MappingProxyType(
    {
        "home": "首页",
        "list": "列表",
        "article": "文章",
        "guide": "办事指南",
        "form": "表单",
        "interaction": "互动",
        "search": "搜索",
        "table": "表格",
        "login": "登录",
        "error": "错误页",
        "attachment": "附件",
        "other": "其他",
    }
)
SHAPE_WORDS: Final[Mapping[str, str]] = MappingProxyType(
    {
        **PAGE_TYPES,
        "mailbox": "信箱",
        "upload": "上传",
        "zh": "中文",
        "zh-hant": "繁体中文",
        "en": "英文",
        "none": "看不出",
        "government": "政府",
        "department": "部门",
    }
)
RULES_READ: Final = (
    "规则怎么读：任何一条规则成立，网页就是证据；一条规则里，“要有”的每一条都要有，“不能有”的一条也不能有。"
    "“、”隔开的，有一项就行，写明“至少几项”的除外；“|”隔开的，是同一项的不同说法；“/”隔开的，是可以出现的地方。"
)
ITEM_MARKS_READ: Final = "« 和 » 是一项（一个标题、一个表头、一条链接）的开头和结尾。"
_FLAGS: Final[Mapping[str, tuple[str, str]]] = MappingProxyType(
    {"dated": ("读不到发布日期", "读到发布日期"), "column": ("不是栏目页", "是栏目页")}
)
_MARKS: Final[Mapping[str, str]] = MappingProxyType(
    {
        "content": "有内容页",
        "entry": "有入口",
        "form": "有表单",
        "inner": "正文里有表单",
        "link": "链接指向",
        "offsite": "站外链接指向",
        "host": "域名以此开头：",
        "mark": "图片脚本名含",
        "language": "语言是",
        "rows": "条目数至少",
    }
)
_MOST_SPELLINGS: Final = 6  # of one thing that are shown
_MOST_TERMS: Final = 12  # of a clause shown; longer lists say how many there are


def clause_text(clause: Clause) -> str:
    """One clause as a sentence an official follows."""
    match clause:
        case Words():
            return _words(clause)
        case Pattern():
            return f"{_zones(clause.zones)}符合正则表达式 {_marked(clause.regex)}"
        case Shape():
            return "，".join(_shape(clause))


def part_text(part: Part) -> str:
    """One part that a point asks for: its name, and what shows it, ways apart by `|`, what must come together by `+`."""
    ways = ["+".join(map(_condition, way)) for way in part.ways]
    if ways == [part.name]:
        return part.name
    more = f" 等 {len(ways)} 种" if len(ways) > _MOST_TERMS else ""
    return f"{part.name}（{'|'.join(ways[:_MOST_TERMS])}{more}）"


def _condition(one: Condition) -> str:
    said = "/".join(one.arguments if one.what == "words" else (SHAPE_WORDS.get(each, each) for each in one.arguments))
    return f"{'不能有 ' if one.negated else ''}{said if one.what == 'words' else f'{_MARKS[one.what]} {said}'.strip()}"


def _words(clause: Words) -> str:
    shown = [_spellings(group) for group in clause.groups[:_MOST_TERMS]]
    more = f" 等 {len(clause.groups)} 项" if len(clause.groups) > _MOST_TERMS else ""
    count = f"（至少 {clause.distinct} 项）" if clause.distinct > 1 else ""
    near = f"，旁边 {clause.within} 字内有 {'、'.join(clause.near)}" if clause.near else ""
    unless = f"，不算 {'、'.join(clause.unless[:_MOST_TERMS])}" if clause.unless else ""
    return f"{_zones(clause.zones)}{_PLACES[clause.place]} {'、'.join(shown)}{more}{count}{near}{unless}"


def _spellings(group: tuple[str, ...]) -> str:
    if len(group) <= _MOST_SPELLINGS:
        return "|".join(group)
    return f"{'|'.join(group[:_MOST_SPELLINGS])}…（{len(group)} 种说法）"


def _marked(regex: str) -> str:
    """A pattern with the beginning and the end of an item, control characters of ours, as « and »."""
    for mark, spellings in (("«", ("\x02", r"\x02")), ("»", ("\x03", r"\x03"))):
        for spelling in spellings:
            regex = regex.replace(spelling, mark)
    return regex


def clues_text(text: str) -> str:
    """A point's evidence or exclusions as a sentence: clues apart by `；`, what is the same for one by `、`."""
    return "；".join(f"{clue.place} {'、'.join(clue.alternatives)}".strip() for clue in clues(text))


def _zones(zones: tuple[Zone, ...]) -> str:
    return "/".join(ZONES[zone] for zone in zones)


def _shape(shape: Shape) -> Iterator[str]:
    for field, word in _SHAPES.items():
        asked = getattr(shape, field)
        if asked not in {None, ()}:
            yield f"{word} {'/'.join(SHAPE_WORDS[one] for one in asked) if isinstance(asked, tuple) else asked}"
    for field, (no, yes) in _FLAGS.items():
        asked = getattr(shape, field)
        if asked is not None:
            yield yes if asked else no
