"""What may be counted twice: records that no rule was sure enough to join, and that may still be one movement."""

from __future__ import annotations

import math

import polars as pl

from finvest.model.tables import DAY, MINOR, TEXT, WHOLE
from finvest.pairing.candidates import FLAT, within
from finvest.pairing.lines import needed, own_lines
from finvest.pairing.naming import CUT_NAME, name_fits, no_other_named, with_names
from finvest.pairing.references import SHORTEST, cleaned
from finvest.pairing.sides import Sides, sides

SCHEMA = pl.Schema(
    {
        "kind": TEXT,
        "originator": TEXT,
        "beneficiary": TEXT,
        "currency": TEXT,
        "number": WHOLE,
        "amount": MINOR,
        "first": DAY,
        "last": DAY,
        "records": pl.List(TEXT),
    }
)
"""Columns of `counted_twice`."""

_REACH = (-3, 10)
"""Days from debit to credit: the widest of any rule."""

_MOST_NAMESAKES = 5
"""A name that more accounts on file answer to names none of them."""

_BATCH_REACH = (0, 6)
_FILE_REACH = (-6, 6)


def counted_twice(
    transactions: pl.DataFrame | pl.LazyFrame,
    duplicates: pl.DataFrame,
    pairs: pl.DataFrame,
    accounts: pl.DataFrame,
    identifiers: pl.DataFrame,
) -> pl.DataFrame:
    """Say between which accounts movements may stand in a case twice.

    Parameters
    ----------
    transactions, accounts, identifiers : polars.DataFrame
        Rows of the tables of these names, the transactions lazily or not.
    duplicates, pairs : polars.DataFrame
        What the functions of these names return.

    Returns
    -------
    polars.DataFrame
        Sorted; one row a ``kind``, ``originator``, ``beneficiary`` and ``currency``: ``number`` and ``amount`` (minor
        units) of what is counted twice at most, ``first`` and ``last`` day, ``records`` (all transaction ids that may
        be concerned). Kinds:

        * ``transfer``: an unpaired debit of the one and an unpaired credit of the other, three days before to ten days
          after it, where one names the other (by account, number or name), neither contradicts, and the credit is the
          debit, or less by no more than a fee (2 % and 10.00). At most as many as the rarer side has;
        * ``conversion``: the same in two currencies, whatever the amounts: rates are not looked at;
        * ``batch``: unpaired credits that name a payer whose books show, in the six days before, a larger debit that
          names nobody; not those counted as transfers;
        * ``payment_file``: a payment of a file that shows both sides, and an equal line of either account's statement
          at most six days away;
        * ``same_books``: equal lines of one account and day in two sources that were not recognised as one line, and
          whose references do not tell them apart; the other account is null.

    Notes
    -----
    A debit without a line in the other account's books that could be its partner is not counted twice: it may have
    gone elsewhere or come back.
    A doubt asks for less than a rule: a name of eight letters and more also means holders whose names begin with it,
    unless more than five accounts on file do.
    """
    given = sides(transactions, duplicates, accounts, identifiers)
    left = _unpaired(given, pairs)
    reach = _reachable(left, given)
    transfers = _transfers(left, reach, given)
    found = [
        _summed("transfer", transfers, given),
        _summed("conversion", _conversions(left, reach, given), given),
        _batches(left, reach, transfers, given),
        _payment_files(transactions),
        _same_books(transactions, duplicates),
    ]
    rows = pl.concat([part.select(SCHEMA.names()).cast(SCHEMA) for part in found])
    return rows.sort("kind", "originator", "beneficiary", "currency", nulls_last=True)


def _unpaired(given: Sides, pairs: pl.DataFrame) -> Sides:
    paired = pairs.filter(pl.col("state") == "paired")
    ids = given.ids.select("n", "transaction_id")
    out = ids.join(paired, left_on="transaction_id", right_on="originator_transaction", how="semi")
    arrived = ids.join(paired, left_on="transaction_id", right_on="beneficiary_transaction", how="semi")
    used = pl.concat([out.select("n", n_c="n"), arrived.select("n", n_c="n")])
    return given.without(used)


