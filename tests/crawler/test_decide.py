"""What an answer, or the lack of one, means for its URL."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cleaning.page import LinkKind, Media
from cleaning.posted import asked
from cleaning.read import read
from crawler import decide, errors
from crawler.decide import (
    Again,
    Escalate,
    Fail,
    Hop,
    Leave,
    Skip,
    Store,
    on_answer,
    on_challenge,
    on_error,
    on_reading,
    retry_after,
)
from crawler.frontier.contract import GAVE_UP, Grant, Lease, Via
from crawler.plan import RoundPlan
from crawler.reasons import FailureReason, SkipReason

NOW = datetime(2026, 10, 1, 8, 0, tzinfo=UTC)
PLAN = RoundPlan(name="R", units=(), retry_delays=(30.0, 300.0), retry_after_cap=600.0)
LEASE = Lease("t", Grant.PAGE, "a.gov.cn", "http://a.gov.cn/x", "http://www.a.gov.cn/x")


def answer(status: int, *headers: tuple[str, str], **changes: object) -> decide.Decision:
    """The decision on `status` for LEASE with `changes`."""
    return on_answer(replace(LEASE, **changes), PLAN, status, headers, NOW)


@pytest.mark.parametrize("status", [200, 201, 203, 204, 206, 299])
def test_success_is_a_page(status: int) -> None:
    """Any 2xx is read."""
    assert answer(status) == Store()


@pytest.mark.parametrize(
    ("status", "reason"),
    [
        (400, FailureReason.HTTP_4XX), (404, FailureReason.HTTP_4XX), (410, FailureReason.HTTP_4XX),
        (401, FailureReason.FORBIDDEN), (403, FailureReason.FORBIDDEN), (412, FailureReason.FORBIDDEN),
        (451, FailureReason.FORBIDDEN), (521, FailureReason.FORBIDDEN),
        (501, FailureReason.HTTP_5XX), (505, FailureReason.HTTP_5XX), (599, FailureReason.HTTP_5XX),
        (100, FailureReason.BROKEN), (199, FailureReason.BROKEN), (304, FailureReason.BROKEN),
    ],
)  # fmt: skip
def test_final_statuses_fail_at_once_with_their_reason(status: int, reason: FailureReason) -> None:
    """What will not change by waiting is not asked again."""
    got = answer(status)
    assert isinstance(got, Fail)
    assert (got.reason, got.status) == (reason, status)


@pytest.mark.parametrize(
    ("status", "reason"),
    [
        (408, FailureReason.HTTP_4XX), (425, FailureReason.HTTP_4XX),
        (500, FailureReason.HTTP_5XX), (502, FailureReason.HTTP_5XX), (503, FailureReason.HTTP_5XX),
        (504, FailureReason.HTTP_5XX), (520, FailureReason.HTTP_5XX), (524, FailureReason.HTTP_5XX),
    ],
)  # fmt: skip
def test_passing_troubles_are_tried_again_and_then_fail(status: int, reason: FailureReason) -> None:
    """One deferred pass per delay of the plan; then the URL fails with the status' own reason."""
    assert answer(status) == Again(30.0, 0.0, f"HTTP {status}")
    assert answer(status, attempts=1) == Again(300.0, 0.0, f"HTTP {status}")
    assert answer(status, attempts=2) == Fail(reason, f"HTTP {status}", status)


def test_retry_after_holds_back_the_page_and_its_host() -> None:
    """The server's wish lengthens our delay, never shortens it, and the whole host keeps away as long as asked."""
    assert answer(503, ("Retry-After", "120")) == Again(120.0, 120.0, "HTTP 503")
    assert answer(429, ("retry-after", "5")) == Again(30.0, 5.0, "HTTP 429")
    assert answer(503, ("Retry-After", "86400")) == Again(600.0, 600.0, "HTTP 503")


@pytest.mark.parametrize(
    ("value", "seconds"),
    [
        ("", 0.0), ("  ", 0.0), ("0", 0.0), ("7", 7.0), (" 7 ", 7.0), ("600", 600.0), ("601", 600.0),
        ("9" * 5000, 600.0), ("-5", 0.0), ("1.5", 0.0), ("soon", 0.0), ("²", 0.0), (",", 0.0), ("\x00", 0.0),
        (format_datetime(NOW + timedelta(seconds=90), usegmt=True), 90.0),
        (format_datetime(NOW + timedelta(days=90), usegmt=True), 600.0),
        (format_datetime(NOW - timedelta(days=90), usegmt=True), 0.0),
        ("Thu, 01 Oct 2026 16:01:00 +0800", 60.0),
        ("Thu, 01 Oct 2026 08:00:10 -0000", 10.0),
        ("Thursday, 01-Oct-26 08:00:20 GMT", 20.0),
        ("Mon, 01 Jan 99999999999999999999 00:00:00 GMT", 0.0),
        ("Mon, 01 Jan 2029 00:00:00 +9999999999999", 0.0),
    ],
)  # fmt: skip
def test_retry_after_reads_deltas_and_dates(value: str, seconds: float) -> None:
    """Seconds or a date, capped; the past and nonsense ask for nothing."""
    assert retry_after(value, NOW, 600.0) == seconds


