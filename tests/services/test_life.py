"""The local set as a whole: `ensure`, `current`, `stop`."""

import os
import signal
import subprocess
import sys
import threading
from dataclasses import replace
from pathlib import Path

import psutil
import pymongo
import pytest
import redis as redis_client
from pymongo import WriteConcern

from rounds import services
from rounds.errors import DataVersion, DiskFull, NotStarted, ProgramMissing, Unreachable
from rounds.services import archive, life, mongo, process, record, redis, server

ROOT = Path(__file__).parents[2]


def running(home: Path) -> dict[str, record.Process]:
    """The processes the record of `home` names."""
    known = record.read(home)
    assert known is not None
    return known.processes


def kill(one: record.Process) -> None:
    """SIGKILL, and wait until it is gone."""
    os.kill(one.pid, signal.SIGKILL)
    assert process.wait_gone(one, 10)


def test_the_set_serves_and_keeps_its_data(own_home):
    """Both stores take a durable write, which is still there after `stop` and `ensure`, on the same addresses."""
    first = services.ensure(own_home)
    with redis_client.Redis.from_url(first.redis_url) as client:
        client.set("kept", "yes")
    with pymongo.MongoClient(first.mongo_url) as client:
        kept = client["a"].get_collection("b", write_concern=WriteConcern("majority"))
        kept.insert_one({"_id": 1})
    assert services.stop(own_home) == ["Redis", "MongoDB"]
    assert services.current(own_home) is None

    again = services.ensure(own_home)

    assert again == first
    with redis_client.Redis.from_url(again.redis_url, decode_responses=True) as client:
        assert client.get("kept") == "yes"
    with pymongo.MongoClient(again.mongo_url) as client:
        assert client["a"]["b"].find_one() == {"_id": 1}


def test_redis_is_configured_for_queues(own_home):
    """The append-only file is on, no snapshot interferes, integer buckets are 1,024 long, memory never evicts."""
    with redis_client.Redis.from_url(services.ensure(own_home).redis_url, decode_responses=True) as client:
        settings = client.config_get("*")
    wanted = {
        "appendonly": "yes",
        "appendfsync": "everysec",
        "save": "",
        "set-max-intset-entries": "1024",
        "maxmemory-policy": "noeviction",
        "bind": "127.0.0.1",
    }
    assert {name: settings[name] for name in wanted} == wanted


def test_only_loopback_is_listened_on(own_home):
    """No server of ours can be reached from another machine."""
    services.ensure(own_home)
    for one in running(own_home).values():
        listening = [c for c in psutil.Process(one.pid).net_connections() if c.status == psutil.CONN_LISTEN]
        assert {c.laddr.ip for c in listening} == {"127.0.0.1"}


def test_two_commands_share_one_set(own_home):
    """Commands that start at the same moment end up with the same processes."""
    script = "import sys; from pathlib import Path; from rounds import services; services.ensure(Path(sys.argv[1]))"
    commands = [
        subprocess.Popen([sys.executable, "-c", script, str(own_home)], cwd=ROOT, env=os.environ | {"PYTHONPATH": "."})
        for _ in range(3)
    ]
    assert [one.wait(120) for one in commands] == [0, 0, 0]
    for name, kind in life.KINDS.items():
        assert [one.pid for one in process.leftovers(own_home / name, kind.program)] == [running(own_home)[name].pid]


def test_the_set_outlives_its_command(own_home):
    """Servers started by a command that has ended are found again, and stopped, by another."""
    script = "import sys; from pathlib import Path; from rounds import services; services.ensure(Path(sys.argv[1]))"
    subprocess.run(
        [sys.executable, "-c", script, str(own_home)], cwd=ROOT, env=os.environ | {"PYTHONPATH": "."}, check=True
    )
    before = running(own_home)
    assert services.current(own_home) is not None
    services.ensure(own_home)
    assert running(own_home) == before
    assert services.stop(own_home) == ["Redis", "MongoDB"]
    assert not any(process.alive(one) for one in before.values())


@pytest.mark.parametrize("name", ["redis", "mongo"])
def test_a_killed_server_comes_back_on_its_port(own_home, name):
    """Clients of a server that died find it again where it was; its neighbour is not touched."""
    services.ensure(own_home)
    before = running(own_home)
    kill(before[name])
    assert services.current(own_home) is None

    services.ensure(own_home)

    after = running(own_home)
    assert after[name].pid != before[name].pid
    assert after[name].port == before[name].port
    other = {"redis": "mongo", "mongo": "redis"}[name]
    assert after[other] == before[other]


