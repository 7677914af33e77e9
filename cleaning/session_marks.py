"""Session and tracking marks that a URL carries and that never choose a page: what `canonicalize` removes.

Names are compared in lower case.  A name that sites also use for content counts only with a telling value.
"""

import re
from typing import Final

SESSION_NAMES: Final = frozenset(
    {
        "jsessionid",  # Java servlet containers
        "phpsessid",  # PHP
        "asp.net_sessionid",  # ASP.NET
        "sessionid",
        "session_id",
        "sessid",
        "oscsid",  # osCommerce
        "zenid",  # Zen Cart
        "cfid",  # ColdFusion, with cftoken
        "cftoken",
    }
)
TRACKING_NAMES: Final = frozenset(
    {
        "tdsourcetag",  # Tencent QQ desktop adds it to links opened from chats
        "spm",  # Alibaba's click position
        "isappinstalled",  # WeChat adds it when a page is shared
        "nsukey",  # WeChat
        "clicktime",  # WeChat
        "enterid",  # WeChat
        "sharer_shareid",  # WeChat
        "sharer_shareinfo",  # WeChat
        "ivk_sa",  # opened from a Chinese mobile browser's news card
        "bd_vid",  # Baidu promotion
        "hmsr",  # Baidu Tongji campaign marks: source, platform, creative, keyword, plan
        "hmpl",
        "hmcu",
        "hmkw",
        "hmci",
        "gclid",  # Google Ads
        "fbclid",  # Facebook
        "msclkid",  # Microsoft Advertising
        "yclid",  # Yandex
        "sudaref",  # Sina
    }
)
# `aspsessionid` + eight letters (classic ASP), Urchin/Google campaign marks, visit marks of shielding gateways.
PREFIXES: Final = ("aspsessionid", "utm_", "wd_")
WECHAT_FROM: Final = frozenset({"timeline", "singlemessage", "groupmessage"})  # where in WeChat it was opened
AMBIGUOUS: Final = frozenset({"sid", "s_id", "ssid", "session", "sess", "sessionkey", "session-id", "_sid"})
# `sid=3` is a site's or column's number; `sid=9f86d081884c7d65` was minted for this visit.
MINTED: Final = re.compile(r"(?=[^&]*\d)(?=[^&]*[A-Za-z])[0-9A-Za-z_\-]{8,128}|[0-9A-Fa-f]{16,128}")
# A value that ends like a page is the name of a saved file, not a session.
PATH_SESSION: Final = re.compile(
    r";(?:jsessionid|phpsessid|sessionid|sid)=(?![^/?;]{0,200}\.s?html?(?=[/?;]|$))[^/?;]*", re.IGNORECASE
)
COOKIELESS: Final = re.compile(r"/\((?:[ASF]\([^()/]{1,128}\)){1,3}\)(?=/)", re.IGNORECASE)  # ASP.NET


def strip_path(path: str) -> str:
    """`path` without `;jsessionid=…` and without ASP.NET's `/(S(…))` segments."""
    if ";" in path:
        path = PATH_SESSION.sub("", path)
    if "/(" in path:
        path = COOKIELESS.sub("", path)
    return path


def strip_query(query: str) -> str:
    """`query` (without `?`) without empty, session and tracking parameters; the others as they are, in order."""
    return "&".join(part for part in query.split("&") if part and not is_mark(part))


def is_mark(part: str) -> bool:
    """True where this `name=value` part names a visit and not a page."""
    name, _, value = part.partition("=")
    name = name.lower()
    if name in SESSION_NAMES or name in TRACKING_NAMES or name.startswith(PREFIXES):
        return True
    if name == "from":
        return value.lower() in WECHAT_FROM
    return name in AMBIGUOUS and is_minted(value)


def is_minted(value: str) -> bool:
    """True where `value` looks drawn by a machine for one visit."""
    return MINTED.fullmatch(value) is not None
