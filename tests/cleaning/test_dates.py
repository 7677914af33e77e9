"""Publication dates."""

import pytest

from cleaning.dates import published


@pytest.mark.parametrize(
    ("meta", "head", "url", "expected"),
    [
        ({"pubdate": "2024-03-15 09:30"}, "发布时间：2023-01-01", "", "2024-03-15"),
        ({"pubdate": "20240315"}, "", "", "2024-03-15"),
        ({"pubdate": "none"}, "发布时间：2023-1-2 10:00", "", "2023-01-02"),
        ({}, "信息发布时间：2020-11-06阅读次数：", "", "2020-11-06"),
        ({}, "来源：市政府 日期：2019年7月10日", "http://x.gov.cn/t20200101_1.html", "2019-07-10"),
        ({}, "今天是2024年5月6日 星期一\n时间：2019/7/9", "", "2019-07-09"),
        ({}, "某通知\n2018-12-31 08:15\n正文", "", "2018-12-31"),
        ({}, "自2018年12月31日起施行", "http://x.gov.cn/art/2019/7/10/art_1_2.html", "2019-07-10"),
        ({}, "", "http://x.gov.cn/zwgk/t20190710_12345.html", "2019-07-10"),
        ({}, "", "http://x.gov.cn/202403/05/a.html", "2024-03-05"),
        ({}, "发布时间：2024-02-31", "http://x.gov.cn/t20241399_1.html", ""),
        ({}, "电话 0372-2021-12-345", "", ""),
        ({}, "关于培训的通知\n2024-03-03 15:54:07\n报名时间：2024年3月7日", "", "2024-03-03"),
        (
            {},
            "某报：全县植树忙\n2024-01-25\n某通知\n来源：宣教中心 2022-11-14 14:59:48 【字体：大 中 小】",
            "",
            "2022-11-14",
        ),
    ],
)
def test_first_trustworthy_date_wins(meta: dict[str, str], head: str, url: str, expected: str) -> None:
    """Meta tag, then a labelled date, then one in an info line, then one standing alone, then the URL; impossible days are none."""
    assert published(meta, head, url) == expected
