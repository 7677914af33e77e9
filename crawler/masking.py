"""Addresses of services as people may see them: without passwords."""

from __future__ import annotations

import re

_SECRET_VALUE = re.compile(r"([?&][^=&]*(?:pass|secret|token)[^=&]*=)[^&]*", re.IGNORECASE)


def masked(url: str) -> str:
    """The address with every password replaced by `***`.  An unescaped `@` masks more, never less."""
    scheme, mark, rest = url.partition("://")
    if not mark:
        return _SECRET_VALUE.sub(r"\1***", url)
    account, at, place = rest.rpartition("@")
    user = account.partition(":")[0]
    shown = f"{user}:***@" if at else ""
    return _SECRET_VALUE.sub(r"\1***", f"{scheme}://{shown}{place}")


def without_secrets(text: str, url: str) -> str:
    """`text` (a client library's message) with the password of `url` taken out."""
    account = url.partition("://")[2].rpartition("@")[0]
    secrets = [account.partition(":")[2], *re.findall(r"(?:pass|secret|token)[^=&]*=([^&]+)", url, re.IGNORECASE)]
    for secret in filter(None, secrets):
        text = text.replace(secret, "***")
    return text
