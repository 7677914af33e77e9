"""What a body is: its bytes first, its Content-Type second, its URL's ending third.  And which links are never pages."""

import re
from typing import Final

from cleaning.page import Media

HTML_ENDINGS: Final = frozenset(
    {"html", "htm", "shtml", "shtm", "xhtml", "jhtml", "jspx", "jsp", "asp", "aspx", "php", "do", "action"}
)
ATTACHMENT_ENDINGS: Final = frozenset(
    {"pdf", "doc", "docx", "xls", "xlsx", "ppt", "pptx", "wps", "et", "ofd", "rtf", "txt", "csv", "zip", "rar", "7z"}
)
ASSET_ENDINGS: Final = frozenset(
    {
        *(
            "png",
            "jpg",
            "jpeg",
            "jpe",
            "jfif",
            "gif",
            "bmp",
            "ico",
            "svg",
            "webp",
            "avif",
            "heic",
            "tif",
            "tiff",
            "psd",
        ),
        *("css", "js", "mjs", "map", "less", "scss", "woff", "woff2", "ttf", "otf", "eot"),
        *("mp3", "wav", "wma", "ogg", "oga", "aac", "m4a", "flac", "amr", "mid"),
        *(
            "mp4",
            "m4v",
            "avi",
            "wmv",
            "flv",
            "f4v",
            "mov",
            "mkv",
            "rm",
            "rmvb",
            "mpg",
            "mpeg",
            "webm",
            "3gp",
            "ts",
            "m3u8",
        ),
        *("swf", "exe", "msi", "apk", "ipa", "dmg", "iso", "deb", "rpm", "cab", "jar"),  # programs are no documents
    }
)
DATA_ENDINGS: Final = frozenset({"json", "xml", "rss", "atom", "jsonp", "wsdl", "xsd"})

