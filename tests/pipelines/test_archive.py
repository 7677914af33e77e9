"""The archive step: WARC files any reader opens, random access by address, nothing half-written."""

from __future__ import annotations

import asyncio
import errno
import gzip
import io
import logging
import os
import re
import signal
import subprocess
import sys
import textwrap
import zlib
from pathlib import Path

import brotli
import pytest
import zstandard
from fastwarc.warc import ArchiveIterator as FastReader
from fastwarc.warc import is_http
from hypothesis import given
from hypothesis import strategies as st
from warcio.archiveiterator import ArchiveIterator as WarcioReader

from crawler.errors import SettingsError
from crawler.frontier.contract import Via
from crawler.items import ArchiveRef, FetchFailure, Unchanged
from crawler.reasons import Halt
from pipelines import archive_file, warc
from pipelines.archive import ArchiveStep, encode
from pipelines.archive_file import ArchiveWriter
from pipelines.archive_place import Folder, place_of
from pipelines.archive_reader import read
from pipelines.archive_tail import whole_until
from pipelines.errors import BadArchiveUrl, RecordBroken, RecordMissing
from tests.pipelines.making import CheckingFrontier, Worker, capture, crawler_of, failure, fetched

HTML = "<html><title>政务服务</title>办事指南</html>".encode()


@pytest.fixture
def worker():
    return Worker(CheckingFrontier(), worker_id="host a/1")


@pytest.fixture
async def step(tmp_path, worker):
    made = ArchiveStep.from_crawler(crawler_of(worker, CAIFENG_ARCHIVE_URL=tmp_path.as_uri()))
    yield made
    await made.close_spider()


def only_file(folder: Path) -> Path:
    (found,) = folder.glob("R1/*.warc.gz")
    return found


def browser_capture(path: str):
    return capture(path, HTML, via=Via.BROWSER, dom="<html>画好的页面</html>".encode())


async def test_a_page_is_read_back_by_its_address(step):
    """Status, headers and bytes come back from (uri, offset, length) alone."""
    item = await step.apply(fetched("/1", capture=capture("/1", HTML, status=404)))
    found = read(item.archive)
    assert (found.kind, found.url, found.status) == ("response", "http://www.a.gov.cn/1", 404)
    assert found.headers == item.capture.headers
    assert found.wire == found.body == HTML
    assert found.date.timestamp() == item.capture.fetched_at
    assert item.dom_archive is None


async def test_a_page_is_no_danger_while_its_bytes_are_kept(step, worker):
    """They may wait for a disk or for a segment: who is killed meanwhile does not die of it."""
    item = await step.apply(fetched("/1", capture=capture("/1", HTML)))
    assert worker.asides == [(item.lease.token, [item.archive])]


async def test_a_rendered_dom_is_a_second_record(step):
    """The main answer comes first; the DOM refers to it and is UTF-8 HTML."""
    item = await step.apply(fetched("/1", capture=browser_capture("/1")))
    main, dom = read(item.archive), read(item.dom_archive)
    assert item.dom_archive.offset == item.archive.offset + item.archive.length
    assert (dom.kind, dom.refers_to, dom.body.decode()) == ("conversion", main.record_id, "<html>画好的页面</html>")
    assert main.body == HTML


@pytest.mark.parametrize(
    ("encoding", "wire"),
    [
        ("gzip", gzip.compress(HTML)),
        ("deflate", zlib.compress(HTML)),
        ("br", brotli.compress(HTML)),
        ("zstd", zstandard.compress(HTML)),
    ],
    ids=["gzip", "deflate", "br", "zstd"],  # the bytes of gzip carry the time: two runners would name two tests
)
async def test_the_wire_is_kept_and_decodes(step, encoding, wire):
    """What is archived is the body before content-decoding; the reader decodes it."""
    headers = (("Content-Encoding", encoding), ("Content-Type", "text/html"))
    item = await step.apply(fetched("/1", capture=capture("/1", HTML, wire=wire, headers=headers)))
    found = read(item.archive)
    assert (found.wire, found.body, found.headers) == (wire, HTML, headers)


