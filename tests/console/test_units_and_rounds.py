"""The registry and a round's life through the command."""

from __future__ import annotations

import json
import time
from datetime import datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from crawler.exits import Exit

SHARED = Path(__file__).parents[2] / "../shared/registry"
HEAD = "code,name,portal_url\n"


def units_file(folder: Path, *lines: str) -> str:
    """Write a units file and return its path."""
    file = folder / f"units-{len(list(folder.iterdir()))}.csv"
    file.write_text(HEAD + "".join(f"{line}\n" for line in lines), encoding="utf-8")
    return str(file)


def test_units_are_added_by_code_and_replaced_on_request(caifeng, services_here, tmp_path) -> None:
    """A second file joins the first, its rows winning; `--replace` makes it the whole registry."""
    first = units_file(tmp_path, "130100,石家庄市,http://a.test/", "130200,唐山市,http://b.test/")
    second = units_file(tmp_path, "130200,新唐山,http://c.test/", "130300,秦皇岛市,http://d.test/")
    assert caifeng("units", "import", first, "--json").json == {"imported": 2, "total": 2}
    assert caifeng("units", "import", second, "--json").json == {"imported": 2, "total": 3}
    listed = {row["code"]: row["name"] for row in caifeng("units", "list", "--json").json}
    assert listed == {"130100": "石家庄市", "130200": "新唐山", "130300": "秦皇岛市"}
    assert caifeng("units", "import", second, "--replace", "--json").json == {"imported": 2, "total": 2}


def test_a_wrong_line_imports_nothing(caifeng, services_here, tmp_path) -> None:
    """The registry is as it was, and the line and field are named."""
    good = units_file(tmp_path, "130100,石家庄市,http://a.test/")
    caifeng("units", "import", good)
    bad = units_file(tmp_path, "130200,唐山市,http://b.test/", "1303,秦皇岛市,http://d.test/")
    ran = caifeng("units", "import", bad)
    assert ran.code == Exit.BAD_INPUT
    assert "第 3 行 code" in ran.err
    assert [row["code"] for row in caifeng("units", "list", "--json").json] == ["130100"]


def test_the_published_registry_can_be_planned(caifeng, services_here, round_name) -> None:
    """334 units, their portals wide and provincial platforms exact, every one of them planned."""
    if not SHARED.exists():
        pytest.skip(f"the published registry is not on this machine: {SHARED}")
    caifeng("units", "import", str(SHARED / "prefectures.csv"))
    ran = caifeng(
        "round", "new", round_name, "--units", "all", "--organisation", "Test Office", "--contact", "http://o.test/", "--json"
    )  # fmt: skip
    assert ran.code == Exit.OK, ran.err
    plan = ran.json["plan"]
    assert len(plan["units"]) == 334
    kinds = {(rule["kind"], rule["host"]) for unit in plan["units"] for rule in unit["scope"]}
    assert ("host", "zwfw.hebei.gov.cn") in kinds
    assert ("suffix", "sjz.gov.cn") in kinds
    assert plan["user_agent"] == "caifeng/0.1 (+http://o.test/; Test Office)"
    status = caifeng("status", round_name, "--json").json
    assert status["counts"]["found"] == len({seed for unit in plan["units"] for seed in unit["seeds"]})
    assert status["counts"]["difference"] == 0
    assert len(status["units"]) == 334


def test_a_round_lives_and_its_journal_tells(caifeng, services_here, round_name) -> None:
    """New, pause, resume, cancel; each change is written down with who and when."""
    assert caifeng("round", "new", round_name, "--site", "http://127.0.0.1:9/").code == Exit.OK
    assert caifeng("round", "pause", round_name, "--json").json == {"round": round_name, "state": "paused"}
    assert caifeng("round", "resume", round_name, "--json").json == {"round": round_name, "state": "ready"}
    assert caifeng("round", "cancel", round_name, "--json").json == {"round": round_name, "state": "cancelled"}
    shown = caifeng("round", "show", round_name, "--json").json
    assert shown["state"] == "cancelled"
    assert [entry["what"].split("：")[0] for entry in shown["journal"]] == ["新建", "暂停", "恢复", "取消"]
    assert all("@" in entry["who"] and entry["at"].endswith("+00:00") for entry in shown["journal"])
    assert [one["name"] for one in caifeng("round", "list", "--json").json] == [round_name]


@pytest.mark.parametrize(
    ("before", "then", "word"),
    [
        ([], "resume", "就绪"),
        (["pause"], "pause", "已暂停"),
        (["cancel"], "resume", "已取消"),
        (["cancel"], "cancel", "已取消"),
        (["cancel"], "pause", "已取消"),
    ],
)
def test_a_change_that_does_not_fit_is_refused(caifeng, services_here, round_name, before, then, word) -> None:
    """The message says which state the round is in; the state stays."""
    caifeng("round", "new", round_name, "--site", "http://127.0.0.1:9/")
    for action in before:
        caifeng("round", action, round_name)
    state = caifeng("round", "show", round_name, "--json").json["state"]
    ran = caifeng("round", then, round_name)
    assert ran.code == Exit.CONFLICT
    assert word in ran.err
    assert caifeng("round", "show", round_name, "--json").json["state"] == state


