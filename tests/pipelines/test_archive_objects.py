"""Object stores: what was written is proven, ranges come back, and what goes wrong says so without credentials."""

from __future__ import annotations

import pytest

from crawler.items import ArchiveRef
from pipelines import archive_objects
from pipelines.archive import encode
from pipelines.archive_objects import ObjectStore, read_object
from pipelines.archive_place import Prefix
from pipelines.archive_reader import read
from pipelines.errors import ArchiveAway, BadArchiveUrl, RecordMissing
from tests.pipelines.making import capture


@pytest.fixture(params=["s3", "memory"])
def store(request):
    """A prefix on a real S3 server, whose ETags prove a write, and in fsspec's memory, which has none."""
    bucket = request.getfixturevalue("s3_bucket") if request.param == "s3" else "bucket"
    return ObjectStore(Prefix(f"{request.param}://{bucket}/政府 archive"))


def test_what_is_put_is_read_back_by_range(store):
    """The URI alone finds it; writing the same again changes nothing; a listing tells sizes, of this folder only."""
    for _ in range(2):
        store.put("R1/w-1.warc.gz", b"0123456789")
    store.put("R10/w-1.warc.gz", b"another round")
    url = store.url_of("R1/w-1.warc.gz")
    assert (read_object(url, 2, 5), read_object(url)) == (b"234", b"0123456789")
    assert store.sizes("R1") == {url: 10}
    assert store.sizes("R2") == {}


def test_a_record_is_read_by_its_address(store):
    """The reader makes no difference between files and objects, and says what is missing."""
    data = encode(capture("/1", b"<p>page</p>"))[0].data
    store.put("R1/w-1.warc.gz", b"header" + data)
    url = store.url_of("R1/w-1.warc.gz")
    assert read(ArchiveRef(url, 6, len(data))).body == b"<p>page</p>"
    for offset in (7, 10_000):
        with pytest.raises(RecordMissing, match="too early"):
            read(ArchiveRef(url, offset, len(data)))
    with pytest.raises(RecordMissing, match="no such object"):
        read(ArchiveRef(url + "x", 0, 1))


def test_a_write_that_arrived_otherwise_is_noticed(store, monkeypatch):
    """Same length, one byte changed on the way: the write counts as not done."""
    files = store._files
    real = files.pipe_file
    monkeypatch.setattr(files, "pipe_file", lambda url, data: real(url, b"X" + data[1:]))
    with pytest.raises(ArchiveAway, match="not what was written"):
        store.put("R1/a", b"0123456789")
    monkeypatch.setattr(files, "pipe_file", lambda url, data: real(url, data[1:]))
    with pytest.raises(ArchiveAway, match="not what was written"):
        store.put("R1/a", b"0123456789")


def test_a_probe_leaves_nothing(store):
    """It is written, read and deleted."""
    store.probe()
    assert [name for name in store._files.find(store._prefix.url) if ".probe" in name] == []


def test_a_bucket_that_is_not_there_is_named(s3_settings):
    """The address stands in the message."""
    with pytest.raises(RecordMissing, match="s3://no-such-bucket/x"):
        ObjectStore(Prefix("s3://no-such-bucket")).put("x", b"x")


def test_a_server_that_is_away_is_told_without_credentials(s3_settings, monkeypatch):
    """Waiting is right, and neither key stands in the message."""
    monkeypatch.setenv("AWS_ENDPOINT_URL", "http://127.0.0.1:1")
    archive_objects._file_system.cache_clear()
    away = archive_objects.importlib.import_module("fsspec").filesystem(
        "s3", skip_instance_cache=True, **archive_objects._OPTIONS["s3"]
    )
    monkeypatch.setattr(archive_objects, "_file_system", lambda _scheme: away)
    away.retries = 1
    with pytest.raises(ArchiveAway, match="cannot be used now") as told:
        ObjectStore(Prefix("s3://bucket/x")).put("a", b"a")
    assert "tr0ub4dor" not in str(told.value)
    assert "operator" not in str(told.value)


def test_unknown_stores_are_refused():
    """No client, no archive."""
    with pytest.raises(BadArchiveUrl, match="tape://"):
        ObjectStore(Prefix("tape://bucket/x"))
