"""The page's own meta tags (GB/T 政府网站网页 meta tags of 国办发〔2017〕47号) and its source line."""

import re
from collections.abc import Mapping
from typing import Final

from cleaning.outline import Outline, fold

# Annex 2 of 国办发〔2017〕47号 《政府网站发展指引》 names the tags; the second line holds what search engines read.
NAMES: Final = frozenset(
    [
        "sitename",
        "sitedomain",
        "siteidcode",
        "columnname",
        "columndescription",
        "columnkeywords",
        "columntype",
        "articletitle",
        "pubdate",
        "contentsource",
        "keywords",
        "author",
        "description",
        "url",
        "category",
        "language",
        "generator",
        "robots",
        "og:title",
        "og:site_name",
        "og:type",
        "article:published_time",
        "publishdate",
        "others",
        "catalogs",
        "firstpublishedtime",
        "filetype",
        "contentid",
        "publishedtime",
        "date",
        "dc.date",
    ],
)
MAX_VALUE: Final = 1000
_SOURCE: Final = re.compile(
    r"(?:信息来源|文章来源|稿件来源|内容来源|来源|发布机构|发布单位|供稿单位|稿源|信息提供单位)\s*[：:]\s*([^\s：:|｜【】\[\]]{2,40})",
)
_SOURCE_END: Final = re.compile(
    r"(?:发布|时间|日期|作者|浏览|点击|字体|字号|字$|阅读|编辑|访问|责任|打印|分享|关闭|\d{4}[-年/.])"
)


def read_meta(page: Outline) -> dict[str, str]:
    """Values of the standard's meta tags by lower-cased name; the first non-empty one of a name wins."""
    found: dict[str, str] = {}
    for _, _, attributes in page.all_of("meta"):
        name = (attributes.get("name") or attributes.get("property") or "").strip().lower()
        if name not in NAMES or found.get(name):
            continue
        found[name] = fold(attributes.get("content") or "")[:MAX_VALUE].strip()
    return found


def source(meta: Mapping[str, str], text: str) -> str:
    """Who the page says wrote it: meta ContentSource, else the 来源： of the info line; empty when unknown."""
    if value := meta.get("contentsource", ""):
        return value
    match = _SOURCE.search(text[:3000])
    if match is None:
        return ""
    value = match.group(1)
    end = _SOURCE_END.search(value)
    if end is not None:
        value = value[: end.start()]
    return value.strip(" ,，。;；-—（(")
