"""`round check` against real servers on loopback: what it finds out, how politely it asks, what it estimates."""

from __future__ import annotations

import datetime as dt
import ipaddress
import itertools
import socket
import ssl
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from crawler.plan import RoundPlan
from rounds import life
from rounds.check import PAGES_PER_HOST, Check, Met, SeedReport, check, estimate, status_problem
from rounds.earlier import earlier
from rounds.planning import Wanted, make_plan
from tests.pipelines.making import HOST, failure, page
from tests.rounds.keeping import keep

NOW = dt.datetime(2026, 10, 1, tzinfo=dt.UTC)
Answer = tuple[int, dict[str, str], bytes]
OK: Answer = (200, {}, b"<html>ok</html>")


class Site:
    """A server that answers by path and notes when it was asked."""

    def __init__(self, answers: dict[str, Answer], *, tls: ssl.SSLContext | None = None) -> None:
        self.asked: list[tuple[float, str]] = []
        site = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                site.asked.append((time.monotonic(), self.path))
                status, headers, body = answers.get(self.path, (404, {}, b"none"))
                self.send_response(status)
                for name, value in headers.items():
                    self.send_header(name, value)
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)

            def log_message(self, *_words: object) -> None:
                """Say nothing."""

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        if tls is not None:
            self.server.socket = tls.wrap_socket(self.server.socket, server_side=True)
        self.port = self.server.server_port
        self.thread = threading.Thread(target=self.server.serve_forever)
        self.thread.start()

    @property
    def paths(self) -> list[str]:
        """What was asked, in order."""
        return [path for _, path in self.asked]

    def close(self) -> None:
        """Stop."""
        self.server.shutdown()
        self.server.server_close()
        self.thread.join()


@pytest.fixture
def serve() -> Iterator[Callable[..., Site]]:
    """Start sites that are stopped after the test."""
    sites: list[Site] = []

    def start(answers: dict[str, Answer], *, tls: ssl.SSLContext | None = None) -> Site:
        sites.append(Site(answers, tls=tls))
        return sites[-1]

    yield start
    for site in sites:
        site.close()


def plan_of(*sites: str, resolve: tuple[str, ...] = (), delay: float = 0.0, depth: int = 6) -> RoundPlan:
    """A plan for ad-hoc sites."""
    wanted = Wanted("c", sites=sites, resolve=resolve, delay=delay, depth=depth)
    return make_plan(replace(wanted, organisation="Test", contact="http://t.test/"))


async def checked(plan: RoundPlan) -> Check:
    """Check a plan."""
    return await check(plan, now=NOW, report=lambda _done, _all: None)


async def test_a_good_seed_is_reported_with_its_host_and_units(serve) -> None:
    """Status, robots, time; no failure, no warning."""
    site = serve({"/": OK})
    found = await checked(plan_of("http://a.test/", resolve=(f"a.test=127.0.0.1:{site.port}",)))
    (seed,) = found.seeds
    assert (seed.status, seed.robots, seed.problem, seed.warnings) == (200, "none", "", ())
    assert (seed.host, seed.units, seed.address) == ("a.test", ("a.test",), "127.0.0.1")
    assert site.paths == ["/robots.txt", "/", "/sitemap.xml"]
    assert not found.failures


@pytest.mark.parametrize(
    ("status", "problem"),
    [
        (200, ""),
        (302, ""),
        (404, "http-4xx"),
        (403, "forbidden"),
        (412, "forbidden"),
        (521, "forbidden"),
        (429, "throttled"),
        (500, "http-5xx"),
        (503, "http-5xx"),
    ],
)
async def test_a_status_is_a_failure_of_its_kind(serve, status, problem) -> None:
    """What crawling would call it, the check calls it."""
    site = serve({"/": (status, {}, b"")})
    found = await checked(plan_of("http://a.test/", resolve=(f"a.test=127.0.0.1:{site.port}",)))
    assert found.seeds[0].problem == problem == status_problem(status)
    assert len(found.failures) == bool(problem)


async def test_what_cannot_be_reached_is_named_by_its_cause() -> None:
    """A closed port, a name outside the map and a private address are three different failures."""
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))  # bound, never listening: connections are refused
        port = taken.getsockname()[1]
        plan = plan_of("http://a.test/", "http://b.test/", "http://10.0.0.1/", resolve=(f"a.test=127.0.0.1:{port}",))
        found = await checked(plan)
    problems = {seed.host: seed.problem for seed in found.seeds}
    assert problems["a.test"] == "refused"
    assert problems["b.test"] == "unresolved"
    assert all(seed.detail for seed in found.failures)


