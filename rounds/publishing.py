"""Whether a round may be published: the gate applied to a stored round, and what the operator decided, journalled."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from datetime import datetime
from typing import Any, Final

from pipelines.store.rounds import Entry, RoundBook, RoundRecord
from rounds import life
from rounds.compare import Progress, compare
from rounds.gate import Fall, falls, mendable
from rounds.refusals import BadChoice
from rounds.services import Services

GATE: Final = "gate"  # the result in the round's document


@dataclass(frozen=True, slots=True)
class Passed:
    """How a round came through the gate; `accepted` is who let it pass all the same, and why."""

    round: str
    against: str
    falls: tuple[Fall, ...]
    accepted: str = ""
    depths: tuple[int, int] = (0, 0)  # of the baseline and of the round
    unfinished: tuple[str, ...] = ()  # of the two
    mendable: bool = False  # asking again what failed may bring pages back
    names: Mapping[str, str] = field(default_factory=dict)  # of units, by code

    @property
    def held(self) -> bool:
        """Whether it may not be published."""
        return bool(self.falls) and not self.accepted

    def document(self) -> dict[str, Any]:
        """As kept with the round and printed."""
        fallen = [
            asdict(one) | {"what": str(one.what), "named": list(one.named), "whys": dict(one.whys)}
            for one in self.falls
        ]
        return {
            "round": self.round,
            "against": self.against,
            "held": self.held,
            "accepted": self.accepted,
            "depths": list(self.depths),
            "unfinished": list(self.unfinished),
            "mendable": self.mendable,
            "falls": fallen,
        }


def gate(
    services: Services,
    name: str,
    against: str,
    *,
    accept: str,
    who: str,
    now: datetime,
    progress: Progress = lambda _step, _done, _all: None,
) -> Passed:
    """Compare with the baseline and keep the answer; `accept` is the reason to publish in spite of it.

    Without `against` the round's own baseline is taken, else the one of its last time here.  Raises BadChoice where there
    is none, and what `compare` raises.
    """
    baseline = against or baseline_of(life.get(services, name))
    if not baseline:
        raise BadChoice(f"轮次 {name} 没有基准轮次：用 --against 给一个早先的轮次")
    changes = compare(services, baseline, name, progress=progress)
    found = falls(changes)
    accepted = f"{who}：{accept}" if accept and found else ""
    passed = Passed(
        name, baseline, found, accepted, changes.depths, changes.unfinished, mendable(changes), changes.names
    )
    with life.store(services) as database:
        book = RoundBook(database, url=services.mongo_url)
        book.save_result(name, GATE, passed.document() | {"at": now})
        book.append(name, Entry(now, who, _told(passed, accept)))
    return passed


def baseline_of(record: RoundRecord) -> str:
    """The round to compare with: its last time's at the gate, else the one it was planned upon; empty where none is known."""
    return str(record.results.get(GATE, {}).get("against", "")) or record.plan.baseline


def held(results: Mapping[str, Mapping[str, Any]]) -> bool:
    """Whether the round's last time at the gate left it held."""
    return bool(results.get(GATE, {}).get("held"))


def _told(passed: Passed, accept: str) -> str:
    if not passed.falls:
        return f"关口：和 {passed.against} 相比没有无故的减少"
    number = f"关口：和 {passed.against} 相比有 {len(passed.falls)} 处减少"
    return f"{number}，放行：{accept}" if passed.accepted else f"{number}，扣下"
