"""Room on the archive's volume: when claims stop, and when they go on."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crawler.reasons import Halt
from pipelines.archive_room import LOW_BYTES, Marks, Room, enough, free_and_total, marks_of
from pipelines.errors import BadMark
from tests.pipelines.making import CheckingFrontier, Worker

GB = 2**30


@pytest.mark.parametrize(("total", "mark"), [(2_000 * GB, LOW_BYTES), (6 * 2**20, 6 * 2**20 // 20), (0, 0)])
def test_the_low_mark_suits_the_volume(total, mark):
    """512 MB, or a twentieth of a small volume."""
    assert Marks().low(total) == mark


@given(free=st.integers(0, 2 * GB), total=st.integers(0, 100 * GB))
def test_a_halt_ends_only_well_above_the_mark(free, total):
    """Whatever is enough after a halt was enough before it; between the marks nothing changes."""
    assert enough(free, total, halted=False) or not enough(free, total, halted=True)
    assert enough(free, total, halted=True) == (free >= 2 * Marks().low(total))


def test_claims_stop_below_the_mark_and_go_on_well_above():
    """They do not stop and start by the page; the worker is told the folder."""
    worker = Worker(CheckingFrontier())
    room = Room(Path("/volume/R1"), worker)
    told = []
    for free in (600, 511, 600, 1_023, 1_024, 512):
        room.looked(free * 2**20, 100 * GB)
        told.append(worker.halts.get(Halt.DISK_FULL, ""))
    assert told == ["", "/volume/R1", "/volume/R1", "/volume/R1", "", ""]


def test_a_failed_write_halts_whatever_the_volume_says():
    """A quota is full where the volume is not: claims go on after a write was made and the volume was looked at."""
    worker = Worker(CheckingFrontier())
    room = Room(Path("/volume"), worker)
    room.told(failing=True)
    room.looked(50 * GB, 100 * GB)
    assert worker.halts
    room.told(failing=False)
    room.looked(50 * GB, 100 * GB)
    assert worker.halts == {}


def test_a_write_that_was_made_after_all_is_not_enough():
    """One page may just have fitted: the volume is looked at before more are claimed."""
    worker = Worker(CheckingFrontier())
    room = Room(Path("/volume"), worker)
    room.told(failing=True)
    room.told(failing=False)
    assert worker.halts
    room.looked(50 * GB, 100 * GB)
    assert worker.halts == {}


def test_a_folder_that_is_still_to_be_made_is_measured(tmp_path):
    """By the nearest one above it."""
    free, total = free_and_total(tmp_path / "a" / "b")
    assert 0 < free <= total == os.statvfs(tmp_path).f_blocks * os.statvfs(tmp_path).f_frsize


@pytest.mark.parametrize(
    ("pause", "resume", "low", "high"),
    [
        ("20GB", "", 20 * GB, 40 * GB),
        ("5%", "10%", 5 * GB, 10 * GB),
        ("500 mb", "1.5GB", 500 * 2**20, GB * 3 // 2),
        ("20GB", "5%", 20 * GB, 20 * GB),
    ],
)
def test_marks_are_settings(pause, resume, low, high):
    """Bytes or a share of the volume; the second is twice the first where it is not given, and never below it."""
    marks = marks_of(pause, resume)
    assert (marks.low(100 * GB), marks.high(100 * GB)) == (low, high)


def test_a_room_goes_by_the_marks_it_was_given():
    """Paused below the first, on again from the second."""
    worker = Worker(CheckingFrontier())
    room = Room(Path("/volume"), worker, marks_of("20GB", "30GB"))
    told = []
    for free in (21, 19, 29, 30):
        room.looked(free * GB, 100 * GB)
        told.append(Halt.DISK_FULL in worker.halts)
    assert told == [False, True, True, False]


@pytest.mark.parametrize(("pause", "resume"), [("a lot", ""), ("20", ""), ("0%", ""), ("100%", ""), ("20GB", "10GB")])
def test_marks_that_cannot_be_are_refused(pause, resume):
    """By name, before anything is claimed."""
    with pytest.raises(BadMark):
        marks_of(pause, resume)