def _reachable(left: Sides, given: Sides) -> pl.DataFrame:
    """Return which accounts with books on file each record names: ``n``, ``target``."""
    records = pl.concat([left.debits, left.credits])
    own = pl.concat([given.debits["account"], given.credits["account"]]).unique().to_frame("target")
    by_account = records.select("n", target="other").drop_nulls()
    facts = given.facts.join(records, on="n", how="semi")
    holders = given.holders.rename({"account": "target"})
    by_name = _named(facts.select("n", "name").drop_nulls(), holders)
    numbers = given.numbers.rename({"account": "target"})
    said = facts.select("n", "number").drop_nulls()
    same = said.join(numbers, left_on="number", right_on="key").select("n", "target")
    end = pl.col("number").str.tail(SHORTEST)
    tails = said.filter(pl.col("number").str.len_chars() >= SHORTEST).with_columns(end=end)
    ibans = numbers.filter("is_iban").with_columns(end=pl.col("key").str.tail(SHORTEST))
    by_tail = tails.join(ibans, on="end").filter(pl.col("key").str.ends_with(pl.col("number"))).select("n", "target")
    return pl.concat([by_account, by_name, same, by_tail]).join(own, on="target", how="semi").unique()


def _named(said: pl.DataFrame, holders: pl.DataFrame) -> pl.DataFrame:
    """Return which accounts' holders a name can mean, cut names included."""
    start = pl.col("name").str.head(CUT_NAME)
    names = said.select("name", start=start).unique()
    meant = names.join(holders.select("target", start=start, holder="name"), on="start")
    meant = meant.filter(name_fits("name", "holder", cut=True)).select("name", "target").unique()
    few = meant.filter(pl.len().over("name") <= _MOST_NAMESAKES)
    return said.join(few, on="name").select("n", "target")


def _transfers(left: Sides, reach: pl.DataFrame, given: Sides) -> pl.DataFrame:
    """Return debits and credits that can be one transfer in one currency."""
    # Equal to the credit or larger by a fee: on the same step of a logarithmic scale or the one before.
    step = ((pl.col("amount") + 50 * FLAT).cast(pl.Float64).log() / math.log(1.021)).floor().cast(pl.Int32)
    debits, credits_ = (rows.with_columns(step=step) for rows in (left.debits, left.credits))
    both = pl.concat([debits, debits.with_columns(pl.col("step") - 1)])
    naming = within(both.join(reach, on="n"), credits_, _keys(target="account"), *_REACH)
    named = within(both, credits_.join(reach, on="n"), _keys(account="target"), *_REACH)
    met = pl.concat([naming, named]).unique(["n", "n_c"])
    missing = pl.col("amount") - pl.col("amount_c")
    met = met.filter((missing >= 0) & ((missing - FLAT) * 50 <= pl.col("amount")))
    return with_names(met, given, cut_names=True).filter(no_other_named()).select(met.columns)


def _keys(**accounts: str) -> dict[str, str]:
    return {**accounts, "currency": "currency", "step": "step"}


def _conversions(left: Sides, reach: pl.DataFrame, given: Sides) -> pl.DataFrame:
    """Return debits and credits in two currencies that can be one transfer."""
    records = pl.concat([left.debits, left.credits]).select("n", "account", "currency")
    kept_in = records.select(target="account", its="currency").unique()
    abroad = reach.join(records, on="n").join(kept_in, on="target").filter(pl.col("currency") != pl.col("its"))
    abroad = abroad.select("n", "target").unique()
    naming = within(left.debits.join(abroad, on="n"), left.credits, {"target": "account"}, *_REACH)
    named = within(left.debits, left.credits.join(abroad, on="n"), {"account": "target"}, *_REACH)
    met = pl.concat([naming, named]).unique(["n", "n_c"]).filter(pl.col("currency") != pl.col("currency_c"))
    return with_names(met, given, cut_names=True).filter(no_other_named()).select(met.columns)


