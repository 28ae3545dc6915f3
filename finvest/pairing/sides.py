"""The debits and credits that can be paired, with numbers for ids so that joins stay narrow."""

from __future__ import annotations

from dataclasses import dataclass, replace

import polars as pl

from finvest.model import identifiers as known
from finvest.model import instants
from finvest.model.currencies import UNKNOWN
from finvest.model.tables import table
from finvest.pairing.events import events
from finvest.pairing.lines import EXACT, needed
from finvest.pairing.references import name_start, of_distinct, usable

_CASH = ("cash_atm", "cash_branch")
_CARD = ("card_pos", "card_online")

_NEEDED = [
    "transaction_id", "books", "status", "booked_at", "precision", "zone", "channel", "is_return", "batch_items",
    "originator", "beneficiary", "originator_known_by", "beneficiary_known_by", "originator_name", "beneficiary_name",
    "amount", "currency", "received_amount", "received_currency",
    "end_to_end_id", "uetr", "bank_reference", "handling",
]  # fmt: skip


@dataclass(frozen=True, slots=True)
class Sides:
    """Both sides of what may be paired.

    Attributes
    ----------
    debits, credits : polars.DataFrame
        One row an event of an account's own books, numbered ``n`` in the order of its id. ``account`` and ``other``
        (only where known by an account) are numbers of accounts; ``kin`` and ``other_kin`` tell which of them can be
        compared (two IBANs can, an IBAN and a local number cannot; null: with nothing). ``money`` numbers amount and
        currency (null where the currency is unknown), ``reference``, ``uetr``, ``servicer`` (bank and its reference)
        number what their names say. ``day`` counts days.
    facts : polars.DataFrame
        By ``n``: ``number``, ``name`` (the start of the other's name), ``bare`` (names nobody and may be a batch).
    ids : polars.DataFrame
        By ``n``: ``transaction_id``, ``handling``.
    holders : polars.DataFrame
        ``account``, ``name``: starts of the names of those who hold an account.
    numbers : polars.DataFrame
        ``account``, ``key``, ``is_iban``: what an account is numbered.
    accounts : polars.DataFrame
        ``account`` and the ``id`` that it numbers.
    currencies : polars.DataFrame
        ``currency`` and the ``code`` that it numbers.
    """

    debits: pl.DataFrame
    credits: pl.DataFrame
    facts: pl.DataFrame
    ids: pl.DataFrame
    holders: pl.DataFrame
    numbers: pl.DataFrame
    accounts: pl.DataFrame
    currencies: pl.DataFrame

    def without(self, pairs: pl.DataFrame) -> Sides:
        """Return the sides without what these pairs (``n``, ``n_c``) have used."""
        return replace(
            self,
            debits=self.debits.join(pairs, on="n", how="anti"),
            credits=self.credits.join(pairs, left_on="n", right_on="n_c", how="anti"),
        )

    def single(self) -> Sides:
        """Return the sides without batches."""
        return replace(self, debits=self.debits.filter(~pl.col("batch")), credits=self.credits.filter(~pl.col("batch")))


def sides(
    transactions: pl.DataFrame | pl.LazyFrame,
    duplicates: pl.DataFrame,
    accounts: pl.DataFrame,
    identifiers: pl.DataFrame,
) -> Sides:
    """Prepare debits and credits for pairing.

    Parameters
    ----------
    transactions, accounts, identifiers : polars.DataFrame
        Rows of the tables of these names, the transactions lazily or not.
    duplicates : polars.DataFrame
        What `finvest.pairing.duplicates.duplicates` returns.

    Returns
    -------
    Sides
        Cash is left out: it has no partner in another account's books.
    """
    booked = (pl.col("status") == "booked") & pl.col("books").is_in(["originator", "beneficiary"])
    rows = events(needed(transactions, _NEEDED).filter(booked).collect(), duplicates, _NEEDED).drop("records")
    rows = rows.filter(pl.col("booked_at").is_not_null())
    rows = rows.filter(~pl.col("channel").is_in(_CASH).fill_null(value=False)).with_row_index("n")
    rows = rows.with_columns(day=instants.local_days(rows).cast(pl.Int32), **_seen_from_own())
    rows = rows.with_columns(
        *(of_distinct(rows[c], usable) for c in ("reference", "tracked", "servicer")),
        of_distinct(rows["name"], name_start),
    )
    rows = _with_numbers(rows, identifiers).with_columns(bare=_bare())
    mentioned = pl.concat([rows["account"], rows["other"]]).drop_nulls().unique().sort()
    ids = pl.DataFrame({"id": mentioned}).with_row_index("account")
    entries = _entries(rows, ids, identifiers, accounts)
    return Sides(
        debits=entries.filter(~pl.col("credit")).drop("credit"),
        credits=entries.filter("credit").drop("credit"),
        facts=rows.select("n", "number", "name", "bare"),
        ids=rows.select("n", "transaction_id", "handling"),
        holders=_holders(accounts, ids),
        numbers=_account_numbers(identifiers, ids),
        accounts=ids,
        currencies=pl.DataFrame({"currency": _code(rows, "code"), "code": rows["code"]}).drop_nulls().unique(),
    )


