"""IBM AMLSim, a simulated bank: its graphs with fraud flags, and its output with cash and alerts."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING, Any, ClassVar

import polars as pl

from finvest.model import identifiers as known
from finvest.model import money
from finvest.model.currencies import UNKNOWN
from finvest.model.errors import SourceError, UsageError
from finvest.model.records import Batch, LoaderCard, Source, Tally
from finvest.model.statements import batches
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
)
from finvest.reading.written import aside

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from finvest.reading.lines import Reasons
    from finvest.reading.profile import Profile

NAME = "amlsim"

HEADERS = {
    "nodes": "nodeid,isFraud,init_balance,fraudStep",
    "edges": "sourceNodeId,targetNodeId,value,time",
    "accounts": "ACCOUNT_ID,PRIMARY_CUSTOMER_ID,init_balance,start,end,country,business,suspicious,isFraud,modelID",
    "tx": "TXN_ID,ACCOUNT_ID,COUNTER_PARTY_ACCOUNT_NUM,TXN_SOURCE_TYPE_CODE,tx_count,TXN_AMOUNT_ORIG,start,end",
    "cash": "TXN_ID,ACCOUNT_ID,BRANCH_ID,TXN_SOURCE_TYPE_CODE,tx_count,TXN_AMOUNT_ORIG,RUN_DATE,end",
    "alerts": "ALERT_KEY,ALERT_TEXT,ACCOUNT_ID,CUSTOMER_ID,EVENT_DATE,CHECK_NAME,Organization_Type,"
    "Escalated_To_Case_Investigation",
}
"""Files by their first line; the first two are a graph's."""

CHANNELS = {"WIRE": "wire", "CHECK": "cheque"}
"""Channel by type; CREDIT and DEPOSIT say nothing of how money moved between two accounts."""

_ANSWERS = {"1": True, "0": False, "true": True, "false": False}
_AMOUNT, _TYPE = "TXN_AMOUNT_ORIG", "TXN_SOURCE_TYPE_CODE"
_STEP = r"^[0-9]{1,5}$"


class Amlsim:
    """Reads the files of a graph (``nodes.csv``, ``transactions.csv.gz``) and of an output (``accounts.csv`` …).

    Options of `read`: ``start`` (day 0 of the simulation, 2017-01-01 where left out), ``decimals`` (of amounts, 2),
    ``bank`` (name of the simulated bank, AMLSim), ``accounts`` (for alerts: path of the accounts that they are about).
    """

    card: ClassVar[LoaderCard] = LoaderCard(
        name=NAME,
        title="IBM AMLSim: graphs with flags, and output with cash and alerts",
        suffixes=(".csv", ".csv.gz"),
        tried=(
            "graphs of 20,000 accounts: nodes.csv, transactions.csv.gz",
            "output of 2018: accounts.csv, tx.csv, cash_tx.csv, alerts.csv",
        ),
        untried=("outputs of later versions, whose columns are configured",),
        notes=(
            "Times are steps of a day: step n is n days after the option `start`, by default 2017-01-01, which AMLSim "
            "itself counts from. The currency is XXX, the option `decimals` says how many it has, by default two.",
            "Account numbers are of one bank, the option `bank`: two graphs in one case need two names.",
            "isFraud and alerts go into `labels`, which no view contains.",
            "Alerts are checked against the accounts.csv beside them, or the file of the option `accounts`.",
            "In cash_tx.csv the account of a CASH-OUT stands in the column BRANCH_ID, and the branch in ACCOUNT_ID.",
            "init_balance, start, end, country, business, suspicious and modelID of accounts have no place in the "
            "tables and are left out, as is fraudStep, which would give answers away.",
            "alertPatterns.csv holds parameters of the simulation and is no data.",
            "A packed file may unpack to 1 GiB; lines and offsets of what is quarantined are the unpacked text's.",
        ),
    )

    def recognises(self, head: bytes, name: str) -> bool:  # noqa: ARG002 - the content decides
        """Tell by the first line."""
        return layout_of(head, HEADERS) is not None

    def read(
        self,
        source: Source,
        profile: Profile | None = None,
        **options: Any,  # noqa: ANN401 - each is checked below
    ) -> Iterator[Batch | Tally]:
        """Yield transactions with accounts and identifiers, or accounts with labels, or labels.

        Raises
        ------
        SourceError
            If it is no file of AMLSim, is damaged, or alerts are about accounts that there are not.
        UsageError
            If an option is unknown or makes no sense.
        """
        del profile
        only(NAME, options, ("start", "decimals", "bank", "accounts"))
        with source.path.open("rb") as file:
            layout = layout_of(file.read(65_536), HEADERS)
        if layout is None:
            raise SourceError(
                source.name,
                "its first line is that of no file of AMLSim that finvest reads",
                1,
            )
        world = _World(source, **options)
        make: Callable[[pl.DataFrame, Reasons], list[Batch]] = getattr(world, layout)  # named as in HEADERS
        for rows, reasons, counted in rows_of(source, HEADERS[layout]):
            yield from (batch for batch in make(rows, reasons) if len(batch.frame))
            yield from close(rows, reasons, counted, source, NAME)
        if layout == "alerts" and not world.alerted:
            raise SourceError(source.name, "it holds no alert, so there is nothing positive in it")


