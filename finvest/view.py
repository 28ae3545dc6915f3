"""What a detector may see of a case: tables without protected columns, the graph, and shared measures once.

Inside a view accounts, parties and transactions are numbers; ids stand at the edge. The numbers follow identity (time,
then id), so the order of files and rows decides nothing.
"""

from __future__ import annotations

from functools import cached_property, wraps
from typing import TYPE_CHECKING, Any, Concatenate, ParamSpec, TypeVar

import polars as pl

from finvest.model.errors import NotAssessable
from finvest.model.instants import local_days
from finvest.model.tables import PROTECTED, TABLES
from finvest.view_tables import ViewTables

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping

    from finvest.graph import MoneyGraph

P = ParamSpec("P")
R = TypeVar("R")

HIDDEN = frozenset({"labels", "findings", "trails", "decisions", "quarantine", "pairs"})
"""Tables that no view contains: answers, results, and what a person decided."""

_HEADROOM = 1000
"""Ratios are compared by multiplication; sums times this must fit 64 bits."""

_AMOUNTS = (
    "amount",
    "received_amount",
    "fee",
    "balance_after",
    "originator_balance_after",
    "beneficiary_balance_after",
    "amount_base",
)

_PROTECTED_ROLES = ["victim", "possible_victim"]


class CaseView(ViewTables):
    """A read-only view of a case.

    Parameters
    ----------
    movements : polars.DataFrame
        One row a movement, as `finvest.pairing.movements.movements` makes them.
    tables : mapping of str to polars.DataFrame
        The other tables of the case, with the model's columns.

    Raises
    ------
    NotAssessable
        If the case's turnover does not fit exact 64-bit sums.
    """

    def __init__(self, movements: pl.DataFrame, tables: Mapping[str, pl.DataFrame]) -> None:
        self._movements = movements
        self._given = {name: frame for name, frame in tables.items() if name not in HIDDEN}
        self._cache: dict[Any, Any] = {}
        self._tables = {
            name: frame.drop(c for c in frame.columns if c in PROTECTED).with_row_index("n")
            for name, frame in self._given.items()
            if name not in {"accounts", "transactions"}
        }
        if "parties" in self._tables:
            parties = self._tables["parties"].drop("n")
            self._tables["parties"] = parties.unique("party", keep="first").sort("party").with_row_index("n")
        self._tables["accounts"] = self._number_accounts()
        self._tables["transactions"] = self._number_transactions()

    def _number_accounts(self) -> pl.DataFrame:
        """One row an account: what its own books say of it comes before what others wrote."""
        kinds = ["bank", "wallet", "cash", "external", "unknown"]
        rows = self._given.get("accounts", TABLES["accounts"].empty())
        mentioned = pl.concat([self._movements["originator"], self._movements["beneficiary"]]).unique()
        rows = pl.concat([rows, pl.DataFrame({"account": mentioned, "kind": "unknown"})], how="diagonal_relaxed")
        both = self._movements.filter(pl.col("books") == "both")
        shown = pl.concat([both["originator"], both["beneficiary"]]).unique()
        said = ["bank", "currency", "holder", "holder_name", "channel", "branch", "opened", "closed"]
        numbered = (
            rows.with_columns(rank=pl.col("kind").replace_strict(kinds, range(len(kinds)), default=len(kinds)))
            .sort(
                "account",
                pl.col("own_books").fill_null(value=False).not_(),
                "rank",
                "source",
                "record",
                nulls_last=True,
            )
            .group_by("account", maintain_order=True)
            .agg(
                kind=pl.col("kind").sort_by("rank").first(),
                books_on_file=pl.col("own_books").any(),
                **{c: pl.col(c).drop_nulls().first() for c in said},
            )
            .with_columns(pl.col("books_on_file") | pl.col("account").is_in(shown.implode()))
            .with_row_index("n")
        )
        return self._with_registered_holders(numbered)

    def _with_registered_holders(self, accounts: pl.DataFrame) -> pl.DataFrame:
        """Let a register that says who holds an account come before the name that a bank wrote."""
        links = self._given.get("links", TABLES["links"].empty())
        names = self._given.get("parties", TABLES["parties"].empty()).select(party="party", registered="name")
        held = (
            links.filter(pl.col("kind") == "holds")
            .select(account="to_id", party="from_id")
            .join(names.unique("party", keep="first", maintain_order=True), on="party", how="left")
            .sort("account", "party")
            .unique("account", keep="first", maintain_order=True)
        )
        return (
            accounts.join(held, on="account", how="left", maintain_order="left")
            .with_columns(holder=pl.coalesce("party", "holder"), holder_name=pl.coalesce("registered", "holder_name"))
            .drop("party", "registered")
        )

    def _number_transactions(self) -> pl.DataFrame:
        accounts = self._tables["accounts"].select("account", number="n")
        rows = self._movements.filter(pl.col("in_shapes")).sort("earliest", "latest", "movement").with_row_index("n")
        total = rows["amount"].cast(pl.Int128).sum() if len(rows) else 0
        if total * _HEADROOM >= 2**63:
            raise NotAssessable(
                "the case's turnover is too large for exact 64-bit sums: split it by period or currency"
            )
        for side in ("originator", "beneficiary"):
            rows = rows.join(
                accounts.rename({"account": side, "number": f"{side}_number"}),
                on=side,
                how="left",
                maintain_order="left",
            )
        return rows.with_columns(
            pl.col(*_AMOUNTS).cast(pl.Int64),
            day=local_days(rows.select("zone", booked_at="earliest")),
            originator="originator_number",
            beneficiary="beneficiary_number",
        ).drop("originator_number", "beneficiary_number")

    def frame(self, name: str) -> pl.DataFrame:
        """Return a table as a frame; its row numbers are the column ``n``.

        Raises
        ------
        NotAssessable
            If this case has no such table.
        """
        try:
            return self._tables[name]
        except KeyError:
            raise NotAssessable(f"this case has no {name}") from None

    def lacks(self, needs: Iterable[str]) -> str | None:
        """Say why needs like ``employments`` or ``transactions.terminal`` are not met, or return None."""
        for need in needs:
            name, _, column = need.partition(".")
            frame = self._tables.get(name)
            if frame is None or frame.is_empty():
                return f"no {name} in this case"
            if column and (column not in frame.columns or frame[column].null_count() == len(frame)):
                return f"the {name} have no {column}"
            if column and frame.schema[column] == pl.Boolean and not frame[column].any():
                return f"no {column} in the {name}"
        return None

    def without(self, name: str, rows: Iterable[int]) -> CaseView:
        """Return a view of the same case without these rows of one table."""
        gone = self.frame(name).filter(pl.col("n").is_in(list(rows)))
        if name == "transactions":
            return CaseView(self._movements.join(gone.select("movement"), on="movement", how="anti"), self._given)
        keys = ["source", "record"]
        return CaseView(self._movements, {**self._given, name: self._given[name].join(gone, on=keys, how="anti")})

    def records(self, name: str, rows: Iterable[int]) -> tuple[str, ...]:
        """Return the ids of the records behind rows: for a movement, those of both books and their duplicates."""
        chosen = self.frame(name)[list(rows)]
        if name == "transactions":
            return tuple(chosen["records"].explode(empty_as_null=False).to_list())
        return tuple(chosen.select(pl.format("{}-{}", pl.col("source").str.head(12), pl.col("record")))["source"])

    @cached_property
    def labels(self) -> list[str]:
        """By account number: its number and holder, as a reader knows it; the holder of a victim's account is masked."""
        accounts = self.frame("accounts")
        known = self._given.get("identifiers", TABLES["identifiers"].empty())
        numbers = (
            known.filter(pl.col("subject_kind") == "account", pl.col("scheme") != "name")
            .sort("value")
            .unique("subject", keep="first", maintain_order=True)
            .select(account="subject", value="value")
        )
        named = accounts.join(numbers, on="account", how="left", maintain_order="left")
        victims = set()
        if "parties" in self._tables:
            parties = self._tables["parties"].filter(pl.col("subject_category").is_in(_PROTECTED_ROLES))
            victims = set(parties["party"]) | set(parties["name"].drop_nulls())
        labels = []
        for row in named.select("account", "kind", "value", "holder", "holder_name").iter_rows(named=True):
            if {row["holder"], row["holder_name"]} & victims:
                labels.append(f"controlled account {row['account'][1:7]}")
                continue
            parts = [
                row["value"],
                row["holder_name"] and f"({row['holder_name']})" if row["value"] else row["holder_name"],
            ]
            what = "cash machine " if row["kind"] == "cash" and row["value"] else ""
            text = " ".join(p for p in parts if p)
            labels.append(what + text if text else f"{row['kind']} {row['account'][1:7]}")
        return labels

    def label(self, kind: str, number: int) -> str:
        """Return what a reader knows an account or party by.

        Parameters
        ----------
        kind : {"account", "party"}
        number : int
            Its number in this view.
        """
        if kind == "account":
            return self.labels[number]
        row = self.frame("parties").row(number, named=True)
        masked = row["subject_category"] in _PROTECTED_ROLES
        return f"person {row['party'][1:7]}" if masked or not row["name"] else str(row["name"])

    def id_of(self, kind: str, number: int) -> str:
        """Return the opaque id of an account or party."""
        table, column = ("accounts", "account") if kind == "account" else ("parties", "party")
        return str(self.frame(table)[column][number])

    def measure(self, evidence: pl.Series, **sums: pl.Expr) -> pl.DataFrame:
        """Work out expressions over the transactions of each list.

        Parameters
        ----------
        evidence : polars.Series of List(UInt32), shape (n,)
            Transaction numbers.
        **sums : polars.Expr
            Expressions over the columns of `transactions`.

        Returns
        -------
        polars.DataFrame, shape (n, len(sums))
        """
        flat = evidence.rename("n").to_frame().with_row_index("row").explode("n", empty_as_null=False)
        rows = self.frame("transactions")[flat["n"]].drop("n")
        return flat.hstack(rows).group_by("row", maintain_order=True).agg(**sums).sort("row").drop("row")

    @cached_property
    def graph(self) -> MoneyGraph:
        """The money-flow graph; edge numbers are transaction numbers, currencies are numbered by code."""
        from finvest.graph import MoneyGraph

        rows = self.frame("transactions")
        return MoneyGraph.from_arrays(
            accounts=len(self.frame("accounts")),
            originator=rows["originator"].to_numpy(),
            beneficiary=rows["beneficiary"].to_numpy(),
            earliest=rows["earliest"].to_physical().to_numpy(),
            latest=rows["latest"].to_physical().to_numpy(),
            amount=rows["amount"].to_numpy(),
            currency=rows["currency"].rank("dense").to_numpy(),
        )

    def once(self, key: Any, make: Callable[[], R]) -> R:  # noqa: ANN401
        """Return what `make` makes, made once per view and key."""
        if key not in self._cache:
            self._cache[key] = make()
        return self._cache[key]  # type: ignore[no-any-return]


def feature(measure: Callable[Concatenate[CaseView, P], R]) -> Callable[Concatenate[CaseView, P], R]:
    """Make a measure of a view computed once per view and arguments, whoever asks first."""

    @wraps(measure)
    def cached(view: CaseView, /, *args: P.args, **kwargs: P.kwargs) -> R:
        key = (measure.__module__, measure.__qualname__, args, tuple(sorted(kwargs.items())))
        return view.once(key, lambda: measure(view, *args, **kwargs))

    return cached
