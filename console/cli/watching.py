"""Live progress of a crawl on stderr: a page that renews itself on a terminal, a line now and then elsewhere."""

import time
from types import TracebackType
from typing import Final, Self

from rich.console import Group, RenderableType
from rich.live import Live
from rich.text import Text

from console.cli import render
from crawler.plan import RoundPlan
from rounds.progress import Pace, Sample, Track, fullest_hosts, hosts_done
from rounds.supervise import Snapshot

LINE_SECONDS: Final = 10.0  # between lines where stderr is no terminal
TOP_HOSTS: Final = 8


class CrawlProgress:
    """Called with each snapshot of the supervisor; a context manager, so that the terminal is left clean."""

    def __init__(self, plan: RoundPlan) -> None:
        self._plan = plan
        self._track = Track(delay=plan.delay, host_concurrency=plan.host_concurrency)
        self._console = render.err()
        self._live = Live(console=self._console, auto_refresh=False) if self._console.is_terminal else None
        self._next_line = 0.0

    def __enter__(self) -> Self:
        if self._live is not None:
            self._live.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._live is not None:
            self._live.stop()

    def __call__(self, snapshot: Snapshot) -> None:
        """Show one snapshot."""
        pace = self._track.add(Sample(snapshot.at, snapshot.counts, snapshot.host_counts))
        if self._live is not None:
            self._live.update(self._page(snapshot, pace), refresh=True)
        elif time.monotonic() >= self._next_line:
            self._next_line = time.monotonic() + LINE_SECONDS
            self._console.print(self._line(snapshot, pace), markup=False, soft_wrap=True)

    def _line(self, snapshot: Snapshot, pace: Pace) -> str:
        counts = snapshot.counts
        words = "，".join(
            f"{word} {getattr(counts, name):,}" for name, word in render.LEDGER.items() if getattr(counts, name)
        )
        restarts = f"，重启 {snapshot.restarts} 次" if snapshot.restarts else ""
        hosts = f"主机 {hosts_done(snapshot.host_counts)}/{len(snapshot.host_counts)} 完成"
        return f"{words}；{render.pace_line(pace)}；{hosts}；进程 {snapshot.running} 个{restarts}"

    def _page(self, snapshot: Snapshot, pace: Pace) -> RenderableType:
        columns = tuple(render.LEDGER.values())
        shown = fullest_hosts(snapshot.host_counts, TOP_HOSTS)
        rows = ((host, *render.ledger_cells(one)) for host, one in shown)
        head = Text(f"轮次 {self._plan.name}", style="bold")
        table = render.table("", ("主机", *columns), rows, numbers=columns)
        return Group(
            head,
            Text(self._line(snapshot, pace)),
            table,
            Text("按 Ctrl-C 收工：在途的做完，以后可以接着采", style="dim"),
        )
