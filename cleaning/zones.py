"""What an element's tag, id and class say of it: frame (header, navigation, footer, tools), text, title, path or ad."""

import re
from functools import lru_cache
from typing import Final, NamedTuple

# Id and class names of Chinese government CMS templates (TRS, jcms, VSB, Kaipuyun, 南方网 and home-made ones).
_FRAME: Final = re.compile(
    r"(?:^|[\s_-])(?:header|head|top|topbar|topnav|foot|footer|footbox|bottom|nav|navs|navbar|navi|mainnav|menu|submenu|menus|sidebar|side|leftnav|leftmenu"
    r"|crumbs?|breadcrumbs?|location|position|dqwz|wz|weizhi|dangqian|share|bdsharebuttonbox|bshare|copyright|copy|banner|toolbar|login|search|searchbox|logo"
    r"|friendlink|friendlinks|friend|links|link|yqlj|hotword|ewm|qrcode|erweima|pager|page|pages|paging|pagination|tools|tool|gotop|totop|float|(?<!table[-_])fixed(?![-_]table)|related|xgwz|xgyd|recommend"
    r"|prenext|prevnext|sitemap|wza|statement|popup|dialog|modal|mask|skip|printbtn|loginbar|jiathis|weather)\d{0,2}(?:$|[\s_-])",
)
_FRAME_PREFIX: Final = re.compile(
    r"(?:^|\s)(?:header|footer|topbar|navbar|breadcrumb|friendlink|copyright|sidebar|bdshare|bdsug|pagination)\w*"
)
# The head of an article's own: it holds the title and the line below it.
_OWN_HEAD: Final = re.compile(r"(?:detail|article|arti|news|content|post|info)s?[_-]?head(?:er)?(?![a-z])")
_FRAME_TAGS: Final = frozenset({"header", "footer", "nav", "aside", "select", "button"})
_NEVER_FRAME: Final = frozenset({"body", "html", "form"})
# Editors and content holders: what stands inside is the text itself.
_BODY: Final = re.compile(
    r"(?:^|[\s_-])(?:trs_?editor(?:_view)?|trs_ueditor|trs_preappend|ucap-?content|v_news_content|vsb_content\w*|zoom(?:con)?|zhengwen|articlecontent|article[_-]?content|article[_-]?body|art_con|artcontent"
    r"|news[_-]?content|newscontent|content[_-]?body|contentbody|articlecon|article[_-]?con|pages_content|bt[_-]content|info[_-]?content|xxgk_content|detail[_-]?content|details[_-]?content|con_con|entry-content|post-content"
    r"|mainbody|main_?text|maintext|xl_content|xilan_cont|textcontent|text_content|view_content|content_text|wz_content|scroll_wrap|ewb-article-info|arc_body|article_text|artibody|txtcontent|detail-content|post_text|cont_text|rich_media_content)(?:$|[\s_-])",
)


_TITLE: Final = re.compile(
    r"(?:^|[\s_-])(?:title|tit|biaoti|bt|arti[_-]?title|article[_-]?title|news[_-]?title|art[_-]?tit(?:le)?|h1|headline|newstitle|articletitle|zwbt|xl_title|xl_tit|content[_-]?title|info[_-]?title|detail[_-]?title|con[_-]?title|contenttitle|wz_title|xilan_tit|z1|show_tit|bigtitle)\d?(?:$|[\s_-])",
)
_CRUMBS: Final = re.compile(
    r"crumb|location|position|dqwz|weizhi|curr?ent.?pos|(?:^|[\s_-])(?:wz|loc|dz|bread|path|mbx|lujing|local)\d?(?:$|[\s_-])"
)
_AD: Final = re.compile(
    r"(?:^|[\s_-])(?:ads?|advert\w*|adsbygoogle|ad[_-]?(?:box|block|banner|wrap|slot|area|side|top|bottom|left|right|container)\w*|guanggao|gg[_-]?(?:box|w|ad)|tuiguang|promo(?:tion)?|sponsor(?:ed)?)\d*(?:$|[\s_-])",
)
MAX_NAME: Final = 200
_HEADINGS: Final = {"h1": 2.5, "h2": 1.5, "h3": 1.2}
_NAMED_TITLE: Final = 2.0


class Sort(NamedTuple):
    """What is told of an element before anything is known of its content."""

    tag: str
    frame: bool  # belongs to the page's frame
    body: bool  # holds the text
    crumbs: bool  # holds the path of columns
    ad: bool
    level: float  # how much it looks like a title by itself, 0 for no heading
    named: bool  # any of these: worth a second look


@lru_cache(maxsize=16_384)
def sort_of(tag: str, ident: str, classes: str) -> Sort:
    """What an element's tag, `id` and `class` say; the two attributes of at most `MAX_NAME` characters."""
    name = f"{ident} {classes}"[:MAX_NAME].lower() if ident or classes else ""
    body = is_body(name)
    frame = tag in _FRAME_TAGS or (
        tag not in _NEVER_FRAME
        and not body
        and bool(_FRAME.search(name) or _FRAME_PREFIX.search(name))
        and not _OWN_HEAD.search(name)
    )
    crumbs, ad = bool(_CRUMBS.search(name)), bool(_AD.search(name))
    level = _HEADINGS.get(tag, 0.0)
    if tag != "h1" and _TITLE.search(name):
        level = _NAMED_TITLE
    return Sort(tag, frame, body, crumbs, ad, level, frame or body or crumbs or ad or level > 0)


def is_body(name: str) -> bool:
    """Whether an element's id or class names the holder of the text."""
    return bool(name and _BODY.search(f" {name} "))
