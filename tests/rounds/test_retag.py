"""A stored round judged again from its archive: what differs is told, nothing changes before it is accepted, kills cost nothing."""

from __future__ import annotations

import os
import re
import shutil
import signal
import subprocess
import sys
import time
from dataclasses import replace
from pathlib import Path

import pytest

from cleaning.reasons import Verdict
from crawler.items import ArchiveRef
from indicators import catalogue
from indicators.judging import judged_by
from pipelines.archive import encode
from pipelines.store.reader import RoundReader
from pipelines.store.retags import RetagBook
from rounds import life, retag_pool, retag_worker
from rounds import retag as retags
from rounds.errors import WorkersFailing
from rounds.judging import Judging
from rounds.refusals import BadChoice, WrongState
from rounds.retag_pool import Pool
from tests.pipelines.making import capture, judgement, page, reading
from tests.rounds.keeping import NOW, keep
from tests.rounds.playing import silent

GUIDE = (
    "<html><head><meta charset='utf-8'><title>社会保障卡申领办事指南-甲市人民政府</title></head><body><h1>社会保障卡申领办事指南</h1>"
    "<div class='content'><p>办理依据：《社会保险法》。受理条件：本市参保人员{0}。办理材料：身份证。办理流程：窗口受理、审核、发证。"
    "办理时限：五个工作日。收费标准：不收费。办理地点：市政务服务中心。咨询电话：12345。</p></div>"
    "<div class='footer'>主办单位：甲市人民政府办公室 网站标识码：1100000001</div></body></html>"
)


def archived(here, number: int, *, missing: bool = False, says: int | None = None):
    """A page whose record says less than its archived bytes: it was judged by rules that saw nothing."""
    body = GUIDE.format(number if says is None else says).encode()
    item = page(f"/{number}", number, capture=capture(f"/{number}", body), tags=())
    item = replace(item, reading=reading(f"/{number}", "旧的读法"), judgement=judgement(Verdict.IRRELEVANT))
    data = encode(item.capture)[0].data
    file = Path(here.home) / f"{number}.warc.gz"
    if not missing:
        file.write_bytes(data)
    return replace(item, archive=ArchiveRef(file.as_uri(), 0, len(data)))


def run(here, name: str, **where):
    wanted = {"host": "", "unit": "", "workers": 1} | where
    return retags.retag(here, name, who="test", now=NOW, report=silent, **wanted)


def documents(here, name: str):
    with life.store(here) as database:
        return list(RoundReader(database, name).pages())


@pytest.fixture
def here_retag(here, monkeypatch):
    """Workers are processes of their own: what they are told they are told by the pool alone."""
    monkeypatch.setenv("PYTHONPATH", str(Path(__file__).parents[2]))
    return here


def test_a_round_is_judged_again_looked_at_and_accepted(here_retag) -> None:
    """Records stay as they were until they are accepted; then they are as if judged now, settled, with the catalogue's version."""
    here = here_retag
    keep(here, "R", *(archived(here, n) for n in range(3)), archived(here, 3, missing=True), catalogue="old")
    before = documents(here, "R")
    job, ran = run(here, "R", workers=2)
    assert (job.pages, ran.done, ran.left) == (4, 4, 0)
    found = retags.differences(here, "R")
    assert (found.pages, found.same, found.failed) == (3, 0, 1)
    assert found.verdicts == {("irrelevant", "kept"): 3}
    assert found.gained
    assert not found.lost
    assert found.document()["units"]["110000"]["appeared"]
    assert "/3" in found.troubles[0][0]
    assert documents(here, "R") == before

    done = retags.accept(here, "R", who="test", now=NOW)
    assert (done["changed"], done["failed"]) == (3, 1)
    after = documents(here, "R")
    with Judging(os.environ) as judging:
        expected = judging.judge(GUIDE.format(0).encode(), after[0]["url"], "text/html; charset=utf-8", NOW.date())
    assert after[0]["text"] == expected.reading.text
    assert [tag["code"] for tag in after[0]["tags"]] == [tag.code for tag in expected.tagged.tags]
    # One other number is another page: none of them is a copy.
    assert sorted(one["verdict"] for one in after) == ["irrelevant", "kept", "kept", "kept"]
    assert [one["archive"] for one in after] == [one["archive"] for one in before]
    record = life.get(here, "R")
    assert record.catalogue == catalogue.load().version
    assert "采用重判" in record.journal[-1].what
    with pytest.raises(WrongState, match="没有在重判"):
        retags.accept(here, "R", who="test", now=NOW)
    with life.store(here) as database:
        assert [database[name].count_documents({}) for name in ("retag_jobs", "retag_parts", "retagged")] == [0, 0, 0]


