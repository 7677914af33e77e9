"""Reads and judges pages of the made-up web again and again, with nobody to wait for; prints milliseconds of CPU a page."""

import time

from crawl.site import some_pages

from cleaning.read import read
from cleaning.verdict import judge

PAGES = 40
TURNS = 40  # a second or two


def main() -> None:
    pages = some_pages(PAGES)
    for body, url in pages:
        judge(read(body, url))
    begun = time.process_time()
    for _ in range(TURNS):
        for body, url in pages:
            judge(read(body, url))
    print(1000 * (time.process_time() - begun) / (PAGES * TURNS))


if __name__ == "__main__":
    main()
