"""The lattice of prices at its borders."""

from __future__ import annotations

from finvest.features.lattice import Band, lattice
from finvest.findings.make import Make
from tests.features.conftest import number, view


def test_multiples_within_the_band() -> None:
    amounts = (59_99, 60_00, 65_00, 70_00, 70_01, 500_00, 510_00)
    of = view(*(("payer", "payee", amount, i) for i, amount in enumerate(amounts)))
    (row,) = lattice(of, Band(low=60, high=500)).to_dicts()
    assert row == {
        "account": number(of, "payee"),
        "currency": "EUR",
        "credits": 7,
        "banded": 5,
        "on_lattice": 3,
        "evidence": [1, 3, 5],
    }
    assert lattice(of, Band(low=60, high=500, step=25))["on_lattice"].to_list() == [1]


def test_currencies_have_their_own_decimals_and_are_counted_apart() -> None:
    make = Make()
    make.transfer("a", "b", 70_00, 0)
    make.transfer("a", "b", 70, 1, currency="JPY")
    make.transfer("a", "b", 70_00, 2, currency="JPY")
    make.transfer("a", "b", 70_00, 3, currency="XXX")
    rows = lattice(make.view(), Band(low=60, high=500))
    assert rows.select("currency", "credits", "on_lattice").rows() == [("EUR", 1, 1), ("JPY", 2, 1)]
