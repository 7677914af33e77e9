"""The archive's volume fills in mid-crawl: workers stop claiming, say so, and go on by themselves when there is room."""

from __future__ import annotations

import asyncio
import os
import subprocess
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from console.cli import words
from crawler.reasons import Halt
from rounds import life
from rounds.supervise import Ending
from tests.promises.playing import Size, assert_whole, judged, round_on_rehearsal, truth_of

pytestmark = [pytest.mark.slow, pytest.mark.timeout(120)]

SEED = 5200
SMALL = Size(units=1, pages=200)


@pytest.fixture
def volume(tmp_path: Path) -> Iterator[Path]:
    """A volume of 6 MB."""
    folder = tmp_path / "volume"
    folder.mkdir()
    mounted = subprocess.run(
        ["mount", "-t", "tmpfs", "-o", "size=6m", "tmpfs", str(folder)], capture_output=True, text=True, check=False
    )
    if mounted.returncode:
        pytest.skip(f"NOT TESTED: a full disk; a small tmpfs cannot be mounted here ({mounted.stderr.strip()})")
    try:
        yield folder
    finally:
        subprocess.run(["umount", str(folder)], check=True)


def fill(path: Path) -> None:
    """Take every byte that is left."""
    file = os.open(path, os.O_WRONLY | os.O_CREAT)
    for size in (1 << 16, 1):
        try:
            while os.write(file, bytes(size)):
                pass
        except OSError:
            continue
    os.close(file)


async def test_a_full_disk_costs_time_alone(here, volume) -> None:
    """Nothing is stored, claimed or counted as a death while it is full; freed, the round ends as the truth."""
    truth = await truth_of(SEED, SMALL)
    here = replace(here, archive_url=volume.as_uri())
    filler = volume / "filler"
    async with round_on_rehearsal(here, SEED, workers=2, size=SMALL) as (supervisor, snapshots, frontier):
        running = asyncio.create_task(supervisor.run())
        async with frontier() as watch:
            while (await watch.counts()).stored < 40:
                await asyncio.sleep(0.02)
            fill(filler)
            while not all(Halt.DISK_FULL in worker.halts for worker in await watch.workers()):
                await asyncio.sleep(0.05)
            told = words.halt_lines(await watch.workers())
            await asyncio.sleep(2.5)  # what was archived already is stored meanwhile
            before = await watch.counts()
            await asyncio.sleep(1.5)
            after = await watch.counts()
            shown = snapshots[-1]
            filler.unlink()
        ending = await running
        played = await judged(here, supervisor, ending, truth)
    assert after.stored == before.stored
    assert after.queued >= before.queued > 0, "claims went on, or the disk did not fill in mid-crawl"
    (sentence,) = told
    assert "磁盘已满" in sentence
    assert str(volume) in sentence
    assert words.halt_lines(shown.workers) == told
    journal = [one.what for one in life.get(here, played.name).journal]
    stopped = next(at for at, what in enumerate(journal) if "暂停领取网址" in what and str(volume) in what)
    assert any("接着领取网址" in what for what in journal[stopped:])
    logs = "".join(path.read_text() for path in (here.home / "logs" / played.name).glob("*.log"))
    assert "No space left on device" in logs, "no write has failed"
    assert played.ending is Ending.AT_REST
    assert played.restarts == 0
    assert_whole(played)
    assert played.comparison.fetched_twice == ()
    assert played.audited.leftovers == ()
