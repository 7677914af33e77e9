"""A round's data out: every format, personal data masked, an unmasked export journalled."""

from __future__ import annotations

import csv
import io
import json
from dataclasses import replace

import pyarrow.parquet as pq
import pytest

from crawler.reasons import FailureReason
from pipelines.store.export import COLUMNS, Format, What
from pipelines.whole_file import whole_file
from rounds import life, parquet
from rounds.exporting import export, masked_row
from rounds.refusals import NoSuchRound
from tests.pipelines.making import failure, page, reading
from tests.rounds.keeping import NOW, keep

TEXT = "公示：李四，联系电话13812345678，家庭住址：江苏省苏州市干将路8号3栋401室。咨询电话：0512-65123456。"


@pytest.fixture
def stored(here):
    keep(
        here, "R", page("/13812345678.html", 1, reading=reading("/13812345678.html", TEXT)), page("/b", 2), failure("/c", 3)
    )  # fmt: skip
    return here


def out(here, what: What, shape: Format, unmasked: str = "") -> bytes:
    file = io.BytesIO()
    export(here, "R", what, shape, file, unmasked=unmasked, who="me", now=NOW)
    return file.getvalue()


def test_the_same_rows_in_every_format(stored) -> None:
    """JSON Lines, CSV with its BOM, Parquet with types: the same cells."""
    lines = [json.loads(line) for line in out(stored, What.PAGES, Format.JSONL).splitlines()]
    raw = out(stored, What.PAGES, Format.CSV)
    assert raw.startswith(b"\xef\xbb\xbf")
    cells = list(csv.DictReader(io.StringIO(raw.decode("utf-8-sig"))))
    table = pq.read_table(io.BytesIO(out(stored, What.PAGES, Format.PARQUET))).to_pylist()
    assert len(lines) == len(cells) == len(table) == 2
    assert list(table[0]) == list(COLUMNS[What.PAGES])
    for line, cell, row in zip(lines, cells, table, strict=True):
        assert line["url"] == cell["url"] == row["url"]
        assert (line["depth"], line["units"]) == (row["depth"], row["units"])
        assert json.loads(row["archive"]) == json.loads(cell["archive"]) == line["archive"]
        assert row["fetched_at"].isoformat(timespec="milliseconds")[:19] == line["fetched_at"][:19]


def test_a_failure_tells_how_often_it_was_tried(here) -> None:
    """A 404 was asked once, what was put off twice three times, what a dead host had put off once no second time."""
    late, dead = failure("/late", 2), failure("/dead", 3, reason=FailureReason.DEAD_HOST)
    keep(
        here, "R", failure("/404", 1, reason=FailureReason.HTTP_4XX, status=404),
        replace(late, lease=replace(late.lease, attempts=2)), replace(dead, lease=replace(dead.lease, attempts=1)),
    )  # fmt: skip
    rows = [json.loads(line) for line in out(here, What.FAILURES, Format.JSONL).splitlines()]
    assert {row["reason"]: row["attempts"] for row in rows} == {"http-4xx": 1, "timeout": 3, "dead-host": 1}


@pytest.mark.parametrize("what", list(What))
def test_everything_that_can_be_exported_can_be_parquet(stored, what) -> None:
    """Also nothing: a file with its columns."""
    table = pq.read_table(io.BytesIO(out(stored, what, Format.PARQUET)))
    assert table.column_names == list(COLUMNS[what])


@pytest.mark.parametrize("shape", list(Format))
def test_personal_data_is_masked_and_names_are_not(stored, shape) -> None:
    """What a page says is masked, what it is called is not; office telephones stay."""
    raw = out(stored, What.PAGES, shape)
    if shape is Format.PARQUET:
        raw = json.dumps(pq.read_table(io.BytesIO(raw)).to_pylist(), default=str, ensure_ascii=False).encode()
    text = raw.decode()
    assert "138****5678" in text
    assert "13812345678，" not in text
    assert "401室" not in text
    assert "/13812345678.html" in text
    assert "0512-65123456" in text


def test_what_is_said_deep_inside_a_row_is_masked_too() -> None:
    """Reasons, findings and measurements quote the page: in lists and mappings, at any depth."""
    said = "联系人手机13812345678，请拨打"
    row = {"reasons": [{"code": "x", "detail": said}], "more": {"list": [[said]]}, "text": (said,), "best": [said]}
    masked = masked_row(row)
    assert "13812345678" not in str({name: masked[name] for name in ("reasons", "more", "text")})
    assert str(masked).count("138****5678") == 3
    assert masked["best"] == [said]


def test_an_unmasked_export_stands_in_the_journal(stored) -> None:
    """Who, when, what and why."""
    assert "13812345678，" in out(stored, What.PAGES, Format.JSONL, "审计需要").decode()
    entry = life.get(stored, "R").journal[-1]
    assert (entry.who, entry.at, "审计需要" in entry.what, "pages" in entry.what) == ("me", NOW, True, True)
    out(stored, What.PAGES, Format.JSONL)
    assert life.get(stored, "R").journal[-1] == entry


def test_rows_are_written_a_group_at_a_time(monkeypatch) -> None:
    """A million rows or ten: what is in memory is one group, by rows and by letters."""
    monkeypatch.setattr(parquet, "MOST_ROWS", 10)
    monkeypatch.setattr(parquet, "MOST_LETTERS", 300)
    columns = ("code", "snippet")
    file = io.BytesIO()
    rows = ({"code": str(n), "snippet": "字" * (100 if n < 9 else 1)} for n in range(49))
    assert parquet.write(rows, columns, file) == 49
    groups = pq.ParquetFile(file)
    sizes = [groups.metadata.row_group(n).num_rows for n in range(groups.num_row_groups)]
    assert sizes == [3, 3, 3, 10, 10, 10, 10]


def test_a_file_bears_its_name_only_once_it_is_whole(tmp_path, here) -> None:
    """A refused export leaves nothing."""
    target = tmp_path / "x.parquet"
    with pytest.raises(NoSuchRound), whole_file(target) as file:
        export(here, "Nowhere", What.PAGES, Format.PARQUET, file, unmasked="", who="me", now=NOW)
    assert list(tmp_path.glob("*x.parquet*")) == []
