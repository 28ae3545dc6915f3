"""Finding things in a case, and one account's statement."""

from __future__ import annotations

import re
from contextlib import suppress
from dataclasses import dataclass
from typing import TYPE_CHECKING

import polars as pl

from finvest.features.balances import openings
from finvest.model.errors import AmountError, UsageError
from finvest.model.identifiers import name_key, name_keys, number_key, text_key, text_keys
from finvest.model.instants import local_days
from finvest.model.money import AmountFormat, parse_one
from finvest.naming import account_number, numbers, people
from finvest.pairing.lines import needed
from finvest.views.masking import Masks

if TYPE_CHECKING:
    from finvest.matching import Matched
    from finvest.registry import Registry
    from finvest.store.store import Store
    from finvest.view import CaseView

FEWEST_CHARACTERS = 3
"""A shorter text would find nearly everything."""

_SEARCHED = (
    "transaction_id", "originator", "beneficiary", "originator_name", "beneficiary_name", "reference", "end_to_end_id",
    "currency", "amount", "booked_at", "zone", "source", "line",
)  # fmt: skip
_ABOUT = ("movement", "time_known", "channel", "reference", "records", "amount_base")

FOUND = {
    "what": pl.String,
    "id": pl.String,
    "by": pl.String,
    "known_as": pl.String,
    "file": pl.String,
    "line": pl.Int64,
}


@dataclass(frozen=True, slots=True)
class Statement:
    """One account as its movements show it.

    Attributes
    ----------
    id, label : str
        Opaque id, and what a reader knows it by.
    movements : polars.DataFrame
        In time order of its own books, reversals included: ``booked`` (earliest instant), ``day`` (as written),
        ``time_known``, ``other``, ``received``, ``paid`` (minor units), ``currency``, ``balance`` (running, minor
        units; null where no statement fixes it, and where only the other side's books show the movement),
        ``channel``, ``reference``, ``where`` (file and line of each record behind it). A payment of the account to
        itself stands twice, as paid and as received.
    counterparties : polars.DataFrame
        ``other``, ``currency``, ``received``, ``paid``, ``count``, ``first``, ``last`` (days).
    coverage : polars.DataFrame
        ``start``, ``end``, ``currency``, ``proof``: days for which this account's own books are on file.
    people : polars.DataFrame
        Who holds it and who controls it, see `finvest.naming.people`.
    """

    id: str
    label: str
    movements: pl.DataFrame
    counterparties: pl.DataFrame
    coverage: pl.DataFrame
    people: pl.DataFrame

    def __repr__(self) -> str:
        return f"<Statement of {self.id}: {len(self.movements)} movements>"

    def to_frame(self) -> pl.DataFrame:
        """Return the movements."""
        return self.movements

    def _repr_html_(self) -> str:
        from finvest.views.tables import TableView

        parts = {"Holders, and who controls it": self.people} if len(self.people) else {}
        parts |= {"Coverage": self.coverage, "Counterparties": self.counterparties, "Movements": self.movements}
        return "".join(TableView(frame, title)._repr_html_() for title, frame in parts.items())


def files(store: Store) -> dict[str, str]:
    """Return the name of each source by its SHA-256."""
    return {s["sha256"]: s["name"] for s in store.manifest.sources()}


def detectors(registry: Registry, view: CaseView) -> pl.DataFrame:
    """Return every detector with what it needs and what a case lacks for it."""
    rows = [
        {
            "id": id_,
            "title": cls.card.title,
            "strength": cls.card.strength,
            "needs": ", ".join(cls.card.needs),
            "lacks": view.lacks(cls.card.needs) or "",
        }
        for id_, cls in registry.detectors().items()
    ]
    return pl.DataFrame(rows)


def sources(store: Store) -> pl.DataFrame:
    """Return the sources with what became of their records."""
    counts = dict.fromkeys(("records", "loaded", "quarantined", "headers", "blanks"), pl.Int64)
    schema = {"name": pl.String, "loader": pl.String, **counts, "sha256": pl.String, "loaded_at": pl.String}
    return pl.DataFrame([{c: row[c] for c in schema} for row in store.manifest.sources()], schema=schema)


