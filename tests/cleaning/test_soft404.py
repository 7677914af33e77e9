"""The print of an answer to an address that does not exist."""

import pytest

from cleaning.soft404 import print_of

MADE_UP = "http://a.cn/cf0a1b2c3d4e5f6071.html"


def of(key: str, text: str, title: str = "提示") -> int:
    """Of a page with this main text."""
    return print_of(key, title, "某县人民政府", text)


@pytest.mark.parametrize(
    "key", ["http://a.cn/art/12.html", "http://a.cn/xx.jsp?id=7&from=/zw/t1.html", "http://a.cn/信息/", "http://a.cn/"]
)
def test_the_address_and_numbers_do_not_count(key: str) -> None:
    """An error page repeats what was asked for, and tells the time."""

    def said(address: str, minute: int) -> str:
        return f"您要找的{address.removeprefix('http://a.cn')}搬走了，现在是10:{minute}，请从首页找起。"

    assert of(key, said(key, 7)) == of(MADE_UP, said(MADE_UP, 31)) != 0


def test_other_words_are_another_page() -> None:
    """In the text as in the title."""
    gone = "您要找的东西搬走了，请从首页找起。"
    assert len({of(MADE_UP, gone), of(MADE_UP, f"{gone}再见"), of(MADE_UP, gone, "通知")}) == 3


@pytest.mark.parametrize("text", ["", "2024-01-01 10:30", "无 1", "页面" * 20_000])
def test_what_tells_too_little_or_too_much_has_no_print(text: str) -> None:
    """No main text, numbers alone, a word, a book."""
    assert of(MADE_UP, text) == 0
