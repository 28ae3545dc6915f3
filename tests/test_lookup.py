"""Finding things by what an investigator types, and one account's statement to the cent."""

from __future__ import annotations

from datetime import date

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from finvest import lookup, naming
from finvest.findings.make import Make
from finvest.matching import Matched
from finvest.model.errors import UsageError
from finvest.model.tables import MINOR, TABLES
from finvest.pairing.movements import movements
from finvest.selection import Selection
from finvest.view import CaseView

IBAN = "DE89370400440532013000"
NO_DUPLICATES = pl.DataFrame(schema={"transaction_id": pl.String, "duplicate_of": pl.String})
FILES = {"0" * 64: "made.csv"}


def opened(make: Make, selection: Selection | None = None, **columns: pl.Expr) -> tuple[CaseView, Matched]:
    """The view of a case and its matched records, with other columns in its movements."""
    tables, pairs = make.tables(), TABLES["pairs"].empty()
    moved = movements(tables["transactions"], NO_DUPLICATES, pairs).with_columns(**columns)
    covered = TABLES["balances"].empty().select("account", "start", "end", "currency", "proof")
    matched = Matched(tables["transactions"].lazy(), covered, NO_DUPLICATES, pairs, moved.lazy())
    return CaseView((selection or Selection()).apply(moved, tables["accounts"]), tables), matched


def find(make: Make, text: str, selection: Selection | None = None) -> list[tuple[str, str, str]]:
    found = lookup.find(*opened(make, selection), text, FILES)
    return list(found.select("what", "by", "known_as").iter_rows())


# ---- find


@pytest.mark.parametrize("text", [IBAN, "DE89 3704 0044 0532 0130 00", "de89-3704", "0532013000", " 370400440532 "])
def test_an_account_is_found_by_its_iban_however_it_is_spaced(text: str) -> None:
    make = Make()
    make.transfer("DE89 3704 0044 0532 0130 00", "y", 5, 0)
    assert ("account", "number", "DE89 3704 0044 0532 0130 00") in find(make, text)


@pytest.mark.parametrize("text", ["Jose Alvarez", "ALVAREZ, José", "álvarez jose maria", "alv"])
def test_an_account_is_found_by_words_of_its_holder_in_any_order_and_without_accents(text: str) -> None:
    make = Make()
    make.transfer("x1", "y", 5, 0)
    make.holder("x1", "José María Álvarez")
    assert find(make, text) == [("account", "name", "x1 (José María Álvarez)")]


@pytest.mark.parametrize("text", ["Jose Miller", "varez", "---", "&&&"])
def test_a_name_is_found_by_whole_beginnings_of_words_only(text: str) -> None:
    make = Make()
    make.transfer("x1", "y", 5, 0)
    make.holder("x1", "José María Álvarez")
    assert find(make, text) == []


def test_a_name_that_only_a_payment_bears_is_found() -> None:
    make = Make()
    make.transfer("x", "y", 5, 0, other_name="Old Spelling")
    make.holder("y", "New Name")
    assert ("account", "name", "y (New Name)") in find(make, "old spelling")


NOTATIONS = ["1234.56", "1,234.56", "1.234,56", "1234,56", "1'234.56", "1 234,56", "-1.234,56", "+1234.560"]


@pytest.mark.parametrize("text", NOTATIONS)
def test_an_amount_is_found_in_either_notation(text: str) -> None:
    make = Make()
    make.transfer("x", "y", 1234_56, 0)
    make.transfer("x", "y", 1234_57, 1)
    assert find(make, text) == [("transaction", "amount", "2025-01-06 ")]


def test_minor_units_mean_something_in_their_own_currency_only() -> None:
    make = Make()
    make.transfer("x", "y", 100, 0, reference="one euro")
    make.transfer("x", "y", 100, 1, currency="JPY", reference="hundred yen")
    make.transfer("x", "y", 100_000, 1, currency="BHD", reference="hundred dinars")
    assert [f[2] for f in find(make, "100")] == ["2025-01-07 hundred yen", "2025-01-07 hundred dinars"]
    assert [f[2] for f in find(make, "1.00")] == ["2025-01-06 one euro"]


def test_both_readings_of_a_group_of_three_are_looked_for() -> None:
    make = Make()
    make.transfer("x", "y", 1_234_00, 0, reference="thousand euro")
    make.transfer("x", "y", 1_234, 1, currency="BHD", reference="one dinar")
    assert len(find(make, "1,234")) == len(find(make, "1.234")) == 2


@pytest.mark.parametrize("text", ["miete 3/25", "Miete3", "MIETE", "EREF-9", "eref9"])
def test_a_reference_is_found_without_its_signs(text: str) -> None:
    make = Make()
    make.transfer("x", "y", 5, 0, reference="Miete 3/25", end_to_end_id="EREF-9")
    make.transfer("x", "y", 6, 0, reference=None)
    assert find(make, text) == [("transaction", "reference", "2025-01-06 Miete 3/25")]