async def test_headers_that_no_longer_hold_are_renamed_in_the_file(step, tmp_path):
    """A de-chunked, browser-decoded body is not decoded again by any reader; ours gives the headers as reported."""
    headers = (
        ("Content-Encoding", "br"),
        ("Transfer-Encoding", "chunked"),
        ("Content-Length", "3"),
        ("X-Note", "a\r\nSet-Cookie: injected"),
        ("X-Place", "南京"),
    )
    item = await step.apply(fetched("/1", capture=capture("/1", HTML, headers=headers)))
    found = read(item.archive)
    assert found.body == HTML
    assert found.headers[:3] == headers[:3]
    assert [name for name, _ in found.headers] == [name for name, _ in headers]
    with only_file(tmp_path).open("rb") as file:
        bodies = [record.content_stream().read() for record in WarcioReader(file) if record.rec_type == "response"]
    assert bodies == [HTML]


async def test_warcio_and_fastwarc_read_the_file(step, tmp_path):
    """Both readers see every record in order, digests right, warcinfo first, one gzip member each."""
    items = [await step.apply(fetched(f"/{n}", capture=browser_capture(f"/{n}"))) for n in range(3)]
    data = only_file(tmp_path).read_bytes()
    by_warcio = [
        (record.rec_type, record.rec_headers.get_header("WARC-Target-URI"), record.content_stream().read(), record)
        for record in WarcioReader(io.BytesIO(data), check_digests=True)
    ]
    kinds = ["warcinfo", *["response", "conversion"] * 3]
    assert [kind for kind, *_ in by_warcio] == kinds
    assert all(record.digest_checker.passed for *_, record in by_warcio)
    assert b"http-header-user-agent: caifeng (https://example.org)" in by_warcio[0][2]
    assert by_warcio[1][1:3] == ("http://www.a.gov.cn/0", HTML)
    by_fastwarc = list(FastReader(io.BytesIO(data), verify_digests=True, parse_http=False))
    assert [str(record.record_type) for record in by_fastwarc] == kinds
    offsets = [record.stream_pos for record in by_fastwarc[1:]]
    assert offsets == [ref.offset for item in items for ref in (item.archive, item.dom_archive)]
    assert sum(1 for record in FastReader(io.BytesIO(data), func_filter=is_http)) == 3
    for item in items:
        member = data[item.archive.offset :][: item.archive.length]
        assert gzip.decompress(member).startswith(b"WARC/1.1\r\n")


async def test_file_names_tell_round_and_worker(step, tmp_path):
    """A worker's name cannot leave the round's folder; every process life has files of its own."""
    item = await step.apply(fetched("/1"))
    name = only_file(tmp_path).name
    assert name.startswith("host_a_1-")
    assert name.endswith("-1.warc.gz")
    assert item.archive.uri == only_file(tmp_path).as_uri()


async def test_big_pages_are_archived_too(step):
    """A page compressed in a thread comes back whole."""
    body = os.urandom(600_000)
    item = await step.apply(fetched("/1", capture=capture("/1", body)))
    assert read(item.archive).body == body


async def test_failures_pass_through(step, tmp_path):
    """Only pages are archived."""
    assert isinstance(await step.process_item(failure("/1")), FetchFailure)
    assert list(tmp_path.iterdir()) == []


async def test_a_page_that_is_as_it_was_is_not_archived_again(step, tmp_path):
    """Its record goes on naming the bytes of the earlier round."""
    kept = ArchiveRef("file:///archive/R0/w-1.warc.gz", 300, 200)
    item = fetched("/1", archive=kept, unchanged=Unchanged("R0", 0.0, "304", kept, None))
    assert await step.apply(item) == item
    assert list(tmp_path.iterdir()) == []


