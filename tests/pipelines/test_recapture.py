"""A capture back from the archive says what it said when it came."""

from __future__ import annotations

from datetime import UTC, datetime
from types import SimpleNamespace
from typing import Any

import orjson
import pytest

from cleaning.page import ListHead
from crawler.reading import read_capture
from pipelines import recapture as way

ROWS = [{"guid": f"9f{n:04d}", "taskName": f"申请办理第{n}号事项"} for n in range(5)]
BODY = orjson.dumps({"data": {"total": 38, "list": ROWS}})
RECORD = {
    "key": "http://a.test/rest?pageNum=2", "url": "http://a.test/rest?pageNum=2", "status": 200, "via": "http", "elapsed": 0.1,
    "fetched_at": datetime(2026, 12, 1, tzinfo=UTC), "address": "", "archive": {"uri": "a", "offset": 0, "length": 1},
    "dom_archive": None, "media": "data", "title": "服务事项", "site_title": "某市", "column_path": ["首页", "事项"],
}  # fmt: skip


def recaptured(monkeypatch: pytest.MonkeyPatch, record: dict[str, Any], body: bytes) -> Any:
    """What the archived bytes say, read as a record's."""
    monkeypatch.setattr(way, "read", lambda _: SimpleNamespace(headers=(), wire=body, body=body))
    return read_capture(way.recapture(record))


def test_an_answer_keeps_the_name_of_its_list(monkeypatch: pytest.MonkeyPatch) -> None:
    """No archived byte of it holds the list's name: judged again, it would lose what it is evidence of."""
    found = recaptured(monkeypatch, RECORD, BODY)
    assert (found.title, found.site_title, found.column_path) == ("服务事项", "某市", ("首页", "事项"))
    assert set(way.FIELDS) >= {"media", "title", "site_title", "column_path"}
    assert recaptured(monkeypatch, RECORD | {"title": ""}, BODY).title == ""


def test_a_page_is_titled_by_its_own_bytes(monkeypatch: pytest.MonkeyPatch) -> None:
    """A title that older rules read stays behind, and an answer's own name goes before its list's."""
    page = b"<html><head><title>t</title></head><body><p>x</p></body></html>"
    kept = RECORD | {"media": "html", "title": "old"}
    assert recaptured(monkeypatch, kept, page).title != "old"
    monkeypatch.setattr(way, "read", lambda _: SimpleNamespace(headers=(), wire=page, body=page))
    assert way.recapture(kept).list_of is None
    assert way.recapture(RECORD).list_of == ListHead("服务事项", "某市", ("首页", "事项"))
