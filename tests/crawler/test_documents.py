"""Attachments read beside the worker: what hangs, crashes or swells costs itself only."""

import asyncio
import os
from collections.abc import AsyncIterator
from pathlib import Path

import psutil
import pytest
import uvloop

from cleaning.documents.document import Note, Table
from crawler.documents.desk import MAX_BYTES, DocumentDesk
from tests.cleaning import making_documents as making
from tests.crawler.sites.crawling import crawl, plan_of, services_of
from tests.crawler.sites.scripted import Asked, Wire, serving

ENVIRONMENT = {**os.environ, "CAIFENG_MONGO_URL": "mongodb://ops:secret@127.0.0.1/"}
GOOD = making.word("服务指南", (("事项", "时限"), ("取水许可", "二十日")))


@pytest.fixture
async def desk() -> AsyncIterator[DocumentDesk]:
    """A desk with little time and memory."""
    made = DocumentDesk(ENVIRONMENT, seconds=3, megabytes=700)
    yield made
    await made.close()
    assert not readers()


def readers() -> list[psutil.Process]:
    """The reading children of this process that live."""
    mine = psutil.Process().children()
    return [child for child in mine if "crawler.documents" in child.cmdline() and child.status() != "zombie"]


async def test_documents_come_back_whole_and_in_turn(desk: DocumentDesk) -> None:
    """Several asked for at once are answered each with its own, by one child."""
    texts = [f"第{n}号文件的全部内容" for n in range(5)]
    found = await asyncio.gather(*(desk.read(making.word(text), "a.docx") for text in texts))
    assert [document.text for document in found] == texts
    assert (await desk.read(GOOD, "b.docx")).tables == (Table(("事项", "时限"), 1),)
    assert len(readers()) == 1


def test_a_child_that_is_gone_costs_one_document() -> None:
    """Workers run on uvloop, whose closed pipes speak otherwise: the next document is read all the same."""

    async def lost() -> tuple[Note, str]:
        desk = DocumentDesk(ENVIRONMENT)
        await desk.read(GOOD, "warm.docx")
        readers()[0].kill()
        found = await desk.read(GOOD + bytes(8 << 20), "a.docx")  # more than a pipe holds
        after = await desk.read(GOOD, "b.docx")
        await desk.close()
        return found.note, after.title

    assert uvloop.run(lost()) == (Note.BROKEN, "服务指南")


async def test_a_document_that_takes_too_long_costs_itself(desk: DocumentDesk) -> None:
    """The child's own alarm ends it, in whatever code it is, and the next document is read."""
    await desk.read(GOOD, "warm")
    endless = making.packed({"word/document.xml": paragraphs(1_500_000), **PARTS})
    assert (await desk.read(endless, "endless.docx")).note is Note.TIMEOUT
    assert (await desk.read(GOOD, "b.docx")).title == "服务指南"


async def test_a_document_that_swells_costs_itself(desk: DocumentDesk) -> None:
    """Memory is bounded: a file that unpacks below the limit, into a tree far above it, is no danger to the machine."""
    swelling = making.packed({"word/document.xml": b"<a>" + b"<b/>" * (8 << 20) + b"</a>", **PARTS})
    found = await desk.read(swelling, "swelling.docx")
    assert found.note in {Note.TOO_LARGE, Note.BROKEN, Note.TIMEOUT}
    assert (await desk.read(GOOD, "b.docx")).title == "服务指南"


async def test_a_reader_that_dies_costs_one_document(desk: DocumentDesk) -> None:
    """A crash in native code looks like this: the document is broken, the next one has a new reader."""
    await desk.read(GOOD, "warm")
    (child,) = readers()
    child.suspend()
    asked = asyncio.create_task(desk.read(GOOD, "a.docx"))
    await asyncio.sleep(0.2)
    child.kill()
    assert (await asked).note is Note.BROKEN
    assert (await desk.read(GOOD, "b.docx")).title == "服务指南"


async def test_what_is_too_large_is_not_sent(desk: DocumentDesk) -> None:
    """It stays in the archive and says why it has no text."""
    assert (await desk.read(b"%PDF-" + b"\0" * MAX_BYTES, "a.pdf")).note is Note.TOO_LARGE
    assert not readers()


