"""Which parts of a page are its frame (header, navigation, footer, tools) and which are written for this page."""

import re
from functools import lru_cache
from typing import Final

# Id and class names of Chinese government CMS templates (TRS, jcms, VSB, Kaipuyun, 南方网 and home-made ones).
_FRAME: Final = re.compile(
    r"(?:^|[\s_-])(?:header|head|top|topbar|topnav|foot|footer|footbox|bottom|nav|navs|navbar|navi|mainnav|menu|submenu|menus|sidebar|side|leftnav|leftmenu"
    r"|crumbs?|breadcrumbs?|location|position|dqwz|wz|weizhi|dangqian|share|bdsharebuttonbox|bshare|copyright|copy|banner|toolbar|login|search|searchbox|logo"
    r"|friendlink|friendlinks|friend|links|link|yqlj|hotword|ewm|qrcode|erweima|pager|page|pages|paging|pagination|tools|tool|gotop|totop|float|fixed|related|xgwz|xgyd|recommend"
    r"|prenext|prevnext|sitemap|wza|statement|popup|dialog|modal|mask|skip|printbtn|loginbar|jiathis|weather)\d{0,2}(?:$|[\s_-])",
)
_FRAME_PREFIX: Final = re.compile(
    r"(?:^|\s)(?:header|footer|topbar|navbar|breadcrumb|friendlink|copyright|sidebar|bdshare|bdsug|pagination)\w*"
)
_FRAME_TAGS: Final = frozenset({"header", "footer", "nav", "aside", "select", "button"})
# Editors and content holders: what stands inside is the text itself.
_BODY: Final = re.compile(
    r"(?:^|[\s_-])(?:trs_?editor(?:_view)?|trs_ueditor|trs_preappend|ucap-?content|v_news_content|vsb_content\w*|zoom(?:con)?|zhengwen|articlecontent|article[_-]?content|article[_-]?body|art_con|artcontent"
    r"|news[_-]?content|newscontent|content[_-]?body|contentbody|articlecon|article[_-]?con|pages_content|bt[_-]content|info[_-]?content|xxgk_content|detail[_-]?content|details[_-]?content|con_con|entry-content|post-content"
    r"|mainbody|main_?text|maintext|xl_content|xilan_cont|textcontent|text_content|view_content|content_text|wz_content|scroll_wrap|ewb-article-info|arc_body|article_text|artibody|txtcontent|detail-content|post_text|cont_text|rich_media_content)(?:$|[\s_-])",
)


@lru_cache(maxsize=8192)
def is_frame(tag: str, name: str) -> bool:
    """Whether an element's tag, id and class say that it belongs to the page's frame."""
    if tag in _FRAME_TAGS:
        return True
    if tag in {"body", "html", "form"} or not name or is_body(name):
        return False
    return bool(_FRAME.search(name) or _FRAME_PREFIX.search(name))


@lru_cache(maxsize=8192)
def is_body(name: str) -> bool:
    """Whether an element's id or class names the holder of the text."""
    return bool(name and _BODY.search(f" {name} "))