def test_what_stands_in_two_fields_is_no_reference() -> None:
    make = Make()
    make.transfer("x", "y", 5, 0, reference="INV 12", end_to_end_id="34 A")
    assert find(make, "1234") == []


def test_the_day_is_the_one_that_the_books_show_and_the_file_is_named() -> None:
    make = Make()
    make.transfer("x", "y", 5, 0.6, zone="Pacific/Auckland", reference="late")
    (row,) = lookup.find(*opened(make), "late", FILES).iter_rows(named=True)
    assert (row["known_as"], row["file"], row["line"]) == ("2025-01-07 late", "made.csv", 1)
    assert row["id"] == "000000000000-00000001"


def test_what_is_not_selected_is_not_found() -> None:
    make = Make()
    make.transfer("x", "y", 5, 0, reference="rent")
    make.transfer("x", "y", 5, 9, reference="rent")
    assert len(find(make, "rent")) == 2
    assert find(make, "rent", Selection(until=date(2025, 1, 7))) == [("transaction", "reference", "2025-01-06 rent")]


@pytest.mark.parametrize("text", ["", " ", "ab", " a "])
def test_a_text_that_finds_nearly_everything_is_refused(text: str) -> None:
    make = Make()
    make.transfer("x", "y", 5, 0)
    with pytest.raises(UsageError, match="at least 3"):
        find(make, text)


@settings(max_examples=30)
@given(st.text(min_size=3, max_size=12))
def test_any_text_can_be_looked_for(text: str) -> None:
    make = Make()
    make.transfer("x1", "y", 1234, 0, reference="(a.*b)[")
    make.holder("x1", "José (Álvarez)")
    view, matched = opened(make)
    if len(text.strip()) >= 3:
        assert set(lookup.find(view, matched, text)["what"]) <= {"account", "transaction"}


def victims_case() -> Make:
    make = Make()
    make.transfer("x123", "y", 5, 0)
    make.holder("x123", "Ana Example")
    make.row("parties", party="p1234567890", name="Ana Example", subject_category="victim")
    return make


def test_the_account_of_a_victim_is_found_and_stays_masked() -> None:
    masked = f"controlled account {Make.id('x123')[1:7]}"
    assert find(victims_case(), "ana example") == [("account", "name", masked), ("party", "name", "person 123456")]
    assert find(victims_case(), "x123") == [("account", "number", masked)]


def test_a_made_up_label_is_no_number() -> None:
    make = victims_case()
    digits = Make.id("x123")[1:7]
    assert find(make, digits) == []
    with pytest.raises(UsageError, match="no account is known so"):
        naming.account_number(make.view(), f"controlled account {digits}")


# ---- one account


def number_of(make: Make, text: str) -> str:
    view = make.view()
    return view.id_of("account", naming.account_number(view, text))


def test_an_account_is_known_by_id_number_and_holder() -> None:
    make = Make()
    make.transfer("AB-12 34", "y", 5, 0)
    make.holder("AB-12 34", "Ana Example")
    for text in (Make.id("AB-12 34"), "ab1234", "AB 12 34", "example, ANA"):
        assert number_of(make, text) == Make.id("AB-12 34")


def test_an_account_that_could_be_several_is_asked_for_by_id() -> None:
    make = Make()
    make.transfer("x1", "x2", 5, 0)
    make.holder("x1", "Ana Example")
    make.holder("x2", "EXAMPLE ANA")
    with pytest.raises(UsageError, match="2 accounts are known so") as error:
        number_of(make, "Ana Example")
    assert Make.id("x1") in str(error.value)
    assert Make.id("x2") in str(error.value)
    assert "Ana" not in str(error.value)


def test_one_number_at_two_banks_is_asked_for() -> None:
    make = Make()
    make.transfer("4711", "y", 5, 0)
    make.transfer("4711", "y", 5, 0, own_bank="OTHER")
    with pytest.raises(UsageError, match="2 accounts"):
        number_of(make, "4711")


def test_an_account_known_by_name_only_does_not_hide_the_holders_other_account() -> None:
    make = Make()
    make.transfer("x1", "", 5, 0, other_name="Ana Example")
    tables = make.tables()
    tables["accounts"] = tables["accounts"].with_columns(holder_name=pl.lit("Ana Example"))
    both = CaseView(movements(tables["transactions"], NO_DUPLICATES, TABLES["pairs"].empty()), tables)
    with pytest.raises(UsageError, match="2 accounts"):
        naming.account_number(both, "Ana Example")


@pytest.mark.parametrize("text", ["", "---", "Мария", "nobody", "x"])
def test_an_account_that_nobody_knows_is_refused(text: str) -> None:
    make = Make()
    make.transfer("x1", "y", 5, 0)
    make.holder("y", "--")
    with pytest.raises(UsageError, match="no account is known so"):
        number_of(make, text)


# ---- statement