def where(records: pl.Series, matched: Matched, names: dict[str, str]) -> pl.Series:
    """Return file and line of the records behind each movement.

    Parameters
    ----------
    records : polars.Series of List(String), shape (n,)
        Transaction ids.

    Returns
    -------
    polars.Series of List(String), shape (n,)
        ``file:line``, in the order of the ids.
    """
    flat = (
        records.rename("transaction_id").to_frame().with_row_index("row").explode("transaction_id", empty_as_null=False)
    )
    asked = flat.select("transaction_id").unique().lazy()
    place = matched.transactions.join(asked, on="transaction_id", how="semi").select(
        "transaction_id",
        place=pl.format(
            "{}:{}",
            pl.col("source").replace_strict(names, default="?", return_dtype=pl.String),
            pl.coalesce("line", "record"),
        ),
    )
    listed = flat.join(place.collect(), on="transaction_id", how="left", maintain_order="left")
    found = listed.group_by("row").agg("place")
    # A balance has no records: its row is empty, and stays.
    rows = pl.DataFrame({"row": pl.int_range(len(records), dtype=pl.UInt32, eager=True)})
    every = rows.join(found, on="row", how="left", maintain_order="left")
    return every.select(pl.col("place").fill_null(pl.lit([], pl.List(pl.String)))).to_series()


def find(view: CaseView, matched: Matched, text: str, names: dict[str, str] | None = None) -> pl.DataFrame:
    """Find accounts, parties and transactions by name, number, reference or amount.

    Parameters
    ----------
    view : CaseView
    matched : Matched
    text : str
    names : dict of str to str, optional
        Name of each source by its SHA-256; the hash stands where it is left out.

    Returns
    -------
    polars.DataFrame
        ``what`` (account, party, transaction), ``id``, ``by`` (what agreed), ``known_as``, ``file``, ``line``. An
        account of a victim is found by its number and its holder's name, and stays masked.
    """
    text = text.strip()
    if len(text) < FEWEST_CHARACTERS and not text.isdigit():
        raise UsageError(f"give at least {FEWEST_CHARACTERS} characters")
    searched = needed(matched.transactions, _SEARCHED)
    rows = searched.filter(~pl.col("transaction_id").is_in(list(view.left_out))).collect()
    parts = [_accounts(view, rows, text), _parties(view, text), _transactions(rows, text, names or {})]
    return Masks(view.hidden).texts(pl.concat([p.select(*FOUND) for p in parts]))


def _accounts(view: CaseView, transactions: pl.DataFrame, text: str) -> pl.DataFrame:
    accounts = view.frame("accounts")
    number, known = number_key(text), numbers(view)
    if len(number) < FEWEST_CHARACTERS or not any(c.isdigit() for c in number):
        known = known.clear()
    by_number = known.filter(pl.col("key").str.contains(number, literal=True))["subject"]
    written = [transactions.select(account=side, name=f"{side}_name") for side in ("originator", "beneficiary")]
    named = pl.concat([accounts.select("account", name="holder_name"), *written]).drop_nulls().unique()
    by_name = named.filter(_has_words(named.select(name_keys(pl.col("name"))).to_series(), text))["account"]
    by = (
        pl.when(pl.col("id").is_in(by_number.implode()))
        .then(pl.lit("number"))
        .when(pl.col("id").is_in(by_name.implode()))
        .then(pl.lit("name"))
    )
    rows = accounts.select(id="account", known_as=pl.Series(view.labels, dtype=pl.String), what=pl.lit("account"))
    return _placed(rows.with_columns(by=by).filter(pl.col("by").is_not_null()))


def _parties(view: CaseView, text: str) -> pl.DataFrame:
    if view.lacks(["parties"]) is not None:
        return pl.DataFrame(schema=FOUND)
    parties = view.frame("parties")
    labels = [view.label("party", n) for n in parties["n"]]
    found = _has_words(parties.select(name_keys(pl.col("name"))).to_series(), text)
    rows = parties.select(id="party").with_columns(
        known_as=pl.Series(labels, dtype=pl.String), by=pl.lit("name"), what=pl.lit("party")
    )
    return _placed(rows.filter(found))


