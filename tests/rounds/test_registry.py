"""Units files: read whole or refused whole, every fault named by line and field."""

from pathlib import Path

import pytest

from crawler.exits import Exit
from rounds.refusals import BadChoice, BadUnitsFile
from rounds.registry import UnitRow, alternatives, parse_units, read_units

SHARED = Path(__file__).parents[2] / "../shared/registry"
HEAD = "code,name,portal_url,portal_alt,service_url,service_scope,province_code\n"
GOOD = "130100,石家庄市,http://www.sjz.gov.cn/,,http://zwfw.hebei.gov.cn/,province,130000\n"


def faults(raw: str | bytes) -> list[tuple[int, str, str]]:
    """Parse and return (line, field, message) of every fault."""
    with pytest.raises(BadUnitsFile) as caught:
        parse_units(raw.encode() if isinstance(raw, str) else raw, "units.csv")
    return [(problem.line, problem.field, problem.message) for problem in caught.value.problems]


def test_a_good_file_becomes_frozen_rows() -> None:
    """Every cell lands in its field, and a row cannot be changed afterwards."""
    (row,) = parse_units((HEAD + GOOD).encode(), "units.csv")
    assert (row.code, row.name, row.portal_url) == ("130100", "石家庄市", "http://www.sjz.gov.cn/")
    assert (row.service_url, row.service_scope) == ("http://zwfw.hebei.gov.cn/", "province")
    with pytest.raises(ValueError, match="frozen"):
        row.name = "别的"


def test_a_bom_crlf_spaces_and_blank_lines_are_accepted() -> None:
    """What spreadsheet programs write is read as it is meant."""
    raw = b"\xef\xbb\xbf" + (HEAD + "\n" + GOOD.replace("石家庄市", " 石家庄市 ") + "\n").replace("\n", "\r\n").encode()
    assert [row.name for row in parse_units(raw, "units.csv")] == ["石家庄市"]


@pytest.mark.parametrize(
    ("line", "field", "words"),
    [
        ("13010,甲市,http://a.gov.cn/,,,,", "code", "六位"),
        (",甲市,http://a.gov.cn/,,,,", "code", "六位"),
        ("１３０２００,甲市,http://a.gov.cn/,,,,", "code", "六位"),
        ("130200,,http://a.gov.cn/,,,,", "name", "名称为空"),
        (f"130200,{'长' * 65},http://a.gov.cn/,,,,", "name", "太长"),
        ("130200,甲市,,,,,", "portal_url", "网址为空"),
        ("130200,甲市,www.a.gov.cn,,,,", "portal_url", "http"),
        ("130200,甲市,ftp://a.gov.cn/,,,,", "portal_url", "http"),
        ("130200,甲市,javascript:alert(1),,,,", "portal_url", "http"),
        ("130200,甲市,http:///index.html,,,,", "portal_url", "主机名"),
        ("130200,甲市,http://a..gov.cn/,,,,", "portal_url", "主机名"),
        ("130200,甲市,http://a gov.cn/,,,,", "portal_url", "空白"),
        ("130200,甲市,http://a.gov.cn:99999/,,,,", "portal_url", "网址写错了"),
        ("130200,甲市,http://a.gov.cn:x/,,,,", "portal_url", "网址写错了"),
        ("130200,甲市,http://[::1/,,,,", "portal_url", "网址写错了"),
        ("130200,甲市,http://1.2.3/,,,,", "portal_url", "主机名"),
        ("130200,甲市,http://u:p@a.gov.cn/,,,,", "portal_url", "密码"),
        ("130200,甲市,http://a.gov.cn/,b.gov.cn (P1),,,", "portal_alt", "http"),
        ("130200,甲市,http://a.gov.cn/,,ftp://b/,,", "service_url", "http"),
        ("130200,甲市,http://a.gov.cn/,,http://b.cn/,county,", "service_scope", "province"),
        ("130200,甲市,http://a.gov.cn/,,,,13", "province_code", "六位"),
        ("130200,甲市,http://a.gov.cn/", "", "应有 7 列，实有 3 列"),
        ("130100,甲市,http://a.gov.cn/,,,,", "code", "与第 2 行重复"),
    ],
)
def test_each_fault_is_named_by_line_and_field(line: str, field: str, words: str) -> None:
    """A bad third line is one fault, on line 3, in the right column."""
    ((at, where, message),) = faults(HEAD + GOOD + line + "\n")
    assert (at, where) == (3, field)
    assert words in message


