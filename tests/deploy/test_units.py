"""deploy/systemd and the shell scripts."""

import configparser
import os
import shutil
import subprocess
from datetime import datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from crawler.exits import Exit

ROOT = Path(__file__).parents[2]
UNITS = ROOT / "deploy" / "systemd"
SCRIPTS = [ROOT / "deploy" / "setup.sh", UNITS / "quarter.sh", ROOT / ".ci" / "run"]
CRAWLING = ["caifeng-crawl@.service", "caifeng-quarter.service", "caifeng-schedule.service"]


def section(name, part="Service"):
    """A unit's section; of repeated keys the last counts, and our units repeat none that is asked for."""
    parser = configparser.ConfigParser(strict=False, interpolation=None, delimiters=("=",))
    parser.optionxform = str
    parser.read(UNITS / name)
    return parser[part]


@pytest.mark.parametrize("name", CRAWLING)
def test_what_passes_is_tried_again_and_the_rest_is_not(name):
    """Of the closed set of codes: 10 is well, 1, 5 and 11 restart, all others wait for somebody."""
    unit = section(name)
    assert unit["SuccessExitStatus"] == str(int(Exit.INTERRUPTED))
    prevented = {int(code) for code in unit["RestartPreventExitStatus"].split()}
    tried_again = {Exit.INTERNAL, Exit.SERVICES, Exit.DISK}
    assert prevented == {int(code) for code in Exit} - tried_again - {Exit.OK, Exit.INTERRUPTED}
    assert unit["Restart"] == "on-failure"


@pytest.mark.parametrize("name", CRAWLING)
def test_stopping_a_crawl_drains_it_and_spares_the_stores(name):
    """The main process alone is asked first, with more time than a drain takes; the stores are a unit of their own."""
    assert section(name)["KillMode"] == "mixed"
    assert int(section(name)["TimeoutStopSec"]) > 90
    assert section(name, "Unit")["Requires"] == "caifeng-services.service"
    assert section("caifeng-services.service")["ExecStop"].endswith("caifeng down")


def test_units_do_not_run_as_root():
    """Every service has the user of its own."""
    for path in UNITS.glob("*.service"):
        assert section(path.name)["User"] == "caifeng", path.name


@pytest.mark.parametrize(("month", "quarter"), [(month, (month - 1) // 3 + 1) for month in range(1, 13)])
def test_the_round_is_named_after_the_quarter_in_china(tmp_path, month, quarter):
    """Each month belongs to its quarter, by the date in Shanghai."""
    calls = run_quarter(tmp_path, f"2027-{month:02d}")
    assert calls[0] == f"round new 2027Q{quarter} --units all --depth 6"
    assert calls[1] == f"crawl 2027Q{quarter} --workers 3"


def test_an_existing_round_is_gone_on_with(tmp_path):
    """Started again after a failure, the script crawls the round that is there."""
    assert len(run_quarter(tmp_path, "2027-10", new=Exit.CONFLICT)) == 2


def test_a_round_that_cannot_be_made_is_not_crawled(tmp_path):
    """Any other refusal ends the script with the same code."""
    assert len(run_quarter(tmp_path, "2027-10", new=Exit.BAD_INPUT)) == 1


def test_the_quarters_name_by_the_real_clock(tmp_path):
    """Without a stand-in for `date`, the name is today's quarter in Shanghai."""
    today = datetime.now(ZoneInfo("Asia/Shanghai"))
    names = {f"{day.year}Q{(day.month + 2) // 3}" for day in (today, today + timedelta(minutes=1))}
    assert run_quarter(tmp_path)[0].split()[2] in names


def run_quarter(tmp_path, date="", new=Exit.OK):
    """Run quarter.sh with a caifeng that writes down how it was called; checks the script's exit code."""
    calls = tmp_path / "calls"
    caifeng = tmp_path / "caifeng"
    caifeng.write_text(f'#!/bin/sh\necho "$@" >> "{calls}"\n[ "$1" = round ] && exit {int(new)}\nexit 0\n')
    caifeng.chmod(0o755)
    path = os.environ["PATH"]
    if date:
        (tmp_path / "bin").mkdir()
        (tmp_path / "bin" / "date").write_text(f'#!/bin/sh\n[ "$TZ" = Asia/Shanghai ] && echo {date}\n')
        (tmp_path / "bin" / "date").chmod(0o755)
        path = f"{tmp_path / 'bin'}:{path}"
    surroundings = {"PATH": path, "UNITS": "all", "WORKERS": "3"}
    done = subprocess.run([UNITS / "quarter.sh", caifeng], env=surroundings, check=False)
    assert done.returncode == (0 if new in {Exit.OK, Exit.CONFLICT} else int(new))
    return calls.read_text().splitlines()


@pytest.mark.parametrize("script", SCRIPTS, ids=lambda path: path.name)
def test_scripts_are_sound(script):
    """Nothing is left that shellcheck would say."""
    done = subprocess.run([ROOT / ".venv/bin/shellcheck", script], capture_output=True, text=True, check=False)
    assert (done.returncode, done.stdout) == (0, "")


def test_systemd_takes_the_units(tmp_path):
    """`systemd-analyze verify` finds no fault, the programs standing where they stand here."""
    analyze = shutil.which("systemd-analyze")
    if analyze is None:
        pytest.skip("no systemd-analyze on this machine to ask; the tests above read the units themselves")
    for path in UNITS.iterdir():
        (tmp_path / path.name).write_text(path.read_text().replace("/opt/caifeng", str(ROOT)))
    names = ["caifeng-services.service", "caifeng-crawl@.service", "caifeng-quarter.timer", "caifeng-quarter.service"]
    names += ["caifeng-schedule.timer", "caifeng-schedule.service"]
    (tmp_path / "caifeng-crawl@2026Q4.service").symlink_to(tmp_path / "caifeng-crawl@.service")
    names[1] = "caifeng-crawl@2026Q4.service"
    done = subprocess.run(
        [analyze, "verify", "--man=no", *names], cwd=tmp_path, capture_output=True, text=True, check=False
    )
    ours = [line for line in done.stderr.splitlines() if "caifeng" in line]
    assert (done.returncode, ours) == (0, [])


def test_the_timer_fires_each_quarter():
    """To systemd the calendar is the first day of four months, at two in the morning in Shanghai."""
    analyze = shutil.which("systemd-analyze")
    if analyze is None:
        pytest.skip("no systemd-analyze on this machine to ask; the timer's line is systemd.time(7)'s own form")
    calendar = section("caifeng-quarter.timer", "Timer")["OnCalendar"]
    command = [analyze, "calendar", "--iterations=4", "--base-time=2027-01-02", calendar]
    surroundings = os.environ | {"TZ": "Asia/Shanghai", "LC_ALL": "C"}
    shown = subprocess.run(command, capture_output=True, text=True, check=True, env=surroundings).stdout
    for day in ("2027-04-01", "2027-07-01", "2027-10-01", "2028-01-01"):
        assert f"{day} 02:00:00" in shown
