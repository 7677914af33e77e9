"""Help pages and usage errors in Chinese: what typer would say in English.

Every file of commands begins with `app = App(…)` instead of `typer.Typer(…)`.
"""

import re
from collections.abc import Callable, Mapping
from copy import copy
from typing import Any, Final

import typer
from pydantic import ValidationError
from rich.cells import cell_len, set_cell_size
from typer._click.core import Context as TyperContext
from typer._click.exceptions import (  # typer carries its own click since 0.2x and re-exports only BadParameter
    BadParameter,
    ClickException,
    MissingParameter,
    NoSuchOption,
    UsageError,
)
from typer._click.formatting import HelpFormatter
from typer.core import TyperArgument, TyperCommand, TyperGroup

from console.cli import render, words

CHINESE: Final = re.compile("[\u4e00-\u9fff]")
HELP: Final = "显示这段说明"
# Fixed texts of typer.rich_utils, by the name of the constant.
PANELS: Final[Mapping[str, str]] = {
    "ARGUMENTS_PANEL_TITLE": "参数",
    "OPTIONS_PANEL_TITLE": "选项",
    "COMMANDS_PANEL_TITLE": "命令",
    "DEFAULT_STRING": "[默认：{}]",
    "ENVVAR_STRING": "[环境变量：{}]",
    "REQUIRED_LONG_STRING": "[必需]",
    "DEPRECATED_STRING": "（已弃用）",
}
TYPES: Final[Mapping[str, str]] = {
    "str": "文字",
    "list[str]": "文字",
    "int": "整数",
    "float": "数字",
    "bool": "",  # a switch takes no value
    "datetime": "年-月-日",  # all of ours are days
}
USAGE_WORDS: Final[Mapping[str, str]] = {"[OPTIONS]": "[选项]", "COMMAND [ARGS]...": "命令 …"}
# Usage errors typer knows only by their English sentence.
SENTENCES: Final[tuple[tuple[re.Pattern[str], str], ...]] = (
    (re.compile(r"No such command '(.*?)'\."), "没有这个命令：{0}"),
    (re.compile(r"No such command '(.*?)'\. Did you mean (.*)\?"), "没有这个命令：{0}，是不是 {1}？"),
    (re.compile(r"Missing command\."), "缺少命令"),
    (re.compile(r"Got unexpected extra argument\(s\) \((.*)\)"), "多出的参数：{0}"),
    (re.compile(r"Option '(.*?)' requires an argument\."), "{0} 后面要给一个值"),
    (re.compile(r"Option '(.*?)' does not take a value\."), "{0} 后面不能给值"),
)
# Faults of a value, by pydantic's type of the fault; the fields are those of its context.
FAULTS: Final[Mapping[str, str]] = {
    "int_parsing": "应为整数",
    "float_parsing": "应为数字",
    "greater_than_equal": "不能小于 {ge}",
    "less_than_equal": "不能大于 {le}",
}


LISTING: Final = "console.cli.listing"  # in a context's `meta` while the page that lists its commands is written
ROOM: Final = 64  # cells for what a command does beside its name, in 80 columns
_STOPS: Final = ("。；", "，：")  # the ends of sentences before those of their parts


class Formatter(HelpFormatter):
    """Writes the usage line."""

    def write_usage(self, prog: str, args: str = "", prefix: str | None = None) -> None:
        """Write `用法：caifeng … [选项] …`."""
        for english, chinese in USAGE_WORDS.items():
            args = args.replace(english, chinese)
        super().write_usage(prog, args, prefix or "用法：")


class Context(TyperContext):
    """A command's context: help is written by the Formatter."""

    formatter_class = Formatter


class Command(TyperCommand):
    """A command whose help is Chinese."""

    context_class = Context

    def get_params(self, ctx: Any) -> Any:
        """Return the parameters, their types in Chinese."""
        return [_worded(param) for param in super().get_params(ctx)]

    def format_help(self, ctx: Any, formatter: HelpFormatter) -> None:
        """Write the help page."""
        _head_panels()
        super().format_help(ctx, formatter)