def test_a_lost_port_moves_both_servers(own_home, occupied):
    """Where another program has taken the ports, the set comes up on others, data and replica set intact."""
    first = services.ensure(own_home)
    with pymongo.MongoClient(first.mongo_url) as client:
        client["a"]["b"].insert_one({"_id": 1})
    ports = [one.port for one in running(own_home).values()]
    services.stop(own_home)
    occupied(*ports)

    second = services.ensure(own_home)

    assert not {one.port for one in running(own_home).values()} & set(ports)
    with pymongo.MongoClient(second.mongo_url) as client:
        kept = client["a"].get_collection("b", write_concern=WriteConcern("majority"))
        kept.insert_one({"_id": 2})
        assert kept.count_documents({}) == 2


def test_a_recycled_process_number_is_left_alone(own_home):
    """A record that names a stranger's pid neither counts as running nor gets the stranger killed."""
    services.ensure(own_home)
    known = record.read(own_home)
    services.stop(own_home)
    stranger = subprocess.Popen(["sleep", "60"])
    try:
        processes = {name: replace(one, pid=stranger.pid) for name, one in known.processes.items()}
        record.write(replace(known, processes=processes))
        assert services.current(own_home) is None
        assert services.stop(own_home) == []
        assert stranger.poll() is None
    finally:
        stranger.kill()
        stranger.wait()


@pytest.mark.parametrize("damage", [b"", b"[]", b'{"schema_version": 1}', b"\xff\xfe{"])
def test_a_damaged_record_is_made_anew(own_home, damage):
    """Whatever stands in services.json, the set comes up, with one server each and the data that was there."""
    first = services.ensure(own_home)
    with redis_client.Redis.from_url(first.redis_url) as client:
        client.set("kept", "yes")
    (own_home / record.FILE).write_bytes(damage)
    assert services.current(own_home) is None

    again = services.ensure(own_home)

    with redis_client.Redis.from_url(again.redis_url, decode_responses=True) as client:
        assert client.get("kept") == "yes"
    for name, kind in life.KINDS.items():
        assert [one.pid for one in process.leftovers(own_home / name, kind.program)] == [running(own_home)[name].pid]


def test_a_half_started_set_is_torn_down(own_home):
    """Where MongoDB cannot start, the Redis of the same call is stopped again and nothing is recorded."""
    (own_home / "mongo").mkdir(parents=True)
    (own_home / "mongo" / "WiredTiger").write_text("not a database")
    (own_home / "mongo" / "WiredTiger.turtle").write_text("not a database")

    with pytest.raises(NotStarted, match="MongoDB"):
        services.ensure(own_home)

    assert not (own_home / record.FILE).exists()
    assert process.leftovers(own_home / "redis", redis.PROGRAM) == []
    assert process.leftovers(own_home / "mongo", mongo.PROGRAM) == []


def test_an_interrupt_leaves_nothing_half_done(own_home, monkeypatch):
    """Ctrl-C between the two starts tears down the first."""

    def interrupted(directory):
        raise KeyboardInterrupt

    monkeypatch.setattr(mongo, "start", interrupted)
    with pytest.raises(KeyboardInterrupt):
        services.ensure(own_home)

    assert process.leftovers(own_home / "redis", redis.PROGRAM) == []


def test_named_services_are_used_as_they_are(own_home, redis_url, mongo_url, monkeypatch):
    """With both addresses in the environment nothing is started, and `stop` leaves them running."""
    monkeypatch.setenv(life.REDIS, redis_url)
    monkeypatch.setenv(life.MONGO, mongo_url)

    found = services.ensure(own_home)

    assert (found.redis_url, found.mongo_url) == (redis_url, mongo_url)
    assert running(own_home) == {}
    assert services.current(own_home) == found
    assert services.stop(own_home) == []
    with redis_client.Redis.from_url(redis_url) as client:
        assert client.ping()


def test_a_named_archive_is_used(own_home, redis_url, mongo_url, tmp_path, monkeypatch):
    """`CAIFENG_ARCHIVE_URL` moves the archive to a volume or a bucket of its own, never to what cannot keep it."""
    monkeypatch.setenv(life.REDIS, redis_url)
    monkeypatch.setenv(life.MONGO, mongo_url)
    for address in ((tmp_path / "大 卷").as_uri(), "s3://bucket/archive"):
        monkeypatch.setenv(archive.VARIABLE, address)
        assert services.ensure(own_home).archive_url == address
        assert services.current(own_home).archive_url == address
    assert (tmp_path / "大 卷").is_dir()
    for address in ("memory://bucket/archive", "https://bucket/archive", "s3://key:tr0ub4dor@bucket/archive"):
        monkeypatch.setenv(archive.VARIABLE, address)
        with pytest.raises(Unreachable, match=archive.VARIABLE) as refused:
            services.ensure(own_home)
        assert "tr0ub4dor" not in str(refused.value)


