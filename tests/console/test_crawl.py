"""A round from `round new` to `export`, run as people run it: real processes, a real site on loopback."""

from __future__ import annotations

import csv
import io
import json
import os
import re
import signal
import subprocess
import sys
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from urllib.request import urlopen

import pytest

from crawler.exits import Exit

CHECKOUT = Path(__file__).parents[2]
PAGES = 12
TEXT = "本市政务服务中心办事指南，群众可以在线查询办理材料、办理流程与收费依据。"


class Site:
    """A home page that links to numbered pages and to one that is missing until `mended` is set."""

    def __init__(self, pages: int) -> None:
        self.asked: Counter[str] = Counter()
        self.mended = False
        site = self
        links = (
            "".join(f'<a href="/p{number}.html">第{number}页</a>' for number in range(pages))
            + '<a href="/late.html">迟来</a>'
        )

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                site.asked[self.path] += 1
                known = self.path == "/" or self.path.startswith("/p") or (self.path == "/late.html" and site.mended)
                body = f"<html><head><meta charset=utf-8><title>{self.path}</title></head><body><p>{TEXT * 3}{self.path}</p>{links}</body></html>"
                raw = body.encode() if known else b"none"
                self.send_response(200 if known else 404)
                self.send_header("Content-Type", "text/html")
                self.send_header("Content-Length", str(len(raw)))
                self.end_headers()
                self.wfile.write(raw)

            def log_message(self, *_words: object) -> None:
                """Say nothing."""

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self.server.server_port}"
        self.thread = threading.Thread(target=self.server.serve_forever)
        self.thread.start()

    def close(self) -> None:
        """Stop."""
        self.server.shutdown()
        self.server.server_close()
        self.thread.join()


@pytest.fixture
def site() -> Iterator[Callable[[int], Site]]:
    """Start a site of so many pages."""
    started: list[Site] = []

    def start(pages: int) -> Site:
        started.append(Site(pages))
        return started[-1]

    yield start
    for one in started:
        one.close()


def test_a_round_is_crawled_audited_exported_and_retried(caifeng, services_here, round_name, site, tmp_path) -> None:
    """Every page once, the dead link a failure; after a retry the mended page is there and the failure gone."""
    here = site(PAGES)
    assert caifeng("round", "new", round_name, "--site", f"{here.url}/", "--delay", "0").code == Exit.OK
    ran = caifeng("crawl", round_name, "--workers", "1", "--json")
    assert ran.code == Exit.OK, ran.err
    assert (ran.json["state"], ran.json["ending"]) == ("finished", "at-rest")
    assert ran.json["counts"]["stored"] == PAGES + 1
    assert ran.json["counts"]["difference"] == 0
    assert ran.json["failures"] == {"http-4xx": 1}
    assert "发现 1" in ran.err  # progress went to stderr, the document alone to stdout
    assert {here.asked[f"/p{number}.html"] for number in range(PAGES)} == {1}

    audited = caifeng("audit", round_name, "--json")
    assert (audited.code, audited.json["pages"], audited.json["differences"]) == (Exit.OK, PAGES + 1, [])

    exported = caifeng("export", round_name, "--what", "pages", "--format", "jsonl")
    rows = [json.loads(line) for line in exported.out.splitlines()]
    promised = {"url", "depth", "status", "verdict", "reasons", "title", "text", "sha256", "simhash", "fetched_at", "via", "archive", "units"}  # fmt: skip
    assert all(promised <= set(row) and {"uri", "offset"} <= set(row["archive"]) for row in rows)
    assert {row["depth"] for row in rows} == {0, 1}
    failures = tmp_path / "failures.csv"
    assert caifeng("export", round_name, "--what", "failures", "--format", "csv", "-o", str(failures)).code == Exit.OK
    assert failures.read_bytes().startswith(b"\xef\xbb\xbf")
    (failed,) = csv.DictReader(io.StringIO(failures.read_text(encoding="utf-8-sig")))
    assert (failed["url"], failed["reason"], failed["status"]) == (f"{here.url}/late.html", "http-4xx", "404")
    assert list(tmp_path.glob(".*.part")) == []

    (record,) = caifeng("page", f"{here.url}/p3.html#top", "--json").json
    assert (record["round"], record["end"], record["depth"]) == (round_name, "stored", 1)
    card = caifeng("page", f"{here.url}/p3.html").out
    assert re.search(r"深度\W+1（从入口最少点击 1 次）", card)
    assert re.search(r"采集时间\W+20[\d: -]+（北京时间）", card)
    assert not re.search(r"\{'|\[\[|fetched_at|\bTrue\b|\+00:00", card)
    assert "网页不存在或不给看（http-4xx）" in caifeng("page", f"{here.url}/late.html").out
    assert "失败：网页不存在或不给看（http-4xx） 1" in caifeng("crawl", round_name).out
    assert caifeng("page", f"{here.url}/nowhere.html").code == Exit.NOT_FOUND

    _replayed(caifeng, round_name, f"{here.url}/p3.html", tmp_path / "page", services_here)
    assert caifeng("replay", round_name, f"{here.url}/late.html").code == Exit.NOT_FOUND

    here.mended = True
    assert caifeng("retry", round_name, "--reason", "timeout", "--json").json["retried"] == 0
    assert caifeng("retry", round_name, "--reason", "no-such").code == Exit.BAD_INPUT
    assert caifeng("retry", round_name, "--reason", "http-4xx", "--json").json["retried"] == 1
    again = caifeng("status", round_name, "--json").json
    assert (again["state"], again["counts"]["queued"], again["counts"]["failed"]) == ("ready", 1, 0)
    assert "还没有采完，还有 1 个网址要采" in caifeng("audit", round_name).out
    done = caifeng("crawl", round_name, "--workers", "1", "--json")
    assert (done.json["counts"]["stored"], done.json["failures"]) == (PAGES + 2, {})
    assert {here.asked[f"/p{number}.html"] for number in range(PAGES)} == {1}
    assert caifeng("audit", round_name, "--json").json["differences"] == []
    finished = caifeng("crawl", round_name)
    assert finished.code == Exit.OK
    assert "已经完成" in finished.err


