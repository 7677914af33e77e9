"""Scheduled rounds: step by step, gone on with after an interruption, held by the gate, told to people."""

from __future__ import annotations

import json
import threading
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, HTTPServer
from zoneinfo import ZoneInfo

import pytest

from crawler.exits import Exit
from rounds import notices, schedules
from rounds.refusals import BadChoice, NoSuchRound, RoundExists, WrongState
from rounds.schedules import Runner, Spec, Told
from rounds.when import Overlap

CHINA = ZoneInfo("Asia/Shanghai")
START = datetime(2027, 1, 15, 9, tzinfo=CHINA)
SPEC = Spec(cron="0 2 1 1,4,7,10 *", pattern="{year}Q{quarter}", units=("all",))


class Played:
    """Stands for our own command: answers codes by the word it is called with, and moves the clock."""

    def __init__(self, here, **codes: list[int]) -> None:
        self.now, self.codes, self.called, self.slow = START, codes, [], timedelta(minutes=5)
        self.paused: list[float] = []
        self.runner = Runner(here, self, clock=lambda: self.now.astimezone(UTC), pause=self.paused.append)

    def __call__(self, words):
        """Answer, a while later."""
        self.called.append(" ".join(words))
        self.now += self.slow
        waiting = self.codes.get(words[0] if words[0] != "round" else words[1], [])
        return Told(waiting.pop(0) if waiting else Exit.OK, "最后一句话")

    def look(self, when: datetime) -> list[str]:
        """What is called at a look at this time."""
        self.now, self.called = max(self.now, when), []
        self.runner.look()
        return self.called


def runs(here, name="q"):
    return [(one.get("round", ""), one["state"]) for one in schedules.get(here, name)["runs"]]


def test_a_quarter_from_plan_to_gate_and_the_next_upon_it(here) -> None:
    """Nothing before its time; every step in order; the second round has the first for its baseline and passes the gate."""
    schedules.add(here, "q", SPEC, now=START)
    played = Played(here)
    assert played.look(START + timedelta(days=30)) == []
    assert played.look(datetime(2027, 4, 1, 2, 5, tzinfo=CHINA)) == [
        "round new 2027Q2 --units all", "round check 2027Q2", "crawl 2027Q2 --workers 2", "values 2027Q2", "audit 2027Q2",
    ]  # fmt: skip
    assert played.look(datetime(2027, 4, 2, tzinfo=CHINA)) == []
    called = played.look(datetime(2027, 7, 1, 2, 5, tzinfo=CHINA))
    assert called[0] == "round new 2027Q3 --units all --baseline 2027Q2"
    assert called[-1] == "gate 2027Q3 --against 2027Q2"
    assert runs(here) == [("2027Q2", "done"), ("2027Q3", "done")]


def test_an_interrupted_run_is_gone_on_with_where_it_stood(here) -> None:
    """A drained crawl is crawled again, the plan is not made again; nothing new is begun meanwhile."""
    schedules.add(here, "q", SPEC, now=START)
    played = Played(here, crawl=[Exit.INTERRUPTED, Exit.SERVICES])
    assert played.look(datetime(2027, 4, 1, 3, tzinfo=CHINA))[-1].startswith("crawl")
    assert runs(here) == [("2027Q2", "running")]
    assert played.look(datetime(2027, 4, 1, 4, tzinfo=CHINA))[0].startswith("crawl")
    assert played.paused == [60.0]
    assert runs(here) == [("2027Q2", "done")]


def test_overlapping_times_are_skipped_or_waited_for(here) -> None:
    """A run of four months: the quarter that came meanwhile is skipped, or begun when it has ended."""
    schedules.add(here, "skip", SPEC, now=START)
    schedules.add(
        here, "wait", SPEC.model_copy(update={"overlap": Overlap.WAIT, "pattern": "w{year}Q{quarter}"}), now=START
    )
    played = Played(here)
    played.slow = timedelta(days=12)
    played.look(datetime(2027, 4, 1, 2, tzinfo=CHINA))
    played.slow = timedelta(minutes=1)
    played.look(played.now)
    assert runs(here, "skip")[0] == ("2027Q2", "done")
    assert {state for _, state in runs(here, "wait")} <= {"done", "skipped"}
    assert runs(here, "wait")[-1][1] == "done"


