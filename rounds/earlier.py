"""What earlier rounds met on the hosts of a plan: the best guess of what they will cost again."""

from __future__ import annotations

from collections.abc import Mapping

from crawler.frontier.contract import End
from crawler.frontier.redis import State
from crawler.plan import RoundPlan
from pipelines.store.reader import RoundReader
from rounds import life
from rounds.check import Met
from rounds.planning import canonical_host
from rounds.services import Services


def earlier(services: Services, plan: RoundPlan) -> Mapping[str, Met]:
    """By host of the plan's seeds, from the newest finished round of the same depth that stored a page of it.

    Raises StoreAway.
    """
    left = {canonical_host(seed) for unit in plan.units for seed in unit.seeds}
    found: dict[str, Met] = {}
    for record in reversed(life.all_rounds(services)):
        if not left:
            break
        if record.name == plan.name or record.state != State.FINISHED or record.plan.depth != plan.depth:
            continue
        with life.store(services) as database:
            ends = RoundReader(database, record.name, url=services.mongo_url).ends_on(sorted(left))
        met = {
            host: Met(record.name, by_end[End.STORED], sum(by_end.values()))
            for host, by_end in ends.items()
            if End.STORED in by_end
        }
        found |= met
        left -= set(met)
    return found
