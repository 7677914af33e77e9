"""An archive in an object store: two machines write it, a third one audits and reads it with nothing but addresses."""

from __future__ import annotations

import asyncio
import os
import signal
import subprocess
import sys
import threading
from dataclasses import replace
from datetime import UTC, datetime

import pytest

from crawler.frontier.redis import RedisFrontier
from pipelines.store.connect import connect
from pipelines.store.segments import segments_of
from rounds import life
from rounds.supervise import Supervisor
from tests.console.conftest import CHECKOUT
from tests.crawler.sites import hostile
from tests.crawler.sites.crawling import Crawled, go_on, plan_of, services_of
from tests.crawler.sites.scripted import Asked, Wire, serving

WIDTH = 40
HOSTS = ("one.test", "two.test")
PAGES = frozenset(host + path for host in HOSTS for path in ("/", *(f"/{number}.html" for number in range(WIDTH))))
READ = """
import sys
from crawler.items import ArchiveRef
from pipelines.archive_reader import read
sys.stdout.buffer.write(read(ArchiveRef(sys.argv[1], int(sys.argv[2]), int(sys.argv[3]))).body)
"""


class Gated:
    """Two hosts that know each other, every page of both one click from their homes; answers wait for the gate."""

    def __init__(self) -> None:
        self.gate = threading.Event()

    async def __call__(self, asked: Asked, wire: Wire) -> None:
        """The page, as soon as the gate is open."""
        while not self.gate.is_set():
            await asyncio.sleep(0.02)
        links = [f"http://{host}/" for host in HOSTS] + [f"/{number}.html" for number in range(WIDTH)]
        anchors = "".join(f"<a href={link}>链接</a>" for link in links if asked.target == "/")
        await wire.reply(hostile.page(f"{anchors}{asked.host}{asked.target} {hostile.TEXT}", asked.host + asked.target))


@pytest.mark.slow
async def test_another_machine_reads_what_two_have_written(
    s3_settings, s3_bucket, redis_url, mongo_url, mongo_database, round_name, tmp_path, process
) -> None:
    """One worker of each machine, one of them killed with a segment in hand: each page once, every byte readable."""
    url = f"s3://{s3_bucket}/archive"
    here, there = (
        replace(services_of(tmp_path / home, redis_url, mongo_url, mongo_database), archive_url=url)
        for home in ("here", "there")
    )

    async def killed(supervisor: Supervisor) -> None:
        known = await reported(redis_url, round_name, 2)
        site.gate.set()
        while len(web.asked()) < WIDTH // 2:
            await asyncio.sleep(0.02)
        site.gate.clear()
        for pid in supervisor.children.values():
            os.kill(pid, signal.SIGKILL)
        await reported(redis_url, round_name, 3, known)
        site.gate.set()

    site = Gated()
    with serving(site) as web:
        plan = plan_of(round_name, web.port, *HOSTS, limits=plan_limits(), delay=0.02)
        await life.create(here, plan, catalogue="1", who="test", now=datetime.now(UTC))
        runs: tuple[Crawled, Crawled] = await asyncio.gather(go_on(here, plan, during=killed), go_on(there, plan))
    assert runs[0].stored == PAGES
    assert runs[0].closed()
    assert runs[0].restarts == 1
    assert [*(tmp_path / "here" / "archive").iterdir(), *(tmp_path / "there" / "archive").iterdir()] == []
    written = {record["archive"]["uri"] for record in runs[0].records.values()}
    assert_registered(here.mongo_url, round_name, written)
    third = tmp_path / "third"
    third.mkdir()
    environment = s3_settings | {
        "CAIFENG_HOME": str(third / "home"),
        "CAIFENG_REDIS_URL": redis_url,
        "CAIFENG_MONGO_URL": here.mongo_url,
        "CAIFENG_ARCHIVE_URL": url,
    }
    await asyncio.to_thread(read_from_afar, process, third, round_name, environment)


async def reported(redis_url: str, name: str, workers: int, known: frozenset[str] = frozenset()) -> frozenset[str]:
    """Wait until so many workers were up, the `known` ones among them: which of them is quicker must not matter."""
    frontier = await RedisFrontier.open(redis_url, name)
    try:
        while len(known) < workers:
            known |= {info.worker for info in await frontier.workers()}
            await asyncio.sleep(0.05)
        return known
    finally:
        await frontier.close()


def plan_limits():
    """Room for a home page's links, and time for the other worker to come up."""
    return plan_of("x", 1, *HOSTS).limits.model_copy(update={"links": 100, "page_seconds": 60.0})


def assert_registered(mongo_url: str, name: str, written: set[str]) -> None:
    """Both machines have written, and no record names what is not registered."""
    database = connect(mongo_url)
    try:
        segments = list(segments_of(database, name))
    finally:
        database.client.close()
    assert written <= {segment.url for segment in segments}
    assert len({segment.worker for segment in segments}) >= 2
    assert len(segments) < len(PAGES) / 2, "pages share segments"


def read_from_afar(process, folder, name: str, environment: dict[str, str]) -> None:
    """The audit reads every page back; a page's card leads to its very bytes."""
    audited = process("audit", name, "--json", cwd=folder, **environment)
    assert (audited.code, audited.json["differences"]) == (0, []), audited.err
    assert audited.json["archived"] == len(PAGES)
    (found,) = process("page", "http://two.test/7.html", "--round", name, "--json", cwd=folder, **environment).json
    ref = found["archive"]
    body = subprocess.run(
        [sys.executable, "-c", READ, ref["uri"], str(ref["offset"]), str(ref["length"])],
        cwd=folder, env=os.environ | environment | {"PYTHONPATH": str(CHECKOUT)}, capture_output=True, check=True,
    ).stdout  # fmt: skip
    assert b"two.test/7.html" in body
