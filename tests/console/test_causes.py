"""Why a URL could not be had, in Chinese: from the sentences that the crawler itself makes."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import UTC, datetime

import pytest

from console.cli.causes import cause
from crawler.decide import Fail, on_answer
from crawler.errors import FetchError
from crawler.fetch.decoding import decode
from tests.crawler.sites.crawling import plan_of
from tests.pipelines.making import lease

NOW = datetime(2026, 11, 30, tzinfo=UTC)


@pytest.mark.parametrize(
    ("headers", "hops", "shown"),
    [
        ((), 0, "HTTP 302，却没有说转到哪里"),
        ((("Location", "/x"),), 99, "跳转回自己 100 次"),
    ],
)
def test_redirects_that_lead_nowhere(headers: tuple[tuple[str, str], ...], hops: int, shown: str) -> None:
    """As the decision words them."""
    decision = on_answer(replace(lease("/x", 1), hops=hops), plan_of("R", 80, "a.gov.cn"), 302, headers, NOW)
    assert isinstance(decision, Fail)
    assert cause(decision.detail) == shown


@pytest.mark.parametrize(
    ("body", "encoding", "shown"),
    [
        (b"no brotli", "br", "压缩内容解不开："),
        (b"page", ",".join(["gzip"] * 30), "网站说压缩了 30 层"),
        (b"page" * 100, "", "内容超过上限 10 字节"),
    ],
)
def test_bodies_that_cannot_be_had(body: bytes, encoding: str, shown: str) -> None:
    """As decoding words them."""
    with pytest.raises(FetchError) as error:
        decode(body, encoding, 10)
    assert cause(str(error.value)).startswith(shown)


@pytest.mark.parametrize(
    ("detail", "shown"),
    [
        ("Cannot connect to host a.cn:80 ssl:default [Connect call failed ('1.2.3.4', 80)]", "a.cn:80 不接受连接"),
        ("a.cn could not be reached 9 times in a row", "a.cn 连续 9 次连不上"),
        ("3 workers died while it was open", "3 个采集进程在它上面崩溃"),
        ("no address for a.cn: NXDOMAIN", "a.cn 查不到地址"),
        ("what a library says", "what a library says"),
    ],
)
def test_other_causes(detail: str, shown: str) -> None:
    """Numbers and names are kept; what is not ours stands as it is."""
    assert cause(detail) == shown
    assert re.search("[\u4e00-\u9fff]", shown) or shown == detail
