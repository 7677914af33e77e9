"""Scheduled rounds: a template, the times at which it is run, and the runs, each step journalled and gone on with after a kill.

Every step is a command of ours run as a process, as an operator would run it: its exit code (docs/exit-codes.md) says
whether to go on, to try again later, or to call somebody.
"""

from __future__ import annotations

import signal
import subprocess
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from itertools import islice
from pathlib import Path
from typing import Any, Final
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from filelock import FileLock, Timeout
from pydantic import ConfigDict

from crawler.exits import Exit
from crawler.plan import Frozen
from pipelines.store.errors import NameTaken
from pipelines.store.errors import UnknownRound as NotStored
from pipelines.store.schedules import ScheduleBook
from rounds import life, notices
from rounds.planning import check_name
from rounds.refusals import BadChoice, NoSuchRound, RoundExists, WrongState
from rounds.services import Services
from rounds.when import BadCron, Due, Missed, Overlap, due, named, parse, times

LOOKED_AHEAD: Final = 24  # times whose names must all differ
TRIES: Final = 5  # of a step that ended with a code that passes
PASSING: Final = frozenset({Exit.SERVICES, Exit.DISK})
PAUSE: Final = 60.0  # seconds before such a step is tried again, longer each time
LAST_LINES: Final = 20  # of a step's words kept with the run
LATEST: Final = "latest"  # the round a poll is of: the newest
PREVIOUS: Final = "previous"  # the baseline that is the round of the run before


class Spec(Frozen):
    """What is run, when, and who hears of it."""

    model_config = ConfigDict(frozen=True, extra="forbid", use_enum_values=False)

    cron: str
    zone: str = "Asia/Shanghai"
    pattern: str
    units: tuple[str, ...] = ()
    options: tuple[str, ...] = ()  # further words of `round new`, as they stand
    workers: int = 2
    accept: bool = False  # dead seeds do not stop the crawl
    baseline: str = PREVIOUS  # a round's name; empty: none
    poll: str = ""  # a round's name or `latest`: no round is made, its units' feeds are polled
    channels: tuple[str, ...] | None = None  # words of `channels` beyond the round; None: a round asks no channels
    missed: Missed = Missed.ONCE
    overlap: Overlap = Overlap.SKIP
    notify: tuple[str, ...] = ()
    export_to: str = ""  # a folder; empty: nothing is exported
    export_format: str = "jsonl"


@dataclass(frozen=True, slots=True)
class Step:
    """One step: its words for the command, and the codes besides OK with which it has done its work."""

    name: str
    words: tuple[str, ...]
    fine: frozenset[int] = frozenset()


@dataclass(frozen=True, slots=True)
class Told:
    """How a command ended, and its last words."""

    code: int
    last: str


Command = Callable[[Sequence[str]], Told]


def add(services: Services, name: str, spec: Spec, *, now: datetime) -> list[tuple[datetime, str]]:
    """Store a schedule; answers its next times with the names of their rounds.

    Raises BadPlan, BadChoice (a cron that cannot be or never comes, an unknown time zone, names that repeat, a notice that
    goes nowhere), RoundExists.
    """
    check_name(name)
    coming = dates(spec, now, LOOKED_AHEAD)
    if spec.poll:
        _check_poll(services, spec)
    else:
        _check_rounds(spec, [one for _, one in coming])
    for target in spec.notify:
        notices.check(target)
    with life.store(services) as database:
        try:
            ScheduleBook(database, url=services.mongo_url).create(name, spec.model_dump(mode="json"), at=now)
        except NameTaken as error:
            raise RoundExists(f"日程 {name} 已经有了：换一个名字，或先用 caifeng schedule remove {name}") from error
    return coming


def _check_rounds(spec: Spec, names: Sequence[str]) -> None:
    for one in names:
        check_name(one)
    if len(set(names)) < len(names):
        again = next(one for one in names if names.count(one) > 1)
        raise BadChoice(
            f"名字样式 {spec.pattern!r} 会重复（{again}）：加上 {{month}} 或 {{day}}，每次的轮次要有自己的名字"
        )
    if not spec.units and not any(word == "--site" or word.startswith("--site=") for word in spec.options):
        raise BadChoice("没有要采集的单位：请给出 --units 或 --site")


def _check_poll(services: Services, spec: Spec) -> None:
    if spec.units or spec.options or spec.export_to:
        raise BadChoice("--poll 的日程只取订阅源，不建轮次：不用 --units、--option、--export-to")
    if spec.poll != LATEST:
        life.get(services, spec.poll)


