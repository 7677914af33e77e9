"""How the cost of judging grows with the size of hostile pages: CPU of twice the input over CPU of the input.

    python benchmarks/cleaning_growth.py [--size N] [--only NAME]

Linear is 2.  Each shape is read and judged whole, parse included; the ratio is the median of three pairs.  Shapes whose
larger page takes under 20 ms say nothing and are marked.
"""

import argparse
import statistics
import time
from collections.abc import Callable
from typing import Final

from cleaning.read import read
from cleaning.verdict import judge

BROKEN: Final = "half of each character"
URL: Final = "http://www.x.gov.cn/a/t20240315_1.html"
LINE: Final = "各乡镇人民政府要加强组织领导，落实属地责任，于2024年4月10日前报送工作情况。"
SHAPES: Final[dict[str, Callable[[int], str]]] = {
    "one line": lambda n: f"<p>{LINE * (n // 10)}</p>",
    "paragraphs": lambda n: f"<p>{LINE}</p>" * (n // 10),
    "links": lambda n: "".join(f"<a href=/a/{k}.html>关于第{k}批事项的公告</a>" for k in range(n // 10)),
    "foreign links": lambda n: "".join(f"<a href=http://s{k}.example/>新葡京</a>" for k in range(n // 20)),
    "foreign links in one hidden block": lambda n: "<div style=display:none>" + "".join(f"<a href=http://s{k}.example/>彩</a>" for k in range(n // 20)),
    "nested blocks": lambda n: "<div>" * n,
    "nested tables": lambda n: "<table><tr><td>" * (n // 4) + LINE,
    "nested unclosed formatting": lambda n: "<b id=x><p>" * (n // 10),
    "rows of a table": lambda n: "<table>" + f"<tr><td>{LINE}</td><td>2024-03-15</td></tr>" * (n // 20),
    "days": lambda n: "<li>2024-03-15</li>" * (n // 5),
    "info lines": lambda n: "<h3>关于公告的通知</h3><p>发布时间：2024-03-15 来源：某局</p>" * (n // 20),
    "headings": lambda n: "<h1>关于公告的通知</h1>" * (n // 10),
    "a huge attribute": lambda n: f"<p class='{'a ' * n}'>{LINE}</p>",
    "many attributes": lambda n: f"<p {' '.join(f'a{k}=1' for k in range(n))}>{LINE}</p>",
    "open angle brackets": lambda n: "<" * (n * 4),
    "entities": lambda n: "&#28595;&nbsp;" * n,
    "digits": lambda n: "20" * (n * 4),
    "marks between characters": lambda n: "博-彩·" * n,
    "a script of strings": lambda n: "<script>eval(" + "'a'+" * n + "'b')</script>",
    "a script of open brackets": lambda n: "<script>eval(" + "unescape(" * n + "</script>",
    "a script of names": lambda n: "<script>eval(1);" + "".join(f"var a{k}='x';b=a{k};" for k in range(n // 8)) + "</script>",
    "scripts that write": lambda n: "<script>document.write('<a href=http://s.example/>x</a>')</script>" * (n // 40),
    "style rules": lambda n: "<style>" + ".a{left:-9999px}" * (n // 4) + "</style><a href=http://s.example/>x</a>",
    "path of signs": lambda n: "<div>当前位置：" + "首页 &gt; " * n + "</div>",
}  # fmt: skip


def page(name: str, size: int) -> bytes:
    """One hostile page."""
    if name == BROKEN:
        return ("政府".encode("gbk")[:-1] + b">") * (size // 2)
    return f"<html><head><title>某通知</title></head><body>{SHAPES[name](size)}</body></html>".encode()


def cost(body: bytes) -> float:
    """CPU seconds of reading and judging a page."""
    start = time.process_time()
    judge(read(body, URL))
    return time.process_time() - start


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--size", type=int, default=20_000)
    parser.add_argument("--only", default="")
    given = parser.parse_args()
    cost(page("paragraphs", 1000))  # rules read, automata built
    print(f"{'shape':<36}{'MB':>7}{'CPU s':>8}{'ratio of doubling':>20}")
    worst = 0.0
    for name in (*SHAPES, BROKEN):
        if given.only not in name:
            continue
        small, large = page(name, given.size), page(name, 2 * given.size)
        pairs = [(cost(small), cost(large)) for _ in range(3)]
        ratio = statistics.median(high / max(low, 1e-6) for low, high in pairs)
        seconds = statistics.median(high for _, high in pairs)
        worst = max(worst, ratio if seconds >= 0.02 else 0.0)
        print(
            f"{name:<36}{len(large) / 1e6:7.2f}{seconds:8.3f}{ratio:14.2f}{'' if seconds >= 0.02 else '  (too short)'}"
        )
    print(f"largest ratio: {worst:.2f}")


if __name__ == "__main__":
    main()
