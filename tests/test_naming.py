"""Whom a text means, and that a message says no more than was typed."""

from __future__ import annotations

from typing import Any

import polars as pl
import pytest

from finvest.findings.make import Make
from finvest.model.errors import UsageError
from finvest.model.subjects import DECISION, holder_of
from finvest.model.tables import TABLES
from finvest.naming import Party, controlled, known_as, parties, people
from finvest.pairing.movements import movements
from finvest.view import CaseView


def made() -> Make:
    make = Make()
    make.transfer("AB-12 34", "y9", 5, 0)
    make.holder("AB-12 34", "Ana Example")
    make.holder("y9", "Cy Nobody")
    make.row("parties", party="p1", name="Ana Example", subject_category="victim")
    make.row("parties", party="p2", name="Bo Case")
    make.row("links", kind="holds", from_kind="parties", from_id="p1", to_kind="accounts", to_id=Make.id("AB-12 34"))
    return make


A, Y = Make.id("AB-12 34"), Make.id("y9")


@pytest.mark.parametrize("text", ["p2", "hrb 77", "HRB77", "Bo Case", "CASE, bo", "Bo Trading"])
def test_a_party_is_known_by_id_number_and_any_name(text: str) -> None:
    tables = made().tables()
    known = [
        {"subject": "p2", "subject_kind": "party", "scheme": scheme, "value": value}
        for scheme, value in (("company_number", "HRB 77"), ("name", "Trading Bo"))
    ]
    also = TABLES["identifiers"].complete(pl.DataFrame(known))
    tables["identifiers"] = pl.concat([tables["identifiers"], also])
    none = pl.DataFrame(schema={"transaction_id": pl.String, "duplicate_of": pl.String})
    view = CaseView(movements(tables["transactions"], none, TABLES["pairs"].empty()), tables)
    assert parties(view, text) == [Party("p2")]
    assert controlled(view, text) == ("parties", "p2")


@pytest.mark.parametrize("text", [A, "ab1234", "AB 12 34"])
def test_an_account_means_its_holders_or_itself(text: str) -> None:
    assert parties(made().view(), text) == [Party("p1")]
    assert controlled(made().view(), text) == ("accounts", A)


@pytest.mark.parametrize("text", [Y, "y9", "nobody cy"])
def test_a_holder_that_no_record_names_is_the_holder_of_that_account(text: str) -> None:
    assert parties(made().view(), text) == [Party(holder_of(Y), Y)]
    assert controlled(made().view(), text) == ("accounts", Y)


def test_every_holder_of_a_joint_account_is_meant() -> None:
    make = made()
    make.row("links", kind="holds", from_kind="parties", from_id="p2", to_kind="accounts", to_id=A)
    assert parties(make.view(), A) == [Party("p1"), Party("p2")]


@pytest.mark.parametrize("text", ["", "--", "Nobody", "p3", "4711", "controlled account 123456"])
@pytest.mark.parametrize("ask", [parties, controlled])
def test_whom_nobody_knows_is_refused(ask: Any, text: str) -> None:
    with pytest.raises(UsageError, match="known so; `finvest find`") as error:
        ask(made().view(), text)
    assert "Ana" not in str(error.value)


@pytest.mark.parametrize("ask", [parties, controlled])
def test_two_parties_of_one_name_are_asked_for_by_id(ask: Any) -> None:
    make = made()
    make.row("parties", party="p3", name="CASE BO")
    with pytest.raises(UsageError, match="2 parties are known so; give the id of one: p2, p3") as error:
        ask(make.view(), "bo case")
    assert "Bo" not in str(error.value)


def test_two_accounts_of_one_holder_are_asked_for_by_id() -> None:
    make = made()
    make.transfer("z9", "y9", 5, 0)
    make.holder("z9", "Cy Nobody")
    with pytest.raises(UsageError, match="2 accounts are known so") as error:
        parties(make.view(), "Cy Nobody")
    assert "Cy" not in str(error.value)


def test_a_case_without_parties_knows_holders_only() -> None:
    make = Make()
    make.transfer("x1", "y", 5, 0)
    make.holder("x1", "Ana Example")
    assert parties(make.view(), "Ana Example") == [Party(holder_of(Make.id("x1")), Make.id("x1"))]


# ---- who stands behind an account


def test_people_of_an_account_are_masked_where_they_are_victims_and_say_by_what() -> None:
    make = made()
    make.row(
        "links",
        kind="controls",
        from_kind="parties",
        from_id="p2",
        to_kind="accounts",
        to_id=A,
        source="d5",
        loader=DECISION,
    )
    found = people(make.view(), A).select("relation", "party", "known_as", "category", "by").rows()
    assert found == [
        ("holds", "p1", "person 1", "victim", "record"),
        ("controls", "p2", "Bo Case", "unclassified", "d5"),
    ]
    assert people(make.view(), Y).is_empty()


def test_what_is_neither_party_nor_account_is_known_as_itself() -> None:
    view = made().view()
    assert known_as(view, "d1+d2") == ("d1+d2", "unclassified")
    assert known_as(view, Y)[0] == "y9 (Cy Nobody)"
