"""Services up and down, the doctor, the rehearsal's own program, and what the demonstration says."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import urllib.request
from dataclasses import replace
from pathlib import Path

import psutil
import pytest

from console.cli.demo import agrees, archived_note, demo_document
from console.cli.demo_points import WHY_MORE, show_points
from crawler.exits import Exit
from rounds.demo import Report
from rounds.supervise import Ending
from rounds.truth import Comparison, PointsOfUnit

CHECKOUT = Path(__file__).parents[2]


def test_up_starts_down_stops_and_both_may_be_repeated(process, own_home) -> None:
    """Two `up` share one set; after `down` nothing runs; a second `down` has nothing to stop."""
    named = {"CAIFENG_HOME": str(own_home), "CAIFENG_REDIS_URL": "", "CAIFENG_MONGO_URL": ""}
    first = process("up", "--json", **named)
    assert first.code == Exit.OK, first.err
    assert process("up", "--json", **named).json == first.json
    assert first.json["redis_url"].startswith("redis://127.0.0.1:")
    assert process("round", "list", "--json", **named).json == []
    assert len(process("down", "--json", **named).json["stopped"]) == 2
    assert process("down", "--json", **named).json["stopped"] == []


def test_passwords_of_named_services_are_not_shown(caifeng, services_here, monkeypatch) -> None:
    """`up` shows where the services are, not how to get in."""
    url = services_here["CAIFENG_REDIS_URL"].replace("redis://", "redis://default:Geheim123@")
    monkeypatch.setenv("CAIFENG_REDIS_URL", url)
    ran = caifeng("up", "--json")
    assert "Geheim123" not in ran.out + ran.err


def test_the_doctor_names_what_it_looked_at(caifeng) -> None:
    """Each check has a name, a finding and, where something is missing, what to do."""
    ran = caifeng("doctor", "--json")
    assert ran.json["ok"] is (ran.code == Exit.OK)
    assert {"Python", "redis-server", "mongod"} <= {one["name"] for one in ran.json["checks"]}
    assert all(one["ok"] or one["hint"] for one in ran.json["checks"])


def test_the_doctor_ends_with_environment_when_something_is_missing(caifeng, monkeypatch) -> None:
    """A browser that is named and not there."""
    monkeypatch.setenv("CAIFENG_BROWSER", "/nowhere/chromium")
    ran = caifeng("doctor")
    assert ran.code == Exit.ENVIRONMENT
    assert "✗" in ran.out


def test_watching_a_round_that_is_paused_ends_at_once(caifeng, services_here, round_name) -> None:
    """There is nothing to watch: one page, and out."""
    caifeng("round", "new", round_name, "--site", "http://127.0.0.1:9/")
    caifeng("round", "pause", round_name)
    ran = caifeng("status", round_name, "--watch")
    assert ran.code == Exit.OK
    assert "已暂停" in ran.out


def test_watching_into_a_pipe_prints_lines(caifeng, services_here, round_name) -> None:
    """The first at once, without an escape code; told to stop, it prints the whole page and ends well."""
    caifeng("round", "new", round_name, "--site", "http://127.0.0.1:9/")
    watching = subprocess.Popen(
        [sys.executable, "-m", "console.cli.app", "status", round_name, "--watch"],
        stdout=subprocess.PIPE, env=os.environ | {"PYTHONPATH": str(CHECKOUT)}, start_new_session=True,
    )  # fmt: skip
    first = watching.stdout.readline().decode()
    watching.send_signal(signal.SIGINT)
    rest = watching.communicate(timeout=60)[0].decode()
    assert "发现 1，排队 1" in first
    assert "进程 0 个" in first
    assert "\x1b" not in first + rest
    assert f"轮次 {round_name}：就绪" in rest
    assert watching.returncode == Exit.OK


def test_the_truth_is_json_lines(process, tmp_path) -> None:
    """Whatever the directory, each line is a document with the promised fields."""
    ran = process("rehearsal", "truth", "--seed", "3", "--pages", "100", "--depth", "1", "--json", cwd=tmp_path)
    assert ran.code == Exit.OK, ran.err
    rows = [json.loads(line) for line in ran.out.splitlines()]
    promised = {"url", "depth", "kind", "needs_browser", "verdict", "duplicate_of", "points"}
    assert rows
    assert all(promised <= set(row) for row in rows)


def test_a_bad_option_of_the_rehearsal_is_a_usage_error(process) -> None:
    """The rehearsal's own refusal comes out as ours."""
    assert process("rehearsal", "truth", "--seed", "x").code == Exit.USAGE


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_the_served_web_ends_with_the_command(number, tmp_path) -> None:
    """It answers while it is served; what ends the command ends it too, and no process is left."""
    running = subprocess.Popen(
        [sys.executable, "-m", "console.cli.app", "rehearsal", "serve", "--seed", "3", "--pages", "100", "--log", "web.jsonl"],
        stdout=subprocess.PIPE, cwd=tmp_path, env=os.environ | {"PYTHONPATH": str(CHECKOUT)}, start_new_session=True,
    )  # fmt: skip
    told = json.loads(running.stdout.readline())
    children = psutil.Process(running.pid).children(recursive=True)
    host, _, address = told["resolve"][0].partition("=")
    request = urllib.request.Request(f"http://{address}/robots.txt", headers={"Host": host.partition(":")[0]})
    with urllib.request.urlopen(request, timeout=20) as answer:
        assert answer.status == 200
    running.send_signal(number)
    running.wait(timeout=30)
    running.stdout.close()
    assert children
    assert not any(child.is_running() and child.status() != psutil.STATUS_ZOMBIE for child in children)
    assert (tmp_path / "web.jsonl").exists()


