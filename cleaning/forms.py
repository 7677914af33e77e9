"""The forms of a page, and what each is for."""

import re
from collections.abc import Sequence
from functools import lru_cache
from typing import Final
from urllib.parse import urljoin

from selectolax.lexbor import LexborNode

from cleaning.outline import Attributes, Outline
from cleaning.page import Form

MAX_FORMS: Final = 50
MAX_FIELDS: Final = 60
MAX_HINTS: Final = 4_000  # characters
KEPT: Final = 512  # roles remembered: a site has the same forms on all its pages
_SEARCH: Final = re.compile(
    r"search|query|keyword|searchword|\bkw\b|sousuo|检索|搜索|\bwd\b|\bq\b|\bqt\b", re.IGNORECASE
)
_LOGIN: Final = re.compile(r"log-?in|signin|denglu|登录|登陆|\bsso\b", re.IGNORECASE)
_MAILBOX: Final = re.compile(
    r"mail|letter|xinxiang|xjxx|message|guestbook|liuyan|feedback|consult|zixun|suggest|opinion|信箱|来信|写信|留言|咨询|投诉|举报|建议|意见|诉求|反馈",
    re.IGNORECASE,
)
_UNSEEN_TYPES: Final = frozenset({"hidden", "button", "submit", "reset", "image"})
_LETTER_FIELDS: Final = 2  # lines to be filled in beside the text: a name, a telephone number, a subject
_MAX_CLIMB: Final = 60  # ancestors looked at
_SHOWN_TYPES: Final = frozenset({"", "text", "search", "password", "email", "tel", "number", "date", "url", "file"})


def read_forms(page: Outline, base_url: str, inner: Sequence[bool] = (), *, asks: bool = False) -> tuple[Form, ...]:
    """Every form in document order (at most 50): absolute action, method, field names, role.

    `inner` says of each form of the body whether it stands in the main content; where some are not in the body, none does.
    `asks`: a text field stands there.
    """
    found = page.all_of("form")
    places = inner if len(inner) == len(found) else (False,) * len(found)
    forms = tuple(
        _read(node, given, base_url, inside)
        for (_, node, given), inside in zip(found[:MAX_FORMS], places, strict=False)
    )
    loose = _loose(page, base_url, asks)
    return forms if loose is None else (*forms, loose)


def _loose(page: Outline, base_url: str, asks: bool) -> Form | None:  # noqa: FBT001  # as read_forms is told
    """Fields that stand in no form, which a script sends, as one form: a letter's, with a text field and others beside it.

    A lone text field is a box for remarks under an article.
    """
    if not page.all_of("textarea"):
        return None
    controls = [
        (node, given)
        for tag, node, given in page.wanted
        if tag in {"input", "textarea"}
        and (given.get("type") or "").lower() not in _UNSEEN_TYPES
        and not _in_form(node)
    ]
    typed = sum(node.tag == "input" and (given.get("type") or "").lower() in _SHOWN_TYPES for node, given in controls)
    if any(given.get("type") == "password" for _, given in controls):
        return None  # a log-in beside readers' comments
    if typed < _LETTER_FIELDS or not any(node.tag == "textarea" for node, _ in controls):
        return None
    names = [given.get("name") or given.get("id") or "" for _, given in controls[:MAX_FIELDS]]
    return Form(_absolute(base_url, ""), "get", tuple(name[:80] for name in names if name), "mailbox", inner=asks)


def _in_form(node: LexborNode) -> bool:
    above = node.parent
    for _ in range(_MAX_CLIMB):
        if above is None:
            return False
        if above.tag == "form":
            return True
        above = above.parent
    return True  # nobody knows


def _read(form: LexborNode, attributes: Attributes, base_url: str, inner: bool) -> Form:  # noqa: FBT001  # a record's own field
    fields: list[str] = []
    hints: list[str] = [attributes.get(name) or "" for name in ("id", "name", "class", "action")]
    types: set[str] = set()
    typed = 0
    for control in form.css("input,select,textarea,button")[: MAX_FIELDS * 2]:
        given = control.attributes
        kind = (given.get("type") or "").lower() if control.tag == "input" else (control.tag or "")
        types.add(kind)
        typed += kind in _SHOWN_TYPES
        if (name := given.get("name") or given.get("id") or "") and len(fields) < MAX_FIELDS:
            fields.append(name[:80])
        hints.extend(
            (given.get(key) or "")[:80] for key in ("name", "id", "placeholder", "value", "title") if given.get(key)
        )
    # `submit` buttons and hidden state say nothing about size: an ASP.NET page is one big form.
    return Form(
        action=_absolute(base_url, attributes.get("action") or ""),
        method=(attributes.get("method") or "get").strip().lower()[:10],
        fields=tuple(fields),
        role=_role(" ".join(hint for hint in hints if not hint.startswith("__"))[:MAX_HINTS], frozenset(types), typed),
        inner=inner,
    )


@lru_cache(maxsize=KEPT)
def _role(hints: str, types: frozenset[str], typed: int) -> str:
    if "password" in types or (_LOGIN.search(hints) and typed <= 4 and not _SEARCH.search(hints)):
        return "login"
    if "textarea" in types or ("file" not in types and typed >= 3 and _MAILBOX.search(hints)):
        return "mailbox"
    if "file" in types:
        return "upload"
    if _SEARCH.search(hints):
        return "search"
    return "mailbox" if _MAILBOX.search(hints) and typed else "other"


def _absolute(base_url: str, action: str) -> str:
    try:
        return urljoin(base_url, action.strip())
    except ValueError:
        return action
