"""Telling people how a scheduled round went: a JSON post to DingTalk, WeCom, Feishu or any webhook, or an e-mail."""

from __future__ import annotations

import json
import smtplib
import ssl
import urllib.request
from collections.abc import Mapping
from email.message import EmailMessage
from typing import Any, Final
from urllib.parse import SplitResult, parse_qs, unquote, urlsplit

from crawler.masking import masked
from rounds.refusals import BadChoice

SECONDS: Final = 15.0  # for one notice: the round does not wait for a mail server that is down
MAIL: Final = ("smtp", "smtps")
SHAPE: Final = "smtp[s]://[用户:密码@]主机[:端口]/?from=地址&to=地址[&to=地址]"


def check(target: str) -> None:
    """Raise BadChoice where nothing can be sent there."""
    parts = urlsplit(target)
    if parts.scheme in {"http", "https"} and parts.hostname:
        return
    if parts.scheme in MAIL and parts.hostname and all(_asked(parts).get(name) for name in ("from", "to")):
        return
    raise BadChoice(f"通知 {masked(target)} 不对：给 http(s) 的网址，或 {SHAPE}")


def send(target: str, subject: str, text: str, facts: Mapping[str, Any]) -> str:
    """Send one notice; returns what went wrong, without passwords, empty where nothing did."""
    parts = urlsplit(target)
    try:
        if parts.scheme in MAIL:
            _mail(parts, subject, text)
        else:
            _post(target, body_for(parts.hostname or "", f"{subject}\n{text}", facts))
    except (OSError, ValueError, smtplib.SMTPException) as error:
        return f"{shown(target)}：{type(error).__name__}"  # its text may quote what was sent
    return ""


def shown(target: str) -> str:
    """Where a notice goes, without what lets others send there too."""
    parts = urlsplit(target)
    return f"{parts.scheme}://{parts.hostname}"


def body_for(host: str, text: str, facts: Mapping[str, Any]) -> Mapping[str, Any]:
    """The post as the service at `host` reads it: its documents for custom robots; any other gets text and facts."""
    if host.endswith(("feishu.cn", "larksuite.com")):
        return {"msg_type": "text", "content": {"text": text}}
    if host.endswith(("dingtalk.com", "weixin.qq.com")):
        return {"msgtype": "text", "text": {"content": text}}
    return {"text": text, **facts}


def _post(target: str, body: Mapping[str, Any]) -> None:
    raw = json.dumps(body, ensure_ascii=False, default=str).encode()
    asked = urllib.request.Request(target, raw, {"Content-Type": "application/json; charset=utf-8"})  # noqa: S310
    with urllib.request.urlopen(asked, timeout=SECONDS) as answer:  # noqa: S310  `check` lets http and https pass only
        answer.read(1)


def _mail(parts: SplitResult, subject: str, text: str) -> None:
    asked = _asked(parts)
    letter = EmailMessage()
    letter["Subject"], letter["From"], letter["To"] = subject, asked["from"][0], ", ".join(asked["to"])
    letter.set_content(text)
    secure = parts.scheme == "smtps"
    context = ssl.create_default_context()
    port = parts.port or (465 if secure else 25)
    host = parts.hostname or ""
    server = (
        smtplib.SMTP_SSL(host, port, timeout=SECONDS, context=context)
        if secure
        else smtplib.SMTP(host, port, timeout=SECONDS)
    )
    with server:
        if not secure and server.has_extn("starttls"):
            server.starttls(context=context)
        if parts.username:
            server.login(unquote(parts.username), unquote(parts.password or ""))
        server.send_message(letter)


def _asked(parts: SplitResult) -> Mapping[str, list[str]]:
    return parse_qs(parts.query)
