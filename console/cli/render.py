"""Output: JSON documents and Chinese tables on stdout, sentences and progress on stderr."""

import sys
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from types import MappingProxyType
from typing import Any, Final
from zoneinfo import ZoneInfo

import orjson
from rich.console import Console
from rich.table import Table
from rich.text import Text

from crawler.frontier.contract import Counts, Waiting
from rounds.progress import Pace, hosts_done

CLOCK: Final = "北京时间"  # of every time that people see, whatever the machine's zone: named where times are shown
CHINA: Final = ZoneInfo("Asia/Shanghai")
LINE_SECONDS: Final = 10.0  # between lines of progress where nobody sees a page renewed
PLAIN_WIDTH: Final = 140  # columns when the output is no terminal: tables stay whole in logs and files
# The ledger in the order people read it, with the words they use.
LEDGER: Final[Mapping[str, str]] = {
    "found": "发现",
    "stored": "已存",
    "failed": "失败",
    "skipped": "跳过",
    "quarantined": "隔离",
    "queued": "排队",
    "delayed": "等待",
    "leased": "在采",
}
ASIDE: Final[Mapping[str, str]] = {
    "too_deep": "过深",
    "out_of_scope": "范围外",
    "cut": "陷阱",
    "relinks": "待重链",
    "probes": "待探测",
    "spilled": "移出内存",
}
VERDICTS: Final[Mapping[str, str]] = {
    "kept": "保留",
    "irrelevant": "无关",
    "harmful": "有害",
    "ad": "广告",
    "duplicate": "重复",
}
STATES: Final[Mapping[str, str]] = {
    "ready": "就绪",
    "running": "进行中",
    "paused": "已暂停",
    "cancelled": "已取消",
    "finished": "已完成",
}


def out() -> Console:
    """Return the console for results; made anew each time, because tests and pipes change what stdout is."""
    return Console(width=None if sys.stdout.isatty() else PLAIN_WIDTH, highlight=False)


def err() -> Console:
    """Return the console for sentences, warnings and progress."""
    return Console(stderr=True, width=None if sys.stderr.isatty() else PLAIN_WIDTH, highlight=False)


def document(value: Any) -> None:
    """Print one JSON document."""
    _write(orjson.dumps(value, default=_plain, option=orjson.OPT_INDENT_2 | orjson.OPT_APPEND_NEWLINE))


def line(value: Any) -> None:
    """Print one line of JSON Lines."""
    _write(orjson.dumps(value, default=_plain, option=orjson.OPT_APPEND_NEWLINE))


def _write(raw: bytes) -> None:
    sys.stdout.flush()
    sys.stdout.buffer.write(raw)
    sys.stdout.buffer.flush()


def _plain(value: Any) -> Any:
    if isinstance(value, Mapping):
        return dict(value)
    if isinstance(value, Iterable):
        return list(value)
    return str(value)


def say(message: str, *, on_stderr: bool = False) -> None:
    """Print a sentence for the operator; markup in it is not read."""
    (err() if on_stderr else out()).print(message, markup=False, soft_wrap=True)


def note(message: str) -> None:
    """Print a sentence on stderr: progress and advice that is not the result."""
    err().print(message, markup=False, soft_wrap=True, style="dim")


def warn(message: str) -> None:
    """Print a warning on stderr."""
    err().print(f"注意：{message}", markup=False, soft_wrap=True, style="yellow")


def failure(message: str) -> None:
    """Print why the command failed on stderr."""
    err().print(f"错误：{message}", markup=False, soft_wrap=True, style="bold red")


def table(
    title: str,
    columns: Sequence[str],
    rows: Iterable[Sequence[object]],
    *,
    numbers: Sequence[str] = (),
    least: Mapping[str, int] = MappingProxyType({}),
) -> Table:
    """Return a table; columns named in `numbers` stand to the right.  Cells are plain text, never markup.

    `least` is the width a column keeps however narrow the table is: that of words which must not be broken.
    """
    made = Table(title=title or None, title_justify="left", title_style="bold", header_style="bold")
    for name in columns:
        made.add_column(
            name, justify="right" if name in numbers else "left", overflow="fold", min_width=least.get(name)
        )
    for row in rows:
        made.add_row(*(Text(str(cell)) for cell in row))
    return made


def show(made: Table, *, on_stderr: bool = False) -> None:
    """Print a table."""
    (err() if on_stderr else out()).print(made)


def pace_line(pace: Pace) -> str:
    """Rate and time left in words; the time is an estimate, and links still to be found are not in it."""
    parts = [f"每秒 {pace.pages_per_second:.1f} 页"]
    if pace.seconds_left == 0:
        parts.append("已无剩余")
    elif pace.seconds_left is not None:
        parts.append(f"已知的大约还要 {duration(pace.seconds_left)}")
    if pace.waiting is not None:
        parts.append(waiting_words(pace.waiting))
    return "；".join(parts)


def progress_line(counts: Counts, hosts: Mapping[str, Counts], pace: Pace, crew: str) -> str:
    """How a round is getting on, on one line; `crew` says who works at it."""
    ledger = "，".join(f"{word} {getattr(counts, name):,}" for name, word in LEDGER.items() if getattr(counts, name))
    return f"{ledger}；{pace_line(pace)}；主机 {hosts_done(hosts)}/{len(hosts)} 完成；{crew}"


def waiting_words(waiting: Waiting) -> str:
    """How many pages wait for another try, and until when in China; with the day where that is not today."""
    first, last = (datetime.fromtimestamp(at, CHINA) for at in (waiting.first, waiting.last))
    shape = "%H:%M" if last.date() == datetime.now(CHINA).date() else "%m-%d %H:%M"
    ends = last.strftime(shape)
    span = "" if first.strftime(shape) == ends else f"，最早的 {first.strftime(shape)}"
    return f"{waiting.urls:,} 页等到 {ends} 再试{span}（{CLOCK}）"


def ledger_cells(counts: Counts) -> list[str]:
    """One row of the ledger's columns."""
    return [f"{getattr(counts, name):,}" for name in LEDGER]


def counts_document(counts: Counts) -> dict[str, int]:
    """Every counter by its name, and the ledger's difference (0 when it closes)."""
    return {name: getattr(counts, name) for name in Counts.__dataclass_fields__} | {"difference": counts.difference}


def state_word(state: str) -> str:
    """A round's state as people call it."""
    return STATES.get(state, state)


def moment(value: datetime | str | None) -> str:
    """A stored time in Beijing, to the second; what stands around it names the zone."""
    if isinstance(value, datetime):
        return value.astimezone(CHINA).strftime("%Y-%m-%d %H:%M:%S")
    return value or "—"


def duration(seconds: float | None) -> str:
    """Seconds as people say them; a dash when unknown."""
    if seconds is None:
        return "—"
    whole = round(seconds)
    days, rest = divmod(whole, 86_400)
    hours, rest = divmod(rest, 3600)
    minutes, left = divmod(rest, 60)
    if days:
        return f"{days} 天 {hours} 小时"
    if hours:
        return f"{hours} 小时 {minutes} 分"
    return f"{minutes} 分 {left} 秒" if minutes else f"{left} 秒"


def size(number: float) -> str:
    """Bytes as people say them."""
    for unit in ("B", "KB", "MB", "GB"):
        if number < 1000:
            return f"{number:.0f} {unit}" if unit == "B" else f"{number:.1f} {unit}"
        number /= 1000
    return f"{number:.1f} TB"
