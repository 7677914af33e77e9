"""Documents that can fail: codes, reasons and links are compared with the code."""

import importlib
import re
from pathlib import Path

import pytest

from cleaning import reasons
from crawler.exits import Exit
from tests.gates.tracked import ROOT, files, table, text

PAGES = [path for path in files() if path.suffix == ".md"]


def test_exit_codes_are_documented():
    """docs/exit-codes.md lists exactly the codes of crawler/exits.py, number and name."""
    page = Path("docs/exit-codes.md")
    numbers, names = table(page)[1:], table(page, 1)[1:]
    assert list(zip(numbers, names, strict=True)) == [(str(int(code)), code.name) for code in Exit]


def modules_of_errors():
    """The `errors.py` of every room and sub-room, imported."""
    for path in files():
        if path.name == "errors.py" and path.parts[0] != "tests":
            yield path, importlib.import_module(".".join(path.with_suffix("").parts))


def classes_of(module):
    """The error classes a module defines."""
    return [one for one in vars(module).values() if isinstance(one, type) and one.__module__ == module.__name__]


def test_every_error_ends_with_a_documented_code():
    """Each error class carries an `exit` of the closed set; the rooms below the crawler end no process."""
    for path, module in modules_of_errors():
        if path.parts[0] in {"cleaning", "indicators", "rehearsal"}:
            continue
        without = [one.__name__ for one in classes_of(module) if not isinstance(getattr(one, "exit", None), Exit)]
        assert without == [], path


def test_every_error_stands_in_its_rooms_tree():
    """The docstring on top of an errors.py draws every class below it."""
    for path, module in modules_of_errors():
        drawn = set(re.findall(r"\w+", module.__doc__ or ""))
        assert {one.__name__ for one in classes_of(module)} <= drawn, path


@pytest.mark.parametrize("page", PAGES, ids=str)
def test_links_between_documents_lead_somewhere(page):
    """Relative links and back-ticked paths of our own files exist."""
    rooms = {path.parts[0] for path in files()}
    targets = re.findall(r"\]\(([^)#:]+)(?:#[^)]*)?\)", text(page))
    missing = [one for one in targets if not (ROOT / page.parent / one).exists()]
    named = re.findall(r"`((?:[\w.-]+/)+[\w.-]+\.(?:py|md|lua|sh|yaml|csv|toml))`", text(page))
    missing += [one for one in named if one.split("/")[0] in rooms and not (ROOT / one).exists()]
    assert missing == []


def test_reasons_are_documented():
    """docs/cleaning.md names every reason code a verdict can carry."""
    page = text(Path("docs/cleaning.md"))
    codes = {str(code) for code in reasons.ReasonCode}
    assert {code for code in codes if f"`{code}`" not in page} == set()


def test_environment_variables_are_documented():
    """docs/deployment.md lists exactly the CAIFENG_ variables that code and scripts read."""
    reading = re.compile(
        r"""(?:environ(?:\.get)?[(\[]|envvar=|^[A-Z]+ = )"(CAIFENG_\w+)"|\$\{(CAIFENG_\w+):-""", re.MULTILINE
    )
    code = [path for path in files() if path.suffix in {".py", ".sh"} and path.parts[0] not in {"tests", "benchmarks"}]
    read = {name for path in code for found in reading.findall(text(path)) for name in found if name}
    listed = {name for name in table(Path("docs/deployment.md")) if name.startswith("CAIFENG_")}
    assert listed == read
