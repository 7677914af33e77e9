"""A command line that speaks Chinese: what argparse says in English of its own accord."""

import argparse
import re
import sys
from typing import Any, Final, NoReturn

OPTIONS: Final = "选项"
COMMANDS: Final = "命令"
USAGE_ERROR: Final = 2
# What argparse finds wrong, by its sentences of Python 3.11 to 3.14.
SENTENCES: Final = (
    (r"argument (\S+): invalid int value: '(.*)'", r"\1：应为整数，给的是 \2"),
    (r"argument (\S+): invalid float value: '(.*)'", r"\1：应为数字，给的是 \2"),
    (r"argument (\S+): invalid \w+ value: '(.*)'", r"\1：不能是 \2"),
    (r"argument (\S+): expected one argument", r"\1 后面要给一个值"),
    (r"argument (\S+): ignored explicit argument '?(.*?)'?", r"\1 后面不能给值，给的是 \2"),
    (r"argument \S+: invalid choice: '(.*)' \(choose from (.*)\)", r"没有这个命令：\1；有 \2"),
    (r"the following arguments are required: (.*)", r"缺少参数：\1"),
    (r"unrecognized arguments: (.*)", r"没有这些选项：\1"),
    (r"ambiguous option: (\S+) could match (.*)", r"选项没有写全：\1 可以是 \2"),
)


class _Formatter(argparse.HelpFormatter):
    def add_usage(self, usage: str | None, actions: Any, groups: Any, prefix: str | None = None) -> None:
        super().add_usage(usage, actions, groups, "用法：" if prefix is None else prefix)


class Parser(argparse.ArgumentParser):
    """A parser whose help page and errors are Chinese; options are added to `options`."""

    def __init__(self, prog: str, description: str) -> None:
        super().__init__(prog, description=description, add_help=False, formatter_class=_Formatter)
        self.options = self.add_argument_group(OPTIONS)
        self.options.add_argument("-h", "--help", action="help", help="显示这段说明")

    def error(self, message: str) -> NoReturn:
        """Say what is wrong and where to look, and end the process."""
        print(f"{sentence(message)}（{self.prog} --help 看用法）", file=sys.stderr)  # noqa: T201 - the operator's answer
        sys.exit(USAGE_ERROR)


def sentence(message: str) -> str:
    """What argparse said, in Chinese; its own words behind a Chinese beginning where it is none of those known."""
    for pattern, told in SENTENCES:
        found = re.fullmatch(pattern, message)
        if found:
            return found.expand(told)
    return f"用法不对：{message}"
