"""Scheduled rounds: step by step, gone on with after an interruption, held by the gate, told to people."""

from __future__ import annotations

import json
import os
import signal
import socket
import sys
import threading
from datetime import UTC, datetime, timedelta
from email import message_from_bytes, policy
from http.server import BaseHTTPRequestHandler, HTTPServer
from zoneinfo import ZoneInfo

import pytest

from crawler.exits import Exit
from rounds import notices, schedules
from rounds.refusals import BadChoice, NoSuchRound, RoundExists, WrongState
from rounds.schedules import Runner, Spec, Told
from rounds.when import Overlap
from tests.rounds.keeping import keep

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
        "round new 2027Q2 --units all --as-of 2027-04-01", "round check 2027Q2", "crawl 2027Q2 --workers 2", "values 2027Q2", "audit 2027Q2",
    ]  # fmt: skip
    assert played.look(datetime(2027, 4, 2, tzinfo=CHINA)) == []
    called = played.look(datetime(2027, 7, 1, 2, 5, tzinfo=CHINA))
    assert called[0] == "round new 2027Q3 --units all --as-of 2027-07-01 --baseline 2027Q2"
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


def test_channels_are_asked_between_crawl_and_values(here) -> None:
    """Where the schedule says so, with its own words."""
    spec = SPEC.model_copy(update={"channels": ("--rsshub=http://127.0.0.1:1200",)})
    schedules.add(here, "q", spec, now=START)
    called = Played(here).look(datetime(2027, 4, 1, 2, 5, tzinfo=CHINA))
    assert called[2:5] == [
        "crawl 2027Q2 --workers 2", "channels 2027Q2 --rsshub=http://127.0.0.1:1200", "values 2027Q2",
    ]  # fmt: skip


def test_feeds_are_polled_between_rounds_on_a_schedule_of_their_own(here) -> None:
    """Of the newest round's units, every six hours; no round is made, nobody is told of a poll that went well."""
    hook = Hook()
    try:
        poll = Spec(cron="0 */6 * * *", pattern="", units=(), poll="latest", notify=(hook.url,))
        schedules.add(here, "feeds", poll, now=START)
        played = Played(here, channels=[Exit.OK, Exit.OK, Exit.DIFFERENCES])
        assert played.look(datetime(2027, 1, 15, 12, 1, tzinfo=CHINA)) == []
        keep(here, "2027Q1")
        for day, hour in ((15, 18), (16, 0), (16, 6)):
            assert played.look(datetime(2027, 1, day, hour, 1, tzinfo=CHINA)) == ["channels 2027Q1 --search="]
    finally:
        hook.close()
    assert [state for _, state in runs(here, "feeds")] == ["failed", "done", "done", "failed"]
    assert [post["state"] for post in hook.posts] == ["failed", "failed"]
    for wrong in ({"units": ("all",)}, {"poll": "no-such-round"}):
        with pytest.raises((BadChoice, NoSuchRound)):
            schedules.add(here, "x", poll.model_copy(update=wrong), now=START)


class Mail:
    """An SMTP server on loopback that keeps the letters it is given."""

    def __init__(self) -> None:
        self.letters: list[tuple[str, list[str], str]] = []
        self.socket = socket.create_server(("127.0.0.1", 0))
        self.thread = threading.Thread(target=self._serve)
        self.thread.start()

    def _serve(self) -> None:
        taken, _ = self.socket.accept()
        with taken, taken.makefile("rw", encoding="utf-8", newline="\r\n") as line:

            def say(text: str) -> None:
                line.write(text + "\n")
                line.flush()

            say("220 loopback")
            sender, to = "", []
            for asked in line:
                word = asked.strip().partition(" ")[0].upper()
                if word == "DATA":
                    say("354 go on")
                    body = "".join(iter(line.readline, ".\r\n"))
                    self.letters.append((sender, to, body))
                elif word == "MAIL":
                    sender = asked.partition("<")[2].partition(">")[0]
                elif word == "RCPT":
                    to.append(asked.partition("<")[2].partition(">")[0])
                say("221 bye" if word == "QUIT" else "250 fine")
                if word == "QUIT":
                    break

    def close(self) -> None:
        """Stop."""
        self.thread.join(10)
        self.socket.close()


def test_an_e_mail_is_sent_to_everybody_named(here) -> None:
    """Through a real SMTP conversation: sender, all who are to hear, a Chinese subject and body that read back as sent."""
    mail = Mail()
    port = mail.socket.getsockname()[1]
    target = f"smtp://127.0.0.1:{port}/?from=caifeng@a.test&to=one@a.test&to=two@a.test"
    schedules.add(here, "q", SPEC.model_copy(update={"notify": (target,)}), now=START)
    Played(here, audit=[Exit.DIFFERENCES]).look(datetime(2027, 4, 1, 2, 5, tzinfo=CHINA))
    mail.close()
    ((sender, to, body),) = mail.letters
    letter = message_from_bytes(body.encode(), policy=policy.default)
    assert (sender, to) == ("caifeng@a.test", ["one@a.test", "two@a.test"])
    assert letter["Subject"] == "采风：日程 q 的轮次 2027Q2 没有做完"
    assert "audit 以 9 结束" in letter.get_content()
    assert schedules.get(here, "q")["runs"][0]["unsent"] == []


STOPPED = """
import signal, sys, time
signal.signal(signal.SIGINT, lambda *_: sys.exit(10))
print("ready", flush=True)
time.sleep(60)
"""


def test_a_stopped_scheduler_stops_its_step_and_begins_nothing_more(here) -> None:
    """SIGTERM reaches the step, which drains; the run stays under way, and the other schedule is not begun."""
    for name in ("a", "b"):
        schedules.add(here, name, SPEC.model_copy(update={"pattern": f"{name}{{year}}Q{{quarter}}"}), now=START)
    played = Played(here)
    command = schedules.as_process((sys.executable, "-c", STOPPED), played.runner.stop)

    def crawling(words):
        if words[0] != "crawl":
            return Told(Exit.OK, "")
        threading.Timer(1.0, os.kill, (os.getpid(), signal.SIGTERM)).start()
        return command(())

    played.now, played.runner._command = datetime(2027, 4, 1, 2, 5, tzinfo=CHINA), crawling
    played.runner.look()
    assert (runs(here, "a"), runs(here, "b")) == ([("a2027Q2", "running")], [])