class _World:
    """What is told of the simulation, and how each file of it becomes tables."""

    def __init__(
        self,
        source: Source,
        start: str | dt.date = "2017-01-01",
        decimals: int = 2,
        bank: str = "AMLSim",
        accounts: str | Path | None = None,
    ) -> None:
        self.source, self.bank, self.known = source, bank, accounts
        self.written = money.AmountFormat(decimals=decimals)
        try:
            self.start = dt.date.fromisoformat(str(start))
        except ValueError:
            raise UsageError("the option start must be a date like 2017-01-01") from None
        if not known.text_key(bank):
            raise UsageError("the option bank must be a name")
        self.alerted = False

    def nodes(self, rows: pl.DataFrame, reasons: Reasons) -> list[Batch]:
        """Return the accounts of a graph, with the answer for each."""
        return self._accounts(rows, "nodeid", reasons)

    def accounts(self, rows: pl.DataFrame, reasons: Reasons) -> list[Batch]:
        """Return the accounts of an output, with the answer for each."""
        return self._accounts(rows.with_columns(holder_name="PRIMARY_CUSTOMER_ID"), "ACCOUNT_ID", reasons)

    def _accounts(self, rows: pl.DataFrame, number: str, reasons: Reasons) -> list[Batch]:
        reasons.where(rows[number].is_null(), "ID_MISSING", number)
        rows = rows.with_columns(number=number)
        rows = rows.with_columns(positive=flags(rows, "isFraud", _ANSWERS, reasons), bank=pl.lit(self.bank))
        rows = account_ids(rows.filter(reasons.frame["reason"].is_null()))
        answers = rows.select("record", "line", "positive", subject_kind=pl.lit("account"), subject="account")
        return [*held(rows, self.source, NAME), given("labels", answers, self.source, NAME)]

    def edges(self, rows: pl.DataFrame, reasons: Reasons) -> list[Batch]:
        """Return the transactions of a graph."""
        lines = self._lines(rows, "value", "time", ("sourceNodeId", "targetNodeId"), reasons)
        return movements(lines.filter(reasons.frame["reason"].is_null()), self.source, NAME)

    def tx(self, rows: pl.DataFrame, reasons: Reasons) -> list[Batch]:
        """Return the transactions of an output."""
        lines = self._lines(rows, _AMOUNT, "start", ("ACCOUNT_ID", "COUNTER_PARTY_ACCOUNT_NUM"), reasons)
        word = pl.col(_TYPE)
        lines = lines.hstack(
            rows.select(
                channel=word.replace_strict(CHANNELS, default="other", return_dtype=pl.String), bank_reference="TXN_ID"
            )
        ).with_columns(surplus=_kept(rows, _TYPE, "tx_count", "end"))
        return movements(lines.filter(reasons.frame["reason"].is_null()), self.source, NAME)

    def cash(self, rows: pl.DataFrame, reasons: Reasons) -> list[Batch]:
        """Return what was paid in and out at branches."""
        # AMLSim writes who sends and who receives the notes: at a withdrawal the branch does.
        paid_in = rows[_TYPE] == "CASH-IN"
        reasons.where(~rows[_TYPE].is_in(["CASH-IN", "CASH-OUT"]).fill_null(value=False), "SIGN_UNKNOWN", _TYPE)
        lines = self._lines(rows, _AMOUNT, "RUN_DATE", ("ACCOUNT_ID", "BRANCH_ID"), reasons)
        first, second = pl.col("from_number"), pl.col("to_number")
        lines = lines.with_columns(
            credit=paid_in,
            own_bank="from_bank",
            own_number=pl.when(paid_in).then(first).otherwise(second),
            terminal=pl.when(paid_in).then(second).otherwise(first),
            channel=pl.lit("cash_branch"),
            bank_reference=rows["TXN_ID"],
            surplus=_kept(rows, _TYPE, "tx_count", "end"),
        ).drop("from_number", "from_bank", "to_number", "to_bank")
        made = {b.table: b.frame for b in batches(lines.filter(reasons.frame["reason"].is_null()), self.source, NAME)}
        # Both sides are shown, and nobody's statement is on file.
        for name, column, value in (("transactions", "books", "both"), ("accounts", "own_books", False)):
            if name in made:
                made[name] = made[name].with_columns(pl.lit(value).alias(column))
        return [Batch(name, frame) for name, frame in made.items()]

    def alerts(self, rows: pl.DataFrame, reasons: Reasons) -> list[Batch]:
        """Return the answers of alerts: which account, in which pattern."""
        for column in ("ALERT_KEY", "ACCOUNT_ID"):
            reasons.where(rows[column].is_null(), "ID_MISSING", column)
        rows = rows.filter(reasons.frame["reason"].is_null())
        self._there(rows)
        self.alerted = self.alerted or len(rows) > 0
        rows = account_ids(rows.with_columns(number="ACCOUNT_ID", bank=pl.lit(self.bank)))
        answers = rows.select(
            "record",
            "line",
            subject_kind=pl.lit("account"),
            subject="account",
            pattern=pl.format("{}-{}", pl.lit(self.source.sha256[:12]), "ALERT_KEY"),
            kind=pl.col("CHECK_NAME").str.to_lowercase().str.replace_all("-", "_"),
            positive=pl.lit(value=True),
        )
        return [given("labels", answers, self.source, NAME)]

    def _there(self, rows: pl.DataFrame) -> None:
        """Refuse alerts about accounts that the set does not have, where its accounts are at hand."""
        if self.known is None and not self.source.path.with_name("accounts.csv").is_file():
            return
        file = other_file(self.source, "accounts", self.known, "accounts.csv")
        with file.path.open("rb") as opened:
            if layout_of(opened.read(4096), HEADERS) != "accounts":
                raise SourceError(file.name, "it is no accounts file of AMLSim", 1)
        there = [part["ACCOUNT_ID"] for part, _, _ in rows_of(file, HEADERS["accounts"])]
        unknown = rows.filter(~pl.col("ACCOUNT_ID").is_in(pl.concat(there).implode()))
        if len(unknown):
            what = f"{len(unknown):,} of its alerts are about accounts that {file.name} lacks; are both of one set?"
            raise SourceError(self.source.name, what, unknown["line"][0])

    def _lines(
        self, rows: pl.DataFrame, amount: str, step: str, sides: tuple[str, str], reasons: Reasons
    ) -> pl.DataFrame:
        """Read rows as movements between two numbered ends."""
        minor, wrong = money.parse(rows[amount], UNKNOWN, self.written)
        reasons.add(wrong, amount)
        reasons.where(minor.is_null(), "AMOUNT_MISSING", amount)
        reasons.where((minor < 0).fill_null(value=False), "SIGN_UNKNOWN", amount)
        days = rows.select(pl.when(pl.col(step).str.contains(_STEP)).then(step)).to_series().cast(pl.Int64)
        reasons.where(rows[step].is_null(), "DATE_MISSING", step)
        reasons.where(days.is_null(), "DATE_FORMAT", step)
        for side in sides:
            reasons.where(rows[side].is_null(), "ACCOUNT_MISSING", side)
        return rows.select(
            "record",
            "line",
            amount=minor,
            currency=pl.lit(UNKNOWN),
            from_number=sides[0],
            from_bank=pl.lit(self.bank),
            to_number=sides[1],
            to_bank=pl.lit(self.bank),
            booked_at=(pl.lit(self.start) + pl.duration(days=pl.lit(days)))
            .cast(pl.Datetime("us"))
            .dt.replace_time_zone("UTC"),
            precision=pl.lit("date"),
            booked_as_written=step,
            zone=pl.lit("UTC"),
        )


def _kept(rows: pl.DataFrame, *columns: str) -> pl.Series:
    return aside(rows, {column: pl.col(column) for column in columns})