NUMBERS = st.integers(-(10**25), 10**25).map(str)


@given(
    st.one_of(
        st.text(max_size=40),
        st.builds("{}, {} {} {} {}:{}:{} {}".format, st.sampled_from(["Mon", "x"]), NUMBERS,
                  st.sampled_from(["Jan", "Xxx"]), NUMBERS, NUMBERS, NUMBERS, NUMBERS, NUMBERS),
    )
)  # fmt: skip
def test_retry_after_stays_within_its_bounds_whatever_a_server_sends(value: str) -> None:
    """Never an exception, never below zero, never above the cap."""
    assert 0.0 <= retry_after(value, NOW, 600.0) <= 600.0


@pytest.mark.parametrize(
    ("error", "reason"),
    [
        (errors.TimedOut, FailureReason.TIMEOUT), (errors.Refused, FailureReason.REFUSED),
        (errors.Broken, FailureReason.BROKEN), (errors.BrowserFailed, FailureReason.BROWSER),
        (errors.Unresolved, FailureReason.UNRESOLVED),
    ],
)  # fmt: skip
def test_errors_that_may_pass_are_tried_again_then_fail(error: type[errors.FetchError], reason: FailureReason) -> None:
    """The reason goes with the deferred pass as its note, and is the end's reason."""
    again = on_error(LEASE, PLAN, error("how it was"))
    assert again == Again(30.0, 0.0, f"{reason.value}: how it was")
    assert on_error(replace(LEASE, attempts=2), PLAN, error("how it was")) == Fail(reason, "how it was")


@pytest.mark.parametrize(
    ("error", "reason"),
    [
        (errors.NotInResolveMap, FailureReason.UNRESOLVED), (errors.PrivateAddress, FailureReason.PRIVATE_ADDRESS),
        (errors.TlsFailed, FailureReason.TLS), (errors.TooLarge, FailureReason.TOO_LARGE),
        (errors.BadEncoding, FailureReason.BAD_ENCODING),
    ],
)  # fmt: skip
def test_errors_that_will_not_pass_fail_at_once(error: type[errors.FetchError], reason: FailureReason) -> None:
    """Nothing is asked twice that a second time cannot better; an error without words is named by its class."""
    assert on_error(LEASE, PLAN, error()) == Fail(reason, error.__name__)


def test_a_page_the_browser_did_not_get_in_time_has_one_more_chance() -> None:
    """Then it is taken from HTTP; what is no page for a browser is taken from there at once."""
    lease = replace(LEASE, via=Via.BROWSER)
    assert isinstance(on_error(lease, PLAN, errors.TimedOut("late")), Again)
    assert on_error(replace(lease, attempts=1), PLAN, errors.TimedOut("late")) == Fail(FailureReason.TIMEOUT, "late")
    assert isinstance(on_error(lease, PLAN, errors.NoWebPage("a file")), Fail)


def test_a_redirect_to_another_page_leaves() -> None:
    """Its target is offered in its place, resolved against the page, at no cost of clicks."""
    got = answer(302, ("Location", "../y?b=1#top"))
    assert isinstance(got, Leave)
    assert got.target == "http://www.a.gov.cn/y?b=1"
    assert (got.link.key, got.link.url, got.link.kind) == ("http://a.gov.cn/y?b=1", got.target, LinkKind.REDIRECT)
    assert got.link.cost == 0


@pytest.mark.parametrize("location", ["https://www.a.gov.cn/x", "http://a.gov.cn/x", "//a.gov.cn:80/x", "x#here"])
def test_a_redirect_to_another_spelling_hops(location: str) -> None:
    """Scheme, www., default port and fragment make no other page."""
    got = answer(301, ("Location", location))
    assert isinstance(got, Hop)
    assert got.cookie == ""
    assert got.url.endswith("/x")


def test_a_cookie_that_comes_with_the_hop_goes_along() -> None:
    """Cookies of earlier hops stay, equal names are replaced, attributes are left behind."""
    got = answer(
        302,
        ("Location", "/x"), ("Set-Cookie", "b=2; Path=/; HttpOnly"), ("set-cookie", "c=3=3"), ("Set-Cookie", "junk"),
        cookie="a=1; b=1", hops=1,
    )  # fmt: skip
    assert got == Hop("http://www.a.gov.cn/x", "a=1; b=2; c=3=3")


