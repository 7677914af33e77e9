"""Options and arguments that several commands share, so that they are called the same everywhere."""

from datetime import date, datetime
from pathlib import Path
from typing import Annotated, Final
from zoneinfo import ZoneInfo

import typer

CHINA: Final = ZoneInfo("Asia/Shanghai")

AsJson = Annotated[bool, typer.Option("--json", help="只在标准输出打印一个 JSON 文档")]
RoundName = Annotated[str, typer.Argument(metavar="NAME", help="轮次名")]
AsOf = Annotated[
    datetime | None,
    typer.Option("--as-of", formats=["%Y-%m-%d"], help="单位库以哪一天的为准（撤销了的单位不在其中）；不给就是今天"),
]
SearchUrl = Annotated[
    str, typer.Option("--search", envvar="CAIFENG_SEARCH_URL", help="SearXNG 实例的地址；不给就不问搜索引擎")
]
Engines = Annotated[str, typer.Option("--engines", help="实例里的哪些引擎，用逗号；不给由实例定")]
ResolveMap = Annotated[
    list[str] | None,
    typer.Option(
        "--resolve",
        help="主机[:端口]=地址[:端口]，同 curl；给了就不再查别的域名；@文件：每行一个，或 rehearsal serve 打印的第一行；可重复",
    ),
]
OutputFile = Annotated[Path | None, typer.Option("--output", "-o", help="写到文件（写完才改成这个名字）")]
Organisation = Annotated[
    str, typer.Option("--organisation", envvar="CAIFENG_ORGANISATION", help="采集机构，写进请求头（英文或拼音）")
]
Contact = Annotated[
    str, typer.Option("--contact", envvar="CAIFENG_CONTACT", help="联系网址，写进请求头：让站长找得到你")
]


def day_of(given: datetime | None) -> date:
    """The day of `--as-of`: today in China where none was given."""
    return (given or datetime.now(CHINA)).date()
