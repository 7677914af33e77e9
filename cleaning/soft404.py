"""Pages that answer 200 and say that they are not there."""

import re
from typing import Final

_SIGN: Final = re.compile(
    r"(?:页面|网页|文件|文章|信息|内容|栏目|地址|资源|链接)(?:已经?)?(?:不存在|未找到|无法找到|没有找到|找不到|被删除|已删除|已被删除|已失效|走丢|丢失)"
    r"|(?:找不到|无法找到|没有找到|未找到)(?:了)?(?:您?(?:所?要?)?(?:访问|请求|查找|浏览|查看)?的?)?(?:该|此|这个|相关)?(?:页面|网页|文件|内容|资源|信息)|(?:您|你)(?:所)?(?:访问|请求|查看|浏览|要找)的(?:页面|网页|地址|内容|文章|信息|文件)(?:已)?(?:不存在|可能|被|已经|无法|出错|暂时|走丢|不见)"
    r"|404\s*(?:not found|error|错误|页面)|http\s*(?:status|错误)\s*40[34]|\bnot found\b|(?:错误|error)\s*(?:代码|号|code)?\s*[：:]?\s*40[34]\b|站点(?:已)?(?:关闭|暂停|停用|下线)|网站(?:正在)?(?:维护|建设)中"
    r"|the page (?:you|cannot)|object moved|server error in|runtime error|系统(?:发生)?(?:错误|异常)|服务器(?:内部)?错误|数据库连接(?:失败|错误)|参数错误|非法(?:访问|参数|请求)|秒后(?:自动)?(?:跳转|返回)到?(?:首页|主页)",
    re.IGNORECASE,
)
_TITLE: Final = re.compile(
    r"^\W*(?:404|40[34]\b|错误(?:页面|提示)|出错[了啦]|提示信息|系统提示|页面不存在|页面找不到|not found|error\b)",
    re.IGNORECASE,
)
_MAX_TEXT: Final = 300  # an error page says little; an article about dead links says more


def error_sign(title: str, text: str, visible: str) -> str:
    """The words that give an error page away; "" when the page is none."""
    body = text or visible
    if len(text) > _MAX_TEXT:
        return ""
    found = _TITLE.search(title) or _SIGN.search(title)
    if found is None and len(body) <= _MAX_TEXT:
        found = _SIGN.search(body)
    return found.group(0) if found is not None else ""
