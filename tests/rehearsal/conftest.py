"""A serving rehearsal web, as its own process."""

import json
import subprocess
import sys
import time
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]


class Served:
    """A running web: what it announced, and where it logs."""

    def __init__(self, folder, *arguments):
        self.log = folder / "requests.jsonl"
        command = [sys.executable, "-m", "rehearsal", "serve", "--log", str(self.log), *arguments]
        self.process = subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE)
        self.about = json.loads(self.process.stdout.readline())

    def requests(self):
        """The request log so far."""
        return [json.loads(line) for line in self.log.read_text().splitlines()]

    def requests_of(self, agent, count):
        """The logged requests of one user agent, once there are `count`: a row follows its answer."""
        for _ in range(100):
            rows = [row for row in self.requests() if row["agent"] == agent]
            if len(rows) >= count:
                return rows
            time.sleep(0.05)
        raise AssertionError(f"{agent}: {len(rows)} requests in the log after five seconds, not {count}")

    def stop(self):
        """Ends the process; gives its exit code."""
        self.process.terminate()
        code = self.process.wait(10)
        self.process.stdout.close()
        return code


@pytest.fixture(scope="module")
def small(tmp_path_factory):
    """Two units, seed 7: enough for every kind of page."""
    served = Served(tmp_path_factory.mktemp("rehearsal"), "--seed", "7", "--units", "2", "--pages", "760")
    yield served
    served.stop()
