"""ADV-04 at the borders of its thresholds, and against chance."""

from __future__ import annotations

from typing import Any

import pytest

from finvest.findings.make import Make
from finvest.registry import Registry
from tests.detectors.conftest import checks, found

MINUTE = 1 / 1440


def placed(
    count: int = 3, *, after: float = 5, price: int | None = 35_00, make: Make | None = None, **columns: Any
) -> Make:
    """Let adverts appear some minutes after payments of 35.00, four days apart."""
    make = make or Make()
    for i in range(count):
        make.transfer("holder", "site", 35_00, 4 * i, **{"merchant": "Ads.Example", **columns})
        make.advert("ads.example", 4 * i + after * MINUTE, price=price)
    return make


@pytest.mark.parametrize(("count", "expected"), [(1, 0), (2, 0), (3, 1), (6, 1)])
def test_one_match_is_none(count: int, expected: int) -> None:
    assert len(found("ADV-04", placed(count))) == expected


@pytest.mark.parametrize(("after", "minutes"), [(0, 0), (5, 5), (9.2, 10), (10, 10)])
def test_the_longest_wait_is_told_in_begun_minutes(after: float, minutes: int) -> None:
    (finding,) = found("ADV-04", placed(after=after))
    assert finding.facts["longest_minutes"] == minutes
    assert f"the longest wait was {minutes} minutes, and up to 10 count" in finding.sentence


@pytest.mark.parametrize(("after", "expected"), [(0, 1), (10, 1), (10.1, 0), (-0.1, 0)])
def test_minutes(after: float, expected: int) -> None:
    assert len(found("ADV-04", placed(after=after))) == expected


def test_facts_and_sentence() -> None:
    make = placed()
    make.advert("ads.example", 1)
    (finding,) = found("ADV-04", make)
    wanted = {"matched": 3, "adverts": 3, "unpriced": 1, "contacts": 1}
    assert {name: finding.facts[name] for name in wanted} == wanted
    assert finding.facts["expected"] == pytest.approx(3 * 0.0026, rel=0.01)
    assert finding.amounts == (("EUR", 105_00),)
    assert [(s.label.split()[0], s.role) for s in finding.subjects] == [("holder", "undetermined")]
    assert "possible victim" in finding.sentence
    assert len(finding.evidence["adverts"]) == 3


@pytest.mark.parametrize(
    "columns",
    [
        {"price": 35_01},
        {"currency": "CHF"},
        {"merchant": "Other Site"},
        {"dated": True},
    ],
)
def test_another_price_currency_or_site_and_a_date_alone_are_no_match(columns: dict[str, Any]) -> None:
    assert found("ADV-04", placed(**columns)) == []


def test_the_beneficiary_name_may_be_the_sites() -> None:
    assert len(found("ADV-04", placed(merchant=None, other_name="ADS EXAMPLE"))) == 1


def test_adverts_without_a_payment_count_against_it() -> None:
    make = placed()
    for i in range(20):
        make.advert("ads.example", 20 + i, price=35_00)
    assert found("ADV-04", make) == []


def test_a_busy_site_gives_matches_by_chance() -> None:
    make = placed()
    for i in range(600):
        make.transfer(f"other {i % 50}", "site", 35_00, i / 50, merchant="Ads.Example")
    assert found("ADV-04", make) == []


def test_one_payment_stands_for_one_advert_and_each_contact_for_itself() -> None:
    make = Make()
    for i in range(6):
        make.advert("ads.example", MINUTE * (i + 1), price=35_00)
    make.transfer("holder", "site", 35_00, 0, merchant="Ads.Example")
    make.transfer("holder", "site", 35_00, 20, merchant="Ads.Example")
    (finding,) = found("ADV-04", make, odds_least=1, prior_per_million=1_000_000)
    assert (finding.facts["matched"], finding.facts["adverts"]) == (1, 6)
    apart = Make()
    for i in range(3):
        apart.transfer("holder", "site", 35_00, 4 * i, merchant="Ads.Example")
        apart.advert("ads.example", 4 * i + MINUTE, price=35_00, phone=None)
    assert found("ADV-04", apart) == []


def test_many_contacts_are_a_resellers() -> None:
    make = placed()
    for contact in range(2):
        for i in range(3):
            make.transfer("holder", "site", 35_00, 20 * contact + 15 + i, merchant="Ads.Example")
            make.advert("ads.example", 20 * contact + 15 + i + MINUTE, price=35_00, phone=f"+49{contact}")
    results = found("ADV-04", make)
    assert {checks(f)["reseller of credits"] for f in results} == {"absent"}
    for contact in range(2, 5):
        make.transfer("holder", "site", 35_00, 100 + contact, merchant="Ads.Example")
        make.advert("ads.example", 100 + contact + MINUTE, price=35_00, phone=f"+49{contact}")
    assert {checks(f)["reseller of credits"] for f in found("ADV-04", make)} == {"present"}


def test_without_any_price_nothing_can_be_said() -> None:
    report = Registry().detector("ADV-04")().detect(placed(price=None).view())
    assert report.not_assessable == "the adverts have no price"
    report = Registry().detector("ADV-04")().detect(placed(price=0).view())
    assert report.not_assessable == "no advert has site, instant and price"
