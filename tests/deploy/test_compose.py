"""deploy/compose: what can be shown without a container engine."""

import os
import re
import shutil
import subprocess
from pathlib import Path

import playwright
import psutil
import pytest
import redis as redis_client
import yaml

from rounds.services import ports, process, redis
from rounds.services.record import Process

DEPLOY = Path(__file__).parents[2] / "deploy"
COMPOSE = DEPLOY / "compose" / "compose.yaml"
SECRETS = ("REDIS_PASSWORD", "MONGO_ROOT_PASSWORD", "MONGO_PASSWORD", "MONGO_KEY")


@pytest.fixture(scope="module")
def compose():
    """The file, its merges done."""
    return yaml.safe_load(COMPOSE.read_text(encoding="utf-8"))


def settings(text):
    """A redis.conf as a mapping."""
    lines = (line.split(None, 1) for line in text.splitlines() if line and not line.startswith("#"))
    return {name: value.strip('"') for name, value in lines}


def test_workers_wait_for_their_stores(compose):
    """Redis must be healthy and the replica set initiated before anything of ours starts."""
    for name in ("supervisor", "worker", "caifeng"):
        needs = compose["services"][name]["depends_on"]
        assert needs["redis"]["condition"] == "service_healthy"
        assert needs["mongo-init"]["condition"] == "service_completed_successfully"
    assert compose["services"]["mongo-init"]["depends_on"]["mongo"]["condition"] == "service_healthy"


def test_stores_cannot_be_reached_from_outside(compose):
    """No published port, and only the internal network."""
    assert compose["networks"]["stores"]["internal"] is True
    for name in ("redis", "mongo", "mongo-init"):
        assert compose["services"][name]["networks"] == ["stores"]
        assert "ports" not in compose["services"][name]


def test_stores_keep_their_data_and_say_how_they_are(compose):
    """Each has a named volume and a health check, and comes back after a crash."""
    for name in ("redis", "mongo"):
        service = compose["services"][name]
        assert any(volume.partition(":")[0] in compose["volumes"] for volume in service["volumes"])
        assert service["healthcheck"]["test"]
        assert service["restart"] == "unless-stopped"


def test_our_containers_have_no_rights_to_spare(compose):
    """All capabilities dropped, no new privileges, time to drain."""
    for name in ("supervisor", "worker", "caifeng"):
        service = compose["services"][name]
        assert service["cap_drop"] == ["ALL"]
        assert service["security_opt"] == ["no-new-privileges:true"]
        assert service["stop_grace_period"] == "2m"


def test_every_secret_must_be_given():
    """No password has a default; each one stands, empty, in the example."""
    example = (DEPLOY / "compose" / ".env.example").read_text(encoding="utf-8")
    used = set(re.findall(r"(?<!\$)\$\{(\w+)", COMPOSE.read_text(encoding="utf-8")))
    assert used == set(re.findall(r"^(\w+)=", example, re.MULTILINE)) - {"COMPOSE_PROJECT_NAME"}
    for name in used:
        assert re.search(rf"^{name}=$", example, re.MULTILINE), name
    for reference in re.findall(r"(?<!\$)\$\{[^}]*\}", COMPOSE.read_text(encoding="utf-8")):
        assert ":?" in reference or reference == "${CAIFENG_ARCHIVE_URL:-file:///var/lib/caifeng/archive}", reference


def test_everybody_has_the_same_archive_and_the_keys_to_it(compose):
    """Workers, supervisor and commands: one address, and an object store's variables passed on only where they are set."""
    for name in ("supervisor", "worker", "caifeng"):
        surroundings = compose["services"][name]["environment"]
        assert surroundings["CAIFENG_ARCHIVE_URL"].endswith(":-file:///var/lib/caifeng/archive}")
        passed_on = {variable for variable, value in surroundings.items() if value is None}
        assert passed_on == {"AWS_ENDPOINT_URL", "AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_DEFAULT_REGION"}


def test_the_same_redis_as_local():
    """The container's settings are the local server's, but for address, place and who starts it."""
    words = redis.KIND.command(Path("redis-server"), Path(), 6379)[1:]
    local = {name.removeprefix("--"): value for name, value in zip(words[::2], words[1::2], strict=True)}
    for one in ("bind", "daemonize", "dir"):
        del local[one]
    assert {
        name: value for name, value in settings((DEPLOY / "compose/redis.conf").read_text()).items() if name != "dir"
    } == local


