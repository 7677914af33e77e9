"""Tables that people hand in: csv, jsonl or xlsx, read whole with the line of each row, or refused whole.

The first row names the columns.  A table must have the required ones, may have the others that are known, and nothing else:
a misspelt name is never silently dropped.  Values come as text, without blanks around them; dates of a workbook in ISO form.
"""

import csv
import datetime as dt
import io
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from functools import partial
from pathlib import Path
from typing import Any, Final

import orjson
from python_calamine import CalamineError, CalamineWorkbook

from rounds.refusals import BadChoice, BadTable, Problem, Refusal

MAX_BYTES: Final = 500_000_000  # a million posts with their texts are below 400 MB
Row = tuple[int, dict[str, str]]


def read_table(file: Path, *, required: Sequence[str], optional: Collection[str] = ()) -> list[Row]:
    """Rows as (line, {column: text}); absent optional columns are empty text.

    BadTable names every fault of the header and of the rows; BadChoice where there is no such file.
    """
    raw = _bytes(file)
    kind = file.suffix.lower()
    if kind == ".csv":
        lines = csv_records(_text(raw, str(file)), partial(BadTable, str(file)))
    elif kind == ".xlsx":
        lines = _xlsx(raw, str(file))
    elif kind in {".jsonl", ".ndjson"}:
        return _jsonl(raw, str(file), required, optional)
    else:
        raise BadTable(str(file), [Problem(0, "", "只收 .csv、.jsonl、.xlsx 文件")])
    return _rows(lines, str(file), required, optional)


def _bytes(file: Path) -> bytes:
    try:
        if file.stat().st_size > MAX_BYTES:
            raise BadTable(str(file), [Problem(0, "", f"超过 {MAX_BYTES} 字节：请分成几个文件")])
        return file.read_bytes()
    except FileNotFoundError as error:
        raise BadChoice(f"找不到文件 {file}") from error
    except OSError as error:
        raise BadTable(str(file), [Problem(0, "", f"读不出来：{error.strerror or error}")]) from error


def _text(raw: bytes, file: str) -> str:
    try:
        return raw.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = raw.count(b"\n", 0, error.start) + 1
        raise BadTable(file, [Problem(line, "", "不是 UTF-8：请另存为 UTF-8")]) from error


def csv_records(text: str, refused: Callable[[list[Problem]], Refusal]) -> Iterator[tuple[int, list[str]]]:
    """The number of the line each record starts on, and its cells; blank lines are passed over.  Raises what `refused` makes."""
    reader = csv.reader(io.StringIO(text, newline=""), strict=True)
    start = 1
    while True:
        try:
            cells = next(reader)
        except StopIteration:
            return
        except csv.Error as error:
            raise refused([Problem(start, "", f"CSV 格式不对（{error}）：检查引号是否成对")]) from error
        if any(cell.strip() for cell in cells):
            yield start, cells
        start = reader.line_num + 1


def _xlsx(raw: bytes, file: str) -> Iterator[tuple[int, list[str]]]:
    try:
        rows = CalamineWorkbook.from_filelike(io.BytesIO(raw)).get_sheet_by_index(0).to_python(skip_empty_area=False)
    except (CalamineError, ValueError, OSError) as error:
        raise BadTable(file, [Problem(0, "", f"不是能读的 xlsx 工作簿（{error}）")]) from error
    for number, cells in enumerate(rows, 1):
        shown = [_shown(cell) for cell in cells]
        if any(shown):
            yield number, shown


def _shown(cell: Any) -> str:
    if isinstance(cell, float) and cell.is_integer():
        return str(int(cell))  # a workbook has no whole numbers
    if isinstance(cell, dt.datetime | dt.date | dt.time):
        return cell.isoformat()
    return str(cell).strip()


def _rows(
    lines: Iterator[tuple[int, list[str]]], file: str, required: Sequence[str], optional: Collection[str]
) -> list[Row]:
    first, header = next(lines, (0, []))
    columns = [name.strip() for name in header]
    problems = _header_problems(first, columns, required, optional)
    rows: list[Row] = []
    if not problems:
        for line, cells in lines:
            padded = [*cells, *[""] * (len(columns) - len(cells))]
            if any(cell.strip() for cell in padded[len(columns) :]):
                problems.append(Problem(line, "", f"应有 {len(columns)} 列，实有 {len(cells)} 列"))
                continue
            named = {name: cell.strip() for name, cell in zip(columns, padded, strict=False)}
            rows.append((line, dict.fromkeys(optional, "") | named))
    if problems:
        raise BadTable(file, problems)
    return rows


def _header_problems(
    line: int, columns: Sequence[str], required: Sequence[str], optional: Collection[str]
) -> list[Problem]:
    if not columns:
        return [Problem(0, "", "文件是空的，应有一行列名")]
    known = [*required, *optional]
    return [
        *(Problem(line, name, "缺少这一列") for name in required if name not in columns),
        *(Problem(line, name or "（空列名）", f"不认识这一列；可用的列：{'、'.join(known)}") for name in columns if name not in known),
        *(Problem(line, name, "这一列出现了两次") for name in dict.fromkeys(columns) if columns.count(name) > 1),
    ]  # fmt: skip


def _jsonl(raw: bytes, file: str, required: Sequence[str], optional: Collection[str]) -> list[Row]:
    problems: list[Problem] = []
    rows: list[Row] = []
    for line, text in enumerate(_text(raw, file).splitlines(), 1):
        if not text.strip():
            continue
        try:
            found = orjson.loads(text)
        except orjson.JSONDecodeError as error:
            problems.append(Problem(line, "", f"不是 JSON（{error}）"))
            continue
        faults = _object_problems(line, found, required, optional)
        problems += faults
        if not faults:
            rows.append((line, dict.fromkeys(optional, "") | {name: _plain(value) for name, value in found.items()}))
    if not rows and not problems:
        problems.append(Problem(0, "", "文件是空的"))
    if problems:
        raise BadTable(file, problems)
    return rows


def _object_problems(line: int, found: Any, required: Sequence[str], optional: Collection[str]) -> list[Problem]:
    if not isinstance(found, Mapping):
        return [Problem(line, "", "应是一个 JSON 对象")]
    known = {*required, *optional}
    return [
        *(Problem(line, name, "缺少这一项") for name in required if name not in found),
        *(Problem(line, str(name), "不认识这一项") for name in found if name not in known),
    ]


def _plain(value: Any) -> str:
    return "" if value is None else str(value).strip()
