"""Pruning: what proves nothing goes, all that is needed reads back as before, the audit agrees, and no kill costs a byte."""

from __future__ import annotations

import asyncio
import hashlib
import os
import signal
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pytest

from cleaning.reasons import Verdict
from crawler.frontier.contract import Counts, Via
from crawler.items import ArchiveRef, Loaded, Unchanged
from indicators import catalogue
from indicators.evidence import Strength, Tag
from pipelines import archive_prune, warc
from pipelines.archive import encode
from pipelines.archive_file import ArchiveWriter
from pipelines.archive_objects import ObjectStore
from pipelines.archive_place import Prefix
from pipelines.archive_reader import read
from pipelines.recapture import recapture
from pipelines.store.connect import connect_async
from pipelines.store.prunes import FILES, REFS, PruneBook
from pipelines.store.reader import RoundReader
from pipelines.store.records import archive_of, loaded_of
from pipelines.store.segments import Segment, register
from rounds import campaigns, life
from rounds import prune as pruning
from rounds import retag as retags
from rounds.audit import Difference, audit
from rounds.campaigns import Declared
from rounds.prune import Need
from rounds.refusals import Needed, WrongState
from rounds.values import bring_up
from tests.pipelines.making import capture, judgement, key_of, page
from tests.rounds.keeping import NOW, keep
from tests.rounds.playing import silent

TAG = Tag("1.1.2-M01", Strength.CONTENT, 0.9, "办事指南", "text")
SHOWS, SAYS_NOTHING = {"tags": (TAG,)}, {"tags": ()}
MENU = {"tags": (replace(TAG, code="1.1.1-M01", strength=Strength.CHROME, zone="chrome"),)}
# What shows something by itself or is harmful, a copy that a value names, and the menus that it names of nine.
STAY = ("/02", "/05", "/06", "/07", *(f"/{number}" for number in range(10, 15)))
SCRIPT = b"var library = 1;" * 50


class Maker:
    """Archive files of a round in a folder: three pages each, as rotation leaves them."""

    def __init__(self, folder: Path, name: str) -> None:
        self.writer = ArchiveWriter(folder / name, "w-00000000", self._header, rotate_bytes=3_000)
        self.name = name

    def _header(self, name: str) -> bytes:
        return warc.warcinfo(file_name=name, round_name=self.name, user_agent="test", now=1.0).data

    def add(self, records: list[bytes]) -> list[ArchiveRef]:
        """Append a page's records."""
        return [self.writer.append(one) for one in records]


class ObjectMaker:
    """The same in an object store: a registered segment for every three pages."""

    def __init__(self, here, bucket: str, name: str) -> None:
        self.here, self.name = here, name
        self.store = ObjectStore(Prefix(f"s3://{bucket}/a"))
        self.number, self.parts, self.records = 0, [], 0

    def add(self, records: list[bytes]) -> list[ArchiveRef]:
        """Put a page's records into the open segment."""
        if not self.parts:
            self.number += 1
            self.parts.append(warc.warcinfo(file_name="x", round_name=self.name, user_agent="test", now=1.0).data)
        url = self.store.url_of(f"{self.name}/w-{self.number}.warc.gz")
        refs = []
        for one in records:
            refs.append(ArchiveRef(url, sum(map(len, self.parts)), len(one)))
            self.parts.append(one)
        self.records += 1
        if self.records % 3 == 0:
            self.seal()
        return refs

    def seal(self) -> None:
        """Upload and register it."""
        if not self.parts:
            return
        data, file = b"".join(self.parts), f"w-{self.number}.warc.gz"
        self.store.put(f"{self.name}/{file}", data)
        digest = hashlib.sha256(data).hexdigest()
        url = self.store.url_of(f"{self.name}/{file}")
        segment = Segment(self.name, file, url, len(data), len(self.parts) - 1, digest, 1.0, "w")

        async def enter() -> None:
            database = connect_async(self.here.mongo_url)
            await register(database, segment)
            await database.client.close()

        asyncio.run(enter())
        self.parts = []


def archived(maker, number: int, **fields):
    """A page with a body of its own in the archive."""
    body = f"<p>第 {number} 页</p>{hashlib.sha256(bytes([number])).hexdigest() * 9}".encode()
    item = page(f"/{number:02d}", number, capture=capture(f"/{number:02d}", body), **fields)
    (ref,) = maker.add([encode(item.capture)[0].data])
    return replace(item, archive=ref)


def drawn(maker, number: int, library: ArchiveRef | None = None, **fields):
    """A page drawn by the browser from a library: its own, or one that stands with an earlier page."""
    made = capture(f"/{number:02d}", b"<p>shell</p>", dom=f"<p>{number}</p>".encode(), via=Via.BROWSER)
    item = page(f"/{number:02d}", number, capture=made, **fields)
    one = capture("/lib.js", SCRIPT, headers=(("Content-Type", "text/javascript"),))
    records = [record.data for record in encode(made)] + ([encode(one)[0].data] if library is None else [])
    refs = maker.add(records)
    loaded = Loaded(one.url, "GET", 200, "text/javascript", "", library or refs[2], library is not None)
    return replace(item, archive=refs[0], dom_archive=refs[1], loaded=(loaded,))