async def test_a_full_disk_is_waited_for(step, worker, tmp_path, monkeypatch, caplog):
    """ENOSPC part-way leaves nothing of the record; the page is archived when there is room, its lease kept meanwhile."""
    await step.apply(fetched("/0"))
    before = only_file(tmp_path).read_bytes()
    real, failures = os.pwrite, [errno.ENOSPC, errno.EDQUOT]
    sizes = []
    truncate = os.ftruncate
    monkeypatch.setattr(archive_file.os, "ftruncate", lambda *args: (truncate(*args), sizes.append(args[1])))
    monkeypatch.setattr(archive_file.os, "pwrite", _filling(real, failures))
    with caplog.at_level(logging.WARNING):
        item = await step.apply(fetched("/1", 5))
    assert sizes == [len(before)] * 2
    assert read(item.archive).url == "http://www.a.gov.cn/1"
    assert item.archive.offset == len(before)
    assert worker.stored == ["e1-5", "e1-5"]
    assert list(worker.halts) == [Halt.DISK_FULL]  # until a look at the volume finds room
    assert [record.getMessage().split(" (")[0] for record in caplog.records] == ["the archive disk"] * 2


def _filling(real, failures):
    """A disk that takes five bytes more and is then full, as often as `failures` says."""
    state = {"partial": False}

    def pwrite(file, data, at):
        if failures and not state["partial"]:
            state["partial"] = True
            return real(file, bytes(data[:5]), at)
        if failures:
            state["partial"] = False
            raise OSError(failures.pop(), "no space")
        return real(file, data, at)

    return pwrite


async def test_any_other_error_ends_the_page(step, monkeypatch):
    """A fault that waiting does not mend becomes a failure with its trace."""
    monkeypatch.setattr(warc, "http_head", lambda _capture: 1 / 0)
    ended = await step.process_item(fetched("/1"))
    assert isinstance(ended, FetchFailure)
    assert ended.reason == "internal"
    assert "ZeroDivisionError" in ended.detail


def writer_in(folder: Path, **changes) -> ArchiveWriter:
    return ArchiveWriter(folder, "w-1", lambda name: gzip.compress(name.encode()), **changes)


def test_files_rotate_by_size_and_begin_with_their_header(tmp_path):
    """A file over the size is closed; the next begins with its own first record."""
    writer = writer_in(tmp_path, rotate_bytes=100)
    refs = [writer.append(b"x" * 90) for _ in range(3)]
    writer.close()
    assert [Path(ref.uri).name for ref in refs] == ["w-1-1.warc.gz", "w-1-2.warc.gz", "w-1-3.warc.gz"]
    for number in (1, 2, 3):
        data = (tmp_path / f"w-1-{number}.warc.gz").read_bytes()
        assert gzip.decompress(data[: refs[0].offset]).decode() == f"w-1-{number}.warc.gz"


def test_files_rotate_by_age(tmp_path):
    """A file is closed when it has been open for its time, whether or not anything is written then."""
    now = [100.0]
    writer = writer_in(tmp_path, rotate_seconds=60.0, clock=lambda: now[0])
    first = [writer.append(b"x").uri for _ in range(2)]
    now[0] = 159.0
    writer.close_if_old()
    first.append(writer.append(b"x").uri)
    now[0] = 160.0
    writer.close_if_old()
    writer.close_if_old()
    assert {Path(uri).name for uri in first} == {"w-1-1.warc.gz"}
    assert Path(writer.append(b"x").uri).name == "w-1-2.warc.gz"
    writer.close()


def test_a_file_is_handed_out_for_syncing_while_it_has_something_to_sync(tmp_path):
    """Once for what was written since; nothing before the first record or after the file's end."""
    writer = writer_in(tmp_path)
    assert writer.duplicate() == -1
    for _ in range(2):
        writer.append(b"x")
        os.close(writer.duplicate())
        assert writer.duplicate() == -1
    writer.append(b"x")
    writer.close()
    assert writer.duplicate() == -1


async def test_a_volume_that_goes_away_is_waited_for(step, worker, tmp_path, monkeypatch):
    """A stale or read-only volume halts claims; what comes back is written to a new file, the old one never again."""
    first = await step.apply(fetched("/1"))
    real, failures, seen = os.pwrite, [errno.ESTALE, errno.EROFS], []

    def pwrite(file, data, at):
        seen.append(dict(worker.halts))
        if failures:
            raise OSError(failures.pop(), "gone")
        return real(file, data, at)

    monkeypatch.setattr(archive_file.os, "pwrite", pwrite)
    second = await step.apply(fetched("/2", 5))
    assert read(second.archive).url == "http://www.a.gov.cn/2"
    assert second.archive.uri != first.archive.uri
    assert read(first.archive).url == "http://www.a.gov.cn/1"
    assert list(seen[1]) == [Halt.ARCHIVE_AWAY]
    assert str(tmp_path) in seen[1][Halt.ARCHIVE_AWAY]
    assert Halt.ARCHIVE_AWAY not in worker.halts
    assert "e1-5" in worker.stored