def test_accepted_judgements_are_settled_and_their_values_worked_out(here_retag) -> None:
    """Two pages of one text: nothing was kept before; now one is, the other is its copy, and values count it once."""
    here = here_retag
    keep(here, "R", archived(here, 0), archived(here, 1, says=0), catalogue="old")
    run(here, "R")
    retags.accept(here, "R", who="test", now=NOW)
    after = documents(here, "R")
    assert [(one["judged"], one["verdict"]) for one in after] == [("kept", "kept"), ("kept", "duplicate")]
    assert after[1]["duplicate_of"] == after[0]["key"]
    results = life.get(here, "R").results
    assert results["settle"]["duplicates"] == 1
    assert results["values"]["at"] == NOW.replace(tzinfo=results["values"]["at"].tzinfo)
    with life.store(here) as database:
        assert {one["catalogue"] for one in RoundReader(database, "R").values.find()} == {catalogue.load().version}


def test_accepting_tells_as_many_changes_as_the_trial(here_retag) -> None:
    """Judged twice by the same rules nothing changes, though the mark of the copy is written anew; the journal calls a trial one."""
    here = here_retag
    keep(here, "R", archived(here, 0), archived(here, 1, says=0))
    for changed in (2, 0):
        run(here, "R")
        found = retags.differences(here, "R")
        assert "还没有采用" in life.get(here, "R").journal[-1].what
        done = retags.accept(here, "R", who="test", now=NOW)
        assert (found.pages - found.same, done["changed"], done["duplicates"]) == (changed, changed, 1)


def test_a_page_fetched_again_meanwhile_keeps_what_it_has(here_retag) -> None:
    """Its new judgement is one of bytes that are not its own any more; the others are taken over."""
    here = here_retag
    keep(here, "R", archived(here, 0), archived(here, 1))
    run(here, "R")
    with life.store(here) as database:
        database["records"].update_one({"_id": "R http://a.gov.cn/1"}, {"$set": {"archive.offset": 7}})
    assert retags.accept(here, "R", who="test", now=NOW)["changed"] == 1
    assert [one["judged"] for one in documents(here, "R")] == ["kept", "irrelevant"]


def no_pool(_self, _pages) -> retag_pool.Ran:
    """A pool that died at once: the job is begun, and nothing is done."""
    return retag_pool.Ran(0, 1.0, 1.0, 3)


def test_killed_at_any_moment_and_resumed_it_comes_to_the_same(here_retag, monkeypatch) -> None:
    """A worker killed over a part, then the rest: the same documents as in one go."""
    here = here_retag
    monkeypatch.setattr(retags, "PART", 3)
    keep(here, "R", *(archived(here, n) for n in range(9)))
    with monkeypatch.context() as patch:
        patch.setattr(Pool, "run", no_pool)
        run(here, "R")
        with life.store(here) as database, Judging(os.environ) as judging:
            book = RetagBook(database, "R", url=here.mongo_url)
            retag_worker.Worker(book, "w0", judging, {}).run()
            whole = list(book.retagged(()))
        retags.discard(here, "R", who="test", now=NOW)
        run(here, "R")
    environment = os.environ | {"CAIFENG_MONGO_URL": here.mongo_url, "PYTHONPATH": str(Path(__file__).parents[2])}
    victim = subprocess.Popen(
        [sys.executable, "-m", "rounds.retag_worker", "R", "w1"], env=environment, stderr=subprocess.DEVNULL
    )
    with life.store(here) as database:
        book = RetagBook(database, "R", url=here.mongo_url)
        deadline = time.monotonic() + 60
        while not database["retag_parts"].count_documents({"state": {"$ne": "todo"}}) and time.monotonic() < deadline:
            time.sleep(0.01)
        victim.send_signal(signal.SIGKILL)
        victim.wait()
        book.release("w1")
    _, ran = run(here, "R")
    assert ran.left == 0
    with life.store(here) as database:
        assert list(RetagBook(database, "R").retagged(())) == whole
        assert len(whole) == 9


