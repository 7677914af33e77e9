"""Tables that people hand in: the same rows from csv, jsonl and xlsx; every fault named, nothing half taken."""

from __future__ import annotations

import datetime as dt
import json
from pathlib import Path

import openpyxl
import pytest

from rounds.refusals import BadChoice, BadTable
from rounds.tables import read_table

ROWS = [
    {"unit": "430100", "host": "a.gov.cn", "note": '逗号, 引号"'},
    {"unit": "430200", "host": "b.gov.cn", "note": ""},
]


def written(folder: Path, kind: str, rows: list[dict], columns: list[str]) -> Path:
    file = folder / f"t.{kind}"
    if kind == "csv":
        cells = [columns, *([row.get(name, "") for name in columns] for row in rows)]
        quoted = ["\u002c".join('"' + str(cell).replace('"', '""') + '"' for cell in line) for line in cells]
        file.write_bytes(b"\xef\xbb\xbf" + "\r\n".join(quoted).encode())
    elif kind == "jsonl":
        file.write_text("\n".join(json.dumps(row, ensure_ascii=False) for row in rows), encoding="utf-8")
    else:
        book = openpyxl.Workbook()
        book.active.append(columns)
        for row in rows:
            book.active.append([row.get(name, "") for name in columns])
        book.save(file)
    return file


@pytest.mark.parametrize("kind", ["csv", "jsonl", "xlsx"])
def test_the_same_rows_come_from_every_kind(tmp_path, kind) -> None:
    """With their lines; absent optional columns are empty."""
    file = written(tmp_path, kind, ROWS, ["unit", "host", "note"])
    found = read_table(file, required=("unit", "host"), optional=("note", "more"))
    assert [row for _, row in found] == [one | {"more": ""} for one in ROWS]
    assert [line for line, _ in found] == ([1, 2] if kind == "jsonl" else [2, 3])


@pytest.mark.parametrize("kind", ["csv", "jsonl", "xlsx"])
def test_a_missing_column_is_named(tmp_path, kind) -> None:
    """And one nobody knows."""
    file = written(tmp_path, kind, [{"unit": "1", "hots": "a"}], ["unit", "hots"])
    with pytest.raises(BadTable) as refused:
        read_table(file, required=("unit", "host"))
    assert {one.field for one in refused.value.problems} == {"host", "hots"}


def test_numbers_and_dates_of_a_workbook_are_text(tmp_path) -> None:
    """A code stays whole, a date is ISO."""
    book = openpyxl.Workbook()
    book.active.append(["unit", "at"])
    book.active.append([430100, dt.datetime(2026, 11, 30, 8, 0)])  # noqa: DTZ001 - a workbook knows no zones
    book.save(tmp_path / "t.xlsx")
    assert read_table(tmp_path / "t.xlsx", required=("unit", "at"))[0][1] == {
        "unit": "430100",
        "at": "2026-11-30T08:00:00",
    }


@pytest.mark.parametrize(
    ("name", "raw"),
    [
        ("t.xlsx", b"no workbook"), ("t.csv", b"\xb3\xa4,\xc9\xb3\n"), ("t.csv", b'a,"b\n'), ("t.csv", b""),
        ("t.jsonl", b"{"), ("t.jsonl", b"[1]"), ("t.jsonl", b""), ("t.txt", b"unit\n1\n"), ("t.csv", b"unit\n1,2\n"),
    ],
)  # fmt: skip
def test_what_is_no_table_is_refused(tmp_path, name, raw) -> None:
    """Whatever it is instead, by name."""
    (tmp_path / name).write_bytes(raw)
    with pytest.raises(BadTable, match=name):
        read_table(tmp_path / name, required=("unit",))


def test_a_file_that_is_not_there_is_said_so(tmp_path) -> None:
    """Not a fault of its content."""
    with pytest.raises(BadChoice):
        read_table(tmp_path / "none.csv", required=("unit",))