def _summed(kind: str, met: pl.DataFrame, given: Sides) -> pl.DataFrame:
    """Sum up per pair of accounts: each side's records once, the rarer side's number, the smaller sum."""
    keys = ["account", "account_c", "currency"]
    one_currency = (pl.col("currency") == pl.col("currency_c")).all()
    debits = (
        met.unique(["n", "account_c"])
        .group_by(keys)
        .agg(debits=pl.len(), out=pl.col("amount").sum(), first=pl.col("day").min(), of_debits="n")
    )
    credits_ = (
        met.unique(["n_c", "account"])
        .group_by(keys)
        .agg(
            credits=pl.len(),
            arrived=pl.when(one_currency).then(pl.col("amount_c").sum()),
            last=pl.col("day_c").max(),
            of_credits="n_c",
        )
    )
    rows = debits.join(credits_, on=keys).with_columns(
        number=pl.min_horizontal("debits", "credits"),
        amount=pl.min_horizontal("out", "arrived"),
        first=pl.min_horizontal("first", "last"),
        last=pl.max_horizontal("first", "last"),
        n=pl.concat_list("of_debits", "of_credits"),
    )
    return _with_ids(kind, rows, given)


def _with_ids(kind: str, rows: pl.DataFrame, given: Sides) -> pl.DataFrame:
    """Put ids in the place of numbers."""
    rows = rows.with_row_index("row")
    ids = rows.select("row", "n").explode("n", empty_as_null=False).join(given.ids, on="n")
    records = ids.group_by("row").agg(records=pl.col("transaction_id").unique().sort())
    named = given.accounts.rename({"id": "originator"}).join(rows, on="account")
    named = given.accounts.rename({"account": "account_c", "id": "beneficiary"}).join(named, on="account_c")
    named = named.drop("currency").with_columns(currency=named["currency"]).join(given.currencies, on="currency")
    return named.join(records, on="row").select(
        "originator",
        "beneficiary",
        "records",
        kind=pl.lit(kind),
        currency="code",
        number=pl.col("number").cast(pl.Int64),
        amount=pl.col("amount").cast(MINOR),
        first=pl.col("first").cast(pl.Int32).cast(DAY),
        last=pl.col("last").cast(pl.Int32).cast(DAY),
    )


def _batches(left: Sides, reach: pl.DataFrame, transfers: pl.DataFrame, given: Sides) -> pl.DataFrame:
    """Sum up credits that a larger debit, which names nobody, may hold."""
    bare = left.debits.join(given.facts.filter("bare"), on="n", how="semi")
    open_credits = left.credits.join(transfers, left_on="n", right_on="n_c", how="anti").join(reach, on="n")
    keys = {"account": "target", "currency": "currency"}
    met = within(bare, open_credits, keys, *_BATCH_REACH).filter(pl.col("amount") > pl.col("amount_c"))
    groups = ["account", "account_c", "currency"]
    rows = (
        met.unique(["n_c", "account"])
        .group_by(groups)
        .agg(
            number=pl.len(),
            amount=pl.col("amount_c").sum(),
            first=pl.col("day_c").min(),
            last=pl.col("day_c").max(),
            n="n_c",
        )
    )
    return _with_ids("batch", rows, given)