async def test_a_redirect_out_of_scope_is_a_warning_and_one_inside_is_not(serve) -> None:
    """To a subdomain is inside; to another site is worth a look."""
    inside = serve({"/": (302, {"Location": "http://new.a.test/x"}, b"")})
    outside = serve({"/": (301, {"Location": "http://other.test/"}, b"")})
    plan = plan_of(
        "http://a.test/",
        "http://b.test/",
        resolve=(f"a.test=127.0.0.1:{inside.port}", f"b.test=127.0.0.1:{outside.port}"),
    )
    first, second = (await checked(plan)).seeds
    assert (first.redirect, first.redirect_in_scope, first.warnings) == ("http://new.a.test/x", True, ())
    assert (second.redirect, second.redirect_in_scope) == ("http://other.test/", False)
    assert "http://other.test/" in second.warnings[0]


async def test_rules_that_forbid_the_seed_are_a_failure_and_it_is_not_asked(serve) -> None:
    """robots.txt comes first and is obeyed."""
    site = serve({"/": OK, "/robots.txt": (200, {}, b"User-agent: caifeng\nDisallow: /\n")})
    found = await checked(plan_of("http://a.test/", resolve=(f"a.test=127.0.0.1:{site.port}",)))
    assert (found.seeds[0].robots, found.seeds[0].problem) == ("denied", "robots")
    assert site.paths == ["/robots.txt"]


async def test_a_longer_crawl_delay_warns_and_lengthens_the_estimate(serve) -> None:
    """Ten seconds asked for are ten seconds planned for."""
    site = serve({"/": OK, "/robots.txt": (200, {}, b"User-agent: *\nCrawl-delay: 10\n")})
    found = await checked(plan_of("http://a.test/", resolve=(f"a.test=127.0.0.1:{site.port}",)))
    assert found.seeds[0].crawl_delay == 10.0
    assert "10" in found.seeds[0].warnings[0]
    assert found.hosts[0].hours >= (PAGES_PER_HOST + 1) * 10 / 3600 - 0.01


async def test_unreadable_rules_are_a_warning(serve) -> None:
    """A failing robots.txt does not stop the round; the crawl will ask again."""
    site = serve({"/": OK, "/robots.txt": (503, {}, b"")})
    found = await checked(plan_of("http://a.test/", resolve=(f"a.test=127.0.0.1:{site.port}",)))
    assert found.seeds[0].robots == "unreadable"
    assert found.warned == found.seeds


async def test_a_site_map_replaces_the_default_number_of_pages(serve) -> None:
    """Pages are counted where the site counts them; the slowest host comes first."""
    listed = b"<urlset>" + b"<url><loc>http://b.test/x</loc></url>" * 7 + b"</urlset>"
    bare, mapped = serve({"/": OK}), serve({"/": OK, "/sitemap.xml": (200, {}, listed)})
    plan = plan_of(
        "http://b.test/", "http://a.test/", resolve=(f"a.test=127.0.0.1:{bare.port}", f"b.test=127.0.0.1:{mapped.port}")
    )
    slow, quick = (await checked(plan)).hosts
    assert (slow.host, slow.pages, slow.pages_from) == ("a.test", PAGES_PER_HOST, "assumed")
    assert (quick.host, quick.pages, quick.pages_from, quick.requests) == ("b.test", 7, "sitemap", 8)


async def test_one_host_is_asked_one_thing_at_a_time_with_the_delay_between(serve) -> None:
    """Two seeds of one host are four requests, each a delay after the last."""
    site = serve({"/": OK, "/two": OK})
    plan = plan_of(
        "http://a.test/",
        "http://www.a.test/two",
        delay=0.2,
        resolve=(f"a.test=127.0.0.1:{site.port}", f"www.a.test=127.0.0.1:{site.port}"),
    )
    await checked(plan)
    assert site.paths == ["/robots.txt", "/", "/two", "/sitemap.xml"]
    times = [at for at, _ in site.asked]
    assert all(later - earlier >= 0.2 for earlier, later in itertools.pairwise(times))


async def test_progress_counts_hosts(serve) -> None:
    """The callback hears of every host once, the last time with all of them."""
    site = serve({"/": OK})
    plan = plan_of(
        "http://a.test/", "http://b.test/", resolve=(f"a.test=127.0.0.1:{site.port}", f"b.test=127.0.0.1:{site.port}")
    )
    heard: list[tuple[int, int]] = []
    await check(plan, now=NOW, report=lambda done, total: heard.append((done, total)))
    assert heard == [(1, 2), (2, 2)]


def certificate(folder: Path, name: str) -> ssl.SSLContext:
    """A server's context with a certificate nobody vouches for."""
    key = ec.generate_private_key(ec.SECP256R1())
    subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])
    made = (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(subject)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(dt.datetime.now(dt.UTC) - dt.timedelta(days=1))
        .not_valid_after(dt.datetime.now(dt.UTC) + dt.timedelta(days=1))
        .add_extension(
            x509.SubjectAlternativeName([x509.DNSName(name), x509.IPAddress(ipaddress.ip_address("127.0.0.1"))]),
            critical=False,
        )
        .sign(key, hashes.SHA256())
    )
    file = folder / "server.pem"
    plain = serialization.NoEncryption()
    pem = key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, plain)
    file.write_bytes(pem + made.public_bytes(serialization.Encoding.PEM))
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(file)
    return context


