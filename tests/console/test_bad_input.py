"""Bad input: one clear sentence on stderr, a documented exit code, nothing half-done."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest

from console.cli.app import COMMANDS, command
from console.cli.failing import explain
from crawler.exits import Exit
from rounds.refusals import BadChoice

SITE = ("--site", "http://127.0.0.1:9/")


@pytest.mark.parametrize(
    ("words", "code", "says"),
    [
        (["nope"], Exit.USAGE, "nope"),
        (["round", "new"], Exit.USAGE, "缺少参数：NAME"),
        (["round", "new", "X", "--depht", "3"], Exit.USAGE, "--depht"),
        (["round", "new", "X", *SITE, "--depth", "six"], Exit.USAGE, "--depth"),
        (["crawl", "X", "--workers", "0"], Exit.USAGE, "--workers"),
        (["export", "X", "--what", "scores"], Exit.USAGE, "--what"),
        (["export", "X", "--what", "pages", "--format", "csv", "--json"], Exit.USAGE, "--json"),
        (["export", "X", "--what", "pages", "--unmasked", " "], Exit.USAGE, "理由"),
        (["find", "--point", "9.9"], Exit.NOT_FOUND, "没有点位 9.9（caifeng points list"),
        (
            ["schedule", "add", "q", "--every", "week", "--units", "all"],
            Exit.USAGE,
            "--every：不能是 week，可以是：quarter（每季）、month（每月）",
        ),
        (["status", "X", "--watch", "--json"], Exit.USAGE, "--watch"),
        (["round", "new", "X Y", *SITE], Exit.BAD_INPUT, "轮次名"),
        (["round", "new", "X", "--site", "ftp://a.test/"], Exit.BAD_INPUT, "ftp://a.test/"),
        (["round", "new", "X", "--site", "a.test"], Exit.BAD_INPUT, "http://"),
        (["round", "new", "X", *SITE, "--depth", "-1"], Exit.BAD_INPUT, "--depth"),
        (["round", "new", "X", *SITE, "--depth", "21"], Exit.BAD_INPUT, "--depth"),
        (["round", "new", "X", *SITE, "--delay", "-0.5"], Exit.BAD_INPUT, "--delay"),
        (["round", "new", "X", *SITE, "--resolve", "a.test:80"], Exit.BAD_INPUT, "--resolve a.test:80"),
        (["round", "new", "X", "--site", "http://a.test/"], Exit.BAD_INPUT, "--organisation"),
        (["round", "new", "X"], Exit.BAD_INPUT, "--units"),
        (["units", "import", "no-such-file.csv"], Exit.BAD_INPUT, "no-such-file.csv"),
        (["judge"], Exit.BAD_INPUT, "--batch"),
        (["judge", "no-such-file.html"], Exit.BAD_INPUT, "no-such-file.html"),
        (["judge", "http://a..b/"], Exit.BAD_INPUT, "主机名"),
        (["judge", "--batch", "no-such-index.jsonl"], Exit.BAD_INPUT, "no-such-index.jsonl"),
        (["points", "show", "9.9.9-M99"], Exit.NOT_FOUND, "9.9.9-M99"),
    ],
)
def test_what_cannot_be_is_refused_before_anything_is_started(
    caifeng, monkeypatch, tmp_path, words, code, says
) -> None:
    """No service is started for a command that cannot be right, and the sentence names what is wrong."""
    monkeypatch.setenv("CAIFENG_HOME", str(tmp_path / "home"))
    ran = caifeng(*words)
    assert ran.code == code
    assert ran.err.startswith("错误：")
    assert says in ran.err
    assert "Traceback" not in ran.err
    assert ran.out == "" or "--json" in words
    assert not (tmp_path / "home").exists()


@pytest.mark.parametrize(
    "words",
    [
        ["status", "NoSuch"],
        ["round", "show", "NoSuch"],
        ["round", "check", "NoSuch"],
        ["round", "pause", "NoSuch"],
        ["audit", "NoSuch"],
        ["crawl", "NoSuch"],
        ["retry", "NoSuch"],
        ["export", "NoSuch", "--what", "pages"],
        ["page", "http://a.test/", "--round", "NoSuch"],
    ],
)
def test_an_unknown_round_is_named_everywhere(caifeng, services_here, words) -> None:
    """Every command that takes a round says which one it does not know."""
    ran = caifeng(*words)
    assert ran.code == Exit.NOT_FOUND
    assert "NoSuch" in ran.err
    assert "Traceback" not in ran.err


def test_an_unknown_unit_is_named_and_no_round_made(caifeng, services_here, tmp_path) -> None:
    """`--units` with a word the registry does not know creates nothing."""
    file = tmp_path / "units.csv"
    file.write_text("code,name,portal_url\n130100,石家庄市,http://127.0.0.1:9/\n", encoding="utf-8")
    assert caifeng("units", "import", str(file)).code == Exit.OK
    ran = caifeng("round", "new", "X", "--units", "130100,999999")
    assert ran.code == Exit.NOT_FOUND
    assert "999999" in ran.err
    assert caifeng("round", "list", "--json").json == []


def test_with_json_the_one_document_is_the_error(caifeng) -> None:
    """A program reading stdout finds code, exit and message; people find the sentence on stderr."""
    ran = caifeng("round", "new", "X Y", *SITE, "--json")
    assert ran.code == Exit.BAD_INPUT
    assert ran.json["error"]["code"] == "bad-input"
    assert ran.json["error"]["exit"] == Exit.BAD_INPUT
    assert ran.json["error"]["message"] in ran.err


def test_with_json_a_units_files_faults_are_data(caifeng, tmp_path) -> None:
    """Each fault has its line and field."""
    file = tmp_path / "units.csv"
    file.write_text("code,name,portal_url\n13,甲,http://a.test/\n130100,,ftp://a\n", encoding="utf-8")
    ran = caifeng("units", "import", str(file), "--json")
    found = [(one["line"], one["field"]) for one in ran.json["error"]["problems"]]
    assert found == [(2, "code"), (3, "name"), (3, "portal_url")]


@pytest.mark.parametrize("variable", ["CAIFENG_REDIS_URL", "CAIFENG_MONGO_URL"])
def test_a_service_that_is_away_is_named_without_its_password(caifeng, services_here, monkeypatch, variable) -> None:
    """Which address was tried, and never its password."""
    scheme = services_here[variable].partition("://")[0]
    monkeypatch.setenv(variable, f"{scheme}://user:Geheim123@127.0.0.1:9/")
    ran = caifeng("round", "list", "--json")
    assert ran.code == Exit.SERVICES
    assert "127.0.0.1:9" in ran.err
    assert "Geheim123" not in ran.err + ran.out
    assert ran.json["error"]["code"] == "services"


def test_an_unexpected_fault_prints_its_trace_and_ends_with_internal(caifeng, monkeypatch) -> None:
    """A fault of ours is not dressed up as the operator's."""

    def broken() -> None:
        raise ZeroDivisionError("planted")

    monkeypatch.setattr("console.cli.points.catalogue.load", broken)
    ran = caifeng("points", "lint", "--json")
    assert ran.code == Exit.INTERNAL
    assert "Traceback" in ran.err
    assert ran.json["error"]["code"] == "internal"


