"""The rehearsal's command line speaks Chinese, as the product's does."""

from __future__ import annotations

import re

import pytest

from rehearsal.arguments import sentence
from rehearsal.cli import main


@pytest.mark.parametrize("words", [[], ["serve"], ["truth"], ["changes"]])
def test_a_help_page_has_no_english_of_argparse(words, capsys) -> None:
    """Headings, types and the help option itself; every option says what it does in Chinese."""
    with pytest.raises(SystemExit) as ended:
        main([*words, "--help"])
    told = capsys.readouterr().out
    assert ended.value.code == 0
    assert not re.search(r"usage|options:|arguments|show this", told)
    assert "用法：rehearsal" in told
    assert "显示这段说明" in told
    for block in re.split(r"\n  (?=-)", told)[1:]:
        assert re.search("[\u4e00-\u9fff]", block), block


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["truth", "--seed", "x"], "--seed：应为整数，给的是 x"),
        (["truth", "--scripted", "x"], "--scripted：应为数字，给的是 x"),
        (["truth", "--on", "today"], "--on：不能是 today"),
        (["truth", "--seed"], "--seed 后面要给一个值"),
        (["truth", "--guarded=1"], "--guarded 后面不能给值"),
        (["serve", "--nope"], "没有这些选项：--nope"),
        (["nope"], "没有这个命令：nope"),
        ([], "缺少参数：命令"),
        (["truth", "--s", "1"], "选项没有写全：--s"),
    ],
)
def test_what_is_wrong_is_said_in_chinese_with_where_to_look(words, said, capsys) -> None:
    """On stderr, with the code of a usage error."""
    with pytest.raises(SystemExit) as ended:
        main(words)
    told = capsys.readouterr().err
    assert (ended.value.code, said in told, "--help 看用法" in told) == (2, True, True), told


def test_a_sentence_nobody_expected_is_still_said() -> None:
    """Behind a Chinese beginning."""
    assert sentence("something new") == "用法不对：something new"
