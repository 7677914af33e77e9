"""`round extend` and `round recover` as people call them; what they do to a round is tested in tests/rounds."""

from __future__ import annotations

import redis as redis_client

from crawler.exits import Exit


def test_recover_and_extend_from_the_command_line(caifeng, services_here, round_name) -> None:
    """Refused with a reason where there is nothing to do; one JSON document where there was."""
    made = caifeng("round", "new", round_name, "--site", "http://127.0.0.1:9/", "--depth", "1")
    assert made.code == Exit.OK, made.err
    whole = caifeng("round", "recover", round_name, "--json")
    assert whole.code == Exit.CONFLICT
    assert "完好" in whole.json["error"]["message"]
    with redis_client.Redis.from_url(services_here["CAIFENG_REDIS_URL"]) as client:
        client.flushall()
    lost = caifeng("status", round_name)
    assert lost.code == Exit.CONFLICT
    assert f"caifeng round recover {round_name}" in lost.err
    done = caifeng("round", "recover", round_name, "--json")
    assert done.code == Exit.OK
    assert (done.json["state"], done.json["counts"]["found"], done.json["counts"]["difference"]) == ("ready", 1, 0)
    wider = caifeng("round", "extend", round_name, "--site", "http://127.0.0.1:10/", "--depth", "2")
    assert wider.code == Exit.OK
    assert f"caifeng crawl {round_name}" in wider.out
    shown = caifeng("round", "show", round_name, "--json").json
    assert (shown["plan"]["depth"], shown["plan"]["version"], len(shown["plan"]["units"])) == (2, 2, 2)
    assert [entry["what"][:2] for entry in shown["journal"]] == ["新建", "重建", "扩展", "扩展"]
    assert caifeng("round", "extend", round_name).code == Exit.BAD_INPUT
