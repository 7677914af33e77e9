"""Columns whose pages exist only after scripts have run."""

from rehearsal import truth
from rehearsal.cli import main
from rehearsal.plan import build

SIZE = (7, 1, 400)


def test_a_share_of_columns_is_drawn_by_scripts_and_nothing_else_changes() -> None:
    """The same addresses at the same depths; more of them need a browser, with every step of the share."""
    webs = [
        {row["url"]: row for row in truth.rows(build(*SIZE, scripted=share)) if row["stored"]} for share in (0, 0.5, 1)
    ]
    needing = [{url for url, row in web.items() if row["needs_browser"]} for web in webs]
    assert len(needing[0]) < len(needing[1]) < len(needing[2])
    assert needing[0] <= needing[1] <= needing[2]
    kept = [{url for url, row in web.items() if row["kind"] in {"list", "home", "attachment"}} for web in webs]
    assert kept[0] == kept[1] == kept[2]


def test_what_is_no_share_is_refused(capsys) -> None:
    """With its number."""
    assert main(["truth", "--scripted", "1.5"]) == 2
    assert "1.5" in capsys.readouterr().err
