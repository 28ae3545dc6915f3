"""Net worth from tables: positions at two days, periods, and what is not known."""

from __future__ import annotations

from datetime import date
from typing import Any

import polars as pl
import pytest

from finvest.indirect import Proof, documented_days, net_worth
from finvest.model.errors import NotAssessable
from finvest.model.tables import TABLES

FIRST, LAST = date(2024, 1, 1), date(2024, 12, 31)
BEFORE = date(2023, 12, 31)


def rows(name: str, *given: dict[str, Any]) -> pl.DataFrame:
    common = {"party": "p", "currency": "EUR", "mark": "fact", "source": "a" * 64}
    made = [{**common, "record": i + 1, **row} for i, row in enumerate(given)]
    return TABLES[name].complete(pl.DataFrame(made, schema_overrides=TABLES[name].schema))


def cash(day: date, amount: int, **more: Any) -> dict[str, Any]:
    return {"asset": "cash", "kind": "cash", "day": day, "amount": amount, **more}


def proof(*assets: dict[str, Any], **others: list[dict[str, Any]]) -> Proof:
    tables = {"assets": rows("assets", cash(BEFORE, 100), cash(LAST, 100), *assets)}
    tables |= {name: rows(name, *given) for name, given in others.items()}
    return net_worth(tables, "p", FIRST, LAST)


def range_of(found: Proof) -> tuple[int, int, int]:
    return found.low, found.central, found.high


def test_what_was_acquired_in_the_period_counts_and_what_was_sold_before_does_not() -> None:
    house = {"asset": "house", "kind": "property", "began": date(2024, 3, 1), "amount": 900}
    old = {"asset": "boat", "kind": "vehicle", "began": date(2020, 3, 1), "amount": 70}
    sold = {"asset": "van", "kind": "vehicle", "began": date(2019, 1, 1), "ended": date(2023, 5, 1), "amount": 50}
    assert range_of(proof(house, old, sold)) == (900, 900, 900)


def test_what_is_sold_in_the_period_is_a_means() -> None:
    sold = {"asset": "van", "kind": "vehicle", "began": date(2019, 1, 1), "ended": date(2024, 5, 1), "amount": 50}
    assert range_of(proof(sold)) == (-50, -50, -50)


def test_a_debt_counts_on_both_days() -> None:
    loan = [
        {"liability": "loan", "kind": "loan", "day": BEFORE, "amount": 500},
        {"liability": "loan", "kind": "loan", "day": LAST, "amount": 200},
    ]
    assert range_of(proof(liabilities=loan)) == (300, 300, 300)


def test_income_outside_the_period_counts_nothing_and_partly_inside_by_days() -> None:
    incomes = [
        {"kind": "wage", "lawful": True, "start": date(2022, 1, 1), "end": date(2022, 12, 31), "amount": 999},
        {"kind": "wage", "lawful": True, "start": date(2023, 1, 1), "end": date(2024, 12, 30), "amount": 730},
    ]
    found = proof(incomes=incomes)
    assert range_of(found) == (-730, -365, 0)
    assert [part.line.mark for part in found.parts if part.name == "lawful income"] == ["estimate"]


def test_income_that_nobody_judged_counts_as_lawful_and_that_of_an_offence_does_not() -> None:
    year = {"start": FIRST, "end": LAST}
    found = proof(
        incomes=[
            {"kind": "business", "amount": 100, **year},
            {"kind": "business", "lawful": False, "amount": 5_000, **year},
            {"kind": "gift", "lawful": True, "amount": 30, **year},
        ]
    )
    assert range_of(found) == (-130, -130, -130)
    assert len(found.notes) == 2


def test_an_outlay_without_a_day_counts_from_nothing() -> None:
    assert range_of(proof(outlays=[{"kind": "travel", "amount": 40}])) == (0, 0, 40)


def test_a_thing_acquired_on_an_unknown_day_counts_as_owned_before() -> None:
    watch = {"asset": "watch", "kind": "valuables", "day": LAST, "amount": 90}
    assert range_of(proof(watch)) == (0, 0, 90)


def test_an_assumption_is_said_to_be_one() -> None:
    found = proof(outlays=[{"kind": "living", "mark": None, "amount": 40, "start": FIRST, "end": LAST}])
    assert [part.line.mark for part in found.parts if part.name == "outlay"] == ["assumption"]


@pytest.mark.parametrize(
    ("assets", "why"),
    [
        ([cash(LAST, 100)], "at the end of 2023-12-31"),
        ([cash(BEFORE, 100, mark="assumption"), cash(LAST, 100)], "an assumption is not enough"),
        ([], "none"),
        (
            [
                cash(BEFORE, 1),
                cash(LAST, 1),
                {"asset": "account", "kind": "account", "day": LAST, "amount": 5},
            ],
            r"held \(account\) at the end of 2023-12-31",
        ),
        ([cash(BEFORE, 1), cash(LAST, 1, currency="CHF")], "CHF, EUR"),
    ],
)
def test_what_is_not_proven_is_not_assessable(assets: list[dict[str, Any]], why: str) -> None:
    with pytest.raises(NotAssessable, match=why):
        net_worth({"assets": rows("assets", *assets)}, "p", FIRST, LAST)


def test_documented_days_are_those_with_cash_on_record() -> None:
    assets = rows("assets", cash(BEFORE, 1), cash(date(2024, 6, 1), 2), cash(LAST, 3, mark=None))
    assert documented_days({"assets": assets}).rows() == [("p", BEFORE, date(2024, 6, 1))]
    assert documented_days({}).is_empty()


def test_order_of_rows_changes_nothing() -> None:
    assets = rows("assets", cash(BEFORE, 1), cash(LAST, 3), {"asset": "a", "kind": "other", "amount": 9, "day": LAST})
    results = [net_worth({"assets": a}, "p", FIRST, LAST).to_frame() for a in (assets, assets.reverse())]
    assert results[0].equals(results[1])


def test_a_line_without_an_amount_is_left_out_and_said() -> None:
    found = proof(outlays=[{"kind": "travel", "amount": None, "start": FIRST, "end": LAST}])
    assert range_of(found) == (0, 0, 0)
    assert "lines without an amount are left out: 1" in found.notes[0]