def a_round(here, maker, name: str = "A"):
    """Pages that show something, pages that show nothing, and those that are needed all the same."""
    first = drawn(maker, 1, **SAYS_NOTHING)
    items = [
        first,
        archived(maker, 2, **SHOWS),
        archived(maker, 3, **SAYS_NOTHING),
        archived(maker, 4, **SAYS_NOTHING),
        drawn(maker, 5, first.loaded[0].archive, **SHOWS),
        archived(maker, 6, **SHOWS, judgement=judgement(Verdict.HARMFUL)),
        archived(maker, 7, **SHOWS, duplicate_of=key_of("/02")),
        archived(maker, 8, **SAYS_NOTHING),
        archived(maker, 9, **SAYS_NOTHING),
        *(archived(maker, number, **MENU) for number in range(10, 19)),
    ]
    if isinstance(maker, ObjectMaker):
        maker.seal()
    keep(here, name, *items, catalogue=catalogue.load().version)
    worked(here, name)
    return items


def worked(here, name: str) -> None:
    bring_up(here, life.get(here, name), finished=True, now=NOW)


def pages(here, name: str):
    with life.store(here) as database:
        return {one["key"]: one for one in RoundReader(database, name).pages()}


def differences(here, name: str) -> tuple[tuple[Difference, ...], int, tuple]:
    found = pages(here, name)
    counts = Counts(found=len(found), stored=len(found))
    with life.store(here) as database:
        hosts = {"a.gov.cn": counts}
        report = audit(counts, hosts, RoundReader(database, name), archive_url=here.archive_url)
    return report.differences, report.pruned, report.leftovers


def everything(here, name: str):
    """What every page's record gives back from the archive."""
    return {
        key: (recapture(one), [read(each.archive).wire for each in loaded_of(one)])
        for key, one in pages(here, name).items()
        if one["archive"]
    }


def run(here, name: str = "A"):
    return pruning.prune(here, name, who="test", now=NOW, report=silent)


@pytest.fixture(params=["folder", "s3"])
def made(here, request):
    """A round in a directory and in an object store: the services, its pages, and how many bytes its archive has."""
    if request.param == "s3":
        bucket = request.getfixturevalue("s3_bucket")
        here = replace(here, archive_url=f"s3://{bucket}/a")
        maker = ObjectMaker(here, bucket, "A")
        return here, a_round(here, maker), lambda: sum(maker.store.sizes("A").values())
    here = replace(here, archive_url=str(here.home / "archive"))
    folder = here.home / "archive"
    items = a_round(here, Maker(folder, "A"))
    return here, items, lambda: sum(one.stat().st_size for one in (folder / "A").iterdir())


def test_what_proves_nothing_goes_and_the_rest_reads_back_as_before(made) -> None:
    """Told before it is done; evidence, what it was built from and what is harmful stay; the audit names the rest."""
    here, items, size = made
    before, held = everything(here, "A"), size()
    told = pruning.look(here, "A", now=NOW, report=silent)
    assert (size(), differences(here, "A")) == (held, ((), 0, ()))
    assert (told.pages, told.gone) == (18, 9)
    assert told.kept == {Need.EVIDENCE: 2, Need.FINDING: 1, Need.VALUE: 6, Need.CARRIED: 0}

    done = run(here)
    assert (done.gone, done.kept) == (told.gone, told.kept)
    assert size() == held - done.freed
    assert done.freed > 0
    after = pages(here, "A")
    gone = {key for key, one in after.items() if one["pruned"]}
    assert len(gone) == done.gone
    kept = everything(here, "A")
    assert kept == {key: one for key, one in before.items() if key not in gone}
    assert key_of("/02") in kept
    assert kept[key_of("/05")][1] == [SCRIPT]  # its library was archived with a page that is gone
    assert {key: one["text"] for key, one in after.items()} == {key_of(f"/{n:02d}"): "办事指南" for n in range(1, 19)}
    assert differences(here, "A") == ((), done.gone, ())
    journal = [one.what for one in life.get(here, "A").journal]
    assert "开始清理存档" in journal
    assert f"腾出 {done.freed} 字节" in journal[-1]
    with life.store(here) as database:
        assert [database[name].count_documents({}) for name in (FILES, REFS)] == [0, 0]

    again = run(here)
    assert (again.gone, again.files, again.freed) == (0, 0, 0)
    assert everything(here, "A") == kept
    assert len(items) == 18


class Killed(BaseException):
    """A death in the middle."""


STEPS = (
    (PruneBook, ("list_files", "mark", "begin_refs", "add_refs", "set_ready", "move", "done")),
    (archive_prune, ("_write_file",)),
    (pruning, ("rewrite", "remove")),
)


