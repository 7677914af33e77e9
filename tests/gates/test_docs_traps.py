"""docs/traps.md and the code name the same rules by which links are cut."""

from pathlib import Path

from cleaning.traps import TrapRule
from crawler.outlinks import CHAIN_RULE, COPY_RULE, COUNT_RULE, MIRROR_RULE, SESSION_RULE, SOFT_RULE
from tests.gates.tracked import table


def test_every_rule_that_cuts_is_documented():
    """A counter in `status` can be looked up, and no row stands for a rule that is gone."""
    assert sorted(table(Path("docs/traps.md"))[1:]) == sorted(
        [*TrapRule, CHAIN_RULE, COUNT_RULE, COPY_RULE, SESSION_RULE, MIRROR_RULE, SOFT_RULE]
    )
