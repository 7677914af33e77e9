"""What the operator sees of workers that claim nothing for the time being, and of an archive nothing can be written to."""

from __future__ import annotations

import asyncio
import time

from console.cli.watching import CrawlProgress
from crawler.exits import Exit
from crawler.frontier.contract import Counts
from crawler.frontier.redis import RedisFrontier, WorkerInfo
from crawler.reasons import Halt
from rounds.services import archive
from rounds.supervise import Snapshot

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
