"""Labelled lines of personal data and of what looks like it: every number is made up, check digits are computed.

A line names its personal data between `[[` and `]]`, with its kind: `[[identity:…]]`.  Lines without are all public.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from random import Random

from cleaning.personal import Personal

_MARK = re.compile(r"\[\[(\w+):(.*?)\]\]")
_WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)


@dataclass(frozen=True)
class Line:
    """A text and the spans in it that are personal."""

    text: str
    spans: frozenset[tuple[Personal, int, int]]


def identity(rnd: Random) -> str:
    area = rnd.choice(("110101", "320506", "440305", "510104", "652801", "710000"))
    born = f"{rnd.randint(1935, 2015)}{rnd.randint(1, 12):02d}{rnd.randint(1, 28):02d}"
    first = f"{area}{born}{rnd.randint(0, 999):03d}"
    return first + "10X98765432"[sum(int(d) * w for d, w in zip(first, _WEIGHTS, strict=True)) % 11]


def wrong_identity(rnd: Random) -> str:
    number = identity(rnd)
    return number[:17] + ("0" if number[17] != "0" else "1")


def card(rnd: Random, digits: int = 19) -> str:
    first = "62" + "".join(str(rnd.randint(0, 9)) for _ in range(digits - 3))
    for check in "0123456789":
        total = 0
        for place, digit in enumerate(reversed(first + check)):
            number = int(digit) * (2 if place % 2 else 1)
            total += number - 9 if number > 9 else number
        if total % 10 == 0:
            return first + check
    raise AssertionError


def mobile(rnd: Random) -> str:
    return f"1{rnd.choice('3456789')}{rnd.randint(0, 999_999_999):09d}"


TEMPLATES = (
    "申请人身份证号：[[identity:{id}]]，已受理。",
    "[[identity:{id}]]",
    "姓名 张三 证件号码[[identity:{id}]] 补贴金额 1200 元",
    "拟录用人员：李四（[[identity:{id}]]）、王五（[[identity:{id2}]]）",
    "旧证号[[identity:110101490307152]]一并注销",
    "联系电话：[[mobile:{m}]]",
    "联系人王主任，手机[[mobile:{m}]]，传真同号",
    "投诉请拨[[mobile:{m}]]或12345",
    "微信同号：+86 [[mobile:{m}]]",
    "家庭电话：[[telephone:0512-65{n6}]]",
    "监护人电话 [[telephone:65{n6}]]",
    "发放至银行卡[[bank:{c}]]",
    "卡号：[[bank:{c16}]]，开户行：建设银行",
    "社保卡金融账户[[bank:{c}]]已激活",
    "{c_plain_intro}[[bank:{c}]]",
    "家庭住址：[[address:江苏省苏州市姑苏区干将路8号3栋2单元401室]]。",
    "现住址[[address:本市人民路126号粮食局家属院2栋301]]，低保户",
    "户籍所在地：[[address:甲市乙县丙镇丁村七组24号]]",
    "[[address:幸福小区12栋3单元502室]]漏水问题已处理",
    "来信反映阳光[[address:花园8号楼1单元301]]噪音扰民",
)
PUBLIC = (
    "政务服务热线：12345，监督电话：0512-68{n6}。",
    "咨询电话：0512-65{n6}，办公时间 9:00-17:00",
    "统一社会信用代码：91110000802100433B",
    "统一社会信用代码 113205060141515126",
    "许可证号：{wrong}",
    "苏府办〔2019〕126号，2019年7月10日印发",
    "招标编号：32050620190710001{n1}",
    "项目代码：2019-320506-48-03-5{n5}",
    "单位账户：{c}，开户行：市农业银行营业部",
    "财政专户账号 {c}",
    "办公地址：市政务服务中心3号楼201室",
    "受理地点：人民路1号政务大厅二楼12号窗口",
    "邮编：215000，网站标识码：3205000005",
    "ICP备案：苏ICP备05012345号，公网安备 32050602010123号",
    "本次补贴共发放 1380000000 元，惠及 12345678 人",
    "浏览次数：13800138",
    "ISBN 9787101003048",
    "文件大小 6222021000 字节，编号20190710123456789",
    "服务地址：幸福小区社区居民委员会办公室",
    "公交线路：1路、12路、126路到人民路站",
    "经度120.585315，纬度31.298886",
    "身份证号码是由18位数字组成的",
    "请携带银行卡、身份证原件到户籍所在地派出所办理",
    "QQ群号：123456789，订阅号 suzhoufabu",
    "身份证（{wrong}为示例，校验位有误）",
    "流水号：{m}0001",
)


def lines(seed: int) -> list[Line]:
    """The labelled set: each template with other numbers a few times."""
    rnd = Random(seed)
    return [_line(template, rnd) for template in (*TEMPLATES, *PUBLIC) for _ in range(5)]


def _line(template: str, rnd: Random) -> Line:
    filled = template.format(
        id=identity(rnd), id2=identity(rnd), m=mobile(rnd), c=card(rnd), c16=card(rnd, 16), wrong=wrong_identity(rnd),
        n1=rnd.randint(0, 9), n5=f"{rnd.randint(0, 99999):05d}", n6=f"{rnd.randint(0, 999999):06d}",
        c_plain_intro=rnd.choice(("户名：赵六 ", "收款人账户 ", "转入 ")),
    )  # fmt: skip
    text, spans = "", set()
    place = 0
    for match in _MARK.finditer(filled):
        text += filled[place : match.start()]
        spans.add((Personal(match.group(1)), len(text), len(text) + len(match.group(2))))
        text += match.group(2)
        place = match.end()
    return Line(text + filled[place:], frozenset(spans))
