"""`services.json`: what runs where.  Written here; `crawler/settings.py` reads the first five keys."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path

import orjson

from pipelines.whole_file import whole_file

FILE = "services.json"
SCHEMA_VERSION = 1


@dataclass(frozen=True, slots=True)
class Services:
    """Where a round's parts are.  `browser` is a path, empty where no browser is installed."""

    redis_url: str
    mongo_url: str
    archive_url: str  # a file:// URL, or a prefix in an object store; holds no credentials
    home: Path
    browser: str
    browser_args: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Process:
    """A server we started.  `mark` tells it from a later process under the same number."""

    pid: int
    mark: str
    port: int
    directory: Path


@dataclass(frozen=True, slots=True)
class Record:
    """The whole file: the services, and the processes behind the local ones (`redis`, `mongo`)."""

    services: Services
    processes: dict[str, Process] = field(default_factory=dict)


def read(home: Path) -> Record | None:
    """The record of `home`; None when there is none or it cannot be read as one (it is then made anew)."""
    try:
        return _decode(home, (home / FILE).read_bytes())
    except (OSError, ValueError, KeyError, TypeError, AttributeError):
        return None


def write(record: Record) -> None:
    """Replace the file in one step.  It may hold passwords of named services: readable by its owner only."""
    services = record.services
    body = {
        "redis_url": services.redis_url,
        "mongo_url": services.mongo_url,
        "archive_url": services.archive_url,
        "browser": services.browser,
        "browser_args": list(services.browser_args),
        "schema_version": SCHEMA_VERSION,
        "processes": {
            name: {"pid": one.pid, "mark": one.mark, "port": one.port, "directory": str(one.directory)}
            for name, one in record.processes.items()
        },
    }
    with whole_file(services.home / FILE, mode=0o600) as file:
        file.write(orjson.dumps(body, option=orjson.OPT_INDENT_2 | orjson.OPT_APPEND_NEWLINE))


def remove(home: Path) -> None:
    """Forget the record."""
    (home / FILE).unlink(missing_ok=True)


def _decode(home: Path, raw: bytes) -> Record:
    body = orjson.loads(raw)
    if body["schema_version"] != SCHEMA_VERSION:
        raise ValueError("written by another version")
    services = Services(
        redis_url=str(body["redis_url"]),
        mongo_url=str(body["mongo_url"]),
        archive_url=str(body["archive_url"]),
        home=home,
        browser=str(body["browser"]),
        browser_args=tuple(str(one) for one in body["browser_args"]),
    )
    processes = {
        str(name): Process(int(one["pid"]), str(one["mark"]), int(one["port"]), Path(one["directory"]))
        for name, one in body["processes"].items()
    }
    return Record(services, processes)