def _seen_from_own() -> dict[str, pl.Expr]:
    """Return what a line says, seen from the account whose books it is in."""
    credit = pl.col("books") == "beneficiary"
    own, other = (
        pl.when(credit).then(a).otherwise(b) for a, b in (("beneficiary", "originator"), ("originator", "beneficiary"))
    )
    how = pl.when(credit).then("originator_known_by").otherwise("beneficiary_known_by")
    arrived = pl.coalesce("received_amount", "amount")
    arrived_in = pl.coalesce("received_currency", "currency")
    return {
        "credit": credit,
        "account": own,
        "other": pl.when(how == "account").then(other),
        "private": pl.when(how == "number").then(other),
        "name": pl.when(credit).then("originator_name").otherwise("beneficiary_name"),
        "batch": pl.col("batch_items").is_not_null(),
        "sum": pl.when(credit).then(arrived).otherwise("amount").cast(EXACT),
        "code": pl.when(credit).then(arrived_in).otherwise("currency"),
        "reference": pl.col("end_to_end_id"),
        "tracked": pl.col("uetr"),
        "servicer": pl.col("bank_reference"),
        "is_return": pl.col("is_return").fill_null(value=False),
    }


def _bare() -> pl.Expr:
    """Tell whether a line names nobody and may be a batch; a card payment is none."""
    nobody = pl.all_horizontal(pl.col(c).is_null() for c in ("other", "private", "name"))
    by_card = pl.col("channel").is_in(_CARD).fill_null(value=False)
    return pl.col("batch") | (nobody & ~by_card)


def _with_numbers(rows: pl.DataFrame, identifiers: pl.DataFrame) -> pl.DataFrame:
    """Add the bare number by which the other side is known, from the id that is private to these books."""
    local = table("identifiers").complete(identifiers).filter(pl.col("scheme") == known.LOCAL)
    keys = local.select(private="subject", number=pl.col("key").str.strip_chars_start("0")).sort("private", "number")
    keys = keys.unique("private", keep="first", maintain_order=True)
    return rows.join(keys, on="private", how="left", maintain_order="left")


def _entries(rows: pl.DataFrame, ids: pl.DataFrame, identifiers: pl.DataFrame, accounts: pl.DataFrame) -> pl.DataFrame:
    """Put numbers in the place of ids, amounts and references."""
    kin = _kin(identifiers, ids)
    banks = _banks(accounts)
    rows = rows.join(banks, on="account", how="left").with_columns(
        servicer=pl.when(pl.col("servicer").is_not_null()).then(pl.concat_str("bank", "servicer", separator=" "))
    )
    own = ids.rename({"account": "own", "id": "account"}).join(kin, left_on="own", right_on="account", how="left")
    other = own.rename({"own": "its", "account": "other", "kin": "other_kin"})
    rows = rows.join(own, on="account", how="left").join(other, on="other", how="left")
    money = rows.filter(pl.col("code") != UNKNOWN).select("sum", "code").unique().sort("code", "sum")
    rows = rows.join(money.with_row_index("money"), on=["sum", "code"], how="left")
    whole = EXACT if rows.select((pl.col("sum") >= 2**50).any()).item() else pl.Int64()
    return rows.select(
        "n",
        "credit",
        "day",
        "money",
        "kin",
        "other_kin",
        "is_return",
        "batch",
        account="own",
        other="its",
        amount=pl.col("sum").cast(whole),
        currency=_code(rows, "code"),
        reference=_code(rows, "reference"),
        uetr=_code(rows, "tracked"),
        servicer=_code(rows, "servicer"),
    ).sort("n")


def _code(rows: pl.DataFrame, column: str) -> pl.Series:
    """Return a number for each distinct text, null for none."""
    return rows[column].rank("dense").cast(pl.UInt32)


def _kin(identifiers: pl.DataFrame, ids: pl.DataFrame) -> pl.DataFrame:
    """Return which accounts can be told apart by their ids: those numbered alike, by IBAN or by one bank."""
    rows = table("identifiers").complete(identifiers)
    by_bank = (pl.col("scheme") == known.LOCAL) & (pl.col("issuer") != "")
    scheme = pl.when(pl.col("scheme") == known.IBAN).then("scheme").when(by_bank).then("issuer")
    rows = rows.select(id="subject", kin=scheme).drop_nulls().unique()
    one = rows.filter(pl.len().over("id") == 1)
    return ids.join(one, on="id").select("account", kin=pl.col("kin").rank("dense").cast(pl.UInt32))


def _banks(accounts: pl.DataFrame) -> pl.DataFrame:
    """Return the key of the bank that keeps each account, where its own books name one bank only."""
    rows = table("accounts").complete(accounts).filter(pl.col("own_books") & pl.col("bank").is_not_null())
    rows = rows.select("account", "bank").unique()
    keys = {bank: known.bank_key(bank) for bank in rows["bank"].unique()}
    rows = rows.with_columns(bank=pl.col("bank").replace(keys)).unique()
    return rows.filter((pl.len().over("account") == 1) & (pl.col("bank") != ""))


def _holders(accounts: pl.DataFrame, ids: pl.DataFrame) -> pl.DataFrame:
    """Return how an account's own books name its holder."""
    rows = table("accounts").complete(accounts).filter("own_books")
    rows = rows.select(id="account", name=name_start(pl.col("holder_name"))).drop_nulls().unique()
    return ids.join(rows, on="id").select("account", "name")


def _account_numbers(identifiers: pl.DataFrame, ids: pl.DataFrame) -> pl.DataFrame:
    rows = table("identifiers").complete(identifiers)
    rows = rows.filter(pl.col("scheme").is_in([known.IBAN, known.IBAN_UNVERIFIED, known.LOCAL]))
    rows = rows.select(
        id="subject", key=pl.col("key").str.strip_chars_start("0"), is_iban=pl.col("scheme") != known.LOCAL
    ).unique()
    return ids.join(rows, on="id").select("account", "key", "is_iban")
