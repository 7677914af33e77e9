"""Which of several units a page of a shared platform belongs to, by the area code in its address."""

import re
from collections.abc import Sequence
from typing import Final

# Six digits of GB/T 2260, alone or before the six of a township and village (GB/T 10114), as platforms carry them in
# paths and queries (areacode, regionCode, cityId).
_CODE: Final = re.compile(r"(?<![0-9])([1-9][0-9]{5})(?:[0-9]{6})?(?![0-9])")


def attributed(units: Sequence[str], key: str) -> tuple[str, ...]:
    """The units whose own page this is; all of them where the address names none of theirs.

    A county's code counts for its city: 130102 is a page of 130100.
    """
    if len(units) < 2:
        return tuple(units)
    named = set(_CODE.findall(key.partition("/")[2]))
    if not named:
        return tuple(units)
    cities = {code[:4] for code in named if code[2:4] != "00"}
    own = tuple(unit for unit in units if unit in named or (unit[:4] in cities and unit.endswith("00")))
    return own or tuple(units)
