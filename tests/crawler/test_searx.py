"""Questions to a SearXNG instance and what its answers say."""

from __future__ import annotations

import orjson
import pytest

from crawler.channels import searx
from crawler.channels.errors import BadAddress, BadAnswer

URL = searx.question("http://127.0.0.1:8888/search", "site:a.gov.cn 通知", 2, engines=("bing", "baidu"))


def answer(**changes) -> bytes:
    row = {"url": "http://a.gov.cn/1", "title": "一", "content": "文", "engine": "bing", "engines": ["bing", "baidu"]}
    return orjson.dumps({"query": "q", "results": [row], "unresponsive_engines": [["google", "timeout"]]} | changes)


def test_a_question_comes_back_out_of_its_url() -> None:
    """The URL holds all that the answer needs to be placed: after a kill nothing else is left."""
    assert searx.asked_of(URL) == ("site:a.gov.cn 通知", 2)
    assert "format=json" in URL
    assert "engines=bing%2Cbaidu" in URL


def test_results_have_places_over_all_pages_and_silent_engines_are_named() -> None:
    """The first result of the second page is the eleventh."""
    found = searx.read_answer(URL, answer())
    assert found.hits == (searx.Hit("http://a.gov.cn/1", "一", "文", ("bing", "baidu"), 11),)
    assert found.silent == ("google",)


def test_results_that_lead_nowhere_are_left_out() -> None:
    """An engine's own links are no pages."""
    assert searx.read_answer(URL, answer(results=[{"url": "javascript:1"}, {"url": None}])).hits == ()


@pytest.mark.parametrize(
    "body",
    [b"<!DOCTYPE html><html>SearXNG</html>", b"", b"[]", b'{"error": 1}', b'{"results": 3}', b'{"results": [1]}'],
)
def test_what_is_no_answer_is_refused_by_name(body) -> None:
    """The instance is named, with what to change in its settings; its query, which may be long, is not."""
    with pytest.raises(BadAnswer, match=r"127\.0\.0\.1:8888") as refused:
        searx.read_answer(URL, body)
    assert "search.formats" in str(refused.value)


def test_an_instance_is_an_address() -> None:
    """Without a path it is /search; what is none is refused."""
    assert searx.instance_url("http://127.0.0.1:8888") == "http://127.0.0.1:8888/search"
    assert searx.instance_url("https://s.example/x/search") == "https://s.example/x/search"
    for wrong in ("", "s.example", "ftp://s.example/", "http://s.example/search?q=1"):
        with pytest.raises(BadAddress):
            searx.instance_url(wrong)
