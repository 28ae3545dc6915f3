"""Exact numbers of hours and rules, and which rule holds where and when, beside plain Python."""

from __future__ import annotations

import random
from datetime import date, timedelta
from typing import Any

import polars as pl
import pytest

from finvest.features.pay_rules import activity_keys, cited, exact, seats, with_rule
from finvest.findings.make import Make

FIRST = date(2025, 1, 1)


@pytest.mark.parametrize(
    ("text", "millionths"),
    [
        ("12.82", 12_820_000),
        (" 160 ", 160_000_000),
        ("0.000001", 1),
        ("7.5000000", 7_500_000),
        ("7.", 7_000_000),
        ("0", 0),
        ("0.0000001", None),
        ("-1", None),
        ("1e3", None),
        ("1,5", None),
        (".5", None),
        ("", None),
        (None, None),
        ("1234567890", None),
        ("٣", None),
    ],
)
def test_exact(text: str | None, millionths: int | None) -> None:
    assert pl.select(exact(pl.lit(text, pl.String))).item() == millionths


@pytest.mark.parametrize(
    ("code", "key"), [("I55.10", "5510"), ("55.1", "551"), ("A", "A"), ("", None), (None, None), ("N 78", "78")]
)
def test_activity_keys(code: str | None, key: str | None) -> None:
    assert pl.select(activity_keys(pl.lit(code, pl.String))).item() == key


def test_what_the_register_says_of_a_seat_comes_first() -> None:
    make = Make()
    make.transfer("a", "b", 1, 0)
    make.row("parties", party="p1", country="AA")
    make.row("parties", party="p2", country="AA")
    bare = seats(make.view()).to_dicts()
    assert [(row["country"], row["activity"]) for row in bare] == [("AA", None), ("AA", None)]
    make.row("companies", party="p2", country=None, activity="I55.10")
    make.row("companies", party="p2", country="BB", activity="56.10")
    rows = {row["party"]: row for row in seats(make.view()).to_dicts()}
    assert (rows["p1"]["country"], rows["p1"]["activity"]) == ("AA", None)
    assert (rows["p2"]["country"], rows["p2"]["activity"]) == ("BB", "5510")


def reference(rules: list[dict[str, Any]], country: str, activity: str | None, day: date) -> int | None:
    """The rule that holds: narrowest branch, then latest start, then first on file."""
    held = [
        (-len(rule["activity"] or ""), -(rule["start"] or date.min).toordinal(), number)
        for number, rule in enumerate(rules)
        if rule["country"] == country
        and (rule["start"] is None or rule["start"] <= day)
        and (rule["end"] is None or rule["end"] >= day)
        and (not rule["activity"] or (activity or "").startswith(rule["activity"]))
    ]
    return min(held)[2] if held else None


@pytest.mark.parametrize("seed", range(20))
def test_rules_as_plain_python_finds_them(seed: int) -> None:
    chance = random.Random(seed)

    def day() -> date | None:
        return chance.choice([None, FIRST + timedelta(days=chance.randrange(60))])

    make = Make()
    make.transfer("a", "b", 1, 0)
    rules: list[dict[str, Any]] = []
    for number in range(12):
        branch = chance.choice([None, "", "5", "55", "5510", "78"])
        rule = {"country": chance.choice("AB"), "activity": branch, "start": day(), "end": day()}
        rules.append(rule)
        make.row("wage_rules", kind="hourly_minimum", value=str(number), **rule)
        make.row("wage_rules", kind="housing_cap", value="25", country="A")
    asked = pl.DataFrame(
        [
            (chance.choice("ABC"), chance.choice([None, "5510", "55", "7810"]), FIRST + timedelta(days=i))
            for i in range(60)
        ],
        schema={"country": pl.String, "activity": pl.String, "day": pl.Date},
        orient="row",
    )
    found = with_rule(make.view(seed), asked, "hourly_minimum")
    assert found.select(asked.columns).equals(asked)
    values = [None if v is None else v // 1_000_000 for v in found["hourly_minimum"]]
    assert values == [reference(rules, *row) for row in asked.iter_rows()]


def test_a_rule_that_cannot_be_read_holds_nowhere() -> None:
    make = Make()
    make.transfer("a", "b", 1, 0)
    make.wage_rule("hourly_minimum", "twelve")
    asked = pl.DataFrame({"country": ["XX"], "activity": ["55"], "day": [FIRST]})
    assert with_rule(make.view(), asked, "hourly_minimum")["hourly_minimum"].to_list() == [None]


def test_rules_are_cited_with_their_source() -> None:
    make = Make()
    make.transfer("a", "b", 1, 0)
    make.wage_rule("hourly_minimum", "12.50")
    make.wage_rule("deduction_cap", "25", example=False, known_by="a law")
    make.wage_rule("deduction_cap", "30", example=None)
    lists = pl.Series([[0], [1, 2], []], dtype=pl.List(pl.UInt32))
    assert cited(make.view(), lists).to_list() == [
        "hourly minimum 12.50 EUR [an example, no real figure]",
        "deduction cap 25 percent [a law] or deduction cap 30 percent [source not stated]",
        None,
    ]
