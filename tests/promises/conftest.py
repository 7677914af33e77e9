"""Whole rounds on a rehearsal web, with services of the test's own."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest

from rounds import services
from rounds.services import Services


@pytest.fixture(scope="package")
def here() -> Iterator[Services]:
    """Services of these tests' own: they are killed and paused, so nobody else may stand on them."""
    with TemporaryDirectory(prefix="caifeng-promises-", ignore_cleanup_errors=True) as name:
        home = Path(name)
        try:
            yield services.ensure(home)
        finally:
            services.stop(home)