async def test_a_bad_certificate_is_reported_and_not_fatal(serve, tmp_path) -> None:
    """The page behind a self-signed certificate is had, and the operator told."""
    site = serve({"/": OK}, tls=certificate(tmp_path, "a.test"))
    found = await checked(plan_of("https://a.test/", resolve=(f"a.test:443=127.0.0.1:{site.port}",)))
    (seed,) = found.seeds
    assert (seed.status, seed.problem) == (200, "")
    assert "self" in seed.certificate
    assert "证书" in seed.warnings[0]


async def test_a_certificate_somebody_vouches_for_is_valid(serve, tmp_path, monkeypatch) -> None:
    """With its issuer trusted there is nothing to report."""
    site = serve({"/": OK}, tls=certificate(tmp_path, "a.test"))
    monkeypatch.setenv("SSL_CERT_FILE", str(tmp_path / "server.pem"))
    found = await checked(plan_of("https://a.test/", resolve=(f"a.test:443=127.0.0.1:{site.port}",)))
    assert found.seeds[0].certificate == "valid"
    assert found.seeds[0].warnings == ()


def report(**changes: object) -> SeedReport:
    """A seed that answered in a second."""
    return replace(SeedReport("http://a.test/", "a.test", ("a",), status=200, seconds=1.0), **changes)


def test_the_estimate_is_requests_times_delay_and_answer() -> None:
    """5,001 requests of two seconds each; several grants at once share the time; disk and browser by the page."""
    plan = plan_of("http://a.test/", delay=1.0)
    one = estimate(plan, "a.test", [report()], 0)
    assert (one.pages, one.requests) == (PAGES_PER_HOST, PAGES_PER_HOST + 1)
    assert one.hours == pytest.approx(5001 * 2 / 3600, abs=0.001)
    assert one.browser_hours == pytest.approx(PAGES_PER_HOST * 0.05 * 0.5 / 3600, abs=0.001)
    assert one.disk_bytes == PAGES_PER_HOST * 20_000
    both = estimate(plan.model_copy(update={"host_concurrency": 2}), "a.test", [report()], 0)
    assert both.hours == pytest.approx(one.hours / 2, abs=0.001)


def test_what_an_earlier_round_met_goes_before_the_site_map() -> None:
    """Pages for the disk, all that has ended for the requests; a host that cannot be had costs its seeds all the same."""
    plan, met = plan_of("http://a.test/", delay=1.0), Met("R1", 40, 60)
    one = estimate(plan, "a.test", [report()], 900, met)
    assert (one.pages, one.pages_from, one.round, one.requests) == (40, "round", "R1", 61)
    assert one.disk_bytes == 40 * 20_000
    dead = estimate(plan, "a.test", [report(problem="refused", status=0)], 0, met)
    assert (dead.pages, dead.pages_from, dead.round) == (1, "seeds", "")


def test_the_newest_finished_round_of_the_same_depth_that_has_the_host_is_taken(here) -> None:
    """Not one that is under way (R3), goes less deep (R2), is this one itself, or stored nothing of it (R4)."""
    keep(here, "R1", page("/a", 1), page("/b", 2), failure("/c", 3))
    keep(here, "R2", page("/a", 1), depth=2)
    keep(here, "R3", page("/a", 1), state="ready")
    keep(here, "R4", failure("/c", 1))
    keep(here, "R5", page("/a", 1))
    assert dict(earlier(here, life.get(here, "R4").plan)) == {HOST: Met("R5", 1, 1)}
    assert dict(earlier(here, life.get(here, "R5").plan)) == {HOST: Met("R1", 2, 3)}
    assert dict(earlier(here, life.get(here, "R2").plan)) == {}


def test_a_dead_host_or_depth_zero_costs_its_seeds_only() -> None:
    """Nothing is invented for what cannot be had or is not wanted."""
    dead = estimate(plan_of("http://a.test/"), "a.test", [report(problem="refused", status=0)], 0)
    assert (dead.pages, dead.disk_bytes, dead.browser_hours) == (1, 0, 0.0)
    shallow = estimate(plan_of("http://a.test/", depth=0), "a.test", [report(), report()], 900)
    assert (shallow.pages, shallow.pages_from) == (2, "seeds")


async def test_the_document_adds_up(serve) -> None:
    """Totals, failures and the assumptions stand beside the hosts they come from."""
    site = serve({"/": OK})
    plan = plan_of("http://a.test/", "http://b.test/", resolve=(f"a.test=127.0.0.1:{site.port}",))
    found = (await checked(plan)).document()
    assert (found["at"], found["failures"], found["warnings"]) == (NOW, 1, 0)
    assert found["total"]["requests"] == sum(host["requests"] for host in found["hosts"])
    assert found["total"]["hours"] == max(host["hours"] for host in found["hosts"])
    assert found["assumptions"]["pages_per_host"] == PAGES_PER_HOST
