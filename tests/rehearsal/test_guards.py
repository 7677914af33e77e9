"""Hosts that guard themselves, and pages that harm a browser."""

import re
import time

from rehearsal import guards, truth
from rehearsal.answers import Answers, Reply
from rehearsal.plan import Host, World, build

SIZE = (7, 2, 760)
WEB = build(*SIZE, guarded=True)


def guarded_by(kind: str, world: World = WEB) -> Host:
    """The first unit's host behind such a guard."""
    return next(host for host in world.hosts if guards.guard_of(world, host) == kind)


def asked(answers: Answers, host: Host, cookie: str = "", target: str = "/") -> Reply:
    """What the host answers."""
    return answers.reply(host.scheme, host.name, target, b"", {"cookie": cookie})


def solved(body: bytes) -> str:
    """The cookie that the challenge's script would set, by the script's own words."""
    found = re.search(r'var t = "([^"]+)", n = 0', body.decode())
    assert found is not None
    total = 0
    for letter in found[1]:
        total = (total * 31 + ord(letter)) % 99991
    return f"{guards.COOKIE}={found[1]}-{total}"


def test_a_shield_asks_for_its_scripts_cookie_and_takes_it_as_long_as_it_lasts(monkeypatch) -> None:
    """Each host its own; not one made up, changed, of another host or too old.  What is beside the pages is free."""
    answers, host = Answers(WEB), guarded_by("shield")
    first = asked(answers, host)
    assert (first.status, b"<script" in first.body) == (guards.shield_status(host), True)
    cookie = solved(first.body)
    assert asked(answers, host, cookie).status == 200
    assert asked(answers, host, f"a=1; {cookie}").status == 200
    for wrong in (f"{cookie}0", "x=1", f"{guards.COOKIE}=1-1", cookie.replace(".", ".0")):
        assert asked(answers, host, wrong).status == first.status
    other = next(one for one in WEB.hosts if guards.guard_of(WEB, one) == "shield" and one is not host)
    assert asked(answers, other, cookie).status == guards.shield_status(other) != first.status
    assert asked(answers, host, target="/robots.txt").status in {200, 404}
    now = time.time() + guards.LASTS + 2
    monkeypatch.setattr("rehearsal.answers.time.time", lambda: now)
    assert asked(answers, host, cookie).status == first.status


def test_a_limited_host_asks_to_be_left_alone_for_a_while(monkeypatch) -> None:
    """So many pages in its span; afterwards again."""
    answers, host, now = Answers(WEB), guarded_by("limit"), 1000.0
    monkeypatch.setattr("rehearsal.answers.time.time", lambda: now)
    assert [asked(answers, host).status for _ in range(guards.MOST)] == [200] * guards.MOST
    late = asked(answers, host)
    assert (late.status, dict(late.headers)["Retry-After"]) == (429, "1")
    now += guards.SPAN + 0.1
    assert asked(answers, host).status == 200


def test_the_truth_of_a_guarded_web() -> None:
    """The same pages as without guards; those that harm a browser are there, and what the browser shows of one of them counts."""
    plain = {row["url"] for row in truth.rows(build(*SIZE)) if row["stored"] and row["kind"] != "article"}
    rows = [row for row in truth.rows(WEB) if row["stored"]]
    assert plain == {row["url"] for row in rows if row["kind"] != "article"}
    kinds = {
        kind: [row["needs_browser"] for row in rows if kind in row["features"]] for kind in ("hangs", "swells", "leaks")
    }
    assert kinds == {"hangs": [False] * 2, "swells": [False] * 2, "leaks": [True] * 2}
    assert {"shield", "limit"} <= {feature for row in rows for feature in row["features"]}
