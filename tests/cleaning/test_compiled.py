"""The compiled forms of the rooms' modules: the same answers, and never those of other sources."""

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

import pytest

from cleaning import compiled

ROOT = Path(__file__).resolve().parents[2]
DATA = ROOT / "../shared/data"
# What each page is read, judged and tagged as, a line each; the first line says which form of a module was run.
SAY = """
import json, sys
from cleaning import outline, urls
from cleaning.fingerprints import simhash, text_hash
from cleaning.normalise import normalise
from cleaning.read import read
from cleaning.verdict import judge
from indicators import catalogue
from indicators.matcher import Matcher
print(outline.__file__.endswith(".py"))
matcher = Matcher(catalogue.load())
for line in sys.stdin:
    file, body, url = json.loads(line)
    body = open(file, "rb").read() if file else body.encode("utf-8", "surrogatepass")
    page = read(body, url)
    said = body.decode("utf-8", "surrogatepass") if not file else page.text
    print(ascii((page, judge(page), matcher.match(page), normalise(said), simhash(said), text_hash(said), urls.canonicalize(said[:90]))))
"""
needed = pytest.mark.skipif(
    not compiled.in_use(),
    reason="NO COMPILED MODULES: deploy/compile.py was not run, or found no compiler; make setup tells why",
)


def said_of(pages: Sequence[tuple[str, str, str]], **environment: str) -> list[str]:
    """What a process of its own says of pages (file or body, URL)."""
    run = subprocess.run(
        [sys.executable, "-c", SAY],
        input="".join(json.dumps(page) + "\n" for page in pages),
        env={name: value for name, value in os.environ.items() if name != compiled.PLAIN} | environment,
        cwd=ROOT,
        text=True,
        capture_output=True,
        check=True,
    )
    return run.stdout.splitlines()


def made_up() -> list[tuple[str, str, str]]:
    """Pages of odd characters, deep, broken and empty ones, and one of each common part."""
    parts = [
        "<title>市政府信息公开指南</title><h1>依申请公开</h1><p>本机关自收到申请之日起二十个工作日内答复。</p>",
        "<table><tr><th>名称</th><th>时限</th></tr><tr><td>护照换发</td><td>7个工作日</td></tr></table>",
        "<form action=/search><input name=q placeholder=检索></form><a href=/a/1.html>通知公告</a><a href='javascript:go(2)'>下一页</a>",
        "<div style='display:none'><a href=http://x.example/>彩票平台</a></div><script>var u='/b/list.html';location=u</script>",
        "<p>ΑΔΣ ΣΑΣ İstanbul ﬁ ① ㎡ 微 信 \u200b加\ufeff 一\u3000二 QQ群123456</p>",
        "<select onchange='location=this.value'><option value=/c/>乡镇</select>" + "<div>" * 900 + "深",
        "<a href='HTTP://WWW.ΑΣ.GOV.CN/%7Ea/../b?x=1&utm=2#c'>外</a>\ud800<p>" + "政务服务，一网通办；" * 200,
    ]
    bodies = ["", *parts, *("".join(parts[:count]) for count in range(2, len(parts) + 1))]
    return [("", body, f"http://www.city.gov.cn/{number}.html") for number, body in enumerate(bodies)]


def compared(pages: Sequence[tuple[str, str, str]]) -> None:
    """Fails where the two forms say anything else of a page."""
    fast, plain = said_of(pages), said_of(pages, **{compiled.PLAIN: "yes"})
    assert (fast[0], plain[0]) == ("False", "True")
    assert len(fast) == len(pages) + 1
    assert fast[1:] == plain[1:]


@needed
def test_compiled_modules_say_what_their_sources_say() -> None:
    """Reading, verdict, tags, normal form, fingerprints and keys of pages made to be strange."""
    compared(made_up())


@needed
@pytest.mark.skipif(
    not DATA.exists(), reason="SAVED PAGES ABSENT: ../shared/data is not there, made-up pages alone were compared"
)
def test_compiled_modules_say_the_same_of_real_pages() -> None:
    """Every fourth saved page."""
    rows = [json.loads(line) for line in (DATA / "index.jsonl").read_text("utf-8").splitlines()][::4]
    compared([(str(DATA / row["file"]), "", row["url"]) for row in rows])


def test_other_sources_are_other_modules(tmp_path: Path) -> None:
    """One letter changed in any file of the rooms, or a file more, and the compiled forms are no longer found."""
    for room in compiled.MODULES:
        shutil.copytree(ROOT / room, tmp_path / room, ignore=shutil.ignore_patterns("__pycache__"))
    assert compiled.digest(tmp_path) == compiled.digest(ROOT)
    seen = {compiled.digest(tmp_path)}
    for file in ("cleaning/page.py", "indicators/matcher.py"):
        (tmp_path / file).write_text((tmp_path / file).read_text("utf-8") + "\n", "utf-8")
        seen.add(compiled.digest(tmp_path))
    (tmp_path / "cleaning/new.py").write_text("", "utf-8")
    seen.add(compiled.digest(tmp_path))
    assert len(seen) == 4


def test_without_compiled_forms_the_path_stays(monkeypatch: pytest.MonkeyPatch) -> None:
    """Where sources are asked for, a room's modules are looked for in the room alone."""
    monkeypatch.setenv(compiled.PLAIN, "yes")
    path = ["room"]
    compiled.put_first(path, "cleaning")
    assert path == ["room"]
