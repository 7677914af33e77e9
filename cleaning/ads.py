"""Commercial pages: marketing, classified listings, recruitment by firms."""

from cleaning.hosts import host_of, is_official, is_public
from cleaning.page import Reading
from cleaning.scoring import Scored, score
from cleaning.terms import rule_table


def weigh(reading: Reading, title: str, text: str) -> tuple[Scored, bool]:
    """Commercial wording over the page's normalised title and main text, and whether it makes the page an ad."""
    found = score("ads", title, text)
    table = rule_table("ads")
    host = host_of(reading.url)
    prior = float(table["official_prior"]) if is_official(host) or is_public(host) else 0.0
    return found, found.total + prior >= float(table["threshold"])
