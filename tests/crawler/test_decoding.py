"""Content-decoding: what was encoded comes back, and nothing passes the limit."""

import contextlib
import gzip
import tracemalloc
import zlib
from collections.abc import Callable

import brotli
import pytest
import zstandard
from hypothesis import given
from hypothesis import strategies as st

from crawler.errors import BadEncoding, FetchError, TooLarge
from crawler.fetch.decoding import MOST_LAYERS, decode

LIMIT = 1 << 20


def bare_deflate(data: bytes) -> bytes:
    """Deflate without the zlib wrapper, as IIS sends it."""
    engine = zlib.compressobj(wbits=-zlib.MAX_WBITS)
    return engine.compress(data) + engine.flush()


def members(data: bytes) -> bytes:
    """Gzip in two members, with the zero padding some servers leave behind."""
    half = len(data) // 2
    return gzip.compress(data[:half]) + gzip.compress(data[half:]) + b"\0" * 7


def streamed_zstd(data: bytes) -> bytes:
    """Zstandard without the content's size in its head, in two frames."""
    half = len(data) // 2
    parts = []
    for part in (data[:half], data[half:]):
        engine = zstandard.ZstdCompressor().compressobj()
        parts.append(engine.compress(part) + engine.flush())
    return b"".join(parts)


CODERS: dict[str, tuple[str, Callable[[bytes], bytes]]] = {
    "gzip": ("gzip", gzip.compress),
    "gzip-members": ("x-gzip", members),
    "deflate": ("deflate", zlib.compress),
    "deflate-bare": ("deflate", bare_deflate),
    "brotli": ("br", lambda data: brotli.compress(data, quality=5)),
    "zstd": ("zstd", zstandard.ZstdCompressor().compress),
    "zstd-frames": ("zstd", streamed_zstd),
}


@pytest.mark.parametrize("coder", CODERS)
@given(data=st.binary(max_size=5000), times=st.integers(1, 60))
def test_each_coding_gives_back_what_went_in(coder: str, data: bytes, times: int) -> None:
    """Law of the round trip, for short and for repetitive bodies of more than one step."""
    name, encode = CODERS[coder]
    body = data * times
    assert decode(encode(body), name, LIMIT) == body
    assert decode(encode(body), f" {name.upper()} ", LIMIT) == body


@given(st.binary(max_size=3000), st.lists(st.sampled_from(sorted(CODERS)), max_size=MOST_LAYERS))
def test_stacked_codings_are_undone_last_first(data: bytes, coders: list[str]) -> None:
    """In the order the header names them, as applied."""
    body = data
    for coder in coders:
        body = CODERS[coder][1](body)
    assert decode(body, ", ".join(CODERS[coder][0] for coder in coders), LIMIT) == data


@given(st.binary(max_size=2000), st.sampled_from(["gzip", "deflate", "br", "zstd", "gzip, br", "zstd, deflate"]))
def test_any_bytes_under_any_name_give_bytes_or_a_fetch_error(data: bytes, name: str) -> None:
    """Nothing else gets out: a worker's callback relies on it."""
    with contextlib.suppress(FetchError):
        assert len(decode(data, name, 10_000)) <= 10_000


@pytest.mark.parametrize("coder", CODERS)
def test_a_bomb_stops_at_the_limit(coder: str) -> None:
    """Thirty megabytes of zeros in a few kilobytes: refused, at a cost of memory bounded by the limit."""
    name, encode = CODERS[coder]
    bomb = encode(bytes(30_000_000))
    tracemalloc.start()
    try:
        with pytest.raises(TooLarge):
            decode(bomb, name, LIMIT)
        peak = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    assert peak < 8 * LIMIT + 2 * len(bomb)  # the output grows by doubling and is copied once


def test_a_bomb_within_a_bomb_stops_too() -> None:
    """Each layer is bounded by itself."""
    bomb = gzip.compress(gzip.compress(bytes(100_000_000)))
    with pytest.raises(TooLarge):
        decode(bomb, "gzip, gzip", LIMIT)


def test_exactly_the_limit_passes() -> None:
    """One byte more does not, encoded or plain."""
    for name, encode in CODERS.values():
        assert decode(encode(bytes(LIMIT)), name, LIMIT) == bytes(LIMIT)
        with pytest.raises(TooLarge):
            decode(encode(bytes(LIMIT + 1)), name, LIMIT)
    assert decode(bytes(LIMIT), "", LIMIT) == bytes(LIMIT)
    with pytest.raises(TooLarge):
        decode(bytes(LIMIT + 1), "identity", LIMIT)


def test_a_swarm_of_gzip_members_costs_one_pass() -> None:
    """Four megabytes of empty members: with a copy of the rest for each it would take minutes, not a moment."""
    assert decode(gzip.compress(b"", mtime=0) * 200_000 + gzip.compress(b"end"), "gzip", LIMIT) == b"end"


@pytest.mark.parametrize("coder", CODERS)
def test_a_torn_stream_gives_what_came(coder: str) -> None:
    """Half a page is a page, and a piece of the original, never an exception of the codec's own."""
    name, encode = CODERS[coder]
    body = b"".join(b"line %d of a page of the government\n" % number for number in range(20_000))
    wire = encode(body)
    got = decode(wire[: len(wire) // 2], name, LIMIT * 4)
    assert body.startswith(got)
    assert got


@pytest.mark.parametrize("coder", ["gzip", "deflate"])
def test_a_damaged_tail_gives_what_came_before(coder: str) -> None:
    """A wrong checksum does not undo a page."""
    name, encode = CODERS[coder]
    body = bytes(range(256)) * 800
    got = decode(encode(body)[:-4] + b"????", name, LIMIT)
    assert body.startswith(got)
    assert got


def test_a_zstandard_window_has_a_bound() -> None:
    """A stream that wants 64 MB to look back in is refused, as RFC 9659 allows."""
    settings = zstandard.ZstdCompressionParameters.from_level(3, window_log=26, enable_ldm=True)
    engine = zstandard.ZstdCompressor(compression_params=settings).compressobj()
    wire = engine.compress(bytes(100)) + engine.flush()
    with pytest.raises(BadEncoding):
        decode(wire, "zstd", LIMIT)


def test_gzip_that_is_none_is_taken_as_it_is() -> None:
    """As browsers do: a header set for the whole server, a page that a script printed plain."""
    assert decode(b"<html>plain</html>", "gzip", LIMIT) == b"<html>plain</html>"


@pytest.mark.parametrize("name", ["deflate", "br", "zstd"])
def test_other_codings_that_are_none_are_bad(name: str) -> None:
    """They have no mark to tell them by: the browser refuses them too."""
    with pytest.raises(BadEncoding):
        decode(b"<!DOCTYPE html><html>plain and long enough not to look like a stream</html>", name, LIMIT)


def test_unknown_codings_leave_the_bytes_alone() -> None:
    """`Content-Encoding: utf-8` is a common mistake."""
    for name in ("utf-8", "identity", "none", "compress", "", " , ,"):
        assert decode(b"body", name, LIMIT) == b"body"


def test_an_empty_body_is_empty_under_any_name() -> None:
    """A 204, or a script that printed nothing."""
    for name in ("gzip", "deflate", "br", "zstd", "br, gzip"):
        assert decode(b"", name, LIMIT) == b""


def test_too_many_layers_are_refused() -> None:
    """Unread."""
    with pytest.raises(BadEncoding, match="5 content-encodings"):
        decode(b"", "gzip, gzip, gzip, gzip, gzip", LIMIT)
