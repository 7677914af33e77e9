"""How sure a precision is that was counted on a drawn sample."""

from dataclasses import dataclass
from math import sqrt
from typing import Final

# The 97.5 % point of the normal distribution: two-sided 95 % intervals.
Z95: Final = 1.959964


@dataclass(frozen=True, slots=True)
class Precision:
    """Of `checked` pages `right` were; the share lies between `low` and `high` with 95 % confidence."""

    right: int
    checked: int
    low: float
    high: float

    @property
    def share(self) -> float:
        """The share found right; 0 where nothing was checked."""
        return self.right / self.checked if self.checked else 0.0


def precision(right: int, checked: int) -> Precision:
    """Wilson's score interval (E. B. Wilson, 1927), which holds for shares near 0 and 1 and for few pages too."""
    if not 0 <= right <= checked:
        raise ValueError(f"{right} right of {checked} checked")
    if not checked:
        return Precision(0, 0, 0.0, 1.0)
    share, weight = right / checked, Z95**2 / checked
    middle = (share + weight / 2) / (1 + weight)
    reach = Z95 / (1 + weight) * sqrt(share * (1 - share) / checked + weight / (4 * checked))
    return Precision(right, checked, max(0.0, middle - reach), min(1.0, middle + reach))
