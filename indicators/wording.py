"""The catalogue's codes and clauses in Chinese, for pages and screens that officials read."""

from collections.abc import Iterator, Mapping
from types import MappingProxyType
from typing import Final

from indicators.records import Clause, Pattern, Place, Shape, Words, Zone
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
_MOST_TERMS: Final = 12  # of a clause shown; longer lists say how many there are


def clause_text(clause: Clause) -> str:
    """One clause as a sentence an official follows."""
    match clause:
        case Words():
            return _words(clause)
        case Pattern():
            return f"{_zones(clause.zones)}符合 {clause.regex}".replace("\x02", "«").replace("\x03", "»")
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
    said = "/".join(one.arguments)
    return f"{'不能有 ' if one.negated else ''}{said if one.what == 'words' else f'{_MARKS[one.what]} {said}'.strip()}"


def _words(clause: Words) -> str:
    shown = ["|".join(group) for group in clause.groups[:_MOST_TERMS]]
    more = f" 等 {len(clause.groups)} 项" if len(clause.groups) > _MOST_TERMS else ""
    count = f"（至少 {clause.distinct} 项）" if clause.distinct > 1 else ""
    near = f"，旁边 {clause.within} 字内有 {'、'.join(clause.near)}" if clause.near else ""
    unless = f"，不算 {'、'.join(clause.unless[:_MOST_TERMS])}" if clause.unless else ""
    return f"{_zones(clause.zones)}{_PLACES[clause.place]} {'、'.join(shown)}{more}{count}{near}{unless}"


def _zones(zones: tuple[Zone, ...]) -> str:
    return "/".join(ZONES[zone] for zone in zones)


def _shape(shape: Shape) -> Iterator[str]:
    for field, word in _SHAPES.items():
        asked = getattr(shape, field)
        if asked not in {None, ()}:
            yield f"{word} {'/'.join(asked) if isinstance(asked, tuple) else asked}"
    for field, (no, yes) in _FLAGS.items():
        asked = getattr(shape, field)
        if asked is not None:
            yield yes if asked else no
