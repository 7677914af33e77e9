"""Sites that do not exist and belong to no unit."""

from typing import Final

OUTSIDE: Final = (
    ("www.minghe-daily.example", "明河日报"), ("www.kaiyuan-bank.example", "开元银行"), ("news.wanli.example", "万里新闻网"),
    ("www.huanyu-travel.example", "寰宇旅行社"), ("bbs.shuangqiao.example", "双桥论坛"), ("www.tongda-soft.example", "通达软件"),
    ("video.lanhai.example", "蓝海视频"), ("www.xinfeng-hospital.example", "新风医院"),
)  # fmt: skip
