"""Forms and their roles."""

import pytest
from selectolax.lexbor import LexborHTMLParser

from cleaning.forms import read_forms
from cleaning.outline import Outline, outline
from cleaning.read import read

BASE = "http://www.x.gov.cn/hd/index.html"


def _page(html: str) -> Outline:
    return outline(LexborHTMLParser(html))


@pytest.mark.parametrize(
    ("inner", "role"),
    [
        ("<input name=searchword placeholder=请输入关键词>", "search"),
        ("<input name=user><input type=password name=pw>", "login"),
        ("<input name=title><input name=tel><textarea name=content></textarea>", "mailbox"),
        ("<input name=name><input type=file name=attachment>", "upload"),
        ("<input type=radio name=vote value=1><input type=submit>", "other"),
    ],
)
def test_role(inner: str, role: str) -> None:
    """What a form is for, told from its fields and words."""
    (form,) = read_forms(_page(f"<form action=../do method=POST>{inner}</form>"), BASE)
    assert form.role == role
    assert form.action == "http://www.x.gov.cn/do"
    assert form.method == "post"


def test_fields_keep_order_and_hidden_state_is_named() -> None:
    """All named controls, in document order."""
    (form,) = read_forms(
        _page("<form><input type=hidden name=__VIEWSTATE><select name=kind></select><input id=q></form>"),
        BASE,
    )
    assert form.fields == ("__VIEWSTATE", "kind", "q")


SITE_SEARCH = "<form action=/search><input name=keyword><input type=submit value=搜索></form>"
ROWS = "".join(f"<tr><td>A{n}</td><td>第{n}项行政职权，依据某某条例办理</td></tr>" for n in range(9))


def test_a_form_of_the_main_content_is_told_from_the_site_s_own() -> None:
    """The same search twice: the one in the content is the list's, the one in the header everybody's."""
    page = read(
        f"<title>权力清单</title><div class=header>{SITE_SEARCH}</div><div class=nav><a href=/>首页</a></div>"
        f"<div class=main><h1>权力清单</h1><div id=zoom>{SITE_SEARCH}<table>{ROWS}</table></div></div>".encode(),
        BASE,
        content_type="text/html; charset=utf-8",
    )
    assert [form.inner for form in page.forms] == [False, True]
    assert [form.inner for form in read_forms(_page(SITE_SEARCH * 2), BASE, (True,))] == [False, False]


def test_fields_in_no_form() -> None:
    """A letter's fields that a script sends are a form; a box for remarks, or one beside a log-in, is none."""
    letter = (
        "<li>姓名<input type=text name=xm></li><li>电话<input type=text></li><li>内容<textarea name=nr></textarea></li>"
    )
    (form,) = read_forms(_page(f"<div>{letter}<div>提交</div></div>"), BASE)
    assert (form.role, form.fields, form.inner) == ("mailbox", ("xm", "nr"), False)
    assert read_forms(_page("<textarea></textarea><input type=button value=发表评论>"), BASE) == ()
    assert read_forms(_page(f"{letter}<input type=password>"), BASE) == ()
    assert len(read_forms(_page(f"<form>{letter}</form>"), BASE)) == 1