def test_a_name_is_taken_once(caifeng, services_here, round_name) -> None:
    """A second round of the name is refused and the first keeps its plan and queue."""
    caifeng("round", "new", round_name, "--site", "http://127.0.0.1:9/", "--depth", "2")
    ran = caifeng("round", "new", round_name, "--site", "http://127.0.0.1:10/", "--depth", "5")
    assert ran.code == Exit.CONFLICT
    assert round_name in ran.err
    assert caifeng("round", "show", round_name, "--json").json["plan"]["depth"] == 2
    assert list(caifeng("status", round_name, "--json").json["hosts"]) == ["127.0.0.1:9"]


def test_a_paused_round_is_not_crawled_nor_a_cancelled_one(caifeng, services_here, round_name) -> None:
    """`crawl` does not undo what somebody decided."""
    caifeng("round", "new", round_name, "--site", "http://127.0.0.1:9/")
    caifeng("round", "pause", round_name)
    assert caifeng("crawl", round_name, "--accept").code == Exit.CONFLICT
    caifeng("round", "cancel", round_name)
    assert caifeng("crawl", round_name, "--accept").code == Exit.CONFLICT


def test_status_shows_the_ledger_to_people_and_programs(caifeng, services_here, round_name) -> None:
    """Every counter by its name; the table has every state of the ledger."""
    caifeng("round", "new", round_name, "--site", "http://127.0.0.1:9/", "--delay", "2")
    found = caifeng("status", round_name, "--json").json
    assert found["state"] == "ready"
    assert found["counts"]["queued"] == 1
    assert found["seconds_left"] == 2.0
    assert (found["hosts_total"], found["hosts_done"]) == (1, 0)
    assert [(one["code"], one["counts"]["found"]) for one in found["units"]] == [("127.0.0.1:9", 1)]
    shown = caifeng("status", round_name).out
    for word in ("就绪", "发现", "已存", "失败", "跳过", "隔离", "排队", "等待", "在采", "127.0.0.1:9"):
        assert word in shown


def test_status_is_one_document_of_a_process(process, services_here, caifeng, round_name) -> None:
    """Nothing but the document reaches stdout, and nothing at all stderr."""
    caifeng("round", "new", round_name, "--site", "http://127.0.0.1:9/")
    ran = process("status", round_name, "--json", **services_here)
    assert ran.code == Exit.OK
    assert json.loads(ran.out)["round"] == round_name
    assert ran.err == ""


def test_seeds_that_do_not_answer_stop_the_launch(caifeng, services_here, round_name) -> None:
    """`round check` ends with UNRESOLVED and is kept; `crawl` then refuses, naming the seed."""
    caifeng("round", "new", round_name, "--site", "http://127.0.0.1:9/", "--delay", "0")
    ran = caifeng("round", "check", round_name, "--json")
    assert ran.code == Exit.UNRESOLVED
    assert ran.json["failures"] == 1
    assert ran.json["seeds"][0]["problem"] == "refused"
    assert caifeng("round", "show", round_name, "--json").json["results"]["check"]["failures"] == 1
    refused = caifeng("crawl", round_name)
    assert refused.code == Exit.UNRESOLVED
    assert "http://127.0.0.1:9/" in refused.err
    assert "--accept" in refused.err


def test_crawl_checks_first_when_nobody_has(caifeng, services_here, round_name) -> None:
    """An unchecked round is checked by `crawl`, and not launched over what the check finds."""
    caifeng("round", "new", round_name, "--site", "http://127.0.0.1:9/", "--delay", "0")
    assert caifeng("crawl", round_name).code == Exit.UNRESOLVED
    shown = caifeng("round", "show", round_name, "--json").json
    assert shown["results"]["check"]["failures"] == 1
    assert shown["state"] == "ready"
    assert "launch" not in shown["results"]


def test_sites_and_addresses_come_from_files(caifeng, services_here, tmp_path) -> None:
    """One a line; a fault refuses the round, which is not made."""
    (tmp_path / "sites").write_text("http://a.gov.cn/\nhttp://b.gov.cn/\n", encoding="utf-8")
    (tmp_path / "hosts").write_text("a.gov.cn=127.0.0.1:8080\nb.gov.cn=127.0.0.1:8080\n", encoding="utf-8")
    given = ("--site", f"@{tmp_path / 'sites'}", "--resolve", f"@{tmp_path / 'hosts'}")
    made = caifeng("round", "new", "R", *given, "--json")
    assert made.code == Exit.OK, made.err
    assert len(caifeng("round", "show", "R", "--json").json["plan"]["resolve"]) == 2
    (tmp_path / "hosts").write_text("a.gov.cn\n", encoding="utf-8")
    assert caifeng("round", "new", "S", *given).code == Exit.BAD_INPUT
    assert caifeng("round", "show", "S").code == Exit.NOT_FOUND


def test_times_are_beijings_wherever_the_machine_is(caifeng, services_here, round_name, monkeypatch) -> None:
    """In the list, of the round and in its journal, with the zone's name; JSON has the offset."""
    caifeng("round", "new", round_name, "--site", "http://127.0.0.1:9/")
    made = datetime.fromisoformat(caifeng("round", "show", round_name, "--json").json["created_at"])
    assert made.utcoffset() is not None
    there = f"{made.astimezone(ZoneInfo('Asia/Shanghai')):%Y-%m-%d %H:%M:%S}"
    with monkeypatch.context() as local:
        local.setenv("TZ", "America/New_York")
        time.tzset()
        listed, shown = caifeng("round", "list").out, caifeng("round", "show", round_name).out
    time.tzset()
    assert "建于（北京时间）" in listed
    assert there in listed
    assert f"建于 {there}（北京时间）" in shown
    assert "时间（北京时间）" in shown
