"""Finding things in a case, and one account's statement."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

import polars as pl

from finvest.features.balances import openings
from finvest.model.errors import AmountError, UsageError
from finvest.model.identifiers import name_key, name_keys, number_key, opaque, text_key, text_keys
from finvest.model.money import AmountFormat, parse_one

if TYPE_CHECKING:
    from finvest.matching import Matched
    from finvest.store.store import Store
    from finvest.view import CaseView

FEWEST_CHARACTERS = 3
"""A shorter text would find nearly everything."""

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
        In time order: ``booked`` (earliest instant), ``time_known``, ``other``, ``received``, ``paid`` (minor units),
        ``currency``, ``balance`` (running, minor units; null where no statement fixes it), ``channel``,
        ``reference``, ``where`` (file and line of each record behind it).
    counterparties : polars.DataFrame
        ``other``, ``currency``, ``received``, ``paid``, ``count``, ``first``, ``last``.
    coverage : polars.DataFrame
        ``start``, ``end``, ``currency``, ``proof``: days for which this account's own books are on file.
    """

    id: str
    label: str
    movements: pl.DataFrame
    counterparties: pl.DataFrame
    coverage: pl.DataFrame

    def __repr__(self) -> str:
        return f"<Statement of {self.id}: {len(self.movements)} movements>"

    def to_frame(self) -> pl.DataFrame:
        """Return the movements."""
        return self.movements

    def _repr_html_(self) -> str:
        from finvest.views.tables import TableView

        parts = {"Coverage": self.coverage, "Counterparties": self.counterparties, "Movements": self.movements}
        return "".join(TableView(frame, title=title)._repr_html_() for title, frame in parts.items())


def files(store: Store) -> dict[str, str]:
    """Return the name of each source by its SHA-256."""
    return {s["sha256"]: s["name"] for s in store.manifest.sources()}


def sources(store: Store) -> pl.DataFrame:
    """Return the sources with what became of their records."""
    columns = ("name", "loader", "records", "loaded", "quarantined", "headers", "blanks", "sha256", "loaded_at")
    rows = store.manifest.sources()
    return pl.DataFrame([{c: row[c] for c in columns} for row in rows]) if rows else pl.DataFrame()


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
    place = matched.transactions.select(
        "transaction_id",
        place=pl.format(
            "{}:{}",
            pl.col("source").replace_strict(names, default="?", return_dtype=pl.String),
            pl.coalesce("line", "record"),
        ),
    )
    listed = flat.join(place, on="transaction_id", how="left", maintain_order="left")
    return listed.group_by("row", maintain_order=True).agg("place").sort("row")["place"]


def account_number(view: CaseView, text: str) -> int:
    """Return the number in a view of the one account that is known so: by opaque id, number, or holder's name.

    Raises
    ------
    UsageError
        If there is none, or more than one.
    """
    accounts = view.frame("accounts")
    exact = accounts.filter(pl.col("account") == text)["n"].to_list()
    by_key = {
        i
        for i, label in enumerate(view.labels)
        if number_key(text) and number_key(label.split(" (")[0]) == number_key(text)
    }
    found = (
        exact or sorted(by_key) or accounts.filter(name_keys(pl.col("holder_name")) == name_key(text))["n"].to_list()
    )
    if not found:
        raise UsageError("no account is known so; `finvest find` searches names, numbers, references and amounts")
    if len(found) > 1:
        ids = ", ".join(accounts["account"].gather(found).to_list()[:5])
        raise UsageError(f"{len(found)} accounts are known so; give the id of one: {ids}")
    return int(found[0])


def find(view: CaseView, matched: Matched, text: str) -> pl.DataFrame:
    """Find accounts, parties and transactions by name, number, reference or amount.

    Returns
    -------
    polars.DataFrame
        ``what`` (account, party, transaction), ``id``, ``by`` (what agreed), ``known_as``, ``file``, ``line``.
    """
    text = text.strip()
    if len(text) < FEWEST_CHARACTERS and not text.isdigit():
        raise UsageError(f"give at least {FEWEST_CHARACTERS} characters")
    parts = [_accounts(view, text), _parties(view, text), _transactions(matched, text)]
    return pl.concat([p.select(FOUND) for p in parts])


