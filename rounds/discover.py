"""`caifeng units discover`: hosts that are a unit's own and not in the registry, found in a round's pages.

The registry has one portal and one service address for each unit.  The portal's own pages lead to the departments' sites;
links out of the round's scope are kept with every page.  Each host they lead to is looked at once (its home page, through
a queue of errands), weighed (`rounds.discovery`), and kept with its evidence until somebody approves or rejects it.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from datetime import datetime
from typing import Any, Final

from cleaning.page import Media, Reading
from cleaning.read import read
from cleaning.urls import canonicalize
from crawler.channels.errands import Progress, Reply, Runner, errand_plan, errands
from crawler.errors import CrawlerError
from crawler.frontier.ids import split_key
from crawler.items import header
from crawler.plan import RoundPlan, RuleKind, UnitPlan
from pipelines.archive_reader import read as read_archive
from pipelines.errors import PipelineError
from pipelines.store.proposals import ProposalBook
from pipelines.store.reader import PageFilter, RoundReader
from pipelines.store.records import archive_of, links_of
from rounds import life
from rounds.discovery import Evidence, Owner, Proposal, from_home, from_link, merged, owner_of
from rounds.planning import canonical_host, seed_url
from rounds.refusals import BadTable, Problem, UnknownUnit
from rounds.registry import UnitRow
from rounds.services import Services

PAGES: Final = 60  # of a unit that are read again for the words of their links: those that lead to most foreign hosts
STEPS: Final = 4  # looks: a department's home page leads to departments that the portal does not name, and so on
NEAR: Final = 3  # clicks from the portal within which a list of departments stands


@dataclass(frozen=True, slots=True)
class Discovered:
    """What a look came to: every host met, best first, and how many home pages were had."""

    proposals: tuple[Proposal, ...]
    looked: int
    silent: int


def proposal_row(one: Proposal) -> dict[str, Any]:
    """As it is kept and exported."""
    return {
        "unit": one.unit,
        "host": one.host,
        "url": one.url,
        "score": one.score,
        "proposed": one.proposed,
        "evidence": [asdict(each) | {"clue": str(each.clue)} for each in one.evidence],
    }


async def discover(
    services: Services, name: str, *, look: bool, report: Callable[[Progress], None], now: datetime
) -> Discovered:
    """Find, look at, weigh and keep.  Raises NoSuchRound."""
    record = life.get(services, name)
    with life.store(services) as database:
        reader = RoundReader(database, name, url=services.mongo_url)
        met = {unit.code: _Met(unit, record.plan) for unit in record.plan.units}
        for one in met.values():
            one.gather(reader)
        homes = _Homes()
        for _ in range(STEPS if look else 0):
            new = {url for one in met.values() for url in one.homes()} - homes.asked
            if not new:
                break
            await _look(services, record.plan, new, homes, report)
            for one in met.values():
                one.follow(homes.readings)
        proposals = [proposal for one in met.values() for proposal in one.proposals(homes.readings)]
        proposals.sort(key=lambda one: (-one.score, one.unit, one.host))
        book = ProposalBook(database, url=services.mongo_url)
        book.propose((proposal_row(one) for one in proposals if one.score > 0), round_name=name, at=now)
    return Discovered(tuple(proposals), len(homes.readings), homes.silent)


@dataclass(slots=True)
class _Met:
    """The foreign hosts that one unit's pages lead to."""

    unit: UnitPlan
    plan: RoundPlan
    evidence: dict[str, list[Evidence]] = field(default_factory=lambda: defaultdict(list))
    url: dict[str, str] = field(default_factory=dict)
    owner: Owner | None = None
    followed: set[str] = field(default_factory=set)  # hosts whose home pages' links were read

    def gather(self, reader: RoundReader) -> None:
        """Read the pages that lead to most other hosts, and the portal's home page first of all."""
        own = [canonical_host(seed) for seed in self.unit.seeds]
        portal = self._reading(reader, canonicalize(self.unit.seeds[0]) or "")
        self.owner = owner_of(self.unit.code, self.unit.name, own[0], portal)
        pages: Counter[str] = Counter()
        for page in reader.pages(PageFilter(unit=self.unit.code), ("key", "host", "depth", "outlinks")):
            if page["host"] in own and page["depth"] <= NEAR:
                foreign = {split_key(link.key)[0] for link in links_of(page).foreign}
                if foreign:
                    pages[page["key"]] = len(foreign)
        for key, _ in pages.most_common(PAGES):
            reading = self._reading(reader, key)
            if reading is not None:
                self._links(reading)

    def _links(self, reading: Reading) -> None:
        assert self.owner is not None
        covered = {(rule.kind, rule.host) for rule in self.unit.scope}
        for link in reading.links:
            host = split_key(link.key)[0]
            if link.hidden or (RuleKind.HOST, host) in covered or _under(host, covered):
                continue
            self.evidence[host] += from_link(self.owner, host, link, reading.url)
            self.url.setdefault(host, seed_url(link.url).partition("?")[0])

    def follow(self, readings: Mapping[str, Reading]) -> None:
        """Read the links of the home pages of hosts that are proposed by now: what they lead to is to be looked at next."""
        for one in self.proposals(readings):
            if one.proposed and one.host in readings and one.host not in self.followed:
                self.followed.add(one.host)
                self._links(readings[one.host])

    def homes(self) -> Iterable[str]:
        """The home page of each host met."""
        for url in self.url.values():
            scheme, _, rest = url.partition("://")
            yield f"{scheme}://{rest.partition('/')[0]}/"

    def proposals(self, readings: Mapping[str, Reading]) -> list[Proposal]:
        """Weighed."""
        assert self.owner is not None
        found = []
        for host, evidence in self.evidence.items():
            home = readings.get(host)
            more = from_home(self.owner, home) if home is not None else []
            url = home.url if home is not None else f"http://{host}/"
            found.append(Proposal(self.unit.code, host, url, merged([*evidence, *more])))
        return found

    def _reading(self, reader: RoundReader, key: str) -> Reading | None:
        record = reader.records([key], ("url", "archive", "dom_archive", "content_type", "end")).get(key)
        kept = (
            (archive_of(record, "dom_archive") or archive_of(record)) if record and record["end"] == "stored" else None
        )
        if record is None or kept is None:
            return None
        try:
            body = read_archive(kept).body
        except (PipelineError, CrawlerError):
            return None  # `caifeng audit` names what cannot be read
        drawn = record["dom_archive"] is not None
        return read(body, record["url"], content_type="text/html; charset=utf-8" if drawn else record["content_type"])


