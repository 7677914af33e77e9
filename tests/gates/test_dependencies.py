"""Dependencies: decided, pinned with hashes, from nowhere in particular."""

import re
import tomllib
from pathlib import Path

import pytest

from tests.gates.tracked import table, text

DECISION = Path("docs/decisions/0002-dependencies.md")
LOCKS = [Path("requirements.txt"), Path("requirements-dev.txt")]


def name_of(requirement):
    """The name of a requirement line, as package indexes compare names."""
    return re.split(r"[<>=!~;\[ ]", requirement, maxsplit=1)[0].lower().replace("_", "-")


def declared():
    """The names pyproject.toml declares."""
    project = tomllib.loads(text(Path("pyproject.toml")))["project"]
    groups = [project["dependencies"], *project["optional-dependencies"].values()]
    return {name_of(one) for group in groups for one in group}


def pins(lock):
    """Name, version and number of hashes of every requirement of a lock file."""
    found = {}
    for block in re.split(r"\n(?=\S)", text(lock)):
        head, _, _ = block.partition("\\")
        for name, version in re.findall(r"^([\w.-]+)==([\w.]+)", head):
            found.setdefault(name_of(name), []).append((version, block.count("--hash=sha256:")))
    return found


def test_each_dependency_is_decided():
    """Decision 2 has a row for each dependency, and no other row."""
    decided = {name_of(name) for name in table(DECISION)} - {"package"}
    assert decided == declared()


@pytest.mark.parametrize("lock", LOCKS, ids=str)
def test_every_pin_carries_hashes(lock):
    """Each requirement is an exact version with at least one hash, and no line is anything else."""
    assert [name for name, found in pins(lock).items() if any(hashes == 0 for _, hashes in found)] == []
    strange = [
        line
        for line in text(lock).splitlines()
        if not re.match(r"[\w.-]+==[\w.]+| {4}--hash=sha256:[0-9a-f]{64}", line)
    ]
    assert strange == []


def test_the_locks_hold_what_is_declared():
    """The developers' lock holds every declared name, and everything the image's lock pins, at the same versions."""
    running, developing = pins(LOCKS[0]), pins(LOCKS[1])
    assert declared() <= developing.keys()
    versions = {name: {version for version, _ in found} for name, found in developing.items()}
    assert {
        name: found for name, found in running.items() if {version for version, _ in found} != versions.get(name)
    } == {}