def _replayed(caifeng, round_name: str, url: str, folder: Path, services: dict[str, str]) -> None:
    """Written out, and served on loopback until it is told to stop: the bytes as they came."""
    written = caifeng("replay", round_name, f"{url}#top", "--output", str(folder), "--json")
    assert (written.code, written.json["url"], written.json["loaded"]) == (Exit.OK, url, [])
    body = (folder / written.json["file"]).read_bytes()
    assert TEXT.encode() in body
    assert caifeng("replay", round_name, url, "--output", str(folder)).code == Exit.BAD_INPUT
    assert caifeng("replay", round_name, url, "--dom").code == Exit.BAD_INPUT
    running = subprocess.Popen(
        [sys.executable, "-m", "console.cli.app", "replay", round_name, url, "--json"],
        cwd=CHECKOUT, env=os.environ | services, stdout=subprocess.PIPE, start_new_session=True,
    )  # fmt: skip
    assert running.stdout is not None
    shown = json.loads(b"".join([*iter(running.stdout.readline, b"}\n"), b"}"]))
    with urlopen(shown["address"]) as answer:
        assert answer.read() == body
    running.send_signal(signal.SIGINT)
    running.communicate(timeout=60)
    assert running.returncode == Exit.OK


def test_ctrl_c_drains_and_leaves_a_round_that_can_be_gone_on_with(caifeng, services_here, round_name, site) -> None:
    """SIGINT ends with INTERRUPTED, nothing is left leased, and the next crawl does the rest, each page once."""
    here = site(40)
    caifeng("round", "new", round_name, "--site", f"{here.url}/", "--delay", "0.2")
    running = subprocess.Popen(
        [sys.executable, "-m", "console.cli.app", "crawl", round_name, "--workers", "1", "--accept"],
        cwd=CHECKOUT, env=os.environ | services_here, stdout=subprocess.PIPE, stderr=subprocess.PIPE, start_new_session=True,
    )  # fmt: skip
    deadline = time.monotonic() + 60
    while sum(here.asked.values()) < 6 and time.monotonic() < deadline:
        time.sleep(0.05)
    running.send_signal(signal.SIGINT)
    out, err = running.communicate(timeout=120)
    assert running.returncode == Exit.INTERRUPTED, err.decode()
    assert f"caifeng crawl {round_name}" in err.decode()
    assert round_name in out.decode()
    left = caifeng("status", round_name, "--json").json
    assert left["counts"]["leased"] == 0
    assert 0 < left["counts"]["stored"] < 41
    assert left["counts"]["difference"] == 0
    assert caifeng("crawl", round_name, "--workers", "1", "--accept", "--json").json["counts"]["stored"] == 41
    assert {path: times for path, times in here.asked.items() if times > 1 and path != "/robots.txt"} == {}


def test_accept_launches_over_dead_seeds_and_they_end_as_failures(caifeng, services_here, round_name, site) -> None:
    """`--accept` is the operator's word: the good site is crawled, the dead one is a failure with its reason."""
    here = site(1)
    made = caifeng(
        "round", "new", round_name, "--delay", "0", "--site", f"{here.url}/", "--site", "http://gone.test/",
        "--resolve", "other.test=127.0.0.1:80", "--organisation", "Test Office", "--contact", "http://o.test/",
    )  # fmt: skip
    assert made.code == Exit.OK, made.err
    ran = caifeng("crawl", round_name, "--workers", "1", "--accept", "--json")
    assert ran.code == Exit.OK, ran.err
    assert ran.json["counts"]["stored"] == 2
    assert ran.json["failures"] == {"http-4xx": 1, "unresolved": 1}
    assert "check" not in caifeng("round", "show", round_name, "--json").json["results"]


def test_an_export_of_nothing_leaves_no_file(caifeng, services_here, tmp_path) -> None:
    """A refused export creates nothing under the name asked for."""
    target = tmp_path / "x.jsonl"
    assert caifeng("export", "NoSuch", "--what", "pages", "-o", str(target)).code == Exit.NOT_FOUND
    assert list(tmp_path.glob("*x.jsonl*")) == []
