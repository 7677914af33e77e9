"""The saved real pages beside the checkout, for tests that read them; never copied into the repository."""

import json
from collections.abc import Iterator
from functools import lru_cache
from pathlib import Path

import pytest

from cleaning.read import read

DATA = Path(__file__).parents[2] / "../shared/data"


def rows() -> list[dict]:
    """The index of the saved pages; skips the calling test, saying why, where they are absent."""
    index = DATA / "index.jsonl"
    if not index.exists():
        pytest.skip("the saved real pages (../shared/data) are not beside this checkout: nothing to compare with")
    return [json.loads(line) for line in index.read_text("utf-8").splitlines()]


def bodies() -> Iterator[tuple[dict, bytes]]:
    """Every row with its page's bytes."""
    for row in rows():
        yield row, (DATA / row["file"]).read_bytes()


@lru_cache(maxsize=1)
def articles() -> tuple[str, ...]:
    """Main texts of the saved government pages that have 200 characters and more."""
    texts = (read(body, row["url"]).text for row, body in bodies() if row["kind"] == "gov-html")
    return tuple(text for text in texts if len(text) >= 200)
