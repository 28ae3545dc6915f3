"""What a detector may see: numbers that follow identity, nothing protected, sums that cannot wrap."""

from __future__ import annotations

from datetime import date
from typing import Any

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from finvest.findings.make import Make
from finvest.model.errors import NotAssessable
from finvest.model.tables import HIDDEN, PROTECTED, TABLES
from finvest.pairing.movements import movements
from finvest.view import CaseView, feature

NO_DUPLICATES = pl.DataFrame(schema={"transaction_id": pl.String, "duplicate_of": pl.String})
ACCOUNT, SOURCES = "a" + "1" * 16, ["f" * 64, "0" * 64]


def moved(transactions: pl.DataFrame, pairs: pl.DataFrame | None = None) -> pl.DataFrame:
    return movements(transactions, NO_DUPLICATES, TABLES["pairs"].empty() if pairs is None else pairs)


def small(**tables: list[dict[str, Any]]) -> tuple[pl.DataFrame, dict[str, pl.DataFrame]]:
    """One movement, and rows of other tables."""
    make = Make()
    make.transfer("x", "y", 5, 0)
    for name, rows in tables.items():
        for row in rows:
            make.row(name, **row)
    frames = make.tables()
    return moved(frames["transactions"]), frames


def view_of(**tables: list[dict[str, Any]]) -> CaseView:
    return CaseView(*small(**tables))


