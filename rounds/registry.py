"""The registry of units: reading a units file whole, or refusing it whole.

A units file is UTF-8 CSV (a BOM is accepted) with one header line.  `code`, `name` and `portal_url` are required; the
other columns of the three published registries (prefectures, provinces, key cities) are known and optional; any other
column is refused, so that a misspelt name is never silently dropped.
"""

import codecs
import ipaddress
import re
from collections.abc import Iterator, Sequence
from datetime import date
from functools import partial
from pathlib import Path
from typing import Annotated, Final, Literal, Self
from urllib.parse import SplitResult, urlsplit

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field, ValidationError, model_validator

from rounds.refusals import BadChoice, BadUnitsFile, Problem
from rounds.tables import csv_records

REQUIRED: Final = ("code", "name", "portal_url")
MAX_BYTES: Final = 50_000_000  # a registry of all townships is below 20 MB; more than this is not a units file
CODE: Final = re.compile(r"[0-9]{6}")
LABEL: Final = re.compile(r"[a-z0-9_](?:[a-z0-9_-]{0,61}[a-z0-9_])?")
ALTERNATIVE: Final = re.compile(r"^\s*(\S+)(?:\s+\(.*\))?\s*$")
SPACES: Final = re.compile(r"\s")


def web_url(text: str) -> str:
    """Return `text` when it is an absolute http(s) URL with a possible host; ValueError (Chinese) says what is wrong."""
    if not text:
        raise ValueError("网址为空")
    if SPACES.search(text):
        raise ValueError(f"网址里有空白：{text!r}")
    parts = _split(text)
    if parts.scheme.lower() not in {"http", "https"}:
        raise ValueError(f"只接受 http:// 或 https:// 开头的完整网址：{text}")
    if parts.username is not None or parts.password is not None:
        raise ValueError("网址里不能带用户名或密码")
    host_name(parts.hostname or "")
    return text


def host_name(host: str) -> str:
    """Return `host` lower-cased and in its ASCII (IDNA) form; ValueError (Chinese) when no host can be called that."""
    if not host:
        raise ValueError("网址里没有主机名")
    try:
        return str(ipaddress.ip_address(host))
    except ValueError:
        pass
    try:
        name = host.rstrip(".").encode("idna").decode("ascii").lower()
    except UnicodeError as error:
        raise ValueError(f"主机名写错了：{host}") from error
    labels = name.split(".")
    looks_numeric = labels[-1].isdigit()
    if len(name) > 253 or looks_numeric or not all(LABEL.fullmatch(label) for label in labels):
        raise ValueError(f"主机名写错了：{host}")
    return name


def alternatives(text: str) -> tuple[str, ...]:
    """Split a `portal_alt` cell, `URL (where it was seen); URL (…)`, into its URLs; ValueError on anything else."""
    urls = []
    for part in filter(None, (piece.strip() for piece in text.split(";"))):
        found = ALTERNATIVE.match(part)
        if found is None:
            raise ValueError(f"应为“网址 (出处)”，几个之间用分号：{part}")
        urls.append(web_url(found.group(1)))
    return tuple(urls)


def _split(text: str) -> SplitResult:
    try:
        parts = urlsplit(text)
        _ = parts.port  # a property that raises on a port that is no number
    except ValueError as error:
        raise ValueError(f"网址写错了：{text}") from error
    return parts


def _code(text: str) -> str:
    if not CODE.fullmatch(text):
        raise ValueError(f"应为六位行政区划代码，实为 {text!r}")
    return text


def _optional_code(text: str) -> str:
    return _code(text) if text else text


def _optional_url(text: str) -> str:
    return web_url(text) if text else text


def _day(text: object) -> object:
    """`YYYY-MM-DD` or empty; ValueError (Chinese) on anything else."""
    if not isinstance(text, str) or not text.strip():
        return text or None
    try:
        return date.fromisoformat(text.strip())
    except ValueError as error:
        raise ValueError(f"应为 年-月-日（2019-01-09）或留空，实为 {text!r}") from error