def _payment_files(transactions: pl.DataFrame | pl.LazyFrame) -> pl.DataFrame:
    """Sum up payments of files that show both sides, where a statement shows an equal line in those days."""
    seen_from_payer = transactions.lazy().filter(pl.col("books") == "both").with_columns(books=pl.lit("originator"))
    payments = own_lines(seen_from_payer).rename({"account": "originator", "other": "beneficiary", "day": "on"})
    payments = payments.select("originator", "beneficiary", "currency", "amount", "on", id="transaction_id")
    lines = own_lines(transactions)
    met = [
        payments.join(
            lines.filter(pl.col("credit") == credit),
            left_on=[side, "currency", "amount"],
            right_on=["account", "currency", "amount"],
        )
        for side, credit in (("originator", False), ("beneficiary", True))
    ]
    columns = ["originator", "beneficiary", "currency", "amount", "on", "id", "transaction_id"]
    apart = (pl.col("day") - pl.col("on")).dt.total_days()
    near = pl.concat([part.filter(apart.is_between(*_FILE_REACH)).select(columns) for part in met])
    return (
        near.unique(["id", "transaction_id"])
        .group_by("originator", "beneficiary", "currency")
        .agg(
            number=pl.min_horizontal(pl.col("id").n_unique(), pl.col("transaction_id").n_unique()),
            amount=pl.col("amount").filter(pl.col("id").is_first_distinct()).sum(),
            first=pl.col("on").min(),
            last=pl.col("on").max(),
            records=pl.concat([pl.col("id"), pl.col("transaction_id")]).unique().sort(),
        )
        .with_columns(kind=pl.lit("payment_file"))
    )


def _same_books(transactions: pl.DataFrame | pl.LazyFrame, duplicates: pl.DataFrame) -> pl.DataFrame:
    """Sum up equal lines of one account in two sources that were not recognised as one line."""
    like = ["account", "credit", "amount", "currency", "day"]
    lines = own_lines(transactions).filter(pl.col("source").n_unique().over(like) > 1)
    said = needed(transactions, ("transaction_id", "bank_reference")).collect()
    said = said.select("transaction_id", said=cleaned(pl.col("bank_reference")))
    lines = lines.join(duplicates, on="transaction_id", how="left").join(said, on="transaction_id", how="left")
    lines = lines.with_columns(
        line=pl.coalesce("duplicate_of", "transaction_id"), in_source=pl.len().over([*like, "source"])
    )
    groups = lines.group_by(like).agg(
        lines=pl.col("line").n_unique(),
        most=pl.col("in_source").max(),
        unmarked=pl.col("said").is_null().any(),
        records="transaction_id",
    )
    groups = groups.filter((pl.col("lines") > pl.col("most")) & pl.col("unmarked"))
    repeated = pl.col("lines") - pl.col("most")
    sums = groups.group_by("account", "credit", "currency").agg(
        number=repeated.sum(),
        amount=(pl.col("amount") * repeated).sum(),
        first=pl.col("day").min(),
        last=pl.col("day").max(),
        records=pl.col("records").list.explode(keep_nulls=False, empty_as_null=False).sort(),
    )
    return sums.with_columns(
        kind=pl.lit("same_books"),
        originator=pl.when(~pl.col("credit")).then("account"),
        beneficiary=pl.when("credit").then("account"),
    )


def open_pairs(
    transactions: pl.DataFrame | pl.LazyFrame,
    duplicates: pl.DataFrame,
    pairs: pl.DataFrame,
    accounts: pl.DataFrame,
    identifiers: pl.DataFrame,
) -> pl.DataFrame:
    """Return each unpaired debit with each unpaired credit that may be the same transfer.

    Parameters
    ----------
    transactions, duplicates, pairs, accounts, identifiers : polars.DataFrame
        See `counted_twice`.

    Returns
    -------
    polars.DataFrame
        ``debit``, ``credit`` (transaction ids), sorted: the transfers and conversions that `counted_twice` sums up.
    """
    given = sides(transactions, duplicates, accounts, identifiers)
    left = _unpaired(given, pairs)
    reach = _reachable(left, given)
    met = [found(left, reach, given).select("n", "n_c") for found in (_transfers, _conversions)]
    ids = given.ids.select("n", id="transaction_id")
    named = pl.concat(met).join(ids, on="n").join(ids.rename({"n": "n_c", "id": "credit"}), on="n_c")
    return named.select("credit", debit="id").select("debit", "credit").unique().sort("debit", "credit")
