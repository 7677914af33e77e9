"""Which regular expressions a catalogue may contain: only such as cannot blow up."""

import importlib
import re
from typing import Any, Final

# `re._parser` is where CPython keeps what sre_parse was; there is no public way to read an expression's structure.
_PARSER: Final[Any] = importlib.import_module("re._parser")
_REPEATS: Final = frozenset({"MAX_REPEAT", "MIN_REPEAT", "POSSESSIVE_REPEAT"})
_PIECES: Final = re.compile(r"\\.|\[\^?\]|.", re.DOTALL)  # "[]" opens a class that holds a bracket
_LINE_START: Final = r"(?:^|\n)"
_OTHER_START: Final = re.compile(r"(?<!\[)\^|\\A")
_FORBIDDEN: Final = frozenset({"GROUPREF", "GROUPREF_EXISTS"})

# With at most three variable repeats of at most 60 characters each, a match tries at most 60³ ways per start; the
# catalogue's own expressions stay below 60².
LONGEST_REPEAT: Final = 60
MOST_REPEATS: Final = 3


def problem(regex: str) -> str:
    """Why `regex` may not be used, or an empty string."""
    try:
        tree = _PARSER.parse(regex)
    except re.error as error:
        return f"not a regular expression: {error}"
    repeats: list[int] = []
    fault = _fault(tree, repeats, inside=False)
    if not fault and len(repeats) > MOST_REPEATS:
        fault = f"more than {MOST_REPEATS} variable repeats"
    if not fault and re.compile(regex).search(""):
        fault = "matches nothing at all (the empty text)"
    return fault


def _fault(node: Any, repeats: list[int], *, inside: bool) -> str:
    for operation, argument in node:
        name = str(operation)
        if name in _FORBIDDEN:
            return "back references are not allowed"
        if name in _REPEATS:
            low, high, body = argument
            variable = low != high
            if variable and inside:
                return "a repeat inside a repeat"
            if int(high) > LONGEST_REPEAT:
                return f"a repeat without an upper bound of at most {LONGEST_REPEAT}; write {{0,20}} for *"
            if variable and high > 1:
                repeats.append(int(high))
            fault = _fault(body, repeats, inside=inside or (variable and high > 1))
        else:
            fault = _fault_inside(argument, repeats, inside=inside)
        if fault:
            return fault
    return ""


def _fault_inside(argument: Any, repeats: list[int], *, inside: bool) -> str:
    """Look into groups, branches and look-arounds, whatever the shape of their arguments."""
    if isinstance(argument, _PARSER.SubPattern):
        return _fault(argument, repeats, inside=inside)
    if isinstance(argument, (list, tuple)):
        for part in argument:
            fault = _fault_inside(part, repeats, inside=inside)
            if fault:
                return fault
    return ""


def needs(regex: str) -> tuple[str, ...]:
    """Literals one of which stands in whatever `regex` matches; empty where there are none to name."""
    return _needs(list(_PARSER.parse(regex)))


def _needs(sequence: list[Any]) -> tuple[str, ...]:
    """The best of what each part of a sequence needs: the longest literals, then the fewest."""
    offers = [()] + [_needs_of(str(operation), argument) for operation, argument in sequence]
    literal = ""
    for operation, argument in [*sequence, ("END", None)]:
        if str(operation) == "LITERAL":
            literal += chr(argument)
        elif literal:
            offers.append((literal,))
            literal = ""
    return max(offers, key=lambda offer: (min(map(len, offer), default=0), -len(offer)))


def _needs_of(operation: str, argument: Any) -> tuple[str, ...]:
    if operation == "SUBPATTERN":
        return _needs(list(argument[-1]))
    if operation in _REPEATS and argument[0] > 0:
        return _needs(list(argument[2]))
    if operation == "BRANCH":
        branches = [_needs(list(branch)) for branch in argument[1]]
        return tuple(dict.fromkeys(literal for branch in branches for literal in branch)) if all(branches) else ()
    if operation == "IN" and all(str(kind) == "LITERAL" for kind, _ in argument):
        return tuple(chr(code) for _, code in argument)
    return ()


def searches(regex: str) -> tuple[tuple[str, bool], ...]:
    """What to search for in order to find what `regex` finds: the first place where one of them stands.

    `re` looks up how a match may begin, several times as fast as it tries at each character, if that is characters alone.
    A line's start is none: what is to stand there is searched for behind a line end (True), in a text that has one put
    before it.
    """
    parts = _alternatives(regex)
    if _OTHER_START.search(regex.replace(_LINE_START, "")) or not any(part.startswith(_LINE_START) for part in parts):
        return ((regex, False),)
    return tuple(
        (part.replace(_LINE_START, r"\n", 1), True) if part.startswith(_LINE_START) else (part, False) for part in parts
    )


def _alternatives(regex: str) -> list[str]:
    """A regular expression parted at the bars that stand outside of groups and classes."""
    parts, depth, in_class = [""], 0, False
    for piece in _PIECES.findall(regex):
        if in_class:
            in_class = piece != "]"
        elif piece[0] == "[":
            in_class = True
        elif piece in "()":
            depth += 1 if piece == "(" else -1
        if piece == "|" and not depth and not in_class:
            parts.append("")
        else:
            parts[-1] += piece
    return parts
