"""Made-up records as tables with finvest's own columns, and as files."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import polars as pl

from benchmarks import people
from benchmarks.generate import BRANCH, CHANNELS, CITIES, CURRENCIES, DAY

if TYPE_CHECKING:
    from pathlib import Path

    from benchmarks.generate import Records


def account_ids(records: Records) -> pl.Series:
    """Return the id of each account by number."""
    bank = records.accounts - records.cash_points
    number = pl.int_range(records.accounts, eager=True).cast(pl.String).str.zfill(8)
    prefix = pl.Series(["account-", "cash-"]).gather((np.arange(records.accounts) >= bank).astype(np.uint32))
    return prefix + number


def transactions(records: Records) -> pl.DataFrame:
    """Return the records as rows of the table `transactions`, typed; a time cut to its day where only that is known."""
    ids = account_ids(records)
    at = pl.Series(np.where(records.dated, records.time // DAY * DAY, records.time)).cast(pl.Datetime("us", "UTC"))
    cities = pl.Series([f"City {i:02d}" for i in range(CITIES)] + [None])
    city = np.where(records.city < 0, CITIES, records.city)
    channels, currencies = pl.Series(CHANNELS), pl.Series(CURRENCIES)
    machine = np.where(records.channel == BRANCH, records.sender, records.receiver)
    terminal = ids.gather(machine.astype(np.uint32))
    return pl.DataFrame(
        {
            "booked_at": at,
            "precision": pl.Series(["second", "date"]).gather(records.dated.astype(np.uint32)),
            "zone": pl.repeat("UTC", len(records), eager=True),
            "originator": ids.gather(records.sender.astype(np.uint32)),
            "beneficiary": ids.gather(records.receiver.astype(np.uint32)),
            "amount": pl.Series(records.amount).cast(pl.Decimal(38, 0)),
            "currency": currencies.gather(records.currency.astype(np.uint32)),
            "channel": channels.gather(records.channel.astype(np.uint32)),
            "city": cities.gather(city.astype(np.uint32)),
            "terminal": terminal,
        }
    ).with_columns(terminal=pl.when(pl.col("city").is_not_null()).then("terminal"))


def accounts(records: Records) -> pl.DataFrame:
    """Return rows of the table `accounts`."""
    bank = np.arange(records.accounts) < records.accounts - records.cash_points
    number = pl.Series("holder_name", np.arange(records.accounts)).cast(pl.String)
    return pl.DataFrame({"account": account_ids(records), "own_books": bank}).with_columns(
        kind=pl.when("own_books").then(pl.lit("bank")).otherwise(pl.lit("cash")),
        currency=pl.when("own_books").then(pl.lit("EUR")),
        holder_name=pl.when("own_books").then(pl.lit("Holder ") + number),
        holder=pl.when("own_books").then(people.party(number)),
    )


def balances(records: Records) -> pl.DataFrame:
    """Return rows of the table `balances`: what each bank account held before and after the period, in euros."""
    bank = records.accounts - records.cash_points
    euros = records.currency == 0
    net = np.zeros(records.accounts, np.int64)
    entries = np.zeros(records.accounts, np.int64)
    for side, sign in ((records.sender, -1), (records.receiver, 1)):
        np.add.at(net, side[euros], sign * records.amount[euros])
        np.add.at(entries, side[euros], 1)
    first, last = (pl.Series([t // DAY], dtype=pl.Int32).cast(pl.Date)[0] for t in records.time[[0, -1]])
    opening = np.maximum(-net[:bank], 0) + 100_00
    minor = pl.Decimal(38, 0)
    return pl.DataFrame(
        {
            "account": account_ids(records)[:bank],
            "currency": "EUR",
            "opening": pl.Series(opening).cast(minor),
            "closing": pl.Series(opening + net[:bank]).cast(minor),
            "movements": pl.Series(net[:bank]).cast(minor),
            "entries": entries[:bank],
            "proof": "declared",
        }
    ).with_columns(start=pl.lit(first), end=pl.lit(last))


def as_written(frame: pl.DataFrame) -> pl.DataFrame:
    """Return transactions as a CSV file has them: a day alone where no time is known."""
    day, second = pl.col("booked_at").dt.strftime("%Y-%m-%d"), pl.col("booked_at").dt.strftime("%Y-%m-%dT%H:%M:%SZ")
    written = pl.when(pl.col("precision") == "date").then(day).otherwise(second)
    return frame.with_columns(booked_at=written).drop("precision")


def write(records: Records, folder: Path, *, parquet: bool = False, lists: bool = True) -> None:
    """Write accounts, balances, registers and other lists as CSV, transactions as CSV or Parquet."""
    ids = account_ids(records)
    accounts(records).write_csv(folder / "accounts.csv")
    balances(records).write_csv(folder / "balances.csv")
    frame = transactions(records)
    if lists:
        for name, table in people.tables(records, ids).items():
            table.write_csv(folder / f"{name}.csv")
        frame = pl.concat([frame, people.payments(records, ids)], how="diagonal").sort("booked_at")
    if parquet:
        frame.write_parquet(folder / "transactions.parquet")
    else:
        as_written(frame).write_csv(folder / "transactions.csv")
