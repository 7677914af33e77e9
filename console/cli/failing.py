"""One place where anything that went wrong becomes one sentence and one exit code.

Errors of our rooms carry `exit` (see `crawler.exits`) and say what happened, to what, and what to do next.  They go to
stderr; with `--json` the single document on stdout is then `{"error": {"code", "exit", "message"}}` (and `problems` for
a units file), so that a reader of stdout never finds it empty.  Anything else prints its trace and ends with INTERNAL.
"""

import contextlib
import errno
import os
import sys
import traceback
from collections.abc import Mapping, Sequence
from typing import Any, Final

import typer
from typer._click.exceptions import ClickException, NoArgsIsHelpError

from console.cli import render
from console.cli.chinese import CHINESE, Group, usage_sentence
from crawler.exits import Exit
from rounds.refusals import BadTable, BadUnitsFile

INTERRUPT_CODE: Final = 130  # what typer makes of Ctrl-C
SYSTEM: Final[Mapping[int, tuple[Exit, str]]] = {
    errno.ENOSPC: (Exit.DISK, "磁盘已满：腾出空间后再试"),
    errno.EDQUOT: (Exit.DISK, "磁盘配额已满：腾出空间后再试"),
    errno.EADDRINUSE: (Exit.PORT, "端口已被占用：换一个端口，或停掉占用它的程序"),
}
FILES: Final[Mapping[int, str]] = {
    errno.ENOENT: "找不到文件",
    errno.ENOTDIR: "找不到文件",
    errno.EISDIR: "这是文件夹，不是文件",
    errno.EACCES: "没有权限读写",
    errno.EPERM: "没有权限读写",
    errno.EROFS: "这里只能读，不能写",
    errno.EEXIST: "已经有这个文件",
    errno.ENAMETOOLONG: "文件名太长",
}
KINDS: Final[Mapping[Exit, str]] = {
    Exit.OK: "没有问题",
    Exit.INTERNAL: "程序出错",
    Exit.USAGE: "用法不对",
    Exit.NOT_FOUND: "没有找到",
    Exit.BAD_INPUT: "输入不对",
    Exit.SERVICES: "服务用不了",
    Exit.ENVIRONMENT: "缺少程序",
    Exit.CONFLICT: "与现状冲突",
    Exit.UNRESOLVED: "有不通的入口",
    Exit.DIFFERENCES: "对不上",
    Exit.INTERRUPTED: "已中断",
    Exit.DISK: "磁盘已满",
    Exit.PORT: "端口被占用",
}


class Root(Group):
    """The root command: runs whatever was asked and answers for how it ended."""

    def main(
        self,
        args: Sequence[str] | None = None,
        prog_name: str | None = None,
        complete_var: str | None = None,
        standalone_mode: bool = True,  # noqa: FBT001, FBT002 -- the signature is typer's
        windows_expand_args: bool = True,  # noqa: FBT001, FBT002
        **extra: Any,
    ) -> Any:
        """Run; always end the process (SystemExit) with a code of the closed set, `standalone_mode` or not."""
        words = list(sys.argv[1:] if args is None else args)
        del standalone_mode
        try:
            code = super().main(words, prog_name, complete_var, False, windows_expand_args, **extra) or 0
        except BrokenPipeError:
            # The reader of our output (`| head`) has had enough: no fault of anybody's.
            os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
            sys.exit(Exit.OK)
        except NoArgsIsHelpError as error:
            typer.echo(error.format_message(), err=True)
            sys.exit(Exit.USAGE)
        except Exception as error:  # noqa: BLE001 -- the last handler there is
            sys.exit(report(error, as_json="--json" in words))
        if code == INTERRUPT_CODE:
            code = report(KeyboardInterrupt(), as_json="--json" in words)
        sys.exit(int(code))


def report(error: BaseException, *, as_json: bool) -> Exit:
    """Say what went wrong, once for people and, where asked, once for programs; return the exit code."""
    code, message = explain(error)
    if code is Exit.INTERNAL:
        traceback.print_exception(error, file=sys.stderr)
    render.failure(message)
    if as_json:
        body: dict[str, Any] = {"code": code.name.lower().replace("_", "-"), "exit": int(code), "message": message}
        if isinstance(error, BadUnitsFile | BadTable):
            body["problems"] = [
                {"line": one.line, "field": one.field, "message": one.message} for one in error.problems
            ]
        with contextlib.suppress(OSError):  # stdout itself may be what failed
            render.document({"error": body})
    return code


def explain(error: BaseException) -> tuple[Exit, str]:
    """Return the exit code of an error and the sentence that goes with it."""
    known = getattr(error, "exit", None)
    if isinstance(known, Exit):
        return known, _for_people(known, str(error) or type(error).__name__)
    if isinstance(error, KeyboardInterrupt):
        return Exit.INTERRUPTED, "已中断"
    if isinstance(error, ClickException):
        return Exit.USAGE, usage_sentence(error)
    if isinstance(error, OSError) and (error.errno or 0) in SYSTEM:
        code, advice = SYSTEM[error.errno or 0]
        return code, f"{advice}（{error.filename or error.strerror}）"
    if isinstance(error, OSError) and error.filename is not None:
        return Exit.BAD_INPUT, file_trouble(error)
    return Exit.INTERNAL, f"程序出错：{type(error).__name__}: {error}"


def file_trouble(error: OSError) -> str:
    """What is the matter with a file the operator named."""
    word = FILES.get(error.errno or 0)
    return f"{word} {error.filename}" if word else f"文件不能用：{error.filename}（{error.strerror}）"


def _for_people(code: Exit, message: str) -> str:
    """Put what kind of trouble it is, in Chinese, before a message of the lower rooms, which write English for logs."""
    return message if CHINESE.search(message) else f"{KINDS[code]}：{message}"
