"""Hidden link blocks, and all that honest pages hide."""

import pytest
from selectolax.lexbor import LexborHTMLParser

from cleaning.hidden import hidden_roots
from cleaning.outline import outline
from cleaning.page import HiddenBlock

BASE = "http://www.linzhou.gov.cn/index.html"
SPAM = "<a href='http://www.bet888.com/'>澳门新葡京注册送彩金</a><a href='http://www.bet999.net/'>时时彩投注平台</a>"
PLAIN = "".join(f"<a href='http://www.site{n}.com/'>本地汽车资讯{n}</a>" for n in range(12))

HIDDEN = {
    "display-none": f"<div style='display:none'>{SPAM}</div>",
    "visibility": f"<div style='VISIBILITY: hidden'>{SPAM}</div>",
    "sheet": f"<style>.k9{{display:none}}</style><div class='a k9'>{SPAM}</div>",
    "attribute": f"<div hidden>{SPAM}</div>",
    "indent": f"<p style='text-indent:-9999px'>{SPAM}</p>",
    "position": f"<div style='position:absolute;left:-5000px'>{SPAM}</div>",
    "one-pixel": f"<div style='width:1px;height:1px;overflow:hidden'>{SPAM}</div>",
    "marquee": f"<marquee width=1 height=1>{SPAM}</marquee>",
    "colour": f"<div style='color:#fff;background:#ffffff'>{SPAM}</div>",
    "script-string": '<script>document.write(\'<div style="display:none">'
    + SPAM.replace("'", '"')
    + "</div>');</script>",
    "script-wrap": "<script>document.write(\"<div style='display:none'>\")</script>"
    + SPAM
    + "<script>document.write('</div>')</script>",
    "farm": f"<div style='display:none'>{PLAIN}</div>",
    "each-link": "".join(
        f"<a style='display:none' href='http://b{n}.com/'>百家乐</a><a href=/ok>公开</a>" for n in range(3)
    ),
}

HONEST = {
    "menu": "<ul style='display:none'><li><a href='/zwgk/'>政务公开</a></li><li><a href='/bsfw/'>办事服务</a></li></ul>",
    "departments": "<div style='display:none'>" + "".join(f"<a href='http://bm{n}.anyang.gov.cn/'>市直部门{n}</a>" for n in range(40)) + "</div>",
    "friend-links": "<div style='display:none'>友情链接" + "".join(f"<a href='http://www.bendi{n}.com/'>本地新闻网{n}</a>" for n in range(12)) + "</div>",
    "media-tab": "<div style='display:none'><a href='http://www.people.com.cn/'>人民网</a><a href='http://www.xinhuanet.com/'>新华网</a><a href='http://www.hnr.cn/'>大河网</a></div>",
    "share": "<div hidden><a href='http://service.weibo.com/share'>微博</a><a href='https://connect.qq.com/'>QQ</a></div>",
    "popup": "<div style='display:none;position:fixed;left:50%;margin-left:-500px'><a href='http://www.kefu.com/x'>智能问答</a></div>",
    "visible-spam": SPAM,
}  # fmt: skip


def _hidden(inner: str) -> tuple[HiddenBlock, ...]:
    page = outline(LexborHTMLParser(f"<body><p>正文</p>{inner}<p>页脚</p>"))
    return tuple(root.block for root in hidden_roots(page, BASE))


@pytest.mark.parametrize("case", HIDDEN)
def test_block_no_visitor_can_see_is_found(case: str) -> None:
    """Each way of hiding, with foreign spam or a farm of foreign sites in it."""
    blocks = _hidden(HIDDEN[case])
    assert len(blocks) == 1
    assert len(blocks[0].links) >= 2
    assert all(link.startswith("http://") and "linzhou" not in link for link in blocks[0].links)


@pytest.mark.parametrize("case", HONEST)
def test_what_honest_pages_hide_is_not_reported(case: str) -> None:
    """Menus, tabs, pop-ups, friend links and share buttons are hidden everywhere."""
    assert _hidden(HONEST[case]) == ()
