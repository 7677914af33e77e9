"""`caifeng campaign` as people and programs run it."""

from __future__ import annotations

from crawler.exits import Exit
from rounds.services import Services
from tests.rounds.keeping import keep
from tests.rounds.test_campaigns import ABSENT, CODES, measured, worked


def test_a_campaign_from_new_to_values(caifeng, services_here, tmp_path) -> None:
    """Made, joined, shown, its values told with every round's, disagreements listed."""
    here = Services(
        services_here["CAIFENG_REDIS_URL"], services_here["CAIFENG_MONGO_URL"], tmp_path.as_uri(), tmp_path, ""
    )
    for name, value in (("R1", measured(3)), ("R2", ABSENT)):
        keep(here, name, samples="R1")
        worked(here, name, {CODES[0]: value, CODES[1]: measured(1)})
    made = caifeng("campaign", "new", "2026", "--round", "R1", "--point", f"{CODES[0]}=latest", "--json")
    assert made.code == Exit.OK, made.err
    assert made.json["rules"][CODES[0]] == "latest"
    assert caifeng("campaign", "add", "2026", "R2", "--json").json["rounds"] == ["R1", "R2"]
    assert [one["name"] for one in caifeng("campaign", "list", "--json").json] == ["2026"]
    assert "深度 6" in caifeng("campaign", "show", "2026").out
    found = caifeng("campaign", "values", "2026", "--disagreeing", "--json").json
    assert (found["disagreements"], [one["code"] for one in found["values"]]) == (1, [CODES[0]])
    (value,) = found["values"]
    assert (value["state"], value["chosen"], [one["state"] for one in value["rounds"]]) == (
        "absent", "R2", ["measured", "absent"],
    )  # fmt: skip
    shown = caifeng("campaign", "values", "2026", "--point", CODES[0]).out
    assert all(word in shown for word in ("不一致", "要核对的", "甲市"))
    assert "110000" not in shown
    assert caifeng("campaign", "new", "x", "--round", "R1", "--point", "1.1.1-M01").code == Exit.BAD_INPUT
    assert caifeng("campaign", "show", "nowhere").code == Exit.NOT_FOUND


def test_a_round_that_is_not_finished_needs_a_word(caifeng, services_here, tmp_path) -> None:
    """Refused as any round in the wrong state; taken with the option, and the values warn of it."""
    here = Services(
        services_here["CAIFENG_REDIS_URL"], services_here["CAIFENG_MONGO_URL"], tmp_path.as_uri(), tmp_path, ""
    )
    keep(here, "R1", state="ready")
    refused = caifeng("campaign", "new", "2026", "--round", "R1")
    assert (refused.code, "--unfinished" in refused.err) == (Exit.CONFLICT, True)
    assert caifeng("campaign", "new", "2026", "--round", "R1", "--unfinished").code == Exit.OK
    shown = caifeng("campaign", "values", "2026", "--json")
    assert shown.json["unfinished"] == ["R1"]
    assert "没有采完" in shown.err


def test_explain_shows_what_every_round_of_the_campaign_says(caifeng, services_here, tmp_path) -> None:
    """The rule, the rounds, the one the value is taken from, and that they disagree; the chain is that round's."""
    here = Services(
        services_here["CAIFENG_REDIS_URL"], services_here["CAIFENG_MONGO_URL"], tmp_path.as_uri(), tmp_path, ""
    )
    for name, value in (("R1", 3), ("R2", 7), ("R3", 5)):
        keep(here, name, samples="R1")
        worked(here, name, {CODES[0]: measured(value), CODES[1]: measured(1)})
    caifeng("campaign", "new", "2026", "--round", "R1", "--point", f"{CODES[0]}=maximum")
    for name in ("R2", "R3"):
        caifeng("campaign", "add", "2026", name)
    found = caifeng("explain", "甲市", CODES[0], "--campaign", "2026", "--json").json
    (told,) = found["campaigns"]
    assert (found["round"], found["value"]["value"]) == ("R2", 7.0)
    assert (told["name"], told["rule"], told["chosen"], told["disagree"]) == ("2026", "maximum", "R2", True)
    assert [(one["round"], one["value"]) for one in told["rounds"]] == [("R1", 3.0), ("R2", 7.0), ("R3", 5.0)]
    shown = caifeng("explain", "110000", CODES[0], "--round", "R1").out
    assert "规则“最大值”" in shown
    assert "各轮不一致" in shown
    assert not caifeng("explain", "甲市", CODES[1], "--json").json["campaigns"][0]["disagree"]
    both = caifeng("explain", "甲市", CODES[0], "--round", "R1", "--campaign", "2026")
    assert both.code == Exit.BAD_INPUT
    assert caifeng("explain", "无此市", CODES[0], "--campaign", "2026").code == Exit.NOT_FOUND
