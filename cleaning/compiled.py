"""Compiled forms of the modules that cost a page most, taken where they were made from just these sources.

`deploy/compile.py` makes them (mypyc, decision 69).  They lie in a folder named by a digest of all sources of the rooms
they come from and of the interpreter, so that a source that was changed since is run as it stands, never an older form of it.
"""

import os
import sys
import sysconfig
from collections.abc import MutableSequence
from functools import cache
from hashlib import sha256
from pathlib import Path
from typing import Final

# Those with at least 0.2 % of the time of reading, judging and matching (cProfile over the made-up web and saved pages).
# Records and enumerations that others make members of stay as they are: `cleaning/page.py`, `indicators/records.py`.
MODULES: Final = {  # of each room, parted by blanks
    "cleaning": (
        "actors ads blockads compatible content dates decode fingerprints forms harmful headings hidden hosts language "
        "layout links lures marks masses masthead matter media memory meta normalise outline page_type parse points read "
        "relevance sayings scoring scripts shell sieves terms topics unwrap urls verdict zones"
    ),
    "indicators": "clauses folding matcher structure words zones",
}
_ROOT: Final = Path(__file__).resolve().parents[1]
PLAIN: Final = "CAIFENG_PLAIN"  # set to anything: sources are run as they stand, for profiles and comparisons


def digest(root: Path) -> str:
    """Sixteen letters that stand for the rooms' sources in a checkout, and for the interpreter."""
    said = sha256(str(sysconfig.get_config_var("SOABI")).encode())
    for room in MODULES:
        for file in sorted((root / room).rglob("*.py")):
            said.update(f"\0{file.relative_to(root)}\0".encode())
            said.update(file.read_bytes())
    return said.hexdigest()[:16]


@cache
def folder() -> Path:
    """Where the compiled forms of these sources lie, if they were made."""
    return Path(sys.prefix) / "compiled" / digest(_ROOT)


def in_use() -> bool:
    """Whether this process runs them."""
    return not os.environ.get(PLAIN) and folder().is_dir()


def put_first(path: MutableSequence[str], room: str) -> None:
    """Let the modules of a room be looked for among the compiled ones first; `path` is the room's `__path__`."""
    if not in_use():
        return
    path.insert(0, str(folder() / room))
    if str(folder()) not in sys.path:
        sys.path.append(str(folder()))  # the library they share lies there
