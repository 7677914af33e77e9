"""Long lists handed in as files: taken whole, or refused with every line that is wrong."""

from __future__ import annotations

import json

import pytest

from rounds.entry_files import resolves, sites
from rounds.planning import parse_resolve, unit_plan
from rounds.refusals import BadChoice, BadTable


def test_a_file_stands_for_its_lines_among_other_entries(tmp_path) -> None:
    """In its place; blank lines and comments are none, and a mark of the byte order is no part of the first."""
    file = tmp_path / "hosts.txt"
    file.write_text("# 演练\n\n a.gov.cn=127.0.0.1:8080\nb.gov.cn:443=127.0.0.1:8443\n", encoding="utf-8-sig")
    given = ("x.gov.cn=127.0.0.1", f"@{file}", "y.gov.cn=127.0.0.1")
    assert resolves(given) == (
        "x.gov.cn=127.0.0.1", "a.gov.cn=127.0.0.1:8080", "b.gov.cn:443=127.0.0.1:8443", "y.gov.cn=127.0.0.1",
    )  # fmt: skip
    assert len(parse_resolve(resolves(given))) == 4


def test_what_the_rehearsal_prints_is_such_a_file(tmp_path) -> None:
    """Its units to the one option, each with portal and platform; its addresses to the other; its log is not read."""
    file = tmp_path / "web.json"
    seeds = ["http://www.a.gov.cn/", "http://zwfw.a.gov.cn/"]
    web = {"units": [{"code": "990001", "name": "甲市", "seeds": seeds}], "resolve": ["a.gov.cn=127.0.0.1:8080"]}
    file.write_text(json.dumps(web) + "\nstarted\n", encoding="utf-8")
    found = sites([f"@{file}", "http://b.gov.cn/"])
    assert found.addresses == ("http://b.gov.cn/",)
    assert [(unit.code, unit.name, *unit_plan(unit).seeds) for unit in found.units] == [("990001", "甲市", *seeds)]
    assert resolves([f"@{file}"]) == ("a.gov.cn=127.0.0.1:8080",)


@pytest.mark.parametrize(
    "unit", [{"seeds": ["http://a.gov.cn/"]}, {"code": "1", "name": "甲市", "seeds": ["http://a.gov.cn/"] * 2}]
)
def test_units_that_cannot_be_are_refused(tmp_path, unit) -> None:
    """A document of another kind that begins alike."""
    file = tmp_path / "web.json"
    file.write_text(json.dumps({"units": [unit]}), encoding="utf-8")
    with pytest.raises(BadTable, match="rehearsal serve"):
        sites([f"@{file}"])


@pytest.mark.parametrize(
    ("content", "lines", "said"),
    [
        ("a.gov.cn\nb.gov.cn=127.0.0.1\nc.gov.cn=nowhere\n", [1, 3], "缺少等号"),
        ("# nothing\n\n", [0], "一行也没有"),
        ('{"seeds": []}', [1], "rehearsal serve"),
        ("{", [1], "rehearsal serve"),
    ],
)
def test_a_file_with_faults_is_refused_whole(tmp_path, content, lines, said) -> None:
    """Each faulty line by its number."""
    file = tmp_path / "hosts.txt"
    file.write_text(content, encoding="utf-8")
    with pytest.raises(BadTable, match=said) as refused:
        resolves([f"@{file}"])
    assert [problem.line for problem in refused.value.problems] == lines


def test_a_file_that_cannot_be_read_is_named(tmp_path) -> None:
    """Not there, no text, a folder; and a line that is no address of a site."""
    with pytest.raises(BadChoice, match="找不到文件"):
        resolves([f"@{tmp_path / 'none'}"])
    (tmp_path / "gbk").write_bytes("网站".encode("gb18030"))
    for name, said in (("gbk", "UTF-8"), (".", "读不出来")):
        with pytest.raises(BadTable, match=said):
            sites([f"@{tmp_path / name}"])
    (tmp_path / "sites").write_text("ftp://a.gov.cn/", encoding="utf-8")
    with pytest.raises(BadTable, match="第 1 行"):
        sites([f"@{tmp_path / 'sites'}"])
