"""Values held against the truth: each way of comparing, and that each can fail."""

from rounds.true_values import compare_values


def value(point, state="measured", number=1.0, why=""):
    return {"unit": "1", "code": point, "state": state, "value": number, "why": why}


def line(point, **more):
    return {"unit": "1", "point": point, "compare": "value", "state": "measured"} | more


def compared(lines, values, samples=(), aliases=None):
    found = compare_values(lines, values, samples, aliases or {})
    return found.equal, [(miss.point, miss.true, miss.found) for miss in found.misses]


def test_numbers_are_equal_or_missed_and_named() -> None:
    """A value is compared as a number; an absent thing equals nothing but 0; no value at all is a miss."""
    lines = [line("a", value=24.0), line("b", value=24.0), line("c", value=0.0), line("d", value=1.0)]
    values = [value("a", number=24.0), value("b", number=23.0), value("c", "absent", 0.0, "searched")]
    assert compared(lines, values) == (0.5, [("b", "24", "23"), ("d", "1", "no value")])


def test_states_are_compared_with_their_reason() -> None:
    """What needs a probe must say so; where two states are right, both are."""
    probe = {"compare": "state", "state": "unobserved", "why": "needs-probe"}
    lines = [line("a", **probe), line("b", **probe), line("c", compare="state", state="absent", or_else="undecidable")]
    values = [
        value("a", "unobserved", None, "needs-probe"),
        value("b", "unobserved", None, "refused"),
        value("c", "undecidable", None, "no-base"),
    ]
    assert compared(lines, values)[1] == [("b", "unobserved", "unobserved (refused)")]


def test_samples_are_compared_by_what_the_drawn_pages_show() -> None:
    """The mean is over the pages drawn, under any of their spellings; a page that should not have been drawn is a miss."""
    seen = line("a", compare="seen", pairs=False, pages={"x": [1.0], "y": [0.0], "z": [0.5]})
    drawn = [{"unit": "1", "code": "a", "key": key} for key in ("http://x", "y")]
    assert compared([seen], [value("a", number=0.5)], drawn, {"http://x": "x"})[0] == 1
    assert compared([seen], [value("a", number=0.75)], drawn, {"http://x": "x"})[0] == 0
    stranger = [{"unit": "1", "code": "a", "key": "q"}]
    assert compared([seen], [value("a", number=0.5)], stranger)[1] == [("a", "no sample of q", "0.5")]
    saved = line("a", compare="seen", pairs=True, pages={"x": [20.0, 5.0], "y": [10.0, 15.0]})
    assert compared([saved], [value("a", number=0.5)])[0] == 1
