"""Rows as Parquet, a row group at a time: memory does not grow with their number."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import IO, Any, Final

import pyarrow as pa
import pyarrow.parquet as pq

MOST_ROWS: Final = 5_000  # of a row group
MOST_LETTERS: Final = 8_000_000  # of a row group's texts: some 20 MB; single texts go up to a million
_NUMBERS: Final = frozenset({"depth", "status", "attempts", "sites", "population", "sampled"})
_FRACTIONS: Final = frozenset({"confidence", "value", "score", "weight", "concentration"})
_TIMES: Final = frozenset({"fetched_at", "at"})
_LISTS: Final = frozenset({"units", "points", "same_as", "best"})  # of texts


def schema(columns: tuple[str, ...]) -> pa.Schema:
    """The columns' types: numbers, times in UTC, lists of texts; all else is text, structures as JSON."""
    return pa.schema([(name, _type(name)) for name in columns])


def write(rows: Iterator[Mapping[str, Any]], columns: tuple[str, ...], file: IO[bytes]) -> int:
    """Write them all, zstd; returns how many."""
    made = schema(columns)
    number = letters = 0
    pending: list[dict[str, Any]] = []
    with pq.ParquetWriter(file, made, compression="zstd") as writer:
        for row in rows:
            cells = {name: _cell(name, row[name]) for name in columns}
            pending.append(cells)
            number += 1
            letters += sum(len(cell) for cell in cells.values() if isinstance(cell, str))
            if len(pending) >= MOST_ROWS or letters >= MOST_LETTERS:
                writer.write_table(pa.Table.from_pylist(pending, made))
                pending, letters = [], 0
        if pending:
            writer.write_table(pa.Table.from_pylist(pending, made))
    return number


def _type(name: str) -> pa.DataType:
    if name in _NUMBERS:
        return pa.int64()
    if name in _FRACTIONS:
        return pa.float64()
    if name in _TIMES:
        return pa.timestamp("ms", tz="UTC")
    return pa.list_(pa.string()) if name in _LISTS else pa.string()


def _cell(name: str, value: Any) -> Any:
    if value is None or name in _LISTS:
        return value
    if name in _TIMES:
        return datetime.fromisoformat(value)
    if name in _NUMBERS or name in _FRACTIONS or isinstance(value, str):
        return value
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))