def statement(make: Make, account: str, selection: Selection | None = None, **columns: pl.Expr) -> lookup.Statement:
    view, matched = opened(make, selection, **columns)
    return lookup.show(view, matched, FILES, account)


def small() -> Make:
    make = Make()
    make.opening("acc", 500)
    make.transfer("x", "acc", 100, 0)
    make.transfer("acc", "y", 30, 1)
    make.transfer("x", "y", 1000, 1)
    make.transfer("x", "acc", 7, 2, currency="USD")
    make.transfer("acc", "acc", 9, 3)
    make.transfer("acc", "x", 570, 4)
    return make


def test_a_statement_shows_every_booking_with_an_exact_balance() -> None:
    shown = statement(small(), "acc")
    rows = shown.movements
    assert rows["received"].to_list() == [100, None, 7, None, 9, None]
    assert rows["paid"].to_list() == [None, 30, None, 9, None, 570]
    assert rows["balance"].to_list() == [600, 570, None, 561, 570, 0]
    assert rows["other"].to_list() == ["x", "y", "x", "acc", "acc", "x"]
    assert rows["where"].to_list() == [f"made.csv:{line}" for line in (1, 2, 4, 5, 5, 6)]
    assert (shown.id, shown.label) == (Make.id("acc"), "acc")
    assert "6 movements" in repr(shown)


def test_what_has_no_records_keeps_its_place() -> None:
    _, matched = opened(small())
    ids = matched.transactions.select("transaction_id").collect().to_series()
    asked = pl.Series([[], [ids[1], ids[0]], []], dtype=pl.List(pl.String))
    assert lookup.where(asked, matched, FILES).to_list() == [[], ["made.csv:2", "made.csv:1"], []]


def test_counterparties_add_up_by_currency() -> None:
    rows = statement(small(), "acc").counterparties
    got = [(r["other"], r["currency"], r["received"], r["paid"], r["count"]) for r in rows.iter_rows(named=True)]
    assert got == [("x", "EUR", 100, 570, 2), ("y", "EUR", 0, 30, 1), ("acc", "EUR", 9, 9, 2), ("x", "USD", 7, 0, 1)]
    assert (rows["first"][0], rows["last"][0]) == (date(2025, 1, 6), date(2025, 1, 10))


def test_a_balance_is_right_though_only_a_period_is_shown() -> None:
    rows = statement(
        small(), "acc", Selection(since=date(2025, 1, 7), until=date(2025, 1, 9), currency="EUR")
    ).movements
    assert rows["balance"].to_list() == [570, 561, 570]


def test_reversals_are_shown_and_count() -> None:
    shown = pl.col("amount") != 30
    assert statement(small(), "acc", in_shapes=shown).movements["balance"].to_list() == [600, 570, None, 561, 570, 0]


def test_what_reached_the_payee_is_what_it_received() -> None:
    arrived = pl.when(pl.col("amount") == 100).then(98).otherwise("received_amount").cast(MINOR)
    assert statement(small(), "acc", received_amount=arrived).movements["balance"][0] == 598
    assert statement(small(), "x", received_amount=arrived).movements["paid"][0] == 100


def test_what_only_the_other_sides_books_show_is_shown_without_a_balance() -> None:
    books = pl.when(pl.col("amount") == 30).then(pl.lit("beneficiary")).otherwise(pl.lit("both"))
    assert statement(small(), "acc", books=books).movements["balance"].to_list() == [600, None, None, 591, 600, 30]


def test_within_a_day_rows_stand_as_its_books_list_them() -> None:
    make = Make()
    make.opening("acc", 0)
    for amount in (3, 1, 2):
        make.transfer("x", "acc", amount, 0, dated=True)
    assert statement(make, "acc").movements["received"].to_list() == [3, 1, 2]
    # The payee's own record decides, not the payer's, which names the movement.
    own = pl.col("records").list.concat(pl.format("z{}", 9 - pl.col("amount").cast(pl.Int64)))
    assert statement(make, "acc", records=own).movements["received"].to_list() == [3, 2, 1]


def test_without_a_statement_there_is_no_balance() -> None:
    assert statement(small(), "y").movements["balance"].to_list() == [None, None]


@settings(max_examples=25)
@given(st.lists(st.tuples(st.booleans(), st.integers(1, 99), st.integers(0, 9), st.booleans()), min_size=1, max_size=9))
def test_a_running_balance_is_a_plain_sum(payments: list[tuple[bool, int, int, bool]]) -> None:
    make = Make()
    make.opening("acc", -50)
    for came, amount, day, dated in payments:
        make.transfer(*(("x", "acc") if came else ("acc", "x")), amount, day, dated=dated)
    rows = statement(make, "acc").movements
    balance = -50
    for row in rows.iter_rows(named=True):
        balance += (row["received"] or 0) - (row["paid"] or 0)
        assert row["balance"] == balance
    assert len(rows) == len(payments)
    assert rows["booked"].is_sorted()
