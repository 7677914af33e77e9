"""`caifeng schedule` as people, timers and programs run it."""

from __future__ import annotations

from datetime import datetime

from crawler.exits import Exit


def test_a_schedule_from_add_to_remove(caifeng, services_here) -> None:
    """Added with its next times, listed without tokens, rehearsed, nothing due, removed; what cannot be is refused."""
    hook = "https://oapi.dingtalk.com/robot/send?access_token=geheim"
    made = caifeng("schedule", "add", "q", "--every", "quarter", "--units", "all", "--notify", hook, "--json")
    assert made.code == Exit.OK, made.err
    assert len(made.json["next"]) == 5
    assert all("T02:00:00+08:00" in one["at"] for one in made.json["next"])
    (listed,) = caifeng("schedule", "list", "--json").json
    assert (listed["schedule"], listed["runs"]) == ("q", [])
    assert "geheim" not in caifeng("schedule", "list", "--json").out
    assert "Q" in caifeng("schedule", "list").out
    assert len(caifeng("schedule", "next", "q", "--count", "3", "--json").json["next"]) == 3
    assert caifeng("schedule", "run", "--once", "--json").json == {"runs": 0}
    assert caifeng("schedule", "remove", "q").code == Exit.OK
    assert caifeng("schedule", "next", "q").code == Exit.NOT_FOUND
    never = caifeng("schedule", "add", "n", "--cron", "0 2 30 2 *", "--units", "all")
    assert (never.code, "永远不会到" in never.err) == (Exit.BAD_INPUT, True)
    assert caifeng("schedule", "add", "n", "--units", "all").code == Exit.BAD_INPUT


def test_a_rounds_name_follows_how_often_it_is_made(caifeng, services_here, monkeypatch) -> None:
    """Without --pattern a month's rounds differ too; a template that names nobody is warned about."""
    named = {}
    for name, words in {"m": ("--every", "month"), "q": ("--every", "quarter"), "c": ("--cron", "0 2 * * 1")}.items():
        made = caifeng("schedule", "add", name, *words, "--units", "all", "--json")
        assert made.code == Exit.OK, made.err
        assert "--organisation、--contact" in made.err
        named[name] = made.json["next"][0]
    for name, shape in {"m": "%Y-%m", "c": "%Y-%m-%d"}.items():
        assert named[name]["round"] == f"{datetime.fromisoformat(named[name]['at']):{shape}}"
    assert "Q" in named["q"]["round"]
    monkeypatch.setenv("CAIFENG_CONTACT", "https://example.org/")
    words = ("--every", "month", "--units", "all", "--option=--organisation=Example")
    assert "没有说是谁" not in caifeng("schedule", "add", "named", *words).err