def _transactions(rows: pl.DataFrame, text: str, names: dict[str, str]) -> pl.DataFrame:
    key = text_key(text) or "\0"
    in_reference = pl.any_horizontal(
        text_keys(pl.col(c)).str.contains(key, literal=True).fill_null(value=False)
        for c in ("reference", "end_to_end_id")
    )
    # Minor units mean something in their own currency only: 100 is one euro and a hundred yen.
    meant = _amounts(rows, text)
    agrees = pl.struct("currency", pl.col("amount").cast(pl.Int128)).is_in(meant.to_struct().implode())
    by = pl.when(agrees).then(pl.lit("amount")).when(in_reference).then(pl.lit("reference"))
    found = rows.with_columns(by=by, day=local_days(rows)).filter(pl.col("by").is_not_null())
    return found.select(
        what=pl.lit("transaction"),
        id="transaction_id",
        by="by",
        known_as=pl.format("{} {}", pl.col("day"), pl.col("reference").fill_null("")),
        file=pl.col("source").replace(names),
        line="line",
    )


def _amounts(rows: pl.DataFrame, text: str) -> pl.DataFrame:
    """Return the minor units that a text can mean in each currency of the case."""
    meant = set()
    if re.fullmatch(r"[-+(]?[0-9][0-9., ']*\)?", text) is not None:
        for currency in rows["currency"].drop_nulls().unique():
            for written in (AmountFormat(".", ", '"), AmountFormat(",", ". '")):
                with suppress(AmountError):
                    meant.add((currency, abs(parse_one(text, currency, written))))
    return pl.DataFrame(sorted(meant), schema={"currency": pl.String, "amount": pl.Int128}, orient="row")


def _has_words(keys: pl.Series, text: str) -> pl.Series:
    """Tell which keys contain every word of a text."""
    words = name_key(text).split()
    if not words or not any(c.isalpha() for c in text):
        return pl.repeat(value=False, n=len(keys), eager=True)
    padded = " " + keys.fill_null("")
    result = pl.repeat(value=True, n=len(keys), eager=True)
    for word in words:
        result &= padded.str.contains(" " + word, literal=True)
    return result


def _placed(rows: pl.DataFrame) -> pl.DataFrame:
    return rows.with_columns(file=pl.lit(None, pl.String), line=pl.lit(None, pl.Int64))


def show(view: CaseView, matched: Matched, names: dict[str, str], text: str) -> Statement:
    """Return the statement of the one account that is known so."""
    n = account_number(view, text)
    labels = pl.Series(view.labels, dtype=pl.String)
    change = pl.col("change")
    opening = openings(view, (n,)).select("currency", "opening")
    # Every booking counts in the balance, whether it is selected or not.
    booked = view.bookings_of([n])
    about = matched.movements.join(booked.select("movement").lazy(), on="movement", how="semi").select(_ABOUT).collect()
    booked = (
        booked.join(opening, on="currency", how="left", maintain_order="left")
        .with_columns(running=pl.col("opening") + pl.when("own").then(change).otherwise(0).cum_sum().over("currency"))
        .filter("selected")
        .join(about, on="movement", how="left", maintain_order="left")
    )
    moves = booked.select(
        "booked",
        "day",
        "time_known",
        other=labels.gather(booked["other"]),
        received=pl.when(change > 0).then(change),
        paid=pl.when(change < 0).then(-change),
        currency="currency",
        balance=pl.when("own").then("running"),
        channel="channel",
        reference="reference",
        where=where(booked["records"], matched, names).list.join(", "),
    )
    # Sums in several currencies are compared in the base currency, where all of them are known in it.
    plain = pl.coalesce("received", "paid").cast(pl.Int128)
    size = plain if booked["amount_base"].null_count() else pl.lit(booked["amount_base"].cast(pl.Int128))
    moves = Masks(view.hidden).texts(moves)
    # Two accounts may have one label.
    partners = (
        moves.with_columns(size=size)
        .group_by("other", "currency", n=booked["other"])
        .agg(
            pl.col("received", "paid", "size").sum(),
            count=pl.len(),
            first=pl.col("day").min(),
            last=pl.col("day").max(),
        )
    )
    id_ = view.id_of("account", n)
    return Statement(
        id_,
        view.labels[n],
        moves,
        partners.sort("size", "other", "n", "currency", descending=[True, False, False, False]).drop("n", "size"),
        matched.coverage.filter(pl.col("account") == id_).select("start", "end", "currency", "proof"),
        people(view, id_),
    )
