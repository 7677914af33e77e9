"""`caifeng page` for people: a Chinese card, nothing of the record's own spelling."""

from __future__ import annotations

import io
import re
import time
from datetime import UTC, datetime

import pytest
from rich.console import Console

from console.cli.card import card, tables
from indicators import catalogue

PAGE = {
    "round": "try", "key": "http://a.gov.cn/x", "url": "http://a.gov.cn/x#top", "host": "a.gov.cn", "units": ["130100"],
    "end": "stored", "token": "e-1", "epoch": "e", "serial": 1, "outlinks": [{"key": "http://a.gov.cn/y"}],
    "depth": 2, "status": 200, "via": "browser", "fetched_at": datetime(2026, 3, 1, 16, 30, tzinfo=UTC), "elapsed": 0.2,
    "address": "127.0.0.1", "headers": [["Server", "nginx"]], "media": "html", "charset": "gb18030",
    "declared_charset": "utf-8", "sha256": "ab" * 32, "wire_bytes": 1200, "bytes": 34_000, "title": "办事指南",
    "site_title": "某市", "text": "全文", "text_length": 1234, "text_cut": False, "published": "2026-02-03",
    "source": "市政府", "column_path": ["首页", "办事"], "page_type": "guide", "judged": "kept", "verdict": "duplicate",
    "reasons": [{"code": "exact-copy", "detail": "http://a.gov.cn/z", "where": "text", "weight": 1.0}],
    "findings": [{"code": "hidden-links", "detail": "外站", "where": "hidden", "weight": 1.0}],
    "duplicate_of": "http://a.gov.cn/z", "same_as": ["http://b.gov.cn/x"],
    "tags": [{"code": "1.1.2-M01", "strength": "chrome", "confidence": 0.876, "snippet": "原话", "zone": "list"}],
    "archive": {"uri": "w-1.warc.gz", "offset": 1_234_567, "length": 890}, "dom_archive": None,
}  # fmt: skip
FAILED = {
    "round": "try", "key": "http://a.gov.cn/x", "url": "http://a.gov.cn/x", "units": [], "end": "failed", "depth": 0,
    "reason": "http-4xx", "detail": "HTTP 404", "status": 404, "via": "http", "attempts": 2,
    "at": datetime(2026, 3, 1, 16, 30, tzinfo=UTC),
}  # fmt: skip


@pytest.fixture
def elsewhere(monkeypatch: pytest.MonkeyPatch):
    """The machine's clock is in another zone."""
    with monkeypatch.context() as local:
        local.setenv("TZ", "America/New_York")
        time.tzset()
        yield
    time.tzset()


def drawn(record: dict[str, object]) -> str:
    """The whole card as it is printed."""
    console = Console(width=140, file=io.StringIO())
    for table in tables(record):
        console.print(table)
    return console.file.getvalue()


def test_a_stored_page_is_told_in_chinese(elsewhere) -> None:
    """Time in Beijing wherever the machine is, and a word for every code."""
    told = dict(card(PAGE))
    assert told["采集时间"] == "2026-03-02 00:30:00（北京时间）"
    assert told["深度"] == "2（从入口最少点击 2 次）"
    assert (told["采集方式"], told["状态"], told["判定"]) == ("浏览器", "HTTP 200", "重复")
    assert told["重复"] == "与 http://a.gov.cn/z 重复"
    assert told["别的单位也有"] == "http://b.gov.cn/x"
    assert told["存档"] == "w-1.warc.gz，从第 1,234,567 字节起 890 字节"
    assert told["编码"] == "gb18030（网页自称 utf-8）"
    assert told["种类"] == "网页 · 办事指南"
    assert "渲染后的存档" not in told


def test_reasons_findings_and_points_have_names() -> None:
    """A verdict's reasons in words, a point with its name in the catalogue."""
    text = drawn(PAGE)
    assert "与另一页完全相同（exact-copy）" in text
    assert "暗链或违法外链（hidden-links）" in text
    assert catalogue.load().points["1.1.2-M01"].name[:8] in text
    assert "入口" in text
    assert "0.88" in text


@pytest.mark.parametrize(
    ("code", "detail", "shown"),
    [
        ("not-service", "bias: every page starts here", "起点分：什么都没看到时先算不是"),
        ("not-service", "structure_limit: marks of one kind", "官方标志说的是同一件事"),
        ("service-content", "topic: nearest to what governments write", "内容最接近政府自己写的"),
        ("hidden-links", "in-view: 3 links, e.g. http://b.com/", "3 个链接，例如 http://b.com/"),
        ("near-copy", "http://a.gov.cn/z (distance 2)", "http://a.gov.cn/z（指纹差 2 位）"),
        ("attachment", "pdf: no-text", "pdf：没有文字层（扫描件）"),
        ("soft-404", "as http://a.gov.cn/no, which does not exist", "和并不存在的 http://a.gov.cn/no 回答得一样"),
    ],
)
@pytest.mark.parametrize("field", ["reasons", "findings"])
def test_stored_reasons_are_worded_as_judge_words_them(field: str, code: str, detail: str, shown: str) -> None:
    """The record keeps its English; the card has the same Chinese as `caifeng judge`."""
    text = drawn(PAGE | {field: [{"code": code, "detail": detail, "where": "text", "weight": 1.0}]})
    assert shown in text
    assert detail not in text


@pytest.mark.parametrize("record", [PAGE, FAILED])
def test_nothing_of_the_records_own_spelling_is_shown(record) -> None:
    """No field names, no brackets of Python, no True and None, no +00:00."""
    text = drawn(record)
    assert "http://a.gov.cn/x" in text
    fields = "|".join(name for name in PAGE if "_" in name)
    assert not re.search(rf"{{'|\[\[|\bTrue\b|\bFalse\b|\bNone\b|\+00:00|{fields}", text)
    assert "stored" not in text
    assert "nginx" not in text


def test_a_failed_url_is_told_with_its_cause() -> None:
    """The word, the code for `--reason`, the detail; what a page alone has is left out."""
    told = dict(card(FAILED))
    assert told["原因"] == "网页不存在或不给看（http-4xx）：HTTP 404"
    assert (told["尝试"], told["深度"]) == ("3 次", "0（就是入口）"), "two passes before the last"
    assert not {"判定", "存档", "大小", "规范写法"} & set(told)


def test_a_point_that_left_the_catalogue_is_still_shown() -> None:
    """An older round's card does not fail over a newer catalogue."""
    assert "（目录里已没有）" in drawn(PAGE | {"tags": [PAGE["tags"][0] | {"code": "9.9.9-M99"}]})


def test_a_cause_is_told_in_chinese() -> None:
    """Our own sentences; a library's own stands as it is."""
    told = dict(card(FAILED | {"reason": "timeout", "status": 0, "detail": "no whole answer within 60.0 s"}))
    assert told["原因"] == "超时（timeout）：60.0 秒内没有完整的答复"
    told = dict(card(FAILED | {"reason": "broken", "detail": "Something of a library"}))
    assert told["原因"] == "答复中断或不是网页协议（broken）：Something of a library"
