"""The errors of the store.

StoreError
├── StoreAway       MongoDB cannot be reached: wait and try again (a worker), or start it (an operator)
├── BadStoreUrl     the URL is not one MongoDB understands: correct it
├── RecordTooLarge  one record would be over MongoDB's limit: end that URL as a failure
├── NameTaken       a round of this name exists: choose another
├── UnknownRound    no round of this name: `caifeng round list` names them
├── UnknownUnit     no unit of this code: `caifeng units list` names them
└── WrongState      the round's state is not what the caller expected: look at it again
"""

from crawler.exits import Exit


class StoreError(Exception):
    """Base; `exit` is what a process ends with when nobody handles it."""

    exit = Exit.INTERNAL


class StoreAway(StoreError):
    """MongoDB could not be reached, or cannot write now (no primary, disk full)."""

    exit = Exit.SERVICES


class BadStoreUrl(StoreError):
    """The MongoDB URL cannot be parsed."""

    exit = Exit.BAD_INPUT


class RecordTooLarge(StoreError):
    """One record would be over MongoDB's 16 MB even after its text was shortened."""


class NameTaken(StoreError):
    """A round of this name exists already."""

    exit = Exit.CONFLICT


class UnknownRound(StoreError):
    """No round of this name is stored."""

    exit = Exit.NOT_FOUND


class UnknownUnit(StoreError):
    """No unit of this code is stored."""

    exit = Exit.NOT_FOUND


class WrongState(StoreError):
    """The round is in another state than the change asked for."""

    exit = Exit.CONFLICT
