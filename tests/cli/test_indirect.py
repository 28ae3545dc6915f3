"""`finvest indirect`: net worth from the example lists, any method from a file of lines, and its page."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from tests.cli.conftest import Finvest

EXAMPLES = Path(__file__).parents[2] / "loaders" / "examples"
ASKED = ("--party", "P-1", "--since", "2024-01-01", "--until", "2025-12-31")


@pytest.fixture
def wealthy(loaded: Finvest) -> Finvest:
    for name in ("parties", "assets", "liabilities", "incomes", "outlays"):
        done = loaded("load", str(EXAMPLES / f"{name}.csv"))
        assert done.exit_code == 0, done.output
    return loaded


def test_net_worth_of_the_example_lists(wealthy: Finvest, tmp_path: Path) -> None:
    """From 5,000 to 62,000 with 38,400 spent, 36,000 earned and 2,000 given: 57,400."""
    done = wealthy("indirect", "net_worth", *ASKED, "--json", "--out", str(tmp_path / "out"))
    told = json.loads(done.stdout)
    assert (told["low"], told["central"], told["high"]) == (49_400_00, 57_400_00, 67_400_00)
    assert any("assets.csv:" in line["because"] for line in told["lines"])
    page = (tmp_path / "out" / "net_worth.html").read_text(encoding="utf-8")
    assert "57,400.00 EUR, between 49,400.00 EUR and 67,400.00 EUR" in page
    assert "<script" not in page


def test_lines_of_a_file(loaded: Finvest, tmp_path: Path) -> None:
    path = tmp_path / "laundry.csv"
    path.write_text(
        "Part,Item,Amount,Mark,Record\nvolume,<b>towels</b>,100,fact,a:1\nprice,price,80.00,fact,b:1\n",
        encoding="utf-8",
    )
    done = loaded("indirect", "unit_and_volume", "--lines", str(path), "--currency", "EUR", "--out", str(tmp_path))
    assert done.exit_code == 0, done.output
    assert "8,000.00 EUR was taken in" in done.output
    page = (tmp_path / "unit_and_volume.html").read_text(encoding="utf-8")
    assert "<b>towels" not in page
    assert "&lt;b&gt;towels" in page


@pytest.mark.parametrize(
    ("options", "code", "says"),
    [
        (("net_worth",), 2, "needs --party"),
        (("net_worth", *ASKED, "--lines", "x.csv"), 2, "give --lines, or --party"),
        (("guess", "--lines", "x.csv"), 2, "no indirect method"),
        (("net_worth", "--party", "nobody", *ASKED[2:]), 2, "no party and no account is known so"),
        (("net_worth", "--party", "P-1", "--since", "2025-12-31", "--until", "2024-01-01"), 2, "before the first"),
        (("net_worth", "--party", "P-2", *ASKED[2:]), 1, "proven opening position"),
    ],
)
def test_what_cannot_be_worked_out_is_refused(wealthy: Finvest, options: tuple[str, ...], code: int, says: str) -> None:
    done = wealthy("indirect", *options)
    assert done.exit_code == code
    assert says in done.output


def test_the_log_says_what_was_combined_and_disclosed(wealthy: Finvest, tmp_path: Path) -> None:
    wealthy("indirect", "net_worth", *ASKED, "--out", str(tmp_path))
    told = wealthy("log", "--json").output
    assert "combination: indirect, net_worth" in told
    assert "disclosure: indirect, net_worth" in told


def test_a_possible_victim_is_named_in_no_line(loaded: Finvest, tmp_path: Path) -> None:
    path = tmp_path / "rooms.csv"
    path.write_text(
        "Part,Item,Low,Amount,High,Mark,Record\n"
        "volume,room of Cora Clement,1,2,3,estimate,a:1\nprice,price,,80.00,,fact,Cora Clement's book\n",
        encoding="utf-8",
    )
    asked = ("indirect", "unit_and_volume", "--lines", str(path), "--currency", "EUR")
    assert "Cora Clement" in loaded(*asked).output
    marked = loaded("mark", "NL91ABNA0417164300", "possible_victim", "--reason", "found in the flat")
    assert marked.exit_code == 0, marked.output
    for options in ((), ("--json",)):
        done = loaded(*asked, *options)
        assert done.exit_code == 0, done.output
        assert "Cora Clement" not in done.output