class Group(TyperGroup):
    """A group of commands whose help is Chinese."""

    context_class = Context

    def get_params(self, ctx: Any) -> Any:
        """Return the parameters, their types in Chinese."""
        return [_worded(param) for param in super().get_params(ctx)]

    def get_command(self, ctx: Any, cmd_name: str) -> Any:
        """Return the command of this name; for a list of them with a line that fits."""
        found = super().get_command(ctx, cmd_name)
        if found is None or LISTING not in ctx.meta:
            return found
        listed = copy(found)
        listed.short_help = brief(found.help or "")
        return listed

    def format_help(self, ctx: Any, formatter: HelpFormatter) -> None:
        """Write the help page."""
        _head_panels()
        ctx.meta[LISTING] = True
        super().format_help(ctx, formatter)


def brief(text: str) -> str:
    """The most of a sentence that fits beside a command's name, up to a stop of its own."""
    if cell_len(text) <= ROOM:
        return text.rstrip("。")
    fitting = set_cell_size(text, ROOM)
    ends = (max(map(fitting.rfind, stops)) for stops in _STOPS)
    end = next((end for end in ends if end > 0), 0)
    return fitting[:end] if end else f"{set_cell_size(text, ROOM - 1).rstrip()}…"


class App(typer.Typer):
    """Commands and groups of commands that speak Chinese."""

    def __init__(self, **settings: Any) -> None:
        given: dict[str, Any] = {"cls": Group, "add_completion": False} | settings
        super().__init__(**given)

    def command(self, name: str | None = None, **settings: Any) -> Callable[[Any], Any]:
        """Register a command."""
        return super().command(name, **({"cls": Command} | settings))


def usage_sentence(error: ClickException) -> str:
    """What is wrong with how a command was called, and where to look."""
    if isinstance(error, NoSuchOption):
        near = f"，是不是 {'、'.join(error.possibilities)}？" if error.possibilities else ""
        return f"没有这个选项：{error.option_name}{near}（加 --help 看用法）"
    if isinstance(error, MissingParameter):
        return f"缺少参数：{_parameter(error)}{_choices(error)}（加 --help 看用法）"
    if isinstance(error, BadParameter):
        return f"参数不对：{_parameter(error)}：{_fault(error)}"
    message = error.message if isinstance(error, UsageError) else error.format_message()
    for pattern, sentence in SENTENCES:
        found = pattern.fullmatch(message)
        if found:
            return f"{sentence.format(*found.groups())}（加 --help 看用法）"
    return f"用法不对：{message}（加 --help 看用法）"


def _fault(error: BadParameter) -> str:
    cause = error.__cause__
    # typer's own sentence may hold Chinese too: what was typed
    if error.param is None or not isinstance(cause, ValidationError):
        return error.message
    fault = cause.errors()[0]
    if fault["type"] in FAULTS:
        return f"{FAULTS[fault['type']].format_map(fault.get('ctx', {}))}，给的是 {fault['input']}"
    return f"不能是 {fault['input']}{_day(error)}{_choices(error)}"


def _day(error: BadParameter) -> str:
    """How a day is written, where the option takes one."""
    is_day = getattr(error.param, "metavar", None) == TYPES["datetime"]
    return "：应为有的日子，写成 年-月-日，例如 2026-11-30" if is_day else ""


def _choices(error: BadParameter) -> str:
    """What an option can be, where that is a closed set."""
    described = getattr(error.param, "type_descriptor", None)
    if described is None or not described.is_choice:
        return ""
    worded = {**words.EXPORTS, **render.VERDICTS}
    known = (f"{one}（{worded[one]}）" if one in worded else str(one) for one in described.choices or ())
    return f"，可以是：{'、'.join(known)}"


def _parameter(error: BadParameter) -> str:
    if error.param is None:
        return str(error.param_hint or "")
    if isinstance(error.param, TyperArgument):
        return str(error.param.metavar or error.param.name)
    return "/".join(error.param.opts)


def _worded(param: Any) -> Any:
    """Say a parameter's type in Chinese; an argument's own name says what it is."""
    if isinstance(param, TyperArgument):
        param.__dict__["display_type"] = lambda _ctx: ""
        return param
    if "--help" in param.opts:
        param.help = HELP
    described = param.type_descriptor
    if param.metavar is None and not described.is_choice:
        english = described.ranged_type_name if described.is_ranged else param.bare_type()
        param.metavar = "文件" if described.is_path else TYPES.get(english, english)
    return param


def _head_panels() -> None:
    """Head the panels of the help page; only here, for typer's part that writes it takes a while to load."""
    from typer import rich_utils  # noqa: PLC0415

    for name, text in PANELS.items():
        setattr(rich_utils, name, text)
