"""Pages that answer 200 and say that they are not there: by their words, or as the host answers a made-up address."""

import re
from hashlib import blake2b
from typing import Final
from urllib.parse import unquote

_SIGN: Final = re.compile(
    r"(?:页面|网页|文件|文章|信息|内容|栏目|地址|资源|链接)(?:已经?)?(?:不存在|未找到|无法找到|没有找到|找不到|被删除|已删除|已被删除|已失效|走丢|丢失)"
    r"|(?:找不到|无法找到|没有找到|未找到)(?:了)?(?:您?(?:所?要?)?(?:访问|请求|查找|浏览|查看)?的?)?(?:该|此|这个|相关)?(?:页面|网页|文件|内容|资源|信息)|(?:您|你)(?:所)?(?:访问|请求|查看|浏览|要找)的(?:页面|网页|地址|内容|文章|信息|文件)(?:已)?(?:不存在|可能|被|已经|无法|出错|暂时|走丢|不见)"
    r"|404\s*(?:not found|error|错误|页面)|http\s*(?:status|错误)\s*40[34]|\bnot found\b|(?:错误|error)\s*(?:代码|号|code)?\s*[：:]?\s*40[34]\b|站点(?:已)?(?:关闭|暂停|停用|下线)|网站(?:正在)?(?:维护|建设)中"
    r"|the page (?:you|cannot)|object moved|server error in|runtime error|系统(?:发生|出现|内部)?(?:了)?(?:错误|异常|故障)|(?:没有|无)权限?(?:访问|查看|浏览)|服务器(?:内部)?错误|数据库连接(?:失败|错误)|参数错误|非法(?:访问|参数|请求)|秒后(?:自动)?(?:跳转|返回)到?(?:首页|主页)",
    re.IGNORECASE,
)
_TITLE: Final = re.compile(
    r"^\W*(?:404|40[34]\b|错误(?:页面|提示)|出错[了啦]|提示信息|系统提示|访问(?:受限|出错|失败)|页面不存在|页面找不到|not found|error\b)",
    re.IGNORECASE | re.MULTILINE,
)
_WORD: Final = re.compile(r"[0-9A-Za-z_]+|[^\W0-9A-Za-z_]+")  # an address may stand right beside Han characters
_DIGITS: Final = re.compile(r"\d+")
_TELLING: Final = 4  # letters or Han characters of main text; less may stand on any page
_LONGEST: Final = 20_000  # characters; nobody writes such an error page
_MAX_LINE: Final = 80  # characters of the line that says so
_MAX_TEXT: Final = 300  # an error page says little; an article about dead links says more


def error_sign(title: str, text: str, visible: str) -> str:
    """The words that give an error page away; "" when the page is none.  `title`: both titles, a line each."""
    body = text or visible
    if len(text) > _MAX_TEXT:
        return ""
    found = _TITLE.search(title) or _SIGN.search(title)
    if found is None and (found := _SIGN.search(body)) is not None:
        start, end = body.rfind("\n", 0, found.start()) + 1, body.find("\n", found.end())
        if (len(body) if end < 0 else end) - start > _MAX_LINE:
            return ""  # somebody's report about dead links
    return found.group(0) if found is not None else ""


def print_of(key: str, title: str, site_title: str, text: str) -> int:
    """56 bits of what a page says in its own main text and titles, its address aside; 0 where that tells too little.

    Numbers and the words of the page's own address (an error page repeats it) do not count, so that a host's answer to one address
    that does not exist has the print of its answer to any other.  Works on what a page's record keeps.
    """
    if len(text) > _LONGEST:
        return 0
    own = set(_masked(unquote(key.removeprefix("http://").partition("/")[2])))
    body = [word for word in _masked(text) if word not in own]
    if sum(map(len, body)) < _TELLING:
        return 0
    head = [word for word in _masked(f"{title}\n{site_title}") if word not in own]
    whole = "\n".join([*head, "", *body]).encode("utf-8", "surrogatepass")
    return int.from_bytes(blake2b(whole, digest_size=7).digest(), "big")


def _masked(text: str) -> list[str]:
    """Words with their digits masked; those of digits alone are left out."""
    return [word for run in _WORD.findall(text) if (word := _DIGITS.sub("0", run)) != "0"]
