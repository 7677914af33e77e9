"""Room made in the archive: the bytes of pages that prove nothing go, what evidence and other rounds rest on stays.

The records of such pages stay whole, text and links included, and say that their bytes were pruned.  What may go is
decided for each page by its own record (`need_of`) and by who else names its bytes.  Killed at any moment it may be run
again: pages are marked before a file is touched, a file's next form stands before its records are moved, and the old
one goes last.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Collection, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from itertools import groupby
from typing import Any, Final

from filelock import FileLock, Timeout

from cleaning.reasons import Verdict
from crawler.frontier.redis import State
from indicators.evidence import Strength
from pipelines.archive_prune import is_there, remove, rewrite
from pipelines.store.campaigns import CampaignBook
from pipelines.store.connect import Document, Store
from pipelines.store.prunes import Named, PruneBook, refs_of
from pipelines.store.reader import EVIDENCE, RoundReader
from pipelines.store.retags import RetagBook
from pipelines.store.rounds import Entry, RoundBook, RoundRecord
from pipelines.store.segments import register_here
from rounds import life
from rounds.rebuild import chunks
from rounds.refusals import Needed, WrongState
from rounds.services import Services

AT_ONCE: Final = 500
ENDED: Final = (State.FINISHED, State.CANCELLED)
_FIELDS: Final = (
    "key", "verdict", "tags.strength", "findings", "archive", "dom_archive", "loaded", "unchanged",
)  # fmt: skip

Report = Callable[[str, int, int], None]  # step, how much is done, of how much
LOOKING: Final = "看页面"
WRITING: Final = "重写存档文件"


class Need(StrEnum):
    """Why a page's bytes stay: closed."""

    EVIDENCE = "evidence"  # its own content shows a point
    VALUE = "value"  # a value or a sample names it
    FINDING = "finding"  # it is harmful, or its site's owner should be told of something
    CARRIED = "carried"  # a page of a later round that had not changed names its bytes


@dataclass(slots=True)
class Pruned:
    """What would go, or went.  `bytes` are those of the pages' own records, `freed` what the files have lost."""

    round: str
    pages: int = 0  # with bytes in the archive
    kept: Counter[Need] = field(default_factory=Counter)
    gone: int = 0
    bytes: int = 0
    earlier: int = 0  # of those gone: their bytes are an earlier round's, which may now let them go
    files: int = 0
    freed: int = 0

    def document(self) -> dict[str, Any]:
        """As JSON."""
        return {
            "round": self.round,
            "pages": self.pages,
            "kept": {str(need): self.kept[need] for need in Need},
            "gone": self.gone,
            "bytes": self.bytes,
            "earlier": self.earlier,
            "files": self.files,
            "freed": self.freed,
        }


def need_of(page: Mapping[str, Any], named: Collection[str]) -> Need | None:
    """Why this page's bytes stay, by its own record and the pages that values name; None where they may go."""
    if page["verdict"] == Verdict.HARMFUL or page["findings"]:
        return Need.FINDING
    # A duplicate's evidence stands on the page it copies; a menu is on every page of its site, and values name the best of them.
    shows = any(tag["strength"] == Strength.CONTENT for tag in page["tags"])
    if shows and page["verdict"] in EVIDENCE:
        return Need.EVIDENCE
    return Need.VALUE if page["key"] in named else None


def look(services: Services, name: str, *, now: datetime, report: Report) -> Pruned:
    """What pruning would free; changes nothing.

    Raises NoSuchRound, WrongState (the round is under way, being judged again, or without values), Needed (an open campaign or a
    round under way rests on it).
    """
    with life.store(services) as database:
        _require_allowed(services, database, name, now)
        found = Pruned(name)
        for _, page in _decided(services, database, name, found, report):
            _weigh(page, found)
    return found


def prune(services: Services, name: str, *, who: str, now: datetime, report: Report) -> Pruned:
    """Prune, or go on where a killed run stopped.  Raises what `look` does, ArchiveError, OSError (a full disk)."""
    with _alone(services), life.store(services) as database:
        _require_allowed(services, database, name, now)
        book, rounds = PruneBook(database, name, url=services.mongo_url), RoundBook(database, url=services.mongo_url)
        before = rounds.get(name).results.get(life.PRUNE, {})
        if not before.get("under_way"):
            before = {"under_way": True, "at": now, "pages": 0, "freed": 0, "files": 0}
            rounds.save_result(name, life.PRUNE, before)
            rounds.append(name, Entry(now, who, "开始清理存档"))
            _require_allowed(services, database, name, now)  # nobody builds upon it from here on
        found = Pruned(name)
        _mark(services, database, name, found, now, report)
        _name_refs(services, database, book, name)
        _write_anew(database, book, found, report)
        done = {
            "under_way": False,
            "at": now,
            "pages": found.gone,
            "freed": found.freed,
            "files": found.files,
        }
        rounds.save_result(name, life.PRUNE, done)
        told = f"清理存档：{found.gone} 页的字节不再保留，重写 {found.files} 个文件，腾出 {found.freed} 字节"
        rounds.append(name, Entry(now, who, told))
    return found


