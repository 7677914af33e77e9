"""What must not stand in the repository."""

import os
import re
from pathlib import Path

import pytest

from tests.gates.tracked import ROOT, files, text

FORBIDDEN = {
    "a package index": re.compile(
        r"pypi[.]org|pythonhosted[.]org|deb[.]debian[.]org|npmjs[.]org|--(?:extra-)?index-url[ =]h"
    ),
    "a path of one machine": re.compile(r"(?:^|[^\w.])/(?:work|farm|root|tmp)/[a-z]", re.MULTILINE),
    "a private key": re.compile(r"-----BEGIN (?:RSA |EC |OPENSSH )?PRIVATE KEY-----"),
}
EXECUTABLE = [Path(".ci/run"), Path("deploy/setup.sh")]


@pytest.mark.parametrize("what", FORBIDDEN)
def test_nothing_names(what):
    """No tracked file names a package index, a path of one machine, or holds a key."""
    found = {}
    for path in files():
        match = FORBIDDEN[what].search(text(path))
        if match and not text(path).startswith('"""What must not stand'):
            found[str(path)] = match[0]
    assert found == {}


def test_scripts_can_be_run():
    """The scripts people and machines call have their run bit."""
    assert [str(path) for path in EXECUTABLE if not os.access(ROOT / path, os.X_OK)] == []


def test_no_file_is_a_stranger_to_text():
    """Binary files are pictures for the README, fixtures of tests, or not here."""
    binary = [path for path in files() if b"\0" in (ROOT / path).read_bytes()[:8_000]]
    assert [str(path) for path in binary if path.parts[0] not in {"docs", "tests"}] == []
