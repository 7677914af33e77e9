"""What the operator sees of workers that claim nothing for the time being, and of an archive nothing can be written to."""

from __future__ import annotations

import asyncio
import time
from datetime import datetime
from zoneinfo import ZoneInfo

from console.cli.steps import errands_line, saying
from console.cli.watching import CrawlProgress
from crawler.channels.errands import Progress
from crawler.exits import Exit
from crawler.frontier.contract import Counts, Waiting
from crawler.frontier.redis import RedisFrontier, State, WorkerInfo
from crawler.reasons import Halt
from rounds.services import archive
from rounds.supervise import Snapshot
from tests.crawler.conftest import granted

HALTS = {Halt.DISK_FULL.value: "/archive/R1"}


def halted(name: str) -> WorkerInfo:
    return WorkerInfo(name, 1, "m", time.time(), 0, 0, 2, HALTS)


def test_status_names_a_full_disk(caifeng, services_here, round_name) -> None:
    """One sentence for all its workers, saying what to free; the codes stand in the JSON."""

    async def report() -> None:
        frontier = await RedisFrontier.open(services_here["CAIFENG_REDIS_URL"], round_name)
        told = {"pid": 1, "machine": "m", "fetched": 0, "rendered": 0, "busy": 2, "halts": HALTS}
        for worker in ("w1", "w2"):
            await frontier.renew(worker, told, [])
        await frontier.close()

    caifeng("round", "new", round_name, "--site", "http://127.0.0.1:9/")
    asyncio.run(report())
    shown = caifeng("status", round_name).out.replace("\n", "")
    assert "磁盘已满" in shown
    assert "/archive/R1；2 个进程" in shown
    assert [one["halts"] for one in caifeng("status", round_name, "--json").json["workers"]] == [HALTS, HALTS]


def test_progress_names_a_full_disk(capsys) -> None:
    """In the lines of a crawl whose output is no terminal; no word of it where nothing is wrong."""
    for workers in ([halted("w1")], []):
        with CrawlProgress("轮次", delay=1.0, host_concurrency=1) as progress:
            progress(Snapshot(time.time(), Counts(), {}, workers, 1, 0))
        assert ("磁盘已满" in capsys.readouterr().err) is bool(workers)


def test_status_and_progress_say_until_when_pages_wait(caifeng, services_here, round_name, capsys) -> None:
    """Beijing time, in both; no time left is made up where nothing tells it."""

    async def asleep() -> Waiting | None:
        frontier = await RedisFrontier.open(services_here["CAIFENG_REDIS_URL"], round_name)
        await frontier.set_state(State.RUNNING)
        while not (leases := await granted(frontier)):  # the host's delay after its robots.txt
            await asyncio.sleep(0.05)
        (lease,) = leases
        await frontier.defer(lease, 3600.0, "HTTP 503")
        waiting = await frontier.waiting()
        await frontier.close()
        return waiting

    caifeng("round", "new", round_name, "--site", "http://127.0.0.1:9/", "--delay", "0.1")
    waiting = asyncio.run(asleep())
    assert waiting is not None
    until = f"{datetime.fromtimestamp(waiting.last, ZoneInfo('Asia/Shanghai')):%H:%M} 再试"
    told = caifeng("status", round_name, "--json").json
    assert told["waiting"]["urls"] == 1
    assert 3000 < told["seconds_left"] <= 3600
    counts = Counts(found=1, delayed=1)
    with CrawlProgress("轮次", delay=0.1, host_concurrency=1) as progress:
        progress(Snapshot(time.time(), counts, {"127.0.0.1:9": counts}, [], 1, 0, waiting))
    for shown in (caifeng("status", round_name).out.replace("\n", ""), capsys.readouterr().err):
        assert "1 页等到" in shown
        assert until in shown
    with CrawlProgress("轮次", delay=0.1, host_concurrency=1) as progress:
        progress(Snapshot(time.time(), counts, {"127.0.0.1:9": counts}, [], 1, 0))
    assert "大约还要" not in capsys.readouterr().err


def test_a_piped_run_of_errands_says_whom_it_waits_for(capsys) -> None:
    """A line now and then, with the hosts and until when; not one for each report."""
    hosts = tuple(f"{letter}.test" for letter in "abcd")
    progress = Progress(1, 1, 4, hosts, Waiting(4, time.time() + 30, time.time() + 30))
    with saying("估计采集率……") as say:
        for _ in range(3):
            say(errands_line("名单", progress))
    said = capsys.readouterr().err
    assert said.count("名单：已问 1，失败 1，还有 4；在等 a.test、b.test、c.test 等 4 个主机，4 页等到") == 1
    assert errands_line("名单", Progress(5, 1, 0, hosts)) == "名单：已问 5，失败 1，还有 0"


def test_nothing_is_crawled_into_a_full_or_missing_archive(caifeng, services_here, round_name, monkeypatch) -> None:
    """Refused before any site is asked: 11 for a full volume, 5 for a place that cannot be written to."""
    caifeng("round", "new", round_name, "--site", "http://127.0.0.1:9/")
    with monkeypatch.context() as full:
        full.setenv(archive.PAUSE, "1000TB")
        ran = caifeng("crawl", round_name, "--accept")
    assert ran.code == Exit.DISK
    assert "磁盘已满" in ran.err
    monkeypatch.setenv(archive.VARIABLE, "/proc/nothing-can-be-made-here")
    assert caifeng("up").code == Exit.SERVICES
    monkeypatch.setenv(archive.VARIABLE, "s3://operator:tr0ub4dor@bucket/x")
    ran = caifeng("up")
    assert ran.code == Exit.SERVICES
    assert "tr0ub4dor" not in ran.out + ran.err