async def test_the_reader_writes_no_file_and_opens_few(desk: DocumentDesk) -> None:
    """Nor does it leave its memory behind: what a stranger's file makes of it stays within it."""
    await desk.read(GOOD, "a.docx")
    (child,) = readers()
    assert child.rlimit(psutil.RLIMIT_FSIZE) == (0, 0)
    assert child.rlimit(psutil.RLIMIT_CORE) == (0, 0)
    assert child.rlimit(psutil.RLIMIT_AS) == (700 << 20, 700 << 20)
    assert max(child.rlimit(psutil.RLIMIT_NOFILE)) <= 64


async def test_a_reader_that_waits_is_not_ended_by_its_alarm() -> None:
    """The time is a document's: the next one, minutes later, would be lost to the clock of the last."""
    desk = DocumentDesk(ENVIRONMENT, seconds=1)
    await desk.read(GOOD, "a.docx")
    (child,) = readers()
    await asyncio.sleep(1.5)
    assert readers() == [child]
    await desk.close()


async def test_the_reader_is_told_no_secrets(desk: DocumentDesk) -> None:
    """Addresses with passwords stay out of a process that strangers' files may take over."""
    await desk.read(GOOD, "a.docx")
    (child,) = readers()
    assert "secret" not in str(child.environ())


def paragraphs(count: int) -> bytes:
    """The main part of a docx with so many empty paragraphs."""
    space = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
    return f'<w:document xmlns:w="{space}"><w:body>{"<w:p/>" * count}</w:body></w:document>'.encode()


_TYPES = "http://schemas.openxmlformats.org/package/2006"
_OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships/officeDocument"
_MAIN = "application/vnd.openxmlformats-officedocument.wordprocessingml.document.main+xml"
PARTS = {
    "[Content_Types].xml": (
        f'<Types xmlns="{_TYPES}/content-types"><Override PartName="/word/document.xml" ContentType="{_MAIN}"/>'
        '<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/></Types>'
    ).encode(),
    "_rels/.rels": (
        f'<Relationships xmlns="{_TYPES}/relationships"><Relationship Id="r1" Type="{_OFFICE}" Target="word/document.xml"/>'
        "</Relationships>"
    ).encode(),
}


FILES = {
    "/qd.xlsx": making.workbook({"权力清单": (("序号", "事项"), (1, "取水许可"), (2, "采砂许可"))}),
    "/scan.pdf": making.pdf([]),
    "/get.jsp?id=7": making.packed({"表.txt": "填报说明全文".encode()}),
    "/broken.docx": GOOD[:-400],
}


async def site(asked: Asked, wire: Wire) -> None:
    """A page that links to attachments of several types, one broken."""
    if asked.target in FILES:
        await wire.reply(FILES[asked.target], kind="application/octet-stream")
    elif asked.target == "/":
        links = "".join(f'<a href="{target}">附件</a>' for target in FILES)
        await wire.reply(f"<p>办事材料下载</p>{links}")
    else:
        await wire.reply(status=404)


async def test_a_round_stores_what_attachments_say(
    tmp_path: Path, redis_url: str, mongo_url: str, mongo_database: str, round_name: str
) -> None:
    """Attachments are pages with text, title and tables in their records; those without say why; all are in the archive."""
    services = services_of(tmp_path, redis_url, mongo_url, mongo_database)
    with serving(site) as served:
        crawled = await crawl(services, plan_of(round_name, served.port, "fujian.example"))
    assert crawled.closed(), crawled.counts
    said = {target: crawled.records[f"fujian.example{target}"] for target in FILES}
    assert {target: (record["attachment"], record["note"]) for target, record in said.items()} == {
        "/qd.xlsx": ("xlsx", ""),
        "/scan.pdf": ("pdf", "no-text"),
        "/get.jsp?id=7": ("zip", ""),
        "/broken.docx": ("zip", "broken"),
    }
    assert "采砂许可" in said["/qd.xlsx"]["text"]
    assert said["/get.jsp?id=7"]["text"] == "表.txt\n填报说明全文"
    assert all(record["archive"] and record["verdict"] == "kept" for record in said.values())