def _named(text: str) -> str:
    if not text:
        raise ValueError("名称为空")
    return text


def _alternatives(value: object) -> object:
    return alternatives(value) if isinstance(value, str) else value


Day = Annotated[date | None, BeforeValidator(_day)]
Alternatives = Annotated[tuple[str, ...], BeforeValidator(_alternatives)]


class UnitRow(BaseModel):
    """One unit of the registry.  `service_scope`: `province` when the platform is shared by the province's units.

    A unit that was abolished stays, with the last day it stood (`valid_to`) and the code of who took it over.
    """

    model_config = ConfigDict(frozen=True, extra="forbid", str_strip_whitespace=True)

    code: Annotated[str, AfterValidator(_code)]
    name: Annotated[str, Field(max_length=64), AfterValidator(_named)]
    portal_url: Annotated[str, AfterValidator(web_url)]
    portal_alt: Alternatives = ()
    service_url: Annotated[str, AfterValidator(_optional_url)] = ""
    service_alt: Alternatives = ()
    sites: Alternatives = ()  # further sites of its own, approved (`caifeng units discover`)
    valid_from: Day = None  # the first day it stood; empty: ever since
    valid_to: Day = None  # the last; empty: it stands
    succeeded_by: Annotated[str, AfterValidator(_optional_code)] = ""
    service_scope: Literal["", "province", "city"] = ""
    province: str = ""
    province_code: Annotated[str, AfterValidator(_optional_code)] = ""
    region: str = ""
    kind: str = ""
    short_name: str = ""
    name_in_report: str = ""
    app_name: str = ""
    grade_2019: str = ""
    grade_2021: str = ""
    class_2021: str = ""
    cell_in_report: str = ""
    order_in_cell: str = ""
    portal_confidence: str = ""
    service_confidence: str = ""
    app_confidence: str = ""
    source: str = ""
    note: str = ""

    @model_validator(mode="after")
    def _in_order(self) -> Self:
        if self.valid_from and self.valid_to and self.valid_from > self.valid_to:
            raise ValueError(f"valid_from（{self.valid_from}）晚于 valid_to（{self.valid_to}）")
        if self.succeeded_by and self.valid_to is None:
            raise ValueError("有 succeeded_by（由谁承接），就要有 valid_to（到哪一天为止）")
        if self.succeeded_by == self.code:
            raise ValueError("succeeded_by 不能是它自己")
        return self

    def stood_on(self, day: date) -> bool:
        """Whether the unit stood on this day."""
        return (self.valid_from or day) <= day <= (self.valid_to or day)


COLUMNS: Final = tuple(UnitRow.model_fields)


def read_units(file: Path) -> tuple[UnitRow, ...]:
    """Read a units file whole.  Raises BadUnitsFile with every problem found; then nothing may be imported.

    BadChoice where there is no such file.
    """
    return parse_units(_bytes(file), str(file))


def parse_units(raw: bytes, file: str) -> tuple[UnitRow, ...]:
    """Parse a units file's bytes; `file` only names it in errors.

    A fault of the header does not hide those of the rows: every column whose meaning is sure is checked as well.
    """
    lines = csv_records(_decode(raw, file), partial(BadUnitsFile, file))
    _, header = next(lines, (0, []))
    if not header:
        raise BadUnitsFile(file, [Problem(0, "", "文件是空的，应有一行列名和至少一个单位")])
    columns = [name.strip() for name in header]
    problems = _header_problems(columns)
    rows: list[UnitRow] = []
    try:
        _read_rows(lines, columns, rows, problems)
    except BadUnitsFile as broken:
        problems += broken.problems
    if not rows and not problems:
        problems.append(Problem(0, "", "只有列名，没有单位"))
    if problems:
        raise BadUnitsFile(file, problems)
    return tuple(rows)


