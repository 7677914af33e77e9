"""Does an official body act in the text?  Signs that stand in what governments write and hardly in anything else.

They hold up a page whose topic alone would throw it away: a county's own sports meeting, a voucher notice, a warning
against quack medicine.

Every alternative of a sign begins with a literal character, see :func:`cleaning.sieves.each`.
"""

import re
from typing import Final

from cleaning.sieves import Sieve, each

# What names a body: how it begins, and what follows there.
_BODIES: Final = (
    ("人民政府|政府|管委会|委员会", ""),
    ("省|市|县|区|州|旗|镇|乡", "(?:委|办|纪委|人大|政协|总工会|残联|妇联|文联)"),
    (
        "省|市|县|区|州|旗|公安|教育|文化|旅游|体育|商务|卫生|健康|监督|管理|资源|环境|保障|民政|财政|农村|应急|交通|水利|住建|城管|气象|统计|税务|审计|医保|林业|局",
        r"\w{0,4}局",
    ),
    (
        "街道办|居委会|村委会|公安机关|反诈中心|供电公司|供水公司|派出所|支队|大队|疾控中心|服务中心|文化馆|图书馆|博物馆|团委|工会|武装部|法院|检察院|办公室|气象台|消委会|财政|党组|党委",
        "",
    ),
)
_ACT: Final = (
    r"(?:组织|召开|举办|主办|承办|联合|印发|部署|公示|公布|通告|通知|开展|发布|审核|审批|受理|批准|准予|负责|提醒|提示|答复|回复|查处|牵头|启动|调研|委托|"
    r"出席|强调|要求|申请|介绍|责令|立案|推进|落实|安排|登记|核实|决定|报送|提出|同意|征求|申报|监督|会同|拨付|提供|预计)"
)
_PUBLISHED: Final = r"\w{0,8}(?:公示|公告|通知|通告|公布)"
_NUMBERED: Final = r"20\d\d[〕\])）]\s*\d{1,4}\s*号"
_WRITES: Final = r"\w{0,4}(?:反映|咨询|问|您好)"


def _bodies(rest: str) -> str:
    """The bodies, grouped by their first character and within it in their order, each followed by `rest`."""
    groups: dict[str, list[str]] = {}
    for starts, tail in _BODIES:
        for start in starts.split("|"):
            groups.setdefault(start[0], []).append(f"{start[1:]}{tail}")
    return "|".join(f"{first}(?:{'|'.join(tails)}){rest}" for first, tails in groups.items())


_ACTS: Final = f"[^。；;!?！？]{{0,16}}?{_ACT}"
_DONE_BY: Final = f"[^。；;，,]{{0,12}}?(?:{_bodies('')})"
_BRACKETS: Final = r"〔|\[|\(|（"
_NUMBER: Final = r"\w{0,2}(?:编)?号"

# Name of the sign → pattern, and where few texts have them, characters one of which every match holds: to look for one is
# a fiftieth of a search.  The first needs body and act in one clause, in this order or the passive's.
_SIGNS: Final[dict[str, re.Pattern[str] | Sieve]] = {
    "body acts": re.compile(f"{_bodies(_ACTS)}|{each('由|经|向|报|受', _DONE_BY)}"),
    "office holder": Sieve(
        re.compile(
            f"副[省市县区州镇乡]长|{each('省|市|县|区|州|镇|乡', '(?:长|委副?书记)')}|村支书|第一书记|局长|厅长|有关负责(?:人|同志)|执法人员|民警|村干部|区领导|市领导|县领导"
        ),
        ("长", "书", "负", "执", "警", "干", "领"),
    ),
    "document number": Sieve(
        re.compile(f"{each(_BRACKETS, _NUMBERED)}|{each('许可|决定|公告|备案', _NUMBER)}"), ("号",)
    ),
    "statute": Sieve(
        re.compile(
            f"第[一二]条|{each('准予|不予', '(?:许可|登记|受理)')}|根据[^。]{{0,20}}(?:规定|办法|条例|通知|精神)|按照[^。]{{0,20}}(?:要求|规定|部署)|依法"
        ),
        ("条", "予", "据", "照", "依"),
    ),
    "addressed": Sieve(
        re.compile(r"各(?:有关)?(?:县|区|乡镇|单位|部门|街道|学校|企业|镇)|广大(?:市民|群众|居民|考生)"), ("各", "广")
    ),
    "notice": Sieve(
        re.compile(f"{each('现将|特此|予以', _PUBLISHED)}|公示期|公示时间|通告如下|通知如下|公告如下"),
        ("将", "特", "予", "示", "如"),
    ),
    "title of a notice": re.compile(
        r"^[^\s]{4,60}(?:公告|公示|通告|通知|须知|意见|方案|办法|细则|简章|规程|指南|通报|决定)(?:\(.{0,12}\))?\s"
    ),
    "formality": re.compile(
        r"申请(?:人|材料|条件|表)|办理(?:条件|流程|地点|时限)|提交材料|报名表|审批表|投标|招标|预算(?:金额|资金)|许可证|公益金|补(?:贴|助)(?:标准|资金|政策)?"
    ),
    "supervision": Sieve(
        re.compile(r"监督电话|社会监督|群众监督|投诉举报|举报电话|1(?<!\d1)23[14]5(?!\d)|书面(?:形式|提出)"),
        ("督", "举", "123", "面"),
    ),
    "place and its past": re.compile(
        f"红军|烈士|红色故事|革命(?:根据地|战争|故事)|长征|抗战|党史|纪念馆|县志|地理标志|非物质文化遗产|文物保护单位|风景名胜区|aaaa?a?级|{each('我|本|全', '[省市县区镇乡]')}"
    ),
    "reader asks": Sieve(
        re.compile(f"{each('来信|留言|网友|群众', _WRITES)}|您反映的|{each('哪个|有关|相关', '部门')}|答复[:：]"),
        ("映", "询", "问", "您", "部", "复"),
    ),
}
_SECRETARY: Final = re.compile(r"[\u4e00-\u9fff]书记")  # an office holder too, who begins with any character
MAX_SCAN: Final = 1_500  # characters: who acts is said at the beginning


def signs(title: str, text: str) -> tuple[str, ...]:
    """The signs found, each with the words that gave it away, in fixed order.  Both texts normalised."""
    scanned = f"{title} {text[:MAX_SCAN]}"
    secretary = _secretary(scanned)
    told = []
    for name, sign in _SIGNS.items():
        found = sign.search(scanned)
        if secretary is not None and name == "office holder" and (found is None or secretary.start() < found.start()):
            found = secretary
        if found is not None:
            told.append(f"{name}: {found.group(0)[:30].strip()}")
    return tuple(told)


def _secretary(scanned: str) -> re.Match[str] | None:
    at = scanned.find("书记")
    return None if at < 0 else _SECRETARY.search(scanned, max(0, at - 1))
