"""What the operator asked for and may not have.  Messages are Chinese: they go to the person who typed the command.

Refusal                  base; `exit` is what the command ends with
├── BadUnitsFile         a units file with problems: each named by line and field, nothing imported
├── BadTable             a table that was handed in with problems: each named by line and field, nothing taken over
├── BadPlan              an argument of `round new` that cannot be: nothing created
├── BadChoice            an argument of another command that cannot be
├── BadInstance          a search instance or a feed does not speak its protocol: nothing of it was kept
├── UnknownUnit          no such unit in the registry
├── NoSuchRound          no such round
├── NoSuchPage           no round has met this URL
├── NoSuchPoint          the catalogue has no such point
├── NoValue              no round has worked out this value
├── NoEstimate           nobody has estimated this round's coverage yet
├── RoundExists          the name is taken
├── OtherCatalogue       two rounds, or a round and its workers, go by different catalogues
├── WrongState           the round is in the wrong state for this
├── Needed               something else rests on what was to be removed
└── Unresolved           `round check` found failures nobody accepted
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from crawler.exits import Exit
from rounds.errors import RoundsError

SHOWN_PROBLEMS: Final = 20  # lines of a file's problems in one message; the rest are counted


class Refusal(RoundsError):
    """Base of this file's errors; the message is one clear sentence for the operator."""

    exit = Exit.BAD_INPUT


@dataclass(frozen=True, slots=True)
class Problem:
    """One fault of a file: `line` counts from 1 (0: the file as a whole), `field` is a column name or empty."""

    line: int
    field: str
    message: str

    def __str__(self) -> str:
        where = f"第 {self.line} 行" if self.line else "整个文件"
        return f"{where}{' ' + self.field if self.field else ''}：{self.message}"


class BadFile(Refusal):
    """A table is wrong somewhere: `problems` names each line and field; nothing of it was used."""

    nothing = "什么也没有用"

    def __init__(self, file: str, problems: Sequence[Problem]) -> None:
        self.file = file
        self.problems = tuple(problems)
        shown = "\n".join(f"  {problem}" for problem in self.problems[:SHOWN_PROBLEMS])
        more = len(self.problems) - SHOWN_PROBLEMS
        rest = f"\n  ……另有 {more} 处" if more > 0 else ""
        super().__init__(f"{file} 有 {len(self.problems)} 处问题，{self.nothing}：\n{shown}{rest}")


class BadUnitsFile(BadFile):
    """A units file is wrong somewhere; nothing of it was imported."""

    nothing = "一个单位也没有导入"


class BadTable(BadFile):
    """A table is wrong somewhere; nothing of it was taken over."""

    nothing = "一行也没有采用"


class BadPlan(Refusal):
    """A round cannot be planned like this; nothing was created."""


class BadChoice(Refusal):
    """An argument names something that cannot be."""


class BadInstance(Refusal):
    """What was to be asked does not answer as its protocol says."""


class UnknownUnit(Refusal):
    """The registry has no such unit."""

    exit = Exit.NOT_FOUND


class NoSuchRound(Refusal):
    """There is no round of this name."""

    exit = Exit.NOT_FOUND


class NoSuchPage(Refusal):
    """No round has met this URL."""

    exit = Exit.NOT_FOUND


class NoSuchPoint(Refusal):
    """The catalogue has no point of this code, or none that a machine collects."""

    exit = Exit.NOT_FOUND


class NoValue(Refusal):
    """No round has a value of this point for this unit."""

    exit = Exit.NOT_FOUND


class NoEstimate(Refusal):
    """There is no estimate of this round's coverage to show."""

    exit = Exit.NOT_FOUND


class RoundExists(Refusal):
    """A round of this name exists already."""

    exit = Exit.CONFLICT


class OtherCatalogue(Refusal):
    """Two rounds, or one round's pages and the workers here, go by different catalogues: judge one again first."""

    exit = Exit.CONFLICT


class WrongState(Refusal):
    """The round is in the wrong state for what was asked."""

    exit = Exit.CONFLICT


class Needed(Refusal):
    """Something else rests on what was to be removed: nothing was."""

    exit = Exit.CONFLICT


class Unresolved(Refusal):
    """The check found failures that were not accepted: put them right, or repeat with `--accept`."""

    exit = Exit.UNRESOLVED
