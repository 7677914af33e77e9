"""Whole real sites, crawled by the public command and held against an independent reader of the same tree.

    .venv/bin/python benchmarks/real_sites.py [TREES] [--shared ../shared] [--site NAME ...]

TREES holds the git directories named in `sites.json` (`git_dir_in_mirror`).  Each site is served under its real host
name on loopback, crawled by `caifeng round new … --resolve` and `caifeng crawl`, exported, and compared by path:
everything the reader reaches by anchors, frames and refreshes must be stored; nothing may be stored that it does not
reach by scripts either; every dead link must have ended as a failure.
"""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from urllib.parse import unquote, urlsplit

CHECKOUT = Path(__file__).parent.parent
INDEX_NAMES = ("index.html", "index.htm", "default.html", "Default.html", "default.htm", "Default.htm")


def path_of(path: str) -> str:
    """`/`, `/dir/` and the index file are one page; the query is ignored."""
    folder, _, name = unquote(path, errors="surrogateescape").lstrip("/").rpartition("/")
    whole = f"{folder}/{name}" if folder else name
    return folder if name in INDEX_NAMES else whole.rstrip("/")


def caifeng(*words: str) -> str:
    done = subprocess.run(
        [sys.executable, "-m", "console.cli.app", *words], cwd=CHECKOUT, check=False, capture_output=True, text=True
    )
    if done.returncode:
        raise SystemExit(f"caifeng {' '.join(words)} ended with {done.returncode}: {done.stderr[-800:]}")
    return done.stdout


def compare(site: dict, trees: Path, shared: Path) -> bool:
    tree, host = trees / site["git_dir_in_mirror"], site["hosts"][0]
    serve = subprocess.Popen(
        [sys.executable, shared / "tools/serve_git.py", "--site", f"{','.join(site['hosts'])}={tree}@{site['commit']}"],
        stdout=subprocess.PIPE,
        text=True,
    )
    try:
        port = urlsplit(serve.stdout.readline().strip()).port
        name = f"real-{site['name']}-{time.strftime('%H%M%S')}"
        caifeng(
            "round", "new", name, "--site", f"http://{host}/", "--depth", "6", "--delay", "0", "--host-concurrency", "8",
            "--resolve", f"{host}=127.0.0.1:{port}",
        )  # fmt: skip
        began = time.monotonic()
        caifeng("crawl", name, "--workers", "2", "--accept")
        seconds = time.monotonic() - began
        pages = [json.loads(line) for line in caifeng("export", name, "--what", "pages").splitlines()]
        failures = [json.loads(line) for line in caifeng("export", name, "--what", "failures").splitlines()]
        differences = json.loads(caifeng("audit", name, "--json"))["differences"]
    finally:
        serve.terminate()
        serve.wait()
    with tempfile.NamedTemporaryFile(suffix=".json") as paths:
        subprocess.run(
            [
                sys.executable, shared / "tools/reach.py", tree, "--commit", site["commit"], "--paths", paths.name,
                *(word for each in site["hosts"] for word in ("--host", each)),
            ],
            check=True,
            stdout=subprocess.DEVNULL,
        )  # fmt: skip
        reach = json.loads(Path(paths.name).read_bytes())
    stored = {path_of(urlsplit(page["url"]).path) for page in pages}
    dead = {path_of(urlsplit(failure["url"]).path) for failure in failures}
    frames, script = ({path_of(path) for path in reach[level]} for level in ("frames", "script"))
    silent = {path_of(path) for path in reach["frames, missing"]} - dead - stored
    missing, extra = frames - stored, stored - script
    print(
        f"{site['name']:<8} {len(frames):>6} {len(script):>6} {len(stored):>6} {len(missing):>7} {len(extra):>5} "
        f"{len(dead):>6} {len(silent):>6} {len(differences):>5} {seconds:>7.1f}"
    )
    for word, found in (("missing", missing), ("extra", extra), ("dead without a record", silent)):
        for path in sorted(found)[:5]:
            print(f"         {word}: {path}")
    return not (missing or extra or differences)


def main() -> None:
    args = argparse.ArgumentParser(description=__doc__.split("\n", 1)[0])
    args.add_argument("trees", type=Path, nargs="?", default=CHECKOUT.parent / "trees")
    args.add_argument("--shared", type=Path, default=CHECKOUT.parent / "shared")
    args.add_argument("--site", action="append")
    args = args.parse_args()
    if not args.trees.is_dir() or not (args.shared / "data/sites.json").is_file():
        print(f"LEFT OUT: the git trees of the sites are not in {args.trees}; name their folder: real_sites.py TREES")
        return
    sites = json.loads((args.shared / "data/sites.json").read_bytes())
    sites = sites if isinstance(sites, list) else sites["sites"]
    print("site     frames script stored missing extra   dead silent audit seconds")
    good = [compare(site, args.trees, args.shared) for site in sites if not args.site or site["name"] in args.site]
    sys.exit(0 if all(good) else 1)


if __name__ == "__main__":
    main()