def dates(spec: Spec, after: datetime, number: int) -> list[tuple[datetime, str]]:
    """The next times, and the names of their rounds.  Raises BadChoice."""
    try:
        zone = ZoneInfo(spec.zone)
        coming = islice(times(parse(spec.cron), zone, after), number)
        return [(at, spec.poll or named(spec.pattern, at)) for at in coming]
    except (ZoneInfoNotFoundError, ValueError) as error:
        if isinstance(error, BadCron):
            raise BadChoice(str(error)) from error
        raise BadChoice(f"没有 {spec.zone!r} 这个时区：例如 Asia/Shanghai") from error


def get(services: Services, name: str) -> Mapping[str, Any]:
    """Its document.  Raises NoSuchRound."""
    with life.store(services) as database:
        try:
            return ScheduleBook(database, url=services.mongo_url).get(name)
        except NotStored as error:
            raise NoSuchRound(f"没有叫 {name} 的日程（caifeng schedule list 可以查看）") from error


def every(services: Services) -> tuple[Mapping[str, Any], ...]:
    """All, by name."""
    with life.store(services) as database:
        return ScheduleBook(database, url=services.mongo_url).all()


def remove(services: Services, name: str) -> None:
    """Forget one; its rounds stay.  Raises NoSuchRound."""
    with life.store(services) as database:
        if not ScheduleBook(database, url=services.mongo_url).remove(name):
            raise NoSuchRound(f"没有叫 {name} 的日程（caifeng schedule list 可以查看）")


def steps_of(spec: Spec, round_name: str, baseline: str, due: datetime) -> Iterator[Step]:
    """A round from its plan to its export: of the units that stood on the day it was due.  Of a poll, the poll."""
    if spec.poll:
        yield Step("channels", ("channels", round_name, "--search=", *(spec.channels or ())))
        return
    day = due.astimezone(ZoneInfo(spec.zone)).date()
    chosen = [word for unit in spec.units for word in ("--units", unit)]
    upon = ["--baseline", baseline] if baseline else []
    accept = ["--accept"] if spec.accept else []
    yield Step(
        "new",
        ("round", "new", round_name, *chosen, "--as-of", f"{day}", *spec.options, *upon),
        frozenset({Exit.CONFLICT}),
    )
    if not spec.accept:
        yield Step("check", ("round", "check", round_name))
    yield Step("crawl", ("crawl", round_name, "--workers", str(spec.workers), *accept))
    if spec.channels is not None:
        yield Step("channels", ("channels", round_name, *spec.channels))
    yield Step("values", ("values", round_name))
    yield Step("audit", ("audit", round_name))
    if baseline:
        yield Step("gate", ("gate", round_name, "--against", baseline))
    for what in ("pages", "failures", "evidence", "values") if spec.export_to else ():
        file = Path(spec.export_to) / f"{round_name}-{what}.{spec.export_format}"
        words = ("export", round_name, "--what", what, "--format", spec.export_format, "-o", str(file))
        yield Step(f"export-{what}", words)


@contextmanager
def alone(services: Services) -> Iterator[None]:
    """One process of a home runs schedules at a time.  Raises WrongState."""
    lock = FileLock(services.home / "schedule.lock", timeout=0)
    try:
        with lock:
            yield
    except Timeout as error:
        raise WrongState("另一个 caifeng schedule run 正在这里运行：等它做完，或停掉它") from error


