"""Made-up cities, their departments and offices."""

from typing import Final, NamedTuple

FIRST: Final = (
    ("云", "yun"), ("清", "qing"), ("澜", "lan"), ("锦", "jin"), ("屏", "ping"), ("鸿", "hong"), ("玉", "yu"),
    ("明", "ming"), ("宁", "ning"), ("沣", "feng"), ("龙", "long"), ("柏", "bai"), ("林", "lin"), ("石", "shi"),
    ("栋", "dong"), ("昌", "chang"),
)  # fmt: skip
SECOND: Final = (
    ("岑", "cen"), ("渚", "zhu"), ("泖", "mao"), ("苕", "tiao"), ("虬", "qiu"), ("篁", "huang"), ("蘅", "heng"),
    ("棠", "tang"), ("荻", "di"), ("朔", "shuo"), ("暖", "nuan"), ("楼", "lou"),
)  # fmt: skip
THIRD: Final = (("", ""), ("新", "xin"), ("上", "shang"), ("南", "nan"), ("古", "gu"), ("双", "shuang"))


class City(NamedTuple):
    """A city that does not exist: its name without 市, and its domain label."""

    name: str
    label: str


class Department(NamedTuple):
    """A department: host label, name, and the topics it writes about (keys of texts.topics.TOPICS)."""

    label: str
    name: str
    topics: tuple[str, ...]


DEPARTMENTS: Final = (
    Department("rsj", "人力资源和社会保障局", ("social", "jobs")),
    Department("jyj", "教育局", ("school",)),
    Department("wjw", "卫生健康委员会", ("health",)),
    Department("zjj", "住房和城乡建设局", ("housing", "city")),
    Department("jtj", "交通运输局", ("traffic",)),
    Department("scjgj", "市场监督管理局", ("market", "food")),
    Department("swj", "税务局", ("tax",)),
    Department("kjj", "科学技术局", ("science",)),
    Department("mzj", "民政局", ("care",)),
    Department("sthjj", "生态环境局", ("nature",)),
    Department("nyj", "农业农村局", ("farm",)),
    Department("gaj", "公安局", ("safety",)),
)

DISTRICTS: Final = (
    "东湖区", "西城区", "南屏区", "北桥区", "高新区", "经开区", "临河县", "安和县", "永兴县", "白塔县", "青石镇", "双溪镇",
    "金沙街道", "文昌街道", "和平街道", "新华社区", "桂花社区", "朝阳社区", "长青村", "石坝村", "柳湾村", "大渡口镇",
)  # fmt: skip
SURNAMES: Final = "王李张刘陈杨黄赵周吴徐孙马朱胡郭何高林罗"
OFFICES: Final = (
    "办公室", "政策法规科", "行政审批科", "综合业务科", "规划财务科", "监督检查科", "公共服务科", "信息中心", "人事教育科",
)  # fmt: skip


def city(index: int) -> City:
    """The city of this number; different numbers below 1,152 give different names."""
    first = FIRST[index % len(FIRST)]
    second = SECOND[(index // len(FIRST)) % len(SECOND)]
    third = THIRD[(index // (len(FIRST) * len(SECOND))) % len(THIRD)]
    return City(third[0] + first[0] + second[0], third[1] + first[1] + second[1])


CITIES: Final = len(FIRST) * len(SECOND) * len(THIRD)
