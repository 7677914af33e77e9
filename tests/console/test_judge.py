"""`caifeng judge`: one page or many, explained; no services asked."""

from __future__ import annotations

import json
import re
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import ClassVar

import pytest

from cleaning import actors, messages, topics
from cleaning.reasons import ReasonCode
from cleaning.terms import LISTS, rule_table
from console.cli import explaining
from crawler.exits import Exit
from tests.cleaning import making_documents as making

PAGE = """<html><head><meta charset="utf-8"><title>权力清单_某某市人民政府</title>
<meta name="SiteName" content="某某市人民政府"><meta name="ColumnName" content="权力清单"></head><body>
<h1>某某市人民政府权力清单</h1><div class="content"><p>为推进政务公开，现公布本市行政权力事项清单，
办事群众可按部门查询行政许可、行政处罚、行政征收事项的办理依据、办理流程和所需材料。</p>
<p>咨询电话见办事指南。市政务服务中心负责解释。</p></div><a href="/qlqd/2.html">下一页</a></body></html>"""
PROMISED = {"url", "verdict", "reasons", "title", "text", "published", "language", "encoding", "links", "simhash", "page_type", "points"}  # fmt: skip
SHARED = Path(__file__).parents[2] / "../shared/data"


def test_a_file_is_judged_with_every_promised_field(caifeng, tmp_path) -> None:
    """The JSON has at least what other tools rely on, links absolute by `--url`."""
    file = tmp_path / "a.html"
    file.write_text(PAGE, encoding="utf-8")
    ran = caifeng("judge", str(file), "--url", "http://www.mou.gov.cn/qlqd/1.html", "--json")
    assert ran.code == Exit.OK, ran.err
    found = ran.json
    assert set(found) >= PROMISED
    assert found["url"] == "http://www.mou.gov.cn/qlqd/1.html"
    assert found["verdict"] in {"kept", "irrelevant", "harmful", "ad", "duplicate"}
    assert found["encoding"] == "utf-8"
    assert "行政权力事项清单" in found["text"]
    assert [link["url"] for link in found["links"]] == ["http://www.mou.gov.cn/qlqd/2.html"]
    assert all({"code", "detail", "where"} <= set(reason) for reason in found["reasons"])
    assert all({"code", "strength", "confidence", "snippet"} <= set(point) for point in found["points"])
    assert len(found["simhash"]) == 16


def test_attachments_are_read_and_their_silence_explained(caifeng, tmp_path) -> None:
    """A power list in a workbook is evidence like one on a page; a scan says that it has no text."""
    rows = (
        ("序号", "权力事项名称", "权力类型", "设定依据"),
        ("1", "取水许可", "行政许可", "水法"),
        ("2", "采砂许可", "行政许可", "水法"),
    )
    file = tmp_path / "a.xlsx"
    file.write_bytes(making.workbook({"某某市水利局权力清单": rows}))
    found = caifeng("judge", str(file), "--url", "http://www.mou.gov.cn/qlqd.xlsx", "--json").json
    assert (found["verdict"], found["page_type"], found["title"]) == ("kept", "attachment", "某某市水利局权力清单")
    assert "采砂许可" in found["text"]
    assert found["points"]
    scan = tmp_path / "b.pdf"
    scan.write_bytes(making.pdf([], []))
    found = caifeng("judge", str(scan), "--json").json
    assert (found["verdict"], found["text"], found["reasons"][0]["detail"]) == ("kept", "", "pdf: no-text")


def test_people_are_told_why_in_chinese(caifeng, tmp_path) -> None:
    """Verdict, reasons and evidence, readable."""
    file = tmp_path / "a.html"
    file.write_text(PAGE, encoding="utf-8")
    shown = caifeng("judge", str(file), "--url", "http://www.mou.gov.cn/qlqd/1.html").out
    for word in ("判定：", "标题：", "理由", "正文"):
        assert word in shown


def test_a_batch_gives_one_line_per_line_in_order(caifeng, tmp_path) -> None:
    """Files are found beside the index wherever the command runs; a page without a URL is judged too."""
    (tmp_path / "pages").mkdir()
    rows = []
    for number in range(3):
        (tmp_path / "pages" / f"{number}.html").write_text(PAGE, encoding="utf-8")
        rows.append({"file": f"pages/{number}.html", "url": f"http://h{number}.gov.cn/" if number else ""})
    index = tmp_path / "index.jsonl"
    index.write_text("\n".join(json.dumps(row) for row in rows) + "\n\n", encoding="utf-8")
    ran = caifeng("judge", "--batch", str(index), "--json")
    assert ran.code == Exit.OK, ran.err
    lines = [json.loads(line) for line in ran.out.splitlines()]
    assert [line["url"] for line in lines] == ["", "http://h1.gov.cn/", "http://h2.gov.cn/"]
    assert all(set(line) >= PROMISED for line in lines)


@pytest.mark.parametrize(
    ("line", "says"),
    [
        ("{", "第 2 行"),
        ("[]", "第 2 行"),
        ('{"url": "http://a.test/"}', "file"),
        ('{"file": "no.html", "url": "http://a.test/"}', "no.html"),
        ('{"file": "a.html", "url": 3}', "url"),
    ],
)
def test_a_wrong_index_is_refused_whole(caifeng, tmp_path, line, says) -> None:
    """Line and field are named, and not even the good first line is judged."""
    (tmp_path / "a.html").write_text(PAGE, encoding="utf-8")
    index = tmp_path / "index.jsonl"
    index.write_text('{"file": "a.html", "url": "http://a.test/"}\n' + line + "\n", encoding="utf-8")
    ran = caifeng("judge", "--batch", str(index))
    assert ran.code == Exit.BAD_INPUT
    assert "第 2 行" in ran.err
    assert says in ran.err
    assert ran.out == ""


