"""TRS WCM: the pager of a list, printed by script.

`createPageHTML(count, current, "index", "html"[, total])`, pages `index.html, index_1.html … index_{count-1}.html`,
`current` from 0.  Its newer template takes the id of an element first and counts from 1:
`createPageHTML("page_div", count, current, "index", "shtml", total)`, pages `index.shtml, index_2.shtml …
index_{count}.shtml`.  The call may be a method of the site's own object.  Old templates hold the same numbers in
`countPage` and `currentPage` and write the anchors.
"""

import re
from collections.abc import Mapping
from typing import Final

from cleaning.memory import remembered

MAX_PAGES: Final = 20_000  # of one list; more is no list
KEPT: Final = 1_024  # scripts remembered for the next pages of the same sites,
KEPT_LENGTH: Final = 8_192  # of at most so many characters
CALL: Final = re.compile(r"(?<![\w$])(?!function\b)\w{0,40}[pP]age\w{0,40}\s{0,5}\(([^()]{5,600})\)")
ARGUMENT: Final = re.compile(
    r"\s*(?:\"([^\"\n]{0,300})\"|'([^'\n]{0,300})'|([+-]?\d{1,7})|([A-Za-z_$][\w$]{0,60}))\s*(?:,|$)"
)
EXTENSION: Final = re.compile(r"\.?(s?html?|jhtml|jspx?|aspx?|php)", re.IGNORECASE)
NAME: Final = re.compile(r"(?:\.{0,2}/)?[^\s\"'<>?#&=(){}]{1,300}")
WRITTEN_NAME: Final = re.compile(
    r"(?:href\s{0,3}=\s{0,3}\\?[\"']?|[\"'])([\w\-./]{1,100}?)\\?[\"']?\s{0,5}(?:\+\s{0,5}[\"'])?_[\"']\s{0,5}\+"
)
WRITTEN_EXTENSION: Final = re.compile(
    r"\+\s{0,5}[\"']\.?[\"']?(?:\s{0,5}\+\s{0,5}[\"'])?(s?html?|jhtml|jsp|aspx?)\\?[\"'>]", re.IGNORECASE
)


@remembered(KEPT, KEPT_LENGTH)
def may_print(code: str) -> bool:
    """True where a look at :func:`script_pages` is worth its cost."""
    return "age" in code and ("countPage" in code or CALL.search(code) is not None)


def script_pages(code: str, known: Mapping[str, str]) -> list[str]:
    """Relative URLs of a list's pages that the script's pager names, in order; `known` holds constant variables."""
    for call in CALL.finditer(code):
        if not code[max(0, call.start() - 12) : call.start()].rstrip().endswith("function") and (
            pages := _from_call(call[1], known)
        ):
            return pages
    return _from_variables(code, known)


def _from_call(arguments: str, known: Mapping[str, str]) -> list[str]:
    values: list[tuple[str, bool]] = []  # value, is it a text
    place = 0
    while place < len(arguments) and (match := ARGUMENT.match(arguments, place)):
        place = match.end()
        text = match[1] if match[1] is not None else match[2]
        if text is not None:
            values.append((text, True))
        elif match[3] is not None:
            values.append((match[3], False))
        else:
            value = known.get(match[4], "")
            values.append((value, not value.isdigit()))
    for start in range(len(values) - 3):
        (count, a), (current, b), (name, c), (extension, d) = values[start : start + 4]
        if not (a or b) and c and d and count.isdigit() and current.isdigit():
            first = 1 if start > 0 and values[start - 1][1] else 0
            return _pages(int(count), first, name, extension)
    return []


def _from_variables(code: str, known: Mapping[str, str]) -> list[str]:
    count = known.get("countPage", "")
    if not count.isdigit() or not known.get("currentPage", "").isdigit() or "_" not in code:
        return []
    name, extension = WRITTEN_NAME.search(code), WRITTEN_EXTENSION.search(code)
    return _pages(int(count), 0, name[1], extension[1]) if name and extension else []


def _pages(count: int, first: int, name: str, extension: str) -> list[str]:
    ending = EXTENSION.fullmatch(extension.strip())
    if not ending or not NAME.fullmatch(name) or not 1 < count <= MAX_PAGES:
        return []
    return [f"{name}.{ending[1]}"] + [f"{name}_{number}.{ending[1]}" for number in range(1 + first, count + first)]