class Runner:
    """Deals with what has come due: goes on with runs that were interrupted, then begins new ones."""

    def __init__(
        self,
        services: Services,
        command: Command,
        *,
        clock: Callable[[], datetime],
        pause: Callable[[float], None] = time.sleep,
        report: Callable[[str], None] = lambda _line: None,
    ) -> None:
        self._services = services
        self._command = command
        self._clock = clock
        self._pause = pause
        self._report = report
        self.stopping = False

    def stop(self) -> None:
        """Begin nothing more: what is under way is gone on with at the next look."""
        self.stopping = True

    def look(self) -> int:
        """Deal with all that is due now; returns how many runs were begun or gone on with.  Raises StoreAway."""
        number = 0
        for document in every(self._services):
            name, spec = document["_id"], Spec.model_validate(document["spec"])
            for run in document["runs"]:
                if run["state"] == "running" and not self.stopping:
                    number += 1
                    self._run(name, spec, run)
            for one in () if self.stopping else self._due(name, spec):
                self._skip(name, one) if one.skipped else self._begin(name, spec, one.at)
                number += not one.skipped
        return number

    def _due(self, name: str, spec: Spec) -> list[Due]:
        document = get(self._services, name)
        if any(run["state"] == "running" for run in document["runs"]):
            return []  # drained on purpose: the next look goes on with it
        ended = max((run["ended"] for run in document["runs"] if run.get("ended")), default=None)
        cron, zone = parse(spec.cron), ZoneInfo(spec.zone)
        return due(cron, zone, document["last"], ended, self._clock(), spec.missed, spec.overlap)

    def _skip(self, name: str, one: Due) -> None:
        self._report(f"日程 {name}：{one.at:%Y-%m-%d %H:%M} 略过（{one.skipped}）")
        with self._book() as book:
            book.begin(name, {"due": one.at, "state": "skipped", "why": one.skipped, "steps": []})

    def _begin(self, name: str, spec: Spec, at: datetime) -> None:
        document = get(self._services, name)
        done = [run["round"] for run in document["runs"] if run["state"] == "done"]
        baseline = (done[-1] if done else "") if spec.baseline == PREVIOUS else spec.baseline
        run: dict[str, Any] = {
            "due": at, "state": "running", "why": "", "round": self._round_of(spec, at),
            "baseline": baseline, "began": self._clock(), "steps": [],
        }  # fmt: skip
        with self._book() as book:
            book.begin(name, run)
        self._run(name, spec, run)

    def _round_of(self, spec: Spec, at: datetime) -> str:
        """The round a time is for: the one to be made, or the one whose feeds are polled; empty where there is none yet."""
        if spec.poll != LATEST:
            return spec.poll or named(spec.pattern, at.astimezone(ZoneInfo(spec.zone)))
        rounds = life.all_rounds(self._services)
        return rounds[-1].name if rounds else ""

    def _run(self, name: str, spec: Spec, run: Mapping[str, Any]) -> None:
        """Every step not done yet."""
        if not run["round"]:
            self._end(name, spec, run, "failed", "还没有轮次，不知道要取哪些单位的订阅源")
            return
        done = {step["name"] for step in run["steps"] if step["done"]}
        for step in steps_of(spec, run["round"], run["baseline"], run["due"]):
            if step.name in done:
                continue
            self._report(f"日程 {name}，轮次 {run['round']}：{step.name}")
            told = self._step(step)
            fine = told.code == Exit.OK or told.code in step.fine
            journal = {"name": step.name, "at": self._clock(), "code": told.code, "done": fine}
            with self._book() as book:
                book.change(name, run["due"], {}, journal)
            if told.code == Exit.INTERRUPTED:
                return  # drained on purpose: gone on with at the next look
            if not fine:
                state = "held" if (step.name, told.code) == ("gate", Exit.DIFFERENCES) else "failed"
                self._end(name, spec, run, state, f"{step.name} 以 {told.code} 结束：{told.last}")
                return
        self._end(name, spec, run, "done", "")

    def _step(self, step: Step) -> Told:
        """Run it; what passes by itself is tried again."""
        for number in range(1, TRIES + 1):
            told = self._command(step.words)
            if told.code not in PASSING or number == TRIES:
                break
            self._pause(PAUSE * number)
        return told

    def _end(self, name: str, spec: Spec, run: Mapping[str, Any], state: str, why: str) -> None:
        facts = {"schedule": name, "round": run["round"], "state": state, "why": why}
        subject = f"采风：日程 {name} 的轮次 {run['round']} {ENDINGS[state]}"
        told = spec.notify if why or not spec.poll else ()  # a poll that went well is no news
        failed = [wrong for target in told if (wrong := notices.send(target, subject, why or "各步都已做完。", facts))]
        for wrong in failed:
            self._report(f"通知没有送到：{wrong}")
        with self._book() as book:
            ended = {"state": state, "why": why, "ended": self._clock(), "unsent": failed}
            book.change(name, run["due"], ended)
        self._report(subject)

    @contextmanager
    def _book(self) -> Iterator[ScheduleBook]:
        with life.store(self._services) as database:
            yield ScheduleBook(database, url=self._services.mongo_url)


ENDINGS: Final[Mapping[str, str]] = {"done": "已完成", "held": "被关口扣下了", "failed": "没有做完"}


def as_process(command: Sequence[str], stopped: Callable[[], None] = lambda: None) -> Command:
    """Runs our own command as a process; its words go on to the terminal, the last lines are kept.

    Whoever stops us stops the step: a crawl drains.  `stopped` is told first.
    """

    def run(words: Sequence[str]) -> Told:
        child = subprocess.Popen([*command, *words], stderr=subprocess.PIPE, stdin=subprocess.DEVNULL)  # noqa: S603
        with _passed_on(child, stopped):
            _, said = child.communicate()
        lines = said.decode("utf-8", "replace").splitlines()
        return Told(Exit.INTERRUPTED if child.returncode < 0 else child.returncode, "\n".join(lines[-LAST_LINES:]))

    return run


@contextmanager
def _passed_on(child: subprocess.Popen[bytes], stopped: Callable[[], None]) -> Iterator[None]:
    def stop(*_: object) -> None:
        stopped()
        child.send_signal(signal.SIGINT)

    before = {number: signal.signal(number, stop) for number in (signal.SIGINT, signal.SIGTERM)}
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