def test_messages_of_the_lower_rooms_are_introduced_in_chinese() -> None:
    """Whatever the exit code, people first read in Chinese what kind of trouble it is; ours are left as they are."""
    for code in Exit:
        error = type("Lower", (Exception,), {"exit": code})("the store is away")
        found, message = explain(error)
        assert found is code
        assert re.match(r"[\u4e00-\u9fff]+：the store is away$", message)
    assert explain(BadChoice("没有这个"))[1] == "没有这个"


def test_a_full_disk_has_its_own_code(caifeng, services_here, round_name, process) -> None:
    """Writing to a full device ends with DISK and a sentence."""
    if not Path("/dev/full").exists():
        pytest.skip("this system has no /dev/full to fill")
    with Path("/dev/full").open("wb") as full:
        import subprocess
        import sys

        ended = subprocess.run(
            [sys.executable, "-m", "console.cli.app", "points", "list", "--json"],
            stdout=full, stderr=subprocess.PIPE, check=False,
        )  # fmt: skip
    assert ended.returncode == Exit.DISK
    assert "磁盘已满" in ended.stderr.decode()


def test_every_command_of_the_table_loads() -> None:
    """Lazy loading hides no broken file: each name leads to a command of that name."""
    for name in COMMANDS:
        found = command(name)
        assert found is not None
        assert found.name == name


def test_as_a_process_the_codes_are_the_same(process, tmp_path) -> None:
    """What scripts see: the exit code, one JSON document, no trace."""
    ran = process("round", "new", "X", "--site", "gopher://a/", "--json", CAIFENG_HOME=str(tmp_path / "home"))
    assert ran.code == Exit.BAD_INPUT
    assert json.loads(ran.out)["error"]["code"] == "bad-input"
    assert "Traceback" not in ran.err