@pytest.mark.parametrize(
    ("raw", "line", "field", "words"),
    [
        (b"", 0, "", "空的"),
        (b"\n\n", 0, "", "空的"),
        (HEAD.encode(), 0, "", "没有单位"),
        (("code,name\n" + "130100,a\n").encode(), 1, "portal_url", "缺少"),
        ((b"code,name,portal_url,potral_alt\n"), 1, "potral_alt", "不认识"),
        ((b"code,name,portal_url,name\n"), 1, "name", "两次"),
        ((HEAD + GOOD).encode("gb18030"), 2, "", "GBK"),
        ((HEAD + GOOD).encode("utf-16"), 0, "", "UTF-16"),
        ((HEAD + GOOD).encode() + b"130200,\xff\xff\xff,,,,,\n", 3, "", "不是 UTF-8"),
        ((HEAD + GOOD).encode() + b"130200,\0,,,,,\n", 3, "", "NUL"),
        ((HEAD + GOOD + '130200,"甲市,http://a.gov.cn/,,,,\n').encode(), 3, "", "引号"),
    ],
)
def test_a_file_that_is_wrong_as_a_whole_is_refused(raw: bytes, line: int, field: str, words: str) -> None:
    """Encoding, header and CSV faults are told where they are."""
    found = faults(raw)
    assert [(at, where) for at, where, _ in found] == [(line, field)]
    assert words in found[0][2]


def test_a_line_number_counts_lines_of_the_file_not_records() -> None:
    """A quoted cell over two lines moves the count of what follows."""
    raw = HEAD + GOOD.replace("石家庄市", '"石家\n庄市"') + "1,甲市,http://a.gov.cn/,,,,\n"
    assert [(line, field) for line, field, _ in faults(raw)] == [(4, "code")]


def test_all_faults_are_listed_and_the_message_shows_the_first_twenty() -> None:
    """The operator mends a file in one pass: thirty bad lines are thirty problems."""
    raw = HEAD + "".join(f"{n},甲市,http://a.gov.cn/,,,,\n" for n in range(30))
    with pytest.raises(BadUnitsFile) as caught:
        parse_units(raw.encode(), "units.csv")
    assert len(caught.value.problems) == 30
    assert caught.value.exit is Exit.BAD_INPUT
    assert "第 2 行 code" in str(caught.value)
    assert "另有 10 处" in str(caught.value)
    assert "一个单位也没有导入" in str(caught.value)


def test_a_fault_of_the_header_does_not_hide_those_of_the_rows() -> None:
    """An unknown column, a missing one and a doubled one: the columns that are sure are checked in the same go."""
    unknown = "code,name,portal_url,potral_alt\n13,甲市,http://a.gov.cn/,x\n130200,,ftp://a,x\n130200,乙市\n"
    found = [(line, field) for line, field, _ in faults(unknown)]
    assert found == [(1, "potral_alt"), (2, "code"), (3, "name"), (3, "portal_url"), (4, "")]
    missing = "code,name\n13,甲市\n130200,\n130300,丙市\n"
    assert [(line, field) for line, field, _ in faults(missing)] == [(1, "portal_url"), (2, "code"), (3, "name")]
    twice = "code,name,portal_url,name\n13,,http://a.gov.cn/,甲市\n"
    assert [(line, field) for line, field, _ in faults(twice)] == [(1, "name"), (2, "code")]


def test_a_code_given_twice_is_told_under_a_bad_header_and_beside_other_faults() -> None:
    """The second line with the code is named, whatever else is wrong with the file or the line."""
    raw = "code,name,portal_url,x\n130100,甲市,http://a.gov.cn/,\n130100,,http://b.gov.cn/,\n"
    assert [(line, field) for line, field, _ in faults(raw)] == [(1, "x"), (3, "name"), (3, "code")]


def test_faults_before_a_line_that_is_no_csv_are_told_with_it() -> None:
    """Reading ends at an open quote; what was found until then is not lost."""
    raw = 'code,name,portal_url,x\n13,甲市,http://a.gov.cn/,\n130200,"乙市,http://b.gov.cn/,\n'
    assert [(line, field) for line, field, _ in faults(raw)] == [(1, "x"), (2, "code"), (3, "")]


def test_a_file_that_cannot_be_read_is_refused(tmp_path: Path) -> None:
    """A missing file and a directory are bad input, with the reason."""
    with pytest.raises(BadChoice, match=r"找不到文件 .*no\.csv"):
        read_units(tmp_path / "no.csv")
    with pytest.raises(BadUnitsFile, match="读不出来：这是文件夹"):
        read_units(tmp_path)


def test_alternatives_drop_the_note_after_each_address() -> None:
    """`URL (source); URL (source)` is the column's published form."""
    cell = "http://zwfw.xizang.gov.cn/ (T3); http://www.xizang.gov.cn/zwfw/ (T1, older)"
    assert alternatives(cell) == ("http://zwfw.xizang.gov.cn/", "http://www.xizang.gov.cn/zwfw/")
    assert alternatives("") == ()


def test_a_row_survives_the_store() -> None:
    """What is written as plain values is the same row when read back."""
    (row,) = parse_units((HEAD + GOOD).encode(), "units.csv")
    assert UnitRow.model_validate(row.model_dump(mode="json")) == row


@pytest.mark.parametrize(("name", "rows"), [("prefectures.csv", 334), ("provinces.csv", 32), ("key_cities.csv", 32)])
def test_the_published_registries_are_accepted(name: str, rows: int) -> None:
    """All three files of the registry are read whole, without a fault."""
    if not (SHARED / name).exists():
        pytest.skip(f"the published registry {name} is not on this machine: {SHARED}")
    units = read_units(SHARED / name)
    assert len(units) == rows
    assert all(unit.portal_url.startswith("http") for unit in units)
