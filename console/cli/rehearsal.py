"""`caifeng rehearsal`: the simulated government web, always a process of its own and never imported."""

import os
import signal
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final

import typer

import console
from console.cli.chinese import App
from crawler.exits import Exit

app = App(no_args_is_help=True, help="演练：模拟的政府网站群和它的真相")

CHECKOUT: Final = Path(console.__file__).parent.parent
PASS_ON: Final = {"allow_extra_args": True, "ignore_unknown_options": True, "help_option_names": []}
# The rehearsal knows nothing of ours, our exit codes included: what its own mean.
CODES: Final[Mapping[int, Exit]] = {0: Exit.OK, 2: Exit.USAGE, 3: Exit.PORT}


@app.command(
    context_settings=PASS_ON, help="开一个模拟的政府网站群，到 Ctrl-C 为止；选项见 caifeng rehearsal serve --help。"
)
def serve(context: typer.Context) -> None:
    """Serve the rehearsal web until it is told to stop."""
    _run("serve", context.args)


@app.command(
    context_settings=PASS_ON, help="打印它的真相：JSON Lines，每个网址的深度、判定、重复、点位；选项见 --help。"
)
def truth(context: typer.Context) -> None:
    """Print the rehearsal web's truth."""
    _run("truth", [word for word in context.args if word != "--json"])  # it prints nothing else


@app.command(
    context_settings=PASS_ON,
    help="打印某一版与第 1 版的差别：JSON Lines，每个新增、改动、撤下、连不上的网址；选项见 --help。",
)
def changes(context: typer.Context) -> None:
    """Print what a later edition of the rehearsal web changed."""
    _run("changes", [word for word in context.args if word != "--json"])  # it prints nothing else


def _run(command: str, arguments: list[str]) -> None:
    """Run the rehearsal's own command in this directory; what ends us ends it."""
    environment = os.environ | {"PYTHONPATH": str(CHECKOUT)}
    child = subprocess.Popen([sys.executable, "-P", "-m", "rehearsal", command, *arguments], env=environment)  # noqa: S603

    def pass_on(number: int, _frame: Any) -> None:
        child.send_signal(number)

    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, pass_on)
    code = child.wait()
    raise typer.Exit(Exit.INTERRUPTED if code < 0 else CODES.get(code, Exit.INTERNAL))
