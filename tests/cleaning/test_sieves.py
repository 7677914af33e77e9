"""A sieve finds what its pattern finds: whatever the pattern matches holds one of its needs."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cleaning import actors, ads, masthead, relevance, trimming
from cleaning.sieves import Sieve

SIEVES = {
    f"{module.__name__}: {name}": sieve
    for module in (actors, ads, masthead, relevance, trimming)
    for name, value in vars(module).items()
    for sieve in (value.values() if isinstance(value, dict) else (value,))
    if isinstance(sieve, Sieve)
    for name in (f"{name} {sieve.needs[0]}",)
}


@pytest.mark.parametrize("name", SIEVES)
@settings(max_examples=25, deadline=None)
@given(st.data())
def test_nothing_is_lost(name: str, data: st.DataObject) -> None:
    """Texts made from the pattern itself."""
    sieve = SIEVES[name]
    text = data.draw(st.from_regex(sieve.pattern))
    found = sieve.pattern.search(text)
    assert found is not None
    assert sieve.search(text) is not None


def test_all_are_tried() -> None:
    """The sieves of these modules are found by their values."""
    assert len(SIEVES) >= 12