PERFECT = Report(
    round_name="demo-1",
    seed=1,
    seconds=12.34,
    ending=Ending.AT_REST,
    comparison=Comparison(
        stored=2, truth=2, missing=(), extra=(), stored_twice=(), fetched_twice=(), trap_stored=0, wrong_depth=(),
        politeness_violations=0, confusion={"kept": {"kept": 1, "ad": 1}}, needs_browser=1, rendered=1,
        points={"u": PointsOfUnit(3, 4, 2, ("2.1.1-M05",), ("1.1.2-M04",), (), ("1.1.4-M06",))},
    ),
    audit_differences=0,
    archived=2,
    restarts=0,
    counts={"found": 2},
    unit_names={"u": "某市"},
)  # fmt: skip


def test_the_demonstrations_document_holds_every_promised_number() -> None:
    """Counts, not lists, under the promised names."""
    found = demo_document(PERFECT)
    promised = ("stored", "truth", "missing", "extra", "stored_twice", "fetched_twice", "trap_stored", "audit_differences", "politeness_violations", "verdict_accuracy", "seconds")  # fmt: skip
    assert all(isinstance(found[name], int | float) for name in promised)
    assert (found["stored"], found["missing"], found["verdict_accuracy"], found["seconds"]) == (2, 0, 0.5, 12.3)
    assert found["points"]["u"] == {
        "name": "某市", "true": 3, "found": 4, "both": 2,
        "missed": ("2.1.1-M05",), "confirmed": ("1.1.2-M04",), "unsaid": (), "denied": ("1.1.4-M06",),
    }  # fmt: skip


def test_points_beyond_the_truth_are_explained(capsys) -> None:
    """Why there may be more, which of them are wrong, and that some are worked out and never stand on a page."""
    show_points(PERFECT.comparison.points, PERFECT.unit_names)
    told = capsys.readouterr().out
    assert WHY_MORE in told
    assert "规则判错了：1.1.4-M06 公共服务分类导航（1 个单位）" in told
    assert "没采到的：2.1.1-M05 互动首页层级可达（1 个单位，由别的点位算出，不标在网页上）" in told
    show_points({"u": PointsOfUnit(3, 3, 3)}, {})
    assert WHY_MORE not in capsys.readouterr().out


@pytest.mark.parametrize(
    "change",
    [
        {"missing": ("http://a/",)}, {"extra": ("http://a/",)}, {"stored_twice": ("http://a/",)}, {"wrong_depth": ("http://a/",)},
        {"politeness_violations": 1}, {"fetched_twice": ("http://a/",)},
    ],
)  # fmt: skip
def test_any_difference_from_the_truth_is_not_agreement(change) -> None:
    """One page too few, too many, twice, too deep, too fast: the demonstration failed."""
    assert agrees(PERFECT)
    assert not agrees(replace(PERFECT, comparison=replace(PERFECT.comparison, **change)))


def test_an_audit_difference_is_not_agreement_and_a_restart_excuses_a_second_fetch() -> None:
    """A worker that died may have to ask again; nothing else may."""
    assert not agrees(replace(PERFECT, audit_differences=1))
    twice = replace(PERFECT.comparison, fetched_twice=("http://a/",))
    assert agrees(replace(PERFECT, comparison=twice, restarts=1))


def test_the_demonstrations_numbers_add_up_for_its_reader() -> None:
    """Trap pages are what the archive holds beyond the pages held against the truth; anything else is called out."""
    trapped = replace(PERFECT, archived=67, comparison=replace(PERFECT.comparison, trap_stored=65))
    assert archived_note(trapped) == "读回存档 67 页 ＝ 存下的页面 2 ＋ 陷阱页 65"
    assert "＝ 67，有 1 页对不上" in archived_note(replace(trapped, archived=66))