class Deadly(Judging):
    """Dies over one page, as a fault in a parser would kill the process."""

    def judge_capture(self, capture):
        """Judge, or die."""
        if capture.url.endswith("/1"):
            raise SystemExit
        return super().judge_capture(capture)


def test_a_page_that_kills_is_left_out_after_the_third_death(here) -> None:
    """Its neighbours are judged, and it is named."""
    keep(here, "R", *(archived(here, n) for n in range(3)))
    with life.store(here) as database:
        book = RetagBook(database, "R", url=here.mongo_url)
        record = RoundReader(database, "R")
        job = retags.Job("R", judged_by(), "c", "", "", 3, NOW)
        assert book.begin(job, retags._parts(record.pages(fields=("key",))))
        assert not book.begin(job, iter(()))
        with Deadly(os.environ) as judging:
            for number in range(3):
                with pytest.raises(SystemExit):
                    retag_worker.Worker(book, f"w{number}", judging, {}).run()
                book.release(f"w{number}")
            retag_worker.Worker(book, "w9", judging, {}).run()
        assert book.progress() == (3, 1, 0)
        assert book.troubles(5) == [("http://a.gov.cn/1", "3 workers died over it")]
        assert [one["_id"][-2:] for one in book.retagged(("title",))] == ["/0", "/2"]


def test_what_cannot_be_is_refused_by_name(here_retag, monkeypatch) -> None:
    """No pages there, another part or other rules under way, a part accepted, too early, discarded twice."""
    here = here_retag
    keep(here, "R", archived(here, 0))
    monkeypatch.setattr(Pool, "run", no_pool)
    with pytest.raises(BadChoice, match="没有这样的页面"):
        run(here, "R", host="b.gov.cn")
    run(here, "R", host="a.gov.cn")
    with pytest.raises(WrongState, match="另一部分"):
        run(here, "R")
    with life.store(here) as database:
        database["retag_jobs"].update_one({}, {"$set": {"ready": False}})
        with pytest.raises(WrongState, match="还在准备"):
            run(here, "R", host="a.gov.cn")
        database["retag_jobs"].update_one({}, {"$set": {"ready": True}})
    with pytest.raises(WrongState, match="一部分"):
        retags.accept(here, "R", who="test", now=NOW)
    with monkeypatch.context() as patch:
        patch.setattr(retags, "judged_by", lambda: "another")
        with pytest.raises(WrongState, match="别的规则"):
            run(here, "R", host="a.gov.cn")
    retags.discard(here, "R", who="test", now=NOW)
    with pytest.raises(WrongState, match="没有在重判"):
        retags.discard(here, "R", who="test", now=NOW)


def test_workers_that_cannot_begin_end_the_run(here_retag, monkeypatch) -> None:
    """Five in a row that end at once: the operator is told where the log is."""
    here = here_retag
    keep(here, "R", archived(here, 0))
    monkeypatch.setattr(retag_pool.sys, "executable", "/bin/false")
    with pytest.raises(WorkersFailing, match="retag-"):
        run(here, "R")