def killed_after(patch, step: int) -> None:
    """The process dies right after its `step`-th change."""
    left = [step]

    def dying(real):
        def call(*args, **options):
            answer = real(*args, **options)
            left[0] -= 1
            if left[0] == 0:
                raise Killed
            return answer

        return call

    for owner, names in STEPS:
        for name in names:
            patch.setattr(owner, name, dying(getattr(owner, name)))


def test_killed_after_any_step_it_is_gone_on_with(here, monkeypatch) -> None:
    """Each run dies one step later than the one before; what is kept is whole after every death, and the end is the same."""
    a_round(here, Maker(here.home / "archive", "A"))
    before, step = everything(here, "A"), 0
    monkeypatch.setattr(pruning, "AT_ONCE", 3)
    while True:
        step += 1
        with monkeypatch.context() as patch:
            killed_after(patch, step)
            try:
                run(here)
                break
            except Killed:
                pass
        left = everything(here, "A")  # raises where a record's bytes are not where it says
        assert all(left[key] == before[key] for key in left)
        assert key_of("/02") in left
        assert differences(here, "A")[0] == ()
    assert step > 10
    assert not list((here.home / "archive" / "A").glob("*.part"))
    assert sorted(everything(here, "A")) == [key_of(path) for path in STAY]
    with life.store(here) as database:
        assert [database[name].count_documents({}) for name in (FILES, REFS)] == [0, 0]
    assert differences(here, "A") == ((), 9, ())


KILLED = """
import os, signal, sys
from datetime import UTC, datetime
from pathlib import Path
from pipelines.store.prunes import PruneBook
from rounds import prune
from rounds.services import Services
real = PruneBook.move
def move(self, moved):
    real(self, moved)
    os.kill(os.getpid(), signal.SIGKILL)
PruneBook.move = move
here = Services(sys.argv[1], sys.argv[2], sys.argv[3], Path(sys.argv[4]), "")
prune.prune(here, "A", who="test", now=datetime.now(UTC), report=lambda *_: None)
"""


def test_a_process_killed_in_the_middle_of_a_file_costs_nothing(here) -> None:
    """SIGKILL between the move of a file's records and the end of the old file; meanwhile nothing may be built on the round."""
    a_round(here, Maker(here.home / "archive", "A"))
    before = everything(here, "A")
    words = [sys.executable, "-c", KILLED, here.redis_url, here.mongo_url, here.archive_url, str(here.home)]
    root = Path(__file__).parents[2]
    ended = subprocess.run(words, check=False, cwd=root, env=os.environ | {"PYTHONPATH": str(root)}, timeout=120)
    assert ended.returncode == -signal.SIGKILL
    with pytest.raises(WrongState, match="正在清理"):
        retags.retag(here, "A", workers=1, host="", unit="", who="test", now=NOW, report=silent)
    run(here)
    left = everything(here, "A")
    assert left == {key: before[key] for key in map(key_of, STAY)}
    assert differences(here, "A")[0] == ()


def test_what_later_rounds_carry_stays_and_what_rests_on_the_round_refuses(here) -> None:
    """A round under way upon it, an open campaign and a retag refuse by name; a finished round's carried pages stay."""
    items = a_round(here, Maker(here.home / "archive", "A"))
    carried = [
        replace(one, archive=one.archive, unchanged=Unchanged("A", 1_700_000_000.0, "same-bytes", one.archive, None))
        for one in (items[7], items[8])
    ]
    keep(here, "B", *carried, catalogue=catalogue.load().version, state="running", baseline="A")
    keep(here, "C", catalogue=catalogue.load().version, state="paused", baseline="B")
    with pytest.raises(Needed, match="B、C"):
        run(here)
    with life.store(here) as database:
        database["rounds"].update_many({}, {"$set": {"state": "finished"}})
    campaigns.create(here, "2026", "A", Declared(), who="me", now=NOW)
    with pytest.raises(Needed, match="2026"):
        pruning.look(here, "A", now=NOW, report=silent)
    campaigns.close(here, "2026", who="me", now=NOW)
    with pytest.raises(WrongState, match="已经结束"):
        campaigns.add(here, "2026", "B", who="me", now=NOW)

    done = run(here)
    assert done.kept[Need.CARRIED] == 2
    assert {key_of("/08"), key_of("/09")} <= set(everything(here, "A"))
    assert sorted(everything(here, "B")) == [key_of("/08"), key_of("/09")]
    assert differences(here, "A")[0] == differences(here, "B")[0] == ()

    worked(here, "B")
    told = run(here, "B")
    assert (told.gone, told.earlier, told.files) == (2, 2, 0)
    assert run(here).gone == 2
    assert differences(here, "A")[0] == differences(here, "B")[0] == ()
    assert archive_of(pages(here, "B")[key_of("/08")]) is None


def test_a_round_that_cannot_say_what_is_evidence_is_refused(here) -> None:
    """Under way, or without values by its catalogue."""
    keep(here, "A", page("/1"), state="paused")
    with pytest.raises(WrongState, match="还没有完成"):
        run(here)
    with life.store(here) as database:
        database["rounds"].update_many({}, {"$set": {"state": "finished"}})
    with pytest.raises(WrongState, match="values work A"):
        run(here)
