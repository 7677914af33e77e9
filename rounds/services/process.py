"""Server processes: started in a session of their own, known again later, ended with care."""

from __future__ import annotations

import os
import signal
import subprocess
import time
from collections.abc import Sequence
from pathlib import Path

import psutil

from rounds.services.record import Process

OPEN_FILES = 64_000  # what MongoDB's production notes ask for; the hard limit caps it
STEP = 0.05  # seconds between looks at a process that is coming up or going down
_children: dict[int, subprocess.Popen[bytes]] = {}  # started by this very process: to be reaped by it


def spawn(command: Sequence[str], directory: Path, log: Path, port: int) -> Process:
    """Start a server that outlives this command: own session, working in `directory`, output appended to `log`."""
    with log.open("ab") as output:
        child = subprocess.Popen(  # noqa: S603  the command is ours, an argument list without a shell
            command,
            cwd=directory,
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )
    _children[child.pid] = child
    _raise_open_files(child.pid)
    return Process(child.pid, mark_of(child.pid) or "", port, directory)


def mark_of(pid: int) -> str | None:
    """Boot id and start tick of a living process: together with the number unique on a machine; None when it is gone."""
    try:
        fields = Path(f"/proc/{pid}/stat").read_bytes().rpartition(b")")[2].split()
        boot = Path("/proc/sys/kernel/random/boot_id").read_text(encoding="ascii").strip()
    except OSError:
        return None
    state, threads, started = fields[0], int(fields[17]), int(fields[19])
    ended = state in (b"Z", b"X") and threads <= 1  # a dead first thread may wait for others that still hold the files
    return None if ended else f"{boot}:{started}"


def alive(process: Process) -> bool:
    """Whether this very process still runs; a stranger under a recycled number does not count."""
    mark = mark_of(process.pid)
    child = _children.pop(process.pid, None) if mark is None else None
    if child is not None:
        child.wait()  # ended: reap it
    return mark is not None and mark == process.mark


def end(process: Process, patience: float) -> bool:
    """SIGTERM, and SIGKILL after `patience` seconds; True when it was running.  Never signals a stranger."""
    if not alive(process):
        return False
    for number, seconds in ((signal.SIGTERM, patience), (signal.SIGKILL, 5.0)):
        try:
            os.kill(process.pid, number)
        except ProcessLookupError:
            break
        if wait_gone(process, seconds):
            break
    return True


def wait_gone(process: Process, seconds: float) -> bool:
    """Wait until the process is gone; False when it is still there after `seconds`."""
    deadline = time.monotonic() + seconds
    while alive(process):
        if time.monotonic() >= deadline:
            return False
        time.sleep(STEP)
    return True


def leftovers(directory: Path, program: str) -> list[Process]:
    """Servers at work in `directory` that no record names: their starter died before it could write one."""
    found = []
    for one in psutil.process_iter(["name", "cwd"]):
        if one.info["name"] == program and one.info["cwd"] == str(directory):
            mark = mark_of(one.pid)
            if mark is not None:
                found.append(Process(one.pid, mark, 0, directory))
    return found


def tail(log: Path, lines: int = 20) -> str:
    """The last lines of a log, for a message; empty when there is none."""
    try:
        text = log.read_bytes()[-8_000:].decode("utf-8", "replace")
    except OSError:
        return ""
    return "\n".join(text.splitlines()[-lines:])


def _raise_open_files(pid: int) -> None:
    """Lift the soft limit of a server to what it needs: a login shell's 1,024 is too few for MongoDB."""
    try:
        server = psutil.Process(pid)
        soft, hard = server.rlimit(psutil.RLIMIT_NOFILE)
        if soft < OPEN_FILES:
            server.rlimit(psutil.RLIMIT_NOFILE, (min(OPEN_FILES, hard), hard))
    except (psutil.Error, OSError, ValueError):
        return  # the server runs all the same and warns in its own log
