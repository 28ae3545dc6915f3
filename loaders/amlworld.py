"""IBM AMLworld, a simulated world of banks: transactions, accounts, and the laundering attempts planted in them."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any, ClassVar

import polars as pl

from finvest.model import money
from finvest.model.errors import SourceError
from finvest.model.identifiers import number_key, text_key
from finvest.model.records import Batch, LoaderCard, Source, Tally
from finvest.model.tables import INSTANT
from finvest.reading.fields import fields
from finvest.reading.framing import frames
from finvest.reading.roll_tables import LISTED, party_id, tables
from finvest.reading.simulated import (
    account_ids,
    close,
    flags,
    given,
    held,
    layout_of,
    movements,
    only,
    other_file,
    rows_of,
    transaction_ids,
    unpacked,
)
from finvest.reading.written import aside, times

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from finvest.reading.lines import Reasons
    from finvest.reading.profile import Profile

NAME = "amlworld"

HEADERS = {
    "transactions": "Timestamp,From Bank,Account,To Bank,Account,Amount Received,Receiving Currency,Amount Paid,"
    "Payment Currency,Payment Format,Is Laundering",
    "accounts": "Bank Name,Bank ID,Account Number,Entity ID,Entity Name",
}

CURRENCIES = {
    "US Dollar": "USD",
    "Euro": "EUR",
    "UK Pound": "GBP",
    "Swiss Franc": "CHF",
    "Yuan": "CNY",
    "Rupee": "INR",
    "Ruble": "RUB",
    "Canadian Dollar": "CAD",
    "Australian Dollar": "AUD",
    "Mexican Peso": "MXN",
    "Brazil Real": "BRL",
    "Saudi Riyal": "SAR",
    "Shekel": "ILS",
    "Yen": "YEN",
    "Bitcoin": "BTC",
}
"""Code of each currency. The simulator pays yen in hundredths, which JPY does not have: these are YEN, so that no
amount is rounded and none taken for a hundred times another."""

DECIMALS = {"YEN": 2, "BTC": 8}
"""Decimals of the codes that ISO 4217 does not have."""

CHANNELS = {"ACH": "transfer", "Wire": "wire", "Cheque": "cheque", "Bitcoin": "crypto"}
"""Channel by payment format. The others are ``other`` and kept aside: a card without saying which, cash that goes from
one account to another, reinvestments."""

_TIMES = ("%Y/%m/%d %H:%M",)
_ANSWERS = {"1": True, "0": False}
_BEGIN = re.compile(r"BEGIN LAUNDERING ATTEMPT - ([A-Z]+(?:-[A-Z]+)*)\s*(?::.*)?")
_END = re.compile(r"END LAUNDERING ATTEMPT - ([A-Z]+(?:-[A-Z]+)*)\s*")


class Amlworld:
    """Reads the three files of a set: ``…_Trans.csv``, ``…_Patterns.txt`` and ``…_accounts.csv``.

    Option of `read`: ``transactions`` (for a patterns file: path of the transactions that it is about; the
    ``…_Trans.csv`` beside it where left out).
    """

    card: ClassVar[LoaderCard] = LoaderCard(
        name=NAME,
        title="IBM AMLworld: transactions, patterns and accounts",
        suffixes=("_Trans.csv", "_Patterns.txt", "_accounts.csv"),
        tried=("HI-Small: transactions and patterns (an extract)",),
        untried=("accounts: no outside file was at hand", "HI-Medium, HI-Large and the LI sets", "payments in Bitcoin"),
        notes=(
            "Rows show both sides: they are in the books of both. Times are to the minute, in UTC by declaration.",
            "An account is bank and number, both as written, zeros in front included: where files write 12 and 012, "
            "they are two accounts until a person says that they are one.",
            "Currencies are names; their ISO 4217 codes are a table, and any other name is quarantined. Yen are paid "
            "in hundredths, which JPY does not have: code YEN, two decimals. Bitcoin: code BTC, eight decimals.",
            "ACH, Wire, Cheque and Bitcoin become channels; any other payment format is kept aside.",
            "`Is Laundering` and the patterns go into `labels`, which no view contains.",
            "A patterns file names its transactions by content: every line of an attempt must be a line of the "
            "transactions file, which lies beside it or is given with the option `transactions` (in a load list, or in "
            "Python). Into a case, its copy is loaded, which has nothing beside it: give the option.",
            "Of accounts, the bank is its number, as transactions name it; the column Bank Name is left out.",
        ),
        decimals=DECIMALS,
    )

    def recognises(self, head: bytes, name: str) -> bool:  # noqa: ARG002 - the content decides
        """Tell by the first line."""
        return head.startswith(b"BEGIN LAUNDERING ATTEMPT") or layout_of(head, HEADERS) is not None

    def read(
        self,
        source: Source,
        profile: Profile | None = None,
        **options: Any,  # noqa: ANN401 - each is checked below
    ) -> Iterator[Batch | Tally]:
        """Yield transactions with accounts, identifiers and labels; or accounts and holders; or labels alone.

        Raises
        ------
        SourceError
            If it is none of the three files, or the patterns are not those of the transactions.
        UsageError
            If an option is unknown.
        """
        del profile
        only(NAME, options, ("transactions",))
        with source.path.open("rb") as file:
            head = file.read(4096)
        match layout_of(head, HEADERS):
            case "transactions":
                return _transactions(source)
            case "accounts":
                return _accounts(source)
        if not head.startswith(b"BEGIN LAUNDERING ATTEMPT"):
            raise SourceError(source.name, "it is no AMLworld file: expected transactions, patterns or accounts", 1)
        return _patterns(source, options.get("transactions"))


def _transactions(source: Source) -> Iterator[Batch | Tally]:
    for rows, reasons, counted in rows_of(source, HEADERS["transactions"]):
        laundering = flags(rows, "Is Laundering", _ANSWERS, reasons)
        lines = _lines(rows, reasons)
        good = reasons.frame["reason"].is_null()
        yield from movements(lines.filter(good), source, NAME)
        answers = rows.select(
            "record",
            "line",
            subject_kind=pl.lit("transaction"),
            subject=transaction_ids(source),
            positive=laundering,
        )
        yield given("labels", answers.filter(good), source, NAME)
        yield from close(rows, reasons, counted, source, NAME)


def _lines(rows: pl.DataFrame, reasons: Reasons) -> pl.DataFrame:
    """Read rows as movements."""
    paid, currency = _money(rows, "Amount Paid", "Payment Currency", reasons)
    received, received_currency = _money(rows, "Amount Received", "Receiving Currency", reasons)
    at = times(rows["Timestamp"], _TIMES)
    reasons.where(rows["Timestamp"].is_null(), "DATE_MISSING", "Timestamp")
    reasons.where(at["at"].is_null(), "DATE_FORMAT", "Timestamp")
    for column in ("From Bank", "Account", "To Bank", "Account (2)"):
        reasons.where(rows[column].is_null(), "ACCOUNT_MISSING", column)
    channel = rows["Payment Format"].replace_strict(CHANNELS, default="other", return_dtype=pl.String)
    differs = pl.lit((received != paid) | (received_currency != currency))
    other = rows.select(kept=pl.when(pl.lit(channel == "other")).then("Payment Format"))
    return rows.select(
        "record",
        "line",
        amount=paid,
        currency=currency,
        received_amount=pl.when(differs).then(received),
        received_currency=pl.when(differs).then(received_currency),
        from_bank="From Bank",
        from_number="Account",
        to_bank="To Bank",
        to_number="Account (2)",
        booked_at=at["at"].dt.replace_time_zone("UTC").cast(INSTANT),
        precision=at["precision"],
        booked_as_written="Timestamp",
        zone=pl.lit("UTC"),
        channel=channel,
        surplus=aside(other, {"Payment Format": pl.col("kept")}),
    )


def _money(rows: pl.DataFrame, amount: str, currency: str, reasons: Reasons) -> tuple[pl.Series, pl.Series]:
    """Return amounts in minor units and their currencies."""
    code = rows[currency].replace_strict(CURRENCIES, default=None, return_dtype=pl.String)
    reasons.where(code.is_null(), "CURRENCY_UNKNOWN", currency)
    # Codes that ISO 4217 does not have differ in their decimals, and the parser is told one number at a time.
    minor, wrong = money.parse(rows[amount], code, money.AmountFormat(decimals=DECIMALS["BTC"]))
    yen = code == "YEN"
    if yen.any():
        hundredths, scale = money.parse(rows[amount], code, money.AmountFormat(decimals=DECIMALS["YEN"]))
        minor = pl.select(pl.when(yen).then(hundredths).otherwise(minor)).to_series()
        wrong = pl.select(pl.when(yen).then(scale).otherwise(wrong)).to_series()
    reasons.add(wrong, amount)
    reasons.where(rows[amount].is_null(), "AMOUNT_MISSING", amount)
    reasons.where((minor < 0).fill_null(value=False), "SIGN_UNKNOWN", amount)
    return minor, code


def _accounts(source: Source) -> Iterator[Batch | Tally]:
    register = text_key(NAME)
    for rows, reasons, counted in rows_of(source, HEADERS["accounts"]):
        for column in ("Bank ID", "Account Number", "Entity ID"):
            reasons.where(rows[column].is_null(), "ID_MISSING", column)
        good = rows.filter(reasons.frame["reason"].is_null())
        holders = [party_id(LISTED, register, number_key(entity)) for entity in good["Entity ID"]]
        accounts = good.with_columns(
            number="Account Number",
            bank="Bank ID",
            holder_name="Entity Name",
            holder=pl.Series(holders, dtype=pl.String),
        )
        entities = good.select(
            "record", "line", number="Entity ID", name="Entity Name", register=pl.lit(NAME), kind=pl.lit("unknown")
        )
        yield from held(account_ids(accounts), source, NAME)
        yield from tables(entities.unique("number", keep="first", maintain_order=True), "parties", source, NAME)
        yield from close(rows, reasons, counted, source, NAME)


def _patterns(source: Source, transactions: str | Path | None) -> Iterator[Batch | Tally]:
    members, tally = _attempts(source)
    about = other_file(source, "transactions", transactions, source.name.replace("_Patterns.txt", "_Trans.csv"))
    found = members.join(_records(about, members["text"]), on=["text", "nth"], how="left", maintain_order="left")
    lost = found.filter(pl.col("of").is_null())
    if len(lost):
        what = f"{len(lost):,} of its {len(found):,} transactions are not in {about.name}; are both files of one set?"
        raise SourceError(source.name, what, lost["line"][0])
    moved = found.select(
        "record",
        "line",
        "pattern",
        "kind",
        subject_kind=pl.lit("transaction"),
        subject="of",
        positive=pl.lit(value=True),
    )
    attempts = members.unique("pattern", keep="first", maintain_order=True).select(
        "pattern",
        "kind",
        record="begins",
        line="begins",
        subject_kind=pl.lit("pattern"),
        subject="pattern",
        positive=pl.lit(value=True),
    )
    yield given("labels", pl.concat([attempts, moved], how="diagonal"), source, NAME)
    yield tally


def _attempts(source: Source) -> tuple[pl.DataFrame, Tally]:
    """Return the lines of all attempts, with the attempt that each belongs to, and the tally of the file."""
    rows: list[tuple[int, str, str, int, str]] = []
    tally = Tally()
    begun: tuple[int, str] | None = None
    with source.path.open("rb") as file:
        parts = (fields(p, encoding="utf-8", delimiter="\x1f", quote="") for p in frames(file, source.name, quote=""))
        for line, text in (pair for part in parts for pair in part.select("line", "text").iter_rows()):
            if text is None:
                raise SourceError(source.name, "expected text in UTF-8", line)
            plain = text.strip()
            begins, ends = _BEGIN.fullmatch(plain), _END.fullmatch(plain)
            if not plain:
                tally += Tally(blanks=1)
            elif begins and begun is None:
                begun = (line, _kind(begins))
                tally += Tally(loaded=1)
            elif ends and begun and rows and (rows[-1][3], rows[-1][2]) == (begun[0], _kind(ends)):
                begun = None
                tally += Tally(headers=1)
            elif begun and not begins and not ends:
                if not plain.endswith(",1"):
                    raise SourceError(source.name, "a transaction of an attempt is not marked as laundering", line)
                rows.append((line, source.transaction_id(begun[0]), begun[1], begun[0], plain))
                tally += Tally(loaded=1)
            else:
                raise SourceError(source.name, "expected BEGIN, transactions and END of one laundering attempt", line)
    if begun:
        raise SourceError(source.name, "the attempt that begins here does not end; ask for the file again", begun[0])
    frame = pl.DataFrame(rows, schema=["line", "pattern", "kind", "begins", "text"], orient="row")
    # One transaction may be of two attempts, and two of one attempt may read the same.
    return frame.with_columns(record="line", nth=pl.int_range(pl.len()).over("pattern", "text")), tally


def _kind(marker: re.Match[str]) -> str:
    """Return the kind of an attempt as finvest names it."""
    return marker[1].lower().replace("-", "_")


def _records(transactions: Source, wanted: pl.Series) -> pl.DataFrame:
    """Return the ids of the transactions with these texts, and which one of those that read the same each is."""
    parts = []
    with unpacked(transactions) as file:
        if layout_of(file.read(4096), HEADERS) != "transactions":
            raise SourceError(transactions.name, "it is no transactions file of AMLworld", 1)
        for part in frames(file, transactions.name):
            rows = fields(part, encoding="utf-8", delimiter="\x1f", quote="").with_columns(
                pl.col("text").str.strip_chars()
            )
            parts.append(rows.select("record", "text").filter(pl.col("text").is_in(wanted.unique().implode())))
    rows = pl.concat(parts)
    ids = pl.Series([transactions.transaction_id(record) for record in rows["record"]], dtype=pl.String)
    return rows.select("text", nth=pl.int_range(pl.len()).over("text"), of=ids)