def test_a_redirect_to_itself_is_a_loop_unless_a_cookie_was_set() -> None:
    """Once may be a server's slip; a second time without a new cookie, or the tenth at all, is a loop."""
    itself = ("Location", LEASE.url)
    assert isinstance(answer(302, itself), Hop)
    assert isinstance(answer(302, itself, ("Set-Cookie", "n=1"), hops=9), Hop)
    again, tenth = answer(302, itself, hops=1), answer(302, itself, ("Set-Cookie", "n=1"), hops=10)
    assert isinstance(again, Fail)
    assert isinstance(tenth, Fail)
    assert again.reason is tenth.reason is FailureReason.REDIRECT_LOOP


def test_http_and_https_sending_each_other_round_is_a_loop() -> None:
    """Each hop is to another spelling, so only their number can end it."""
    other = ("Location", "https://www.a.gov.cn/x")
    assert isinstance(answer(301, other, hops=9), Hop)
    got = answer(301, other, hops=10)
    assert isinstance(got, Fail)
    assert got.reason is FailureReason.REDIRECT_LOOP


@pytest.mark.parametrize(
    "headers",
    [(), (("Location", ""),), (("Location", "javascript:void(0)"),), (("Location", "mailto:a@b.cn"),),
     (("Location", "http://"),), (("Location", "http://[::1"),), (("Location", "http://a:99999/"),)],
)  # fmt: skip
def test_a_redirect_without_a_usable_target_is_broken(headers: tuple[tuple[str, str], ...]) -> None:
    """No Location, or one that leads nowhere HTTP goes."""
    got = answer(302, *headers)
    assert isinstance(got, Fail)
    assert got.reason is FailureReason.BROKEN


SHELL = read(
    b"<html><body><div id=app></div><script>fetch('/api').then(r=>r.json()).then(d=>{"
    b"document.getElementById('app').innerHTML=d.map(x=>'<li>'+x+'</li>')})</script></body></html>",
    "http://a.gov.cn/x",
    content_type="text/html",
)


def test_a_script_shell_is_rendered_once() -> None:
    """Over HTTP it escalates with its reason; from the browser, or after the browser gave up, it is stored as it is."""
    assert SHELL.shell is not None
    why = on_reading(LEASE, SHELL)
    assert isinstance(why, Escalate)
    assert why.note.startswith(SHELL.shell.code)
    assert on_reading(replace(LEASE, via=Via.BROWSER), SHELL) is None
    assert on_reading(replace(LEASE, note=f"{GAVE_UP}: crashed"), SHELL) is None


def test_a_challenge_is_run_by_the_browser_once() -> None:
    """A shield's page over HTTP escalates with the serial of the cookies it refused; without a script it is a refusal."""
    page = b"<html><script>document.cookie='a=1';location.reload()</script></html>"
    assert on_challenge(LEASE, 412, page, 3) == Escalate("challenge 3: HTTP 412")
    assert on_challenge(LEASE, 412, b"<html>no</html>", 0) is None
    assert on_challenge(LEASE, 403, page, 0) is None
    assert on_challenge(replace(LEASE, via=Via.BROWSER), 412, page, 0) is None
    assert on_challenge(replace(LEASE, note=f"{GAVE_UP}: hangs"), 521, page, 0) is None


def test_a_step_of_a_form_never_goes_to_the_browser() -> None:
    """Under its name the browser would get the list's first page: shell or challenge, it is taken as HTTP brought it."""
    step = "http://www.a.gov.cn/list.aspx?cid=1&__EVENTTARGET=Pager&__EVENTARGUMENT=2"
    assert asked(step) is not None
    lease = replace(LEASE, url=step)
    assert on_reading(lease, SHELL) is None
    assert on_challenge(lease, 412, b"<script>location.reload()</script>", 0) is None


def test_an_asset_is_no_page() -> None:
    """Whatever it was linked as."""
    reading = read(b"\x89PNG\r\n\x1a\n" + b"0" * 50, "http://a.gov.cn/x", content_type="text/html")
    assert reading.media is Media.ASSET
    got = on_reading(LEASE, reading)
    assert isinstance(got, Skip)
    assert got.reason is SkipReason.NOT_A_PAGE


def test_which_answers_say_that_a_host_is_asked_too_much() -> None:
    """429, and 503 that names a time; a 503 alone is a fault."""
    assert decide.too_fast(429, ())
    assert decide.too_fast(503, (("Retry-After", "5"),))
    assert not decide.too_fast(503, ())
    assert not decide.too_fast(200, (("Retry-After", "5"),))


def test_a_host_that_is_asked_too_much_costs_its_pages_no_pass_of_the_plans() -> None:
    """They have some more, at the plan's last delay; one that is refused whatever the pace fails in the end."""
    ends = [answer(429, ("retry-after", "400"), attempts=tries) for tries in range(7)]
    assert [type(end) for end in ends] == [Again] * 6 + [Fail]
    assert ends[5] == Again(400.0, 400.0, "HTTP 429")
    assert isinstance(answer(503, ("retry-after", "400"), attempts=2), Fail)