def test_the_same_bytes_give_the_same_judgement(caifeng, process, tmp_path) -> None:
    """Another process, from stdin or a file, says the same, byte for byte."""
    file = tmp_path / "a.html"
    file.write_text(PAGE, encoding="utf-8")
    here = caifeng("judge", "-", "--url", "http://a.gov.cn/", "--json", stdin=PAGE.encode())
    there = process("judge", str(file), "--url", "http://a.gov.cn/", "--json")
    assert here.code == there.code == Exit.OK
    assert here.out == there.out


class Site(BaseHTTPRequestHandler):
    """A page, a redirect to it, and rules that forbid a folder."""

    asked: ClassVar[list[tuple[str, str]]] = []

    def do_GET(self) -> None:
        """Answer."""
        self.asked.append((self.path, self.headers["User-Agent"]))
        robots = b"User-agent: caifeng\nDisallow: /private/\n"
        status, body = {"/": (200, PAGE.encode()), "/robots.txt": (200, robots), "/old": (302, b"")}.get(
            self.path, (404, b"")
        )
        self.send_response(status)
        if status == 302:
            self.send_header("Location", "/")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_words: object) -> None:
        """Say nothing."""


@pytest.fixture
def site() -> Iterator[str]:
    """A site on loopback."""
    Site.asked.clear()
    server = ThreadingHTTPServer(("127.0.0.1", 0), Site)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    server.server_close()
    thread.join()


def test_a_url_is_fetched_once_politely(caifeng, site) -> None:
    """robots.txt first, then the page, redirects followed, under our own name."""
    ran = caifeng("judge", f"{site}/old", "--json")
    assert ran.code == Exit.OK, ran.err
    assert "权力清单" in ran.json["title"]
    assert [path for path, _ in Site.asked] == ["/robots.txt", "/old", "/"]
    assert {agent for _, agent in Site.asked} == {"caifeng/0.1 (loopback only)"}


@pytest.mark.parametrize(("path", "says"), [("/private/x", "robots.txt"), ("/none", "404")])
def test_a_url_that_may_not_or_cannot_be_had_says_so(caifeng, site, path, says) -> None:
    """A refusal by rules or status is an answer, not a crash."""
    ran = caifeng("judge", f"{site}{path}")
    assert ran.code == Exit.NOT_FOUND
    assert says in ran.err
    assert ("/private/x", "caifeng/0.1 (loopback only)") not in Site.asked


def test_the_collected_pages_are_all_judged(caifeng) -> None:
    """The whole developer set, one line out per line in."""
    index = SHARED / "index.jsonl"
    if not index.exists():
        pytest.skip(f"the collected pages are not on this machine: {index}")
    ran = caifeng("judge", "--batch", str(index), "--json")
    assert ran.code == Exit.OK, ran.err
    assert len(ran.out.splitlines()) == len(index.read_text(encoding="utf-8").splitlines())


def test_every_name_a_reason_begins_with_has_its_words() -> None:
    """Marks and word groups of the rules, topics, messages, and the signs of an actor: none is shown by its bare name."""
    marks = rule_table("relevance")["structure"].keys() - {"table_off_topic"}
    groups = {group for name in LISTS for group in rule_table(name)["groups"]}
    parts = {f"topic {name}" for name in topics.CLASSES} | {f"message {name}" for name in messages.CLASSES}
    assert marks | groups | parts <= set(explaining.NAMES)
    page = "市公安局组织开展行动。市长出席。〔2020〕12号。根据办法规定。各有关单位：现将名单公示。申请材料。监督电话。革命烈士。来信反映。"
    for sign in actors.signs("关于某某事项的通知公告 ", page):
        shown = explaining.told(ReasonCode.SERVICE_CONTENT, f"actor: {sign}")
        assert not re.search("[a-z]{4}", shown), shown


@pytest.mark.parametrize(
    ("detail", "shown"),
    [
        ("bias: every page starts here", "起点分：什么都没看到时先算不是"),
        ("silent_text: 183 characters", "正文不短，却没有一个政务用词：183 字"),
        ("display-none: 2 links, e.g. http://b.com/ 彩票", "用样式藏起：2 个链接，例如 http://b.com/ 彩票"),
        ("topic pastime: 球队 +0.9", "内容像消遣，最像的字词：球队 +0.9"),
        ("您访问的页面不存在", "您访问的页面不存在"),
    ],
)
def test_reasons_are_told_in_words(detail: str, shown: str) -> None:
    """The page's own words stay; our names become words."""
    assert explaining.told(ReasonCode.NOT_SERVICE, detail) == shown


def test_how_to_read_the_weights_is_said(caifeng, tmp_path) -> None:
    """Below the reasons stands what their weights speak for: keeping, or the verdict that was given."""
    file = tmp_path / "a.html"
    file.write_text(PAGE, encoding="utf-8")
    assert "加起来不到 0 就判为无关" in caifeng("judge", str(file), "--url", "http://www.mou.gov.cn/1.html").out
    file.write_text(
        PAGE.replace(
            "</body>",
            "<div style='display:none'><a href='http://b.com/'>百家乐</a><a href='http://c.com/'>时时彩</a></div></body>",
        ),
        encoding="utf-8",
    )
    shown = caifeng("judge", str(file), "--url", "http://www.mou.gov.cn/1.html").out
    assert "越说明该判“有害”" in shown
    assert "2 个链接" in shown