def _under(host: str, covered: set[tuple[RuleKind, str]]) -> bool:
    return any(kind is RuleKind.SUFFIX and (host == name or host.endswith(f".{name}")) for kind, name in covered)


@dataclass(slots=True)
class _Homes:
    """Home pages as they come in; a redirect to another page of the same host is followed."""

    readings: dict[str, Reading] = field(default_factory=dict)
    asked: set[str] = field(default_factory=set)
    silent: int = 0

    async def handle(self, reply: Reply) -> Sequence[str]:
        host = split_key(reply.key)[0]
        if reply.target:
            same = split_key(canonicalize(reply.target) or "")[0] == host
            return (reply.target,) if same else ()
        if reply.capture is None:
            self.silent += 1
            return ()
        content_type = header(reply.capture.headers, "content-type")
        reading = read(reply.capture.body, reply.url, content_type=content_type)
        if reading.media is Media.HTML:
            self.readings.setdefault(host, reading)
        return ()


async def _look(
    services: Services, plan: RoundPlan, urls: set[str], homes: _Homes, report: Callable[[Progress], None]
) -> None:
    """Ask for the home pages.  What an earlier, killed run has asked for is asked again: only a whole look is kept."""
    wanted = errand_plan(plan)
    homes.asked |= urls
    async with errands(services.redis_url, f"{plan.name}:homes", wanted) as queue:
        await queue.drop()
    async with errands(services.redis_url, f"{plan.name}:homes", wanted) as queue:
        await queue.seed(sorted(urls))
        await Runner(queue, wanted, homes.handle, report=report).run()
        await queue.drop()


def approve(services: Services, chosen: Mapping[tuple[str, str], str], *, who: str, now: datetime) -> tuple[int, int]:
    """Put approved hosts into the registry, journalled and versioned; answers how many, and the registry's version.

    `chosen` says `approved` or `rejected` for (unit, host).  Raises UnknownUnit where a unit is not in the registry, before anything is
    changed: ad-hoc units of `--site` have no row to hold a site.
    """
    registry = {row.code: row for row in life.read_registry(services)}
    unknown = sorted({unit for (unit, _), decision in chosen.items() if decision == APPROVED and unit not in registry})
    if unknown:
        raise UnknownUnit(f"单位库里没有：{'、'.join(unknown)}；先用 caifeng units import 导入，再批准")
    with life.store(services) as database:
        book = ProposalBook(database, url=services.mongo_url)
        rows = {(one["unit"], one["host"]): one for one in book.all()}
        changed: dict[str, UnitRow] = {}
        added = 0
        for (unit, host), decision in chosen.items():
            row = changed.get(unit, registry.get(unit))
            if row is None or (unit, host) not in rows:
                continue
            sites = tuple(url for url in row.sites if canonical_host(url) != host)
            if decision == APPROVED:
                sites = (*sites, rows[unit, host]["url"])
                added += canonical_host(rows[unit, host]["url"]) not in {canonical_host(url) for url in row.sites}
            if sites != row.sites:
                changed[unit] = row.model_copy(update={"sites": sites})
        if changed:
            life.save_registry(services, list(changed.values()), replace=False)
        what = f"批准站点：加入 {added} 个主机，涉及 {len(changed)} 个单位"
        version = book.log_change(what, sorted(changed), who=who, at=now) if changed else 0
        book.decide(chosen, who=who, at=now)
    return added, version


APPROVED: Final = "approved"
REJECTED: Final = "rejected"
DECISIONS: Final[Mapping[str, str]] = {"是": APPROVED, "yes": APPROVED, "否": REJECTED, "no": REJECTED, "": ""}
COLUMNS: Final = ("unit", "host", "decision")


def decisions(
    rows: Sequence[tuple[int, Mapping[str, str]]], file: str, known: set[tuple[str, str]]
) -> dict[tuple[str, str], str]:
    """What an edited table decides.  BadTable names every line that cannot be; then nothing is approved."""
    problems: list[Problem] = []
    chosen: dict[tuple[str, str], str] = {}
    for line, row in rows:
        key = (row["unit"].strip(), row["host"].strip())
        word = row["decision"].strip().lower()
        if key not in known:
            problems.append(Problem(line, "host", f"没有发现过单位 {key[0]} 的主机 {key[1]}"))
        elif word not in DECISIONS:
            problems.append(Problem(line, "decision", f"应为 是、否 或留空，实为 {row['decision']!r}"))
        elif key in chosen:
            problems.append(Problem(line, "host", f"单位 {key[0]} 的主机 {key[1]} 出现了两次"))
        elif DECISIONS[word]:
            chosen[key] = DECISIONS[word]
    if problems:
        raise BadTable(file, problems)
    return chosen
