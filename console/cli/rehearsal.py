"""`caifeng rehearsal`: the simulated government web, always a process of its own and never imported."""

import subprocess
import sys
from pathlib import Path
from typing import Final

import typer

import console

app = typer.Typer(no_args_is_help=True, help="演练：模拟的政府网站群和它的真相")

CHECKOUT: Final = Path(console.__file__).parent.parent
PASS_ON: Final = {"allow_extra_args": True, "ignore_unknown_options": True, "help_option_names": []}


@app.command(context_settings=PASS_ON, help="开一个模拟的政府网站群（选项见 caifeng rehearsal serve --help）。")
def serve(context: typer.Context) -> None:
    """Serve the rehearsal web until Ctrl-C."""
    _run("serve", context.args)


@app.command(context_settings=PASS_ON, help="打印它的真相：JSON Lines，每个网址的深度、判定、重复、点位。")
def truth(context: typer.Context) -> None:
    """Print the rehearsal web's truth."""
    _run("truth", context.args)


def _run(command: str, arguments: list[str]) -> None:
    """Run the rehearsal's own command; its output is ours, its exit code too."""
    ended = subprocess.run([sys.executable, "-m", "rehearsal", command, *arguments], cwd=CHECKOUT, check=False)  # noqa: S603
    raise typer.Exit(ended.returncode)
