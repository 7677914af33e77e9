"""What the guides of a unit show of each point, guide by guide."""

import datetime as dt
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from rehearsal.kinds.guides import Service
from rehearsal.texts.guides import FIELDS, PERMITS

FREQUENT: Final = (
    "社会保险登记", "养老保险关系转移接续", "异地就医备案", "社会保障卡申领", "社会保障卡挂失补办", "参保证明打印",
    "义务教育入学办理", "中小学生转学", "教师资格认定", "学生资助申请", "生育服务登记", "儿童预防接种", "护士执业注册",
    "医疗机构执业登记", "就业登记", "失业登记", "失业保险金申领", "就业困难人员认定", "职业培训补贴申领", "住房公积金提取",
    "住房公积金贷款申请", "公租房申请", "不动产登记", "商品房预售许可", "驾驶证期满换证", "机动车检验", "道路运输经营许可",
    "网约车驾驶员从业资格", "企业设立登记", "企业变更登记", "企业注销登记", "分支机构登记", "个体工商户登记", "公章刻制备案",
    "创业担保贷款申请", "食品经营许可", "公共场所卫生许可", "特种设备使用登记", "排污许可证核发", "建筑工程施工许可", "居住证申领",
    "护照签发", "婚姻登记", "低保申请",
)  # fmt: skip
"""Of the fifty services most asked for, those this web has; the fifty are named in the description of the sample."""

FIFTY: Final = 50
EXTENDED: Final = ("法定办结时限", "承诺办结时限", "是否收费", "到办事现场次数", "网上办理深度", "结果名称")
BASIC: Final = ("事项名称", "设定依据", "申请条件", "办理材料", "办理地点", "办理时间", "联系电话", "办理流程")
PUBLIC: Final = ("设定依据", "实施主体", "办理流程", "办理材料", "", "", "是否收费", "承诺办结时限", "联系电话")
FEWEST: Final = 5  # basic elements: a guide with fewer counts nothing
RECENT: Final = 730  # days


@dataclass(frozen=True, slots=True)
class Told:
    """One guide with its address."""

    url: str
    service: Service

    @property
    def rows(self) -> Mapping[str, str]:
        """Element -> text."""
        return dict(self.service.rows)

    @property
    def frequent(self) -> bool:
        """Whether it is of one of the fifty, or of a variant of one (its renewal, its loss)."""
        return self.service.item.startswith(FREQUENT)


def shares(guides: Sequence[Told]) -> dict[str, float]:
    """Code -> share of named services that have a guide, or an online one."""
    items = {told.service.item for told in guides}
    booked = {told.service.item for told in guides if told.service.level >= 2}  # booking online counts as an entrance
    online = {told.service.item for told in guides if told.service.level >= 3}
    found = {"2.2.1-M01": len(items & set(FREQUENT)) / FIFTY}
    for field in FIELDS:
        found[field.point] = len(items & set(field.items)) / len(field.items)
        if field.online:
            found[field.online] = len(booked & set(field.items)) / len(field.items)
    permits = {*PERMITS, "道路运输经营许可"}
    found["1.3.8-M05"] = len(online & permits) / len(permits)
    return found


def seen(guides: Sequence[Told], on: dt.date) -> dict[str, dict[str, list[float]]]:
    """Code -> address -> what is seen there; a value is the mean over the addresses drawn (of pairs: see `SAVED`)."""
    found: dict[str, dict[str, list[float]]] = {code: {} for code in (*_EACH, *_OF_FREQUENT)}
    for told in guides:
        for code, look in _EACH.items():
            noted = look(told)
            if noted is not None:
                found[code][told.url] = noted
        if told.frequent:
            for code, test in _OF_FREQUENT.items():
                if code != "2.2.4-M04" or told.rows.get("是否收费", "").startswith("收费"):
                    found[code][told.url] = [float(test(told, on))]
    return found


SAVED: Final = "2.2.3-M03"
"""Its observations are (legal, promised) days: the value is the sum saved over the sum of legal days."""


def _elements(names: tuple[str, ...], least: int = 0) -> Callable[[Told], list[float]]:
    def look(told: Told) -> list[float]:
        has = sum(name in told.rows for name in names)
        return [has / len(names) if has >= least else 0.0]

    return look


def _limits(told: Told) -> list[float] | None:
    days = [told.rows.get(name, "").removesuffix("个工作日") for name in ("法定办结时限", "承诺办结时限")]
    return [float(each) for each in days] if all(days) else None


def _dated(told: Told, on: dt.date) -> bool:
    return "更新日期" in told.rows and (on - dt.date.fromisoformat(told.rows["更新日期"])).days <= RECENT


_EACH: Final[dict[str, Callable[[Told], list[float] | None]]] = {
    "2.2.1-M02": _elements(BASIC, FEWEST),
    "2.2.1-M03": _elements(EXTENDED),
    "1.1.4-M04": _elements(PUBLIC),
    SAVED: _limits,
}
_OF_FREQUENT: Final[dict[str, Callable[[Told, dt.date], bool]]] = {
    "2.1.2-M02": lambda told, _on: told.service.level >= 3,
    "2.2.1-M05": _dated,
    "2.2.2-M01": lambda told, _on: told.service.forms,
    "2.2.2-M04": lambda told, _on: told.service.level >= 2,
    "2.2.2-M05": lambda told, _on: told.service.level >= 2 and ("网上办理深度" in told.rows or told.service.forms),
    "2.2.3-M01": lambda told, _on: told.service.level >= 3,
    "2.2.3-M02": lambda told, _on: told.rows.get("到办事现场次数") in {"0次", "1次"},
    "2.2.4-M01": lambda told, _on: told.service.level == 4,
    "2.2.4-M02": lambda told, _on: told.rows.get("到办事现场次数") == "0次",
    "2.2.4-M03": lambda told, _on: "快递" in told.rows.get("结果送达", ""),
    "2.2.4-M04": lambda told, _on: "网上支付" in told.rows["是否收费"],
}
