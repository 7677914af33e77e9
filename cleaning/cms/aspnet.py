"""ASP.NET: lists whose further pages are steps of the page's own form, `javascript:__doPostBack('AspNetPager1','2')`.

Only steps of pagers are read, told by the control's name or by an argument like `Page$2`: any other control may do
something.  AspNetPager numbers its pages and takes any number up to the last, which it links; a GridView's
`Page$n` is taken only where the page has it, because its server checks that it was offered.
"""

import re
from collections.abc import Iterable, Mapping
from typing import Final

from cleaning.outline import Outline
from cleaning.posted import STEP, step_url
from cleaning.urls import resolver

MAX_PAGES: Final = 20_000  # of one list; more is no list
MAX_STATE: Final = 2_000_000  # characters of hidden fields kept of a form
MAX_FIELDS: Final = 200
CALL: Final = re.compile(r"__doPostBack\(\s{0,5}'([^'\\]{1,200})'\s{0,5},\s{0,5}'(\d{1,6}|Page\$\d{1,6})'\s{0,5}\)")
PAGER: Final = re.compile(r"pager|page|fenye|navigat", re.IGNORECASE)
SIGN: Final = "__doPostBack"


def steps(codes: Iterable[str], action: str) -> list[str]:
    """Names of the pages that a list's pager leads to; `action` is the absolute URL the form goes to."""
    numbered: dict[str, int] = {}
    pages: dict[str, None] = {}
    for code in codes:
        for target, argument in CALL.findall(code):
            if argument.isdigit():
                if PAGER.search(target):
                    numbered[target] = max(numbered.get(target, 1), int(argument))
            elif argument != "Page$1":
                pages[step_url(action, target, argument)] = None
    for target, last in numbered.items():
        if last <= MAX_PAGES:
            pages |= dict.fromkeys(step_url(action, target, str(number)) for number in range(2, last + 1))
    return list(pages)


def action_of(page: Outline, base: str) -> str:
    """Where the page's form goes: to the list itself, without the step that led to this page of it."""
    for _, _, given in page.all_of("form"):
        if (given.get("method") or "").strip().lower() == "post":
            found = resolver(base).normalize((given.get("action") or "").strip()) if given.get("action") else base
            return STEP.sub("", found or base)
    return STEP.sub("", base)


def state_of(page: Outline) -> Mapping[str, str]:
    """The hidden fields of the page's form, which every step of it must send again."""
    state: dict[str, str] = {}
    room = MAX_STATE
    for tag, _, given in page.wanted:
        name, value = given.get("name"), given.get("value") or ""
        if (
            tag == "input"
            and name
            and (given.get("type") or "").strip().lower() == "hidden"
            and len(state) < MAX_FIELDS
        ):
            room -= len(value)
            if room < 0:
                return {}
            state[name] = value
    return state
