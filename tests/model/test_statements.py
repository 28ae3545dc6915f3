"""From the lines of a statement to transactions, accounts and identifiers."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import polars as pl
import pytest

from finvest.model.records import Source
from finvest.model.statements import batches
from finvest.model.tables import MINOR, table

SOURCE = Source(Path("one.csv"), "one.csv", "1" * 64, 0)
OTHER_SOURCE = Source(Path("two.csv"), "two.csv", "2" * 64, 0)
IBAN, BANKLESS = "DE89370400440532013000", "00123456"


def lines(*rows: dict[str, Any], **everywhere: Any) -> pl.DataFrame:
    plain = {"credit": False, "amount": 100, "currency": "EUR", "own_number": IBAN, "own_bank": None}
    listed = [{"record": n, **plain, **everywhere, **row} for n, row in enumerate(rows, 1)]
    keys = list(dict.fromkeys(key for row in listed for key in row))
    types = {"record": pl.Int64(), "credit": pl.Boolean(), "amount": MINOR}
    return pl.DataFrame(
        {key: pl.Series([row.get(key) for row in listed], dtype=types.get(key, pl.String())) for key in keys}
    )


def made(frame: pl.DataFrame, source: Source = SOURCE, *, both: bool = False) -> dict[str, pl.DataFrame]:
    found = {b.table: b.frame for b in batches(frame, source, "test", both=both)}
    for name, rows in found.items():
        table(name).complete(rows)
    return found


def sides(*rows: dict[str, Any], **everywhere: Any) -> list[tuple[str, str]]:
    found = made(lines(*rows, **everywhere))["transactions"]
    return list(found.select("originator", "beneficiary").iter_rows())


def test_no_lines_are_no_batches() -> None:
    assert batches(lines({}).clear(), SOURCE, "test") == []


def test_a_debit_goes_out_and_a_credit_comes_in() -> None:
    other = {"other_number": "GB29NWBK60161331926819", "other_name": "Other Ltd", "own_name": "Own GmbH"}
    found = made(lines(other, {"credit": True, **other}))["transactions"]
    out, into = found.iter_rows(named=True)
    assert (out["books"], into["books"]) == ("originator", "beneficiary")
    assert (out["originator"], out["beneficiary"]) == (into["beneficiary"], into["originator"])
    assert out["originator"] != out["beneficiary"]
    assert (out["originator_name"], out["beneficiary_name"]) == ("Own GmbH", "Other Ltd")
    assert (into["originator_name"], into["beneficiary_name"]) == ("Other Ltd", "Own GmbH")
    assert {out["origin"], out["status"]} == {"observed", "booked"}


def test_a_payment_file_shows_both_books() -> None:
    frame = lines({"credit": None, "other_number": BANKLESS, "other_bank": "BANKDEFF"})
    found = made(frame, both=True)
    assert found["transactions"]["books"].to_list() == ["both"]
    assert found["accounts"]["own_books"].to_list() == [False, False]
    own, other = found["accounts"]["account"]
    assert found["transactions"].select("originator", "beneficiary").row(0) == (own, other)


def test_only_the_own_account_has_its_books_on_file() -> None:
    accounts = made(lines({"other_number": "GB29NWBK60161331926819"}))["accounts"]
    assert accounts.select("kind", "own_books").rows() == [("bank", True), ("bank", False)]


def test_records_keep_their_order_and_their_ids() -> None:
    names = [f"Name {n % 7}" if n % 3 else None for n in range(1, 60)]
    found = made(lines(*({"other_name": n, "reference": f"r{i}"} for i, n in enumerate(names))))["transactions"]
    assert found["record"].to_list() == list(range(1, 60))
    assert found["reference"].to_list() == [f"r{i}" for i in range(59)]
    assert found["beneficiary_name"].to_list() == names
    assert found["transaction_id"].to_list() == [SOURCE.transaction_id(n) for n in range(1, 60)]


def test_nothing_depends_on_the_order_of_lines() -> None:
    frame = lines(*({"other_name": f"N{n % 5}", "other_number": str(n % 3) if n % 2 else None} for n in range(20)))
    straight, turned = made(frame), made(frame.reverse())
    assert straight["transactions"].equals(turned["transactions"].sort("record"))
    for name in ("accounts", "identifiers"):
        key = straight[name].columns
        assert set(straight[name].select(key[2:3]).rows()) == set(turned[name].select(key[2:3]).rows())


def test_ids_are_equal_across_sources() -> None:
    frame = lines({"other_number": "GB29NWBK60161331926819"}, {"other_number": BANKLESS, "other_bank": "BANKDEFF"})
    one, two = made(frame), made(frame, OTHER_SOURCE)
    assert one["accounts"]["account"].to_list() == two["accounts"]["account"].to_list()
    assert not set(one["transactions"]["transaction_id"]) & set(two["transactions"]["transaction_id"])
    assert set(two["accounts"]["source"]) == {OTHER_SOURCE.sha256}


def test_an_iban_is_one_account_however_it_is_written() -> None:
    written = ["GB29NWBK60161331926819", "gb29 nwbk 6016 1331 9268 19", " GB29-NWBK-6016-1331-9268-19 "]
    found = made(lines(*({"other_number": w, "other_bank": b} for w, b in zip(written, ["A", "B", None], strict=True))))
    assert found["transactions"]["beneficiary"].n_unique() == 1
    assert found["transactions"]["beneficiary_known_by"].to_list() == ["account"] * 3
    kept = found["identifiers"].filter(pl.col("subject") == found["transactions"]["beneficiary"][0])
    assert kept["value"].to_list() == [w.strip() for w in written]
    assert set(kept["scheme"]) == {"iban"}


def test_an_iban_with_wrong_check_digits_is_kept_and_said_to_be_unverified() -> None:
    found = made(lines({"other_number": "GB30NWBK60161331926819"}))["identifiers"]
    assert found["scheme"].to_list() == ["iban", "iban_unverified"]


def test_one_local_number_at_two_banks_is_two_accounts() -> None:
    (_, a), (_, b), (_, again) = sides(
        {"other_number": BANKLESS, "other_bank": "BANKDEFF"},
        {"other_number": BANKLESS, "other_bank": "BANKDEHH"},
        {"other_number": "00-12 34 56", "other_bank": "BANKDEFFXXX"},
    )
    assert a != b
    assert a == again


def test_a_local_number_without_a_bank_is_private_to_the_books() -> None:
    rows = [{"other_number": BANKLESS}, {"other_number": BANKLESS, "own_number": "FR1420041010050500013M02606"}]
    (_, a), (_, b) = sides(*rows)
    assert a != b
    assert made(lines(*rows))["transactions"]["beneficiary_known_by"].to_list() == ["number", "number"]


def test_own_local_numbers_at_two_banks_are_two_accounts() -> None:
    (a, _), (b, _) = sides({"own_bank": "BANKDEFF"}, {"own_bank": "BANKDEHH"}, own_number=BANKLESS)
    assert a != b


def test_a_name_is_private_to_the_books() -> None:
    found = made(
        lines(
            {"other_name": "Ana Pop"},
            {"other_name": "ANA  POP"},
            {"other_name": "Pop Ana"},
            {"other_name": "Ana Pop", "own_number": "FR1420041010050500013M02606"},
        )
    )
    a, same, turned, elsewhere = found["transactions"]["beneficiary"]
    assert a == same
    assert len({a, turned, elsewhere}) == 3
    assert set(found["transactions"]["beneficiary_known_by"]) == {"name"}
    named = found["identifiers"].filter(pl.col("scheme") == "name")
    assert set(named["issuer"]) == set(found["transactions"]["originator"])
    assert set(found["accounts"].filter(~pl.col("own_books"))["kind"]) == {"external"}


def test_who_is_not_named_is_the_unknown_of_these_books() -> None:
    rows = [{}, {"other_name": "  "}, {"own_number": "FR1420041010050500013M02606"}]
    found = made(lines(*rows))
    a, blank, elsewhere = found["transactions"]["beneficiary"]
    assert a == blank != elsewhere
    assert set(found["transactions"]["beneficiary_known_by"]) == {"none"}
    unknown = found["accounts"].filter(pl.col("kind") == "unknown")
    assert unknown["holder_name"].to_list() == [None, None]
    assert set(found["identifiers"]["scheme"]) == {"iban"}


@pytest.mark.parametrize("channel", ["cash_atm", "cash_branch"])
def test_cash_is_an_account_of_its_own_kind_by_machine(channel: str) -> None:
    found = made(
        lines(
            {"terminal": "T1"},
            {"terminal": "t-1", "credit": True},
            {"terminal": "T2"},
            {},
            {"channel": None},
            channel=channel,
        )
    )
    first, second, third, fourth, fifth = found["transactions"].iter_rows(named=True)
    assert first["beneficiary"] == second["originator"]
    assert len({first["beneficiary"], third["beneficiary"], fourth["beneficiary"], fifth["beneficiary"]}) == 4
    kinds = dict(found["accounts"].select("account", "kind").rows())
    assert [kinds[r["beneficiary"]] for r in (first, third, fourth, fifth)] == ["cash", "cash", "cash", "unknown"]


def test_cash_stays_cash_when_its_line_names_a_number_that_another_line_pays() -> None:
    """The bank's own till account stands on a withdrawal, and on a fee."""
    found = made(lines({"channel": "cash_atm", "other_number": BANKLESS}, {"other_number": BANKLESS}))
    withdrawn, paid = found["transactions"]["beneficiary"]
    kinds = dict(found["accounts"].select("account", "kind").rows())
    assert (kinds[withdrawn], kinds[paid]) == ("cash", "bank")