FOOT = "<div class='footer'>主办单位：甲市人民政府办公室 网站标识码：1100000001</div></body></html>"
SAID = (
    (
        "<html><head><meta charset='utf-8'><title>政府信息公开指南-甲市人民政府</title></head><body><h1>政府信息公开指南</h1><div class='content'>"
        "<p>受理机构：市政府办公室。办公地址：人民路1号。联系电话：12345。电子邮箱：a@b.cn。申请方式：当面提交或者信函提交，本机关自收到之日起二十个工作日内答复。</p></div>"
    ),
    "<html><head><meta charset='utf-8'><title>责任清单-甲市人民政府</title></head><body><h1>责任清单</h1><table><tr><th>责任事项</th><th>依据</th>"
    "<th>责任主体</th></tr>" + "<tr><td>市场主体登记</td><td>条例第三条</td><td>市教育局</td></tr>" * 9 + "</table>",
)
AGAIN = """
import sys
from datetime import UTC, datetime
from pathlib import Path
from rounds import retag
from rounds.services import Services
redis, mongo, home = sys.argv[1:]
here, now = Services(redis, mongo, Path(home) / "archive", Path(home), ""), datetime.now(UTC)
retag.retag(here, "R", workers=1, host="", unit="", who="test", now=now, report=lambda *_: None)
retag.accept(here, "R", who="test", now=now)
"""


def judged(here) -> tuple[dict[str, object], dict[str, object], dict[str, object]]:
    """What a round's pages say beside their tags, their tags by point, and its values by point."""
    pages = documents(here, "R")
    said = {one["key"]: {name: one[name] for name in (*retags.SAID, "judged", "verdict", "facts")} for one in pages}
    tags = {(one["key"], tag["code"]): tag for one in pages for tag in one["tags"]}
    with life.store(here) as database:
        values = list(RoundReader(database, "R").values.find())
    return said, tags, {one["code"]: {**one, "catalogue": "", "at": ""} for one in values}


def test_other_words_of_one_point_change_its_values_and_nothing_else(here_retag, tmp_path) -> None:
    """From archived bytes to values, by a checkout that differs from this one in the words of one point."""
    here = here_retag
    items = []
    for number, body in enumerate((GUIDE.format(0), *(said + FOOT for said in SAID))):
        item = archived(here, number)
        made = replace(item.capture, body=body.encode(), wire=body.encode())
        data = encode(made)[0].data
        file = Path(here.home) / f"{number}.warc.gz"
        file.write_bytes(data)
        items.append(replace(item, capture=made, archive=ArchiveRef(file.as_uri(), 0, len(data))))
    keep(here, "R", *items, catalogue="old")
    run(here, "R")
    retags.accept(here, "R", who="test", now=NOW)
    said, tags, values = judged(here)
    other = tmp_path / "other"
    for room in ("cleaning", "indicators", "crawler", "pipelines", "rounds"):
        shutil.copytree(retag_pool.CHECKOUT / room, other / room, ignore=shutil.ignore_patterns("__pycache__"))
    path = other / "indicators/catalogue/1.1.3.toml"
    words = 'disclosure_guides = ["公开手册"]'
    text, changed = re.subn(r"(?m)^disclosure_guides = \[[^\]]*\]", words, path.read_text())
    assert changed == 1, "the list of words that only 1.1.3-M01 asks for"
    path.write_text(text)
    command = [sys.executable, "-c", AGAIN, here.redis_url, here.mongo_url, str(here.home)]
    subprocess.run(command, cwd=other, env=os.environ | {"PYTHONPATH": str(other)}, check=True, capture_output=True)
    said_again, tags_again, values_again = judged(here)
    assert said_again == said
    differing = {pair for pair in tags.keys() | tags_again.keys() if tags.get(pair) != tags_again.get(pair)}
    assert {code for _, code in differing} == {"1.1.3-M01"}
    assert {code for code in values if values[code] != values_again[code]} == {"1.1.3-M01"}
    assert (values["1.1.3-M01"]["state"], values_again["1.1.3-M01"]["state"]) != ("measured", "measured")
