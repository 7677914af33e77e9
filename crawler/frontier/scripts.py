"""The named Lua files: one transition each, the shared part in front."""

from functools import cache
from hashlib import sha1
from pathlib import Path
from typing import Final

FOLDER: Final = Path(__file__).parent / "lua"
NAMES: Final = frozenset(path.stem for path in FOLDER.glob("*.lua")) - {"shared"}


@cache
def source(name: str) -> str:
    """The whole text of a transition, as it is loaded into Redis."""
    return (FOLDER / "shared.lua").read_text("utf-8") + "\n" + (FOLDER / f"{name}.lua").read_text("utf-8")


@cache
def digest(name: str) -> str:
    """The name Redis knows the transition by."""
    return sha1(source(name).encode(), usedforsecurity=False).hexdigest()
