"""Rows for `caifeng export`: flat enough to be a line of JSON or of CSV, in key order."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping
from datetime import datetime
from enum import StrEnum
from typing import Any, Final

from pipelines.store.connect import Document
from pipelines.store.reader import ENDED_BADLY, EVIDENCE, OutcomeFilter, PageFilter, RoundReader
from pipelines.store.records import tries

Row = dict[str, Any]


class What(StrEnum):
    """What can be exported."""

    PAGES = "pages"
    FAILURES = "failures"
    EVIDENCE = "evidence"
    VALUES = "values"
    SAMPLES = "samples"


class Format(StrEnum):
    """How rows are printed."""

    JSONL = "jsonl"
    CSV = "csv"
    PARQUET = "parquet"


COLUMNS: Final[Mapping[What, tuple[str, ...]]] = {
    What.PAGES: (
        "url", "key", "host", "units", "depth", "status", "verdict", "reasons", "findings", "duplicate_of", "same_as",
        "family", "title", "text", "published", "source", "language", "page_type", "media", "charset", "sha256", "simhash",
        "points", "fetched_at", "via", "archive",
    ),
    What.FAILURES: (
        "url", "key", "host", "units", "depth", "end", "reason", "detail", "status", "via", "attempts", "at",
    ),
    What.EVIDENCE: (
        "unit", "code", "url", "key", "strength", "confidence", "snippet", "zone", "title", "verdict", "sha256",
        "measured", "fetched_at", "archive",
    ),
    What.VALUES: (
        "unit", "code", "state", "why", "value", "score", "more", "content", "parts", "sites", "concentration",
        "population", "sampled", "best", "searched", "catalogue", "at",
    ),
    What.SAMPLES: ("unit", "code", "key", "observation", "weight", "seed", "catalogue", "at"),
}  # fmt: skip


def rows(reader: RoundReader, what: What) -> Iterator[Row]:
    """One dict per page, per failed or quarantined URL, or per unit, page and point; columns as in COLUMNS.

    Dates are ISO 8601 in UTC.
    """
    return _ROWS[what](reader)


def csv_row(row: Row) -> Row:
    """The same row with lists and mappings as JSON text, as a CSV cell can hold them."""
    return {
        name: json.dumps(value, ensure_ascii=False, separators=(",", ":")) if isinstance(value, list | dict) else value
        for name, value in row.items()
    }


def _pages(reader: RoundReader) -> Iterator[Row]:
    stored = tuple(name for name in COLUMNS[What.PAGES] if name != "points")
    for page in reader.pages(fields=(*stored, "tags.code")):
        row = {name: _plain(page[name]) for name in stored}
        row["archive"] = _address(page)
        row["points"] = sorted({tag["code"] for tag in page["tags"]})
        yield {name: row[name] for name in COLUMNS[What.PAGES]}


def _failures(reader: RoundReader) -> Iterator[Row]:
    columns = COLUMNS[What.FAILURES]
    for outcome in reader.outcomes(OutcomeFilter(ends=ENDED_BADLY), columns):
        yield {name: _plain(outcome[name]) for name in columns} | {"attempts": tries(outcome)}


def _evidence(reader: RoundReader) -> Iterator[Row]:
    fields = ("url", "key", "title", "verdict", "sha256", "fetched_at", "archive", "units", "tags")
    for page in reader.pages(PageFilter(verdicts=EVIDENCE), fields):
        shared = {name: _plain(page[name]) for name in ("url", "key", "title", "verdict", "sha256", "fetched_at")}
        for unit in page["units"]:
            for tag in page["tags"]:
                row = {"unit": unit, "measured": {}} | tag | shared | {"archive": _address(page)}
                yield {name: row[name] for name in COLUMNS[What.EVIDENCE]}


def _values(reader: RoundReader) -> Iterator[Row]:
    for value in reader.values.find():
        yield {name: _plain(value[name]) for name in COLUMNS[What.VALUES]}


def _samples(reader: RoundReader) -> Iterator[Row]:
    for sample in reader.values.samples():
        yield {name: _plain(sample[name]) for name in COLUMNS[What.SAMPLES]}


_ROWS: Final[Mapping[What, Callable[[RoundReader], Iterator[Row]]]] = {
    What.PAGES: _pages,
    What.FAILURES: _failures,
    What.EVIDENCE: _evidence,
    What.VALUES: _values,
    What.SAMPLES: _samples,
}


def _address(page: Document) -> Row | None:
    """None where the page's bytes were pruned."""
    kept = page["archive"]
    return {"uri": kept["uri"], "offset": kept["offset"]} if kept else None


def _plain(value: Any) -> Any:
    return value.isoformat() if isinstance(value, datetime) else value