class Hook:
    """A webhook that keeps what is posted."""

    def __init__(self) -> None:
        self.posts: list[dict] = []
        hook = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                hook.posts.append(json.loads(self.rfile.read(int(self.headers["Content-Length"]))))
                self.send_response(200)
                self.end_headers()

            def log_message(self, *_words: object) -> None:
                """Say nothing."""

        self.server = HTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self.server.server_port}/hook?access_token=geheim"
        self.thread = threading.Thread(target=self.server.serve_forever)
        self.thread.start()

    def close(self) -> None:
        """Stop."""
        self.server.shutdown()
        self.server.server_close()
        self.thread.join()


def test_people_are_told_of_holds_failures_and_ends(here) -> None:
    """One post each; a notice that cannot be sent is journalled without its token, and stops nothing."""
    hook = Hook()
    try:
        gone = "http://127.0.0.1:9/robot?access_token=geheim"
        spec = SPEC.model_copy(update={"notify": (hook.url, gone), "baseline": "2026Q4"})
        schedules.add(here, "q", spec, now=START)
        played = Played(here, gate=[Exit.DIFFERENCES], audit=[Exit.OK, Exit.DIFFERENCES])
        for month in (4, 7, 10):
            played.look(datetime(2027, month, 1, 2, 5, tzinfo=CHINA))
    finally:
        hook.close()
    assert [post["state"] for post in hook.posts] == ["held", "failed", "done"]
    assert "扣下" in hook.posts[0]["text"]
    assert "audit" in hook.posts[1]["why"]
    unsent = [run["unsent"] for run in schedules.get(here, "q")["runs"]]
    assert all("127.0.0.1" in one[0] and "geheim" not in one[0] for one in unsent)


def test_posts_have_the_shape_each_service_reads() -> None:
    """DingTalk, WeCom and Feishu; any other gets text and facts."""
    assert notices.body_for("oapi.dingtalk.com", "a", {}) == {"msgtype": "text", "text": {"content": "a"}}
    assert notices.body_for("qyapi.weixin.qq.com", "a", {}) == {"msgtype": "text", "text": {"content": "a"}}
    assert notices.body_for("open.feishu.cn", "a", {}) == {"msg_type": "text", "content": {"text": "a"}}
    assert notices.body_for("hooks.example", "a", {"round": "r"}) == {"text": "a", "round": "r"}


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"cron": "0 2 30 2 *"}, "永远不会到"), ({"zone": "Asia/Nowhere"}, "时区"), ({"units": ()}, "--units"),
        ({"cron": "0 2 1 * *"}, "会重复"), ({"pattern": "{season}"}, "season"), ({"notify": ("ftp://a",)}, "通知"),
        ({"notify": ("smtp://u:geheim@mail",)}, "from="),
    ],
)  # fmt: skip
def test_a_schedule_that_cannot_be_is_refused_whole(here, change, said) -> None:
    """Named: a time that never comes, a zone, names that repeat, a notice that goes nowhere (its password unsaid)."""
    with pytest.raises(BadChoice, match=said) as refused:
        schedules.add(here, "q", SPEC.model_copy(update=change), now=START)
    assert "geheim" not in str(refused.value)
    assert schedules.every(here) == ()


def test_names_and_processes_are_alone(here) -> None:
    """A name once, an unknown one refused, one process at a time."""
    schedules.add(here, "q", SPEC, now=START)
    with pytest.raises(RoundExists, match="q"):
        schedules.add(here, "q", SPEC, now=START)
    schedules.remove(here, "q")
    with pytest.raises(NoSuchRound, match="q"):
        schedules.remove(here, "q")
    with schedules.alone(here), pytest.raises(WrongState, match="另一个"), schedules.alone(here):
        pass