@given(body=st.binary(max_size=3_000), cut=st.integers(1, 3_000), before=st.integers(0, 3))
def test_the_whole_part_of_a_torn_file_is_told(tmp_path_factory, body, cut, before):
    """Wherever the last member is cut, exactly the members before it are whole; a whole file is whole to its end."""
    members = [gzip.compress(body + b"%d" % number) for number in range(before)]
    last = gzip.compress(body + b"last")
    torn = last[: max(1, len(last) - cut)]
    path = tmp_path_factory.mktemp("tail") / "a.warc.gz"
    path.write_bytes(b"".join(members) + torn)
    end = sum(map(len, members))
    assert whole_until(path) == end
    assert whole_until(path, sum(map(len, members[:1]))) == end
    path.write_bytes(b"".join(members) + last)
    assert whole_until(path) == end + len(last)


def test_a_big_member_is_no_burden(tmp_path):
    """A member that inflates to far more than is read at once is walked through."""
    path = tmp_path / "a.warc.gz"
    path.write_bytes(gzip.compress(bytes(20_000_000)) + gzip.compress(os.urandom(3_000_000)))
    assert whole_until(path) == path.stat().st_size


def test_an_existing_file_is_never_opened(tmp_path):
    """Two process lives cannot write into one file."""
    (tmp_path / "w-1-1.warc.gz").write_bytes(b"another life")
    with pytest.raises(FileExistsError):
        writer_in(tmp_path).append(b"x")
    assert (tmp_path / "w-1-1.warc.gz").read_bytes() == b"another life"


def test_a_disk_too_full_for_a_new_file_leaves_none(tmp_path, monkeypatch):
    """A file that cannot take its first record is removed, and the next attempt uses its name."""
    real, failures = os.pwrite, [errno.ENOSPC]
    monkeypatch.setattr(archive_file.os, "pwrite", _filling(real, failures))
    writer = writer_in(tmp_path)
    with pytest.raises(OSError, match="no space"):
        writer.append(b"x")
    assert list(tmp_path.iterdir()) == []
    assert writer.append(b"x").uri.endswith("w-1-1.warc.gz")
    writer.close()


def test_a_killed_writers_records_are_there(tmp_path):
    """SIGKILL right after `append` returned: every record whose address was given out is whole."""
    program = textwrap.dedent(
        f"""
        import itertools, sys
        from pathlib import Path
        from pipelines.archive import encode
        from pipelines.archive_file import ArchiveWriter
        from tests.pipelines.making import capture
        writer = ArchiveWriter(Path({str(tmp_path)!r}), "w", lambda name: b"")
        for n in itertools.count():
            ref = writer.append(encode(capture(f"/{{n}}", b"x" * 20_000))[0].data)
            print(ref.uri, ref.offset, ref.length, flush=True)
        """
    )
    with subprocess.Popen(
        [sys.executable, "-c", program], stdout=subprocess.PIPE, text=True, cwd=Path(__file__).parents[2]
    ) as child:
        lines = [child.stdout.readline() for _ in range(50)]
        os.kill(child.pid, signal.SIGKILL)
        lines += [line for line in child.stdout if line.endswith("\n")]
    for number, line in enumerate(lines):
        uri, offset, length = line.split()
        assert read(ArchiveRef(uri, int(offset), int(length))).url == f"http://www.a.gov.cn/{number}"


