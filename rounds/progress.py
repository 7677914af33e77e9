"""How a round is getting on, from the frontier's counters alone: rates, time left, hosts done.  Pure.

Time left is an estimate over what is known: links still to be found are not in it, and a rate may change.
"""

from collections import deque
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from crawler.frontier.contract import Counts, Waiting

TOP_HOSTS: Final = 15  # that are shown first
WINDOW_SECONDS: Final = 30.0  # long enough to level a 0.1-1 s delay per host, short enough to show a stall


@dataclass(frozen=True, slots=True)
class Sample:
    """The counters at one moment; `at` in seconds since the epoch, or of any steady clock."""

    at: float
    counts: Counts
    hosts: Mapping[str, Counts]
    waiting: Waiting | None = None  # on the clock of `at`


@dataclass(frozen=True, slots=True)
class Pace:
    """`pages_per_second` counts URLs that ended, however they ended; `seconds_left` is None when it cannot be told.

    `waiting` is what will be tried again later; None where nothing is, or all of it is due by now.
    """

    pages_per_second: float
    seconds_left: float | None
    hosts: int
    hosts_done: int
    waiting: Waiting | None = None


def ended(counts: Counts) -> int:
    """URLs that are through: stored, failed, skipped or quarantined."""
    return counts.stored + counts.failed + counts.skipped + counts.quarantined


def remaining(counts: Counts) -> int:
    """URLs (and relinks) still to be done, as far as they are known."""
    return counts.queued + counts.delayed + counts.leased + counts.relinks


def hosts_done(hosts: Mapping[str, Counts]) -> int:
    """Hosts that had something to do and have nothing left."""
    return sum(1 for counts in hosts.values() if counts.at_rest and counts.found)


def rate(earlier: Sample, later: Sample) -> float:
    """URLs ended per second between two samples; 0 when no time passed or a retry put URLs back."""
    seconds = later.at - earlier.at
    return max(0.0, (ended(later.counts) - ended(earlier.counts)) / seconds) if seconds > 0 else 0.0


def seconds_left(sample: Sample, pages_per_second: float, *, delay: float, host_concurrency: int) -> float | None:
    """About so long: what is left at this rate, but never faster than the fullest host's politeness allows.

    Nor is it done before the last of what waits for another try is due.
    None when work is left and nothing tells how fast it goes; a bound below a second tells nothing either.
    """
    left = remaining(sample.counts)
    if left == 0:
        return 0.0
    fullest = max((remaining(counts) for counts in sample.hosts.values()), default=0)
    due = sample.waiting.last - sample.at if sample.waiting is not None else 0.0
    bound = max(fullest * delay / host_concurrency, due)
    if pages_per_second <= 0:
        return bound if bound >= 1.0 else None
    return max(bound, left / pages_per_second)


def pace_of(sample: Sample, pages_per_second: float, *, delay: float, host_concurrency: int) -> Pace:
    """Put one sample and a known rate together."""
    left = seconds_left(sample, pages_per_second, delay=delay, host_concurrency=host_concurrency)
    waits = sample.waiting if sample.waiting is not None and sample.waiting.last > sample.at else None
    return Pace(pages_per_second, left, len(sample.hosts), hosts_done(sample.hosts), waits)


class Track:
    """The recent samples of one round; the oldest kept is the last one before the window."""

    def __init__(self, *, delay: float, host_concurrency: int, window: float = WINDOW_SECONDS) -> None:
        self._delay = delay
        self._host_concurrency = host_concurrency
        self._window = window
        self._samples: deque[Sample] = deque()

    def add(self, sample: Sample) -> Pace:
        """Take a sample in and return the pace over the window; samples come in the order of their time."""
        self._samples.append(sample)
        while len(self._samples) > 2 and self._samples[1].at <= sample.at - self._window:
            self._samples.popleft()
        recent = rate(self._samples[0], sample)
        return pace_of(sample, recent, delay=self._delay, host_concurrency=self._host_concurrency)


def fullest_hosts(hosts: Mapping[str, Counts], top: int) -> Sequence[tuple[str, Counts]]:
    """Return the `top` hosts with most left to do, then by most found, then by name."""
    order = sorted(hosts.items(), key=lambda item: (-remaining(item[1]), -item[1].found, item[0]))
    return order[:top]


def add_up(counts: Sequence[Counts]) -> Counts:
    """Sum counters field by field."""
    names = Counts.__dataclass_fields__
    return Counts(**{name: sum(getattr(one, name) for one in counts) for name in names})
