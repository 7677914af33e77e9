"""Compiles the modules that cost a page most with mypyc, beside the environment it runs in (decision 69).

    .venv/bin/python deploy/compile.py

Takes a minute or two and needs a C compiler and Python's headers; what it makes is found by `cleaning/compiled.py`.
Does nothing where the sources have not changed since.  Exit codes: 0 made or there already, 1 not made (the reason stands
above it): the same sources then run as they are, a fifth slower.
"""

import os
import shutil
import sys
import tempfile
from pathlib import Path

from mypyc.build import mypycify
from setuptools import setup

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))
os.environ["CAIFENG_PLAIN"] = "yes"

from cleaning.compiled import MODULES, folder  # noqa: E402  # found from the checkout


def make(target: Path) -> None:
    """Compile into `target`, whole or not at all."""
    files = [f"{room}/{module}.py" for room, modules in MODULES.items() for module in modules.split()]
    with tempfile.TemporaryDirectory(dir=target.parent) as scratch:
        made = f"{scratch}/made"
        extensions = mypycify(
            [*files, "--config-file", "pyproject.toml"],
            opt_level="2",
            debug_level="0",
            target_dir=f"{scratch}/source",
            group_name=f"caifeng_{target.name}",
        )
        setup(
            name="caifeng-compiled",
            packages=[],
            ext_modules=extensions,
            script_args=["--quiet", "build_ext", "--build-lib", made, "--build-temp", f"{scratch}/objects"],
        )
        Path(made).rename(target)


def main() -> None:
    """Make what is missing, and drop what was made of other sources."""
    target = folder()
    if target.is_dir():
        return
    os.chdir(ROOT)
    target.parent.mkdir(exist_ok=True)
    make(target)
    for older in target.parent.iterdir():
        if older != target:
            shutil.rmtree(older)


if __name__ == "__main__":
    main()