def test_a_torn_tail_does_not_hurt_readers(tmp_path):
    """Records before a cut are read by address and in sequence; the cut one is called missing."""
    writer = writer_in(tmp_path)
    refs = [writer.append(encode(capture(f"/{n}"))[0].data) for n in range(3)]
    writer.close()
    path = tmp_path / "w-1-1.warc.gz"
    os.truncate(path, refs[2].offset + refs[2].length // 2)
    assert [read(ref).url for ref in refs[:2]] == ["http://www.a.gov.cn/0", "http://www.a.gov.cn/1"]
    with pytest.raises(RecordMissing, match="too early"):
        read(refs[2])


def test_wrong_addresses_say_so(tmp_path):
    """No file, another scheme, and bytes that are no record are told apart."""
    writer = writer_in(tmp_path)
    ref = writer.append(encode(capture("/1"))[0].data)
    writer.close()
    with pytest.raises(RecordMissing, match="cannot be read"):
        read(ArchiveRef(ref.uri + "x", ref.offset, ref.length))
    with pytest.raises(RecordMissing, match="no such object"):
        read(ArchiveRef("memory://bucket/x", 0, 1))
    with pytest.raises(RecordBroken):
        read(ArchiveRef(ref.uri, ref.offset + 1, ref.length - 1))
    with pytest.raises(RecordBroken):
        read(ArchiveRef(ref.uri, ref.offset, ref.length - 1))
    with pytest.raises(RecordBroken):
        read(ArchiveRef(ref.uri, 0, ref.offset))


def test_a_bomb_in_the_archive_is_bounded(tmp_path):
    """A body that decodes beyond the limit is refused, not unpacked."""
    bomb = gzip.compress(b"0" * 5_000_000)
    writer = writer_in(tmp_path)
    made = capture("/1", b"x", wire=bomb, headers=(("Content-Encoding", "gzip"),))
    ref = writer.append(encode(made)[0].data)
    writer.close()
    with pytest.raises(RecordBroken, match="larger"):
        read(ref, limit=1_000_000)


def test_archive_addresses(tmp_path, monkeypatch):
    """Paths and file URLs name folders, other schemes buckets; what holds credentials is refused without showing them."""
    monkeypatch.chdir(tmp_path)
    assert place_of("archive") == Folder(tmp_path / "archive")
    assert place_of("file:///data/a%20b") == Folder(Path("/data/a b"))
    assert place_of("s3://bucket/a b/").url == "s3://bucket/a b"
    secret = "s3://key:tr0ub4dor@bucket/x"
    for wrong in ("file://host/x", "http://a/b", "s3://", "S3 ://b", "s3://b/x?token=tr0ub4dor", "s3://b/#x", secret):
        with pytest.raises(BadArchiveUrl) as refused:
            place_of(wrong)
        assert "tr0ub4dor" not in str(refused.value)
    with pytest.raises(SettingsError, match="CAIFENG_ARCHIVE_URL"):
        ArchiveStep.from_crawler(crawler_of(Worker(CheckingFrontier())))


@given(
    body=st.binary(max_size=2_000),
    status=st.integers(100, 599),
    headers=st.lists(
        st.tuples(
            st.from_regex(r"[A-Za-z][A-Za-z0-9-]{0,20}", fullmatch=True),
            st.binary(max_size=30),
        ),
        max_size=6,
    ),
)
def test_any_answer_survives_the_archive(tmp_path_factory, body, status, headers):
    """Bytes, status and header names come back whatever the server sent (blanks around a value are not its own)."""
    folder = tmp_path_factory.mktemp("law")
    writer = writer_in(folder)
    sent = tuple((name, _as_reported(value)) for name, value in headers)
    ref = writer.append(encode(capture("/1", body, status=status, headers=sent))[0].data)
    writer.close()
    found = read(ref)
    assert (found.wire, found.body, found.status) == (body, body, status)
    assert found.headers == sent


def _as_reported(value: bytes) -> str:
    """A header's bytes as the HTTP client gives them."""
    return re.sub(rb"[\x00-\x20\x7f]+", b" ", value).strip().decode("utf-8", "surrogateescape")


async def test_records_of_concurrent_pages_do_not_mix(step):
    """Twenty pages archived at once lie side by side."""
    items = await asyncio.gather(
        *(step.apply(fetched(f"/{n}", capture=capture(f"/{n}", b"%d" % n * 30_000))) for n in range(20))
    )
    for number, item in enumerate(items):
        assert read(item.archive).body == b"%d" % number * 30_000
