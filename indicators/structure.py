"""What a page is made of: the facts `Shape` clauses ask for, read from the parse that is already there."""

import re
from collections.abc import Callable
from functools import cached_property
from typing import Final

from cleaning.page import PageType, Reading
from indicators.records import Shape
from indicators.zones import columns, own_title

# A government's own name; "XX市人民政府办公室" publishes for the government.
_GOVERNMENT: Final = re.compile(r"人民政府|政府门户|政府网(?!上)|中国政府|[市省区县州盟]政务网")
_DEPARTMENT: Final = re.compile(
    r"(?<![结布格])局|委员会|[省市区县]?[\u4e00-\u9fff]{1,8}厅|"
    r"(?:改革|健康|教育|经信|工信|发改|国资|住建|卫健)委|教育部|管理部|支队|总队|公积金(?:管理)?中心|管理中心|交易中心"
)
_DEPARTMENT_REPORTER: Final = re.compile(
    r"(?:局|厅|委员会|[健改信教建]委|中心|支队|馆|所|(?<!网)站)(?:关于)?(?:19|20)\d\d年"
)


def publisher(reading: Reading) -> str:
    """Who publishes: `government`, `department` or `other`, told from the site's name, then from the title.

    A department's name in front of a year ("市林业局2017年…年度报告") makes the page a department's wherever it stands.
    """
    if "年" in reading.title and _DEPARTMENT_REPORTER.search(reading.title):
        return "department"
    names = (reading.meta.get("sitename", ""), reading.site_title)
    for name in names:
        if _GOVERNMENT.search(name) and not _DEPARTMENT.search(_GOVERNMENT.sub("", name)):
            return "government"
    for name in names:
        if _DEPARTMENT.search(name):
            return "department"
    if any(_GOVERNMENT.search(name) for name in names):
        return "government"
    return "other"


_ITEM_MARK: Final = "正文"  # last step of the breadcrumb on an item's page
_SITE_LIKE: Final = re.compile(r"(?:网|网站|门户|平台|局|厅|委员会|中心|政府|办公室)$")
_COLUMN_TYPES: Final = frozenset({PageType.HOME, PageType.LIST, PageType.SEARCH, PageType.INTERACTION})


# What a column's page puts around the column's name: whose it is, and that it is one ("市级权力清单", "新媒体矩阵").
_AROUND: Final = re.compile(
    r"^(?:[\u4e00-\u9fff]{2,4}[省市县区州](?=[\u4e00-\u9fff]{4}))?(?:全市|我市|本市|市本级|市级|市直|县级|区级|省级|本级)?(?:人民政府|政府)?(?:各?部门)?"
    r"|(?:列表|专栏|栏目|矩阵|首页|专题)$"
)
# Characters and entries: a page named so shortly that lists so much is a column, wherever its breadcrumb ends.
_SHORT_NAME: Final = 8
_LONG_LIST: Final = 8
_TURNED: Final = re.compile(r"第[0-9]{1,4}页$")  # a further page of a column's list is the column's own as well


def is_column(reading: Reading) -> bool:
    """Whether the page is a column's (or the site's) own page and not an item filed under it.

    Templates title a column page with the column's name, with a word beside it ("市级权力清单" in 权力清单), or with the
    site's; an item has a title of its own.
    """
    path = columns(reading)
    if reading.meta.get("articletitle") or (path and path[-1] == _ITEM_MARK):
        return False
    title = _TURNED.sub("", _bare(own_title(reading)))
    names = {_bare(segment) for segment in path}
    if title in names or _AROUND.sub("", title) in names:
        return True
    if len(title) <= _SHORT_NAME and listed(reading) >= _LONG_LIST:
        return True
    if not title or (_SITE_LIKE.search(title) and title in _bare(reading.site_title) and path):
        return True
    return reading.page_type in _COLUMN_TYPES


def _bare(text: str) -> str:
    return "".join(character for character in text if character.isalnum())


# A title and the day it was put up, in one line of their own: how lists are printed whose entries only a script opens.
_DATED_ENTRY: Final = re.compile(
    r"^[^\n]{3,120}?[\s\[【(（]{1,2}(?:19|20)[0-9]{2}[-/.年][0-9]{1,2}[-/.月][0-9]{1,2}日?[\])）】]?$", re.MULTILINE
)
_SHORTEST_ENTRY: Final = 4  # characters: services are named as briefly as 失业登记, pagers and 更多 are shorter
_FEWEST_DATED: Final = 3  # such lines that make a list: an article ends with its author's name and one day


def listed(reading: Reading) -> int:
    """How many entries the main content lists: linked or dated ones, or else its lines that end in a day."""
    if reading.list_items:
        lines = {line for line in reading.text.split("\n") if len(line) >= _SHORTEST_ENTRY}
        linked = {link.text for link in reading.links if not link.hidden} & lines
        return max(reading.list_items, len(linked))
    if "19" not in reading.text and "20" not in reading.text:
        return 0
    dated = len(_DATED_ENTRY.findall(reading.text))
    return dated if dated >= _FEWEST_DATED else 0


class Facts:
    """A page and what is worked out about it at most once."""

    def __init__(self, reading: Reading) -> None:
        self.reading = reading

    @cached_property
    def column(self) -> bool:
        """See :func:`is_column`."""
        return is_column(self.reading)

    @cached_property
    def links(self) -> int:
        """How many links a visitor sees."""
        return sum(not link.hidden for link in self.reading.links)

    @cached_property
    def listed(self) -> int:
        """See :func:`listed`."""
        return listed(self.reading)

    @cached_property
    def publisher(self) -> str:
        """See :func:`publisher`."""
        return publisher(self.reading)


_ASKS: Final[tuple[tuple[str, Callable[[Facts, Shape], bool]], ...]] = (
    ("page_type", lambda page, shape: page.reading.page_type.value in shape.page_type),
    ("form", lambda page, shape: any(form.role in shape.form for form in page.reading.forms)),
    ("inner", lambda page, shape: any(form.inner and form.role in shape.inner for form in page.reading.forms)),
    ("language", lambda page, shape: page.reading.language in shape.language),
    ("min_rows", lambda page, shape: page.reading.table_rows >= (shape.min_rows or 0)),
    (
        "min_items",
        lambda page, shape: page.reading.list_items >= (shape.min_items or 0) or page.listed >= (shape.min_items or 0),
    ),
    ("min_links", lambda page, shape: page.links >= (shape.min_links or 0)),
    ("min_text", lambda page, shape: len(page.reading.text) >= (shape.min_text or 0)),
    ("max_text", lambda page, shape: len(page.reading.text) <= (shape.max_text or 0)),
    ("dated", lambda page, shape: bool(page.reading.published) is shape.dated),
    ("column", lambda page, shape: page.column is shape.column),
    ("publisher", lambda page, shape: page.publisher in shape.publisher),
)


def shape_test(shape: Shape) -> Callable[[Facts], bool]:
    """The test of one `Shape` clause: every condition it gives must hold."""
    asked = tuple(test for name, test in _ASKS if getattr(shape, name) not in (None, ()))

    def holds(page: Facts) -> bool:
        for test in asked:  # noqa: SIM110  # a loop: a generator costs more than most of the tests
            if not test(page, shape):
                return False
        return True

    return holds
