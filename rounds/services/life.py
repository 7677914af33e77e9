"""The set as a whole: brought up on demand under a lock, found again by later commands, stopped together."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from filelock import FileLock, Timeout

from rounds.errors import NotStarted, ProgramMissing, ServersGone, ServicesBusy
from rounds.services import archive, browser, mongo, process, record, redis
from rounds.services.record import Process, Record, Services
from rounds.services.server import Kind

HOME = "CAIFENG_HOME"
REDIS = "CAIFENG_REDIS_URL"
MONGO = "CAIFENG_MONGO_URL"
PATIENCE = 300.0  # seconds to wait for another command that is starting or stopping the set


def home_of(home: Path | None = None) -> Path:
    """Where local data lies: as given, else `CAIFENG_HOME`, else `.caifeng` in the current directory."""
    return (home or Path(os.environ.get(HOME) or ".caifeng")).expanduser().resolve()


def ensure(home: Path | None = None) -> Services:
    """The services, started where they are local and not running.  Idempotent and cheap when all is well.

    A dead local server is started again on its old port, so that its clients go on.  `browser` is empty where none is
    installed (`rounds.services.browser.find` then says how to get one).  Raises a `ServicesError`; what this call
    started is stopped again then.
    """
    home = home_of(home)
    with _locked(home):
        known = record.read(home)
        processes = dict(known.processes) if known else {}
        started: list[tuple[Kind, Process]] = []
        try:
            redis_url = _named(REDIS, redis.reach) or redis.url(
                _local("redis", redis.KIND, redis.start, home, processes, started)
            )
            mongo_url = _named(MONGO, mongo.reach) or mongo.url(
                _local("mongo", mongo.KIND, mongo.start, home, processes, started)
            )
            services = _services(home, redis_url, mongo_url)
            fresh = Record(services, processes)
            if fresh != known:
                record.write(fresh)
        except BaseException:
            for kind, one in reversed(started):
                process.end(one, kind.farewell)
            raise
        return services


def current(home: Path | None = None) -> Services | None:
    """The services as they stand, nothing started; None when there is no record or one of them does not answer."""
    known = record.read(home_of(home))
    if known is None or not _standing(known):
        return None
    return known.services


def fallen(services: Services) -> tuple[str, ...]:
    """Names of the local servers these services stand on whose process has ended.  Asks no server.

    Servers that others run are never among them.  Raises `ServersGone` where the record is: somebody stopped the set.
    """
    known = record.read(services.home)
    if known is None:
        raise ServersGone(f"{services.home} 的本机服务被停掉了（caifeng down）。没有丢失；接着采就会再启动它们")
    return tuple(KINDS[name].name for name, one in _local_to(services, known).items() if not process.alive(one))


def stands_on_local(services: Services) -> bool:
    """Whether any of these servers was started by us, so that we may start it again."""
    known = record.read(services.home)
    return known is not None and bool(_local_to(services, known))


def revive(services: Services) -> tuple[str, ...]:
    """Start those that have fallen, on their old ports; the names of those this call started.

    Servers that run are left alone, also one that does not answer just now.  Raises `ServersGone` where the set was
    stopped on purpose or a server could not have its port again, and any other `ServicesError` of a failed start.
    """
    with _locked(services.home):
        down = fallen(services)
        known = record.read(services.home)
        assert known is not None
        for name, start in (("redis", redis.start), ("mongo", mongo.start)):
            if KINDS[name].name not in down:
                continue
            before = known.processes[name]
            known.processes[name] = start(services.home / name)
            record.write(known)
            if known.processes[name].port != before.port:
                raise ServersGone(
                    f"{KINDS[name].name} 重新启动后换了端口：原来的端口被别的程序占用。没有丢失；请接着采"
                )
        return down


def stop(home: Path | None = None) -> list[str]:
    """Stop the local servers of `home`; the names of those that ran.  Data stays.  Named services are left alone."""
    home = home_of(home)
    if not home.is_dir():
        return []
    with _locked(home):
        known = record.read(home)
        stopped = []
        for name, kind in KINDS.items():
            ours = [known.processes[name]] if known and name in known.processes else []
            ours += process.leftovers(home / name, kind.program)
            if [True for one in ours if process.end(one, kind.farewell)]:
                stopped.append(kind.name)
        record.remove(home)
        return stopped


KINDS = {"redis": redis.KIND, "mongo": mongo.KIND}


def _local(
    name: str,
    kind: Kind,
    start: Callable[..., Process],
    home: Path,
    processes: dict[str, Process],
    started: list[tuple[Kind, Process]],
) -> Process:
    """The running server, or a new one; `processes` and `started` are brought up to date."""
    known = processes.get(name)
    if known is not None and process.alive(known):
        if kind.answers(known.port):
            return known
        process.end(known, kind.farewell)  # it hangs: its data is safe on disk
    processes[name] = start(home / name)
    started.append((kind, processes[name]))
    return processes[name]


def _named(variable: str, reach: Callable[[str, str], None]) -> str:
    """The address a variable names, once it was reached; empty when it names none."""
    address = os.environ.get(variable, "").strip()
    if address:
        reach(address, variable)
    return address


def _services(home: Path, redis_url: str, mongo_url: str) -> Services:
    try:
        found = browser.find()
    except ProgramMissing:
        found = browser.Browser("", ())
    return Services(redis_url, mongo_url, archive.address(home), home, found.path, found.arguments)


def _standing(known: Record) -> bool:
    """Whether every local server of the record answers.  Named ones are checked by whoever connects."""
    return all(
        process.alive(one) and KINDS[name].answers(one.port) for name, one in _local_to(known.services, known).items()
    )


def _local_to(services: Services, known: Record) -> dict[str, Process]:
    """The record's processes that the services' addresses lead to, by name."""
    addresses = {"redis": (services.redis_url, redis.url), "mongo": (services.mongo_url, mongo.url)}
    return {
        name: known.processes[name]
        for name, (address, url_of) in addresses.items()
        if name in known.processes and url_of(known.processes[name]) == address
    }


@contextmanager
def _locked(home: Path) -> Iterator[None]:
    """One command at a time starts or stops the set of `home`."""
    try:
        home.mkdir(parents=True, exist_ok=True)
        lock = FileLock(home / "services.lock", timeout=PATIENCE)
        lock.acquire()
    except Timeout as error:
        raise ServicesBusy(
            f"另一个命令正在启动或停止 {home} 的服务，等了 {PATIENCE:.0f} 秒还没结束。请等它结束后再试"
        ) from error
    except OSError as error:
        raise NotStarted(
            f"数据目录不能用：{home}（{error.strerror}）。请检查权限，或用 CAIFENG_HOME 换一个目录"
        ) from error
    try:
        yield
    finally:
        lock.release()
