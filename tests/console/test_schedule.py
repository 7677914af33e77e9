"""`caifeng schedule` as people, timers and programs run it."""

from __future__ import annotations

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
