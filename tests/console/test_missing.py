"""A URL or a unit that no round has: refused with what to look at next."""

from __future__ import annotations

import pytest

from crawler.exits import Exit
from rounds.services import Services
from tests.pipelines.making import HOST, page
from tests.rounds.keeping import keep


@pytest.fixture
def stored(services_here, tmp_path) -> None:
    """A round with three pages of one host, and a newer one that has none yet."""
    here = Services(
        services_here["CAIFENG_REDIS_URL"], services_here["CAIFENG_MONGO_URL"], tmp_path.as_uri(), tmp_path, ""
    )
    keep(here, "R", page("/art/2026/1.html", 1), page("/art/2026/3.html", 2), page("/zt/x", 3))
    keep(here, "S")


def test_an_unknown_page_names_its_neighbours_and_how_to_list_them(caifeng, stored) -> None:
    """Of the same host, what begins most alike first; `find` takes the host as it is told."""
    ran = caifeng("page", f"http://www.{HOST}/art/2026/2.html", "--round", "R")
    assert ran.code == Exit.NOT_FOUND
    assert f"http://{HOST}/art/2026/1.html　http://{HOST}/art/2026/3.html" in ran.err
    assert f"caifeng find --round R --host {HOST}" in ran.err
    assert "不在轮次" not in ran.err
    assert len(caifeng("find", "--round", "R", "--host", HOST, "--json").json) == 3


def test_a_host_that_was_meant_is_named_and_one_without_pages_may_wait(caifeng, stored) -> None:
    """A slip of one letter lies out of scope; a host of the plan with nothing ended is in the queue."""
    slip = caifeng("page", f"http://{HOST.replace('a.', 'b.')}/x", "--round", "R")
    assert (slip.code, "不在轮次 R 的范围里" in slip.err, f"相近的主机：{HOST}" in slip.err) == (
        Exit.NOT_FOUND,
        True,
        True,
    )
    empty = caifeng("page", f"http://{HOST}/x", "--round", "S")
    assert "也许还在排队：caifeng status S" in empty.err
    newest = caifeng("page", f"http://{HOST}/x")
    assert "各轮次都没有采到过" in newest.err


def test_an_unknown_unit_is_guessed_and_an_address_sent_to_page(caifeng, stored) -> None:
    """The likest of its codes and names; an address was meant for another command."""
    near = caifeng("explain", "110001", "1.1.1-M01")
    assert (near.code, "是不是 甲市（110000）" in near.err) == (Exit.NOT_FOUND, True)
    assert "caifeng round show" in caifeng("values", "R", "--unit", "乙").err
    assert f"caifeng page http://{HOST}/x" in caifeng("explain", f"http://{HOST}/x", "1.1.1-M01").err


def test_a_value_that_is_missing_is_to_be_worked_out_in_a_round_that_has_the_unit(
    caifeng, stored, services_here, tmp_path
) -> None:
    """The newest round may be one of other units."""
    here = Services(
        services_here["CAIFENG_REDIS_URL"], services_here["CAIFENG_MONGO_URL"], tmp_path.as_uri(), tmp_path, ""
    )
    keep(here, "other", units=())
    assert "caifeng values work S" in caifeng("explain", "110000", "1.1.1-M01").err