MAGIC: Final[tuple[tuple[bytes, Media], ...]] = (
    (b"%PDF", Media.ATTACHMENT),
    (b"PK\x03\x04", Media.ATTACHMENT),  # zip, docx, xlsx, pptx, ofd
    (b"PK\x05\x06", Media.ATTACHMENT),  # empty zip
    (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", Media.ATTACHMENT),  # OLE: doc, xls, ppt, wps, et
    (b"Rar!\x1a\x07", Media.ATTACHMENT),
    (b"7z\xbc\xaf\x27\x1c", Media.ATTACHMENT),
    (b"{\\rtf", Media.ATTACHMENT),
    (b"\x1f\x8b\x08", Media.ATTACHMENT),  # gzip, tar.gz
    (b"\x89PNG\r\n", Media.ASSET),
    (b"GIF87a", Media.ASSET),
    (b"GIF89a", Media.ASSET),
    (b"\xff\xd8\xff", Media.ASSET),
    (b"RIFF", Media.ASSET),  # webp, wav, avi
    (b"\x00\x00\x01\x00", Media.ASSET),  # ico
    (b"II*\x00", Media.ASSET),
    (b"MM\x00*", Media.ASSET),
    (b"8BPS", Media.ASSET),
    (b"wOFF", Media.ASSET),
    (b"wOF2", Media.ASSET),
    (b"OTTO", Media.ASSET),
    (b"\x00\x01\x00\x00\x00", Media.ASSET),  # ttf
    (b"ID3", Media.ASSET),
    (b"OggS", Media.ASSET),
    (b"fLaC", Media.ASSET),
    (b"FLV\x01", Media.ASSET),
    (b"\x1a\x45\xdf\xa3", Media.ASSET),  # mkv, webm
    (b"\x30\x26\xb2\x75\x8e\x66\xcf\x11", Media.ASSET),  # wmv, wma
    (b"FWS", Media.ASSET),
    (b"CWS", Media.ASSET),
    (b"MZ\x90", Media.ASSET),
)
HEAD: Final = 2_048  # bytes looked at
BOMS: Final = (b"\xef\xbb\xbf", b"\xff\xfe", b"\xfe\xff")
COMMENT: Final = re.compile(rb"\s*<!--.*?-->", re.DOTALL)
HTML_START: Final = re.compile(
    rb"<(?:!doctype\s+html|html|head|body|meta|title|link|style|script|base|frameset|iframe|noscript|div|table|center|"
    rb"section|main|header|nav|form|font|span|img|a|p|h[1-6]|br|ul|ol|b|strong|!--)(?=[\s>/:]|$)|<!doctype html|<!--",
    re.IGNORECASE,
)
HTML_WITHIN: Final = re.compile(rb"<(?:html|body|head|frameset|meta\s|!doctype\s+html)", re.IGNORECASE)
XML_START: Final = re.compile(rb"<\?xml|<(?:rss|feed|urlset|sitemapindex|datastore|root)[\s>]", re.IGNORECASE)
SVG: Final = re.compile(rb"<svg[\s>]", re.IGNORECASE)
JSON_START: Final = re.compile(rb"(?:\{\s*(?:\"|\})|\[\s*(?:[\[{\"\]\d-])|[\w$.]{1,60}\(\s*[\[{])")
JSON_END: Final = re.compile(rb"[\]})];?\s*$")
CONTROL: Final = re.compile(rb"[\x00-\x08\x0e-\x1a\x1c-\x1f]")


def media_of(body: bytes, content_type: str, url: str) -> Media:
    """Type of `body`.  An HTML error page sent as image/png is HTML; a stylesheet sent as text/html is an asset."""
    head = body[:HEAD]
    for bom in BOMS:
        head = head.removeprefix(bom)
    if not head.strip(b" \t\r\n\f\0"):
        return (
            Media.EMPTY
            if not body.strip(b" \t\r\n\f\0\xef\xbb\xbf\xff\xfe")
            else _by_name(content_type, url, text=False)
        )
    if found := _by_magic(body, head):
        return found
    if body[:2] in {b"\xff\xfe", b"\xfe\xff"} or head[1:2] == b"\0":
        head = head.replace(b"\0", b"")  # UTF-16
    return _by_markup(body, head.lstrip(), content_type, url)


def _by_magic(body: bytes, head: bytes) -> Media | None:
    for magic, media in MAGIC:
        if head.startswith(magic):
            return media
    if head[4:8] == b"ftyp":  # mp4, mov, m4a, heic
        return Media.ASSET
    if b"%PDF-" in body[:1024] and not HTML_START.match(head.lstrip()):
        return Media.ATTACHMENT
    return None


def _by_markup(body: bytes, head: bytes, content_type: str, url: str) -> Media:
    while found := COMMENT.match(head):
        head = head[found.end() :].lstrip()
    if found_kind := _markup_kind(head):
        return found_kind
    if JSON_START.match(head) and JSON_END.search(body[-64:]) and not HTML_WITHIN.search(head):
        kind = _declared(content_type)
        return Media.DATA if kind in {None, Media.HTML, Media.DATA} else _by_name(content_type, url, text=True)
    if HTML_WITHIN.search(head):
        return Media.HTML
    return _by_name(content_type, url, text=not CONTROL.search(head))


def _markup_kind(head: bytes) -> Media | None:
    """What a text that begins with a tag is."""
    if XML_START.match(head):
        if HTML_WITHIN.search(head):
            return Media.HTML
        return Media.ASSET if SVG.search(head) else Media.DATA
    if SVG.match(head):
        return Media.ASSET
    return Media.HTML if HTML_START.match(head) else None


def _declared(content_type: str) -> Media | None:
    """What the Content-Type says; None where it says nothing that can be believed."""
    kind = content_type.partition(";")[0].strip().lower()
    main, _, sub = kind.partition("/")
    if main in {"image", "audio", "video", "font"} or sub in {"css", "javascript", "x-javascript", "ecmascript"}:
        return Media.ASSET
    if kind in {"text/html", "application/xhtml+xml"}:
        return Media.HTML
    if sub in {"json", "xml", "x-json"} or sub.endswith(("+json", "+xml")):
        return Media.DATA
    if sub in {"x-shockwave-flash", "vnd.android.package-archive", "x-msdownload", "font-woff", "x-font-ttf"}:
        return Media.ASSET
    if main == "text" or (main == "application" and sub not in {"octet-stream", "x-download", "force-download", ""}):
        return Media.ATTACHMENT
    return None


def _by_name(content_type: str, url: str, *, text: bool) -> Media:
    """The bytes say nothing: Content-Type, unless it is the usual text/html for everything, then the ending."""
    declared, ending = _declared(content_type), ending_of(url)
    if declared is Media.HTML and ending not in HTML_ENDINGS:
        declared = None if ending in ASSET_ENDINGS | ATTACHMENT_ENDINGS | DATA_ENDINGS else declared
    if declared is Media.HTML and not text:
        return Media.DATA  # binary under text/html, of no known kind
    if declared is Media.ATTACHMENT and ending in ASSET_ENDINGS:
        return Media.ASSET  # a style sheet or script sent as text/plain
    return declared or _by_ending(ending, text=text)


def _by_ending(ending: str, *, text: bool) -> Media:
    if ending in ASSET_ENDINGS:
        return Media.ASSET
    if ending in ATTACHMENT_ENDINGS:
        return Media.ATTACHMENT
    return Media.DATA if ending in DATA_ENDINGS or not text else Media.HTML


def ending_of(url: str) -> str:
    """Lower-case ending of the last path segment, without its dot; "" when there is none.  Query and `;…` ignored."""
    path = url.partition("#")[0].partition("?")[0]
    name = path[path.rfind("/") + 1 :] if "/" in path.partition("://")[2] or "://" not in path else ""
    name = name.partition(";")[0]
    dot = name.rfind(".")
    return name[dot + 1 :].lower() if dot >= 0 and len(name) - dot <= 8 else ""


def asset_url(url: str) -> bool:
    """True where `url`, by its ending, names an image, style sheet, script, font, sound, film or program: no page."""
    return ending_of(url) in ASSET_ENDINGS