def busy() -> Make:
    """A case with something in many tables, several rows to a record and to a party among them."""
    make = Make()
    for i in range(4):
        make.transfer(f"n{i}", f"n{(i + 1) % 3}", 100 + i, i // 2, own_name=f"Name {i}", other_name=f"Name {i % 2}")
    make.transfer("n0", "n0", 9, 1, own_name="One", other_name="Another")
    make.company("Firm", "n1")
    for i, category in enumerate(("contact", "victim", None, "suspect")):
        make.row("parties", party="p1", name=f"Ada {i}", subject_category=category)
        make.row("links", kind="owns", from_id=f"p{i}", to_id="p1", record=7)
        make.row("licences", record=7, **{TABLES["licences"].columns[0].name: f"l{i}"})
    return make


# ---- numbers


@settings(max_examples=25)
@given(st.integers(0, 2**32 - 1))
def test_order_of_rows_decides_no_number_and_no_id(seed: int) -> None:
    make = busy()
    expected, got = make.view(), make.view(seed)
    assert got.labels == expected.labels
    for name in (*make.tables(), "transactions"):
        assert got.frame(name).equals(expected.frame(name)), name
        numbers = expected.frame(name)["n"].to_list()
        if name != "accounts":
            assert got.records(name, numbers) == expected.records(name, numbers)
    assert got.bookings.equals(expected.bookings)
    assert (got.graph.amount == expected.graph.amount).all()


def test_transactions_are_numbered_by_time_then_id() -> None:
    make = Make()
    for day in (3, 1, 2, 1):
        make.transfer("x", "y", day, day)
    rows = make.view().frame("transactions")
    assert rows["n"].to_list() == [0, 1, 2, 3]
    assert rows["amount"].to_list() == [1, 1, 2, 3]
    assert rows["movement"].str.tail(1).to_list() == ["2", "4", "3", "1"]


def test_what_an_accounts_own_books_say_comes_before_what_others_wrote() -> None:
    said = [
        {"account": ACCOUNT, "kind": "unknown", "own_books": False, "holder_name": "as others say", "bank": "OTHERS"},
        {"account": ACCOUNT, "kind": "bank", "own_books": False, "holder_name": "as third ones say"},
        {"account": ACCOUNT, "kind": "bank", "own_books": True, "holder_name": "as its books say"},
    ]
    _, frames = small()
    for order in ([0, 1, 2], [2, 1, 0], [1, 2, 0]):
        rows = [{"source": SOURCES[i % 2], "record": 9 - i, **said[i]} for i in order]
        frames["accounts"] = TABLES["accounts"].complete(
            pl.DataFrame(rows, schema_overrides={"record": pl.Int64, "holder_name": pl.String})
        )
        view = CaseView(moved(frames["transactions"]), frames)
        row = view.frame("accounts").filter(pl.col("account") == ACCOUNT).row(0, named=True)
        assert (row["kind"], row["holder_name"], row["bank"]) == ("bank", "as its books say", "OTHERS")


def test_of_two_names_in_one_record_the_order_of_rows_chooses_none() -> None:
    _, frames = small()
    chosen = set()
    for names in (["A", "B"], ["B", "A"]):
        rows = pl.DataFrame({"account": [ACCOUNT] * 2, "kind": ["bank"] * 2, "record": [1, 1], "holder_name": names})
        frames["accounts"] = TABLES["accounts"].complete(rows)
        view = CaseView(moved(frames["transactions"]), frames)
        chosen.add(view.frame("accounts").filter(pl.col("account") == ACCOUNT)["holder_name"].item())
    assert len(chosen) == 1


def test_books_are_on_file_where_they_were_read_or_a_payment_file_shows_both_sides() -> None:
    def on_file(books: str, *, own: bool) -> list[bool]:
        _, frames = small()
        frames["transactions"] = frames["transactions"].with_columns(books=pl.lit(books))
        frames["accounts"] = frames["accounts"].with_columns(own_books=pl.lit(value=own))
        return CaseView(moved(frames["transactions"]), frames).frame("accounts")["books_on_file"].to_list()

    assert on_file("both", own=False) == [True, True]
    assert on_file("originator", own=False) == [False, False]
    assert on_file("originator", own=True) == [True, True]


def test_an_account_that_only_a_movement_mentions_is_of_unknown_kind() -> None:
    movement, frames = small()
    frames["accounts"] = frames["accounts"].clear()
    rows = CaseView(movement, frames).frame("accounts")
    assert rows["kind"].to_list() == ["unknown", "unknown"]
    assert rows["holder_name"].to_list() == [None, None]


def test_ids_stand_at_the_edge() -> None:
    view = view_of()
    n = view.frame("transactions")["originator"][0]
    assert view.id_of("account", n) == Make.id("x")
    assert view.label("account", n) == "x"


# ---- what is not in a view


def test_no_table_has_a_protected_column_and_none_holds_answers() -> None:
    filled = {
        name: [{c: "x" for c in PROTECTED if c in t.schema}] for name, t in TABLES.items() if name != "transactions"
    }
    movement, frames = small(**filled)
    movement = movement.with_columns(religion=pl.lit("x"))
    view = CaseView(movement, frames)
    for name in TABLES:
        if name in HIDDEN:
            with pytest.raises(NotAssessable, match=f"no {name}"):
                view.frame(name)
        else:
            assert not PROTECTED & set(view.frame(name).columns), name
    assert not PROTECTED & set(view.bookings.columns)


def test_a_protected_column_cannot_be_asked_for_as_a_need() -> None:
    view = view_of(parties=[{"party": "p1", "religion": "x"}])
    assert view.lacks(["parties.religion"]) == "the parties have no religion"


def test_movements_out_of_shapes_are_no_transactions_but_bookings() -> None:
    movement, frames = small()
    view = CaseView(movement.with_columns(in_shapes=pl.lit(value=False)), frames)
    assert view.frame("transactions").is_empty()
    assert view.lacks(["transactions"]) == "no transactions in this case"
    assert view.bookings["change"].to_list() == [-5, 5]
    assert view.bookings["counted"].to_list() == [False, False]


# ---- lacks


@pytest.mark.parametrize(
    ("need", "reason"),
    [
        ("transactions", None),
        ("transactions.amount", None),
        ("transactions.terminal", "the transactions have no terminal"),
        ("transactions.nonsense", "the transactions have no nonsense"),
        ("employments", "no employments in this case"),
        ("nonsense.column", "no nonsense in this case"),
        ("licences", "no licences in this case"),
        ("transactions.time_known", None),
        ("parties.birth_year", "the parties have no birth_year"),
    ],
)
def test_says_what_is_lacking(need: str, reason: str | None) -> None:
    movement, frames = small(parties=[{"party": "p1"}])
    frames["licences"] = TABLES["licences"].empty()
    assert CaseView(movement, frames).lacks(["transactions", need]) == reason


def test_a_truth_that_is_never_true_is_lacking() -> None:
    make = Make()
    make.transfer("x", "y", 5, 0, dated=True)
    assert make.view().lacks(["transactions.time_known"]) == "no time_known in the transactions"


# ---- without


def test_without_a_row_nothing_else_is_missing() -> None:
    links = [{"link": f"l{i}", "record": 1} for i in range(3)]
    view = view_of(links=links)
    assert view.without("links", [1]).frame("links")["link"].to_list() == ["l0", "l2"]
    assert view.frame("links")["link"].to_list() == ["l0", "l1", "l2"]
    rest = view.without("transactions", [0])
    assert rest.frame("transactions").is_empty()
    assert rest.frame("links").equals(view.frame("links"))
    assert view.without("links", []).frame("links").equals(view.frame("links"))


def test_without_a_party_every_row_of_it_is_gone() -> None:
    view = view_of(parties=[{"party": "p1", "name": "A"}, {"party": "p1", "name": "B"}, {"party": "p2"}])
    assert view.without("parties", [0]).frame("parties")["party"].to_list() == ["p2"]


def test_without_an_account_only_what_movements_say_of_it_stays() -> None:
    view = view_of()
    n = view.frame("transactions")["originator"][0]
    rest = view.without("accounts", [n]).frame("accounts")
    assert rest["kind"].to_list()[n] == "unknown"
    assert len(rest) == 2


# ---- records


def test_the_records_of_a_pair_are_those_of_both_books() -> None:
    make = Make()
    make.transfer("x", "y", 5, 0)
    make.transfer("x", "y", 5, 0)
    rows = make.tables()["transactions"]
    out, into = rows["transaction_id"]
    rows = rows.with_columns(
        books=pl.when(pl.col("transaction_id") == out).then(pl.lit("originator")).otherwise(pl.lit("beneficiary"))
    )
    pair = {
        "pair_id": "q",
        "originator_transaction": out,
        "beneficiary_transaction": into,
        "kind": "transfer",
        "state": "paired",
    }
    view = CaseView(moved(rows, TABLES["pairs"].complete(pl.DataFrame([pair]))), make.tables())
    assert view.records("transactions", [0]) == (out, into)
    assert len(view.frame("transactions")) == 1
    assert view.records("transactions", []) == ()


def test_records_of_other_tables_are_named_by_source_and_record() -> None:
    view = view_of(links=[{"link": "l0"}, {"link": "l1"}])
    assert view.records("links", [1, 0]) == ("000000000000-2", "000000000000-1")


# ---- exact sums


@pytest.mark.parametrize("column", ["amount", "received_amount", "fee", "amount_base"])
def test_a_sum_that_could_wrap_is_refused(column: str) -> None:
    movement, frames = small()
    twice = pl.concat([movement, movement.with_columns(movement=pl.lit("other"))])
    fits = 2**63 // 1000 // 2
    for amount in (fits, -fits):
        CaseView(twice.with_columns(pl.lit(amount).cast(pl.Decimal(38, 0)).alias(column)), frames)
    for amount in (fits + 1, -fits - 1, 10**27 - 1):
        with pytest.raises(NotAssessable, match="too large"):
            CaseView(twice.with_columns(pl.lit(amount).cast(pl.Decimal(38, 0)).alias(column)), frames)


@pytest.mark.parametrize("column", ["balance_after", "originator_balance_after", "beneficiary_balance_after"])
def test_a_balance_that_could_wrap_is_refused(column: str) -> None:
    movement, frames = small()
    with pytest.raises(NotAssessable, match="too large"):
        CaseView(movement.with_columns(pl.lit(-(2**63) // 1000 - 1).cast(pl.Decimal(38, 0)).alias(column)), frames)


def test_amounts_are_64_bit_numbers() -> None:
    rows = view_of().frame("transactions")
    for column in ("amount", "received_amount", "fee", "amount_base", "balance_after"):
        assert rows.schema[column] == pl.Int64


# ---- victims


@pytest.mark.parametrize("category", ["victim", "possible_victim"])
@pytest.mark.parametrize(
    ("name", "holder"),
    [
        ("Ana Müller", "Ana Müller"),
        ("Ana Müller", "MUELLER, ANA"),
        ("Ána Muller", "muller,  ana"),
    ],
)
def test_the_holder_of_a_victims_account_is_masked_however_the_bank_writes_the_name(
    category: str, name: str, holder: str
) -> None:
    make = Make()
    make.transfer("x", "y", 5, 0)
    make.holder("x", holder)
    make.row("parties", party="p1234567890abcdef", name=name, subject_category=category)
    view = make.view()
    n = view.frame("transactions")["originator"][0]
    assert view.label("account", n) == f"controlled account {Make.id('x')[1:7]}"
    assert view.label("party", 0) == "person 123456"
    assert view.is_victims("account", n)
    assert not view.is_victims("account", 1 - n)


@pytest.mark.parametrize("reverse", [False, True])
def test_one_record_that_says_victim_is_enough_to_mask(reverse: bool) -> None:
    make = Make()
    make.transfer("x", "y", 5, 0)
    make.holder("x", "Ana Example")
    for category in sorted(("contact", "victim"), reverse=reverse):
        make.row("parties", party="p1", name="Ana Example", subject_category=category)
    view = make.view()
    assert view.label("account", view.frame("transactions")["originator"][0]).startswith("controlled account")
    assert view.frame("parties")["subject_category"].to_list() == ["victim"]


def test_a_register_link_or_another_name_masks_too() -> None:
    make = Make()
    make.transfer("x", "y", 5, 0)
    make.holder("y", "Working Name")
    make.row("parties", party="p1", name="Ana Example", subject_category="victim")
    make.row("links", kind="holds", from_id="p1", to_id=Make.id("x"))
    tables = make.tables()
    known_as = {"subject": "p1", "subject_kind": "party", "scheme": "name", "value": "Working Name"}
    also = TABLES["identifiers"].complete(pl.DataFrame([known_as]))
    tables["identifiers"] = pl.concat([tables["identifiers"], also])
    view = CaseView(moved(tables["transactions"]), tables)
    assert all(label.startswith("controlled account") for label in view.labels)


def test_parties_without_a_name_mask_nobody() -> None:
    view = view_of(parties=[{"party": "p1", "name": None, "subject_category": "victim"}, {"party": "p2", "name": "-"}])
    assert not any(label.startswith("controlled") for label in view.labels)
    assert view.label("party", 0) == "person 1"


# ---- measures once, days in the zone


def test_a_measure_is_made_once_for_each_view_and_arguments() -> None:
    made = []

    @feature
    def measure(view: CaseView, days: int, *, side: str = "in") -> tuple[int, str]:
        made.append((view, days, side))
        return days, side

    view, other = view_of(), view_of()
    assert [measure(view, 3), measure(view, 3), measure(view, 4), measure(view, 3, side="out")] == [
        (3, "in"), (3, "in"), (4, "in"), (3, "out"),
    ]  # fmt: skip
    assert len(made) == 3
    measure(other, 3)
    assert len(made) == 4


def test_days_are_those_of_the_books() -> None:
    make = Make()
    make.transfer("x", "y", 1, 0.6, zone="Pacific/Auckland")  # 23:24 UTC, in Auckland the next morning
    make.transfer("x", "y", 2, 0.6, zone="America/New_York")
    assert make.view().frame("transactions").sort("amount")["day"].to_list() == [date(2025, 1, 7), date(2025, 1, 6)]


def test_measures_of_a_list_without_members_are_null_and_others_keep_their_row() -> None:
    view = view_of()
    lists = pl.Series([[], [0], None], dtype=pl.List(pl.UInt32))
    assert view.measure(lists, total=pl.col("amount").sum())["total"].to_list() == [None, 5, None]


# ---- bookings


def test_each_account_is_booked_what_its_own_books_say() -> None:
    movement, frames = small()
    movement = movement.with_columns(
        received_amount=pl.lit(4).cast(pl.Decimal(38, 0)),
        received_currency=pl.lit("USD"),
        booked_in=pl.col("booked_in").dt.offset_by("2d"),
        booked_in_latest=pl.col("booked_in_latest").dt.offset_by("2d"),
        beneficiary_balance_after=pl.lit(104).cast(pl.Decimal(38, 0)),
    )
    rows = CaseView(movement, frames).bookings
    assert rows["change"].to_list() == [-5, 4]
    assert rows["currency"].to_list() == ["EUR", "USD"]
    assert rows["day"].to_list() == [date(2025, 1, 6), date(2025, 1, 8)]
    assert rows["balance"].to_list() == [None, 104]


def test_a_table_of_which_no_row_is_cited_need_not_be_there() -> None:
    movement, frames = small()
    none = pl.Series([[], []], dtype=pl.List(pl.UInt32))
    assert CaseView(movement, frames).records_of("shifts", none) == [(), ()]
