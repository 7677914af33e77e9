"""Hidden links found and falsely found, lawful pages judged harmful: on saved pages and on the rehearsal's.

    python benchmarks/harm.py [DATA] [--seeds 3] [--pages 2500]

Into every clean saved government page a block of foreign links is put, hidden in each of the ways of HIDDEN, at its end:
found is a harmful verdict with a finding.  False alarms are findings on those pages as they are, and on the pages of the
rehearsal web that have none.  Lawful are the rehearsal's pages about fighting gambling, pornography and fraud, and the saved
government pages that speak of lotteries, gambling, drugs or fraud.
"""

import argparse
import re
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlsplit

from cleaning_quality import DATA, Counts, lines

from cleaning.page import Judgement
from cleaning.read import read
from cleaning.verdict import judge
from rehearsal.addresses import canonical
from rehearsal.answers import Answers
from rehearsal.plan import build
from rehearsal.truth import walk

_LINKS = "".join(
    f'<a href="http://www.{name}.com/">{text}</a>'
    for name, text in (("xpj-vip", "新葡京娱乐场开户"), ("bjl777", "百家乐网上投注"), ("ssc-cp", "时时彩计划平台"), ("qipai88", "真钱棋牌下载"))
)  # fmt: skip
HIDDEN = {
    "display": f'<div style="display:none">{_LINKS}</div>',
    "visibility": f'<p style="visibility:hidden">{_LINKS}</p>',
    "off-screen": f'<div style="position:absolute;top:-9999px;left:-9999px">{_LINKS}</div>',
    "indent": f'<div style="text-indent:-9999px">{_LINKS}</div>',
    "zero-size": f'<div style="height:0;width:0;overflow:hidden">{_LINKS}</div>',
    "marquee": f'<marquee height="1" width="1" scrollamount="3000">{_LINKS}</marquee>',
    "sheet": f"<style>.zq7{{position:absolute;left:-3000px}}</style><div class='zq7'>{_LINKS}</div>",
    "written": "<script>document.write('<div style=\"display:none\">');</script>"
    + _LINKS
    + "<script>document.write('</div>');</script>",
}
LAWFUL = re.compile("福利彩票|体育彩票|赌博|禁毒|诈骗|扫黄打非|假发票|代开发票")
DEPTH = 6


def clean(data: Path) -> Iterator[tuple[dict, bytes]]:
    """The saved government pages into which nobody put links."""
    for row in lines(data / "index.jsonl"):
        if row["kind"] == "gov-html" and row["labels"]["gov_site"] and not row["labels"].get("hidden_link_injection"):
            yield row, (data / row["file"]).read_bytes()


def injected(body: bytes, block: str, charset: str) -> bytes:
    """The page with a block at the end of its body."""
    encoded = block.encode(charset, "xmlcharrefreplace")
    at = body.lower().rfind(b"</body")
    return body + encoded if at < 0 else body[:at] + encoded + body[at:]


def found(verdict: Judgement) -> bool:
    """Whether hidden links were found and reported."""
    return verdict.verdict == "harmful" and any(one.code == "hidden-links" for one in verdict.findings)


def saved_measures(data: Path, counts: Counts, *, every: int = 1) -> None:
    """Each `every`-th clean saved page, as it is and with each kind of block."""
    for number, (row, body) in enumerate(clean(data)):
        page = read(body, row["url"])
        verdict = judge(page)
        counts.add("clean saved pages: no finding", not verdict.findings, row["id"])
        if LAWFUL.search(page.text):
            counts.add(
                "saved pages about lotteries, gambling, fraud: not harmful", verdict.verdict != "harmful", row["id"]
            )
        for name, block in HIDDEN.items() if number % every == 0 else ():
            hacked = judge(read(injected(body, block, row["charset"]), row["url"]))
            counts.add("hidden links put into saved pages: found", found(hacked), f"{row['id']} {name}")


def rehearsal_measures(seed: int, pages: int, counts: Counts) -> None:
    """Every HTML page of one rehearsal web."""
    world = build(seed, 3, pages)
    answers = Answers(world)
    for page in walk(world, DEPTH).values():
        if not page.stored or page.kind == "attachment" or page.place.host is None:
            continue
        url = canonical(page.place)
        parts = urlsplit(url)
        reply = answers.reply(parts.scheme, parts.netloc, parts.path + (f"?{parts.query}" if parts.query else ""))
        if reply.status != 200:
            continue
        verdict = judge(read(reply.body, url, content_type=dict(reply.headers).get("Content-Type", "")))
        if any(feature.startswith("hidden") for feature in page.features):
            counts.add("hidden links of the rehearsal web: found", found(verdict), f"{url} {page.features}")
        elif page.verdict != "harmful":
            counts.add("clean pages of the rehearsal web: no finding of hidden links", not found(verdict), url)
        if "about-fighting-it" in page.features:
            counts.add("rehearsal pages about fighting it: not harmful", verdict.verdict != "harmful", url)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("data", nargs="?", type=Path, default=DATA)
    parser.add_argument("--seeds", type=int, default=3)
    parser.add_argument("--pages", type=int, default=2500, help="of one rehearsal web")
    given = parser.parse_args()
    counts = Counts(errors=True)
    saved_measures(given.data, counts)
    for seed in range(1, given.seeds + 1):
        rehearsal_measures(seed, given.pages, counts)
    counts.show()


if __name__ == "__main__":
    main()