def _read_rows(
    lines: Iterator[tuple[int, list[str]]], columns: Sequence[str], rows: list[UnitRow], problems: list[Problem]
) -> None:
    """Add each good row and each fault as it is met: what was found before a line that is no CSV is not lost."""
    sure = {name for name in COLUMNS if columns.count(name) == 1}
    first_seen: dict[str, int] = {}
    for line, cells in lines:
        if len(cells) != len(columns):
            problems.append(Problem(line, "", f"应有 {len(columns)} 列，实有 {len(cells)} 列"))
            continue
        named = {name: cell for name, cell in zip(columns, cells, strict=True) if name in sure}
        row, faults = _row(line, named)
        problems += (fault for fault in faults if not fault.field or fault.field in sure)
        code = named.get("code", "").strip()
        earlier = first_seen.setdefault(code, line) if CODE.fullmatch(code) else line
        if earlier != line:
            problems.append(Problem(line, "code", f"代码 {code} 与第 {earlier} 行重复"))
        if row is not None:
            rows.append(row)


def _bytes(file: Path) -> bytes:
    try:
        size = file.stat().st_size
        if size > MAX_BYTES:
            raise BadUnitsFile(str(file), [Problem(0, "", f"有 {size} 字节，不像是单位表（上限 {MAX_BYTES}）")])
        return file.read_bytes()
    except FileNotFoundError as error:
        raise BadChoice(f"找不到文件 {file}") from error
    except IsADirectoryError as error:
        raise BadUnitsFile(str(file), [Problem(0, "", "读不出来：这是文件夹，不是文件")]) from error
    except PermissionError as error:
        raise BadUnitsFile(str(file), [Problem(0, "", "读不出来：没有权限")]) from error
    except OSError as error:
        raise BadUnitsFile(str(file), [Problem(0, "", f"读不出来：{error.strerror or error}")]) from error


def _decode(raw: bytes, file: str) -> str:
    if raw.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        raise BadUnitsFile(file, [Problem(0, "", "编码是 UTF-16；请另存为 UTF-8 的 CSV")])
    try:
        text = raw.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = raw.count(b"\n", 0, error.start) + 1
        hint = "看起来是 GBK；请另存为 UTF-8 的 CSV" if _is_gbk(raw) else "请另存为 UTF-8 的 CSV"
        raise BadUnitsFile(file, [Problem(line, "", f"不是 UTF-8：{hint}")]) from error
    if "\0" in text:
        line = text.count("\n", 0, text.index("\0")) + 1
        raise BadUnitsFile(file, [Problem(line, "", "有空字符（NUL），不是文本文件")])
    return text


def _is_gbk(raw: bytes) -> bool:
    try:
        raw.decode("gb18030")
    except UnicodeDecodeError:
        return False
    return True


def _header_problems(columns: Sequence[str]) -> list[Problem]:
    missing = [Problem(1, name, "缺少这一列") for name in REQUIRED if name not in columns]
    unknown = [
        Problem(1, name or "（空列名）", f"不认识这一列；可用的列：{'、'.join(COLUMNS)}")
        for name in columns
        if name not in COLUMNS
    ]
    twice = [Problem(1, name, "这一列出现了两次") for name in COLUMNS if columns.count(name) > 1]
    return missing + unknown + twice


def _row(line: int, cells: dict[str, str]) -> tuple[UnitRow | None, list[Problem]]:
    try:
        return UnitRow.model_validate(cells), []
    except ValidationError as error:
        return None, [
            Problem(line, str(fault["loc"][0]) if fault["loc"] else "", _in_chinese(fault["type"], fault["msg"]))
            for fault in error.errors()
        ]


def _in_chinese(kind: str, message: str) -> str:
    """Our own checks speak Chinese already (pydantic prefixes them); its own two are said here."""
    known = {"literal_error": "应为 province、city 或留空", "string_too_long": "太长（上限 64 字）"}
    return known.get(kind, message.removeprefix("Value error, "))
