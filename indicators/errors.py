"""What can go wrong in this room.

    IndicatorError
    └── CatalogueError     a catalogue file cannot be used: which file, which field, why

Both end the program that loads the catalogue: a worker never tags from a catalogue it could not read whole.
"""


class IndicatorError(Exception):
    """Base of this room's errors."""


class CatalogueError(IndicatorError):
    """A catalogue file is wrong.  Carries `file` and `where` (a point code or a field path)."""

    def __init__(self, file: str, where: str, problem: str) -> None:
        super().__init__(f"{file}: {where}: {problem}")
        self.file = file
        self.where = where
        self.problem = problem