def _require_allowed(services: Services, database: Store, name: str, now: datetime) -> None:
    record = life.get(services, name)
    if record.state not in ENDED:
        raise WrongState(f"轮次 {name} 还没有完成：采集要读的存档不能清理")
    if RetagBook(database, name, url=services.mongo_url).job() is not None:
        raise WrongState(f"轮次 {name} 正在重判：先用 caifeng retag {name} 做完并采用，或用 --discard 放下")
    worked = RoundReader(database, name, url=services.mongo_url).values.catalogues()
    if worked != {record.catalogue}:
        raise WrongState(f"轮次 {name} 还没有按它的目录算过值，不知道哪些页面是证据：先用 caifeng values work {name}")
    campaigns = CampaignBook(database, url=services.mongo_url).all()
    open_ = [one.name for one in campaigns if name in one.rounds and one.open(now)]
    if open_:
        raise Needed(
            f"轮次 {name} 属于还没有结束的采集任务 {'、'.join(open_)}，它的各轮要能一起重判：先用 caifeng campaign close 结束它"
        )
    upon = [
        one.name
        for one in life.all_rounds(services)
        if one.name != name and one.state not in ENDED and name in lineage(services, one)
    ]
    if upon:
        raise Needed(f"还没有完成的轮次 {'、'.join(upon)} 以 {name} 为基准，没变的页面要用它的存档：等它完成")


def lineage(services: Services, record: RoundRecord) -> tuple[str, ...]:
    """The rounds this one is built upon, the nearest first."""
    plans = {one.name: one.plan.baseline for one in life.all_rounds(services)}
    found: list[str] = []
    at = record.plan.baseline
    while at and at not in found:
        found.append(at)
        at = plans.get(at, "")
    return tuple(found)


def _decided(
    services: Services, database: Store, name: str, found: Pruned, report: Report
) -> Iterator[tuple[str, Document]]:
    """The pages whose bytes may go, by key; counts all."""
    url = services.mongo_url
    reader, book = RoundReader(database, name, url=url), PruneBook(database, name, url=url)
    named = {key for value in reader.values.find() for key in value["best"]}
    named |= {sample["key"] for sample in reader.values.samples()}
    carriers = book.carriers(one.name for one in life.all_rounds(services) if one.name != name)
    stored = sum(reader.units().values())
    for chunk in chunks(reader.pages(fields=_FIELDS), AT_ONCE):
        pages = [page for page in chunk if page["archive"]]
        found.pages += len(pages)
        report(LOOKING, found.pages, stored)
        going = []
        for page in pages:
            need = need_of(page, named)
            if need is None:
                going.append(page)
            else:
                found.kept[need] += 1
        carried = book.carried(carriers, [page for page in going if not page["unchanged"]])
        found.kept[Need.CARRIED] += len(carried)
        for page in going:
            if page["key"] not in carried:
                yield page["key"], page


def _weigh(page: Document, found: Pruned) -> None:
    found.gone += 1
    if page["unchanged"]:
        found.earlier += 1
    else:
        found.bytes += sum(one.length for one in _own(page))


def _own(page: Document) -> Iterator[Any]:
    """The page's own records: not those it shares with earlier ones."""
    return refs_of(page | {"loaded": [one for one in page["loaded"] if not one["again"]]})


def _mark(services: Services, database: Store, name: str, found: Pruned, now: datetime, report: Report) -> None:
    book = PruneBook(database, name, url=services.mongo_url)
    for chunk in chunks((page for _, page in _decided(services, database, name, found, report)), AT_ONCE):
        # An earlier round's files are its own to prune.
        book.list_files(sorted({one.uri for page in chunk if not page["unchanged"] for one in _own(page)}))
        book.mark(chunk, now)
        for page in chunk:
            _weigh(page, found)


def _name_refs(services: Services, database: Store, book: PruneBook, name: str) -> None:
    """Learn who names records of the files that were listed."""
    listed = book.begin_refs()
    if not listed:
        return
    url = services.mongo_url
    rounds = [name, *book.carriers(one.name for one in life.all_rounds(services) if one.name != name)]
    for one in rounds:
        for chunk in chunks(RoundReader(database, one, url=url).pages(fields=_FIELDS), AT_ONCE):
            book.add_refs([Named(ref, page["_id"]) for page in chunk for ref in refs_of(page) if ref.uri in listed])
    book.set_ready(listed)


def _write_anew(database: Store, book: PruneBook, found: Pruned, report: Report) -> None:
    ready = book.files(ready=True)
    for number, uri in enumerate(ready, 1):
        if is_there(uri):  # else a killed run had come to its end with it
            stay = [next(same).ref for _, same in groupby(book.refs(uri), key=lambda one: one.ref.offset)]
            made = rewrite(uri, stay, round_name=found.round)
            if made.segment is not None:
                register_here(database, made.segment)
            new = {old.offset: ref for old, ref in zip(stay, made.moved, strict=True)}
            book.move((one, new[one.ref.offset]) for one in book.refs(uri))
            remove(uri)
            found.freed += made.before - made.after
            found.files += 1
        book.done(uri)
        report(WRITING, number, len(ready))


@contextmanager
def _alone(services: Services) -> Iterator[None]:
    try:
        with FileLock(services.home / "prune.lock", timeout=0):
            yield
    except Timeout as error:
        raise WrongState("另一个 caifeng prune 正在这里运行：等它做完") from error
