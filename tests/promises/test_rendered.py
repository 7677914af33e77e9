"""Many pages in the browser: memory, processes, zombies, and no page lost when Chromium is killed with pages open in it."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
LEAK = 100  # MB per 1,000 pages; what tabs that are never renewed keep is 2 to 3 MB a page, twenty times as much


def test_five_hundred_pages_leave_nothing_behind_and_twenty_kills_lose_none() -> None:
    """The form of `benchmarks/render_pool.py` that a test can wait for; its long ones have 5,000 and 20,000 pages."""
    command = [sys.executable, "benchmarks/render_pool.py", "--pages", "500", "--kills", "20", "--json"]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=600, check=True)
    assert "never retrieved" not in done.stderr, "a task of ours died unheard"
    told = json.loads(done.stdout.splitlines()[-1])
    assert (told["pages"], told["lost"]) == (500, 0)
    assert (told["kills"], told["lost_by_kills"]) == (20, 0)
    assert told["asked_again"] > 0, "no kill met an open page"
    assert 0 < told["renderers"] <= told["places"]
    assert told["slope"] < LEAK
    assert {name: number for name, number in told.items() if name.startswith("left_")} == {
        "left_main": 0,
        "left_renderer": 0,
        "left_zombie": 0,
    }
