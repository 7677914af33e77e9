"""A round's data out: rows streamed from the store, personal data masked, into JSON Lines, CSV or Parquet."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable, Iterator, Mapping
from datetime import datetime
from importlib import import_module
from types import MappingProxyType
from typing import IO, Any, Final

import orjson

from cleaning.personal import masked
from pipelines.store.export import COLUMNS, Format, Row, What, csv_row, rows
from pipelines.store.reader import RoundReader
from pipelines.store.rounds import Entry, RoundBook
from rounds import life
from rounds.services import Services

# What names things rather than says them: a number in an address of a page is no person's.
NAMES: Final = frozenset(
    {
        "url", "key", "host", "units", "unit", "code", "duplicate_of", "same_as", "family", "sha256", "simhash", "archive",
        "fetched_at", "at", "best", "points", "catalogue", "seed", "published", "charset", "media", "via",
    }
)  # fmt: skip


def export(
    services: Services,
    name: str,
    what: What,
    shape: Format,
    file: IO[bytes],
    *,
    unmasked: str,
    who: str,
    now: datetime,
    heads: Mapping[str, str] = MappingProxyType({}),
    worded: Callable[[Row], Row] = lambda row: row,
) -> int:
    """Write a round's rows to `file`; returns how many.  `unmasked` is the reason why personal data is let out: journalled.

    `heads` are other names for the columns of CSV, which people read, and `worded` puts its cells into words; the other
    formats, which programs read, have neither.
    Memory does not grow with the round.  Raises NoSuchRound, StoreAway.
    """
    life.get(services, name)
    with life.store(services) as database:
        if unmasked:
            told = f"导出没有打码的 {what}（{shape}）：{unmasked}"
            RoundBook(database, url=services.mongo_url).append(name, Entry(now, who, told))
        stream = rows(RoundReader(database, name, url=services.mongo_url), what)
        shown = stream if unmasked else map(masked_row, stream)
        if shape is Format.CSV:
            return _csv(map(worded, shown), COLUMNS[what], heads, file)
        return _WRITERS[shape](shown, COLUMNS[what], file)


def masked_row(row: Row) -> Row:
    """The same row, personal data in what it says masked; what it is named by stays."""
    return {name: value if name in NAMES else masked_within(value) for name, value in row.items()}


def masked_within(value: Any) -> Any:
    """Texts at any depth masked."""
    if isinstance(value, str):
        return masked(value)
    if isinstance(value, Mapping):
        return {name: one if name in NAMES else masked_within(one) for name, one in value.items()}
    return [masked_within(one) for one in value] if isinstance(value, list | tuple) else value


def _jsonl(stream: Iterator[Row], _columns: tuple[str, ...], file: IO[bytes]) -> int:
    number = 0
    for number, row in enumerate(stream, 1):  # noqa: B007 -- the count outlives the loop
        file.write(orjson.dumps(row, option=orjson.OPT_APPEND_NEWLINE))
    return number


def _csv(stream: Iterator[Row], columns: tuple[str, ...], heads: Mapping[str, str], file: IO[bytes]) -> int:
    text = io.TextIOWrapper(file, encoding="utf-8-sig", newline="", write_through=True)
    writer = csv.DictWriter(text, columns)
    writer.writerow({name: heads.get(name, name) for name in columns})
    number = 0
    for number, row in enumerate(stream, 1):  # noqa: B007 -- the count outlives the loop
        writer.writerow(csv_row(row))
    text.flush()
    text.detach()
    return number


def _parquet(stream: Iterator[Row], columns: tuple[str, ...], file: IO[bytes]) -> int:
    """Its library is large: loaded only when it is asked for."""
    return int(import_module("rounds.parquet").write(stream, columns, file))


_WRITERS: Final[Mapping[Format, Callable[[Iterator[Row], tuple[str, ...], IO[bytes]], int]]] = {
    Format.JSONL: _jsonl,
    Format.PARQUET: _parquet,
}
