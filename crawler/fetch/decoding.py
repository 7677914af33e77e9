"""Content-decoding with a bound: a bomb costs one page, not the worker."""

from __future__ import annotations

import zlib
from collections.abc import Callable, Iterator
from typing import Final

import brotli
import zstandard

from crawler.errors import BadEncoding, TooLarge

STEP: Final = 1 << 16  # bytes asked of a decoder at a time
GZIP: Final = zlib.MAX_WBITS | 16
ZSTD_WINDOW: Final = 8 << 20  # bytes; RFC 9659: no decoder has to give a stream more
MOST_LAYERS: Final = 4  # nobody stacks more encodings in good faith


def decode(wire: bytes, content_encoding: str, limit: int) -> bytes:
    """Undo `content_encoding` (a header value, may list several), giving at most `limit` bytes.

    An identity or unknown encoding gives the bytes as they are; a body that is not encoded although the header says so
    too, as browsers do for gzip.  Raises TooLarge past the limit, BadEncoding when the stream is broken.
    """
    layers = [name.strip().lower() for name in content_encoding.split(",") if name.strip()]
    if len(layers) > MOST_LAYERS:
        message = f"the answer claims {len(layers)} content-encodings on top of each other"
        raise BadEncoding(message)
    body = wire
    for name in reversed(layers):
        decoder = DECODERS.get(name)
        if decoder is not None and body:
            body = decoder(body, limit)
    if len(body) > limit:
        message = f"the body is larger than {limit} bytes"
        raise TooLarge(message)
    return body


def _too_large(limit: int) -> TooLarge:
    return TooLarge(f"the decoded body is larger than {limit} bytes")


def _inflate(data: bytes, limit: int, wbits: int) -> bytes:
    """Undo one stream, or gzip's row of them.

    Input goes in by steps too: what zlib leaves of it is a copy, and a copy of the whole rest for each step of a bomb,
    or for each of a million empty gzip members, would hold the worker for minutes.
    """
    out = bytearray()
    try:
        for piece in _inflated(data, wbits):
            out += piece
            if len(out) > limit:
                raise _too_large(limit)
    except zlib.error as error:
        if out:
            return bytes(out)  # a torn tail: what came is still the page
        message = f"the body does not decode: {error}"
        raise BadEncoding(message) from error
    return bytes(out)


def _inflated(data: bytes, wbits: int) -> Iterator[bytes]:
    view, at, rest = memoryview(data), 0, b""
    engine = zlib.decompressobj(wbits)
    while rest or at < len(view):
        if not rest:
            rest, at = bytes(view[at : at + STEP]), at + STEP
        if engine.eof:
            if wbits != GZIP or not rest.startswith(b"\x1f"):
                return  # padding behind the last gzip member
            engine = zlib.decompressobj(wbits)
        yield engine.decompress(rest, STEP)
        rest = engine.unused_data if engine.eof else engine.unconsumed_tail
    while not engine.eof and (piece := engine.decompress(b"", STEP)):
        yield piece  # what a full step held back


def _gzip(data: bytes, limit: int) -> bytes:
    if not data.startswith(b"\x1f\x8b"):
        return data
    return _inflate(data, limit, GZIP)


def _deflate(data: bytes, limit: int) -> bytes:
    # Servers send both the zlib wrapper the standard asks for and the bare stream.
    wrapped = len(data) > 1 and data[0] & 0x0F == 8 and (data[0] << 8 | data[1]) % 31 == 0
    return _inflate(data, limit, zlib.MAX_WBITS if wrapped else -zlib.MAX_WBITS)


def _brotli(data: bytes, limit: int) -> bytes:
    engine = brotli.Decompressor()
    out = bytearray()
    view = memoryview(data)
    try:
        for at in range(0, len(view), STEP):
            piece = engine.process(bytes(view[at : at + STEP]), output_buffer_limit=STEP)
            while piece:  # all input may be taken in long before all output is out
                out += piece
                if len(out) > limit:
                    raise _too_large(limit)
                piece = b"" if engine.is_finished() else engine.process(b"", output_buffer_limit=STEP)
            if engine.is_finished():
                break
    except brotli.error as error:
        message = f"the body does not decode as brotli: {error}"
        raise BadEncoding(message) from error
    return bytes(out)


def _zstd(data: bytes, limit: int) -> bytes:
    out = bytearray()
    try:
        with zstandard.ZstdDecompressor(max_window_size=ZSTD_WINDOW).stream_reader(
            data, read_across_frames=True
        ) as reader:
            while piece := reader.read(STEP):
                out += piece
                if len(out) > limit:
                    raise _too_large(limit)
    except zstandard.ZstdError as error:
        message = f"the body does not decode as zstd: {error}"
        raise BadEncoding(message) from error
    return bytes(out)


DECODERS: Final[dict[str, Callable[[bytes, int], bytes]]] = {
    "gzip": _gzip,
    "x-gzip": _gzip,
    "deflate": _deflate,
    "br": _brotli,
    "zstd": _zstd,
}
