"""The catalogue: whole, joined with the indicator system, and refusing what it cannot use."""

import csv
import shutil
from pathlib import Path

import pytest

from indicators import catalogue, lint
from indicators.errors import CatalogueError
from indicators.evidence import Strength
from indicators.records import PageRole

SHARED = Path(__file__).resolve().parents[2] / "../shared"


@pytest.fixture
def copy(tmp_path: Path) -> Path:
    """A catalogue to spoil."""
    return Path(shutil.copytree(catalogue.FOLDER, tmp_path / "catalogue"))


def spoil(folder: Path, file: str, old: str, new: str) -> None:
    path = folder / file
    text = path.read_text()
    assert old in text, f"{file} does not contain {old!r}"
    path.write_text(text.replace(old, new, 1))


def test_totals() -> None:
    """31 level-3 indicators, 186 machine points, 71 manual ones."""
    loaded = catalogue.load()
    assert (len(loaded.indicators), len(loaded.machine()), len(loaded.points)) == (31, 186, 257)


def test_lint_finds_nothing() -> None:
    """The shipped catalogue has no problem a person would have to look at."""
    assert lint.problems(catalogue.load()) == []


def test_every_level3_but_search_has_rules() -> None:
    """Each level-3 indicator has at least one point that a page can evidence."""
    for indicator in catalogue.load().indicators:
        assert any(point.rules for point in indicator.points), indicator.name


def test_social_and_search_engine_points_never_come_from_pages() -> None:
    """What only weibo, wechat or a search engine shows has page role none."""
    for point in catalogue.load().machine():
        if point.channel in {"weibo", "wechat", "search-engine"}:
            assert point.page_role is PageRole.NONE, point.code


def test_version_follows_the_content(copy: Path) -> None:
    """The version is the same for the same bytes and another one for one changed term."""
    before = catalogue.read(copy).version
    assert before == catalogue.load().version
    spoil(copy, "1.1.1.toml", "责权清单", "责权总清单")
    assert catalogue.read(copy).version != before


def test_codes_and_indicators_match_the_reference() -> None:
    """Codes, names, level-3 identities and weights are those of the draft and of the weight table."""
    if not (SHARED / "indicators/points-draft.csv").is_file():
        pytest.skip("../shared/indicators is not on this machine: codes not compared")
    loaded = catalogue.load()
    with (SHARED / "indicators/points-draft.csv").open() as file:
        draft = {row["code"]: row["level3"] for row in csv.DictReader(file)}
    with (SHARED / "registry/indicators.csv").open() as file:
        weights = {row["id"]: row for row in csv.DictReader(file) if row["level"] == "3"}
    assert {p.code: i.name for i in loaded.indicators for p in i.points} == draft
    assert {i.indicator_id: i.name for i in loaded.indicators} == {key: row["name"] for key, row in weights.items()}
    for indicator in loaded.indicators:
        row = weights[indicator.indicator_id]
        assert (indicator.weight, indicator.worth) == (
            float(row["weight_in_parent_pct"]),
            pytest.approx(float(row["global_points"])),
        )


@pytest.mark.parametrize(
    ("file", "old", "new", "said"),
    [
        ("1.1.1.toml", 'page_role = "proof"', 'page_rolle = "proof"', "unknown field page_rolle"),
        ("1.1.1.toml", 'unit = "有/无"', "", "missing unit"),
        ("1.1.1.toml", 'code = "1.1.1-M02"', 'code = "1.1.1-M01"', "twice"),
        ("1.1.1.toml", 'code = "1.1.1-M02"', 'code = "1.1.2-M02"', "does not belong"),
        ("1.1.1.toml", 'code = "1.1.1-H01"', 'code = "1.1.1-M09"', "186"),
        ("1.1.1.toml", "{ column = true }", "{ colum = true }", "unknown field colum"),
        ("1.1.1.toml", "confidence = 0.9", "confidence = 9.0", "between 0 and 1"),
        ("1.1.1.toml", 'strength = "chrome"', 'strength = "strong"', "strength"),
        ("1.1.1.toml", 'in = ["title", "column"]', 'in = ["titel"]', "titel"),
        ("1.1.2.toml", 'any = ["@news"]', 'any = ["@old"]', "no term list named 'old'"),
        ("1.1.1.toml", "{ min_rows = 5 }", '{ min_rows = "five" }', "whole number"),
        ("1.1.1.toml", '"责权清单"', '"安全生产责任清单"', "can never match"),
        ("1.1.1.toml", '"责权清单"', '" "', "never match"),
        (
            "1.1.1.toml",
            "{ column = true }",
            "{ in = [\"text\"], pattern = '(共{1,9}){1,9}条' }",
            "a repeat inside a repeat",
        ),
        ("1.1.1.toml", "{ column = true }", "{ in = [\"text\"], pattern = '共.*条' }", "upper bound"),
        ("1.1.1.toml", "{ column = true }", "{ in = [\"text\"], pattern = '共(条' }", "not a regular expression"),
        ("1.1.1.toml", "{ column = true }", "{ in = [\"text\"], pattern = '条{0,1}' }", "matches nothing"),
        ("1.1.1.toml", 'name = "责任清单"', "name = 责任清单", "not TOML"),
        ("1.2.2.toml", 'page_role = "none"', 'page_role = "proof"', "no rule can find a page"),
        ("1.1.1.toml", "weight = 25", "weight = 24", "sum to 99"),
        ("1.1.1.toml", "weight = 25", "weight = 0", "1 to 100"),
        ("_shared.toml", '"目录覆盖能力" = 30', '"目录覆盖能力" = 31', "sum to 101"),
        ("_shared.toml", '"目录覆盖能力" = 30', '"目录" = 30', "has no weight"),
        ("1.1.1.toml", 'unit = "有/无"', 'unit = "个"', "is counted in 有/无"),
        ("1.1.1.toml", "中办发〔2015〕21号", "中办发〔2015〕99号", "number of no document"),
        ("_documents.toml", 'read = "part"', 'read = "some"', "none of whole"),
        ("1.1.1.toml", "责任清单|权责清单", "责任清单、权责清单", "leaves open"),
        ("1.1.1.toml", "责任清单|权责清单", "责任清单||权责清单", "empty alternative"),
    ],
)
def test_refuses(copy: Path, file: str, old: str, new: str, said: str) -> None:
    """A spoiled catalogue is refused whole, and the message says what is wrong and where."""
    spoil(copy, file, old, new)
    with pytest.raises(CatalogueError, match=said.replace("(", r"\(")):
        catalogue.read(copy)


def test_chrome_evidence_only_where_an_entry_suffices() -> None:
    """No rule takes an entry as evidence for a point whose `entry_ok` is false."""
    for point in catalogue.load().points.values():
        assert point.entry_ok or all(rule.strength is Strength.CONTENT for rule in point.rules), point.code