def test_the_redis_command_asks_for_its_password(compose, redis_binaries, tmp_path):
    """The command of the file, run here on every Redis: the password is asked for and stands in no process list."""
    conf = (DEPLOY / "compose/redis.conf").read_text()
    for kind, binary in redis_binaries.items():
        port = ports.pick()
        place = tmp_path / kind
        (place / "data").mkdir(parents=True)
        (place / "redis.conf").write_text(
            conf.replace("port 6379", f"port {port}").replace("/data", str(place / "data"))
        )
        command = compose["services"]["redis"]["command"]
        script = command[2].replace("$$", "$").replace("/etc/caifeng/redis.conf", str(place / "redis.conf"))
        surroundings = os.environ | {"REDIS_PASSWORD": "tr0ub4dor", "PATH": f"{binary.parent}:{os.environ['PATH']}"}
        server = subprocess.Popen([*command[:2], script], env=surroundings, cwd=place, stdout=subprocess.DEVNULL)
        try:
            with redis_client.Redis("127.0.0.1", port, password="tr0ub4dor") as client:
                _wait_for(client, server)
                assert client.config_get("appendonly") == {"appendonly": "yes"}
            with redis_client.Redis("127.0.0.1", port) as stranger, pytest.raises(redis_client.AuthenticationError):
                stranger.ping()
            assert "tr0ub4dor" not in " ".join(psutil.Process(server.pid).cmdline())
        finally:
            server.terminate()
            assert server.wait(20) == 0  # the signal reaches Redis itself, not a shell in front of it


def _wait_for(client, server):
    standing = Process(server.pid, process.mark_of(server.pid) or "", 0, Path())
    while process.alive(standing):
        try:
            client.ping()
        except redis_client.ConnectionError:
            continue
        return
    pytest.fail("the server ended")


def test_the_script_for_mongo_is_sound():
    """mongo-init.js is JavaScript; it runs in mongosh only, which this project does not bring."""
    node = Path(playwright.__file__).parent / "driver" / "node"
    subprocess.run([node, "--check", DEPLOY / "compose" / "mongo-init.js"], check=True, capture_output=True)


def test_compose_itself_takes_the_file(tmp_path):
    """`config` of whatever compose there is resolves the file without complaint."""
    engine = shutil.which("docker-compose")
    has_plugin = (
        shutil.which("docker")
        and subprocess.run(["docker", "compose", "version"], capture_output=True, check=False).returncode == 0
    )
    if not engine and not has_plugin:
        pytest.skip("no compose on this machine to ask; the tests above read the file themselves")
    example = (DEPLOY / "compose" / ".env.example").read_text(encoding="utf-8")
    filled = tmp_path / "env"
    filled.write_text(re.sub(r"=$", "=abc123", example, flags=re.MULTILINE))
    command = [engine] if engine else ["docker", "compose"]
    done = subprocess.run(
        [*command, "--env-file", filled, "-f", COMPOSE, "config", "-q"], capture_output=True, text=True, check=False
    )
    assert (done.returncode, done.stderr) == (0, "")


def test_the_image_runs_as_nobody_in_particular():
    """Own user before anything runs, tini in front, hashes required, no index named; the compiler stays in a stage of its own."""
    lines = (DEPLOY / "Dockerfile").read_text(encoding="utf-8").splitlines()
    last = [line for line in lines if re.match(r"(USER|ENTRYPOINT|CMD|FROM)\b", line)]
    assert last == [
        "FROM debian:12-slim AS compiled",
        "FROM debian:12-slim",
        "USER caifeng",
        'ENTRYPOINT ["tini", "--"]',
        'CMD ["caifeng", "--help"]',
    ]
    assert any("--require-hashes" in line for line in lines)


def test_the_image_gets_every_room_that_runs():
    """The ignore file lets in each package the import rules know, and nothing secret."""
    allowed = {
        line[1:] for line in (DEPLOY / "Dockerfile.dockerignore").read_text().splitlines() if line.startswith("!")
    }
    packages = {path.parent.name for path in DEPLOY.parent.glob("*/__init__.py")} - {"tests", "benchmarks"}
    assert packages <= allowed
    files = {
        "requirements.txt",
        "requirements-dev.txt",
        "deploy/setup.sh",
        "deploy/compile.py",
        "scrapy.cfg",
        "pyproject.toml",
    }
    assert files == allowed - packages
