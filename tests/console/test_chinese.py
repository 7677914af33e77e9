"""Help pages and usage errors: nothing of typer's English reaches the operator."""

from __future__ import annotations

import re

import pytest

from console.cli.app import COMMANDS, command
from crawler.exits import Exit

ENGLISH = re.compile(
    r"Usage|Options|Commands|Arguments|OPTIONS|ARGS|Show this message|default:|env var|required"
    r"|<bool>|<str>|<int|<float|<list|<path>"
)

EXPORTS = "pages（页面）、failures（失败的网址）、evidence（证据）、values（值）、samples（样本）"


def pages() -> list[str]:
    """The root and every group and command; the rehearsal's own program answers for its two."""
    names = [""]
    for name in COMMANDS:
        names.append(name)
        inner = getattr(command(name), "commands", {})
        names += [f"{name} {word}" for word in inner if name != "rehearsal"]
    return names


@pytest.mark.parametrize("name", pages())
def test_a_help_page_has_no_english_of_typers(caifeng, name) -> None:
    """Headings, types, defaults and the help option itself are Chinese."""
    ran = caifeng(*name.split(), "--help")
    assert ran.code == Exit.OK
    assert ENGLISH.findall(ran.out) == []
    assert "用法：" in ran.out
    assert "选项" in ran.out
    assert "显示这段说明" in ran.out


def test_a_help_page_names_types_defaults_and_variables(caifeng) -> None:
    """What was English is said, not dropped."""
    ran = caifeng("round", "new", "--help")
    for said in ("参数", "[必需]", "文字", "整数", "[默认：6]", "CAIFENG_CONTACT"):
        assert said in ran.out
    assert "命令" in caifeng("round", "--help").out
    assert "年-月-日" in caifeng("find", "--help").out


@pytest.mark.parametrize(
    ("words", "says"),
    [
        (["foo"], "没有这个命令：foo"),
        (["round", "foo"], "没有这个命令：foo"),
        (["round", "lst"], "是不是 'list'"),
        (["round", "list", "--jsn"], "没有这个选项：--jsn"),
        (["page"], "缺少参数：URL"),
        (["crawl", "X", "Y"], "多出的参数：Y"),
        (["crawl", "X", "--workers"], "--workers 后面要给一个值"),
        (["crawl", "X", "--accept=1"], "--accept 后面不能给值"),
        (["crawl", "X", "--workers", "two"], "--workers：应为整数，给的是 two"),
        (["crawl", "X", "--workers", "0"], "--workers：不能小于 1，给的是 0"),
        (["crawl", "X", "--workers", "999"], "--workers：不能大于 256，给的是 999"),
        (["round", "new", "X", "--delay", "slow"], "--delay：应为数字，给的是 slow"),
        (["export", "X"], f"缺少参数：--what，可以是：{EXPORTS}"),
        (["export", "X", "--what", "grades"], f"不能是 grades，可以是：{EXPORTS}"),
        (["find", "--verdict", "很好"], "--verdict：不能是 很好，可以是：harmful（有害）、ad（广告）"),
        (["find", "--since", "2026-12-32"], "--since：不能是 2026-12-32：应为有的日子，写成 年-月-日，例如 2026-11-30"),
        (["export", "X", "--what", "pages", "--format", "xls"], "--format：不能是 xls，可以是：jsonl、csv"),
    ],
)  # fmt: skip
def test_a_usage_error_is_one_chinese_sentence(caifeng, words, says) -> None:
    """What is wrong, with what, and no English beside it."""
    ran = caifeng(*words)
    assert ran.code == Exit.USAGE
    assert says in ran.err
    assert not re.search(r"No such|Missing|Invalid|Got |Value error|should be|requires|does not|Error", ran.err)


def test_a_group_without_a_command_shows_its_help_in_chinese(caifeng) -> None:
    """`caifeng round` alone is a question, and gets the page."""
    ran = caifeng("round")
    assert ran.code == Exit.USAGE
    assert "用法：" in ran.out + ran.err
    assert "Usage" not in ran.out + ran.err


@pytest.mark.parametrize("words", [["units", "import"], ["judge"], ["judge", "--batch"]])
def test_a_file_that_is_not_there_is_not_found_in_chinese(caifeng, tmp_path, words) -> None:
    """The file is named, in Chinese, and nothing of the system's English."""
    missing = str(tmp_path / "nofile.csv")
    ran = caifeng(*words, missing)
    assert ran.code == Exit.BAD_INPUT
    assert f"找不到文件 {missing}" in ran.err
    assert "No such file" not in ran.err
