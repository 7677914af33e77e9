"""The description and the closed sets must agree."""

import re
import tomllib
from pathlib import Path

from cleaning.reasons import ReasonCode

ROOT = Path(__file__).parents[2]


def test_every_reason_code_is_described_once() -> None:
    """`docs/cleaning.md` has one table row per code, and none for codes that do not exist."""
    described = re.findall(r"^\| `([a-z0-9-]+)` \|", (ROOT / "docs/cleaning.md").read_text("utf-8"), re.MULTILINE)
    assert sorted(described) == sorted(code.value for code in ReasonCode)


def test_rule_files_speak_of_known_codes_and_repeat_no_word() -> None:
    """Each group names a reason code; a word stands once in a file, so that no weight is hidden."""
    for name in ("harmful", "ads", "relevance"):
        groups = tomllib.loads((ROOT / f"cleaning/rules/{name}.toml").read_text("utf-8"))["groups"]
        words = [word for group in groups.values() for word in group["terms"]]
        assert {group["code"] for group in groups.values()} <= {code.value for code in ReasonCode}
        assert all(group["weight"] * group["limit"] > 0 for group in groups.values())
        assert sorted(words) == sorted(set(words)), [word for word in set(words) if words.count(word) > 1]
