"""Why a URL could not be had, in Chinese: our own English sentences of records; what a library said stands as it is."""

import re
from typing import Final

_ENGLISH: Final = (
    (r"no whole answer within ([\d.]+) s", "{0} 秒内没有完整的答复"),
    (r"HTTP (\d+) without a usable Location", "HTTP {0}，却没有说转到哪里"),
    (r"redirected to itself (\d+) times", "跳转回自己 {0} 次"),
    (r"(\d+) workers died (?:while it was open|over it)", "{0} 个采集进程在它上面崩溃"),
    (r"(\S+) could not be reached (\d+) times in a row", "{0} 连续 {1} 次连不上"),
    (r"robots\.txt could not be read", "robots.txt 读不到"),
    (r"barred by robots\.txt", "robots.txt 不许"),
    (r"image, style sheet, script, font or media", "图片、样式、脚本、字体或音视频"),
    (r"Cannot connect to host (\S+) .*\[.*Connect call failed .*\]", "{0} 不接受连接"),
    (r"Server disconnected", "对方没有答复就断开了"),
    (r".*Connection reset by peer.*", "对方断开了连接"),
    (r"no address for ([^\s:]+): .*", "{0} 查不到地址"),
    (r"(\S+) is not in the round's --resolve map.*", "--resolve 里没有 {0}"),
    (r"(\S+) is a private address that no seed of the round names", "{0} 是内部地址，不是这一轮的入口"),
    (r"(\S+) leads to the private address (\S+), which .*", "{0} 指向内部地址 {1}"),
    (r"the (?:decoded )?body is larger than (\d+) bytes", "内容超过上限 {0} 字节"),
    (r"the body passes (\d+) bytes", "内容超过上限 {0} 字节"),
    (r"the server announces (\d+) bytes, the limit is (\d+)", "网站说有 {0} 字节，上限是 {1}"),
    (r"the answer claims (\d+) content-encodings on top of each other", "网站说压缩了 {0} 层"),
    (r"the body does not decode(?: as (\w+))?: (.*)", "压缩内容解不开：{1}"),
    (r"the proxy answers (\d+) for the host", "出口代理对这个主机答复 {0}"),
    (r"a browser does not pass either: (.*)", "浏览器也过不去：{0}"),
    (r"the browser did not hand out the page within (\d+) s", "浏览器 {0} 秒内没有交出网页"),
    (r"the browser ended (\d+) times with this page open", "浏览器开着这一页崩溃了 {0} 次"),
    (r"the browser ended with this page open: (.*)", "浏览器开着这一页崩溃了：{0}"),
    (r"no browser could be started: (.*)", "浏览器启动不了：{0}"),
    (r"\S+ is no page for a browser: (.*)", "不是浏览器能打开的网页：{0}"),
    (r"\S+ was still loading after (\d+) s", "浏览器 {0} 秒后还没有读完"),
    (r"\S+ does not give its DOM: (.*)", "浏览器给不出画好的网页：{0}"),
    (r"the browser got no answer for \S+", "浏览器没有得到答复"),
    (r"the browser did not keep the answer of \S+: (.*)", "浏览器没有留下答复：{0}"),
)


def cause(detail: str) -> str:
    """The detail of a failure or skip in Chinese."""
    for english, chinese in _ENGLISH:  # compiled when first asked for: most commands word no cause
        if found := re.fullmatch(english, detail, re.DOTALL):
            return chinese.format(*found.groups())
    return detail
