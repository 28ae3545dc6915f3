"""AST-01 to AST-03: thresholds, what is not on file, and further innocent twins."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from finvest.findings.make import Make
from finvest.registry import Registry
from tests.detectors.conftest import checks, found


def made(id_: str, what: str = "plant") -> Make:
    make = Make()
    getattr(Registry().detectors()[id_](), what)(make)
    return make


def unjudged(id_: str, make: Make) -> tuple[str, ...]:
    said: tuple[str, ...] = Registry().detector(id_)().detect(make.view()).unjudged()
    return said


# ---- AST-01


def owner(make: Make, *, income: int, house: int, **doubt: Any) -> None:
    person = make.person("P-1")
    firm = {"party": person, "currency": "EUR", "mark": "fact"}
    for day in (date(2023, 12, 31), date(2024, 12, 31)):
        make.row("assets", asset="cash", kind="cash", day=day, amount=100, **firm)
    make.row("assets", asset="house", kind="property", began=date(2024, 5, 2), amount=house, **firm | doubt)
    year = {"start": date(2024, 1, 1), "end": date(2024, 12, 31)}
    make.row("incomes", kind="wage", lawful=True, amount=income, **year, **firm)


@pytest.mark.parametrize(
    ("income", "house", "many"),
    [(100_000_00, 125_000_00, 0), (100_000_00, 125_000_01, 1), (10_000_00, 30_000_00, 0), (10_000_00, 30_000_01, 1)],
)
def test_unexplained_means_a_quarter_of_lawful_means_and_20_000(income: int, house: int, many: int) -> None:
    """The gap is house less income: 25,000.00 of 100,000.00, and 20,000.00, are not enough."""
    make = Make()
    owner(make, income=income, house=house)
    assert len(found("AST-01", make)) == many


def test_the_gap_and_the_doubt_are_said() -> None:
    make = Make()
    owner(make, income=10_000_00, house=60_000_00, mark="estimate", amount_low=12_000_00, amount_high=70_000_00)
    finding = found("AST-01", make)[0]
    assert finding.amounts == (("EUR", 50_000_00),)
    assert (finding.facts["percent"], finding.facts["least_percent"]) == (500, 20)
    assert checks(finding)["lines in doubt"] == "present"
    assert not finding.withdrawn
    assert "assets" in finding.evidence


def test_without_cash_on_record_there_is_nothing_to_say() -> None:
    make = Make()
    person = make.person("P-1")
    make.row("assets", party=person, asset="car", kind="vehicle", amount=1, currency="EUR", began=date(2024, 1, 1))
    make.row("incomes", party=person, kind="wage", amount=1, currency="EUR")
    assert found("AST-01", make) == []


def test_an_account_that_is_valued_on_one_day_only_is_said_not_to_be_assessable() -> None:
    make = Make()
    owner(make, income=1, house=100_000_00)
    account = {"asset": "account", "kind": "account", "day": date(2024, 12, 31), "amount": 5, "currency": "EUR"}
    make.row("assets", party=make.person("P-1"), mark="fact", **account)
    assert "at the end of 2023-12-31" in unjudged("AST-01", make)[0]


# ---- AST-02


def test_the_sender_is_the_relative_who_paid() -> None:
    finding = found("AST-02", made("AST-02"))[0]
    assert [(s.column, s.label) for s in finding.subjects] == [("sender", "P-1"), ("owner", "P-2")]
    assert finding.facts["funded_percent"] == 100
    assert finding.amounts == (("EUR", 50_000_00),)
    assert finding.facts["income_percent"] == 8
    assert set(finding.evidence) == {"transactions", "assets", "incomes"}


def test_money_of_a_sender_who_earns_it_clears() -> None:
    make = made("AST-02")
    year = {"start": date(2024, 7, 1), "end": date(2025, 6, 1)}
    make.row("incomes", party=make.person("P-1"), kind="wage", amount=100_000_00, currency="EUR", **year)
    finding = found("AST-02", make)[0]
    assert checks(finding)["earned by the sender"] == "present"
    assert finding.withdrawn


def test_an_owner_without_income_on_file_is_not_assessable() -> None:
    make = made("AST-02")
    make._rows["incomes"][0]["currency"] = "CHF"
    assert "no income of the owner is on file" in unjudged("AST-02", make)[0]


def test_own_savings_and_money_of_strangers_are_not_the_senders() -> None:
    make = made("AST-02")
    make._rows["links"] = [row for row in make._rows["links"] if row["kind"] != "related_to"]
    make.row("links", kind="related_to", from_kind="parties", from_id="x", to_kind="parties", to_id="y")
    assert found("AST-02", make) == []


def test_a_payment_that_is_not_the_price_is_none() -> None:
    make = made("AST-02")
    make._rows["assets"][0]["amount"] = 60_000_00
    assert found("AST-02", make) == []


# ---- AST-03


def test_spending_stands_beside_declared_income_and_cash() -> None:
    finding = found("AST-03", made("AST-03"))[0]
    assert (finding.facts["spent"], finding.facts["percent"], finding.facts["cash_percent"]) == (8_000_00, 88, 100)
    assert [s.kind for s in finding.subjects] == ["party", "account"]
    assert finding.amounts == (("EUR", 8_000_00),)


def test_income_that_was_not_declared_does_not_count() -> None:
    make = made("AST-03")
    make._rows["incomes"][0]["declared"] = False
    assert "no declared income is on file" in unjudged("AST-03", make)[0]


@pytest.mark.parametrize(("percent", "many"), [(88, 1), (89, 0)])
def test_the_share_of_income_is_a_line(percent: int, many: int) -> None:
    assert len(found("AST-03", made("AST-03"), percent_least=percent)) == many


def test_without_cash_it_is_paid_from_wages() -> None:
    assert found("AST-03", made("AST-03"), cash_percent_least=101) == []
