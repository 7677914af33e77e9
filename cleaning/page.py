"""The pivot records of this room: what one page says, and how it was judged.

`Reading` is made by :func:`cleaning.read.read` with one HTML parse; `Judgement` by :func:`cleaning.verdict.judge`.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from types import MappingProxyType
from typing import Final, NamedTuple

from cleaning.reasons import Reason, Verdict

SCHEMA_VERSION: Final = 1
NO_META: Final[Mapping[str, str]] = MappingProxyType({})


class LinkKind(StrEnum):
    """How a page names another one.  Every kind costs one click, save the two that move the reader by themselves."""

    ANCHOR = "anchor"
    AREA = "area"
    FRAME = "frame"
    OPTION = "option"
    ONCLICK = "onclick"
    SCRIPT = "script"  # a URL in a script-carried list: jcms datastore, JSON in the page or behind it
    PAGER = "pager"  # a further list page, group of records or step of a form, computed from what draws the pager
    REFRESH = "refresh"  # costs no click: meta refresh, also one printed by script
    LOCATION = "location"  # costs no click: an immediate `location=`
    REDIRECT = "redirect"  # costs no click: made by the crawler from an HTTP redirect

    cost: int  # clicks it costs to follow: 0 or 1

    def __init__(self, value: str) -> None:
        self.cost = 0 if value in {"refresh", "location", "redirect"} else 1


class Media(StrEnum):
    """What the body is, told from its bytes first and its Content-Type second."""

    HTML = "html"
    ATTACHMENT = "attachment"  # pdf, office documents, archives, plain text, csv
    ASSET = "asset"  # image, style sheet, script, font, audio, video: never a page
    DATA = "data"  # xml, json and other machine answers
    EMPTY = "empty"


class PageType(StrEnum):
    """The closed set of page types."""

    HOME = "home"
    LIST = "list"
    ARTICLE = "article"
    GUIDE = "guide"
    FORM = "form"
    INTERACTION = "interaction"
    SEARCH = "search"
    TABLE = "table"
    LOGIN = "login"
    ERROR = "error"  # an error page, soft 404 included
    ATTACHMENT = "attachment"
    OTHER = "other"


class Link(NamedTuple):
    """One link of a page: `url` absolute and fetchable, without fragment; `key` its canonical form (see cleaning.urls).

    A tuple, for there are forty to a page: a frozen record takes more than twice as long to make.
    """

    url: str
    key: str
    kind: LinkKind
    text: str = ""  # anchor text or title, at most 200 characters
    hidden: bool = False  # stands in a block no visitor can see

    @property
    def cost(self) -> int:
        """Clicks it costs to follow."""
        return self.kind.cost


IN_VIEW: Final = "in-view"  # how a block of spam links is hidden that no rule of the page hides


@dataclass(frozen=True, slots=True)
class HiddenBlock:
    """A block of links no visitor can see: how it is hidden, and where it points."""

    how: str  # display-none | off-screen | zero-size | same-colour | document-write | marquee | noscript | in-view
    text: str  # at most 300 characters
    links: tuple[str, ...]  # absolute URLs, at most 50


@dataclass(frozen=True, slots=True)
class Lure:
    """A way in which a page leads its visitors to a foreign site behind their backs."""

    how: str  # cloaked-redirect | coded-redirect | redirect | coded-script | hidden-frame
    url: str


@dataclass(frozen=True, slots=True)
class Form:
    """One form: its target, method and field names; `role` is search, login, mailbox, upload or other.

    `inner`: it stands in the main content, and is not the site's own search or log-in around it.
    """

    action: str
    method: str
    fields: tuple[str, ...]
    role: str
    inner: bool = False


@dataclass(frozen=True, slots=True)
class ListHead:
    """What a list's own page says of it.  A machine's answer with more of its entries says none of this."""

    title: str
    site_title: str = ""
    column_path: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Shell:
    """Why HTTP alone does not show this page's content, told from the page itself."""

    code: str  # script-shell | empty-list | noscript-notice | challenge
    detail: str


@dataclass(frozen=True, slots=True)
class Reading:
    """Everything one parse yields.  Texts have white space folded; `text` is main content, `visible` all of it."""

    url: str
    key: str
    media: Media
    charset: str
    declared_charset: str
    language: str  # zh | zh-hant | en | other | none
    title: str = ""  # the article's or column's, not the site's
    site_title: str = ""  # the raw <title>
    text: str = ""
    visible: str = ""
    published: str = ""  # ISO date or empty
    source: str = ""
    column_path: tuple[str, ...] = ()
    meta: Mapping[str, str] = field(default_factory=lambda: NO_META)  # lower-cased names of the standard's meta tags
    links: tuple[Link, ...] = ()
    hidden: tuple[HiddenBlock, ...] = ()
    lures: tuple[Lure, ...] = ()
    forms: tuple[Form, ...] = ()
    table_headers: tuple[str, ...] = ()
    table_filled: tuple[float, ...] = ()  # of each header, the share of (the first 50) rows that say something below it
    table_rows: int = 0
    list_items: int = 0
    chrome: str = ""  # visible text outside the main content: header, navigation, footer
    removed_ads: tuple[str, ...] = ()  # block-level ads left out of `text`
    marks: tuple[str, ...] = ()  # said without words: alt, title, file name of images and scripts; input hints
    page_type: PageType = PageType.OTHER
    system: str = ""  # the content management system that made it (cleaning.cms.kinds)
    state: Mapping[str, str] = field(default_factory=lambda: NO_META)  # hidden fields, where links are steps of a form
    shell: Shell | None = None
    text_hash: str = ""  # hex sha256 of the folded main text (of the body for attachments); empty when there is no text
    simhash: int = 0  # 64 bits, over the main text; 0 when it is too short to compare
    sketch: bytes = b""  # 64 bytes by which pages of one template are told; empty when the text is too short to compare
    number_hash: str = ""  # hash of the main text's digit runs in order: pages that differ in it are not duplicates
    attachment: str = (
        ""  # type of an attachment by its content: pdf, docx, doc, xlsx, xls, pptx, ofd, rtf, zip, 7z, text, other
    )
    note: str = ""  # why an attachment's text is missing or not whole (cleaning.documents.document.Note)
    fault: str = ""  # what went wrong in reading: then everything but media and charset is empty


@dataclass(frozen=True, slots=True)
class Judgement:
    """Exactly one verdict, with every reason that was weighed."""

    verdict: Verdict
    reasons: tuple[Reason, ...]
    findings: tuple[Reason, ...] = ()  # what the operator should tell the site's owner (hidden links, tampering)
