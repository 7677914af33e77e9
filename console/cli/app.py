"""The root of the `caifeng` command.

Each command's file is imported when the command is run, not before: `status` answers in under a second because it
never loads the judging rules, and `judge` never loads a database client.
"""

import contextlib
import os
import sys
from collections.abc import Mapping
from importlib import import_module
from typing import Any, Final

from typer.core import TyperCommand, TyperGroup
from typer.main import get_command, get_group

from console.cli.chinese import App
from console.cli.failing import Root

# Every command of the root and the file it is in, in the order `--help` shows them.
COMMANDS: Final[Mapping[str, str]] = {
    "demo": "console.cli.demo",
    "up": "console.cli.services",
    "down": "console.cli.services",
    "doctor": "console.cli.services",
    "units": "console.cli.units",
    "round": "console.cli.rounds",
    "crawl": "console.cli.crawl",
    "status": "console.cli.status",
    "audit": "console.cli.inspect",
    "coverage": "console.cli.coverage",
    "channels": "console.cli.channels",
    "page": "console.cli.captures",
    "find": "console.cli.captures",
    "findings": "console.cli.findings",
    "replay": "console.cli.replay",
    "campaign": "console.cli.campaign",
    "compare": "console.cli.compare",
    "gate": "console.cli.compare",
    "judge": "console.cli.judge",
    "retag": "console.cli.retag",
    "prune": "console.cli.prune",
    "retry": "console.cli.crawl",
    "values": "console.cli.values",
    "explain": "console.cli.explain",
    "export": "console.cli.export",
    "schedule": "console.cli.schedule",
    "points": "console.cli.points",
    "rehearsal": "console.cli.rehearsal",
}


class Lazy(Root):
    """Finds a command by its name, and loads the file it is in."""

    def list_commands(self, ctx: Any) -> list[str]:
        """Return the names in the order of the table."""
        del ctx
        return list(COMMANDS)

    def get_command(self, ctx: Any, cmd_name: str) -> Any:
        """Return the command or group of this name; None when there is none."""
        del ctx
        return command(cmd_name)


def command(name: str) -> TyperCommand | TyperGroup | Any | None:
    """Return the command or the group called `name`, loaded."""
    if name not in COMMANDS:
        return None
    loaded = get_group(import_module(COMMANDS[name]).app)
    found = loaded.commands.get(name)
    if found is not None:
        return found
    loaded.name = name
    return loaded


app = App(cls=Lazy, no_args_is_help=True, pretty_exceptions_enable=False)


@app.callback(help="采风：采集地方政府网上服务的证据。先试 caifeng demo；出了问题看 caifeng doctor。")
def root() -> None:
    """Hold the commands together."""


def main() -> None:
    """Run the command line; the process ends with a code of `crawler.exits`."""
    code = 0
    try:
        get_command(app)()
    except SystemExit as ended:
        code = int(ended.code or 0)
    for stream in (sys.stdout, sys.stderr):
        with contextlib.suppress(OSError, ValueError):
            stream.flush()
    # All is written and closed; Python's own way out would wait half a second more for MongoDB's monitor threads.
    os._exit(code)


if __name__ == "__main__":
    main()