def test_a_zero_amount_is_information_and_a_status_is_kept() -> None:
    found = made(lines({"amount": 0}, {"amount": 5}, {"status": "pending"}, {"status": "booked"}, status="pending"))
    assert found["transactions"]["status"].to_list() == ["information", "pending", "pending", "booked"]


def test_every_account_of_a_transaction_is_in_accounts() -> None:
    rows = [{"other_name": "A"}, {"other_number": BANKLESS}, {}, {"channel": "cash_atm", "terminal": "T"}]
    found = made(lines(*rows, *({**r, "credit": True} for r in rows)))
    used = set(found["transactions"]["originator"]) | set(found["transactions"]["beneficiary"])
    assert used == set(found["accounts"]["account"])
    assert set(found["identifiers"]["subject"]) <= used


def test_every_row_says_where_it_is_from() -> None:
    for rows in made(lines({"other_name": "A"}, {"other_name": "B"})).values():
        assert set(rows["source"]) == {SOURCE.sha256}
        assert set(rows["loader"]) == {"test"}
        assert rows["record"].null_count() == 0


def test_accounts_are_as_written_with_each_name_once() -> None:
    named = [{"other_number": "GB29NWBK60161331926819", "other_name": n} for n in ("Ltd", "Ltd", "LTD", None)]
    found = made(lines(*named, own_name="Own", own_currency="EUR"))["accounts"]
    own, *others = found.select("record", "holder_name", "currency", "own_books").rows()
    assert own == (1, "Own", "EUR", True)
    assert others == [(1, "Ltd", None, False), (3, "LTD", None, False), (4, None, None, False)]