def _accounts(view: CaseView, text: str) -> pl.DataFrame:
    accounts = view.frame("accounts")
    number = number_key(text)
    labels = pl.Series("label", view.labels, pl.String)
    keys = pl.Series([number_key(label.split(" (")[0]) for label in view.labels], dtype=pl.String)
    by_number = (
        keys.str.contains(number, literal=True)
        if len(number) >= FEWEST_CHARACTERS and any(c.isdigit() for c in number)
        else pl.repeat(value=False, n=len(keys), eager=True)
    )
    by_name = _has_words(accounts.select(name_keys(pl.col("holder_name"))).to_series(), text)
    by = pl.when(by_number).then(pl.lit("number")).when(by_name).then(pl.lit("name"))
    rows = accounts.select(id="account").with_columns(by=by, known_as=labels, what=pl.lit("account"))
    return _placed(rows.filter(pl.col("by").is_not_null()))


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


def _transactions(matched: Matched, text: str) -> pl.DataFrame:
    rows = matched.transactions
    reference = text_keys(pl.col("reference").fill_null("") + pl.col("end_to_end_id").fill_null("")).str.contains(
        text_key(text) or "\0", literal=True
    )
    amount = pl.col("amount").cast(pl.String).is_in(_amounts(rows, text))
    by = pl.when(amount).then(pl.lit("amount")).when(reference).then(pl.lit("reference"))
    found = rows.with_columns(by=by).filter(pl.col("by").is_not_null())
    return found.select(
        what=pl.lit("transaction"),
        id="transaction_id",
        by="by",
        known_as=pl.format("{} {}", pl.col("booked_at").dt.date(), pl.col("reference").fill_null("")),
        file=pl.col("source"),
        line="line",
    )


def _amounts(rows: pl.DataFrame, text: str) -> list[str]:
    """Return the minor units that a text can mean in the currencies of the case."""
    if re.fullmatch(r"[-+(]?[0-9][0-9., ']*\)?", text) is None:
        return []
    found = set()
    for currency in rows["currency"].unique():
        for written in (AmountFormat(".", ", '"), AmountFormat(",", ". '")):
            try:
                found.add(str(abs(parse_one(text, currency, written))))
            except AmountError:
                continue
    return sorted(found)


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
    tx = view.frame("transactions").filter((pl.col("originator") == n) != (pl.col("beneficiary") == n))
    came_in = pl.col("beneficiary") == n
    labels = pl.Series(view.labels, dtype=pl.String)
    other = tx.select(pl.when(came_in).then("originator").otherwise("beneficiary")).to_series()
    opening = openings(view).filter(pl.col("account") == n).select("currency", "opening")
    moves = tx.select(
        booked="earliest",
        time_known="time_known",
        other=labels.gather(other),
        received=pl.when(came_in).then("amount"),
        paid=pl.when(~came_in).then("amount"),
        currency="currency",
        channel="channel",
        reference="reference",
        where=where(tx["records"], matched, names).list.join(", "),
    ).join(opening, on="currency", how="left", maintain_order="left")
    net = pl.col("received").fill_null(0) - pl.col("paid").fill_null(0)
    moves = moves.with_columns(balance=pl.col("opening") + net.cum_sum().over("currency")).drop("opening")
    partners = moves.group_by("other", "currency").agg(
        pl.col("received", "paid").sum(), count=pl.len(), first=pl.col("booked").min(), last=pl.col("booked").max()
    )
    id_ = view.id_of("account", n)
    return Statement(
        id_,
        view.labels[n],
        moves,
        partners.sort(-(pl.col("received") + pl.col("paid")), "other"),
        matched.coverage.filter(pl.col("account") == id_).select("start", "end", "currency", "proof"),
    )


def decision(kind: str, subject: str, outcome: str, reason: str, actor: str, revokes: str | None) -> dict[str, Any]:
    """Return a decision as a row, with an id of its own.

    Raises
    ------
    UsageError
        If there is no reason.
    """
    if not reason.strip():
        raise UsageError("a decision needs a reason")
    at = datetime.now(UTC).isoformat(timespec="microseconds")
    return {
        "decision": opaque("d", kind, subject, outcome, actor, at),
        "kind": kind,
        "subject": subject,
        "outcome": outcome,
        "reason": reason,
        "actor": actor,
        "at": at,
        "revokes": revokes,
    }
