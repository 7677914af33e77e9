"""The whole pipeline inside a real Scrapy process, ended normally and by SIGKILL between write and ack."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from pipelines.archive_reader import read
from pipelines.store.reader import RoundReader
from pipelines.store.records import archive_of
from tests.pipelines.making import ROUND, key_of

PATHS = [f"/{number}" for number in range(30)]


@pytest.fixture
def run(store_url, database, tmp_path):
    """Run a worker over these paths; gives its exit code, its log, and the acks of all runs so far."""
    acks = tmp_path / "acks"

    def worker(paths, *, first_serial=1, fault=""):
        done = subprocess.run(
            [
                sys.executable, "-m", "tests.pipelines.worker_program", store_url, str(tmp_path / "archive"), str(acks),
                str(first_serial), *paths,
            ],
            cwd=Path(__file__).parents[2],
            env=os.environ | {"CAIFENG_FAULT": fault},
            capture_output=True,
            text=True,
            timeout=120,
            check=False,
        )  # fmt: skip
        acked = [tuple(line.split()) for line in acks.read_text().splitlines()] if acks.exists() else []
        return done.returncode, done.stderr, acked

    return worker


@pytest.mark.slow
def test_every_page_is_archived_judged_stored_and_acked(run, database):
    """Scrapy drives the five steps without a warning; closing loses nothing of the last batch."""
    code, log, acked = run(PATHS)
    assert (code, log) == (0, "")
    assert sorted(acked) == sorted((key_of(path), "stored") for path in PATHS)
    pages = list(RoundReader(database, ROUND).pages())
    assert len(pages) == len(PATHS)
    for page in pages:
        assert read(archive_of(page)).body == b"<p>page</p>"
        assert page["judged"] in {"kept", "irrelevant"}
        assert page["depth"] == 1


@pytest.mark.slow
def test_a_kill_between_write_and_ack_loses_and_doubles_nothing(run, database):
    """Records of the killed flush stand without their acks; the next worker's write makes no second record."""
    code, _, acked = run(PATHS, fault="die-between-write-and-ack=2")
    assert code == -signal.SIGKILL
    written = {page["key"] for page in RoundReader(database, ROUND).pages()}
    over = {key for key, _ in acked}
    assert over < written
    left = [path for path in PATHS if key_of(path) not in over]
    code, log, acked = run(left, first_serial=100)
    assert (code, log) == (0, "")
    assert sorted(acked) == sorted((key_of(path), "stored") for path in PATHS)
    pages = list(RoundReader(database, ROUND).pages())
    assert [page["key"] for page in pages] == sorted(map(key_of, PATHS))
    assert all(read(archive_of(page)).url == page["url"] for page in pages)


@pytest.mark.slow
def test_acks_before_the_write_lose_pages(run, database):
    """The order is what protects: with acks moved first, the same kill leaves URLs ended that have no record."""
    code, _, acked = run(PATHS, fault="die-between-ack-and-write=2")
    assert code == -signal.SIGKILL
    written = {page["key"] for page in RoundReader(database, ROUND).pages()}
    assert {key for key, _ in acked} - written