@pytest.mark.parametrize(
    ("variable", "address", "shown"),
    [
        (life.REDIS, "redis://ops:tr0ub4dor@127.0.0.1:1/0", "redis://ops:***@127.0.0.1:1/0"),
        (life.REDIS, "http://127.0.0.1:6379", "http://127.0.0.1:6379"),
        (life.MONGO, "mongodb://ops:tr0ub4dor@127.0.0.1:1/", "mongodb://ops:***@127.0.0.1:1/"),
        (life.MONGO, "mongodb://ops:tr0ub4dor@/", "mongodb://ops:***@/"),
    ],
)
def test_an_unreachable_address_is_named_without_its_password(own_home, monkeypatch, variable, address, shown):
    """The error says which address, from which variable, and never the password."""
    monkeypatch.setenv(variable, address)
    with pytest.raises(Unreachable) as caught:
        services.ensure(own_home)
    assert shown in str(caught.value)
    assert variable in str(caught.value)
    assert "tr0ub4dor" not in str(caught.value)


def test_a_wrong_password_is_told_without_showing_it(own_home, tmp_path, monkeypatch):
    """A Redis that asks for a password refuses; the message shows neither the right one nor the one tried."""
    guarded = redis.start(tmp_path / "guarded")
    try:
        with redis_client.Redis.from_url(redis.url(guarded)) as client:
            client.config_set("requirepass", "right-one")
        monkeypatch.setenv(life.REDIS, f"redis://:wrong-one@127.0.0.1:{guarded.port}/0")
        with pytest.raises(Unreachable) as caught:
            services.ensure(own_home)
    finally:
        process.end(guarded, 10)
    assert "wrong-one" not in str(caught.value)
    assert "right-one" not in str(caught.value)


@pytest.mark.parametrize(("room", "sentence"), [(redis, "redis-server"), (mongo, "mongod")])
def test_a_missing_program_says_how_to_get_it(own_home, monkeypatch, room, sentence):
    """Without a binary anywhere the error names it and `make setup`."""
    monkeypatch.setattr(room, "binaries", dict)
    with pytest.raises(ProgramMissing, match=f"{sentence}.*make setup"):
        services.ensure(own_home)


def test_a_full_disk_is_refused_before_anything_starts(own_home, monkeypatch):
    """Too little room: one sentence with both figures, and no server."""
    monkeypatch.setattr(server, "ROOM", 2**62)
    with pytest.raises(DiskFull, match="MB"):
        services.ensure(own_home)
    assert process.leftovers(own_home / "redis", redis.PROGRAM) == []


def test_a_home_that_cannot_be_made_is_told(tmp_path):
    """A file where the home should be: one sentence naming it."""
    (tmp_path / "file").write_text("")
    with pytest.raises(NotStarted, match="CAIFENG_HOME"):
        services.ensure(tmp_path / "file")


def test_an_older_redis_refuses_newer_data(tmp_path, redis_binaries):
    """6.2 does not know the append-only directory of 7.0 and would start empty: refused instead."""
    (tmp_path / "appendonlydir").mkdir()
    with pytest.raises(DataVersion, match="CAIFENG_HOME"):
        redis.start(tmp_path, path=redis_binaries["wheel"])


def test_home_follows_the_environment(tmp_path, monkeypatch):
    """`CAIFENG_HOME`, else `.caifeng` in the current directory; an argument goes before both."""
    monkeypatch.chdir(tmp_path)
    assert services.home_of() == tmp_path / ".caifeng"
    monkeypatch.setenv(life.HOME, str(tmp_path / "elsewhere"))
    assert services.home_of() == tmp_path / "elsewhere"
    assert services.home_of(tmp_path) == tmp_path


def test_the_record_may_be_read_by_its_owner_only(own_home):
    """It may hold the password of a named service."""
    services.ensure(own_home)
    assert (own_home / record.FILE).stat().st_mode & 0o077 == 0


def test_stop_waits_for_a_running_ensure(own_home):
    """`stop` during `ensure` ends with nothing running: the lock puts one after the other."""
    worker = threading.Thread(target=services.ensure, args=(own_home,))
    worker.start()
    while not (own_home / "redis" / "port").exists():
        worker.join(0.01)
    services.stop(own_home)
    worker.join(60)
    for name, kind in life.KINDS.items():
        assert process.leftovers(own_home / name, kind.program) == []
