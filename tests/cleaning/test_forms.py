"""Forms and their roles."""

import pytest
from selectolax.lexbor import LexborHTMLParser

from cleaning.forms import read_forms
from cleaning.outline import Outline, outline

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
